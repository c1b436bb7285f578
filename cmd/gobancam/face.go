package main

import (
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/plain"
	"github.com/gobancam/gobancam/internal/terminal"
	"github.com/gobancam/gobancam/internal/window"
)

// face is what the player sees of the game: in a window, where there is one,
// and in a terminal.
type face struct {
	window *window.Window
	voices *voices // nil for none
	json   *terminal.JSON
	text   *terminal.Text
	start  time.Time
}

func newFace(out io.Writer, headless bool) *face {
	f := &face{start: time.Now()}
	if headless {
		f.json = terminal.NewJSON(out)
		return f
	}
	f.text = terminal.NewText(out, isTerminal(out))
	return f
}

// isTerminal reports whether what is written to out is seen by a person.
func isTerminal(out io.Writer) bool {
	file, ok := plain.Unwrap(out).(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

func (f *face) announce(e match.Event) {
	if f.voices != nil {
		f.voices.announce(e)
	}
	if f.window != nil {
		f.window.Announce(e)
	}
	if f.json != nil {
		f.json.Announce(e)
		return
	}
	e.At = time.Since(f.start) // of the saying: notes are between the events, and no line is to be earlier than the one above
	f.text.Announce(e)
}

func (f *face) show(s *match.Snapshot) {
	if f.voices != nil {
		f.voices.show(s)
	}
	if f.window != nil {
		f.window.ShowSnapshot(s)
	}
	if f.text != nil {
		f.text.Show(s)
	}
}

// note says something that is not of the referee.
func (f *face) note(text string) {
	if f.window != nil {
		f.window.Notice(strings.TrimSpace(text))
	}
	if f.json != nil {
		f.json.Line(map[string]any{"event": "note", "time": time.Since(f.start).Round(time.Millisecond).Seconds(), "text": strings.TrimSpace(text)})
		return
	}
	f.text.Say(time.Since(f.start), text)
}
