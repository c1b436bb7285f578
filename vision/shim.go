package vision

/*
#cgo pkg-config: opencv4
#cgo CXXFLAGS: -std=c++11 -O2 -DNDEBUG
#include <stdlib.h>
#include "shim.h"
*/
import "C"

import (
	"fmt"
	"os"
	"unsafe"

	"gocv.io/x/gocv"
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
