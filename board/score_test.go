package board

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// finished is a small game at its end. White's stone at B5 is dead.
const finished = `
	. . X O . . .
	X X X O O . .
	. O X X O O O
	. X . X X O .
	X X X X O O O
	. X O O O . .
	. X O . . . .`

func TestScore(t *testing.T) {
	dead := PointSet{}
	for _, s := range []string{"B5"} {
		p, _ := ParseGTP(s, 7)
		dead.Add(p)
	}
	for _, tt := range []struct {
		rules    string
		komi     float64
		handicap int
		want     string
		black    Tally
		white    Tally
	}{
		// Black: A7 B7, A5 B5 A4, C4, A2 A1 are 8 points, with 15 stones.
		// White: E7-G7, F6 G6, G4, F2 G2, D1-G1 are 12 points, with 14 stones.
		{"japanese", 6.5, 0, "W+9.5", Tally{Territory: 8, Prisoners: 1}, Tally{Territory: 12, Komi: 6.5}},
		{"chinese", 7.5, 0, "W+10.5", Tally{Stones: 15, Territory: 8}, Tally{Stones: 14, Territory: 12, Komi: 7.5}},
		{"aga", 0.5, 2, "W+4.5", Tally{Stones: 15, Territory: 8}, Tally{Stones: 14, Territory: 12, Handicap: 1, Komi: 0.5}},
		{"ing", 0.5, 2, "W+5.5", Tally{Stones: 15, Territory: 8}, Tally{Stones: 14, Territory: 12, Handicap: 2, Komi: 0.5}},
		{"nz", 0, 2, "W+3", Tally{Stones: 15, Territory: 8}, Tally{Stones: 14, Territory: 12}},
	} {
		pos := MustPosition(finished)
		s := CountScore(pos, mustRules(t, tt.rules), dead, tt.komi, tt.handicap, 0, 0)
		if s.Black != tt.black || s.White != tt.white || s.Result().String() != tt.want {
			t.Errorf("%s: %s, %+v", tt.rules, s.Result(), s)
		}
	}
}

func TestScoreSeki(t *testing.T) {
	pos := MustPosition(`
		. X . O . X .
		X X . O O X X
		O O O O X X X
		X X X X X . .
		. . . . . . .
		. . . . . . .
		. . . . . . .`)
	// The black corner A7 has one eye, touches dame (C7, C6) with White's
	// middle, which has none.
	for rules, want := range map[string]int{"japanese": 1, "chinese": 2} {
		s := CountScore(pos, mustRules(t, rules), PointSet{}, 0, 0, 0, 0)
		corner, right := Point{0, 0}, Point{6, 0}
		got := 0
		for _, p := range []Point{corner, right} {
			if s.BlackPoints.Has(p) {
				got++
			}
		}
		if got != want {
			t.Errorf("%s: %d of the eyes count, want %d: %v", rules, got, want, s.BlackPoints.Points())
		}
		marked := CountScore(pos, mustRules(t, rules), SetOf(right), 0, 0, 0, 0)
		if marked.BlackPoints.Has(right) || marked.Black.Territory != s.Black.Territory-1 {
			t.Errorf("%s: a point that the players marked as dame counts", rules)
		}
	}
}

// TestAreaAndTerritory: after as many moves of both players and without passes,
// handicap or seki the two ways of counting differ by the odd move at most.
func TestAreaAndTerritory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 5))
		g, err := NewGame(Setup{Size: rapid.IntRange(2, 7).Draw(t, "size"), Rules: Rules{Ko: SimpleKo}})
		if err != nil {
			t.Fatal(err)
		}
		for range 120 {
			m := randomMove(rng, g)
			if m.Point.IsPass() {
				break
			}
			if err := g.Play(m); err != nil {
				t.Fatal(err)
			}
		}
		area, territory := Rules{ScoreStones: true, TerritoryInSeki: true}, Rules{ScorePrisoners: true, TerritoryInSeki: true}
		var removed PointSet
		for p := range g.pos.Points() {
			if c := g.At(p); c != Empty && rng.IntN(20) == 0 {
				chain, _ := g.pos.Chain(p)
				removed = removed.Union(chain)
			}
		}
		count := func(r Rules) float64 {
			return CountScore(g.Position(), r, removed, 0, 0, g.Captures(Black), g.Captures(White)).Margin()
		}
		odd := float64(g.MoveCount() % 2) // Black's last move has no answer
		if a, b := count(area), count(territory); a != b+odd {
			t.Fatalf("area %v, territory %v, %d moves\n%v", a, b, g.MoveCount(), g.Position())
		}
	})
}

func TestResult(t *testing.T) {
	for _, s := range []string{"B+3.5", "W+0.5", "B+12", "W+R", "B+T", "W+F", "B+", "0", "Void"} {
		r, err := ParseResult(s)
		if err != nil || r.String() != s {
			t.Errorf("%q: %q, %v", s, r, err)
		}
	}
	for in, want := range map[string]string{"W+Resign": "W+R", "black+time": "B+T", " Jigo ": "0", "B+3.50": "B+3.5", "White+R": "W+R"} {
		if r, err := ParseResult(in); err != nil || r.String() != want {
			t.Errorf("%q: %q, %v", in, r, err)
		}
	}
	for _, bad := range []string{"", "?", "B", "X+3", "B+-1", "B+NaN", "B+Inf", "B+0", "B+x"} {
		if r, err := ParseResult(bad); !errors.Is(err, ErrResult) {
			t.Errorf("%q: %v", bad, r)
		}
	}
}

func TestKomi(t *testing.T) {
	for name, want := range map[string][2]float64{"japanese": {6.5, 0.5}, "chinese": {7.5, 0.5}, "nz": {7, 0}, "AGA": {7.5, 0.5}} {
		r := mustRules(t, name)
		if r.KomiFor(0) != want[0] || r.KomiFor(3) != want[1] {
			t.Errorf("%s: %v, with handicap %v", name, r.KomiFor(0), r.KomiFor(3))
		}
	}
	if _, err := ParseRules("calvinball"); err == nil {
		t.Error("unknown rules")
	}
}

func TestEstimateDead(t *testing.T) {
	for _, tt := range []struct{ name, board, dead string }{
		{"a stone in territory", finished, "B5"},
		{"nothing on an empty board", "...\n...\n...", ""},
		{"nothing at the start", `
			. . . . . . . . .
			. . . . . . . . .
			. . X . . . O . .
			. . . . . . . . .
			. . . . . . . . .
			. . . . . . . . .
			. . O . . . X . .
			. . . . . . . . .
			. . . . . . . . .`, ""},
		{"nothing in a seki", `
			. X O . O X .
			X X O O O X X
			X X X . X X X
			O O O O O O O
			. O . . . . .
			. . . . . . .
			. . . . . . .`, ""},
	} {
		pos := MustPosition(tt.board)
		got := EstimateDead(pos)
		if vertices(got, pos.Size()) != tt.dead {
			t.Errorf("%s: %s, want %s", tt.name, vertices(got, pos.Size()), tt.dead)
		}
		if again := EstimateDead(pos); again != got {
			t.Errorf("%s: another time %v", tt.name, again.Points())
		}
	}
}

// TestEstimateDeadGNUGo lets GNU Go play itself to the end: what is suggested
// as dead is dead to it, too.
func TestEstimateDeadGNUGo(t *testing.T) {
	if testing.Short() {
		t.Skip("GNU Go takes its time to play")
	}
	o := startGNUGo(t, "--level", "0", "--chinese-rules", "--seed", "7")
	ask := func(format string, args ...any) string {
		o.send(format, args...)
		if _, err := o.ask.WriteTo(o.in); err != nil {
			t.Fatal(err)
		}
		ok, text := o.answer()
		if !ok {
			t.Fatalf("gnugo: %s: %s", format, text)
		}
		return text
	}
	suggested, dead := 0, 0
	for range 3 {
		g := newGame(t, Setup{Size: 9, Rules: Rules{Ko: PositionalSuperko}})
		ask("boardsize 9")
		ask("clear_board")
		for !g.Ended() && g.MoveCount() < 200 {
			p, err := ParseGTP(ask("genmove %s", g.ToMove()), 9)
			if err != nil {
				break // it resigned
			}
			if err := g.Play(Move{g.ToMove(), p}); err != nil {
				t.Fatal(err)
			}
		}
		var truth PointSet
		for _, v := range strings.Fields(ask("final_status_list dead")) {
			p, err := ParseGTP(v, 9)
			if err != nil {
				t.Fatal(err)
			}
			truth.Add(p)
		}
		got := EstimateDead(g.Position())
		if wrong := got.Minus(truth); !wrong.IsEmpty() {
			t.Errorf("%s is not dead in\n%v", vertices(wrong, 9), g.Position())
		}
		suggested += got.Len()
		dead += truth.Len()
	}
	t.Logf("%d of %d dead stones suggested", suggested, dead)
}

func BenchmarkScore(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	g := newGame(b, Setup{Size: 19, Rules: mustRules(b, "japanese")})
	for range 250 {
		g.Play(randomMove(rng, g))
	}
	b.ReportAllocs()
	for b.Loop() {
		g.Score(PointSet{})
	}
}

func BenchmarkEstimateDead(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	g := newGame(b, Setup{Size: 19, Rules: mustRules(b, "japanese")})
	for range 200 {
		g.Play(randomMove(rng, g))
	}
	for b.Loop() {
		EstimateDead(g.Position())
	}
}
