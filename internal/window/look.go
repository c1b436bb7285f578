package window

import "image"

// Look is how the user has a window: kept from one start to the next.
type Look struct {
	Light bool
	Full  bool        // full screen
	Size  image.Point // in units of the screen, of the window that is not; 0, 0 for the usual one
}

// The usual window, and the smallest.
var usual, least = image.Pt(1120, 720), image.Pt(800, 600)

// openingSize is how large a window opens: as it was left, if the screen has
// room for that, else as usual, which on a large screen is more.
func openingSize(kept, screen image.Point) image.Point {
	size := kept
	if size.X < least.X || size.Y < least.Y {
		size = usual
		if screen.Y > 1200 {
			size = image.Pt(screen.Y*7/10*usual.X/usual.Y, screen.Y*7/10)
		}
	}
	if screen.X > 0 && screen.Y > 0 {
		size = image.Pt(min(size.X, screen.X), min(size.Y, screen.Y))
	}
	return image.Pt(max(size.X, least.X), max(size.Y, least.Y))
}
