package match

import (
	"fmt"
	"time"

	"github.com/gobancam/gobancam/board"
)

// A game that was begun goes on by itself only where the board shows how it
// ended, or what players do in a minute without the camera. Else the room says
// whether it goes on: a board that was cleared for another game looks like one
// on which every move was taken back.

// begunState is how far it is settled that a relay goes on with a game that was
// begun before.
type begunState uint8

const (
	begunSettled begunState = iota // the board has shown it, or there was none
	begunUnseen                    // not compared with the board yet
	begunAsked                     // the board shows something else: go on?
	begunSetUp                     // it goes on, and is being set up again
)

const (
	// begunPlayed is how many moves may have been played since the record
	// ended without anybody being asked.
	begunPlayed = 2
	// begunFits is for how long the board has to show the game: its stones are
	// not all made out at once.
	begunFits = time.Second
	// begunSteady is for how long the board has to show something else, with
	// nobody over it, before that is asked about.
	begunSteady = 2 * time.Second
)

// Unsettled reports whether it has been asked, and not been answered, whether
// the game goes on that was begun before. No move counts until then.
func (r *Relay) Unsettled() bool { return r.goingOn == begunAsked }

// Undecided reports whether it is not known yet which game is on: the one that
// was begun before, or another. Nobody is to be told of either.
func (r *Relay) Undecided() bool { return r.goingOn == begunUnseen || r.goingOn == begunAsked }

// Anew reports whether that was denied: the record is of a new game.
func (r *Relay) Anew() bool { return r.anew }

// settled reports whether the view can be explained by play: it is settled that
// the game goes on which was begun, and the board has shown it.
func (r *Relay) settled(view board.Position, diff []board.Point, last bool) bool {
	if r.goingOn == begunSettled {
		return true
	}
	if view != r.tried {
		r.tried, r.stuck = view, r.now
	}
	steady := r.now - r.stuck
	if r.continues(view, diff) && (steady >= begunFits || last) {
		if r.goingOn != begunUnseen {
			r.closeQuestions()
			r.event(Event{Kind: EventNote, Text: textBegunFits, Say: textBegunFits})
		}
		r.goingOn, r.stuck, r.stuckTold = begunSettled, -1, false
		r.tried = board.Position{}
		return true
	}
	w := r.watch
	if r.goingOn == begunUnseen && !last && steady >= begunSteady && w.clear >= 0 && r.now-w.clear >= begunSteady {
		r.goingOn = begunAsked
		r.ask(Question{Kind: AskBegun, Text: textAskBegun(r.game, diff, r.opt.BegunName), From: r.game.MoveCount()})
	}
	return false
}

// continues reports whether the view is where the record ends, or a few moves
// on that cannot have been others.
func (r *Relay) continues(view board.Position, diff []board.Point) bool {
	if len(diff) == 0 {
		return true
	}
	added := 0
	pos := r.game.Position()
	for _, p := range diff {
		if view.At(p) != board.Empty {
			added++
		}
		if c := pos.At(p); c != board.Empty && view.At(p) == c.Opponent() {
			return false
		}
	}
	if added > begunPlayed || len(diff) > maxDiff {
		return false
	}
	found, _ := r.game.Explain(view, added)
	return len(found) > 0 && len(found[0].Orders) == 1 && (len(found) == 1 || len(found[1].Moves()) > len(found[0].Moves()))
}

// settle answers the question whether the game goes on that was begun.
func (r *Relay) settle(yes bool) {
	if yes {
		r.goingOn = begunSetUp
		r.tried = board.Position{}
		return
	}
	s := r.opt.Setup
	if s.Size == 0 {
		s.Size = r.game.Size()
	}
	if err := r.begin(s); err != nil {
		r.event(Event{Kind: EventAlarm, Text: textNoSetup(err)})
		if r.begin(board.Setup{Size: s.Size, Rules: s.Rules, Komi: s.Komi}) != nil {
			return
		}
	}
	r.opt.Begun, r.opt.Played = nil, nil
	r.goingOn, r.anew = begunSettled, true
	r.stuck, r.stuckTold = -1, false
	r.event(Event{Kind: EventNote, Text: textBegunAnew, Say: textBegunAnew})
}

const (
	textBegunFits  = "The board shows the game: it goes on."
	textBegunAnew  = "A new game begins; the record of the other one stays as it was."
	textBegunFirst = "Say first whether the game goes on: yes or no."
)

func textAskBegun(g *board.Game, diff []board.Point, name string) string {
	if name == "" {
		name = "the record"
	}
	at := "it began"
	if m, ok := g.LastMove(); ok {
		at = moveName(m, g.Size()) + ", its last move"
	}
	return fmt.Sprintf("The board does not show the game in %s, which has %s: %s not as after %s. Go on with that game? Yes: set it up, and it goes on. No: a new game begins in a file of its own.",
		name, plural(g.MoveCount(), "move"), pointsAre(diff, g.Size()), at)
}

// textSetUpBegun says what is to be done until the board shows the game.
func textSetUpBegun(missing, unexpected []Stone, size int) string {
	s := ""
	if len(unexpected) > 0 {
		s = "take off " + stoneNames(unexpected, size)
	}
	if len(missing) > 0 {
		if s != "" {
			s += ", "
		}
		s += "put " + stoneNames(missing, size)
	}
	if s == "" {
		return textBegunFits
	}
	return "Set up the board: " + s + "."
}

func pointsAre(points []board.Point, size int) string {
	names := make([]string, len(points))
	for i, p := range points {
		names[i] = p.GTP(size)
	}
	if len(names) == 1 {
		return names[0] + " is"
	}
	return list(names) + " are"
}
