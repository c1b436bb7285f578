package window

import (
	"image"
	"testing"
)

func TestOpeningSize(t *testing.T) {
	for _, c := range []struct{ kept, screen, want image.Point }{
		{image.Point{}, image.Pt(1920, 1080), usual},
		{image.Point{}, image.Point{}, usual},
		{image.Point{}, image.Pt(3840, 2160), image.Pt(2352, 1512)},
		{image.Point{}, image.Pt(1024, 600), image.Pt(1024, 600)},
		{image.Pt(1500, 900), image.Pt(1920, 1080), image.Pt(1500, 900)},
		{image.Pt(3000, 2000), image.Pt(1920, 1080), image.Pt(1920, 1080)}, // of another screen
		{image.Pt(3, -9), image.Pt(1920, 1080), usual},
		{image.Pt(900, 700), image.Pt(640, 480), least},
	} {
		if got := openingSize(c.kept, c.screen); got != c.want {
			t.Errorf("kept %v on %v opens at %v, want %v", c.kept, c.screen, got, c.want)
		}
	}
}

// The colours that were chosen are kept at once.
func TestThemeIsKept(t *testing.T) {
	var kept []Look
	w := New(Options{Look: Look{Light: true}, Keep: func(l Look) { kept = append(kept, l) }})
	u := ready(w, image.Pt(800, 600))
	if u.theme != light {
		t.Error("it does not open as it was left")
	}
	u.press("T")
	if len(kept) != 1 || kept[0].Light {
		t.Errorf("kept %+v", kept)
	}
}
