package lounge

import (
	"testing"

	"github.com/gobancam/gobancam/internal/app/apptest"
)

func TestPlainAddress(t *testing.T) {
	for text, want := range map[string]string{
		"http://http://a/video":         "http://a/video",
		"http://http://rtsp://a":        "rtsp://a",
		" https://a/?to=http://b ":      "https://a/?to=http://b",
		"http://me:secret@a:8080/video": "http://me:secret@a:8080/video",
		"a.local":                       "a.local",
		"http://":                       "http://",
	} {
		if got := plainAddress(text); got != want {
			t.Errorf("%q is taken as %q", text, got)
		}
	}
}

// A slip in an address can be put right from where it is told.
func TestAddressIsCorrected(t *testing.T) {
	u := enter(t, apptest.NewWorld(t), Options{})
	u.answer("cameras", "Enter", itemAddress, "")
	if m := u.answer("address", "Enter", "", "http://http://127.0.0.1:1/vidoe"); m.Typed != "http://" {
		t.Errorf("the line begins with %q", m.Typed)
	}
	u.answer("trouble: No picture", "A", "", "")
	if m := u.page(t, "address", nil); m.Typed != "http://127.0.0.1:1/vidoe" {
		t.Errorf("to be corrected there is %q", m.Typed)
	}
	u.answer("address", "Enter", "", "http://127.0.0.1:1/video")
	u.answer("trouble: No picture", "Enter", "", "")
	u.page(t, "trouble: No picture", nil)
	if got := u.l.seat.Camera.Name; got != "http://127.0.0.1:1/video" {
		t.Errorf("the camera is %q", got)
	}
}
