package sim

import (
	"image"
	"math"
)

// compose adds up the lamps inside d.
func (r *renderer) compose(d image.Rectangle) {
	w := r.cfg.Width
	layers := 1 + len(r.lamps)
	for y := d.Min.Y; y < d.Max.Y; y++ {
		a, b := 3*(y*w+d.Min.X), 3*(y*w+d.Max.X)
		out := r.sharp[a:b]
		for i := range out {
			out[i] = 0
		}
		for l := range layers {
			k := r.coef[l]
			if k == [3]uint32{} {
				continue
			}
			in := r.cur[l][a:b]
			for i := 0; i+2 < len(in); i += 3 {
				out[i] = uint16(min(65535, uint32(out[i])+uint32(in[i])*k[0]>>12))
				out[i+1] = uint16(min(65535, uint32(out[i+1])+uint32(in[i+1])*k[1]>>12))
				out[i+2] = uint16(min(65535, uint32(out[i+2])+uint32(in[i+2])*k[2]>>12))
			}
		}
	}
}

// blur copies sharp into clean through the lens, around d.
func (r *renderer) blur(d image.Rectangle) {
	w, h := r.cfg.Width, r.cfg.Height
	k := kernel(r.cfg.Camera.Blur)
	n := len(k) / 2
	d = d.Inset(-n).Intersect(image.Rect(0, 0, w, h))
	if n == 0 {
		for y := d.Min.Y; y < d.Max.Y; y++ {
			copy(r.clean[3*(y*w+d.Min.X):3*(y*w+d.Max.X)], r.sharp[3*(y*w+d.Min.X):])
		}
		return
	}
	span := 3 * d.Dx()
	rows := make([]uint16, (d.Dy()+2*n)*span) // blurred along x
	for j := range d.Dy() + 2*n {
		y := min(max(d.Min.Y+j-n, 0), h-1)
		src := r.sharp[3*y*w : 3*(y+1)*w]
		dst := rows[j*span : (j+1)*span]
		for x := range d.Dx() {
			var s0, s1, s2 uint32
			for t, kt := range k {
				i := 3 * min(max(d.Min.X+x+t-n, 0), w-1)
				s0 += kt * uint32(src[i])
				s1 += kt * uint32(src[i+1])
				s2 += kt * uint32(src[i+2])
			}
			dst[3*x], dst[3*x+1], dst[3*x+2] = uint16(s0>>16), uint16(s1>>16), uint16(s2>>16)
		}
	}
	for j := range d.Dy() {
		dst := r.clean[3*((d.Min.Y+j)*w+d.Min.X):][:span]
		for x := range dst {
			var s uint32
			for t, kt := range k {
				s += kt * uint32(rows[(j+t)*span+x])
			}
			dst[x] = uint16(s >> 16)
		}
	}
}

// kernel is a Gaussian of odd length whose weights add up to less than 1<<16.
func kernel(sigma float64) []uint32 {
	if sigma < 0.2 {
		return []uint32{65535}
	}
	n := int(math.Ceil(2.5 * sigma))
	g := make([]float64, 2*n+1)
	sum := 0.0
	for i := range g {
		g[i] = math.Exp(-float64((i-n)*(i-n)) / (2 * sigma * sigma))
		sum += g[i]
	}
	k := make([]uint32, 2*n+1)
	for i := range k {
		k[i] = uint32(g[i] / sum * 65535)
	}
	return k
}
