package match

import (
	"bytes"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/reading"
)

// seen is a reading of a board on which everything is plain to see.
func seen(pos board.Position, at time.Duration) *reading.Reading {
	n := pos.Size()
	r := &reading.Reading{Frame: int(at / time.Second), Time: at, Size: n, Points: make([]reading.Evidence, n*n)}
	for i := range r.Points {
		s := reading.State(pos.At(board.Point{X: int8(i % n), Y: int8(i / n)}))
		var ll [reading.States]float64
		for o := range ll {
			if reading.State(o) != s {
				ll[o] = -8
			}
		}
		r.Points[i] = reading.NewEvidence(ll)
	}
	return r
}

// FuzzRecordGoesOn reads a record, has a relay go on with it before the board
// that it ends with, writes what the relay has and reads that: the moves are
// the same, and so is all that they rest on.
func FuzzRecordGoesOn(f *testing.F) {
	for _, s := range []string{
		"(;FF[4]GM[1]SZ[9]KM[6.5]RU[Japanese]PB[Anna];B[ee];W[cc];B[];W[gg]C[doubt])",
		"(;SZ[9]HA[2]AB[cc][gg]RU[Chinese];W[ee];B[cg])", "(;SZ[5]HA[3]RU[Chinese];B[aa];B[ee];B[cc];W[bb])", "(;SZ[5]HA[3]RU[AGA];B[aa];B[ee])",
		"(;SZ[3]AB[aa:bb]AE[ab]AW[cc]PL[W];W[ca])", "(;SZ[4]AB[ba][ab][bc]AW[ca][bb][db][cc];B[cb];W[bb])", "(;SZ[2];B[aa];W[bb];B[ab];W[ba])",
		"(;SZ[9];W[aa];W[bb];B[];B[])", "(;SZ[19]KM[375]PB[\x83\x5c];B[pd](;W[dp];B[pp])(;W[dd]))", "(;SZ[25];B[yy])", "(;SZ[7]AW[aa]AB[gg])", "(;SZ[9];B[aa];W[b",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		games, err := board.ParseSGF(data)
		if err != nil {
			if !errors.Is(err, board.ErrSGF) {
				t.Fatal(err)
			}
			return // cut or broken: nothing goes on with it
		}
		g, err := games[0].Game()
		if err != nil {
			return
		}
		relay, err := NewRelay(RelayOptions{Begun: g})
		if err != nil {
			t.Fatalf("the relay does not take it: %v", err)
		}
		for _, at := range []time.Duration{time.Second, 2 * time.Second} {
			relay.Step(Input{At: at, Look: &Look{Reading: seen(g.Position(), at)}})
		}
		if got := relay.Game(); !slices.Equal(got.Moves(), g.Moves()) || got.Position() != g.Position() {
			t.Fatalf("the relay makes %v of %v", got.Moves(), g.Moves())
		}
		var b bytes.Buffer
		root, _ := relay.Game().SGF()
		if err := board.WriteSGF(&b, root); err != nil {
			t.Fatal(err)
		}
		again, err := board.ParseSGF(b.Bytes())
		if err != nil {
			t.Fatalf("%v in %s", err, b.Bytes())
		}
		same(t, b.String(), again[0], g)
	})
}

// same compares the game in a record with what it was. Handicap stones that
// Black placed are set up in a record.
func same(t *testing.T, text string, root *board.Node, want *board.Game) {
	t.Helper()
	got, err := root.Game()
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	moves := want.Moves()
	if placed := len(moves) - got.MoveCount(); placed > 0 && placed <= want.Setup().Handicap {
		for _, m := range moves[:placed] {
			if m.Color != board.Black || m.Point.IsPass() {
				t.Fatalf("%v is lost in %s", m, text)
			}
		}
		moves = moves[placed:]
	}
	a, b := got.Setup(), want.Setup()
	if !slices.Equal(got.Moves(), moves) || got.Position() != want.Position() ||
		a.Komi != b.Komi || a.Rules.Name != b.Rules.Name || b.Handicap > 1 && a.Handicap != b.Handicap {
		t.Fatalf("%v, %+v became %v, %+v in %s", moves, b, got.Moves(), a, text)
	}
}
