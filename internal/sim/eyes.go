package sim

import (
	"math/rand/v2"
	"time"

	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/reading"
)

// Eyes make readings from the truth, with the faults of a good reader of
// pictures: unsure beside hands, sometimes deceived by a sleeve, a reflection or
// a shadow, blind while the board moves. With them a referee can be tested on
// thousands of games without a single picture.
type Eyes struct {
	// Error is the share of points misread in a reading for no reason; each
	// such mistake stays for about Stay.
	Error float64
	Stay  time.Duration
	// Deceived is the share of covered points whose sleeve or skin looks like
	// a stone.
	Deceived float64

	chance  *rand.Rand
	before  []reading.State
	wrong   map[int]mistake
	locked  bool
	home    [4]grid.Pt // the corners when the grid was last locked
	settled time.Duration
	bump    int
}

type mistake struct {
	state reading.State
	until time.Duration
}

// NewEyes returns eyes that err once in five thousand points, for a fifth of
// a second.
func NewEyes(seed uint64) *Eyes {
	return &Eyes{Error: 2e-4, Stay: 200 * time.Millisecond, Deceived: 0.03,
		chance: rand.New(rand.NewPCG(seed, 31)), wrong: map[int]mistake{}}
}

// Read says what the eyes see of a moment. Moments must come in order of time.
func (e *Eyes) Read(t Truth) *reading.Reading {
	n := t.Spec.Size
	r := &reading.Reading{Frame: t.Frame, Time: t.Time, Size: n}
	e.lock(&t)
	r.Bump = e.bump
	r.Lock = reading.Locked
	switch {
	case t.Moving:
		r.Lock = reading.Lost
		r.Motion = 1
		return r
	case t.Time < e.settled:
		r.Lock = reading.Unsure
	}
	look := make([]reading.State, n*n)
	r.Points = make([]reading.Evidence, n*n)
	moved := 0
	for i := range look {
		look[i] = reading.State(t.Stones[i])
		if t.Covered[i] {
			look[i] = reading.Covered
		}
		if e.before != nil && e.before[i] != look[i] {
			moved++
		}
		r.Points[i] = e.point(&t, i, look[i])
	}
	e.before = look
	r.Motion = float64(moved) / float64(n*n)
	return r
}

// lock notices that the board has moved.
func (e *Eyes) lock(t *Truth) {
	if t.Moving {
		e.settled = t.Time + 600*time.Millisecond // the grid has to be found again
		return
	}
	cell := t.Spec.Corners[0].Dist(t.Spec.Corners[1]) / float64(t.Spec.Size-1)
	far := false
	for i, c := range t.Spec.Corners {
		far = far || c.Dist(e.home[i]) > cell/4
	}
	if far {
		if e.locked {
			e.bump++
		}
		e.home, e.locked = t.Spec.Corners, true
	}
}

// point is the evidence at one point.
func (e *Eyes) point(t *Truth, i int, look reading.State) reading.Evidence {
	about := func(mean, spread float64) float64 { return -max(0.5, mean+spread*e.chance.NormFloat64()) }
	var ll [reading.States]float64
	if look == reading.Covered {
		for s := range ll {
			ll[s] = about(4, 1.2)
		}
		ll[reading.Covered] = 0
		if e.chance.Float64() < e.Deceived {
			ll[1+e.chance.IntN(2)] = 1
		}
		return reading.NewEvidence(ll)
	}
	// A hand close by throws its shadow and hides an edge.
	sure := 9.0
	n := t.Spec.Size
	for _, d := range [...]int{-n - 1, -n, -n + 1, -1, 1, n - 1, n, n + 1} {
		if j := i + d; j >= 0 && j < n*n && abs(j%n-i%n) <= 1 && t.Covered[j] {
			sure = 4.5
		}
	}
	m, bad := e.wrong[i]
	if bad && t.Time >= m.until {
		delete(e.wrong, i)
		bad = false
	}
	if !bad && e.chance.Float64() < e.Error {
		m = mistake{(look + 1 + reading.State(e.chance.IntN(2))) % 3, t.Time + time.Duration(float64(e.Stay)*(0.5+e.chance.Float64()))}
		e.wrong[i] = m
		bad = true
	}
	for s := range ll {
		ll[s] = about(sure, 1.5)
	}
	ll[reading.Covered] = about(sure*0.6, 0.8)
	ll[look] = 0
	if bad {
		ll[m.state], ll[look] = 0, about(3, 1)
	}
	return reading.NewEvidence(ll)
}

func abs(x int) int { return max(x, -x) }
