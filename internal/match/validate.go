package match

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/reading"
)

// What comes from outside may be wrong: a server's slip, a recording that a
// stranger made. Step looks at each input before it acts on it and refuses
// what cannot be: an input that is refused changes nothing on the board or in
// the record. What the server says that cannot be makes the referee distrust
// it: see Referee.distrust.

// maxTime bounds every time given, so that no difference of two overflows.
const maxTime = 50 * 365 * 24 * time.Hour

// maxText bounds the texts of a server that are shown and spoken, in bytes.
const maxText = 16 << 10

// maxMoves bounds the moves of a record.
const maxMoves = 10_000

// Validate returns what is wrong with the input in any game, or nil. Step judges
// what depends on the game, such as a point beyond its board.
func (in Input) Validate() error {
	if !timely(in.At) {
		return errors.New("the time of the input is impossible")
	}
	switch {
	case in.Look != nil && in.Look.Err == nil && in.Look.Reading != nil:
		return validReading(in.Look.Reading)
	case in.Server != nil:
		return ValidateEvent(in.Server)
	case in.Command != nil:
		return in.Command.valid()
	}
	return nil
}

func timely(t time.Duration) bool { return t >= 0 && t <= maxTime }

func validReading(r *reading.Reading) error {
	switch {
	case r.Size != 0 && (r.Size < board.MinSize || r.Size > board.MaxSize):
		return fmt.Errorf("a board of %d lines", r.Size)
	case r.Lock != reading.Lost && r.Lock != reading.Unsure && r.Lock != reading.Locked:
		return fmt.Errorf("the grid's state is %d", r.Lock)
	case len(r.Points) != 0 && len(r.Points) != r.Size*r.Size:
		return fmt.Errorf("%d points are seen on a board of %d lines", len(r.Points), r.Size)
	}
	return nil
}

func (c *Command) valid() error {
	for _, p := range c.Points {
		if !onSome(p) {
			return fmt.Errorf("%d, %d is no point", p.X, p.Y)
		}
	}
	if math.IsNaN(c.Below) || math.IsInf(c.Below, 0) {
		return errors.New("the confidence is no number")
	}
	return validCount("the number of a move", c.Number)
}

// ValidateEvent says what is wrong with what the server says, whatever was
// known before; nil if nothing is. Of game.Data the whole record is played.
func ValidateEvent(e game.Event) error {
	switch e := e.(type) {
	case game.Data:
		_, err := playOut(&e)
		return err
	case game.Played:
		if e.Number < 1 || e.Number > maxMoves {
			return fmt.Errorf("a move with the number %d", e.Number)
		}
		return validMove(e.Move)
	case game.Refused:
		return validText(e.Message)
	case game.PhaseChanged:
		return validPhase(e.Phase)
	case game.UndoRequested:
		return validUndo(e.Undo)
	case game.UndoAccepted:
		return errors.Join(validCount("the number of a move", e.Number), validCount("a number of moves taken back", e.Count))
	case game.ClockChanged:
		return validClocks(e)
	case game.PauseChanged:
		return validPause(e.Pause)
	case game.RemovalChanged:
		return validPoints(e.Dead, board.MaxSize)
	case game.RemovalAccepted:
		return validPlayer("who agrees", e.By)
	case game.Finished:
		return validResult(e.Result)
	case game.Disconnected:
		return validText(e.Reason)
	case game.Said:
		return validText(e.Text)
	case game.Acknowledged, game.UndoCanceled, game.Connected:
		return nil
	}
	return fmt.Errorf("a %T is nothing that a server says", e)
}

// playOut plays the record. It fails for a game that cannot be.
func playOut(d *game.Data) (*board.Game, error) {
	if err := validData(d); err != nil {
		return nil, err
	}
	g, err := board.NewGame(d.Setup)
	if err != nil {
		return nil, err
	}
	for i, m := range d.Moves {
		if err := g.Force(m); err != nil {
			return nil, fmt.Errorf("move %d: %w", i+1, err)
		}
	}
	return g, validPoints(d.Dead, g.Size())
}

// validData checks all but the record itself.
func validData(d *game.Data) error {
	if math.IsNaN(d.Setup.Komi) || math.Abs(d.Setup.Komi) > maxMoves {
		return fmt.Errorf("the komi is %v", d.Setup.Komi)
	}
	if len(d.Moves) > maxMoves {
		return fmt.Errorf("the record has %d moves", len(d.Moves))
	}
	errs := []error{validCount("how often the game was told anew", d.Anew), validPhase(d.Phase), validPlayer("my colour", d.Me), validPlayer("whose turn it is", d.ToMove),
		validPause(d.Paused), validText(d.Name)}
	for _, p := range d.Players {
		errs = append(errs, validText(p.Name), validText(p.Rank))
	}
	if d.Undo != nil {
		errs = append(errs, validUndo(*d.Undo))
	}
	if d.Result != nil {
		errs = append(errs, validResult(*d.Result))
	}
	return errors.Join(errs...)
}

func validUndo(u game.Undo) error {
	return errors.Join(validPlayer("who asks to take back", u.By), validCount("the number of a move", u.Number),
		validCount("a number of moves to take back", u.Count))
}

func validPause(p *game.Pause) error {
	if p == nil {
		return nil
	}
	return errors.Join(validPlayer("who paused", p.By), validText(p.Why))
}

func validResult(r game.Result) error {
	return errors.Join(validPlayer("the winner", r.Winner), validText(r.String()), validText(r.Words))
}

// validClocks accepts a time left of less than nothing: a game without a clock has
// that.
func validClocks(c game.ClockChanged) error {
	for _, k := range c.Clocks {
		for _, d := range []time.Duration{k.Left, k.Main, k.Period, k.Start} {
			if d < -maxTime || d > maxTime {
				return errors.New("a clock shows an impossible time")
			}
		}
		if err := errors.Join(validCount("a number of periods", k.Periods), validCount("a number of stones to play", k.Stones)); err != nil {
			return err
		}
		if err := validText(k.Text); err != nil {
			return err
		}
	}
	return validPlayer("whose turn it is", c.ToMove)
}

func validPlayer(what string, c board.Color) error {
	if c > board.White {
		return fmt.Errorf("%s is neither black nor white", what)
	}
	return nil
}

func validCount(what string, n int) error {
	if n < 0 || n > maxMoves {
		return fmt.Errorf("%s is %d", what, n)
	}
	return nil
}

func validPhase(p game.Phase) error {
	if !p.Known() {
		return fmt.Errorf("a phase of the game that is not known: %.40q", string(p))
	}
	return nil
}

func validText(s string) error {
	if len(s) > maxText {
		return fmt.Errorf("a text of %d bytes", len(s))
	}
	return nil
}

// onSome reports whether p is a pass or a point of some board.
func onSome(p board.Point) bool { return p.IsPass() || p.On(board.MaxSize) }

// validMove checks a move without its board.
func validMove(m board.Move) error {
	if m.Color != board.Black && m.Color != board.White {
		return errors.New("a move of neither black nor white")
	}
	if !onSome(m.Point) {
		return fmt.Errorf("a move at %d, %d", m.Point.X, m.Point.Y)
	}
	return nil
}

func validPoints(ps []board.Point, size int) error {
	for _, p := range ps {
		if !p.On(size) {
			return fmt.Errorf("a dead stone at %d, %d", p.X, p.Y)
		}
	}
	return nil
}

// Validate says what is wrong with a tuning; nil if nothing is.
func (t Tuning) Validate() error {
	for _, d := range []time.Duration{t.Fade, t.Apart, t.Steady, t.Dwell, t.Ponder, t.Rest, t.Grace, t.Remind, t.Echo, t.Settle, t.Blind, t.Gap} {
		if !timely(d) {
			return errors.New("a tuning with an impossible time")
		}
	}
	for _, share := range []float64{t.Keep, t.KeepSlow, t.Blunder, t.Hidden, t.Blunder + t.Hidden} {
		if !(share >= 0 && share <= 1) {
			return errors.New("a tuning with an impossible share")
		}
	}
	if !finite(t.Sure, t.Bound, t.Doubt) || t.Fade == 0 || t.Apart == 0 || t.Blunder == 0 || t.Dwell == 0 || t.Ponder == 0 {
		return errors.New("a tuning that nothing can be decided by")
	}
	return nil
}

// Validate says what is wrong with an entry of a journal; nil if nothing is.
func (e Entry) Validate() error {
	if e.Number < 0 || e.Number > maxMoves {
		return fmt.Errorf("an entry of move %d", e.Number)
	}
	return validMove(board.Move{Color: e.Color, Point: e.Point})
}
