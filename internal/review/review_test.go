package review

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/gobancam/gobancam/board"
)

const fakeVariable = "GOBANCAM_TEST_FAKE_ENGINE"

func TestMain(m *testing.M) {
	if how := os.Getenv(fakeVariable); how != "" {
		fake(how)
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// fake is an engine that analyses as KataGo's GTP_Extensions.md has it: lines of
// info until a command or an empty line comes. It holds that Black leads by as
// many points as moves have been played, twice that after move 3, and prefers
// A1. how names what else it does.
func fake(how string) {
	in := bufio.NewScanner(os.Stdin)
	moves, refusing := 0, false
	fmt.Fprintln(os.Stderr, "Loading model\nGTP ready, beginning main protocol loop")
	for in.Scan() {
		id, line, _ := strings.Cut(in.Text(), " ")
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		ok := "=" + id
		switch f[0] {
		case "known_command":
			fmt.Printf("%s %v\n\n", ok, f[1] == "kata-analyze" && how != "lz" && how != "none" || f[1] == "lz-analyze" && how != "none")
		case "clear_board":
			moves = 0
			fmt.Print(ok + "\n\n")
		case "play":
			moves++
			refusing = how == "refuse" && moves == 2
			fmt.Print(ok + "\n\n")
		case "kata-set-rules":
			fmt.Print("?" + id + " unknown rules\n\n")
		case "quit":
			fmt.Print(ok + "\n\n")
			return
		case "kata-analyze", "lz-analyze":
			if refusing {
				fmt.Print("?" + id + " this position is beyond me\n\n")
				continue
			}
			fakeAnalysis(how, ok, f[1], moves)
			in.Scan() // the line that ends it
			fmt.Println()
		default:
			fmt.Print(ok + "\n\n")
		}
	}
}

func fakeAnalysis(how, ok, color string, moves int) {
	lead := float64(moves)
	if moves >= 3 {
		lead *= 2
	}
	win := 0.5 + lead/40
	if strings.HasPrefix(color, "w") {
		win, lead = 1-win, -lead
	}
	switch how {
	case "hang":
		fmt.Println(ok)
		time.Sleep(time.Hour)
	case "crash":
		fmt.Fprintln(os.Stderr, "out of memory")
		os.Exit(3)
	case "silent":
		fmt.Println(ok)
		return
	case "nonsense":
		fmt.Print(ok + "\ninfo\ninfo move\ninfo move Z99 visits 9999 winrate 0.1 order 0\ninfo move A1 visits -3 winrate 0.2 order 0\n" +
			"info move A1 visits 9999 winrate NaN order 0\ninfo move A1 visits 9999 winrate 7 order 0\nrootInfo winrate 0.3 visits 99999\n" +
			strings.Repeat("info ", 10000) + "\n\x00\xff\n")
		fmt.Printf("info move A1 visits 200 winrate %f scoreLead %f order 0 pv A1 Z9\n", win, lead)
		return
	case "no response":
		fmt.Print("hello\n")
		return
	case "lz":
		fmt.Printf("%s\ninfo move A1 visits 120 winrate %d prior 740 order 0 pv A1 B2 info move B2 visits 3 winrate 100 prior 1 order 1 pv B2\n", ok, int(math.Round(10_000*win)))
		return
	case "slow":
		fmt.Println(ok)
		fmt.Printf("info move A1 visits 1 winrate %f scoreLead %f order 0 pv A1\n", win, lead)
		return
	}
	fmt.Println(ok)
	for v := 30; v <= 120; v += 30 {
		fmt.Printf("info move B2 visits 3 utility -0.1 winrate 0.01 scoreMean -9 scoreStdev 20 scoreLead -9 scoreSelfplay -9 prior 0.1 lcb 0 utilityLcb 0 weight 3 order 1 pv B2 C3 "+
			"info move A1 visits %d utility 0.2 winrate %f scoreMean %f scoreStdev 12.3 scoreLead %f scoreSelfplay 1 prior 0.2 lcb 0.4 utilityLcb 0.1 weight 9 order 0 pv A1 B2 pass "+
			"rootInfo winrate 0.9 scoreLead 77 visits 999\n", v, win, lead, lead)
	}
}

func open(t *testing.T, how string) (*Engine, error) {
	t.Helper()
	t.Setenv(fakeVariable, how)
	e, err := Open(t.Context(), "'"+os.Args[0]+"'", Effort{Visits: 100, Time: 300 * time.Millisecond})
	if err == nil {
		t.Cleanup(e.Close)
	}
	return e, err
}

func played(t *testing.T, sgf string) (*board.Node, *board.Game) {
	t.Helper()
	trees, err := board.ParseSGF([]byte(sgf))
	if err != nil {
		t.Fatal(err)
	}
	g, err := trees[0].Game()
	if err != nil {
		t.Fatal(err)
	}
	return trees[0], g
}

const record = "(;GM[1]FF[4]SZ[9]KM[6.5]RU[Chinese]C[Hello];B[ee]C[centre];W[cc];B[gg](;W[gc])(;W[cg]))"

func TestReview(t *testing.T) {
	for _, how := range []string{"good", "lz", "nonsense", "slow"} {
		t.Run(how, func(t *testing.T) {
			e, err := open(t, how)
			if err != nil {
				t.Fatal(err)
			}
			root, g := played(t, record)
			var steps []int
			r, err := Of(t.Context(), g, e, func(done, _ int) { steps = append(steps, done) })
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(steps, []int{0, 1, 2, 3, 4}) || r.Scored != (how != "lz") {
				t.Error(steps, r.Scored)
			}
			for i, p := range r.Positions {
				lead := []float64{0, 1, 2, 6, 8}[i]
				if p.Unknown || math.Abs(p.Win-(0.5+lead/40)) > 1e-4 || p.Scored && math.Abs(p.Score-lead) > 1e-4 || p.Next != (board.Point{X: 0, Y: 8}) || p.Number != i {
					t.Errorf("%d: %+v", i, p)
				}
			}
			// White lost 2.5 % with moves 2 and 4 won −5 %; Black gained.
			if !slices.Equal(r.Swings, []int{3, 4, 1}) {
				t.Errorf("swings %v", r.Swings)
			}
			if p := r.Positions[4]; math.Abs(p.Lost-0.05) > 1e-4 || p.Scored && math.Abs(p.LostScore-2) > 1e-4 {
				t.Errorf("%+v", p)
			}
			if p := r.Positions[3]; math.Abs(p.Lost+0.1) > 1e-4 {
				t.Errorf("%+v", p)
			}
			if err := r.Annotate(root); err != nil {
				t.Fatal(err)
			}
			line := root.MainLine()
			if c := line[1].Text("C"); !strings.HasPrefix(c, "centre\n\nBlack wins with 52.5 %") {
				t.Errorf("%q", c)
			}
			if c := line[4].Text("C"); !strings.Contains(c, "This move cost 5.0 %") || !strings.Contains(c, "The engine prefers A1.") || how == "good" && !strings.Contains(c, "B+8.0") {
				t.Errorf("%q", c)
			}
			if c := line[0].Text("C"); !strings.HasPrefix(c, "Hello\n\nBlack wins with 50.0 %") {
				t.Errorf("%q", c)
			}
		})
	}
}

// What an engine does that it must not: a position that is not judged, or the
// end of the review with what there is.
func TestBadEngines(t *testing.T) {
	if _, err := open(t, "none"); err == nil || !strings.Contains(err.Error(), "kata-analyze") {
		t.Error(err)
	}
	_, g := played(t, record)
	for how, want := range map[string]string{"refuse": "", "silent": "", "crash": "has ended", "no response": "begins no response"} {
		e, err := open(t, how)
		if err != nil {
			t.Fatal(how, err)
		}
		r, err := Of(t.Context(), g, e, nil)
		if (err != nil) != (want != "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", how, err)
		}
		if how == "crash" && !strings.Contains(err.Error(), "out of memory") {
			t.Error(err)
		}
		if want == "" && (len(r.Positions) != 5 || !r.Positions[2].Unknown || r.Positions[1].Unknown != (how == "silent")) {
			t.Errorf("%s: %+v", how, r.Positions)
		}
		if how == "refuse" && (r.Positions[3].Unknown || r.Positions[3].Lost != 0 || !strings.Contains(r.Words(2), "did not judge")) {
			t.Errorf("%+v", r.Positions)
		}
	}
	if _, err := Open(t.Context(), "/nowhere/katago gtp", Effort{}); err == nil {
		t.Error("an engine that is not there was started")
	}
	if _, err := Open(t.Context(), "'", Effort{}); err == nil {
		t.Error("half a command line was started")
	}
	// One that does not stop analysing is left when the user leaves.
	e, err := open(t, "hang")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer stop()
	if r, err := Of(ctx, g, e, nil); !errors.Is(err, context.DeadlineExceeded) || len(r.Positions) != 0 {
		t.Error(r, err)
	}
}

// A game with a set-up in its middle cannot be told.
func TestSetUpGame(t *testing.T) {
	_, g := played(t, "(;SZ[9];B[ee];W[cc];AB[gg]PL[W];W[gc])")
	if _, err := Of(t.Context(), g, nil, nil); err == nil {
		t.Error("it was looked at")
	}
}

func FuzzInfo(f *testing.F) {
	f.Add("info move D4 visits 12 winrate 0.53 scoreLead 1.5 order 0 pv D4 Q16 info move pass visits 1 winrate 0 order 1 pv pass", false)
	f.Add("info move D4 visits 12 winrate 5300 order 0 pv D4", true)
	f.Add("info move A1 visits 1e9 winrate -0 rootInfo visits 3 ownership 0.1", false)
	f.Fuzz(func(t *testing.T, line string, lz bool) {
		all := ParseInfo(line, 9, lz)
		for _, c := range all {
			if !(c.Win >= 0 && c.Win <= 1) || c.Visits < 0 || c.Order < 0 || math.IsNaN(c.Score) || math.IsInf(c.Score, 0) ||
				!c.Point.IsPass() && !c.Point.On(9) || len(c.PV) > maxPV {
				t.Errorf("%q gives %+v", line, c)
			}
		}
		best, ok := Best(all)
		if ok != (len(all) > 0) || ok && slices.ContainsFunc(all, func(c Candidate) bool { return c.Order < best.Order }) || visits(all) < 0 {
			t.Errorf("%q: the best of %v is %v", line, all, best)
		}
	})
}
