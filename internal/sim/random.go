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
	g := rand.New(rand.NewPCG(seed, 11))
	c := Default(size)
	c.Seed = seed
	in := func(lo, hi float64) float64 { return lo + (hi-lo)*g.Float64() }
	one := func(n int) bool { return g.IntN(n) == 0 } // with odds of one in n
	near := func(c RGB, d float64) RGB {
		for i := range c {
			c[i] = clamp(c[i]+in(-d, d), 0.02, 0.98)
		}
		return c
	}

	res := resolutions[g.IntN(len(resolutions))]
	c.Width, c.Height = res[0], res[1]
	c.Camera = Camera{Elevation: in(25, 90), Turn: in(-35, 35), Roll: g.NormFloat64() * 3, FOV: in(45, 80),
		Fill: in(0.62, 0.96), OffX: g.NormFloat64() * 0.03, OffY: g.NormFloat64() * 0.03,
		K1: clamp(0.015+g.NormFloat64()*0.03, -0.06, 0.1), Blur: in(0.3, 1.1), Vignette: in(0, 0.35)}
	if one(3) {
		c.Camera.Turn = in(0, 360)
	}

	b := &c.Board
	b.Finish = Finish(g.IntN(4))
	b.Wood, b.Grain = near(woods[g.IntN(len(woods))], 0.04), in(0.2, 1)
	if b.Finish == Plain {
		switch g.IntN(3) {
		case 0: // printed on white paper
			b.Wood, b.Thickness, b.Gloss, b.Ink = near(RGB{0.94, 0.94, 0.92}, 0.03), 0.5, 0, Gray(in(0.05, 0.4))
		case 1: // roll-up vinyl
			b.Thickness, b.Gloss = 1.5, in(0.1, 0.6)
		}
	}
	if b.Thickness > 2 {
		b.Thickness = []float64{6, 12, 20, 30, 50, 90}[g.IntN(6)]
	}
	b.Margin = in(9, 20)
	b.Line, b.Hoshi = in(0.6, 1.5), in(1.5, 2.8)
	if one(4) { // faded lines
		b.Ink = b.Ink.mix(b.Wood, in(0.2, 0.5))
	}
	b.Gloss = min(1, b.Gloss*in(0.5, 2.5))
	b.Seam = size == 19 && one(4)
	if one(5) { // square pitch
		b.PitchY = b.PitchX
	}

	s := &c.Stones
	s.Diameter = b.PitchX * in(0.93, 1.0)
	s.Flat = one(4)
	s.Thickness = in(6.5, 11.5)
	if s.Flat {
		s.Thickness = in(6, 9)
	}
	s.Gloss, s.Grain, s.Jitter = g.Float64(), g.Float64(), in(0.3, 1.6)
	s.Black = near(Gray(in(0.10, 0.24)), 0.02)
	s.White = near(RGB{in(0.84, 0.96), in(0.84, 0.95), in(0.78, 0.93)}, 0.01)
	if one(8) { // plain plastic or tinted glass
		s.Black = RGB{0.10, 0.20, 0.16}
	}

	c.Table = Table{Colour: near(tables[g.IntN(len(tables))], 0.05), Grain: in(-0.8, 1), Bowls: g.IntN(3), Litter: g.IntN(4)}

	c.Ambient = Ambient{Power: in(0.12, 0.6), Kelvin: in(3500, 7500)}
	c.Lights = nil
	for i := range 1 + g.IntN(3) {
		l := Light{Azimuth: in(0, 360), Elevation: in(28, 80), Distance: in(700, 2800), Radius: in(30, 500), Power: in(0.1, 0.6), Kelvin: in(2700, 6800)}
		if one(10) { // a coloured lamp
			l.Tint = near(RGB{in(0.3, 1), in(0.3, 1), in(0.3, 1)}, 0)
		}
		if i == 0 && one(5) { // the sun through a window
			l.Distance, l.Radius, l.Power, l.Kelvin, l.Elevation = 9000, 45, in(0.35, 0.9), 5500, in(25, 60)
			w, h := b.outer(size)
			l.Patch = &Patch{X: in(-w, w), Y: in(-h, h), HalfW: in(60, 200), HalfH: in(80, 300), Turn: in(0, 180), Soft: in(3, 15)}
		}
		c.Lights = append(c.Lights, l)
	}
	sum := c.Ambient.Power
	for _, l := range c.Lights {
		if l.Patch == nil {
			sum += l.Power
		}
	}
	c.Sensor = Sensor{Exposure: in(0.55, 1.2) / sum, Noise: in(0.8, 5), Contrast: in(0, 0.7), Shutter: in(0.008, 0.033),
		Quality: 70 + g.IntN(26), AutoExposure: one(2), Flicker: in(-0.03, 0.03)}
	c.Sensor.Flicker = max(0, c.Sensor.Flicker)
	if one(2) {
		c.Sensor.WhitePoint = in(3400, 6500)
	}
	return c
}
