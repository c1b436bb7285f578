package play

import (
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/recording"
	"github.com/gobancam/gobancam/internal/sim"
	"github.com/gobancam/gobancam/vision"
)

var (
	pixelGames = flag.Int("pixelgames", 1, "random games to play before the simulated camera")
	pixelMoves = flag.Int("pixelmoves", 6, "moves of each")
	pixelSeed  = flag.Uint64("pixelseed", 2, "seed of the first")
	pixelBound = flag.Float64("pixelbound", 0, "odds at which a move is sent; 0: as usual")
)

// trial is a referee that plays both colours of a game of which it is known
// what is true, and a server that is always there.
type trial struct {
	t       *testing.T
	referee *match.Referee
	game    *board.Game
	now     time.Duration
	right   func(board.Move) bool // is it a move that is really being played?

	asked, wrong int
	false        []string
	story        []string

	// The odds of the candidate in plain view, and since when it is the same.
	held  board.Move
	odds  []sample
	moved map[board.Move]float64 // the highest odds at which true ones could have been sent
	odd   map[board.Move]float64 // and false ones
}

type sample struct {
	at   time.Duration
	odds float64
}

func newTrial(t *testing.T, size int, right func(board.Move) bool) *trial {
	rules, err := board.ParseRules("japanese")
	if err != nil {
		t.Fatal(err)
	}
	setup := board.Setup{Size: size, Rules: rules}
	played, err := board.NewGame(setup)
	if err != nil {
		t.Fatal(err)
	}
	tune := match.Live()
	if *pixelBound > 0 {
		tune.Bound = *pixelBound
	}
	tr := &trial{t: t, referee: match.New(match.Options{Tuning: tune}), game: played, right: right,
		moved: map[board.Move]float64{}, odd: map[board.Move]float64{}}
	tr.step(match.Input{Server: game.Data{Epoch: 1, ID: 7, Setup: setup, Phase: game.Playing}})
	return tr
}

func (tr *trial) step(in match.Input) {
	in.At = tr.now
	out := tr.referee.Step(in)
	for _, e := range out.Events {
		tr.story = append(tr.story, fmt.Sprintf("%6.2f %s %s %s", e.At.Seconds(), e.Kind, e.State, e.Text))
		if e.Kind == match.EventQuestion && e.Question.Kind == match.AskMove {
			tr.asked++
			kind := match.CmdDeny
			if tr.right(e.Question.Move) {
				kind = match.CmdAccept
			}
			defer tr.step(match.Input{Command: &match.Command{Kind: kind, Question: e.Question.ID}})
		}
	}
	for _, q := range out.Requests {
		if q.Kind != match.ReqMove {
			continue
		}
		if !tr.right(q.Move) {
			tr.false = append(tr.false, fmt.Sprintf("%6.2f FALSE MOVE %s", tr.now.Seconds(), q.Move.Point.GTP(tr.game.Size())))
			tr.story = append(tr.story, tr.false[len(tr.false)-1])
		}
		if err := tr.game.Play(q.Move); err != nil {
			tr.t.Fatal(err)
		}
		defer tr.step(match.Input{Server: game.Played{Number: tr.game.MoveCount(), Move: q.Move}})
	}
}

// look shows the referee a picture, and keeps at which odds what it takes for a
// move could have been sent: those it had for a quarter of the dwell, after the
// dwell.
func (tr *trial) look(r *match.Look, at time.Duration) {
	tr.now = max(tr.now, at)
	tr.step(match.Input{Look: r})
	c := tr.referee.Snapshot().Candidate
	if c == nil || c.Why == "a hand is over the board" || c.Move != tr.held {
		tr.odds = nil
	}
	if c == nil {
		tr.held = board.Move{}
		return
	}
	tr.held = c.Move
	tr.odds = append(tr.odds, sample{tr.now, c.Confidence / (1 - min(c.Confidence, 1-1e-15))})
	dwell := match.Live().Dwell
	if tr.now-tr.odds[0].at < dwell {
		return
	}
	low := math.Inf(1)
	for i := len(tr.odds) - 1; i >= 0; i-- {
		low = min(low, tr.odds[i].odds)
		if tr.now-tr.odds[i].at >= dwell/4 {
			break
		}
	}
	odds := tr.odd
	if tr.right(c.Move) {
		odds = tr.moved
	}
	odds[c.Move] = max(odds[c.Move], low)
}

// couple are two people at a simulated board under a camera, who play random
// moves and do what people do besides.
type couple struct {
	*trial
	w     *sim.World
	eyes  *vision.Watcher
	rng   *rand.Rand
	frame int
	meant board.Move
	late  []board.Point
}

const pixelTick = 150 * time.Millisecond

func (c *couple) picture() {
	c.w.Step(pixelTick)
	img, err := vision.Decode(c.w.JPEG())
	if err != nil {
		c.t.Fatal(err)
	}
	f := &vision.Frame{Number: c.frame, Time: c.w.Now(), Img: img}
	defer f.Close()
	c.frame++
	r, err := c.eyes.Look(f)
	if err != nil {
		c.t.Fatal(err)
	}
	c.look(&match.Look{Reading: r}, c.w.Now())
}

func (c *couple) wait(d time.Duration) {
	for end := c.w.Now() + d; c.w.Now() < end; {
		c.picture()
	}
}

func (c *couple) free() []board.Point {
	var ps []board.Point
	pos := c.game.Position()
	for p := range pos.Points() {
		if c.w.Stone(p) == board.Empty && c.game.Legal(board.Move{Color: c.game.ToMove(), Point: p}) {
			ps = append(ps, p)
		}
	}
	return ps
}

// play plays one move, with mischief before it.
func (c *couple) play() {
	free := c.free()
	p, q := free[c.rng.IntN(len(free))], free[c.rng.IntN(len(free))]
	color := c.game.ToMove()
	me, other := c.w.Player(sim.South), c.w.Player(sim.North)
	if color == board.White {
		me, other = other, me
	}
	c.meant = board.Move{Color: color, Point: p}
	mischief := c.rng.IntN(12)
	switch mischief {
	case 0:
		me.Hover(q, color, time.Second)
	case 1: // set down and taken up again
		if q != p {
			me.Place(q, color)
			me.Take(q)
		}
	case 2:
		other.Rest(q, 1500*time.Millisecond)
	case 3:
		if m, ok := c.game.LastMove(); ok {
			other.Adjust(m.Point)
		}
	case 4:
		c.w.Bump(c.rng.Float64()-0.5, c.rng.Float64()-0.5, 4*c.rng.Float64()-2)
		c.wait(3 * time.Second)
	case 5:
		c.w.Lamp(0, 0.6+0.8*c.rng.Float64(), 200*time.Millisecond)
	case 6:
		other.Hover(q, board.Empty, 2*time.Second)
	case 7:
		if len(c.late) > 0 {
			other.Take(c.late...)
			c.late = nil
		}
	}
	g := c.game.Clone()
	if err := g.Play(c.meant); err != nil {
		c.t.Fatal(err)
	}
	taken := g.LastCaptured()
	if mischief == 8 && p != q { // slid from another point
		me.Place(q, color)
		me.Slide(q, p)
	} else {
		me.Place(p, color)
	}
	if c.rng.IntN(3) == 0 {
		c.late = append(c.late, taken.Points()...)
	} else if !taken.IsEmpty() {
		me.Take(taken.Points()...)
	}
	n := c.game.MoveCount()
	for i := 0; c.game.MoveCount() == n || me.Busy(); i++ {
		c.picture()
		if i == 200 {
			c.wrong++
			c.step(match.Input{Command: &match.Command{Kind: match.CmdPlay, Points: []board.Point{p}}})
		}
		if i > 400 {
			c.t.Fatalf("%s never arrived\n%s", p.GTP(c.game.Size()), c.tail())
		}
	}
	c.wait(time.Duration(c.rng.IntN(1200)) * time.Millisecond)
}

func (tr *trial) tail() (s string) {
	for _, l := range tr.story[max(0, len(tr.story)-25):] {
		s += l + "\n"
	}
	return s
}

// TestRandomGamesBeforeTheCamera plays random games with random mischief from
// pixels to the record: none but the meant moves may be sent. It is the short
// form of `make soak-pixels`.
func TestRandomGamesBeforeTheCamera(t *testing.T) {
	var moved, odd []float64
	moves, asked, typed, falses := 0, 0, 0, 0
	for i := range *pixelGames {
		seed := *pixelSeed + uint64(i)
		size := []int{9, 13, 9, 19}[seed%4]
		t.Run(fmt.Sprintf("%d-%dx%d", seed, size, size), func(t *testing.T) {
			cfg := sim.Default(size)
			cfg.Seed = seed
			cfg.Width, cfg.Height = 400, 300
			if size > 9 {
				cfg.Width, cfg.Height = 640, 480
			}
			w, err := sim.New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			g, err := grid.New(w.Spec())
			if err != nil {
				t.Fatal(err)
			}
			c := &couple{w: w, rng: rand.New(rand.NewPCG(seed, 5)), eyes: vision.NewWatcher(g, vision.WatchOptions{})}
			defer c.eyes.Close()
			c.trial = newTrial(t, size, func(m board.Move) bool { return m == c.meant })
			c.wait(2 * time.Second)
			for range *pixelMoves {
				c.play()
			}
			moves += *pixelMoves
			asked += c.asked
			typed += c.wrong
			falses += len(c.false)
			for _, v := range c.moved {
				moved = append(moved, v)
			}
			for _, v := range c.odd {
				odd = append(odd, v)
			}
			if len(c.false) > 0 {
				t.Errorf("%v\n%s", c.false, c.tail())
			}
		})
	}
	t.Logf("%d games, %d moves: %d false, %d questions, %d entered by command", *pixelGames, moves, falses, asked, typed)
	if *pixelBound > 0 {
		told(t, moved, odd)
	}
}

// watchRecorded has a referee play the game that pictures show, of which truth
// tells what lies on the board in each.
func watchRecorded(t *testing.T, src vision.Source, g *grid.Grid, truth func(frame int) (board.Position, bool)) *trial {
	eyes := vision.NewWatcher(g, vision.WatchOptions{})
	defer eyes.Close()
	var now board.Position
	var queue []board.Move
	tr := newTrial(t, g.Size(), func(m board.Move) bool { return now.Size() > 0 && now.At(m.Point) == m.Color })
	for {
		f, err := src.Next(t.Context())
		if errors.Is(err, io.EOF) {
			return tr
		} else if err != nil {
			t.Fatal(err)
		}
		pos, known := truth(f.Number)
		r, err := eyes.Look(f)
		at := f.Time
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		if known {
			now = pos
		}
		if m, ok := tr.game.LastMove(); ok && known && !m.Point.IsPass() && now.At(m.Point) == board.Empty && tr.game.Passes() == 0 {
			before := tr.game.PositionAt(tr.game.MoveCount() - 1)
			if now == before {
				tr.game.Undo()
				tr.step(match.Input{Server: game.UndoAccepted{Count: 1}})
			}
		}
		// Recorded players do not wait for a referee: when the next stone comes,
		// the server has the one before.
		queue = slices.DeleteFunc(queue, func(m board.Move) bool { return now.At(m.Point) != m.Color || tr.game.At(m.Point) == m.Color })
		for p := range now.Points() {
			m := board.Move{Color: now.At(p), Point: p}
			if m.Color != board.Empty && tr.game.At(p) == board.Empty && !slices.Contains(queue, m) {
				queue = append(queue, m)
			}
		}
		for len(queue) > 1 {
			m := queue[0]
			queue = queue[1:]
			if tr.game.Play(m) != nil {
				break
			}
			tr.step(match.Input{Server: game.Played{Number: tr.game.MoveCount(), Move: m}})
			tr.wrong++
		}
		tr.look(&match.Look{Reading: r}, at)
	}
}

// TestRefereeOfRecordedGames has a referee watch the recorded games: no move may
// be sent that was not played.
func TestRefereeOfRecordedGames(t *testing.T) {
	var moved, odd []float64
	count := func(t *testing.T, tr *trial, want int) {
		if len(tr.false) > 0 || tr.game.MoveCount() < want-1 { // the last may come too late to dwell
			t.Errorf("%v\n%s", tr.false, tr.tail())
		}
		t.Logf("%d of %d moves, %d of them before the referee was sure, %d questions", tr.game.MoveCount(), want, tr.wrong, tr.asked)
		for _, v := range tr.moved {
			moved = append(moved, v)
		}
		for _, v := range tr.odd {
			odd = append(odd, v)
		}
	}
	eachRecordedSet(t, func(t *testing.T, s *recording.Session, g *grid.Grid, played string) {
		truths := map[int]board.Position{}
		for e, err := range s.Entries() {
			if err == nil && e.Kind == recording.KindTruth {
				if truth, err := e.Truth(); err == nil {
					truths[truth.Frame] = board.MustPosition(truth.Rows...)
				}
			}
		}
		src := Pictures(s)
		defer src.Close()
		tr := watchRecorded(t, src, g, func(frame int) (board.Position, bool) { p, ok := truths[frame]; return p, ok })
		count(t, tr, len(strings.Fields(played)))
	})
	root := cmp.Or(os.Getenv("GOBANCAM_PRIVATE"), "../../../shared")
	for _, name := range []string{"dev_9x9", "dev_19x19"} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(root, "renders", name)
			text, err := os.ReadFile(filepath.Join(dir, "truth.json"))
			if err != nil {
				t.Skipf("no private pictures: %v", err)
			}
			var truth struct {
				Size, Width, Height int
				States              [][]string
				Moves               []json.RawMessage
				Frame               []struct {
					State   int
					Corners [4][2]float64
				}
			}
			if err := json.Unmarshal(text, &truth); err != nil {
				t.Fatal(err)
			}
			src, err := vision.Open(t.Context(), filepath.Join(dir, "video.mp4"), vision.OpenOptions{})
			if err != nil {
				t.Fatal(err)
			}
			defer src.Close()
			spec := recording.Grid{Size: truth.Size, Width: truth.Width, Height: truth.Height, Corners: truth.Frame[0].Corners}
			g, err := grid.New(spec.Spec())
			if err != nil {
				t.Fatal(err)
			}
			tr := watchRecorded(t, src, g, func(frame int) (board.Position, bool) {
				if frame >= len(truth.Frame) {
					return board.Position{}, false
				}
				return board.MustPosition(truth.States[truth.Frame[frame].State]...), true
			})
			count(t, tr, len(truth.Moves))
		})
	}
	if *pixelBound > 0 {
		told(t, moved, odd)
	}
}

// told prints at which odds true and false moves could have been sent.
func told(t *testing.T, moved, odd []float64) {
	slices.Sort(moved)
	slices.SortFunc(odd, func(a, b float64) int { return cmp.Compare(b, a) })
	if n := len(moved); n > 0 {
		t.Logf("odds of %d true moves in plain view for the dwell: least %.3g, 1 %% %.3g, 10 %% %.3g, median %.3g", n, moved[0], moved[n/100], moved[n/10], moved[n/2])
		for _, b := range []float64{10, 100, 1000, 3000, 1e4, 1e5} {
			i, _ := slices.BinarySearch(moved, b)
			false := 0
			for _, v := range odd {
				if v >= b {
					false++
				}
			}
			t.Logf("bound %8.0f: %5.1f %% of the true moves do not reach it; %d false ones do", b, 100*float64(i)/float64(n), false)
		}
	}
	t.Logf("the highest odds of %d false ones: %.3g", len(odd), odd[:min(8, len(odd))])
}
