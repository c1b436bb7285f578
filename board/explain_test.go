package board

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// tell writes explanations as "B C3 W A1 x2" (the number of orders, if more
// than one), with stones that still lie there in brackets.
func tell(es []Explanation, size int) string {
	var all []string
	for _, e := range es {
		var words []string
		for _, m := range e.Moves() {
			words = append(words, m.Color.letter()+" "+m.Point.GTP(size))
		}
		if e.Count > 1 {
			words = append(words, fmt.Sprintf("x%d", e.Count))
		}
		if !e.Unlifted.IsEmpty() {
			words = append(words, "["+vertices(e.Unlifted, size)+"]")
		}
		all = append(all, strings.Join(words, " "))
	}
	return strings.Join(all, ", ")
}

func TestExplain(t *testing.T) {
	const ko = `
		. X O .
		X O . O
		. X O .
		. . . .`
	for _, tt := range []struct {
		name, rules  string
		first        Color
		board, moves string // moves of the game before
		seen         string
		want         string
	}{
		{"nothing", "japanese", Black, ko, "", ko, ""},
		{"a move", "japanese", Black, "...\n...\n...", "", "...\n.X.\n...", "B B2"},
		{"the wrong colour", "japanese", Black, "...\n...\n...", "", "...\n.O.\n...", "none"},
		{"two moves", "japanese", Black, "...\n...\n...", "", "X..\n..O\n...", "B A3 W C2"},
		{"four moves", "japanese", Black, "....\n....\n....\n....", "", "X...\n..O.\n.X..\n...O",
			"B A4 W C3 B B2 W D1 x4"},
		{"a capture", "japanese", Black, "OX..\n....\n....\n....", "", ".X..\nX...\n....\n....", "B A3"},
		{"a prisoner not lifted yet", "japanese", Black, "OX..\n....\n....\n....", "", "OX..\nX...\n....\n....", "B A3 [A4]"},
		{"ko taken", "japanese", Black, ko, "", ".XO.\nX.XO\n.XO.\n....", "B C3"},
		{"ko not lifted", "japanese", Black, ko, "", ".XO.\nXOXO\n.XO.\n....", "B C3 [B3]"},
		{"ko taken, a prisoner from before", "japanese", Black, ko, "B C3", ".XO.\nXOXO\n.XO.\n....", "[B3]"},
		{"answer elsewhere, a prisoner from before", "japanese", Black, ko, "B C3", ".XO.\nXOXO\n.XO.\nO...", "W A1 [B3]"},
		{"retaking the ko is not legal", "japanese", Black, ko, "B C3", ko, "none"},
		{"ko, threat, answer, retaken", "japanese", Black, ko, "B C3", ".XO.\nXO.O\n.XO.\nO..X", "W A1 B D1 W B3"},
		{"order matters", "japanese", White, "OX..\n.X..\nX...\n....", "", ".X..\nXX..\nX...\n...O", "W D1 B A3"},
		{"thrown in and taken", "japanese", White, ".X..\n.X..\nX...\n....", "", ".X..\nXX..\nX...\n....", "W A4 B A3"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := drawn(t, tt.rules, tt.first, tt.board)
			if tt.moves != "" {
				for _, m := range moves(t, g.Size(), tt.moves) {
					if err := g.Play(m); err != nil {
						t.Fatal(err)
					}
				}
			}
			before := g.Position()
			es, complete := g.Explain(MustPosition(tt.seen), 4)
			got := tell(es, g.Size())
			if es == nil {
				got = "none"
			}
			if got != tt.want || !complete {
				t.Errorf("got %q, want %q, complete %v", got, tt.want, complete)
			}
			if g.Position() != before {
				t.Error("Explain changed the game")
			}
		})
	}
}

func TestExplainHandicap(t *testing.T) {
	g := newGame(t, Setup{Size: 5, Rules: mustRules(t, "chinese"), Handicap: 2})
	es, _ := g.Explain(MustPosition("X....\n..X..\n.....\n..O..\n....."), 4)
	if got := tell(es, 5); got != "B A5 B C4 W C2 x2" {
		t.Errorf("got %q", got)
	}
}

// TestExplainAll compares Explain with trying everything: all sequences of up
// to three moves and one more than the shortest, on small crowded boards, with some prisoners left lying.
func TestExplainAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules, _ := ParseRules(rapid.SampledFrom([]string{"japanese", "chinese", "nz"}).Draw(t, "rules"))
		size := rapid.IntRange(2, 4).Draw(t, "size")
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 3))
		g, err := NewGame(Setup{Size: size, Rules: rules})
		if err != nil {
			t.Fatal(err)
		}
		for range rng.IntN(3 * size * size) {
			g.Play(randomMove(rng, g))
		}
		// What is seen: some moves later, with prisoners here and there.
		later := g.Clone()
		n := rng.IntN(4)
		for range n {
			later.Play(randomMove(rng, later))
		}
		seen := later.Position()
		for i := max(0, later.MoveCount()-n-1); i < later.MoveCount(); i++ {
			stones, color := later.captured(i)
			for _, c := range stones {
				if p := pointOf(int(c)); seen.At(p) == Empty && rng.IntN(2) == 0 {
					seen.Set(p, color)
				}
			}
		}
		want := map[string]int{}
		var line []Move
		var try func(n int)
		try = func(n int) {
			if n == 0 {
				var left PointSet
				for p := range seen.Points() {
					if seen.At(p) == g.At(p) {
						continue
					}
					ok := false
					if g.At(p) == Empty {
						for i := max(0, g.MoveCount()-len(line)-2); i < g.MoveCount(); i++ {
							stones, color := g.captured(i)
							if g.Move(i).Point == p {
								ok = false // it was lifted for that stone
							}
							ok = ok || color == seen.At(p) && slices.Contains(stones, uint16(p.cell()))
						}
					}
					if !ok {
						return
					}
					left.Add(p)
				}
				key := slices.Clone(line)
				slices.SortFunc(key, func(a, b Move) int {
					return (int(a.Color)-int(b.Color))*cells + a.Point.cell() - b.Point.cell()
				})
				want[fmt.Sprint(key, left)]++
				return
			}
			for p := range seen.Points() {
				m := Move{g.ToMove(), p}
				before := g.Position()
				if g.Play(m) != nil {
					continue
				}
				if g.Position() != before {
					line = append(line, m)
					try(n - 1)
					line = line[:len(line)-1]
				}
				g.Undo()
			}
		}
		const limit = 3
		shortest := limit
		for n := range limit + 1 {
			if n > shortest+1 {
				break
			}
			if try(n); len(want) > 0 {
				shortest = min(shortest, n)
			}
		}
		es, complete := g.Explain(seen, limit)
		got := map[string]int{}
		for _, e := range es {
			key := slices.Clone(e.Moves())
			slices.SortFunc(key, func(a, b Move) int {
				return (int(a.Color)-int(b.Color))*cells + a.Point.cell() - b.Point.cell()
			})
			got[fmt.Sprint(key, e.Unlifted)] += e.Count
			if len(e.Orders) != min(e.Count, MaxOrders) {
				t.Fatalf("%d orders listed of %d", len(e.Orders), e.Count)
			}
		}
		if complete && fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("%v to move on\n%v\nseen\n%v\ngot  %v\nwant %v", g.ToMove(), g.Position(), seen, got, want)
		}
	})
}

// A board that shows something else altogether, as under an arm, is given up
// at once.
func BenchmarkExplain(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	g := newGame(b, Setup{Size: 19, Rules: mustRules(b, "japanese")})
	for range 200 {
		g.Play(randomMove(rng, g))
	}
	later := g.Clone()
	var seen []Position
	for range 5 {
		seen = append(seen, later.Position())
		later.Play(randomMove(rng, later))
	}
	for i, pos := range seen {
		b.Run(fmt.Sprintf("%d moves", i), func(b *testing.B) {
			for b.Loop() {
				if es, _ := g.Explain(pos, 4); len(es) == 0 {
					b.Fatal("not explained")
				}
			}
		})
	}
	wrong := g.Position()
	for p := range wrong.Points() {
		if wrong.At(p) == Empty {
			wrong.Set(p, g.ToMove().Opponent())
			break
		}
	}
	b.Run("wrong colour", func(b *testing.B) {
		for b.Loop() {
			g.Explain(wrong, 4)
		}
	})
	other := NewPosition(19)
	b.Run("other board", func(b *testing.B) {
		for b.Loop() {
			if es, _ := g.Explain(other, 4); len(es) != 0 {
				b.Fatal("explained")
			}
		}
	})
}
