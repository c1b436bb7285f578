package sim

import "math/rand/v2"

// woods are the colours of real boards, pale to dark, and of printed ones.
var woods = []RGB{{0.90, 0.74, 0.48}, {0.86, 0.69, 0.42}, {0.83, 0.62, 0.35}, {0.78, 0.58, 0.36}, {0.72, 0.50, 0.30},
	{0.66, 0.47, 0.30}, {0.58, 0.40, 0.25}, {0.80, 0.67, 0.50}, {0.87, 0.72, 0.36}}

var tables = []RGB{{0.42, 0.30, 0.21}, {0.62, 0.46, 0.32}, {0.80, 0.78, 0.74}, {0.25, 0.20, 0.17}, {0.16, 0.17, 0.19},
	{0.55, 0.57, 0.60}, {0.74, 0.62, 0.44}, {0.30, 0.36, 0.30}, {0.45, 0.20, 0.18}, {0.20, 0.28, 0.42}, {0.93, 0.92, 0.90}}

var resolutions = [][2]int{{640, 480}, {640, 480}, {800, 600}, {960, 720}, {1280, 720}, {640, 360}, {720, 960}}

// Random draws a set-up: boards of wood, bamboo, card and white paper, sets of
// slate, glass and plastic, lamps, windows, coloured light and patches of sun,
// cameras from straight above to 25° and from every side. The same seed and
// size give the same set-up.
func Random(seed uint64, size int) Config {
	d := draw{rand.New(rand.NewPCG(seed, 11))}
	c := Default(size)
	c.Seed = seed
	d.camera(&c)
	d.board(&c.Board, size)
	d.stones(&c.Stones, c.Board.PitchX)
	c.Table = Table{Colour: d.near(tables[d.IntN(len(tables))], 0.05), Grain: d.in(-0.8, 1), Bowls: d.IntN(3), Litter: d.IntN(4)}
	d.lights(&c, size)
	d.sensor(&c)
	return c
}

// draw draws the parts of a set-up at random.
type draw struct{ *rand.Rand }

func (d draw) in(lo, hi float64) float64 { return lo + (hi-lo)*d.Float64() }

func (d draw) one(n int) bool { return d.IntN(n) == 0 } // with odds of one in n

func (d draw) near(c RGB, by float64) RGB {
	for i := range c {
		c[i] = clamp(c[i]+d.in(-by, by), 0.02, 0.98)
	}
	return c
}

func (d draw) camera(c *Config) {
	res := resolutions[d.IntN(len(resolutions))]
	c.Width, c.Height = res[0], res[1]
	c.Camera = Camera{Elevation: d.in(25, 90), Turn: d.in(-35, 35), Roll: d.NormFloat64() * 3, FOV: d.in(45, 80),
		Fill: d.in(0.62, 0.96), OffX: d.NormFloat64() * 0.03, OffY: d.NormFloat64() * 0.03,
		K1: clamp(0.015+d.NormFloat64()*0.03, -0.06, 0.1), Blur: d.in(0.3, 1.1), Vignette: d.in(0, 0.35)}
	if d.one(3) {
		c.Camera.Turn = d.in(0, 360)
	}
}

func (d draw) board(b *Board, size int) {
	b.Finish = Finish(d.IntN(4))
	b.Wood, b.Grain = d.near(woods[d.IntN(len(woods))], 0.04), d.in(0.2, 1)
	if b.Finish == Plain {
		switch d.IntN(3) {
		case 0: // printed on white paper
			b.Wood, b.Thickness, b.Gloss, b.Ink = d.near(RGB{0.94, 0.94, 0.92}, 0.03), 0.5, 0, Gray(d.in(0.05, 0.4))
		case 1: // roll-up vinyl
			b.Thickness, b.Gloss = 1.5, d.in(0.1, 0.6)
		}
	}
	if b.Thickness > 2 {
		b.Thickness = []float64{6, 12, 20, 30, 50, 90}[d.IntN(6)]
	}
	b.Margin = d.in(9, 20)
	b.Line, b.Hoshi = d.in(0.6, 1.5), d.in(1.5, 2.8)
	if d.one(4) { // faded lines
		b.Ink = b.Ink.mix(b.Wood, d.in(0.2, 0.5))
	}
	b.Gloss = min(1, b.Gloss*d.in(0.5, 2.5))
	b.Seam = size == 19 && d.one(4)
	if d.one(5) { // square pitch
		b.PitchY = b.PitchX
	}
}

func (d draw) stones(s *Stones, pitch float64) {
	s.Diameter = pitch * d.in(0.93, 1.0)
	s.Flat = d.one(4)
	s.Thickness = d.in(6.5, 11.5)
	if s.Flat {
		s.Thickness = d.in(6, 9)
	}
	s.Gloss, s.Grain, s.Jitter = d.Float64(), d.Float64(), d.in(0.3, 1.6)
	s.Black = d.near(Gray(d.in(0.10, 0.24)), 0.02)
	s.White = d.near(RGB{d.in(0.84, 0.96), d.in(0.84, 0.95), d.in(0.78, 0.93)}, 0.01)
	if d.one(8) { // plain plastic or tinted glass
		s.Black = RGB{0.10, 0.20, 0.16}
	}
}

func (d draw) lights(c *Config, size int) {
	c.Ambient = Ambient{Power: d.in(0.12, 0.6), Kelvin: d.in(3500, 7500)}
	c.Lights = nil
	for i := range 1 + d.IntN(3) {
		l := Light{Azimuth: d.in(0, 360), Elevation: d.in(28, 80), Distance: d.in(700, 2800), Radius: d.in(30, 500), Power: d.in(0.1, 0.6), Kelvin: d.in(2700, 6800)}
		if d.one(10) { // a coloured lamp
			l.Tint = d.near(RGB{d.in(0.3, 1), d.in(0.3, 1), d.in(0.3, 1)}, 0)
		}
		if i == 0 && d.one(5) { // the sun through a window
			l.Distance, l.Radius, l.Power, l.Kelvin, l.Elevation = 9000, 45, d.in(0.35, 0.9), 5500, d.in(25, 60)
			w, h := c.Board.outer(size)
			l.Patch = &Patch{X: d.in(-w, w), Y: d.in(-h, h), HalfW: d.in(60, 200), HalfH: d.in(80, 300), Turn: d.in(0, 180), Soft: d.in(3, 15)}
		}
		c.Lights = append(c.Lights, l)
	}
}

func (d draw) sensor(c *Config) {
	sum := c.Ambient.Power
	for _, l := range c.Lights {
		if l.Patch == nil {
			sum += l.Power
		}
	}
	c.Sensor = Sensor{Exposure: d.in(0.55, 1.2) / sum, Noise: d.in(0.8, 5), Contrast: d.in(0, 0.7), Shutter: d.in(0.008, 0.033),
		Quality: 70 + d.IntN(26), AutoExposure: d.one(2), Flicker: d.in(-0.03, 0.03)}
	c.Sensor.Flicker = max(0, c.Sensor.Flicker)
	if d.one(2) {
		c.Sensor.WhitePoint = d.in(3400, 6500)
	}
}
