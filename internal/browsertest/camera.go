package browsertest

import (
	"bytes"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/image/draw"
)

// CameraRate is how many pictures a second a Camera gives.
const CameraRate = 15

// Camera is what pages of a browser have for a camera: it sees the picture that
// was shown to it last. The browser reads it from a file whose one picture is
// written over while it is read, so that now and then half of a picture is new
// and half is old, as with any camera whose lines are read one after another.
type Camera struct {
	t             testing.TB
	file          *os.File
	width, height int
	head          int64 // bytes before the picture
	frame         []byte
}

// NewCamera makes a camera of a size in pixels, both even, which sees grey.
func NewCamera(t testing.TB, width, height int) *Camera {
	t.Helper()
	c := &Camera{t: t, width: width, height: height, frame: bytes.Repeat([]byte{128}, width*height*3/2)}
	file, err := os.Create(filepath.Join(t.TempDir(), "camera.y4m"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	c.file = file
	head := fmt.Sprintf("YUV4MPEG2 W%d H%d F%d:1 Ip A1:1 C420jpeg\nFRAME\n", width, height, CameraRate)
	c.head = int64(len(head))
	if _, err := file.WriteString(head); err != nil {
		t.Fatal(err)
	}
	c.write()
	return c
}

// Path is where the browser reads it.
func (c *Camera) Path() string { return c.file.Name() }

func (c *Camera) write() {
	if _, err := c.file.WriteAt(c.frame, c.head); err != nil {
		c.t.Errorf("the camera sees nothing new: %v", err)
	}
}

// Show has the camera see a picture, as large as the camera's or brought to
// that size. It is for one goroutine.
func (c *Camera) Show(img image.Image) {
	if img.Bounds().Dx() != c.width || img.Bounds().Dy() != c.height {
		fit := image.NewRGBA(image.Rect(0, 0, c.width, c.height))
		draw.ApproxBiLinear.Scale(fit, fit.Bounds(), img, img.Bounds(), draw.Src, nil)
		img = fit
	}
	y, cb, cr := c.planes()
	if p, ok := img.(*image.YCbCr); ok && p.SubsampleRatio == image.YCbCrSubsampleRatio420 {
		for row := range c.height {
			narrow(y[row*c.width:][:c.width], p.Y[row*p.YStride:], 219, 16)
		}
		for row := range c.height / 2 {
			at, half := row*p.CStride, c.width/2
			narrow(cb[row*half:][:half], p.Cb[at:], 224, 16)
			narrow(cr[row*half:][:half], p.Cr[at:], 224, 16)
		}
	} else {
		c.convert(img, y, cb, cr)
	}
	c.write()
}

func (c *Camera) planes() (y, cb, cr []byte) {
	n := c.width * c.height
	return c.frame[:n], c.frame[n : n+n/4], c.frame[n+n/4:]
}

// narrow brings samples from 0 to 255 into the range of video, which the
// browser takes them to be in.
func narrow(to, from []byte, span, least int) {
	for i := range to {
		to[i] = byte(least + (int(from[i])*span+127)/255)
	}
}

// convert is for pictures of any kind, by the matrix of BT.601.
func (c *Camera) convert(img image.Image, y, cb, cr []byte) {
	b := img.Bounds()
	for row := range c.height {
		for col := range c.width {
			r16, g16, b16, _ := img.At(b.Min.X+col, b.Min.Y+row).RGBA()
			r, g, bl := float64(r16)/257, float64(g16)/257, float64(b16)/257
			y[row*c.width+col] = byte(16.5 + .2568*r + .5041*g + .0979*bl)
			if row%2 == 0 && col%2 == 0 {
				i := row/2*(c.width/2) + col/2
				cb[i] = byte(128.5 - .1482*r - .2910*g + .4392*bl)
				cr[i] = byte(128.5 + .4392*r - .3678*g - .0714*bl)
			}
		}
	}
}
