package vision

// #include <stdlib.h>
// #include "shim.h"
import "C"

import (
	"strings"
	"unsafe"
)

// Backends are the names of what OpenCV opens the cameras of this machine with,
// and of what it opens streams and videos with: V4L2, FFMPEG, GSTREAMER and the
// like.
func Backends() (cameras, streams []string, err error) {
	for i, to := range []*[]string{&cameras, &streams} {
		var words *C.char
		if err := failure("asking for its back ends", C.shim_backends(C.int(i), &words)); err != nil {
			return nil, nil, err
		}
		*to = strings.Fields(C.GoString(words))
		C.free(unsafe.Pointer(words))
	}
	return cameras, streams, nil
}

// BuildInformation is OpenCV's own account of how it was built.
func BuildInformation() (string, error) {
	var text *C.char
	if err := failure("asking how it was built", C.shim_build_information(&text)); err != nil {
		return "", err
	}
	defer C.free(unsafe.Pointer(text))
	return C.GoString(text), nil
}
