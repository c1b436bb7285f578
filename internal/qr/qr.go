// Package qr draws QR codes (ISO/IEC 18004) for a terminal and for a window.
package qr

import (
	"image"
	"strings"

	qrcode "github.com/piglig/go-qr"
)

// quiet is the white border that a QR code needs, in modules.
const quiet = 4

// Text draws the QR code of text for a terminal: two modules to a character,
// one above the other, dark on light whatever the terminal's colours are.
func Text(text string) (string, error) {
	c, err := qrcode.EncodeText(text, qrcode.Medium)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for y := -quiet; y < c.Size()+quiet; y += 2 {
		b.WriteString("\x1b[38;5;16;48;5;231m") // black on white
		for x := -quiet; x < c.Size()+quiet; x++ {
			top, bottom := c.Module(x, y), c.Module(x, y+1)
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

// Image draws the QR code of text for a window, in black and white with its
// border, scale pixels to a module.
func Image(text string, scale int) (image.Image, error) {
	c, err := qrcode.EncodeText(text, qrcode.Medium)
	if err != nil {
		return nil, err
	}
	return c.ToImage(qrcode.NewQrCodeImgConfig(scale, quiet))
}
