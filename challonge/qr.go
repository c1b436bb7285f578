package challonge

import (
	"image"
	"strings"

	"rsc.io/qr"
)

// quiet is the white border that a QR code needs, in modules (ISO/IEC 18004).
const quiet = 4

// QRText draws a QR code of text for a terminal: two modules to a character,
// one above the other, dark on light whatever the terminal's colours are.
func QRText(text string) (string, error) {
	c, err := qr.Encode(text, qr.M)
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

// QRImage draws a QR code of text for a window, in black and white with its
// border, scale pixels to a module.
func QRImage(text string, scale int) (*image.Gray, error) {
	c, err := qr.Encode(text, qr.M)
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
