package window

import "image/color"

// theme is a set of colours. The one accent marks the next action and whatever
// needs the player's attention; alarm marks what is wrong, and is never the only
// sign of it. Text has a contrast of at least 4.5 to what it stands on, edges
// and signs one of 3.
type theme struct {
	name                          string
	back, surface, raised, border color.RGBA
	text, dim                     color.RGBA
	accent, onAccent, alarm, good color.RGBA
	wood, line, put, take         color.RGBA // put and take stand on wood
}

// smallest is the size of the smallest letters, in units: what can be read at
// arm's length in the smallest window.
const smallest = 12

// far is the size of the smallest letters that are to be read from two metres
// in full screen.
const far = 17

func rgb(v uint32) color.RGBA { return color.RGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 255} }

var (
	dark = &theme{name: "dark",
		back: rgb(0x14171b), surface: rgb(0x1d2127), raised: rgb(0x2a3038), border: rgb(0x737d89),
		text: rgb(0xeef1f4), dim: rgb(0x9aa4b1),
		accent: rgb(0x4da3ff), onAccent: rgb(0x08131f), alarm: rgb(0xff6b5e), good: rgb(0x62c28f),
		wood: rgb(0xcf9f58), line: rgb(0x33240f), put: rgb(0x0a3f94), take: rgb(0x8f1408)}
	light = &theme{name: "light",
		back: rgb(0xf3f1ec), surface: rgb(0xffffff), raised: rgb(0xe9e6df), border: rgb(0x857f73),
		text: rgb(0x1b1e22), dim: rgb(0x565c65),
		accent: rgb(0x125cc0), onAccent: rgb(0xffffff), alarm: rgb(0xb62b18), good: rgb(0x187a4b),
		wood: rgb(0xe0b26a), line: rgb(0x3a2a12), put: rgb(0x0a3f94), take: rgb(0x8f1408)}
)
