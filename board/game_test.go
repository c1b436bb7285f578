package board

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func mustRules(t testing.TB, name string) Rules {
	t.Helper()
	r, err := ParseRules(name)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func newGame(t testing.TB, s Setup) *Game {
	t.Helper()
	g, err := NewGame(s)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// drawn returns a game that starts from a drawn board.
func drawn(t testing.TB, rules string, first Color, rows ...string) *Game {
	t.Helper()
	pos := MustPosition(rows...)
	black, white := pos.Stones(Black), pos.Stones(White)
	return newGame(t, Setup{Size: pos.Size(), Rules: mustRules(t, rules), First: first,
		Black: black.Points(), White: white.Points()})
}

// moves reads "B D4, W pass" and the like.
func moves(t testing.TB, size int, text string) []Move {
	t.Helper()
	var ms []Move
	for part := range strings.SplitSeq(text, ",") {
		f := strings.Fields(part)
		if len(f) != 2 {
			t.Fatalf("no move: %q", part)
		}
		m := Move{Color: Black}
		if f[0] == "W" {
			m.Color = White
		}
		var err error
		if m.Point, err = ParseGTP(f[1], size); err != nil {
			t.Fatal(err)
		}
		ms = append(ms, m)
	}
	return ms
}

func TestRulesOfPlay(t *testing.T) {
	tests := []struct {
		name, rules string
		first       Color
		board       string
		moves       string
		err         error // of the last move
		want        string
		captured    int // by the last move
	}{
		{"capture in the corner", "japanese", Black, `
			O . . .
			X . . .
			. . . .
			. . . .`, "B B4", nil, `
			. X . .
			X . . .
			. . . .
			. . . .`, 1},
		{"a chain, and one on the other side", "japanese", Black, `
			X O O . O
			X O O X O
			. X X X O
			. . . X O
			. . . X O`, "B D5", nil, `
			X . . X .
			X . . X .
			. X X X .
			. . . X .
			. . . X .`, 9},
		{"suicide", "japanese", White, `
			. X . .
			X . . .
			. . . .
			. . . .`, "W A4", ErrSuicide, "", 0},
		{"suicide of one stone changes nothing", "ing", White, `
			. X . .
			X . . .
			. . . .
			. . . .`, "W A4", ErrSuperko, "", 0},
		{"suicide of two", "nz", White, `
			. O X .
			X X . .
			. . . .
			. . . .`, "W A4", nil, `
			. . X .
			X X . .
			. . . .
			. . . .`, 2},
		{"no suicide if it captures", "japanese", White, `
			. X O .
			X O . .
			O . . .
			. . . .`, "W A4", nil, `
			O . O .
			. O . .
			O . . .
			. . . .`, 2},
		{"ko", "japanese", Black, `
			. X O .
			X O . O
			. X O .
			. . . .`, "B C3, W B3", ErrKo, "", 0},
		{"ko after a threat", "japanese", Black, `
			. X O .
			X O . O
			. X O .
			. . . .`, "B C3, W A1, B D1, W B3", nil, `
			. X O .
			X O . O
			. X O .
			O . . X`, 1},
		{"snapback is no ko", "japanese", Black, `
			. O O O .
			X X X O O
			. . X O .
			. . X X O
			. . . . .`, "B E5", ErrSuicide, "", 0},
		{"occupied", "japanese", White, `
			. X
			. .`, "W B2", ErrOccupied, "", 0},
		{"not his turn", "japanese", White, `
			. X
			. .`, "B A1", ErrTurn, "", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := drawn(t, tt.rules, tt.first, tt.board)
			ms := moves(t, g.Size(), tt.moves)
			for _, m := range ms[:len(ms)-1] {
				if err := g.Play(m); err != nil {
					t.Fatal(err)
				}
			}
			before := g.Position()
			last := ms[len(ms)-1]
			check, err := g.Check(last), g.Play(last)
			if !errors.Is(err, tt.err) || !errors.Is(check, tt.err) {
				t.Fatalf("Check %v, Play %v, want %v\n%v", check, err, tt.err, before)
			}
			if tt.err != nil {
				if g.Position() != before {
					t.Errorf("a refused move changed the board")
				}
				return
			}
			if tt.want != "" && g.Position() != MustPosition(tt.want) {
				t.Errorf("got\n%v", g.Position())
			}
			if c := g.LastCaptured(); c.Len() != tt.captured {
				t.Errorf("captured %v, want %d stones", c.Points(), tt.captured)
			}
		})
	}
}

func TestFreeHandicap(t *testing.T) {
	g := newGame(t, Setup{Size: 9, Rules: mustRules(t, "chinese"), Handicap: 3})
	for i, m := range moves(t, 9, "B C3, B D3, B A1") {
		if g.HandicapLeft() != 3-i {
			t.Errorf("%d stones left before stone %d", g.HandicapLeft(), i)
		}
		if err := g.Play(Move{Black, Pass}); !errors.Is(err, ErrHandicap) {
			t.Errorf("a pass among handicap stones: %v", err)
		}
		if err := g.Play(Move{White, m.Point}); !errors.Is(err, ErrTurn) {
			t.Errorf("White among handicap stones: %v", err)
		}
		if err := g.Play(m); err != nil {
			t.Fatal(err)
		}
	}
	if g.ToMove() != White || g.HandicapLeft() != 0 {
		t.Fatalf("%v to move, %d left", g.ToMove(), g.HandicapLeft())
	}
	g.Undo()
	if g.ToMove() != Black || g.HandicapLeft() != 1 {
		t.Fatalf("after undo %v to move, %d left", g.ToMove(), g.HandicapLeft())
	}
}

func TestFixedHandicap(t *testing.T) {
	g := newGame(t, Setup{Size: 9, Rules: mustRules(t, "japanese"), Handicap: 3})
	want := MustPosition(`
		.........
		.........
		......X..
		.........
		.........
		.........
		..X...X..
		.........
		.........`)
	if g.Position() != want || g.ToMove() != White || g.MoveCount() != 0 {
		t.Errorf("%v to move\n%v", g.ToMove(), g.Position())
	}
	for size := range MaxSize + 1 {
		for n := range 11 {
			ps := HandicapPoints(size, n)
			if ps != nil && (len(ps) != n || len(SetOf(ps...).Points()) != n) {
				t.Errorf("%d stones on %d×%d: %v", n, size, size, ps)
			}
		}
	}
	if h := Hoshi(19); len(h) != 9 {
		t.Errorf("19×19 has the hoshi %v", h)
	}
	if h := Hoshi(9); len(h) != 5 {
		t.Errorf("9×9 has the hoshi %v", h)
	}
}

func TestSetupRefused(t *testing.T) {
	for name, s := range map[string]Setup{
		"size":       {Size: 26},
		"no size":    {},
		"handicap":   {Size: 9, Handicap: 81},
		"off board":  {Size: 9, Black: []Point{{9, 0}}},
		"pass":       {Size: 9, White: []Point{Pass}},
		"twice":      {Size: 9, Black: []Point{{1, 1}}, White: []Point{{1, 1}}},
		"no liberty": {Size: 2, Black: []Point{{0, 0}}, White: []Point{{0, 1}, {1, 0}}},
		"first":      {Size: 9, First: 7},
	} {
		if _, err := NewGame(s); !errors.Is(err, ErrSetup) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPassesAndEnd(t *testing.T) {
	for _, tt := range []struct {
		rules, moves string
		ended        bool
	}{
		{"japanese", "B pass", false},
		{"japanese", "B pass, W pass", true},
		{"japanese", "B A1, W pass, B pass", true},
		{"aga", "B A1, W pass, B pass", false},
		{"aga", "B A1, W pass, B pass, W pass", true},
		{"aga", "B pass, W pass", true},
		{"aga", "B pass, W A1", false},
	} {
		g := newGame(t, Setup{Size: 9, Rules: mustRules(t, tt.rules)})
		for _, m := range moves(t, 9, tt.moves) {
			if err := g.Play(m); err != nil {
				t.Fatal(err)
			}
		}
		if g.Ended() != tt.ended {
			t.Errorf("%s, %s: ended %v", tt.rules, tt.moves, g.Ended())
		}
	}
	g := newGame(t, Setup{Size: 9})
	g.Play(Move{Black, Pass})
	g.Play(Move{White, Pass})
	g.Resume(White)
	if err := g.Play(Move{White, Point{4, 4}}); err != nil || g.Ended() {
		t.Errorf("after Resume: %v, ended %v", err, g.Ended())
	}
}

func TestForce(t *testing.T) {
	g := drawn(t, "japanese", Black, `
		. X .
		X . .
		. . .`)
	for _, m := range moves(t, 3, "W A3, W C3, W C3") {
		err := g.Force(m)
		if m.Point == (Point{2, 0}) && g.MoveCount() == 2 && g.LastCaptured() != (PointSet{}) {
			t.Errorf("%v: %v", m, err)
		}
	}
	if g.MoveCount() != 2 || g.Captures(Black) != 1 || g.At(Point{0, 0}) != Empty {
		t.Errorf("%d moves, %d captures\n%v", g.MoveCount(), g.Captures(Black), g.Position())
	}
}

// randomMove draws a legal point with plenty of bias to trouble: points beside
// stones and inside of other players' eyes.
func randomMove(rng *rand.Rand, g *Game) Move {
	m := Move{Color: g.ToMove(), Point: Pass}
	for range 20 {
		p := Point{int8(rng.IntN(g.Size())), int8(rng.IntN(g.Size()))}
		if g.Legal(Move{m.Color, p}) {
			m.Point = p
			return m
		}
	}
	for p := range g.pos.Points() {
		if g.Legal(Move{m.Color, p}) {
			m.Point = p
			return m
		}
	}
	return m
}

// TestNaive plays random games here and in the naive implementation, and
// compares what is legal, why not, and what comes of it.
func TestNaive(t *testing.T) {
	names := []string{"japanese", "chinese", "aga", "korean", "ing", "nz", "free"}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(names).Draw(t, "rules")
		rules := Rules{Ko: KoFree, Suicide: true}
		if name != "free" {
			rules, _ = ParseRules(name)
		}
		size := rapid.SampledFrom([]int{2, 3, 3, 4, 5, 5, 7}).Draw(t, "size")
		handicap := 0
		if rules.FreeHandicap {
			handicap = rapid.IntRange(0, min(3, size)).Draw(t, "handicap")
		}
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		g, err := NewGame(Setup{Size: size, Rules: rules, Handicap: handicap})
		if err != nil {
			t.Fatal(err)
		}
		free := handicap
		if handicap < 2 {
			free = 0
		}
		n := newNaive(size, rules, free)
		snapshots := []Position{g.Position()}
		for range 80 {
			m := Move{g.ToMove(), Point{int8(rng.IntN(size+1) - rng.IntN(2)), int8(rng.IntN(size))}}
			switch rng.IntN(12) {
			case 0:
				m.Point = Pass
			case 1:
				m.Color = m.Color.Opponent()
			case 2, 3, 4, 5:
				m = randomMove(rng, g)
			}
			if m.Point.X < 0 {
				m.Point = Pass
			}
			legal := g.Legal(m)
			got, want := g.Play(m), n.play(m)
			if !errors.Is(got, want) || (got == nil) != (want == nil) || legal != (got == nil) {
				t.Fatalf("%v on\n%v\ngot %v, naive %v, Legal %v", m, g.Position(), got, want, legal)
			}
			if got != nil {
				continue
			}
			snapshots = append(snapshots, g.Position())
			_, board, _ := strings.Cut(n.draw(Black), "\n")
			if g.Position().String()+"\n" != board || g.ToMove() != n.toMove {
				t.Fatalf("after %v: %v to move\n%v\nnaive %v\n%s", m, g.ToMove(), g.Position(), n.toMove, board)
			}
			if g.Captures(Black) != n.taken[Black] || g.Captures(White) != n.taken[White] {
				t.Fatalf("captures %d %d, naive %v", g.Captures(Black), g.Captures(White), n.taken)
			}
			if !g.pos.Lawful() {
				t.Fatalf("a chain without liberty:\n%v", g.Position())
			}
			var hash uint64
			for p := range g.pos.Points() {
				if c := g.At(p); c != Empty {
					hash ^= zobrist(p.cell(), c)
				}
			}
			if hash != g.now.hash {
				t.Fatalf("hash %x, of the board %x", g.now.hash, hash)
			}
		}
		for i, want := range snapshots {
			if g.PositionAt(i) != want {
				t.Fatalf("PositionAt(%d)\n%v\nwant\n%v", i, g.PositionAt(i), want)
			}
		}
		c := g.Clone()
		for i := len(snapshots) - 1; i > 0; i-- {
			if g.Position() != snapshots[i] || !g.Undo() {
				t.Fatalf("undo of move %d", i)
			}
			if rng.IntN(4) == 0 && len(g.turns) > 0 { // undo, replay, undo
				last, _ := g.LastMove()
				g.Undo()
				if err := g.Play(last); err != nil {
					t.Fatalf("%v cannot be played again: %v", last, err)
				}
			}
		}
		if g.Undo() || g.Position() != snapshots[0] || g.Captures(Black)+g.Captures(White) != 0 {
			t.Fatal("not back at the start")
		}
		if c.MoveCount() != len(snapshots)-1 || c.Position() != snapshots[len(snapshots)-1] {
			t.Fatal("the clone changed with the game")
		}
	})
}

func TestPlayDoesNotAllocate(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, name := range []string{"japanese", "chinese", "nz"} {
		g := newGame(t, Setup{Size: 19, Rules: mustRules(t, name)})
		for range 300 {
			g.Play(randomMove(rng, g))
		}
		m := randomMove(rng, g)
		if n := testing.AllocsPerRun(100, func() {
			g.Legal(m)
			g.Play(m)
			g.LastCaptured()
			g.Position()
			g.Undo()
		}); n != 0 {
			t.Errorf("%s: a move allocates %v times", name, n)
		}
	}
}

func TestParsePosition(t *testing.T) {
	pos := MustPosition("X.O", "...", "O.X")
	if diff := cmp.Diff([]string{"X.O", "...", "O.X"}, pos.Rows()); diff != "" {
		t.Error(diff)
	}
	again, err := ParsePosition(pos.String())
	if err != nil || again != pos {
		t.Errorf("%v\n%v", err, again)
	}
	other := pos
	other.Set(Point{1, 1}, Black)
	if d := pos.Diff(&other); d != SetOf(Point{1, 1}) {
		t.Errorf("differ at %v", d.Points())
	}
	if pos.Count(Black) != 2 || pos.Count(White) != 2 || pos.Count(Empty) != 5 {
		t.Error("miscounted")
	}
	for _, bad := range []string{"", "X", "X.\n..\n..", "X?\n..", "...\n..\n...", strings.Repeat(strings.Repeat(".", 26)+"\n", 26)} {
		if _, err := ParsePosition(bad); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

func BenchmarkPlay(b *testing.B) {
	for _, name := range []string{"japanese", "chinese"} {
		b.Run(name, func(b *testing.B) {
			rng := rand.New(rand.NewPCG(1, 2))
			g := newGame(b, Setup{Size: 19, Rules: mustRules(b, name)})
			for range 300 {
				g.Play(randomMove(rng, g))
			}
			game := g.Moves()
			g = newGame(b, g.Setup())
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if i%len(game) == 0 {
					for g.Undo() {
					}
				}
				if err := g.Play(game[i%len(game)]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func ExampleGame() {
	rules, _ := ParseRules("japanese")
	g, err := NewGame(Setup{Size: 9, Rules: rules, Komi: 6.5})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range []string{"A1", "B1", "E5", "A2"} {
		p, _ := ParseGTP(s, g.Size())
		if err := g.Play(Move{g.ToMove(), p}); err != nil {
			fmt.Println(err)
		}
	}
	captured := g.LastCaptured()
	for p := range captured.All() {
		fmt.Println("captured", p.GTP(g.Size()))
	}
	fmt.Println(g.Check(Move{Black, Point{0, 8}}))
	// Output:
	// captured A1
	// black A1: suicide: the stone would have no liberty
}
