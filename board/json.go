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
	Now   savedTurn   `json:"now"` // without a move
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
	return json.Marshal(s)
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
	for _, t := range s.Turns {
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
