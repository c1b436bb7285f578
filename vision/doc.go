// Package vision turns pixels into readings. It opens cameras, files and
// streams (Open, Live), finds the goban in a picture (Find, Snap), reads its
// stones (Reader) and follows a board through a stream of pictures, through
// hands, light and bumps (Watcher). It is the only package that knows OpenCV.
//
// Pictures are gocv.Mat in BGR, 8 bits per channel; pixel (0, 0) is the centre
// of the first pixel. Whoever receives a Mat closes it. Every OpenCV exception
// comes back as a Go error.
//
// The package needs OpenCV 4.6 or newer and the build tags that the Makefile
// sets:
//
//	gocv_specific_modules,gocv_calib3d,gocv_videoio,gocv_features2d,gocv_photo,gocv_svd
//
// because gocv compiles all of OpenCV's modules otherwise, some of which need
// a newer OpenCV than distributions ship.
package vision
