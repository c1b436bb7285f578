package match

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
)

// standing is a state with the sentence that tells it.
type standing struct {
	state  State
	text   string
	points []board.Point
	quiet  bool // it is shown at once, but spoken only with the next reminder
	nag    bool // it is spoken again and again
}

// stand works out where the game stands. What comes first hides what follows:
// a game that is over, a server that cannot be reached, eyes that see no board,
// the stones on it, and whose turn it is.
func (r *Referee) stand() standing {
	for _, look := range []func() (standing, bool){r.standServer, r.standPhase, r.standEyes, r.standTakeBack, r.standSetup, r.standStones} {
		if s, ok := look(); ok {
			return s
		}
	}
	turn := r.turn()
	if d := &r.diff; len(d.prisoners) > 0 {
		return standing{state: StatePrisoners, text: "Take off " + pointNames(d.prisoners, r.size()) + ". " + turn.text,
			points: points(d.prisoners), quiet: true, nag: true}
	}
	return turn
}

// standServer says that the game has ended, or what is wrong with the server.
func (r *Referee) standServer() (standing, bool) {
	switch {
	case r.result != nil:
		return standing{state: StateFinished, text: textResult(*r.result, r.data, r.edition), quiet: true}, true
	case r.online && r.nonsense != "":
		state := StateConnectionLost
		if r.game == nil {
			state = StateStarting
		}
		return standing{state: state, text: r.textNonsense(r.nonsense)}, true
	case r.game == nil && r.online:
		return standing{state: StateStarting, text: "Waiting for the game."}, true
	case r.game == nil && r.offline == 0:
		return standing{state: StateStarting, text: r.of("Connecting to the server.")}, true
	case !r.online && r.senseless:
		return standing{state: StateConnectionLost, text: r.of("The server sends what makes no sense; it is asked again. Nothing is forgotten.")}, true
	case !r.online:
		return standing{state: StateConnectionLost, text: r.of("The connection to the server is lost. It is tried again; nothing is forgotten.")}, true
	case !r.synced && r.now-r.askedSync >= r.tune.Blind:
		return standing{state: StateConnectionLost, text: r.of("The server does not tell the game. It is asked again.")}, true
	}
	return standing{}, false
}

// standPhase is where a game stands in which no stones are played.
func (r *Referee) standPhase() (standing, bool) {
	switch {
	case r.phase == game.Over:
		return standing{state: StateFinished, text: "The game is over. Waiting for the result."}, true
	case r.phase == game.StoneRemoval:
		return standing{state: StateRemoval, text: "Mark the dead stones on the screen, then agree. " + r.textDead()}, true
	case r.paused != nil:
		return standing{state: StatePaused, text: textPaused(*r.paused, r.data), quiet: true}, true
	}
	return standing{}, false
}

// standEyes says that the board is not seen, or was moved.
func (r *Referee) standEyes() (standing, bool) {
	switch {
	case r.cameraLost():
		text := textCameraGone
		if r.eyesErr != nil {
			text = fmt.Sprintf("The camera gives no picture: %v.", r.eyesErr)
		}
		return standing{state: StateCameraLost, text: text, nag: true}, true
	case !r.viewed && r.bump == nil && (r.unlocked < 0 || r.watch == nil && r.now-r.unlocked < r.tune.Blind):
		return standing{state: StateStarting, text: "Looking at the board.", quiet: true}, true
	case r.unlocked >= 0 && r.now-r.unlocked >= r.tune.Blind/2:
		return standing{state: StateBoardMoved, text: "The board cannot be found in the picture. Clear the view, or set the corners again.", nag: true}, true
	case r.bump != nil && r.now-r.bump.first > 2*r.tune.Grace:
		return standing{state: StateBoardMoved, text: "The board was moved and does not look like the game. Check the corners and the stones.", nag: true}, true
	case r.bump != nil:
		return standing{state: StateBoardMoved, text: "The board was moved. Looking whether all is in place."}, true
	}
	return standing{}, false
}

// standTakeBack says that a move is to be taken back, or was.
func (r *Referee) standTakeBack() (standing, bool) {
	if q, ok := r.question(AskUndo); ok {
		return standing{state: StateUndoAsked, text: q.Text, quiet: true, nag: true}, true
	}
	if d := &r.diff; len(d.takeBack) > 0 {
		return standing{state: StateTakeBack, points: points(d.takeBack), nag: true,
			text: "Taken back: take off " + stoneNames(d.takeBack, r.size()) + "."}, true
	}
	return standing{}, false
}

// standSetup says what is to be put on the board before the game begins or
// goes on.
func (r *Referee) standSetup() (standing, bool) {
	d := &r.diff
	switch {
	case !r.setup:
		return standing{}, false
	case len(r.placement()) > 0:
		return r.standPlacement(), true
	}
	text := r.textSetup()
	if n := r.data.Setup.Handicap; n > 1 && r.game.MoveCount() == 0 && len(d.unexpected) == 0 {
		text = fmt.Sprintf("Handicap %d: put %s.", n, stoneNames(d.owed, r.size()))
	}
	return standing{state: StateSetup, text: text, points: points(d.unexpected, d.takeBack, d.owed, d.missing), nag: true}, true
}

// standStones says which stones are not where the game has them, or that a hand
// hides them.
func (r *Referee) standStones() (standing, bool) {
	d := &r.diff
	if m := r.misplaced(); m != nil {
		at, should := m.Actual.GTP(r.size()), m.Stone.Point.GTP(r.size())
		text := fmt.Sprintf("%s should be %s.", at, should)
		if m.Actual == m.Stone.Point {
			text = fmt.Sprintf("%s should be %s.", at, colorNames[m.Stone.Color])
		}
		return standing{state: StateMisplaced, text: text, points: []board.Point{m.Actual, m.Stone.Point}, nag: true}, true
	}
	if len(d.owed) > 0 {
		return standing{state: StateOwed, text: capital(stoneNames(d.owed, r.size())) + ".", points: points(d.owed),
			quiet: r.now-r.turnAt < time.Second, nag: true}, true // the move itself was spoken just now
	}
	off := r.unexpected()
	if missing := r.named(d.missing); len(missing) > 0 && !r.forbidden(off) {
		text := capital(stoneNames(missing, r.size())) + " should be there."
		if r.cand != nil && missing[0].Color == r.cand.Move.Color && len(missing) == 1 {
			text = fmt.Sprintf("%s is missing; there is one on %s. Put it back.", capital(nameStone(missing[0], r.size())), r.cand.Move.Point.GTP(r.size()))
		}
		return standing{state: StateMissing, text: text, points: points(missing), nag: true}, true
	}
	if len(off) > 0 {
		return standing{state: StateUnexpected, text: r.textUnexpected(off), points: points(off), nag: true}, true
	}
	if w := r.watch; w != nil && w.blocked >= 0 && r.now-w.blocked >= r.tune.Blind {
		return standing{state: StateCovered, text: "The board is covered."}, true
	}
	return standing{}, false
}

// turn says whose turn it is, or what is on its way.
func (r *Referee) turn() standing {
	switch {
	case r.pending != nil:
		return standing{state: StateSending, text: r.textSent(r.pending.Move), quiet: true}
	case r.resigned:
		return standing{state: StateSending, text: "Resigning.", quiet: true}
	case !r.myTurn():
		return standing{state: StateOpponentsTurn, text: capital(colorNames[r.game.ToMove()]) + " to play.", quiet: true}
	case r.game.HandicapLeft() > 0:
		n := r.data.Setup.Handicap
		return standing{state: StateYourTurn, quiet: true,
			text: fmt.Sprintf("Put handicap stone %d of %d where you like.", n-r.game.HandicapLeft()+1, n)}
	}
	return standing{state: StateYourTurn, text: "Your turn.", quiet: true}
}

// unexpected returns the stones that should not be there and are no move in
// the making.
func (r *Referee) unexpected() []Stone {
	off := r.named(r.diff.unexpected)
	if r.game != nil && r.inPlacement() {
		off = slices.DeleteFunc(off, func(s Stone) bool { return s.Color == r.me() && r.game.Legal(s) })
	}
	if r.cand == nil || r.rival {
		return off
	}
	return slices.DeleteFunc(off, func(s Stone) bool { return s == r.cand.Move })
}

// forbidden reports whether one of the stones is a move of mine that the rules
// do not allow.
func (r *Referee) forbidden(off []Stone) bool {
	return r.myTurn() && slices.ContainsFunc(off, func(s Stone) bool { return s.Color == r.me() && !r.game.Legal(s) })
}

func (r *Referee) textUnexpected(off []Stone) string {
	for _, s := range off {
		if s.Color != r.me() {
			continue
		}
		if !r.myTurn() {
			return fmt.Sprintf("It is not your turn: take off %s.", stoneNames(off, r.size()))
		}
		if err := r.game.Check(s); err != nil {
			return fmt.Sprintf("That cannot be played: %v. Take it off.", err)
		}
	}
	if free := r.placement(); !r.fits(free) {
		return r.textTooMany(free)
	}
	if r.rival && len(off) > 1 {
		return fmt.Sprintf("Which is your move? Take off the other: %s.", stoneNames(off, r.size()))
	}
	return fmt.Sprintf("Take off %s.", stoneNames(off, r.size()))
}

// misplaced finds the owed stone on a point where it does not belong.
func (r *Referee) misplaced() *Misplaced {
	for _, o := range r.diff.owed {
		for _, u := range r.named(r.diff.unexpected) {
			if u.Point == o.Point || u.Color == o.Color && r.watch.spot(u.Point).since >= r.marks[r.index(o.Point)].changed-time.Second {
				return &Misplaced{Stone: o, Actual: u.Point}
			}
		}
	}
	return nil
}

// say announces a change of state.
func (r *Referee) say() {
	s := r.stand()
	changed := s.state != r.state
	if !changed && s.text == r.text {
		if !s.nag || r.now-r.reminded < r.tune.Remind {
			return
		}
	}
	say := ""
	if (changed && !s.quiet) || (s.nag && r.now-r.reminded >= r.tune.Remind) {
		say = s.text
		r.reminded = r.now
	}
	if changed {
		r.reminded = r.now
	}
	r.state, r.text = s.state, s.text
	e := Event{Kind: EventState, State: s.state, Points: s.points, Text: s.text, Say: say}
	if s.state == StateCovered {
		r.event(Event{Kind: EventCovered, Text: s.text})
	}
	r.event(e)
}

// Snapshot returns the present state of the game. A move with infinite odds is
// shown as certain; the referee's memory and its events keep odds/(1+odds),
// which is NaN then, because recorded games have it.
func (r *Referee) Snapshot() *Snapshot {
	s := &Snapshot{At: r.now, Frame: r.frame(), State: r.state, Text: r.text, Other: r.other, Mode: r.mode,
		Me: r.data.Me, Phase: r.phase, Players: r.data.Players, Clocks: r.clocks, Paused: r.paused,
		Questions: shownQuestions(r.questions), Undo: r.undo, Dead: r.dead, Accepted: r.accepted, Result: r.result,
		Pending: r.pending, Candidate: r.cand.shown(),
		Online: r.online && r.synced, Camera: !r.cameraLost()}
	if w := r.watch; w != nil {
		s.Size, s.Locked = w.size, w.locked
		s.Covered = float64(w.hidden) / float64(len(w.spots))
		if w.any {
			s.Spots = w.shown()
		}
	}
	g := r.game
	if g == nil {
		return s
	}
	s.Size, s.ID, s.Name = g.Size(), r.data.ID, r.data.Name
	s.Rules, s.Komi, s.Handicap = r.data.Setup.Rules.Name, r.data.Setup.Komi, r.data.Setup.Handicap
	s.Position, s.Number, s.Moves = g.Position(), g.MoveCount(), g.Moves()
	s.Last, s.HasLast = g.LastMove()
	s.Captures = [2]int{g.Captures(board.Black), g.Captures(board.White)}
	s.ToMove = g.ToMove()
	s.MyTurn = r.phase == game.Playing && r.result == nil && r.myTurn()
	d := &r.diff
	s.Owed, s.Prisoners, s.TakeBack, s.Overlooked = d.owed, d.prisoners, d.takeBack, d.overlooked
	s.Missing, s.Unexpected, s.Misplaced = r.named(d.missing), r.unexpected(), r.misplaced()
	return s
}

// shown is c as a snapshot shows it.
func (c *Candidate) shown() *Candidate {
	if c == nil || !math.IsNaN(c.Confidence) {
		return c
	}
	d := *c
	d.Confidence = 1
	return &d
}

// shownQuestions are questions as a snapshot shows them.
func shownQuestions(qs []Question) []Question {
	for i := range qs {
		if math.IsNaN(qs[i].Confidence) {
			qs = slices.Clone(qs)
			qs[i].Confidence = 1
		}
	}
	return qs
}
