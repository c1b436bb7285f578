package window

import (
	"image"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"github.com/gobancam/gobancam/internal/qr"
)

// A phone reads the QR code of a page off the window, in every size and in both
// themes.
func TestTheQRCodeOfAPageCanBeScanned(t *testing.T) {
	const address = "https://auth.challonge.com/oauth/authorize_device?user_code=WDJB-MJHT"
	img, err := qr.Image(address, 4)
	if err != nil {
		t.Fatal(err)
	}
	for _, light := range []bool{false, true} {
		for _, size := range []image.Point{{800, 600}, {1920, 1080}} {
			w := New(Options{Light: light})
			w.ShowMenu(&Menu{Name: "device", Title: "Sign in to Challonge", Sub: "The code is good until 19:05:00",
				Text: "Scan the code with a phone; or open this page on any device and type the letters.", Address: strings.SplitAfter(address, "device")[0],
				Code: "WDJB-MJHT", QR: img, Buttons: []Choice{{Key: "Escape", Label: "Cancel"}}})
			bmp, err := gozxing.NewBinaryBitmapFromImage(still(t, "device", w, size))
			if err != nil {
				t.Fatal(err)
			}
			got, err := qrcode.NewQRCodeReader().Decode(bmp, nil)
			if err != nil || got.GetText() != address {
				t.Errorf("%v, light %v: the code is read as %v (%v)", size, light, got, err)
			}
		}
	}
}
