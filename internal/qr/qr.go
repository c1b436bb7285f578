// Package qr draws QR codes for a terminal and for a window.
package qr

import (
	"image"
	"strings"

	code "rsc.io/qr"
)

// quiet is the white border that a QR code needs, in modules (ISO/IEC 18004).
const quiet = 4

// Text draws a QR code of text for a terminal: two modules to a character,
// one above the other, dark on light whatever the terminal's colours are.
func Text(text string) (string, error) {
	c, err := code.Encode(text, code.M)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for y := -quiet; y < c.Size+quiet; y += 2 {
		b.WriteString("\x1b[38;5;16;48;5;231m") // black on white
		for x := -quiet; x < c.Size+quiet; x++ {
			top, bottom := c.Black(x, y), c.Black(x, y+1)
			switch {
			case top && bottom:
				b.WriteRune('█')
			case top:
				b.WriteRune('▀')
			case bottom:
				b.WriteRune('▄')
			default:
				b.WriteByte(' ')
			}
		}
		b.WriteString("\x1b[0m\n")
	}
	return b.String(), nil
}

// Image draws a QR code of text for a window, in black and white with its
// border, scale pixels to a module.
func Image(text string, scale int) (*image.Gray, error) {
	c, err := code.Encode(text, code.M)
	if err != nil {
		return nil, err
	}
	n := (c.Size + 2*quiet) * scale
	img := image.NewGray(image.Rect(0, 0, n, n))
	for i := range img.Pix {
		x, y := i%n, i/n
		if !c.Black(x/scale-quiet, y/scale-quiet) {
			img.Pix[i] = 255
		}
	}
	return img, nil
}
