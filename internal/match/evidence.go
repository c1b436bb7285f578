package match

import (
	"cmp"
	"math"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/reading"
)

// watch sums up what the eyes say of each point over the last readings.
//
// A single reading says of a point, for each of its three states, the
// log-likelihood
//
//	L(s) = ln((1 − hidden − blunder)·e^ll(s) + hidden·e^ll(covered) + blunder)
//
// so that a covered point says nothing, and a plain blunder costs no more than
// ln(1/blunder). Readings follow each other faster than their errors change,
// so a reading weighs min(1, Δt/Apart), and the sum fades with Fade: what a
// point can ever amount to is a few readings' worth, however many there were.
type watch struct {
	tune  Tuning
	size  int
	spots []spot

	hands   bool          // a hand was seen at some time
	any     bool          // there was a reading
	first   time.Duration // the first
	apart   time.Duration // between the last two readings
	frame   int
	at      time.Duration // of the last reading
	bump    int
	locked  bool
	hidden  int           // points hidden in the last reading
	still   time.Duration // since when the same points are hidden together
	print   uint64        // of the set of hidden points
	gap     time.Duration // the last reading before which a hand may have come and gone unseen
	light   time.Duration // when last the light changed
	shut    time.Duration // when last the eyes opened after having been shut for long
	clear   time.Duration // since when no more than a speck is hidden; <0: not now
	blocked time.Duration // since when a large part is hidden; <0: not now
}

// spot is what is known of one point.
type spot struct {
	sum    [3]float64 // summed log-likelihoods of empty, black, white; the best is 0
	hidden bool       // in the last reading

	known   bool
	seen    board.Color   // the state last seen for sure
	since   time.Duration // when seen was first glimpsed
	sure    time.Duration // when it was sure
	hand    bool          // a hand may have been there at that time
	long    bool          // the eyes were shut at that time, for long
	plain   time.Duration // the last visible reading
	covered time.Duration // the last other one

	run      board.Color   // the state of the latest visible readings
	runSince time.Duration // the first of them
	views    int           // how many there are
	before   time.Duration // the last visible reading of another state
	unrest   float64       // how often that changed, fading
}

// long is the longest time without readings after which a new stone is still
// taken for a move without asking.
const long = 10 * time.Second

const never = time.Duration(math.MinInt64 / 2)

func newWatch(size int, t Tuning) *watch {
	w := &watch{tune: t, size: size, spots: make([]spot, size*size), gap: never, light: never, clear: -1, blocked: -1}
	for i := range w.spots {
		w.spots[i].before, w.spots[i].plain, w.spots[i].covered = never, never, never
	}
	return w
}

func (w *watch) index(p board.Point) int { return int(p.Y)*w.size + int(p.X) }
func (w *watch) point(i int) board.Point {
	return board.Point{X: int8(i % w.size), Y: int8(i / w.size)}
}
func (w *watch) spot(p board.Point) *spot { return &w.spots[w.index(p)] }
func (w *watch) seen(p board.Point) (board.Color, bool) {
	s := w.spot(p)
	return s.seen, s.known
}

// speck is how many hidden points do not make a hand.
func (w *watch) speck() int { return max(1, len(w.spots)/150) }

var likelihood = func() (t [256]float64) {
	for i := range t {
		t[i] = math.Exp(-reading.Step * float64(i))
	}
	return t
}()

// forget drops the sums, but not what was seen: the next readings count on their
// own.
func (w *watch) forget() {
	for i := range w.spots {
		w.spots[i].sum = [3]float64{}
	}
}

// look takes in a reading with a grid that fits.
func (w *watch) look(r *reading.Reading, at time.Duration) {
	dt := at - w.at
	if !w.any {
		dt = 0
		w.first = at
	}
	if !w.any || dt > long {
		w.shut = at
	}
	if dt > w.tune.Gap {
		w.gap = at
	}
	w.addUp(r, at, dt)
	w.findHand(r.Motion, at)
	w.settle(at)
	w.any, w.apart, w.frame, w.at = true, dt, r.Frame, at
}

// addUp adds a reading to the sums.
func (w *watch) addUp(r *reading.Reading, at, dt time.Duration) {
	t := &w.tune
	weight, keep, calm := 1.0, 0.0, 0.0
	if w.any {
		weight = min(1, float64(dt)/float64(t.Apart))
		least := t.Keep
		if dt >= time.Second {
			least = cmp.Or(t.KeepSlow, least)
		}
		keep = max(math.Exp(-float64(dt)/float64(t.Fade)), least)
		calm = math.Exp(-float64(dt) / float64(3*t.Fade))
	}
	plain := 1 - t.Hidden - t.Blunder
	w.hidden = 0
	for i := range w.spots {
		s, e := &w.spots[i], r.Points[i]
		best := e.Best()
		cover := t.Hidden*likelihood[e[reading.Covered]] + t.Blunder
		fade := keep
		s.hidden = best == reading.Covered
		s.unrest *= calm
		if s.hidden {
			w.hidden++
			s.covered = at
			fade *= 1 - weight/2 // what was seen before a hand came is stale
		} else {
			if c := board.Color(best); c != s.run || s.plain == never {
				s.before = s.plain
				s.run, s.runSince, s.views = c, at, 0
				s.unrest++
			}
			s.plain = at
			s.views++
		}
		top := math.Inf(-1)
		for c := range s.sum {
			s.sum[c] = s.sum[c]*fade + weight*math.Log(plain*likelihood[e[c]]+cover)
			top = max(top, s.sum[c])
		}
		for c := range s.sum {
			s.sum[c] -= top
		}
	}
}

// findHand decides whether a hand, or a thing, is over the board. Hidden points
// far from each other are specks: a gleam, a point that is hard to read.
func (w *watch) findHand(motion float64, at time.Duration) {
	together, print := 0, uint64(14695981039346656037) // FNV-1a
	for i := range w.spots {
		if w.spots[i].hidden && w.hidden > 1 && w.hiddenBeside(w.point(i), 1) {
			together++
			print = (print ^ uint64(i)) * 1099511628211
		}
	}
	if motion >= 0.5 && together <= w.speck() {
		w.light = at
	}
	if print != w.print || !w.any {
		w.print, w.still = print, at
	}
	switch {
	case together > w.speck():
		w.clear, w.hands = -1, true
	case w.clear < 0:
		w.clear = at
	}
	switch {
	case 4*w.hidden < len(w.spots):
		w.blocked = -1
	case w.blocked < 0:
		w.blocked = at
	}
}

// hiddenBeside reports whether another point up to reach away from p is hidden.
func (w *watch) hiddenBeside(p board.Point, reach int8) bool {
	last := int8(w.size) - 1
	for y := max(0, p.Y-reach); y <= min(last, p.Y+reach); y++ {
		for x := max(0, p.X-reach); x <= min(last, p.X+reach); x++ {
			if q := (board.Point{X: x, Y: y}); q != p && w.spot(q).hidden {
				return true
			}
		}
	}
	return false
}

// handOver reports whether something covers the board that has not lain still
// for long.
func (w *watch) handOver() bool { return w.clear < 0 && w.at-w.still < w.tune.Rest }

// inPeace reports whether no hand is about: there is nothing over the board, or
// a thing that has lain still for long.
func (w *watch) inPeace() bool { return w.clear >= 0 || !w.handOver() }

// settle adopts the states that are certain now.
func (w *watch) settle(at time.Duration) {
	t := &w.tune
	for i := range w.spots {
		s := &w.spots[i]
		c := s.best()
		if s.margin(c) < t.Sure && !s.steady(c, at, t) || s.known && (s.seen == c || s.flickers()) {
			continue
		}
		since := s.runSince
		if s.run != c {
			since = at
		}
		s.hand = w.gap > s.before || w.coveredNear(w.point(i)) >= s.before-t.Gap
		s.long = s.before == never || w.shut > s.before
		s.known, s.seen, s.since, s.sure = true, c, since, at
	}
}

// steady reports whether c was the best state in every reading for so long that
// it counts as seen, however little each of them says.
func (s *spot) steady(c board.Color, at time.Duration, t *Tuning) bool {
	return s.run == c && s.views >= 8 && at-s.runSince >= t.Steady && s.margin(c) >= 2
}

// coveredNear returns when last a point near p was hidden: a hand that sets a
// stone down hides what is around it.
func (w *watch) coveredNear(p board.Point) time.Duration {
	last := never
	for y := max(0, p.Y-2); y <= min(int8(w.size)-1, p.Y+2); y++ {
		for x := max(0, p.X-2); x <= min(int8(w.size)-1, p.X+2); x++ {
			last = max(last, w.spot(board.Point{X: x, Y: y}).covered)
		}
	}
	return last
}

// flickers reports whether readings of the point keep changing: then the eyes
// cannot be trusted with it.
func (s *spot) flickers() bool { return s.unrest > 2.5 }

// best returns the likeliest of the three states, the first if equal.
func (s *spot) best() board.Color {
	b := board.Empty
	for c := board.Black; c <= board.White; c++ {
		if s.sum[c] > s.sum[b] {
			b = c
		}
	}
	return b
}

// margin returns by how many nats c is likelier than the best other state.
func (s *spot) margin(c board.Color) float64 {
	m := math.Inf(1)
	for o := range s.sum {
		if board.Color(o) != c {
			m = min(m, s.sum[c]-s.sum[o])
		}
	}
	return m
}

// share returns the probability of c, by the sums alone.
func (s *spot) share(c board.Color) float64 {
	z := 0.0
	for _, v := range s.sum {
		z += math.Exp(v - s.sum[c])
	}
	return 1 / z
}

// shown returns what is seen, for the display.
func (w *watch) shown() []Spot {
	spots := make([]Spot, len(w.spots))
	for i := range w.spots {
		s := &w.spots[i]
		c := s.best()
		spots[i] = Spot{Seen: reading.State(c), Confidence: s.share(c)}
		if s.hidden {
			spots[i].Seen = reading.Covered
		}
	}
	return spots
}
