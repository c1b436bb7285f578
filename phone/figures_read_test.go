//go:build cgo && linux

package phone_test

import (
	"testing"
	"time"

	"github.com/gobancam/gobancam/phone"
	"github.com/gobancam/gobancam/vision"
)

// Where there is OpenCV, pictures are not only taken in but read.
func init() {
	newReader = func(t *testing.T) func(phone.Picture) {
		var w *vision.Watcher
		t.Cleanup(func() {
			if w != nil {
				w.Close()
			}
		})
		began, n := time.Now(), 0
		return func(p phone.Picture) {
			img, err := vision.Decode(p.JPEG)
			if err != nil {
				t.Fatal(err)
			}
			defer img.Close()
			if w == nil {
				found, err := vision.Find(img, vision.FindOptions{Size: 9})
				if err != nil || found.Confidence < .9 {
					t.Fatalf("the board is not found: %.3f, %v", found.Confidence, err)
				}
				w = vision.NewWatcher(found.Grid, vision.WatchOptions{})
			}
			if _, err := w.Look(&vision.Frame{Number: n, Time: time.Since(began), Taken: p.Taken, Img: img}); err != nil {
				t.Fatal(err)
			}
			n++
		}
	}
}
