package terminal

import (
	"fmt"
	"io"
	"time"

	"github.com/gobancam/gobancam/internal/limits"
	"github.com/gobancam/gobancam/internal/match"
)

// Retelling tells a game that is worked out from pictures, or decided again from
// a recording, in text or in lines of JSON. What a stranger's recording makes it
// say without end is cut off.
type Retelling struct {
	out     io.Writer
	lines   *JSON // nil for text
	voice   func(match.Event)
	note    func(string)
	explain int // the move of which it is said why it was decided; 0 for none
	said    bool
	events  int
}

// Ended is the last line that a retelling has in JSON.
type Ended struct {
	Event   string  `json:"event"` // "end"
	Frames  int     `json:"frames"`
	Damaged int     `json:"damaged,omitempty"` // pictures, or lines of a recording, that were passed over
	Moves   int     `json:"moves"`
	Seconds float64 `json:"seconds"` // of the recording
	Error   string  `json:"error,omitempty"`
}

// NewRetelling returns one that writes to out, and tells note what goes wrong.
func NewRetelling(out io.Writer, json bool, explain int, note func(string)) *Retelling {
	r := &Retelling{out: out, note: note, explain: explain}
	if json {
		r.lines = NewJSON(out)
		r.voice = r.lines.Announce
	} else {
		r.voice = NewText(out, false).Announce
	}
	return r
}

// Announce implements match.Voice.
func (r *Retelling) Announce(e match.Event) {
	switch r.events++; {
	case r.events <= limits.Events:
		r.voice(e)
	case r.events == limits.Events+1:
		r.note(fmt.Sprintf("more than %d events: no game has so many, and the rest is not shown", limits.Events))
	}
}

// Few passes on the first notes, up to most, and then says that there are more.
func (r *Retelling) Few(most int) func(string) {
	n := 0
	return func(s string) {
		switch n++; {
		case n <= most:
			r.note(s)
		case n == most+1:
			r.note("… and more of this kind, which is not shown")
		}
	}
}

// Decision says why a move was decided, if it is the one that was asked about.
func (r *Retelling) Decision(d match.Decision) {
	if r.explain == 0 || d.Number != r.explain {
		return
	}
	r.said = true
	if r.lines != nil {
		r.lines.Line(map[string]any{"event": "decision", "number": d.Number, "asked": d.Asked, "frame": d.Frame,
			"time": d.At.Round(time.Millisecond).Seconds(), "why": d.Why, "hypotheses": d.Hypotheses})
		return
	}
	verb := "decided"
	if d.Asked {
		verb = "asked about"
	}
	fmt.Fprintf(r.out, "move %d was %s at %.2f s, picture %d. %s\n", d.Number, verb, d.At.Seconds(), d.Frame, d.Why)
	for _, h := range d.Hypotheses {
		fmt.Fprintf(r.out, "  %9.5f %%  prior %7.2f  evidence %8.2f  %s\n", 100*h.Share, h.Prior, h.Evidence, h.Text)
	}
}

// Unexplained is an error if the move that was asked about was not decided.
func (r *Retelling) Unexplained() error {
	if r.explain == 0 || r.said {
		return nil
	}
	return fmt.Errorf("move %d was not decided here: it was the opponent's, entered by a command, or is not in the recording", r.explain)
}

// End says how much there was: in JSON, or by a text and what was passed over.
func (r *Retelling) End(e Ended, text, damaged, manyDamaged string) {
	e.Event = "end"
	switch {
	case r.lines != nil:
		r.lines.Line(e)
		return
	case e.Damaged == 1:
		text += fmt.Sprintf(" 1 damaged %s was passed over.", damaged)
	case e.Damaged > 1:
		text += fmt.Sprintf(" %d damaged %s were passed over.", e.Damaged, manyDamaged)
	}
	fmt.Fprintln(r.out, text)
}
