package board

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os/exec"
	"sort"
	"strconv"
	"strings"
	"testing"
)

// gnugo is GNU Go, asked over GTP.
type gnugo struct {
	t   *testing.T
	in  io.Writer
	ask bytes.Buffer // commands that are not sent yet
	out *bufio.Reader
}

// startGNUGo starts GNU Go with these options; without it the test is skipped.
func startGNUGo(t *testing.T, options ...string) *gnugo {
	t.Helper()
	path, err := exec.LookPath("gnugo")
	if err != nil {
		path, err = exec.LookPath("/usr/games/gnugo")
	}
	if err != nil {
		t.Skip("GNU Go, the independent oracle, is not installed (Debian package gnugo)")
	}
	cmd := exec.Command(path, append([]string{"--mode", "gtp", "--quiet"}, options...)...)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		io.Copy(io.Discard, out)
		if err := cmd.Wait(); err != nil {
			t.Errorf("gnugo: %v", err)
		}
	})
	return &gnugo{t: t, in: in, out: bufio.NewReader(out)}
}

func (o *gnugo) send(format string, args ...any) {
	fmt.Fprintf(&o.ask, format+"\n", args...)
}

// answer reads the answer to the next command, with its mark, '=' or '?'.
func (o *gnugo) answer() (ok bool, text string) {
	o.t.Helper()
	var lines []string
	for {
		line, err := o.out.ReadString('\n')
		if err != nil {
			o.t.Fatalf("gnugo: %v", err)
		}
		if line = strings.TrimRight(line, "\r\n"); line == "" {
			break
		}
		lines = append(lines, line)
	}
	text = strings.Join(lines, " ")
	return strings.HasPrefix(text, "="), strings.TrimLeft(text, "=? ")
}

// vertices writes a set of points in the order in which words would be sorted.
func vertices(s PointSet, size int) string {
	var names []string
	for p := range s.All() {
		names = append(names, p.GTP(size))
	}
	sort.Strings(names)
	return strings.Join(names, " ")
}

func sorted(text string) string {
	f := strings.Fields(text)
	sort.Strings(f)
	return strings.Join(f, " ")
}

// TestGNUGo plays random games in which every move is compared: which points
// are legal for the player to move, what lies on the board, who captured how
// many. GNU Go does not see that a suicide may repeat a position, so suicide
// goes with simple ko here, and that of one stone is left to TestNaive.
func TestGNUGo(t *testing.T) {
	for _, tt := range []struct {
		name    string
		rules   Rules
		options []string
	}{
		{"simple ko", Rules{Ko: SimpleKo}, []string{"--forbid-suicide", "--simple-ko"}},
		{"positional superko", Rules{Ko: PositionalSuperko}, []string{"--forbid-suicide", "--positional-superko"}},
		{"situational superko", Rules{Ko: SituationalSuperko}, []string{"--forbid-suicide", "--situational-superko"}},
		{"suicide", Rules{Ko: SimpleKo, Suicide: true}, []string{"--allow-suicide", "--simple-ko"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := startGNUGo(t, tt.options...)
			games := 500
			if testing.Short() {
				games = 60
			}
			rng := rand.New(rand.NewPCG(20, uint64(len(tt.name))))
			refused := map[error]int{}
			moves, captured := 0, 0
			for i := range games {
				size := []int{3, 3, 4, 4, 5, 5, 5, 6, 7, 9}[i%10]
				if i%250 == 49 {
					size = 19
				}
				g := newGame(t, Setup{Size: size, Rules: tt.rules})
				o.compare(g, rng, refused)
				moves += g.MoveCount()
				captured += g.Captures(Black) + g.Captures(White)
			}
			t.Logf("%d games, %d moves, %d stones captured, refused: %v", games, moves, captured, refused)
			if captured == 0 || refused[ErrKo] == 0 || !tt.rules.Suicide && refused[ErrSuicide] == 0 ||
				tt.rules.Ko != SimpleKo && refused[ErrSuperko] == 0 {
				t.Error("the games had not all kinds of moves in them")
			}
		})
	}
}

// compare plays one random game here, then has GNU Go play it.
func (o *gnugo) compare(g *Game, rng *rand.Rand, refused map[error]int) {
	o.t.Helper()
	size := g.Size()
	type expected struct{ legal, black, white, captures string }
	var want []expected
	expect := func() {
		var legal PointSet
		for p := range g.pos.Points() {
			m := Move{g.ToMove(), p}
			if err := g.Check(m); err != nil {
				refused[err.(*MoveError).Err]++
			} else if !vanishes(g, m) {
				legal.Add(p)
			}
		}
		want = append(want, expected{vertices(legal, size),
			vertices(g.pos.Stones(Black), size), vertices(g.pos.Stones(White), size),
			strconv.Itoa(g.Captures(Black)) + " " + strconv.Itoa(g.Captures(White))})
	}
	ask := func() {
		o.send("all_legal %s", g.ToMove())
		o.send("list_stones black")
		o.send("list_stones white")
		o.send("captures black")
		o.send("captures white")
	}
	o.send("boardsize %d", size)
	o.send("clear_board")
	expect()
	ask()
	for range 3 * size * size {
		m := randomMove(rng, g)
		if rng.IntN(40) == 0 || vanishes(g, m) {
			m.Point = Pass
		}
		if err := g.Play(m); err != nil {
			o.t.Fatal(err)
		}
		o.send("play %s %s", m.Color, m.Point.GTP(size))
		expect()
		ask()
		if g.Passes() >= 3 {
			break
		}
	}
	// All at once, while the answers come: one by one they take ten times as
	// long, and without a reader both pipes fill up.
	sent := make(chan error, 1)
	go func() {
		_, err := o.ask.WriteTo(o.in)
		sent <- err
	}()
	must := func(what string) string {
		ok, text := o.answer()
		if !ok {
			o.t.Fatalf("gnugo refuses %s: %s", what, text)
		}
		return text
	}
	must("boardsize")
	must("clear_board")
	for i, w := range want {
		if i > 0 {
			m := g.Move(i - 1)
			must(fmt.Sprintf("move %d, %v", i, m))
		}
		got := expected{sorted(must("all_legal")), sorted(must("list_stones")), sorted(must("list_stones")), ""}
		got.captures = must("captures") + " " + must("captures")
		if got != w {
			o.t.Fatalf("after move %d of %v on\n%v\ngnugo %+v\nwe    %+v", i, g.Moves()[:i], g.PositionAt(i), got, w)
		}
	}
	if err := <-sent; err != nil {
		o.t.Fatal(err)
	}
}

// vanishes reports whether m is a suicide of one stone.
func vanishes(g *Game, m Move) bool {
	if m.Point.IsPass() || !g.Rules().Suicide {
		return false
	}
	before := g.pos
	if g.Play(m) != nil {
		return false
	}
	defer g.Undo()
	return g.pos == before
}
