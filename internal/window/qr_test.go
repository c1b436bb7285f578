package window

import (
	"image"
	"strings"
	"testing"

	"github.com/gobancam/gobancam/internal/qr"
	"github.com/gobancam/gobancam/internal/qr/qrtest"
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
			if got := qrtest.Scan(t, still(t, "device", w, size)); got != address {
				t.Errorf("%v, light %v: the code is read as %q", size, light, got)
			}
		}
	}
}
