package review

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gobancam/gobancam/board"
)

func treeOf(t *testing.T, sgf string) *Tree {
	t.Helper()
	games, err := board.ParseSGF([]byte(sgf))
	if err != nil {
		t.Fatal(err)
	}
	tree, err := NewTree(games[0])
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// outline is the line that is looked at, in words.
func outline(t *Tree) string {
	var b strings.Builder
	size := t.Game().Size()
	for i, s := range t.Steps() {
		if i > 0 {
			b.WriteByte(' ')
		}
		switch {
		case s.Move.Color != board.Empty:
			b.WriteString(s.Move.Point.GTP(size))
		case i > 0:
			b.WriteString("setup")
		default:
			b.WriteString("-")
		}
		if !s.Main {
			b.WriteByte('*')
		}
		if s.Own {
			b.WriteByte('+')
		}
		if s.Comment != "" {
			fmt.Fprintf(&b, "[%s]", strings.ReplaceAll(s.Comment, "\n", "/"))
		}
		if len(s.Ways) > 1 {
			var ways []string
			for j, w := range s.Ways {
				text := w.Name
				if w.Move.Color != board.Empty {
					text = w.Move.Point.GTP(size) + text
				}
				if j == s.Way {
					text = ">" + text
				}
				ways = append(ways, text)
			}
			fmt.Fprintf(&b, "(%s)", strings.Join(ways, "|"))
		}
	}
	return b.String()
}

func TestTreeOfVariations(t *testing.T) {
	tree := treeOf(t, `(;SZ[9]C[hello];B[ee]C[one];C[more](;W[cc];B[gg])(;W[gc]N[the other];B[cg](;W[gg])(;W[aa];B[bb]))(;AB[aa]PL[W]))`)
	check := func(want string) {
		t.Helper()
		if got := outline(tree); got != want {
			t.Errorf("it is\n%s, not\n%s", got, want)
		}
	}
	must := func(at int, err error) func(int) {
		return func(want int) {
			t.Helper()
			if err != nil || at != want {
				t.Errorf("step %d, %v, not %d", at, err, want)
			}
		}
	}
	check("-[hello] E5[one/more](>C7|G7the other|) C7 G3")
	must(tree.Enter(1, 1))(2)
	check("-[hello] E5[one/more](C7|>G7the other|) G7* C3*(>G3|A9) G3*")
	must(tree.Enter(3, 1))(4)
	check("-[hello] E5[one/more](C7|>G7the other|) G7* C3*(G3|>A9) A9* B8*")
	must(tree.Back(5))(1)
	check("-[hello] E5[one/more](>C7|G7the other|) C7 G3")
	must(tree.Enter(1, 2))(2)
	check("-[hello] E5[one/more](C7|G7the other|>) setup*")
	must(tree.Back(2))(1)

	// One of one's own, further on in it, and back.
	must(tree.Play(2, point(t, "D4")))(3)
	check("-[hello] E5[one/more](>C7|G7the other|) C7(G3|>D4) D4*+")
	must(tree.Play(3, point(t, "F6")))(4)
	must(tree.Play(2, point(t, "D4")))(3) // there is one already
	check("-[hello] E5[one/more](>C7|G7the other|) C7(G3|>D4) D4*+ F6*+")
	if _, err := tree.Play(4, point(t, "D4")); err == nil {
		t.Error("a stone was put on another")
	}
	if _, err := tree.Drop(2); err == nil {
		t.Error("a move of the record was dropped")
	}
	must(tree.Drop(3))(2)
	check("-[hello] E5[one/more](>C7|G7the other|) C7 G3")
	if _, err := tree.Enter(2, 1); err == nil {
		t.Error("what was dropped is there")
	}
	for _, step := range []int{-1, 99} {
		_, e1 := tree.Enter(step, 0)
		_, e2 := tree.Play(step, board.Pass)
		_, e3 := tree.Drop(step)
		if e1 == nil || e2 == nil || e3 == nil {
			t.Error("there is a step", step)
		}
	}
}

func point(t *testing.T, s string) board.Point {
	t.Helper()
	p, err := board.ParseGTP(s, 9)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// What is said about a set-up stands at it, and at no step before it.
func TestCommentsOfSetUps(t *testing.T) {
	for sgf, want := range map[string]string{
		"(;SZ[9]C[a];AB[aa]C[b];B[ee]C[c];AB[bb]C[d];W[cc]C[e])":        "-[a/b] E5[c] setup[d] C7[e]",
		"(;SZ[9];B[ee]C[c];W[cc]AB[bb]C[both];B[gg]C[after])":           "- E5[c] setup C7[both] G3[after]",
		"(;SZ[9];B[ee];W[ee]C[cannot be];B[gg])":                        "- E5",
		"(;SZ[9]HA[2]AB[gc][cg]PL[W]C[two stones];W[ee];B[];W[]C[end])": "-[two stones] E5 pass pass[end]",
		"(;SZ[9])": "-",
	} {
		if got := outline(treeOf(t, sgf)); got != want {
			t.Errorf("%s is %s, not %s", sgf, got, want)
		}
	}
	if tree := treeOf(t, "(;SZ[9];B[ee];W[ee];B[gg])"); tree.Err() == nil {
		t.Error("nothing is wrong with a stone on another")
	}
	games, err := board.ParseSGF([]byte("(;GM[2])"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := NewTree(games[0]); err == nil {
		t.Error("another game than Go was followed")
	}
}

// Whatever is entered, played and dropped at random: the line is one of the
// record's, with the positions that its moves lead to, and what was made here
// can all be dropped again.
func TestRandomWalks(t *testing.T) {
	const sgf = `(;SZ[9](;B[ee];W[cc](;B[gg];W[gf])(;B[gf];C[x](;W[gg])(;W[fg];B[];W[])))(;B[cc]N[y];AW[ee][ef]PL[B];B[gg])(;W[dd];W[ee]))`
	for seed := range uint64(60) {
		tree, chance := treeOf(t, sgf), rand.New(rand.NewPCG(seed, 1))
		main := outline(tree)
		for range 60 {
			step := chance.IntN(len(tree.Steps()))
			switch chance.IntN(4) {
			case 0, 1:
				_, _ = tree.Play(step, board.Point{X: int8(chance.IntN(9)), Y: int8(chance.IntN(9))})
			case 2:
				if n := len(tree.Steps()[step].Ways); n > 0 {
					if at, err := tree.Enter(step, chance.IntN(n)); err != nil || at != step+1 && tree.Err() == nil {
						t.Fatal(seed, at, err)
					}
				}
			default:
				_, _ = tree.Drop(step)
			}
			for i, s := range tree.Steps() {
				if s.Move.Color == board.Empty || s.Move.Point.IsPass() {
					continue
				}
				if i == 0 || s.Board.At(s.Move.Point) != s.Move.Color || s.Number != tree.Steps()[i-1].Number+1 || s.Own && s.Main {
					t.Fatalf("seed %d: step %d of %s", seed, i, outline(tree))
				}
			}
		}
		for len(tree.own) > 0 {
			for n := range tree.own {
				for p := range tree.root.All() {
					for i, c := range p.Children {
						if c == n {
							p.Children = append(p.Children[:i:i], p.Children[i+1:]...)
						}
					}
				}
				delete(tree.own, n)
			}
		}
		if _, err := tree.Back(0); err != nil || outline(tree) != main {
			t.Fatalf("seed %d: after all it is %s, not %s, %v", seed, outline(tree), main, err)
		}
	}
}
