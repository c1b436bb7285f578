package play

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/google/renameio/v2"
	"golang.org/x/sync/errgroup"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/plain"
	"github.com/gobancam/gobancam/internal/version"
	"github.com/gobancam/gobancam/ogs"
	"github.com/gobancam/gobancam/vision"
)

// Table is one online game at one real board.
type Table struct {
	Source vision.Source // of pictures; closed by whoever opened it
	Eyes   EyesOptions
	Game   *ogs.Game
	Now    func() time.Time // the server's time: Session.ServerNow

	Options  match.Options      // its Journal is filled in from Journal
	Journal  *match.FileJournal // remembers pending moves across a crash; nil for none; closed by whoever opened it
	SGF      string             // file to keep the game in, rewritten after each move; empty for none
	Commands <-chan match.Command
	Voice    func(match.Event)
	Publish  func(*match.Snapshot) // as in match.Ports
	Tape     *Tape                 // records everything; may be nil
	Explain  func(match.Decision)

	// Eyed is given the eyes before they open, for Eyes.Use.
	Eyed func(*Eyes)
}

// Play plays until the game is over and settled, the user quits, the pictures
// end, or ctx does. It returns the last snapshot, if there was one.
func (t *Table) Play(ctx context.Context) (last *match.Snapshot, err error) {
	opt := t.Options
	ports := match.Ports{Commands: t.Commands, Explain: t.Explain}
	if t.Journal != nil {
		ports.Journal, opt.Journal = t.Journal, t.Journal.Open()
	}
	online := NewOnline(t.Game, t.Now)
	ports.Server = online
	look := t.Eyes
	if look.Size == 0 {
		look.Size = t.Game.State().Width // the game says what to look for
	}
	referee := match.New(opt)
	if t.Tape != nil {
		ports.Recorder = t.Tape
		t.Tape.Follow(referee)
		look.Seen = t.Tape.beside(look.Seen)
	}
	eyes := NewEyes(t.Source, look)
	if t.Eyed != nil {
		t.Eyed(eyes)
	}
	ports.Eyes = eyes
	voice := t.Voice
	if voice == nil {
		voice = func(match.Event) {}
	}
	if t.Tape != nil {
		voice = Voices(t.Tape, voiceFunc(voice))
	}
	ports.Voice = voiceFunc(voice)
	if t.Journal != nil {
		for _, text := range t.Journal.Damage() {
			voice(match.Event{Kind: match.EventAlarm, Frame: -1, Aside: true, Text: text})
		}
	}
	keeper := sgfKeeper{path: t.SGF}
	ports.Publish = func(s *match.Snapshot) {
		last = s
		if err := keeper.keep(s, t.Game); err != nil {
			voice(match.Event{Kind: match.EventAlarm, At: s.At, Frame: -1, Aside: true, Text: err.Error()})
		}
		if t.Publish != nil {
			t.Publish(s)
		}
	}

	// The referee decides when it is over; the others then have to stop.
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return notCanceled(eyes.Run(ctx)) })
	group.Go(func() error { return notCanceled(online.Run(ctx)) })
	group.Go(func() error {
		defer stop()
		return notCanceled(match.Run(ctx, referee, ports))
	})
	return last, group.Wait()
}

// notCanceled drops the error of a goroutine that was told to stop.
func notCanceled(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

type voiceFunc func(match.Event)

func (f voiceFunc) Announce(e match.Event) { f(e) }

// Voices tells each event to all of several voices.
func Voices(voices ...match.Voice) func(match.Event) {
	return func(e match.Event) {
		for _, v := range voices {
			v.Announce(e)
		}
	}
}

// sgfKeeper keeps the game in a file, which is at any instant a whole record:
// of the old moves or of the new.
type sgfKeeper struct {
	path   string
	moves  int
	result *match.Result
	known  bool
}

// keep writes the record when it has changed.
func (k *sgfKeeper) keep(s *match.Snapshot, game *ogs.Game) error {
	if k.path == "" || s.Size == 0 || k.known && k.moves == s.Number && k.result == s.Result {
		return nil
	}
	k.known, k.moves, k.result = true, s.Number, s.Result
	g, err := game.State().Game()
	if err != nil {
		return fmt.Errorf("the game record was not written: %w", err)
	}
	return WriteSGF(k.path, g, Labels{
		Black: s.Players[0], White: s.Players[1], Name: s.Name, Result: s.Result,
	})
}

// Labels are what a game record says besides the moves.
type Labels struct {
	Black, White match.Player
	Name         string
	Place        string
	Date         time.Time // zero: today
	Result       *match.Result
	// Played tells of a relay when each move was seen and what is doubtful
	// about it; it may be nil.
	Played []match.Played
	Sign   func(root *board.Node) // adds what else the root is to say; may be nil
}

var sgfMu sync.Mutex // one writer of records at a time

// WriteSGF writes a game record in place of an older one, all at once.
func WriteSGF(path string, g *board.Game, l Labels) error {
	root, nodes := g.SGF()
	set := func(id, text string) {
		if text != "" {
			root.SetText(id, plain.Line(text))
		}
	}
	if l.Date.IsZero() {
		l.Date = time.Now()
	}
	set("AP", "gobancam:"+version.Version)
	set("PB", l.Black.Name)
	set("BR", l.Black.Rank)
	set("PW", l.White.Name)
	set("WR", l.White.Rank)
	set("GN", l.Name)
	set("PC", l.Place)
	set("DT", l.Date.Format(time.DateOnly))
	if l.Result != nil {
		set("RE", l.Result.Text)
	}
	for i, p := range l.Played {
		if i >= len(nodes) || nodes[i] == nil || nodes[i] == root {
			continue // a handicap stone, which stands in the root
		}
		// SGF has no property for when a move was made: a private one.
		nodes[i].SetReal("GBCT", math.Round(10*p.Time.Seconds())/10)
		if p.Doubt != "" {
			nodes[i].SetText("C", p.Doubt)
		}
	}
	if l.Sign != nil {
		l.Sign(root)
	}
	var b strings.Builder
	if err := board.WriteSGF(&b, root); err != nil {
		return fmt.Errorf("the game record was not written: %w", err)
	}
	sgfMu.Lock()
	defer sgfMu.Unlock()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("the game record was not written: %w", err)
	}
	if err := renameio.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		return fmt.Errorf("the game record was not written: %w", err)
	}
	return nil
}
