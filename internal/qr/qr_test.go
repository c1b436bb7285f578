package qr_test

import (
	"image"
	"image/color"
	"strings"
	"testing"

	"github.com/gobancam/gobancam/internal/qr"
	"github.com/gobancam/gobancam/internal/qr/qrtest"
)

// The QR codes say what they should to whoever photographs them: the one for
// the terminal is drawn as a terminal draws it, and both are decoded.
func TestQRCodes(t *testing.T) {
	for _, text := range []string{"https://challonge.com/device?user_code=WDJB-MJHT", "x", strings.Repeat("https://long.example/", 12)} {
		terminal, err := qr.Text(text)
		if err != nil {
			t.Fatal(err)
		}
		img, err := qr.Image(text, 4)
		if err != nil {
			t.Fatal(err)
		}
		for name, picture := range map[string]image.Image{"terminal": photograph(t, terminal), "window": img} {
			if got := qrtest.Scan(t, picture); got != text {
				t.Errorf("%s: %q is read as %q", name, text, got)
			}
		}
	}
}

// photograph draws the text as a terminal with cells of 8 by 16 pixels does.
func photograph(t *testing.T, text string) image.Image {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	var rows [][]rune
	for _, line := range lines {
		line, ok1 := strings.CutPrefix(line, "\x1b[38;5;16;48;5;231m")
		line, ok2 := strings.CutSuffix(line, "\x1b[0m")
		if !ok1 || !ok2 {
			t.Fatalf("the line %q sets no colours of its own", line)
		}
		rows = append(rows, []rune(line))
	}
	img := image.NewGray(image.Rect(0, 0, 8*len(rows[0]), 16*len(rows)))
	for y, row := range rows {
		if len(row) != len(rows[0]) || len(row) > 80 && len(rows) < 40 {
			t.Fatalf("line %d has %d characters, the first has %d", y, len(row), len(rows[0]))
		}
		for x, r := range row {
			top, bottom := r == '█' || r == '▀', r == '█' || r == '▄'
			for py := range 16 {
				for px := range 8 {
					if black := py < 8 && top || py >= 8 && bottom; !black {
						img.Set(8*x+px, 16*y+py, color.White)
					}
				}
			}
		}
	}
	return img
}
