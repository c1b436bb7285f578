package vision

/*
#cgo CFLAGS: -O3
#cgo noescape kernel_conv
#cgo nocallback kernel_conv
#include "kernel.h"
*/
import "C"

import (
	_ "embed"
	"encoding/binary"
	"fmt"
	"math"
	"sync"

	"github.com/gobancam/gobancam/internal/reading"
)

// The sizes of the network's layers; train/stones/net.py has the same.
const (
	netIn     = 3  // blue, green, red
	netNear1  = 16 // per 2×2 canvas pixels
	netNear2  = 48 // per 4×4
	netNear   = 64 // per crossing, from the 25×25 pixels around it
	netVector = 64 // per crossing, from 3×3 crossings
	netHidden = 48
	netAround = 32 // per crossing, from what its neighbours think
	netSight  = 25 // side of what a near vector sees
	netClass  = int(reading.States)
)

// layer is a linear map of kernel rows × run inputs to outs outputs, weights
// by row, input and output.
type layer struct {
	rows, run, outs int
	w, bias         []float32
}

// apply computes pixels outputs in a row: pixel p reads from in[p·step:], its
// kernel rows stride apart.
func (l *layer) apply(in []float32, step, stride int, out []float32, pixels int, relu bool) {
	if pixels <= 0 {
		return
	}
	_ = in[(pixels-1)*step+(l.rows-1)*stride+l.run-1]
	_ = out[pixels*l.outs-1]
	r := C.int(0)
	if relu {
		r = 1
	}
	C.kernel_conv((*C.float)(&in[0]), C.int(step), C.int(stride), C.int(l.rows), C.int(l.run),
		(*C.float)(&l.w[0]), (*C.float)(&l.bias[0]), (*C.float)(&out[0]), C.int(pixels), C.int(l.outs), r)
}

// stoneNet is the trained net that reads stones. train/stones/net.py describes
// and trains it.
type stoneNet struct {
	near1, near2, near, wide layer
	lean                     layer // of two inputs, without bias
	first, hidden, second    layer
	around, last             layer
	usual                    [3][netVector]float32 // what empty, black and white usually look like

	// What makes the chances honest, found on boards that the network was not
	// trained on: the last layer's outputs are multiplied by scale after veil
	// was added to that of covered, and doubt is the share of points about
	// which the network is wrong however sure it is.
	scale, doubt, veil float64
}

//go:embed stones_net.bin
var netStones []byte

// loadStoneNet parses the embedded weights, little endian float32 in the order
// of stoneNet's fields.
var loadStoneNet = sync.OnceValues(func() (*stoneNet, error) { return parseStoneNet(netStones) })

func parseStoneNet(b []byte) (*stoneNet, error) {
	n := &stoneNet{
		near1:  layer{rows: 5, run: 5 * netIn, outs: netNear1},
		near2:  layer{rows: 3, run: 3 * netNear1, outs: netNear2},
		near:   layer{rows: 5, run: 5 * netNear2, outs: netNear},
		wide:   layer{rows: 3, run: 3 * netNear, outs: netVector},
		lean:   layer{rows: 1, run: 2, outs: netVector},
		first:  layer{rows: 1, run: netVector, outs: netClass},
		hidden: layer{rows: 1, run: 4 * netVector, outs: netHidden},
		second: layer{rows: 1, run: netHidden, outs: netClass},
		around: layer{rows: 3, run: 3 * netHidden, outs: netAround},
		last:   layer{rows: 1, run: netAround, outs: netClass},
	}
	want := 0
	take := func(k int) []float32 {
		v := make([]float32, k)
		if want += 4 * k; want <= len(b) {
			for i := range v {
				v[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[want-4*k+4*i:]))
			}
		}
		return v
	}
	for _, l := range []*layer{&n.near1, &n.near2, &n.near, &n.wide, &n.lean, &n.first, &n.hidden, &n.second, &n.around, &n.last} {
		l.w = take(l.rows * l.run * l.outs)
		l.bias = take(l.outs)
	}
	for c := range n.usual {
		copy(n.usual[c][:], take(netVector))
	}
	honest := take(3)
	n.scale, n.doubt, n.veil = float64(honest[0]), float64(honest[1]), float64(honest[2])
	if want != len(b) {
		return nil, fmt.Errorf("the network that reads stones has %d bytes instead of %d: the program was built from a damaged tree", len(b), want)
	}
	return n, nil
}

// nearScratch holds what nearRow computes in between.
type nearScratch struct{ in, one, two []float32 }

// nearRow computes the near vectors of count crossings in a row. in shows the
// picture from 12 pixels above to 12 below and from 12 left of the first to 12
// right of the last of them: netSight rows of width (count−1)·cellPixels+netSight
// pixels, three channels.
func (n *stoneNet) nearRow(s *nearScratch, in []float32, count int, out []float32) {
	w0 := (count-1)*cellPixels + netSight
	w1 := (w0-5)/2 + 1
	w2 := (w1-3)/2 + 1
	const h1 = (netSight-5)/2 + 1
	const h2 = (h1-3)/2 + 1
	s.one = grow(s.one, h1*w1*netNear1)
	s.two = grow(s.two, h2*w2*netNear2)
	for y := range h1 {
		n.near1.apply(in[2*y*w0*netIn:], 2*netIn, w0*netIn, s.one[y*w1*netNear1:], w1, true)
	}
	for y := range h2 {
		n.near2.apply(s.one[2*y*w1*netNear1:], 2*netNear1, w1*netNear1, s.two[y*w2*netNear2:], w2, true)
	}
	n.near.apply(s.two, 3*netNear2, w2*netNear2, out, count, true)
}

func grow(v []float32, n int) []float32 {
	if cap(v) < n {
		return make([]float32, n)
	}
	return v[:n]
}

// vectorsRow computes the vectors of count crossings in a row from the near
// vectors of the three rows around it, stride apart, the first one column to
// the left; lean has two values per crossing.
func (n *stoneNet) vectorsRow(near []float32, stride int, lean, out []float32, count int) {
	n.wide.apply(near, netNear, stride, out, count, false)
	for p := range count {
		lx, ly := lean[2*p], lean[2*p+1]
		v := out[p*netVector : (p+1)*netVector]
		for i := range v {
			v[i] = max(0, v[i]+(lx*n.lean.w[i]+ly*n.lean.w[netVector+i]))
		}
	}
}

// prototypes are what empty, black and white look like on one board.
type prototypes [3][netVector]float32

// firstOpinion returns the probabilities of the states from the vector alone.
func (n *stoneNet) firstOpinion(v []float32) (p [netClass]float32) {
	var logit [netClass]float32
	n.first.apply(v, 0, 0, logit[:], 1, false)
	best := max(logit[0], logit[1], logit[2], logit[3])
	var sum float32
	for i, l := range logit {
		p[i] = float32(math.Exp(float64(l - best)))
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
	return p
}

// think writes the hidden layer of a crossing, netHidden numbers, computed from
// its vector and its difference from what is usual on this board.
func (n *stoneNet) think(v []float32, proto *prototypes, out []float32) {
	var x [4 * netVector]float32
	copy(x[:], v)
	for c := range proto {
		d := x[(c+1)*netVector : (c+2)*netVector]
		for i := range d {
			d[i] = float32(math.Abs(float64(v[i] - proto[c][i])))
		}
	}
	n.hidden.apply(x[:], 0, 0, out, 1, true)
}

// lastOpinion returns the network's outputs for a crossing, by what it and its
// eight neighbours think: three rows of three from thoughts on, stride apart.
func (n *stoneNet) lastOpinion(thoughts []float32, stride int) (logit [netClass]float32) {
	var around [netAround]float32
	var more [netClass]float32
	n.around.apply(thoughts, 0, stride, around[:], 1, true)
	n.second.apply(thoughts[stride+netHidden:], 0, 0, logit[:], 1, false)
	n.last.apply(around[:], 0, 0, more[:], 1, false)
	for i := range logit {
		logit[i] += more[i]
	}
	return logit
}

// logSoftmax turns outputs into logarithms of chances.
func logSoftmax(logit [netClass]float32) (l [netClass]float64) {
	best := float64(max(logit[0], logit[1], logit[2], logit[3]))
	var sum float64
	for i, v := range logit {
		l[i] = float64(v) - best
		sum += math.Exp(l[i])
	}
	for i := range l {
		l[i] -= math.Log(sum)
	}
	return l
}

// logLik turns outputs, or means of their logSoftmax, into honest
// log-likelihoods with a common offset.
func (n *stoneNet) logLik(logit [netClass]float64) (ll [reading.States]float64) {
	for i, l := range logit {
		ll[i] = n.scale * l
	}
	ll[reading.Covered] += n.scale * n.veil
	best := max(ll[reading.Empty], ll[reading.Black], ll[reading.White], ll[reading.Covered])
	var sum float64
	for i := range ll {
		ll[i] = math.Exp(ll[i] - best)
		sum += ll[i]
	}
	for i := range ll {
		ll[i] = math.Log(ll[i]/sum + n.doubt)
	}
	return ll
}
