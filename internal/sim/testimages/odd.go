package main

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/image/draw"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/sim"
)

// odd is a board such as players photograph: it looks unlike the friendly ones.
type odd struct {
	name   string
	size   int
	look   func(*sim.Config)
	full   float64     // share of the points taken
	only   board.Color // colour of all stones; Empty: both
	sloppy float64     // stones lie up to so much of a pitch off their crossing
	squash float64     // width of the picture is multiplied by it, as programs do; 0: left alone
}

var odds = []odd{
	{name: "light-lines-dark", size: 19, full: 0.3, look: func(c *sim.Config) {
		c.Board.Wood, c.Board.Ink, c.Board.Finish = sim.RGB{0.30, 0.18, 0.10}, sim.RGB{0.80, 0.66, 0.48}, sim.Rings
	}},
	{name: "light-lines-red", size: 13, full: 0.3, look: func(c *sim.Config) {
		c.Board.Wood, c.Board.Ink, c.Camera.Elevation = sim.RGB{0.55, 0.24, 0.13}, sim.RGB{0.88, 0.76, 0.58}, 80
	}},
	{name: "wide-margin", size: 13, full: 0.4, look: func(c *sim.Config) {
		c.Board.Margin, c.Board.Finish, c.Board.Wood = 70, sim.Strip, sim.RGB{0.84, 0.66, 0.42}
	}},
	{name: "only-white", size: 19, full: 0.3, only: board.White, look: func(c *sim.Config) {
		c.Board.Wood, c.Stones.White = sim.RGB{0.74, 0.64, 0.47}, sim.RGB{0.84, 0.82, 0.76}
	}},
	{name: "only-black", size: 13, full: 0.25, only: board.Black, look: func(c *sim.Config) {
		c.Board.Finish, c.Board.Wood = sim.Plain, sim.RGB{0.36, 0.27, 0.20}
		c.Board.Ink = sim.Gray(0.05)
	}},
	{name: "pale-on-pale", size: 19, full: 0.4, look: func(c *sim.Config) {
		c.Board.Wood, c.Board.Finish, c.Board.Ink = sim.RGB{0.80, 0.79, 0.77}, sim.Plain, sim.Gray(0.3)
		c.Stones.White = sim.RGB{0.84, 0.82, 0.78}
	}},
	{name: "sloppy", size: 13, full: 0.12, sloppy: 0.45, look: func(*sim.Config) {}},
	{name: "sloppy-crowded", size: 9, full: 0.4, sloppy: 0.38, look: func(c *sim.Config) {
		c.Camera.Elevation = 80
	}},
	{name: "hard-light", size: 13, full: 0.4, look: func(c *sim.Config) {
		c.Lights = []sim.Light{{Azimuth: 70, Elevation: 24, Distance: 1200, Radius: 8, Power: 0.8, Kelvin: 4000}}
		c.Ambient.Power = 0.2
	}},
	{name: "sun-on-paper", size: 13, full: 0.4, look: func(c *sim.Config) {
		c.Board.Wood, c.Board.Finish, c.Board.Ink, c.Board.Thickness = sim.RGB{0.90, 0.90, 0.88}, sim.Plain, sim.Gray(0.2), 0.5
		c.Lights = []sim.Light{{Azimuth: 200, Elevation: 40, Distance: 9000, Radius: 45, Power: 0.8, Kelvin: 5500,
			Patch: &sim.Patch{X: 60, Y: 20, HalfW: 90, HalfH: 120, Turn: 20, Soft: 5}}}
	}},
	{name: "squashed", size: 19, full: 0.4, squash: 0.7, look: func(*sim.Config) {}},
	{name: "stretched", size: 13, full: 0.4, squash: 1.3, look: func(*sim.Config) {}},
}

// draw draws the board into dir and returns its entry for the manifest.
func (o odd) draw(dir string, k int) (picture, error) {
	c := sim.Default(o.size)
	c.Seed, c.Sensor.Quality = uint64(7000+k), 60
	c.Width = map[int]int{9: 384, 13: 416, 19: 576}[o.size]
	c.Height = c.Width * 3 / 4
	o.look(&c)
	w, err := sim.New(c)
	if err != nil {
		return picture{}, err
	}
	r := rand.New(rand.NewPCG(c.Seed, 99))
	for i := range o.size * o.size {
		p := board.Point{X: int8(i % o.size), Y: int8(i / o.size)}
		if r.Float64() >= o.full {
			continue
		}
		colour := board.Black + board.Color(r.IntN(2))
		if o.only != board.Empty {
			colour = o.only
		}
		if o.sloppy == 0 {
			w.Set(p, colour)
			continue
		}
		sin, cos := math.Sincos(2 * math.Pi * r.Float64())
		far := o.sloppy * (0.7 + 0.3*r.Float64())
		w.SetAt(p, colour, far*cos, far*sin)
	}
	w.Step(time.Second)
	jpg := w.JPEG()
	t := w.Truth()
	p := entry(&t, "odd-"+o.name, "odd")
	p.ID, p.File = "odd-"+o.name, "odd-"+o.name+".jpg"
	if o.squash != 0 {
		if jpg, err = squashed(jpg, o.squash); err != nil {
			return p, err
		}
		was := p.Width
		p.Width = int(float64(was) * o.squash)
		for i := range p.Corners {
			// Pixel centres are whole numbers.
			x := (p.Corners[i][0]+0.5)*float64(p.Width)/float64(was) - 0.5
			p.Corners[i][0] = math.Round(x*100) / 100
		}
		p.Conditions = append(p.Conditions, "stretched")
	}
	return p, os.WriteFile(filepath.Join(dir, p.File), jpg, 0o644)
}

// squashed gives a picture another width.
func squashed(jpg []byte, by float64) ([]byte, error) {
	src, err := jpeg.Decode(bytes.NewReader(jpg))
	if err != nil {
		return nil, fmt.Errorf("a picture that was just drawn cannot be read: %w", err)
	}
	b := src.Bounds()
	dst := image.NewRGBA(image.Rect(0, 0, int(float64(b.Dx())*by), b.Dy()))
	draw.CatmullRom.Scale(dst, dst.Bounds(), src, b, draw.Src, nil)
	var out bytes.Buffer
	err = jpeg.Encode(&out, dst, &jpeg.Options{Quality: 70})
	return out.Bytes(), err
}
