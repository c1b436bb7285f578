package seat

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/cenkalti/backoff/v5"

	"github.com/gobancam/gobancam/internal/live/demoboard"
	"github.com/gobancam/gobancam/ogs"
)

// demoLink is a demo board of online-go.com as its follower sees it. One
// goroutine keeps it connected and translates what comes.
type demoLink struct {
	client *ogs.Client
	id     ogs.ID
	note   func(string)
	stop   context.CancelFunc
	inputs chan demoboard.Input
	done   chan struct{}

	mu         sync.Mutex
	review     *ogs.Review // nil while there is none
	refreshing bool        // it was asked for all anew, so it goes for a moment
}

func newDemoLink(ctx context.Context, c *ogs.Client, id ogs.ID, note func(string)) *demoLink {
	ctx, stop := context.WithCancel(ctx)
	l := &demoLink{client: c, id: id, note: note, stop: stop, inputs: make(chan demoboard.Input), done: make(chan struct{})}
	go func() {
		defer close(l.done)
		defer close(l.inputs)
		l.run(ctx)
	}()
	return l
}

// close ends the connection, and returns when nothing of it is left.
func (l *demoLink) close() {
	l.stop()
	for range l.inputs { // nobody else takes them any more
	}
	<-l.done
}

// run follows the demo board until ctx ends.
func (l *demoLink) run(ctx context.Context) {
	session, review, err := l.enter(ctx)
	if err != nil {
		l.put(ctx, demoboard.Input{Refused: &demoboard.Refusal{Text: err.Error(), Final: true}})
		<-ctx.Done()
		return
	}
	defer session.Close()
	defer review.Leave()
	l.mu.Lock()
	l.review = review
	l.mu.Unlock()
	happens := session.Subscribe()
	defer happens.Close()
	connections, said := happens.Events(), false
	for {
		select {
		case <-ctx.Done():
			return
		case e, ok := <-connections:
			if !ok {
				connections = nil
				continue
			}
			switch e := e.(type) {
			case ogs.Offline:
				if errors.Is(e.Err, ogs.ErrSignIn) && !said {
					said = true
					l.note(fmt.Sprintf("The demo board waits: %v. The game goes on here; after a new sign-in, go on with the same file.", e.Err))
				}
			case ogs.Online:
				said = false
			}
		case u, ok := <-review.Updates():
			if !ok {
				return
			}
			for _, in := range l.translate(u) {
				l.put(ctx, in)
			}
		}
	}
}

// enter connects, for as long as that takes. An error is for good.
func (l *demoLink) enter(ctx context.Context) (*ogs.Session, *ogs.Review, error) {
	type entered struct {
		session *ogs.Session
		review  *ogs.Review
	}
	said := false
	e, err := backoff.Retry(ctx, func() (entered, error) {
		session, err := ogs.Connect(ctx, l.client)
		if err == nil {
			review, err := session.Review(ctx, l.id)
			if err == nil {
				return entered{session, review}, nil
			}
			session.Close()
			var refused *ogs.ReviewError
			if errors.As(err, &refused) && hopeless(refused.Text) {
				return entered{}, backoff.Permanent(err)
			}
			if !said && ctx.Err() == nil {
				said = true
				l.note(fmt.Sprintf("The demo board cannot be reached yet: %v. It is tried again; the game goes on here.", err))
			}
			return entered{}, err
		}
		if errors.Is(err, ogs.ErrSignIn) && !said {
			said = true
			l.note(fmt.Sprintf("The demo board waits: %v. It is tried again; the game goes on here.", err))
		}
		return entered{}, patience(err)
	}, backoff.WithBackOff(demoBackOff()), backoff.WithMaxElapsedTime(0))
	return e.session, e.review, err
}

// hopeless reports whether a complaint about a demo board says that it will not
// heal. The server's words are not documented but for the first.
func hopeless(text string) bool {
	text = strings.ToLower(text)
	for _, word := range [...]string{"protected", "deleted", "not found", "no such", "not exist", "permission", "not allowed", "forbidden"} {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}

func (l *demoLink) put(ctx context.Context, in demoboard.Input) {
	select {
	case l.inputs <- in:
	case <-ctx.Done():
	}
}

// translate says what an update of the review means.
func (l *demoLink) translate(u ogs.ReviewUpdate) []demoboard.Input {
	epoch := 0
	if u.State != nil {
		epoch = u.State.Epoch
	}
	switch e := u.Event.(type) {
	case ogs.ReviewEntered:
		l.mu.Lock()
		l.refreshing = false
		l.mu.Unlock()
		return []demoboard.Input{{State: demoState(u.State), Epoch: epoch}}
	case ogs.ReviewOffline:
		l.mu.Lock()
		asked := l.refreshing
		l.mu.Unlock()
		if asked {
			return nil // it comes back with all anew
		}
		return []demoboard.Input{{Offline: true}}
	case ogs.ReviewChanged:
		m := e.Message
		said := demoboard.Message{Points: m.Pointed, Text: m.Text, More: m.Append, Delete: m.Delete}
		if m.Controller != nil {
			said.Controller = int64(m.Controller.ID)
		}
		if m.Pointed {
			moves, err := demoboard.Moves(m.Moves)
			if err != nil {
				l.Refresh()
				return nil
			}
			said.Moves = moves
		}
		return []demoboard.Input{{Said: &said, Epoch: epoch}}
	case ogs.ReviewTrouble:
		return []demoboard.Input{{Refused: &demoboard.Refusal{Text: e.Text, Final: hopeless(e.Text)}, Epoch: epoch}}
	}
	return nil
}

// demoState is what the server has. Its tree is the follower's to change.
func demoState(s *ogs.ReviewState) *demoboard.State {
	out := &demoboard.State{Root: &demoboard.Node{}, Me: int64(s.Me), Controller: int64(s.Controller.ID), Size: s.Data.Width,
		Begun: s.Data.Game != 0 || len(s.Data.Black)+len(s.Data.White)+len(s.Data.Moves) > 0 || s.Tree.TrunkEnd() != 0}
	type pair struct {
		from ogs.NodeID
		to   *demoboard.Node
	}
	out.Root.Text = s.Tree.Node(0).Text
	for todo := []pair{{0, out.Root}}; len(todo) > 0; {
		p := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, id := range s.Tree.Children(p.from) {
			n := s.Tree.Node(id)
			child := &demoboard.Node{Move: n.Move.String(), Text: n.Text}
			p.to.Children = append(p.to.Children, child)
			todo = append(todo, pair{id, child})
		}
	}
	for _, m := range s.Tree.Line(s.Tree.Current()) {
		out.At = append(out.At, m.String())
	}
	return out
}

// Inputs implements demoboard.Server.
func (l *demoLink) Inputs() <-chan demoboard.Input { return l.inputs }

// Append implements demoboard.Server.
func (l *demoLink) Append(epoch int, moves []string, text *string) error {
	return l.draw(moves, func(r *ogs.Review, line []ogs.ReviewMove) error {
		return r.Append(epoch, ogs.ReviewAppend{Moves: line, Text: text})
	})
}

// Remove implements demoboard.Server.
func (l *demoLink) Remove(epoch int, moves []string) error {
	return l.draw(moves, func(r *ogs.Review, line []ogs.ReviewMove) error { return r.Remove(epoch, 0, line) })
}

func (l *demoLink) draw(moves []string, do func(*ogs.Review, []ogs.ReviewMove) error) error {
	r := l.now()
	if r == nil || r.State() == nil {
		return errors.New("the demo board is not connected")
	}
	line, err := ogs.ParseReviewMoves(strings.Join(moves, ""), r.State().Data.Width)
	if err != nil {
		return err
	}
	return do(r, line)
}

func (l *demoLink) now() *ogs.Review {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.review
}

// Refresh implements demoboard.Server.
func (l *demoLink) Refresh() {
	if r := l.now(); r != nil {
		l.mu.Lock()
		l.refreshing = true
		l.mu.Unlock()
		r.Refresh("the demo board is compared with the game")
	}
}

// Readable implements demoboard.Server.
func (l *demoLink) Readable(text string) string { return ogs.ReviewText(text) }

// Label implements demoboard.Server.
func (l *demoLink) Label(ctx context.Context, labels demoboard.Labels) error {
	s := ogs.ReviewSettings{Komi: &labels.Komi}
	if labels.Name != "" {
		s.Name = &labels.Name
	}
	if labels.Rules != "" {
		s.Rules = &labels.Rules
	}
	if labels.Outcome != "" {
		s.Outcome = &labels.Outcome
	}
	if p := labels.Players[0]; p.Name != "" {
		black := demoPlayer(p, "")
		s.Black = &black
	}
	if p := labels.Players[1]; p.Name != "" {
		white := demoPlayer(p, "")
		s.White = &white
	}
	if err := s.Check(); err != nil {
		return err
	}
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		return struct{}{}, patience(l.client.UpdateReview(ctx, l.id, s))
	}, backoff.WithBackOff(demoBackOff()), backoff.WithMaxElapsedTime(0))
	return err
}
