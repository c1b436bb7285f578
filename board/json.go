package board

import (
	"encoding/json"
	"fmt"
)

// savedGame is a Game in JSON: its set-up, and for each turn the move with
// whose turn it was and how many passes had come before it, which the moves
// alone do not tell after Force and Resume.
type savedGame struct {
	Setup Setup       `json:"setup"`
	Turns []savedTurn `json:"turns,omitempty"`
	Edits []savedEdit `json:"edits,omitempty"`
	Now   savedTurn   `json:"now"` // without a move
}

// savedEdit is a set-up in the middle of the game: after how many moves, whose
// turn it was and the passes in a row before it, and for each point that
// changed X, Y and the colour from then on.
type savedEdit struct {
	At     int      `json:"at"`
	Before [2]int   `json:"before"`
	Set    [][3]int `json:"set,omitempty"`
	Note   string   `json:"note,omitempty"`
}

// savedTurn is colour, X and Y of the move; whose turn it was, and the passes
// in a row before it.
type savedTurn [5]int

// MarshalJSON writes the whole history of the game; UnmarshalJSON makes the
// same game of it.
func (g *Game) MarshalJSON() ([]byte, error) {
	s := savedGame{Setup: g.setup, Now: savedTurn{3: int(g.now.toMove), 4: int(g.now.passes)}}
	for _, t := range g.turns {
		s.Turns = append(s.Turns, savedTurn{int(t.move.Color), int(t.move.Point.X), int(t.move.Point.Y), int(t.before.toMove), int(t.before.passes)})
	}
	for _, e := range g.edits {
		t := savedEdit{At: e.at, Before: [2]int{int(e.before.toMove), int(e.before.passes)}, Note: e.note}
		for _, c := range e.cells {
			p := pointOf(int(c.cell))
			t.Set = append(t.Set, [3]int{int(p.X), int(p.Y), int(c.is)})
		}
		s.Edits = append(s.Edits, t)
	}
	return json.Marshal(s)
}

// edit does again what a savedEdit tells.
func (g *Game) edit(e savedEdit) error {
	pos := g.pos
	for _, c := range e.Set {
		p := Point{int8(c[0]), int8(c[1])}
		if c[0] != int(p.X) || c[1] != int(p.Y) || !pos.On(p) || c[2] < int(Empty) || c[2] > int(White) {
			return fmt.Errorf("a saved game sets up %v", c)
		}
		pos.Set(p, Color(c[2]))
	}
	return g.Edit(pos, g.now.toMove, e.Note)
}

// UnmarshalJSON reads what MarshalJSON wrote. What cannot have been played is
// an error, and g is then as it was.
func (g *Game) UnmarshalJSON(text []byte) error {
	var s savedGame
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	game, err := NewGame(s.Setup)
	if err != nil {
		return err
	}
	turn := func(t savedTurn) error {
		if t[3] < int(Black) || t[3] > int(White) || t[4] < 0 || t[4] > 3 {
			return fmt.Errorf("a saved game has a turn of %v", t)
		}
		game.now.toMove, game.now.passes = Color(t[3]), uint8(t[4])
		return nil
	}
	edits := s.Edits
	edit := func(moves int) error {
		for ; len(edits) > 0 && edits[0].At == moves; edits = edits[1:] {
			if err := turn(savedTurn{3: edits[0].Before[0], 4: edits[0].Before[1]}); err != nil {
				return err
			}
			if err := game.edit(edits[0]); err != nil {
				return err
			}
		}
		return nil
	}
	for i, t := range s.Turns {
		if err := edit(i); err != nil {
			return err
		}
		if t[0] < int(Black) || t[0] > int(White) || t[1] != int(int8(t[1])) || t[2] != int(int8(t[2])) {
			return fmt.Errorf("a saved game has a move of %v", t)
		}
		if err := turn(t); err != nil {
			return err
		}
		if err := game.Force(Move{Color(t[0]), Point{int8(t[1]), int8(t[2])}}); err != nil {
			return err
		}
	}
	if err := edit(len(s.Turns)); err != nil {
		return err
	}
	if len(edits) > 0 {
		return fmt.Errorf("a saved game has a set-up after %d moves of %d", edits[0].At, len(s.Turns))
	}
	if err := turn(s.Now); err != nil {
		return err
	}
	*g = *game
	return nil
}

// MarshalJSON writes the rows as String does; no rows are the zero Position.
func (pos Position) MarshalJSON() ([]byte, error) {
	if pos.size == 0 {
		return []byte("[]"), nil
	}
	return json.Marshal(pos.Rows())
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (pos *Position) UnmarshalJSON(text []byte) error {
	var rows []string
	if err := json.Unmarshal(text, &rows); err != nil {
		return err
	}
	if len(rows) == 0 {
		*pos = Position{}
		return nil
	}
	read, err := ParsePosition(rows...)
	if err == nil {
		*pos = read
	}
	return err
}
