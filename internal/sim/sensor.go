package sim

import (
	"image"
	"math"
	"math/rand/v2"
)

const tile = 256 // side of the noise tiles, a power of two

// sensor turns light into the numbers of a picture.
type sensor struct {
	curve [65536]uint16 // screen value of light, in 1/256 of an 8-bit step
	lut   [65536]uint16 // with the gain of the moment
	gain  float64
	amp   [256]int32 // strength of the noise at an 8-bit value
	noise []int8     // tile×tile×3, standard deviation 24
}

func newSensor(s Sensor, seed uint64) *sensor {
	t := &sensor{}
	for i := range t.curve {
		v := float64(i) / one
		if v > 0.7 { // highlights roll off
			v = 0.7 + 0.3*(1-math.Exp(-(v-0.7)/0.3))
		}
		v = srgb(v)
		v += s.Contrast * 0.5 * (v*v*(3-2*v) - v)
		t.curve[i] = uint16(clamp(v, 0, 1)*255*256 + 0.5)
	}
	for i := range t.amp {
		v := float64(i) / 255
		t.amp[i] = int32(s.Noise * (1.25 - 0.5*v) * 256 / 24)
	}
	// Sensors are read through a mosaic, so neighbours share noise and colours
	// share less of it than brightness does.
	g := rand.New(rand.NewPCG(seed, 7))
	raw := make([]float64, tile*tile*3)
	for i := range raw {
		raw[i] = g.NormFloat64()
	}
	at := func(x, y, c int) float64 { return raw[((y&(tile-1))*tile+x&(tile-1))*3+c] }
	t.noise = make([]int8, len(raw))
	for y := range tile {
		for x := range tile {
			luma := at(x, y, 0) + 0.4*(at(x+1, y, 0)+at(x, y+1, 0)) + 0.2*at(x+1, y+1, 0)
			for c := range 3 {
				own := 0.0
				for k := range 9 {
					own += at(x+2*(k%3), y+2*(k/3), (c+1)%3)
				}
				v := 0.75*luma/1.2 + 0.6*own/3
				t.noise[(y*tile+x)*3+c] = int8(clamp(v*24, -127, 127))
			}
		}
	}
	t.setGain(1)
	return t
}

func (t *sensor) setGain(g float64) {
	if math.Abs(g-t.gain) < 1e-4 {
		return
	}
	t.gain = g
	k := uint64(g * 65536)
	for i := range t.lut {
		t.lut[i] = t.curve[min(65535, uint64(i)*k>>16)]
	}
}

// develop turns linear light into an 8-bit picture with the noise of its own.
func (t *sensor) develop(dst *image.RGBA, lin []uint16, g *rand.Rand) {
	w, h := dst.Rect.Dx(), dst.Rect.Dy()
	ox, oy := g.IntN(tile), g.IntN(tile)
	flip := g.IntN(2) == 0
	for y := range h {
		in := lin[3*y*w : 3*(y+1)*w]
		out := dst.Pix[y*dst.Stride : y*dst.Stride+4*w]
		ny := y + oy
		if flip {
			ny = oy - y
		}
		// The tile repeats: shift every band of it by another amount.
		sx := ox + (ny/tile)*91
		row := t.noise[(ny&(tile-1))*tile*3:][:tile*3]
		for x := range w {
			n := ((x + sx) & (tile - 1)) * 3
			for c := range 3 {
				v := int32(t.lut[in[3*x+c]])
				v += int32(row[n+c])*t.amp[v>>8] + 128
				out[4*x+c] = uint8(min(max(v, 0), 65535) >> 8)
			}
			out[4*x+3] = 255
		}
	}
}

// brightness is the mean of a picture's light, from every eighth pixel.
func brightness(lin []uint16) float64 {
	s, n := 0, 0
	for i := 1; i < len(lin); i += 24 {
		s += int(min(lin[i], 2*one))
		n++
	}
	return float64(s) / float64(max(n, 1)) / one
}
