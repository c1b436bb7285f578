package vision

/*
#cgo pkg-config: opencv4
#cgo CXXFLAGS: -std=c++11 -O2 -DNDEBUG
#include <stdlib.h>
#include "shim.h"
*/
import "C"

import (
	"errors"
	"fmt"
	"os"
	"unsafe"

	"gocv.io/x/gocv"

	"github.com/gobancam/gobancam/grid"
)

func init() {
	// OpenCV and FFmpeg speak to standard error by themselves; what they have
	// to say comes back as errors. Whoever wants to hear them sets the
	// variables.
	if os.Getenv("OPENCV_LOG_LEVEL") == "" {
		C.shim_quiet(0)
	}
	if os.Getenv("OPENCV_FFMPEG_LOGLEVEL") == "" {
		os.Setenv("OPENCV_FFMPEG_LOGLEVEL", "-8")
	}
	// One thread: the frames of one camera need no more, and sums keep their
	// order, so that the same pictures give the same readings bit for bit.
	gocv.SetNumThreads(1)
}

// failure turns the text of a C++ exception into an error, and frees it.
func failure(what string, msg *C.char) error {
	if msg == nil {
		return nil
	}
	defer C.free(unsafe.Pointer(msg))
	return fmt.Errorf("%s: OpenCV: %s", what, C.GoString(msg))
}

// flowPoint is where optical flow found a point again.
type flowPoint struct {
	grid.Pt
	Found    bool
	Residual float64 // mean absolute difference of the window's pixels
}

// flow follows points from one grey 8 bit picture to the next by the pyramidal
// Lucas-Kanade method, with square windows of the given side.
func flow(prev, next gocv.Mat, points []grid.Pt, window, levels int) ([]flowPoint, error) {
	switch {
	case prev.Empty() || next.Empty(): // OpenCV 4.6 never returns from an empty picture
		return nil, errors.New("optical flow: empty picture")
	case prev.Rows() != next.Rows() || prev.Cols() != next.Cols() || prev.Type() != next.Type():
		return nil, errors.New("optical flow: pictures of different sizes or types")
	case len(points) == 0:
		return nil, nil
	}
	n := len(points)
	from, to := make([]C.float, 2*n), make([]C.float, 2*n)
	found, residual := make([]C.uchar, n), make([]C.float, n)
	for i, p := range points {
		from[2*i], from[2*i+1] = C.float(p.X), C.float(p.Y)
	}
	msg := C.shim_flow(unsafe.Pointer(prev.Ptr()), unsafe.Pointer(next.Ptr()),
		&from[0], &to[0], &found[0], &residual[0], C.int(n), C.int(window), C.int(levels))
	if err := failure("optical flow", msg); err != nil {
		return nil, err
	}
	out := make([]flowPoint, n)
	for i := range out {
		out[i] = flowPoint{grid.Pt{X: float64(to[2*i]), Y: float64(to[2*i+1])}, found[i] != 0, float64(residual[i])}
	}
	return out, nil
}

// motion is the family of warps that ecc looks in.
type motion int

// The families, with OpenCV's values.
const (
	translation motion = iota
	euclidean
	affine
	homography
)

// ecc refines warp, a row-major 3×3 matrix that takes pixels of tmpl to pixels
// of input, so that the correlation of the two grey pictures is greatest, and
// returns it with that correlation. Pixels where mask (one channel, size of
// input; empty for none) is 0 do not count.
//
// Evangelidis and Psarakis, "Parametric image alignment using enhanced
// correlation coefficient maximization" (2008).
func ecc(tmpl, input gocv.Mat, warp [9]float64, family motion, iterations int, mask gocv.Mat) ([9]float64, float64, error) {
	if tmpl.Empty() || input.Empty() {
		return warp, 0, errors.New("registration: empty picture")
	}
	var w [9]C.float
	for i, v := range warp {
		w[i] = C.float(v)
	}
	var m unsafe.Pointer
	if !mask.Empty() {
		m = unsafe.Pointer(mask.Ptr())
	}
	var rho C.double
	msg := C.shim_ecc(unsafe.Pointer(tmpl.Ptr()), unsafe.Pointer(input.Ptr()),
		&w[0], C.int(family), C.int(iterations), 1e-4, m, 5, &rho)
	if err := failure("registration", msg); err != nil {
		return warp, 0, err
	}
	out := [9]float64{8: 1}
	for i := range out {
		if family == homography || i < 6 {
			out[i] = float64(w[i])
		}
	}
	return out, float64(rho), nil
}

// segment is a straight edge in a picture.
type segment struct{ A, B grid.Pt }

// segments finds straight edges in a grey 8 bit picture that it looks at scaled
// by scale (0.8 is usual): von Gioi and others, "LSD: a line segment detector"
// (2012).
func segments(gray gocv.Mat, scale float64) ([]segment, error) {
	if gray.Empty() {
		return nil, errors.New("line segments: empty picture")
	}
	var data *C.float
	var n C.int
	msg := C.shim_segments(unsafe.Pointer(gray.Ptr()), C.double(scale), &data, &n)
	if err := failure("line segments", msg); err != nil {
		return nil, err
	}
	defer C.free(unsafe.Pointer(data))
	out := make([]segment, int(n))
	for i, s := range unsafe.Slice((*[4]C.float)(unsafe.Pointer(data)), int(n)) {
		out[i] = segment{
			grid.Pt{X: float64(s[0]), Y: float64(s[1])},
			grid.Pt{X: float64(s[2]), Y: float64(s[3])},
		}
	}
	return out, nil
}
