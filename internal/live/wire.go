package live

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/limits"
	"github.com/gobancam/gobancam/internal/plain"
)

// The wire's form of an event: docs/live.md. Points are written as GTP does,
// which needs to know the size of the board: so each event says it. Seconds are
// decimal, to the thousandth; times are RFC 3339, in UTC, likewise.
type (
	wireEvent struct {
		Number int64       `json:"number"`
		Time   time.Time   `json:"time"`
		Size   int         `json:"size,omitzero"` // of a change; a whole game says it in its head
		Game   *wireGame   `json:"game,omitzero"`
		Head   *wireHead   `json:"head,omitzero"`
		Course *wireCourse `json:"course,omitzero"`
		Status *wireStatus `json:"status,omitzero"`
	}
	wireGame struct {
		Head   wireHead   `json:"head"`
		Steps  []wireStep `json:"steps"`
		Status wireStatus `json:"status"`
	}
	wireHead struct {
		ID       string        `json:"id"`
		Size     int           `json:"size"`
		Black    []string      `json:"black,omitempty"`
		White    []string      `json:"white,omitempty"`
		First    wireColor     `json:"first,omitzero"`
		Handicap int           `json:"handicap"`
		Komi     float64       `json:"komi"`
		Rules    string        `json:"rules,omitzero"`
		Players  [2]wirePlayer `json:"players"`
		Name     string        `json:"name,omitzero"`
		Event    string        `json:"event,omitzero"`
		Round    string        `json:"round,omitzero"`
		Place    string        `json:"place,omitzero"`
		Began    time.Time     `json:"began,omitzero"`
	}
	wirePlayer struct {
		Name string `json:"name"`
		Rank string `json:"rank,omitzero"`
	}
	wireCourse struct {
		From  int        `json:"from"`
		Steps []wireStep `json:"steps"`
	}
	wireStep struct {
		Color wireColor  `json:"color,omitzero"`
		Point string     `json:"point,omitzero"`
		Taken []string   `json:"taken,omitempty"`
		Setup *wireSetup `json:"setup,omitzero"`
		At    seconds    `json:"at,omitzero"`
		Note  string     `json:"note,omitzero"`
	}
	wireSetup struct {
		Black  []string  `json:"black,omitempty"`
		White  []string  `json:"white,omitempty"`
		Empty  []string  `json:"empty,omitempty"`
		ToMove wireColor `json:"toMove,omitzero"`
	}
	wireStatus struct {
		Phase    game.Phase     `json:"phase,omitzero"`
		ToMove   wireColor      `json:"toMove,omitzero"`
		Captures [2]int         `json:"captures"`
		Dead     []string       `json:"dead,omitempty"`
		Result   string         `json:"result,omitzero"`
		Ending   string         `json:"ending,omitzero"`
		Clocks   *[2]*wireClock `json:"clocks,omitzero"`
		ClocksAt time.Time      `json:"clocksAt,omitzero"`
		Camera   string         `json:"camera,omitzero"`
	}
	wireClock struct {
		System   game.ClockSystem `json:"system"`
		Left     seconds          `json:"left"`
		Main     seconds          `json:"main"`
		Period   seconds          `json:"period"`
		Periods  int              `json:"periods"`
		Stones   int              `json:"stones"`
		Overtime bool             `json:"overtime"`
		Running  bool             `json:"running"`
		Out      bool             `json:"out"`
		Text     string           `json:"text"` // for who does not want to know what the others mean
	}
)

// wireColor is "B", "W", or nothing for neither.
type wireColor board.Color

func (c wireColor) MarshalText() ([]byte, error) {
	switch board.Color(c) {
	case board.Black:
		return []byte("B"), nil
	case board.White:
		return []byte("W"), nil
	}
	return nil, nil
}

func (c *wireColor) UnmarshalText(b []byte) error {
	switch string(b) {
	case "B":
		*c = wireColor(board.Black)
	case "W":
		*c = wireColor(board.White)
	case "":
		*c = wireColor(board.Empty)
	default:
		return fmt.Errorf("%q is no colour: B or W", brief(string(b)))
	}
	return nil
}

// seconds are a length of time, as a decimal number of them.
type seconds time.Duration

func (s seconds) MarshalJSON() ([]byte, error) {
	return json.Marshal(float64(time.Duration(s).Round(time.Millisecond).Milliseconds()) / 1000)
}

// longest is more than any game lasts: 30 years.
const longest = 30 * 366 * 24 * time.Hour

func (s *seconds) UnmarshalJSON(b []byte) error {
	var f float64
	if err := json.Unmarshal(b, &f); err != nil {
		return err
	}
	if math.Abs(f) > longest.Seconds() {
		return fmt.Errorf("%g seconds are longer than any game", f)
	}
	*s = seconds(time.Duration(math.Round(f*1000)) * time.Millisecond)
	return nil
}

// JSON is the event in the form of docs/live.md. It is made once for all who
// watch the same feed, and must not be changed.
func (e Event) JSON() ([]byte, error) {
	if e.shared != nil {
		return e.shared.json()
	}
	return e.encode()
}

// MarshalJSON implements json.Marshaler.
func (e Event) MarshalJSON() ([]byte, error) { return e.JSON() }

func (e Event) encode() ([]byte, error) {
	w := wireEvent{Number: e.Number, Time: instant(e.Time), Size: e.Size}
	if g := e.Game; g != nil {
		w.Size = 0
		w.Game = &wireGame{Head: headOnWire(&g.Head), Steps: stepsOnWire(g.Steps, g.Size), Status: statusOnWire(&g.Status, g.Size)}
	}
	if e.Head != nil {
		h := headOnWire(e.Head)
		w.Head = &h
	}
	if e.Course != nil {
		w.Course = &wireCourse{e.Course.From, stepsOnWire(e.Course.Steps, e.Size)}
	}
	if e.Status != nil {
		s := statusOnWire(e.Status, e.Size)
		w.Status = &s
	}
	return json.Marshal(w)
}

func headOnWire(h *Head) wireHead {
	w := wireHead{ID: h.ID, Size: h.Size, Black: names(h.Black, h.Size), White: names(h.White, h.Size), First: wireColor(h.First),
		Handicap: h.Handicap, Komi: h.Komi, Rules: h.Rules, Name: h.Name, Event: h.Event, Round: h.Round, Place: h.Place, Began: instant(h.Began)}
	for i, p := range h.Players {
		w.Players[i] = wirePlayer{p.Name, p.Rank}
	}
	return w
}

func stepsOnWire(steps []Step, size int) []wireStep {
	ws := make([]wireStep, len(steps))
	for i, s := range steps {
		w := wireStep{At: seconds(s.At), Note: s.Note}
		if u := s.Setup; u != nil {
			w.Setup = &wireSetup{names(u.Black, size), names(u.White, size), names(u.Empty, size), wireColor(u.ToMove)}
		} else {
			w.Color, w.Point, w.Taken = wireColor(s.Color), s.Point.GTP(size), names(s.Taken, size)
		}
		ws[i] = w
	}
	return ws
}

func statusOnWire(s *Status, size int) wireStatus {
	w := wireStatus{Phase: s.Phase, ToMove: wireColor(s.ToMove), Captures: s.Captures, Dead: names(s.Dead, size),
		Result: s.Result, Ending: s.Ending, ClocksAt: instant(s.ClocksAt), Camera: s.Camera}
	for i, c := range s.Clocks {
		if c.System == "" || c.System == game.NoClock {
			continue
		}
		if w.Clocks == nil {
			w.Clocks = new([2]*wireClock)
		}
		w.Clocks[i] = &wireClock{c.System, seconds(c.Left), seconds(c.Main), seconds(c.Period), c.Periods, c.Stones, c.Overtime, c.Running, c.Out, c.String()}
	}
	return w
}

func names(ps []board.Point, size int) []string {
	if len(ps) == 0 {
		return nil
	}
	s := make([]string, len(ps))
	for i, p := range ps {
		s[i] = p.GTP(size)
	}
	return s
}

// UnmarshalJSON reads an event that comes from elsewhere. What no game can be
// is an error, and e is then as it was; texts are made plain.
func (e *Event) UnmarshalJSON(text []byte) error {
	if len(text) > limits.LiveEvent {
		return limits.Exceed("it is not read", "an event of a live game is larger than %s", limits.Size(limits.LiveEvent))
	}
	if err := limits.Nested(text); err != nil {
		return err
	}
	var w wireEvent
	if err := json.Unmarshal(text, &w); err != nil {
		return fmt.Errorf("this is no event of a live game: %w", err)
	}
	read, err := w.event()
	if err != nil {
		return fmt.Errorf("this is no event of a live game: %w", err)
	}
	*e = read
	return nil
}

var errNoChange = errors.New("it says nothing of a game")

func (w *wireEvent) event() (e Event, err error) {
	if w.Number < 0 {
		return e, fmt.Errorf("its number is %d", w.Number)
	}
	e = Event{Number: w.Number, Time: instant(w.Time), Size: w.Size}
	if w.Game != nil {
		if w.Head != nil || w.Course != nil || w.Status != nil {
			return e, errors.New("it says a whole game and a change")
		}
		e.Size = w.Game.Head.Size
		e.Game, err = w.Game.game()
		return e, err
	}
	if w.Head == nil && w.Course == nil && w.Status == nil {
		return e, errNoChange
	}
	if err := sound(w.Size); err != nil {
		return e, err
	}
	if w.Head != nil {
		if w.Head.Size != w.Size {
			return e, fmt.Errorf("the board has %d lines and %d", w.Size, w.Head.Size)
		}
		h, err := w.Head.head()
		if err != nil {
			return e, err
		}
		e.Head = &h
	}
	if c := w.Course; c != nil {
		if c.From < 0 || c.From > limits.LiveSteps {
			return e, fmt.Errorf("it goes on after step %d", c.From)
		}
		steps, err := stepsOf(c.Steps, w.Size)
		if err != nil {
			return e, err
		}
		e.Course = &Course{c.From, steps}
	}
	if w.Status != nil {
		s, err := w.Status.status(w.Size)
		if err != nil {
			return e, err
		}
		e.Status = &s
	}
	return e, nil
}

func (w *wireGame) game() (*Game, error) {
	head, err := w.Head.head()
	if err != nil {
		return nil, err
	}
	steps, err := stepsOf(w.Steps, head.Size)
	if err != nil {
		return nil, err
	}
	status, err := w.Status.status(head.Size)
	if err != nil {
		return nil, err
	}
	return &Game{head, steps, status}, nil
}

func (w *wireHead) head() (h Head, err error) {
	if err := sound(w.Size); err != nil {
		return h, err
	}
	if w.Handicap < 0 || w.Handicap > w.Size*w.Size || math.Abs(w.Komi) > 1e4 {
		return h, fmt.Errorf("handicap %d and komi %g on %d lines", w.Handicap, w.Komi, w.Size)
	}
	h = Head{ID: plain.Line(w.ID), Size: w.Size, First: board.Color(w.First), Handicap: w.Handicap, Komi: w.Komi, Rules: plain.Line(w.Rules),
		Name: plain.Line(w.Name), Event: plain.Line(w.Event), Round: plain.Line(w.Round), Place: plain.Line(w.Place), Began: instant(w.Began)}
	for i, p := range w.Players {
		h.Players[i] = game.Player{Name: plain.Line(p.Name), Rank: plain.Line(p.Rank)}
	}
	if h.Black, err = points(w.Black, w.Size); err == nil {
		h.White, err = points(w.White, w.Size)
	}
	return h, err
}

func stepsOf(ws []wireStep, size int) ([]Step, error) {
	if len(ws) > limits.LiveSteps {
		return nil, limits.Exceed("", "it has more than %d moves", limits.LiveSteps)
	}
	steps := make([]Step, len(ws))
	for i := range ws {
		var err error
		if steps[i], err = ws[i].step(size); err != nil {
			return nil, fmt.Errorf("step %d: %w", i+1, err)
		}
	}
	return steps, nil
}

func (w *wireStep) step(size int) (s Step, err error) {
	s = Step{At: time.Duration(w.At), Note: plain.Text(w.Note)}
	if s.At < 0 {
		return s, fmt.Errorf("it was %g seconds before the game", s.At.Seconds())
	}
	if u := w.Setup; u != nil {
		if w.Point != "" || len(w.Taken) > 0 || w.Color != 0 {
			return s, errors.New("it is a move and a set-up")
		}
		s.Setup = &Setup{ToMove: board.Color(u.ToMove)}
		if s.Setup.Black, err = points(u.Black, size); err == nil {
			s.Setup.White, err = points(u.White, size)
		}
		if err == nil {
			s.Setup.Empty, err = points(u.Empty, size)
		}
		return s, err
	}
	if s.Color = board.Color(w.Color); s.Color == board.Empty {
		return s, errors.New("a move of nobody")
	}
	if s.Point, err = board.ParseGTP(brief(w.Point), size); err != nil {
		return s, err
	}
	s.Taken, err = points(w.Taken, size)
	return s, err
}

func (w *wireStatus) status(size int) (s Status, err error) {
	if w.Phase != "" && !w.Phase.Known() {
		return s, fmt.Errorf("a phase %q is not known", brief(string(w.Phase)))
	}
	if c := w.Captures; min(c[0], c[1]) < 0 || max(c[0], c[1]) > limits.LiveSteps*board.MaxSize*board.MaxSize {
		return s, fmt.Errorf("captured are %d and %d", c[0], c[1])
	}
	s = Status{Phase: w.Phase, ToMove: board.Color(w.ToMove), Captures: w.Captures, Result: plain.Line(w.Result), Ending: plain.Text(w.Ending),
		ClocksAt: instant(w.ClocksAt), Camera: plain.Text(w.Camera)}
	if s.Dead, err = points(w.Dead, size); err != nil {
		return s, err
	}
	if w.Clocks != nil {
		for i, c := range w.Clocks {
			if c == nil || c.System == game.NoClock {
				continue
			}
			switch c.System {
			case game.MainTime, game.ByoYomi, game.Canadian:
			default:
				return s, fmt.Errorf("a clock %q is not known", brief(string(c.System)))
			}
			if min(c.Periods, c.Stones) < 0 || max(c.Periods, c.Stones) > 1e6 {
				return s, fmt.Errorf("a clock with %d periods and %d stones", c.Periods, c.Stones)
			}
			s.Clocks[i] = game.Clock{System: c.System, Left: time.Duration(c.Left), Main: time.Duration(c.Main), Period: time.Duration(c.Period),
				Periods: c.Periods, Stones: c.Stones, Overtime: c.Overtime, Running: c.Running, Out: c.Out}
		}
	}
	return s, nil
}

// sound refuses a size that no board has; 0 is that of a game that has not
// begun.
func sound(size int) error {
	if size != 0 && (size < board.MinSize || size > board.MaxSize) {
		return fmt.Errorf("a board of %d lines", size)
	}
	return nil
}

// points reads a list of stones, which hold no point twice.
func points(names []string, size int) ([]board.Point, error) {
	if len(names) == 0 {
		return nil, nil
	}
	var set board.PointSet
	ps := make([]board.Point, 0, min(len(names), size*size))
	for _, name := range names {
		p, err := board.ParseGTP(brief(name), size)
		if err != nil {
			return nil, err
		}
		if p.IsPass() || set.Has(p) {
			return nil, fmt.Errorf("%s stands in a list of stones where it cannot", p.GTP(size))
		}
		set.Add(p)
		ps = append(ps, p)
	}
	return ps, nil
}

// instant is a time as the wire tells it; what is no time of people is none.
func instant(t time.Time) time.Time {
	t = t.UTC().Truncate(time.Millisecond)
	if t.Year() < 1 || t.Year() > 9999 {
		return time.Time{}
	}
	return t
}

// brief is what is quoted, or read as a point: none is longer.
func brief(s string) string { return plain.Cut(s, 20) }
