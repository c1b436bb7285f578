package live

import (
	"errors"
	"fmt"
	"time"
)

// Event is how a game differs from the moment before. Game stands alone and
// says everything; else at least one of the others is set. What is nil, or has
// no Course, has not changed.
type Event struct {
	Number int64     // from 1, in one telling, without gaps
	Time   time.Time // when it was told
	Game   *Game     // everything: for who begins to watch, who missed something, and when another game begins
	Head   *Head
	Course *Course
	Status *Status
	Size   int // lines of the board, by which its points are named

	shared *shared // what all who are told it by a Feed have of it; nil for none
}

// Course says how a game goes on after its first From steps: with Steps, and
// with nothing else. From is the number of all steps before when nothing is
// taken back.
type Course struct {
	From  int
	Steps []Step
}

// errMissed says that an event rests on a moment that is not known.
var errMissed = errors.New("live: events are missing before this one")

// After returns the game after e, which is left as it is. It fails for an event
// that does not fit g, since others are missing in between.
func (g *Game) After(e Event) (*Game, error) {
	if e.Game != nil {
		return e.Game, nil
	}
	next := *g
	if e.Head != nil {
		next.Head = *e.Head
	}
	if c := e.Course; c != nil {
		if c.From < 0 || c.From > len(g.Steps) {
			return nil, fmt.Errorf("%w: it goes on after step %d of %d", errMissed, c.From, len(g.Steps))
		}
		next.Steps = append(g.Steps[:c.From:c.From], c.Steps...)
	}
	if e.Status != nil {
		next.Status = *e.Status
	}
	return &next, nil
}

// Between returns the event that leads from one game to another, without number
// and time; ok is false if nothing has changed. old may be nil.
func Between(old, now *Game) (e Event, ok bool) {
	if old == nil || old.ID != now.ID || old.Size != now.Size {
		return Event{Game: now, Size: now.Size}, true
	}
	e.Size = now.Size
	if !old.Head.equal(now.Head) {
		e.Head, ok = &now.Head, true
	}
	same := 0
	for same < min(len(old.Steps), len(now.Steps)) && old.Steps[same].Equal(now.Steps[same]) {
		same++
	}
	if same < len(old.Steps) || same < len(now.Steps) {
		e.Course, ok = &Course{From: same, Steps: now.Steps[same:]}, true
	}
	if !old.Status.equal(now.Status) {
		e.Status, ok = &now.Status, true
	}
	return e, ok
}
