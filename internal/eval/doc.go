// Package eval measures how well boards are found and stones are read on
// labelled pictures. It knows the labels and does the comparing; what looks at
// the pictures is given to it as Eyes, so it needs no OpenCV.
package eval
