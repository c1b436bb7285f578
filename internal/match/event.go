package match

import (
	"encoding/json"
	"math"

	"github.com/gobancam/gobancam/board"
)

// MarshalJSON writes the event as the command line prints it: points as
// players say them, colours as B and W, times in seconds.
func (e Event) MarshalJSON() ([]byte, error) {
	v := struct {
		Event      EventKind `json:"event"`
		State      State     `json:"state,omitempty"`
		Number     int       `json:"number,omitempty"`
		Color      string    `json:"color,omitempty"`
		Point      string    `json:"point,omitempty"`
		Points     []string  `json:"points,omitempty"`
		Frame      *int      `json:"frame,omitempty"`
		Time       float64   `json:"time"`
		Confidence float64   `json:"confidence,omitempty"`
		Mine       bool      `json:"mine,omitempty"`
		ID         int       `json:"id,omitempty"`
		Question   string    `json:"question,omitempty"`
		Moves      []string  `json:"moves,omitempty"`
		Result     string    `json:"result,omitempty"`
		Text       string    `json:"text,omitempty"`
	}{Event: e.Kind, Number: e.Number, Time: round(e.At.Seconds(), 3), Confidence: round(e.Confidence, 5), Mine: e.Mine, Text: e.Text}
	if e.Frame >= 0 {
		v.Frame = &e.Frame
	}
	if e.Kind == EventState {
		v.State = e.State
	}
	if e.Color != board.Empty {
		v.Color, v.Point = letter(e.Color), e.Point.GTP(e.Size)
		if e.Kind == EventResult || e.Kind == EventRemoval {
			v.Point = ""
		}
	}
	for _, p := range e.Points {
		v.Points = append(v.Points, p.GTP(e.Size))
	}
	if q := e.Question; q != nil {
		v.ID, v.Question = q.ID, string(q.Kind)
		for _, m := range q.Moves {
			v.Moves = append(v.Moves, letter(m.Color)+" "+m.Point.GTP(e.Size))
		}
	}
	if e.Result != nil {
		v.Result = e.Result.String()
	}
	return json.Marshal(v)
}

func letter(c board.Color) string { return [...]string{"", "B", "W"}[c] }

// round rounds, and turns NaN and infinities, which JSON cannot express, into 0.
func round(v float64, digits int) float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	f := math.Pow10(digits)
	return math.Round(v*f) / f
}
