package vision

/*
#include <stdlib.h>
#include "shim.h"
*/
import "C"

import (
	_ "embed"
	"errors"
	"fmt"
	"math"
	"sync"
	"unsafe"

	"gocv.io/x/gocv"
)

// The networks of the finder, trained by train/finder.py.
var (
	//go:embed coarse.onnx
	coarseWeights []byte
	//go:embed fine.onnx
	fineWeights []byte

	coarseNet = network{onnx: coarseWeights}
	fineNet   = network{onnx: fineWeights}
)

// network is a convolutional network that OpenCV runs. It is loaded when first
// used and kept; runs are serialised.
type network struct {
	onnx []byte

	mu  sync.Mutex
	ptr unsafe.Pointer
}

// run evaluates the network on one picture, planes of channels × height × width
// floats, and returns n floats.
func (w *network) run(in []float32, channels, height, width, n int) ([]float32, error) {
	if len(in) != channels*height*width || n == 0 {
		return nil, errors.New("network: wrong shape")
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ptr == nil {
		data := C.CBytes(w.onnx)
		msg := C.shim_net_load((*C.char)(data), C.int(len(w.onnx)), &w.ptr)
		C.free(data)
		if err := failure("network", msg); err != nil {
			return nil, err
		}
	}
	out := make([]float32, n)
	msg := C.shim_net_run(w.ptr, (*C.float)(&in[0]), C.int(channels), C.int(height), C.int(width),
		(*C.float)(&out[0]), C.int(n))
	if err := failure("network", msg); err != nil {
		return nil, err
	}
	return out, nil
}

// heat is a plane of probabilities.
type heat struct {
	w, h int
	p    []float32
}

// at interpolates linearly; outside it is 0.
func (m *heat) at(x, y float64) float64 {
	x0, y0 := math.Floor(x), math.Floor(y)
	i, j := int(x0), int(y0)
	if i < -1 || j < -1 || i >= m.w || j >= m.h {
		return 0
	}
	fx, fy := x-x0, y-y0
	return (1-fy)*((1-fx)*m.get(i, j)+fx*m.get(i+1, j)) + fy*((1-fx)*m.get(i, j+1)+fx*m.get(i+1, j+1))
}

func (m *heat) get(i, j int) float64 {
	if i < 0 || j < 0 || i >= m.w || j >= m.h {
		return 0
	}
	return float64(m.p[j*m.w+i])
}

// best returns the greatest value within r of a place.
func (m *heat) best(x, y, r float64) float64 {
	v := 0.0
	for j := int(math.Ceil(y - r)); float64(j) <= y+r; j++ {
		for i := int(math.Ceil(x - r)); float64(i) <= x+r; i++ {
			v = max(v, m.get(i, j))
		}
	}
	return v
}

// planes turns a BGR picture into the networks' input: three planes of −1..1.
func planes(img gocv.Mat) ([]float32, error) {
	px, err := img.DataPtrUint8()
	if err != nil {
		return nil, fmt.Errorf("network: %w", err)
	}
	n := img.Rows() * img.Cols()
	if len(px) != 3*n {
		return nil, errors.New("network: not a picture of three channels")
	}
	out := make([]float32, 3*n)
	for i := range n {
		for c := range 3 {
			out[c*n+i] = float32(px[3*i+c])/127.5 - 1
		}
	}
	return out, nil
}

func sigmoid(x float32) float32 { return float32(1 / (1 + math.Exp(-float64(x)))) }

// survey is the coarse network's look at a whole picture.
type survey struct {
	inside, corner heat
	sx, sy         float64 // picture pixels per heat pixel
}

// surveyStride is how many pixels of the networks' input one pixel of their
// answer stands for.
const surveyStride = 4

// takeSurvey runs the coarse network on the whole picture.
func takeSurvey(img gocv.Mat) (*survey, error) {
	const area = 49152
	k := math.Sqrt(area / float64(img.Cols()*img.Rows()))
	round16 := func(n int) int { return 16 * max(2, int(math.Round(float64(n)*k/16))) }
	w, h := round16(img.Cols()), round16(img.Rows())
	if w > 1024 || h > 1024 {
		return nil, fmt.Errorf("a picture this narrow: %w", ErrNoBoard)
	}
	small, err := resized(img, w, h)
	if err != nil {
		return nil, err
	}
	defer small.Close()
	in, err := planes(small)
	if err != nil {
		return nil, err
	}
	hw, hh := w/surveyStride, h/surveyStride
	out, err := coarseNet.run(in, 3, h, w, 2*hw*hh)
	if err != nil {
		return nil, err
	}
	for i, v := range out {
		out[i] = sigmoid(v)
	}
	return &survey{
		inside: heat{hw, hh, out[:hw*hh]},
		corner: heat{hw, hh, out[hw*hh:]},
		sx:     float64(img.Cols()) / float64(hw),
		sy:     float64(img.Rows()) / float64(hh),
	}, nil
}

// resized returns img at another size, averaged over area where it shrinks.
func resized(img gocv.Mat, w, h int) (gocv.Mat, error) {
	out := gocv.NewMat()
	how := gocv.InterpolationArea
	if w > img.Cols() {
		how = gocv.InterpolationLinear
	}
	if err := gocv.Resize(img, &out, sizeOf(w, h), 0, 0, how); err != nil {
		out.Close()
		return gocv.Mat{}, fmt.Errorf("resize: %w", err)
	}
	return out, nil
}
