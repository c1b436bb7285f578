package sim

import (
	"fmt"
	"math"
)

// Config describes a simulated board: everything that does not change during a
// game. The same Config gives the same pictures.
type Config struct {
	Size          int    // lines per side, 2 to 25
	Width, Height int    // of the picture, pixels
	Seed          uint64 // of all that is left to chance: grain, stone jitter, noise
	Camera        Camera
	Board         Board
	Stones        Stones
	Table         Table
	Ambient       Ambient
	Lights        []Light // up to 3
	Sensor        Sensor
}

// Camera says where the camera stands and what its lens does.
type Camera struct {
	Elevation float64 // degrees above the board's plane, as seen from the board's middle, 15 to 90
	Turn      float64 // degrees around the board: 0 stands at the bottom player's side, 90 at the right
	Roll      float64 // degrees about its own axis
	FOV       float64 // horizontal field of view, degrees
	Fill      float64 // share of the picture's width or height that the board takes, 0..1
	OffX      float64 // place of the board's middle right of the picture's, share of the width
	OffY      float64 // and below, share of the height
	K1        float64 // radial lens term as in package grid
	Blur      float64 // standard deviation of the lens blur, pixels
	Vignette  float64 // loss of light in the corners, 0..1
}

// Finish is the material of a board.
type Finish uint8

// The finishes.
const (
	Kaya  Finish = iota // fine straight grain
	Rings               // broad, wavy grain: spruce, katsura, agathis
	Plain               // printed card, vinyl, paper: no grain
	Strip               // glued strips: bamboo
)

// Board is the goban: lengths in millimetres.
type Board struct {
	Finish         Finish
	Wood           RGB
	Grain          float64 // contrast of the grain, 0..1
	PitchX, PitchY float64 // distance of the columns, of the rows
	Margin         float64 // from the outer lines to the edge
	Thickness      float64
	Line           float64 // width of a line
	Ink            RGB     // colour of lines and hoshi
	Hoshi          float64 // radius of a star point
	Gloss          float64 // 0 matt, 1 varnished
	Seam           bool    // a folding board's hinge across the middle
}

// outer returns half the width and height of the board.
func (b Board) outer(size int) (w, h float64) {
	n := float64(size-1) / 2
	return n*b.PitchX + b.Margin, n*b.PitchY + b.Margin
}

// Stones is a set of stones: lengths in millimetres.
type Stones struct {
	Diameter, Thickness float64
	Flat                bool // flat below (Chinese single convex), else a lens
	Black, White        RGB
	Gloss               float64 // 0 slate, 1 glass
	Grain               float64 // of the shell, 0..1
	Jitter              float64 // how far from the crossing players set them, standard deviation
}

// Table is what the board lies on.
type Table struct {
	Colour RGB
	Grain  float64 // wood grain, 0..1; below 0: woven cloth
	Bowls  int     // 0 to 2
	Litter int     // papers, phones and other flat things beside the board
}

// Ambient is the light that comes from everywhere.
type Ambient struct {
	Power  float64 // 1 lights a white sheet to white
	Kelvin float64
}

// Light is a lamp, a window or the sun. It stands where Azimuth (degrees,
// 0 behind the top side of the board, clockwise from above), Elevation
// (degrees) and Distance (mm from the board's middle) say.
type Light struct {
	Azimuth, Elevation, Distance float64
	Radius                       float64 // of the lamp, mm: large is soft
	Power                        float64 // 1 lights a white sheet in the middle of the board to white
	Kelvin                       float64
	Tint                         RGB    // multiplies the colour when not zero: coloured lamps
	Patch                        *Patch // lit only inside, as by the sun through a window
}

// Patch is a lit rectangle on the board, in millimetres from its middle.
type Patch struct {
	X, Y, HalfW, HalfH float64
	Turn               float64 // degrees
	Soft               float64 // width of its edge
}

// Sensor is the camera's sensor.
type Sensor struct {
	Exposure     float64 // gain; 1 is plain
	WhitePoint   float64 // Kelvin of the light that comes out white; 0: the mixed light in the room
	Noise        float64 // standard deviation of mid grey, in 8-bit steps
	Contrast     float64 // of the picture style, 0 neutral to 1
	AutoExposure bool    // follows the picture's brightness, as webcams do
	Flicker      float64 // share by which the mains beat moves the brightness
	Shutter      float64 // exposure time, seconds: motion blur of hands
	Quality      int     // JPEG quality, 1 to 100
}

// Default is a friendly set-up: a kaya board under a soft lamp and a window,
// seen by a webcam on a stand, 60° up.
func Default(size int) Config {
	return Config{
		Size: size, Width: 640, Height: 480, Seed: 1,
		Camera: Camera{Elevation: 60, FOV: 60, Fill: 0.84, Blur: 0.5, Vignette: 0.12},
		Board: Board{Finish: Kaya, Wood: RGB{0.86, 0.69, 0.42}, Grain: 0.5, PitchX: 22, PitchY: 23.7,
			Margin: 14, Thickness: 30, Line: 1.0, Ink: RGB{0.10, 0.07, 0.05}, Hoshi: 2.1, Gloss: 0.25},
		Stones: Stones{Diameter: 21.8, Thickness: 9, Black: RGB{0.16, 0.16, 0.17}, White: RGB{0.93, 0.92, 0.89},
			Gloss: 0.45, Grain: 0.3, Jitter: 0.8},
		Table:   Table{Colour: RGB{0.42, 0.30, 0.21}, Grain: 0.5, Bowls: 2},
		Ambient: Ambient{Power: 0.42, Kelvin: 5600},
		Lights: []Light{
			{Azimuth: 300, Elevation: 52, Distance: 1400, Radius: 170, Power: 0.42, Kelvin: 5000},
			{Azimuth: 60, Elevation: 42, Distance: 2600, Radius: 500, Power: 0.22, Kelvin: 6500},
		},
		Sensor: Sensor{Exposure: 1, Noise: 2, Contrast: 0.3, Shutter: 0.02, Quality: 88},
	}
}

// Preset returns a set-up by name: "easy" (steep camera, soft light),
// "oblique" (a phone on a low stand at 38°, thick stones, a lens that bends)
// or "dim" (one warm lamp in the evening, noise, soft focus).
func Preset(name string, size int) (Config, error) {
	c := Default(size)
	switch name {
	case "easy":
		c.Camera.Elevation = 74
	case "oblique":
		c.Camera = Camera{Elevation: 38, Turn: 14, Roll: -2, FOV: 66, Fill: 0.9, OffY: 0.02, K1: 0.04, Blur: 0.6, Vignette: 0.2}
		c.Stones.Thickness, c.Stones.Jitter = 10.5, 1.1
		c.Board.Wood, c.Board.Thickness = RGB{0.80, 0.60, 0.36}, 50
		c.Board.Finish, c.Board.Grain = Rings, 0.6
		c.Table = Table{Colour: RGB{0.62, 0.60, 0.56}, Grain: -0.5, Bowls: 2, Litter: 2}
	case "dim":
		c.Camera.Elevation, c.Camera.Turn, c.Camera.Blur = 55, -10, 0.8
		c.Ambient = Ambient{Power: 0.07, Kelvin: 3200}
		c.Lights = []Light{{Azimuth: 45, Elevation: 38, Distance: 900, Radius: 60, Power: 0.22, Kelvin: 2700}}
		c.Sensor = Sensor{Exposure: 1.5, WhitePoint: 3800, Noise: 5.5, Contrast: 0.2, Shutter: 0.033, Quality: 80}
		c.Board.Wood = RGB{0.74, 0.55, 0.34}
	default:
		return Config{}, fmt.Errorf("no simulated set-up is called %q: there are easy, oblique and dim", name)
	}
	return c, nil
}

// check returns what is wrong with c.
func (c *Config) check() error {
	switch {
	case c.Size < 2 || c.Size > 25:
		return fmt.Errorf("a board has 2 to 25 lines, not %d", c.Size)
	case c.Width < 32 || c.Height < 32 || c.Width > 4096 || c.Height > 4096:
		return fmt.Errorf("a simulated picture is 32 to 4096 pixels wide and high, not %d×%d", c.Width, c.Height)
	case !(c.Camera.Elevation >= 15 && c.Camera.Elevation <= 90):
		return fmt.Errorf("a simulated camera stands 15° to 90° up, not %v°", c.Camera.Elevation)
	case !(c.Camera.FOV >= 10 && c.Camera.FOV <= 120):
		return fmt.Errorf("a lens sees 10° to 120°, not %v°", c.Camera.FOV)
	case !(c.Camera.Fill > 0.05 && c.Camera.Fill < 3):
		return fmt.Errorf("a board that fills %v of the picture cannot be drawn", c.Camera.Fill)
	case !(math.Abs(c.Camera.K1) <= 0.3):
		return fmt.Errorf("lens term %v is outside −0.3 to 0.3", c.Camera.K1)
	case len(c.Lights) > 3:
		return fmt.Errorf("a room has up to 3 lights here, not %d", len(c.Lights))
	case !(c.Board.PitchX > 1 && c.Board.PitchY > 1 && c.Stones.Diameter > 1 && c.Stones.Thickness > 1):
		return fmt.Errorf("the board's pitch and the stones' size must be given in millimetres")
	}
	return nil
}
