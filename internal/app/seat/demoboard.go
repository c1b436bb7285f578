package seat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/gobancam/gobancam/internal/app/face"
	"github.com/gobancam/gobancam/internal/app/state"
	"github.com/gobancam/gobancam/internal/disk"
	"github.com/gobancam/gobancam/internal/gamefile"
	"github.com/gobancam/gobancam/internal/live"
	"github.com/gobancam/gobancam/internal/live/demoboard"
	"github.com/gobancam/gobancam/ogs"
)

// DemoBoard shows a game on a demo board of a server of online games.
type DemoBoard struct {
	Client  *ogs.Client // signed in
	ID      ogs.ID      // of one to go on with; 0 for that on which the game began, or a new one
	Private bool        // a new one is
	// Record and Round are where a new one is filed among tournament records; 0
	// for nowhere.
	Record, Round ogs.ID
	// Again says, in a sentence, what makes a demo board show all of the game
	// that is kept in a file; with the number 0, what makes one.
	Again func(id ogs.ID, file string) string
}

// How long the demo board may take at the end for what has not got there yet.
const (
	demoSettle = 10 * time.Second
	demoLeave  = 3 * time.Second // when the program is told to end
)

// demoPause is the longest wait before the server is tried again.
const demoPause = time.Minute

// showing is a DemoBoard at work for one table.
type showing struct {
	*DemoBoard
	face   *face.Face
	record *gamefile.Keeper
	began  bool // the record held a game when it was opened
	feed   *live.Feed
	done   chan struct{}
}

// show begins to show the games that a feed tells, and returns at once. The
// function it returns waits, for a bounded time, until all is shown.
func (d *DemoBoard) show(ctx context.Context, feed *live.Feed, record *gamefile.Keeper, began bool, f *face.Face) (end func()) {
	// What is on its way when the program is told to end may still arrive.
	lasting, stop := context.WithCancel(context.WithoutCancel(ctx))
	s := &showing{DemoBoard: d, face: f, record: record, began: began, feed: feed, done: make(chan struct{})}
	watching, over := context.WithCancel(lasting)
	watcher := feed.Watch()
	go func() {
		defer close(s.done)
		s.all(lasting, watching, watcher)
	}()
	return func() {
		defer stop()
		over()
		wait := demoSettle + time.Second
		if ctx.Err() != nil {
			wait = demoLeave
		}
		select {
		case <-s.done:
			return
		case <-time.After(wait):
		}
		stop()
		<-s.done
	}
}

// showOver shows a game that is over, as far as its demo board lacks it.
func (d *DemoBoard) showOver(ctx context.Context, over *gamefile.Found, record *gamefile.Keeper, f *face.Face) {
	feed := live.NewFeed()
	end := d.show(ctx, feed, record, true, f)
	g := gamefile.Live(over.Root, over.Game, gamefile.Labels{Played: over.Played, Result: over.Result})
	g.ID = "over"
	feed.Tell(g)
	end()
}

// all shows one game after the other, each on a demo board of its own, until
// watching ends and the last of them is shown, or ctx ends.
func (s *showing) all(ctx, watching context.Context, watcher *live.Watcher) {
	defer watcher.Close()
	var games chan *live.Game
	var shown chan struct{}
	id, first := "", true
	finish := func() {
		if games != nil {
			close(games)
			<-shown
			games = nil
		}
	}
	defer finish()
	for over := false; !over; {
		if _, err := watcher.Next(watching); err != nil {
			over = true // what was told last counts all the same
		}
		g, _ := s.feed.Game()
		if g == nil || g.Size == 0 {
			continue // none yet
		}
		if g.ID != id || games == nil {
			finish()
			id, games, shown = g.ID, make(chan *live.Game, 1), make(chan struct{})
			one, mine, done := first, games, shown
			first = false
			go func() {
				defer close(done)
				s.one(ctx, mine, one)
			}()
		}
		select { // only the newest counts
		case <-games:
		default:
		}
		games <- g
	}
}

// one shows one game until no more of it comes.
func (s *showing) one(ctx context.Context, games chan *live.Game, first bool) {
	var g *live.Game
	select {
	case g = <-games:
	case <-ctx.Done():
	}
	if g == nil {
		return
	}
	// The game goes on while the server is away.
	making, stop := context.WithCancel(ctx)
	defer stop()
	type made struct {
		notes *demoNotes
		err   error
	}
	answer := make(chan made, 1)
	go func() {
		n, err := s.board(making, g, first)
		answer <- made{n, err}
	}()
	var late <-chan time.Time
	open, newest := games, g
	for {
		select {
		case next, ok := <-open:
			if !ok {
				open, late = nil, time.After(demoSettle)
				continue
			}
			newest = next
		case <-late:
			stop()
			late = nil
		case m := <-answer:
			if m.err != nil {
				text := "There is no demo board of this game: " + strings.TrimRight(m.err.Error(), ".") + "."
				if errors.Is(m.err, errAway) {
					text += " " + s.Again(0, s.file())
				}
				s.face.Note(text)
				for open != nil {
					if _, ok := <-open; !ok {
						open = nil
					}
				}
				return
			}
			s.follow(ctx, m.notes, games, newest)
			return
		}
	}
}

// follow follows the game onto its demo board.
func (s *showing) follow(ctx context.Context, notes *demoNotes, games chan *live.Game, newest *live.Game) {
	id := notes.ID
	address := s.Client.DemoPage(id)
	s.face.Page(face.PageDemo, address, fmt.Sprintf("The game is shown at %s. The account that is signed in here does not see the new moves in its own browser: "+
		"watch in a private window, or with another account.", address), fmt.Sprintf("The game is shown on demo board %d.", id))
	link := newDemoLink(ctx, s.Client, id, s.face.Note)
	defer link.close()
	runner := demoboard.Runner{Server: link, Game: newest, Memory: notes.Memory, Note: s.face.Note, Settle: demoSettle,
		Keep: func(m demoboard.Memory) error { notes.Memory = m; return notes.keep() }}
	if !runner.Run(ctx, games) {
		s.face.Note(fmt.Sprintf("The demo board does not show all of the game. %s", s.Again(id, s.file())))
	}
}

// file is where the game is kept.
func (s *showing) file() string {
	if s.record == nil {
		return ""
	}
	return s.record.Path()
}

// demoNotes are what is remembered of a game's demo board.
type demoNotes struct {
	path   string
	Server string           `json:"server"`
	ID     ogs.ID           `json:"id"` // 0: one was about to be made
	Memory demoboard.Memory `json:"memory"`
}

func (n *demoNotes) keep() error {
	data, err := json.Marshal(n)
	if err != nil {
		return err
	}
	return disk.WriteFile(disk.OS, n.path, data, 0o600)
}

// readDemoNotes reads the notes in a file; nil if there are none.
func readDemoNotes(path, server string) *demoNotes {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	n := &demoNotes{path: path}
	if json.Unmarshal(data, n) != nil || n.Server != server || n.ID < 0 {
		return nil
	}
	return n
}

// board returns the demo board of a game: the one that was asked for, the one it
// began with, or a new one, which is tried for until ctx ends.
func (s *showing) board(ctx context.Context, g *live.Game, first bool) (*demoNotes, error) {
	if !first && s.record != nil {
		s.record.Settle() // the new game has a file of its own
	}
	path, err := state.DemoBoard(s.file())
	if err != nil {
		return nil, err
	}
	known := readDemoNotes(path, s.Client.Server())
	fresh := &demoNotes{path: path, Server: s.Client.Server()}
	switch {
	case first && s.ID != 0:
		if known == nil || known.ID != s.ID || !s.began {
			// It is looked at before anything on it is changed.
			known = fresh
			known.ID = s.ID
		}
		return known, s.kept(known.keep())
	case first && known != nil && known.ID != 0 && (s.began || !known.Memory.Long):
		// A record without moves may be that of a game whose first ones were shown
		// and not kept yet; but not of a long one.
		return known, nil
	case first && known != nil && known.ID == 0:
		s.face.Note("A demo board may have been made for this game of which the number did not get here. It is empty; there is another one now.")
	}
	// Should the program end before the answer is here, the next one knows that
	// there may be an empty board.
	if err := s.kept(fresh.keep()); err != nil {
		return nil, err
	}
	labels := demoboard.LabelsOf(g)
	id, err := s.create(ctx, g, labels)
	if err != nil {
		return nil, err
	}
	labels.Outcome = "" // which can only be set later
	fresh.ID, fresh.Memory = id, demoboard.Memory{Made: true, Labeled: &labels}
	return fresh, s.kept(fresh.keep())
}

var errAway = errors.New("the server could not be reached in time")

// kept says that the notes of a demo board could not be kept; the game is shown
// all the same.
func (s *showing) kept(err error) error {
	if err != nil {
		s.face.Note(fmt.Sprintf("Which demo board shows this game cannot be remembered: %v. After a restart name it.", err))
	}
	return nil
}

// create makes a demo board, and waits for a server that is away.
func (s *showing) create(ctx context.Context, g *live.Game, l demoboard.Labels) (ogs.ID, error) {
	settings := ogs.DemoSettings{Name: l.Name, Rules: g.Rules, Size: g.Size, Black: demoPlayer(l.Players[0], "Black"), White: demoPlayer(l.Players[1], "White"),
		Komi: &l.Komi, Private: s.Private, Record: s.Record, Round: s.Round}
	if err := settings.Check(); err != nil {
		return 0, err
	}
	said := false
	id, err := backoff.Retry(ctx, func() (ogs.ID, error) {
		id, err := s.Client.CreateDemo(ctx, settings)
		if err != nil && ctx.Err() == nil && !said && !final(err) {
			said = true
			s.face.Note(fmt.Sprintf("The demo board cannot be made yet: %v. It is tried again; the game goes on here.", err))
		}
		return id, patience(err)
	}, backoff.WithBackOff(demoBackOff()), backoff.WithMaxElapsedTime(0))
	if err != nil && ctx.Err() != nil {
		return 0, errAway
	}
	return id, err
}

func demoPlayer(p demoboard.Player, name string) ogs.DemoPlayer {
	d := ogs.DemoPlayer{Name: p.Name}
	if d.Name == "" {
		d.Name = name
	}
	if rank, pro, err := ogs.ParseDemoRank(p.Rank); err == nil {
		d.Rank, d.Professional = rank, pro
	}
	return d
}

func demoBackOff() *backoff.ExponentialBackOff {
	bo := backoff.NewExponentialBackOff()
	bo.InitialInterval, bo.MaxInterval = time.Second, demoPause
	return bo
}

// final reports whether asking the server again is of no use.
func final(err error) bool {
	var api *ogs.APIError
	if !errors.As(err, &api) {
		return false
	}
	switch api.Status {
	case http.StatusUnauthorized, http.StatusRequestTimeout, http.StatusTooManyRequests:
		return false
	}
	return api.Status >= 400 && api.Status < 500
}

// patience turns the error of a request into one that says whether it is tried
// again, and when.
func patience(err error) error {
	var api *ogs.APIError
	switch {
	case err == nil:
		return nil
	case final(err):
		return backoff.Permanent(err)
	case errors.As(err, &api) && api.RetryAfter > 0:
		return errors.Join(backoff.RetryAfter(int(min(api.RetryAfter, time.Hour)/time.Second)), err)
	}
	return err
}
