package window

import (
	"bytes"
	"image"
	"testing"

	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/qr"
	"github.com/gobancam/gobancam/internal/qr/qrtest"
)

// A phone reads off the window where the game can be watched, once W was
// pressed; without anybody who watches there is no such key.
func TestWhereToWatchCanBeScanned(t *testing.T) {
	const address = "http://192.168.178.123:8361/"
	img, err := qr.Image(address, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []image.Point{{800, 600}, {1120, 720}, {1920, 1080}, {700, 1000}} {
		for _, open := range []bool{true, false} {
			w := New(Options{Games: true, Mute: func(bool) {}})
			if open {
				w.Watch([]Watching{{address, img}, {"https://example.org/demo/1", nil}})
			}
			w.ShowSnapshot(&match.Snapshot{Size: 9, Position: midgame, Frame: -1})
			u := newUI(w)
			u.fixed = true // no fonts but the program's own
			u.state, _ = w.load()
			u.resize(size, 1)
			before := bytes.Clone(u.render().Pix)
			view := u.faces["play"].(*playFace)
			view.key(u, "W")
			if !open {
				if view.watch != 0 {
					t.Error("nobody watches, and it is shown where")
				}
				continue
			}
			if got := qrtest.Scan(t, u.render()); got != address {
				t.Errorf("%v: the code is read as %q", size, got)
			}
			view.key(u, "W") // the other page
			view.key(u, "W")
			if !bytes.Equal(before, u.render().Pix) {
				t.Error("the camera does not come back")
			}
		}
	}
}
