// Package demo plays a whole game without camera, account or network: a
// simulated person at a simulated board, streamed over loopback HTTP like a
// phone camera and read through OpenCV, plays on an OGS-compatible server in
// the same process against a scripted opponent.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/disk"
	"github.com/gobancam/gobancam/internal/gamefile"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/play"
	"github.com/gobancam/gobancam/internal/reading"
	"github.com/gobancam/gobancam/internal/recording"
	"github.com/gobancam/gobancam/internal/sim"
	"github.com/gobancam/gobancam/internal/terminal"
	"github.com/gobancam/gobancam/internal/version"
	"github.com/gobancam/gobancam/ogs"
	"github.com/gobancam/gobancam/ogs/ogstest"
	"github.com/gobancam/gobancam/vision"
)

// The game that the simulated players have in mind. White captures three
// stones with C1; A7 is a hopeless invasion, dead at the end.
const (
	theGame = `E5 C4 D4 C5 C3 B3 F7 D3 C2 B2 D2 E3 G3 F3 G4 C7 E4 G2 H2 F1
H1 D1 D8 C8 E7 D9 E9 C9 F4 E2 D6 C6 G1 C1 D7 F2 D5 pass A7 pass pass`
	theDead   = "A7"
	theResult = "W+1.5"
	size      = 9
)

// The simulated camera: a webcam of 640×480 at ten pictures a second.
const fps = 10

// Options say how the demo is shown. Out is needed.
type Options struct {
	Out  io.Writer
	Live bool   // Out is a terminal on which the board can be redrawn in place
	Dir  string // directory for the game record and the recording
	Seed uint64 // of the board, the hands and the noise; 0 means 1
	// Publish is given every snapshot, as for a window; it may be nil.
	Publish func(*match.Snapshot)
	// Seen is given every picture and what was read in it, and Voice every
	// event, likewise; what arrives at Commands is done as if the simulated
	// person had said it.
	Seen     func(*vision.Frame, *grid.Grid, *reading.Reading)
	Voice    func(match.Event)
	Commands <-chan match.Command
	Eyed     func(*play.Eyes) // as in play.Table; may be nil
	// Hand lets somebody else play: the simulated hand goes where it says,
	// instead of playing the game that it knows, and against an opponent who
	// answers anywhere. At a point with a stone to be put down or taken off it
	// does that, at another it plays.
	Hand <-chan board.Point
}

// ErrDiffers is wrapped by the error of Run when the server's record is not
// what the simulated players played.
var ErrDiffers = errors.New("the server's record is not the game that was played")

// Run plays the game. It fails if the server's record is not exactly what the
// simulated players had in mind.
func Run(ctx context.Context, opt Options) error {
	if opt.Seed == 0 {
		opt.Seed = 1
	}
	mind, dead, err := script()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var helpers sync.WaitGroup
	defer helpers.Wait()
	defer cancel()

	other, err := newServer(&opt, mind, dead)
	if err != nil {
		return err
	}
	defer other.server.Close()

	watch := &stopwatch{}
	live, camera, err := newCamera(opt.Seed, watch)
	if err != nil {
		return err
	}
	defer camera.Close()
	helpers.Go(func() { live.Run(ctx) })

	// Gobancam, as it would be run by a player.
	session, joined, err := other.join(ctx)
	if err != nil {
		return err
	}
	defer session.Close()
	address := "http://" + camera.Addr + "/stream.mjpg"
	source := vision.NewLive(ctx, func(ctx context.Context) (vision.Source, error) {
		return vision.Open(ctx, address, vision.OpenOptions{})
	}, vision.LiveOptions{})
	defer source.Close()

	commands := make(chan match.Command, 16)
	helpers.Go(func() { forward(ctx, opt.Commands, commands) })
	someone := newPerson(live, recite(mind), opt.Seed, func(c match.Command) { commands <- c })
	guide := newGuided(someone, opt.Voice)
	var shown atomic.Pointer[match.Snapshot]
	if opt.Hand == nil {
		helpers.Go(func() { someone.watch(ctx, &shown) })
	} else {
		helpers.Go(func() { guide.follow(ctx, opt.Hand, &shown) })
	}

	face, start := terminal.NewText(opt.Out, opt.Live), time.Now()
	tally := &tally{watch: watch, face: face, start: start}
	record, err := gamefile.Open(gamefile.Options{Path: filepath.Join(opt.Dir, "game.sgf"), Always: true, Voice: face.Announce})
	if err != nil {
		return err
	}
	defer record.Close()
	table := newTable(&opt, tally, &shown)
	table.Record = record
	table.Source, table.Game, table.Now, table.Commands = source, joined, session.ServerNow, commands
	if table.Journal, err = match.OpenJournal(disk.OS, filepath.Join(opt.Dir, "journal.jsonl")); err != nil {
		return err
	}
	defer table.Journal.Close()
	table.Tape, err = play.NewTape(filepath.Join(opt.Dir, "recording"), address, table.Options, recording.Options{}, func(err error) { tally.alarms = append(tally.alarms, err.Error()) })
	if err != nil {
		return err
	}
	defer table.Tape.Close()
	face.Say(0, "A simulated board is at "+address+", a server for it at "+other.server.URL()+".")
	if _, err := table.Play(ctx); err != nil {
		return err
	}
	if err := record.Close().Problem(); err != nil {
		return err
	}
	if opt.Hand != nil {
		return guide.verdict(opt.Out, other.game.Board().Moves(), tally)
	}
	return verdict(opt, other.game, mind, tally, time.Since(start))
}

// newCamera sets up a board and a camera on the network that shows it; watch
// is told when each picture was taken.
func newCamera(seed uint64, watch *stopwatch) (*sim.Live, *camera, error) {
	cfg := sim.Default(size)
	cfg.Seed = seed
	goban, err := sim.New(cfg)
	if err != nil {
		return nil, nil, err
	}
	live := sim.NewLive(goban, fps, 1)
	live.Watch(watch.shot)
	on, err := serve(live)
	return live, on, err
}

// otherSide is the other side of the world: the server, the game on it, and me.
type otherSide struct {
	server *ogstest.Server
	game   *ogstest.Game
	me     *ogstest.User
}

// newServer starts a server with the game on it, against an opponent who has it
// in mind too, or who answers anywhere if somebody else plays.
func newServer(opt *Options, mind []board.Move, dead []board.Point) (*otherSide, error) {
	server, err := ogstest.New(ogstest.Options{})
	if err != nil {
		return nil, fmt.Errorf("the demo's server did not start: %w", err)
	}
	me, opponent := server.AddUser("you"), server.AddUser("opponent")
	komi := 6.5
	game, err := server.StartGame(ogstest.Setup{Name: "gobancam demo", Black: me, White: opponent, Size: size, Rules: "chinese", Komi: &komi,
		Time: ogstest.TimeControl{System: "byoyomi", Main: 10 * time.Minute, Period: 30 * time.Second, Periods: 5}})
	if err != nil {
		server.Close()
		return nil, fmt.Errorf("the demo's game did not start: %w", err)
	}
	if opt.Hand == nil {
		game.SetOpponent(opponent, ogstest.Opponent{
			Move: ogstest.Script(pointsOf(mind, board.White)...), Delay: 150 * time.Millisecond,
			Dead: func(*ogstest.View) []board.Point { return dead },
		})
	} else {
		game.SetOpponent(opponent, guest(opt.Seed))
	}
	return &otherSide{server, game, me}, nil
}

// join signs in and joins the game.
func (o *otherSide) join(ctx context.Context) (*ogs.Session, *ogs.Game, error) {
	client, err := ogs.NewClient(ogs.Options{Server: o.server.URL(), Tokens: ogs.Bearer(o.server.Token(o.me)),
		Name: "gobancam", Version: version.Version, Address: version.Address})
	if err != nil {
		return nil, nil, err
	}
	session, err := ogs.Connect(ctx, client)
	if err != nil {
		return nil, nil, err
	}
	joined, err := session.Join(ctx, ogs.ID(o.game.ID))
	if err != nil {
		session.Close()
		return nil, nil, err
	}
	return session, joined, nil
}

// newTable seats everyone but the source and the game.
func newTable(opt *Options, tally *tally, shown *atomic.Pointer[match.Snapshot]) *play.Table {
	return &play.Table{
		Eyes: play.EyesOptions{Note: func(s string) { tally.face.Say(time.Since(tally.start), s) }, Seen: opt.Seen},
		Eyed: opt.Eyed,
		Voice: func(e match.Event) {
			tally.event(e)
			if opt.Voice != nil {
				opt.Voice(e)
			}
		},
		Publish: func(s *match.Snapshot) {
			shown.Store(s)
			tally.face.Show(s)
			if opt.Publish != nil {
				opt.Publish(s)
			}
		},
	}
}

// forward hands on commands until ctx ends.
func forward(ctx context.Context, from <-chan match.Command, to chan<- match.Command) {
	for {
		select {
		case c := <-from:
			select {
			case to <- c:
			case <-ctx.Done():
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

// script parses the game, with its colours, and the dead stones.
func script() (moves []board.Move, dead []board.Point, err error) {
	color := board.Black
	for _, word := range strings.Fields(theGame) {
		p, err := board.ParseGTP(word, size)
		if err != nil {
			return nil, nil, fmt.Errorf("the demo's game: %w", err)
		}
		moves = append(moves, board.Move{Color: color, Point: p})
		color = color.Opponent()
	}
	for _, word := range strings.Fields(theDead) {
		p, err := board.ParseGTP(word, size)
		if err != nil {
			return nil, nil, fmt.Errorf("the demo's dead stones: %w", err)
		}
		dead = append(dead, p)
	}
	return moves, dead, nil
}

func pointsOf(moves []board.Move, c board.Color) (points []board.Point) {
	for _, m := range moves {
		if m.Color == c {
			points = append(points, m.Point)
		}
	}
	return points
}

// recite plays a game by heart.
func recite(moves []board.Move) mind {
	return func(s *match.Snapshot) board.Point {
		if s.Number < len(moves) {
			return moves[s.Number].Point
		}
		return board.Pass
	}
}

// camera is a phone's server on loopback.
type camera struct {
	Addr   string
	server *http.Server
	done   chan struct{}
}

func serve(h http.Handler) (*camera, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("the demo's camera cannot listen on loopback: %w", err)
	}
	c := &camera{Addr: l.Addr().String(), server: &http.Server{Handler: h}, done: make(chan struct{})}
	go func() {
		defer close(c.done)
		_ = c.server.Serve(l) // ends with Close
	}()
	return c, nil
}

func (c *camera) Close() {
	c.server.Close()
	<-c.done
}

// stopwatch knows when the last hand left the picture.
type stopwatch struct {
	mu   sync.Mutex
	hand bool
	gone time.Time
}

func (s *stopwatch) shot(p sim.Shot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hand && !p.Truth.Hand {
		s.gone = p.Taken
	}
	s.hand = p.Truth.Hand
}

func (s *stopwatch) since() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Since(s.gone)
}

// tally passes events on and remembers how surely and how fast moves went.
type tally struct {
	watch *stopwatch
	face  *terminal.Text
	start time.Time

	times  []time.Duration
	lowest float64
	alarms []string
}

func (t *tally) event(e match.Event) {
	e.At = time.Since(t.start) // of the saying, as for the notes between the events
	switch {
	case e.Kind == match.EventMove && e.Mine && !e.Point.IsPass():
		d := t.watch.since()
		t.times = append(t.times, d)
		if t.lowest == 0 || e.Confidence < t.lowest {
			t.lowest = e.Confidence
		}
		t.face.Say(e.At, fmt.Sprintf("move %2d  %s %-3s  %s sure, echoed %.2f s after the hand was gone",
			e.Number, e.Color, e.Point.GTP(size), percent(e.Confidence), d.Seconds()))
		return
	case e.Kind == match.EventAlarm:
		t.alarms = append(t.alarms, e.Text)
	}
	t.face.Announce(e)
}

// verdict compares the server's record with what was played.
func verdict(opt Options, game *ogstest.Game, mind []board.Move, t *tally, took time.Duration) error {
	played := game.Board().Moves()
	if !slices.Equal(played, mind) {
		return fmt.Errorf("%w:\n  played  %s\n  server  %s", ErrDiffers, gtp(mind), gtp(played))
	}
	outcome, winner := game.Outcome()
	want := theResult[:2] + strings.TrimSuffix(outcome, " points")
	if winner != board.White || want != theResult {
		return fmt.Errorf("%w: the result is %v by %q, not %s", ErrDiffers, winner, outcome, theResult)
	}
	if len(t.alarms) > 0 {
		return fmt.Errorf("something that must not happen did: %s", strings.Join(t.alarms, "; "))
	}
	slices.Sort(t.times)
	_, err := fmt.Fprintf(opt.Out, `
%d moves, each as it was played; result %s; %.0f s.
Hand gone to server echo: median %.2f s, slowest %.2f s. Least sure move: %s.
The game record and the recording are in %s.
`, len(played), theResult, took.Seconds(), t.times[len(t.times)/2].Seconds(), t.times[len(t.times)-1].Seconds(), percent(t.lowest), opt.Dir)
	return err
}

// percent does not pretend to more than four nines: what is beyond them rests on
// the model of the readings, not on experience.
func percent(p float64) string {
	if p >= 0.9999 {
		return ">99.99 %"
	}
	return fmt.Sprintf("%6.2f %%", 100*p)
}

func gtp(moves []board.Move) string {
	words := make([]string, len(moves))
	for i, m := range moves {
		words[i] = m.Point.GTP(size)
	}
	return strings.Join(words, " ")
}
