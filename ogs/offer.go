package ogs

import (
	"context"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
)

// RejectedError says that an offer will not become a game.
type RejectedError struct{ Reason string }

func (e *RejectedError) Error() string { return e.Reason }

// Offer makes a challenge, tells it to made, and waits for its game. If ctx ends
// first, the offer is left standing: see Withdraw.
func (s *Session) Offer(ctx context.Context, ch Challenge, opponent ID, made func(Offer)) (ID, error) {
	known, err := s.running(ctx)
	if err != nil {
		return 0, err
	}
	// From here on nothing of what becomes of the offer is missed, though it be
	// taken before the server has answered us.
	w := s.expect(known, ch.Time.Classify(ch.Width, ch.Height) != Correspondence)
	defer w.end()
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	// Once it is asked for, the answer is waited for: a challenge of which
	// nobody knows the number could not be withdrawn.
	o, err := s.c.Challenge(context.WithoutCancel(ctx), ch, opponent)
	if err != nil {
		return 0, err
	}
	if made != nil {
		made(o)
	}
	return w.await(ctx, o)
}

// AcceptAndAwait accepts a challenge, see Client.Accept, and returns the number
// of the game that begins.
func (s *Session) AcceptAndAwait(ctx context.Context, challenge ID, open bool) (ID, error) {
	known, err := s.running(ctx)
	if err != nil {
		return 0, err
	}
	w := s.expect(known, false)
	defer w.end()
	game, err := s.c.accept(ctx, challenge, open)
	if err != nil {
		return 0, err
	}
	return w.await(ctx, Offer{Challenge: challenge, Game: game, Speed: Correspondence})
}

// running are the games that run already, and so do not come of an offer.
func (s *Session) running(ctx context.Context) (map[ID]bool, error) {
	view, err := s.c.Overview(ctx)
	if err != nil {
		return nil, err
	}
	known := map[ID]bool{}
	for _, a := range view.Games {
		known[a.ID] = true
	}
	return known, nil
}

// A wait is for an offer to become a game. It listens from its beginning on,
// which is before the offer is made.
type wait struct {
	s     *Session
	sub   *Subscription
	known map[ID]bool // games that do not come of the offer
	live  bool        // the offer has to be kept alive, and is seen in the seek graph
	offer Offer
}

func (s *Session) expect(known map[ID]bool, live bool) *wait {
	w := &wait{s: s, sub: s.Subscribe(), known: known, live: live}
	if live {
		s.seek() // the offer's deletion is announced there
	}
	return w
}

func (w *wait) end() {
	if w.live {
		w.s.unseek()
	}
	w.sub.Close()
}

// await waits until the offer has become a game, none of those known, and
// returns its number, from whoever tells first: the game's own data,
// active_game, the notification, or at long intervals ui/overview. Meanwhile a
// live offer is kept alive, which the server asks for every second or so.
func (w *wait) await(ctx context.Context, o Offer) (ID, error) {
	s := w.s
	w.offer = o
	s.mu.Lock()
	s.awaited[o.Game] = true
	s.mu.Unlock()
	if w.live {
		defer s.keepAlive(keep{o.Challenge, o.Game})()
	}
	// Connecting to the game to be is how the server tells first.
	started := make(chan ID, 1)
	watch, stop := context.WithCancel(ctx)
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		s.watchFor(watch, o.Game, started)
	}()
	defer func() { stop(); <-finished }()

	poll := time.NewTicker(s.c.timing.Poll)
	defer poll.Stop()
	var doubt <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case id := <-started:
			return id, nil
		case <-doubt:
			return 0, &RejectedError{"the challenge is gone: it was withdrawn or declined, or the server dropped it"}
		case <-poll.C:
			if id := w.look(ctx); id != 0 {
				return id, nil
			}
		case e, ok := <-w.sub.Events():
			if !ok {
				return 0, &NotSentError{Left, "the session has ended"}
			}
			id, gone, err := w.heard(e)
			if id != 0 || err != nil {
				return id, err
			}
			if gone && doubt == nil {
				// A start deletes it, too: give that a moment to be told.
				doubt = time.After(s.c.timing.Doubt)
			}
		}
	}
}

// keepAlive has the session keep an offer alive until the function that it
// returns is called.
func (s *Session) keepAlive(k keep) (end func()) {
	s.mu.Lock()
	s.keeps[k] = struct{}{}
	s.mu.Unlock()
	s.send("challenge/keepalive", map[string]any{"challenge_id": k.Challenge, "game_id": k.Game})
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.keeps, k)
	}
}

// look finds the game among those that run; 0 if it does not.
func (w *wait) look(ctx context.Context) ID {
	view, err := w.s.c.Overview(ctx)
	if err != nil {
		return 0
	}
	for _, a := range view.Games {
		if w.fits(a) {
			return a.ID
		}
	}
	return 0
}

// fits reports whether a game is one that the offer may have become.
func (w *wait) fits(a ActiveGame) bool {
	o, me := w.offer, w.s.Me().ID
	if a.Phase == game.Over || a.Side(me) == board.Empty {
		return false
	}
	return a.ID == o.Game || w.new(a.ID) && (o.To == 0 || a.Side(o.To) != board.Empty)
}

// new reports whether a game did not run before, and is not that of another
// offer.
func (w *wait) new(id ID) bool {
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	return id != 0 && !w.known[id] && !w.s.awaited[id]
}

// heard takes an event of the session: the game's number if it tells that, an
// error if the offer was refused, gone if it no longer stands.
func (w *wait) heard(e SessionEvent) (game ID, gone bool, err error) {
	switch e := e.(type) {
	case ActiveGame:
		if w.fits(e) {
			return e.ID, false, nil
		}
	case Notification:
		game, err = w.notified(e)
	case SeekGraph:
		for _, seek := range e.Seeks {
			if seek.Challenge != w.offer.Challenge {
				continue
			}
			if seek.Started && seek.Game != 0 {
				return seek.Game, false, nil
			}
			gone = gone || seek.Deleted
		}
	}
	return game, gone, err
}

func (w *wait) notified(n Notification) (ID, error) {
	o := w.offer
	mine := o.Game != 0 && n.GameID == o.Game || n.Challenge == o.Challenge
	switch n.Type {
	case "gameStarted":
		if n.GameID != 0 && (mine || o.To == 0 && w.new(n.GameID)) {
			return n.GameID, nil
		}
	case "gameDeclined", "gameOfferRejected":
		if !mine {
			break
		}
		reason := "the challenge was declined"
		if n.Message != "" {
			reason += ": " + n.Message
		}
		return 0, &RejectedError{reason}
	}
	return 0, nil
}

// watchFor follows game id until its data comes, which means that it has
// started.
func (s *Session) watchFor(ctx context.Context, id ID, started chan<- ID) {
	for id != 0 && ctx.Err() == nil {
		g, err := s.Join(ctx, id)
		if err == nil {
			g.Leave()
			started <- id
			return
		}
		sleep(ctx, s.c.timing.Doubt)
	}
}
