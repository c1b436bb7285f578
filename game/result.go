package game

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/gobancam/gobancam/board"
)

// Result is how a game ended: what SGF can say of it, and what only a server
// does. Its JSON form is that of the recordings: the winner, String and the
// server's words.
type Result struct {
	Winner   board.Color // Empty for a draw (ByPoints) and for no result (Void)
	By       board.EndedBy
	Points   float64 // the margin, with ByPoints
	Words    string  // the server's own, as they came: "Resignation", "3.5 points"; empty without a server
	Annulled bool    // the game does not count

	// text is what String returns when told is set: a text of a recording that
	// the fields above do not lead to.
	text string
	told bool
}

// pointsWord ends the server's words for a margin: "12.5 points".
const pointsWord = " points"

// Counted is the result that the rules make of a game, without a server.
func Counted(r board.Result) Result { return Result{Winner: r.Winner, By: r.By, Points: r.Points} }

// SGF is the result in SGF's terms, which know no annulment and no words of a
// server: its String is the value of the property RE.
func (r Result) SGF() board.Result {
	if r.Annulled || r.By == board.Void {
		return board.Result{By: board.Void}
	}
	return board.Result{Winner: r.Winner, By: r.By, Points: r.Points}
}

// String is the result as a player says it: "B+12.5", "W+R", "B+T", "Draw", "no
// result", with the server's words where there is no letter for it: "B+F
// (Disqualification)", "no result (Moderator Decision)".
func (r Result) String() string {
	if r.told {
		return r.text
	}
	s := r.plain()
	if r.Annulled {
		s += ", annulled"
	}
	return s
}

// plain is String without the annulment.
func (r Result) plain() string {
	side := ""
	switch r.Winner {
	case board.Black:
		side = "B+"
	case board.White:
		side = "W+"
	default:
		if r.By == board.ByPoints {
			return "Draw"
		}
		return "no result" + r.remark()
	}
	points, margin := strings.CutSuffix(r.Words, pointsWord)
	switch {
	case margin:
		return side + points
	case r.By == board.ByPoints:
		return side + strconv.FormatFloat(r.Points, 'f', -1, 64)
	case r.By == board.ByResignation:
		return side + "R"
	case r.By == board.ByTime:
		return side + "T"
	case r.By == board.ByForfeit:
		return side + "F" + r.remark()
	}
	return side + "?"
}

// remark is the server's words in brackets, if it has any.
func (r Result) remark() string {
	if r.Words == "" {
		return ""
	}
	return " (" + r.Words + ")"
}

// recorded is the JSON form of a Result.
type recorded struct {
	Winner board.Color
	Text   string
	Reason string
}

// MarshalJSON implements json.Marshaler.
func (r Result) MarshalJSON() ([]byte, error) {
	return json.Marshal(recorded{r.Winner, r.String(), r.Words})
}

// UnmarshalJSON implements json.Unmarshaler. Whatever the text is, the result
// is written with it again.
func (r *Result) UnmarshalJSON(b []byte) error {
	var w recorded
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*r = Result{Winner: w.Winner, Words: w.Reason}
	text, annulled := strings.CutSuffix(w.Text, ", annulled")
	r.Annulled = annulled
	text, _, _ = strings.Cut(text, " (")
	said, err := board.ParseResult(strings.TrimSuffix(text, "?"))
	switch {
	case text == "no result":
		r.By = board.Void
	case err == nil && said.Winner == r.Winner:
		r.By, r.Points = said.By, said.Points
	case r.Winner == board.Empty:
		r.By = board.Void
	default:
		r.By = board.ByUnknown
	}
	if r.String() != w.Text {
		r.text, r.told = w.Text, true
	}
	return nil
}
