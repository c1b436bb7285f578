package reading

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/gobancam/gobancam/board"
)

func TestEvidenceKeepsDifferencesWithinAStep(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var ll [States]float64
		for s := range ll {
			ll[s] = rapid.Float64Range(-31, 0).Draw(t, "log-likelihood") + 1000
		}
		e := NewEvidence(ll)
		best := 0
		for s := range ll {
			if ll[s] > ll[best] {
				best = s
			}
		}
		if e[best] != 0 {
			t.Fatalf("the best state has %d, not 0", e[best])
		}
		for s := range ll {
			if got, want := e.LogLik(State(s)), ll[s]-ll[best]; math.Abs(got-want) > Step/2+1e-9 {
				t.Fatalf("state %d: %v, want %v within half a step", s, got, want)
			}
		}
	})
}

func TestEvidenceOfNothing(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(-1)
	for _, ll := range [][States]float64{{nan, nan, nan, nan}, {inf, inf, inf, inf}} {
		if e := NewEvidence(ll); e != Hidden || e.Best() != Covered {
			t.Errorf("%v became %v", ll, e)
		}
	}
	if e := NewEvidence([States]float64{-1, nan, inf, -2}); e.Best() != Empty || e[Black] != 255 || e[White] != 255 {
		t.Errorf("the impossible became %v", e)
	}
}

func TestRowsAndCovered(t *testing.T) {
	see := func(s State) Evidence {
		ll := [States]float64{-9, -9, -9, -9}
		ll[s] = 0
		return NewEvidence(ll)
	}
	r := Reading{Size: 2, Points: []Evidence{see(Black), see(White), see(Covered), see(Empty)}}
	if got := strings.Join(r.Rows(), "/"); got != "XO/?." {
		t.Error(got)
	}
	if c := r.Covered(); c != 0.25 {
		t.Errorf("%v covered", c)
	}
	for _, p := range []board.Point{{X: -1, Y: 0}, {X: 0, Y: 2}, board.Pass} {
		if r.At(p) != Hidden {
			t.Errorf("%v is off the board and seen", p)
		}
	}
	if none := (&Reading{}); none.Covered() != 1 {
		t.Error("without a grid all is covered")
	}
}
