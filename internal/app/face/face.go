// Package face is what a player sees, hears and types: a window or a terminal
// or lines of JSON, the voices, and the lines that come from the keyboard or
// from a speech recogniser.
package face

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/term"

	"github.com/gobancam/gobancam/internal/app/voices"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/plain"
	"github.com/gobancam/gobancam/internal/qr"
	"github.com/gobancam/gobancam/internal/terminal"
	"github.com/gobancam/gobancam/internal/window"
)

// Face is what the player sees of the game: in a window, where there is one,
// and in a terminal.
type Face struct {
	Window atomic.Pointer[window.Window] // nil for none; it can break while a game is on
	Voices *voices.Voices                // nil for none
	Kept   atomic.Pointer[string]        // the record of the game that ended last, nil for none
	// Asks says that the window asks by itself about another phone that wants to
	// be the camera.
	Asks   atomic.Bool
	json   *terminal.JSON
	text   *terminal.Text
	out    io.Writer
	start  time.Time
	phone  atomic.Pointer[Handheld]      // the phone that is the camera of the game; nil for none
	spoken atomic.Pointer[voices.Voices] // what it says where Voices is nil

	mu    sync.Mutex
	pages []shownPage // where others watch
}

// New returns a face that writes to out: text, or lines of JSON if it is headless.
func New(out io.Writer, headless bool) *Face {
	f := &Face{out: out, start: time.Now()}
	if headless {
		f.json = terminal.NewJSON(out)
		return f
	}
	f.text = terminal.NewText(out, IsTerminal(out))
	return f
}

// IsTerminal reports whether what is written to out is seen by a person.
func IsTerminal(out io.Writer) bool {
	file, ok := plain.Unwrap(out).(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// Announce tells of an event.
func (f *Face) Announce(e match.Event) {
	slog.Info("event", "kind", e.Kind, "text", e.Text)
	if v := f.voice(); v != nil {
		v.Announce(e)
	}
	if w := f.Window.Load(); w != nil {
		w.Announce(e)
	}
	if f.json != nil {
		f.json.Announce(e)
		return
	}
	e.At = time.Since(f.start) // of the saying: notes are between the events, and no line is to be earlier than the one above
	f.text.Announce(e)
}

// Show shows a snapshot.
func (f *Face) Show(s *match.Snapshot) {
	if v := f.voice(); v != nil {
		v.Show(s)
	}
	if h := f.phone.Load(); h != nil {
		h.Show(s)
	}
	if w := f.Window.Load(); w != nil {
		w.ShowSnapshot(s)
	}
	if f.text != nil {
		f.text.Show(s)
	}
}

// Note says something that is not of the referee.
func (f *Face) Note(text string) {
	slog.Info("note", "text", strings.TrimSpace(text))
	if w := f.Window.Load(); w != nil {
		w.Notice(strings.TrimSpace(text))
	}
	if f.json != nil {
		f.json.Line(map[string]any{"event": "note", "time": time.Since(f.start).Round(time.Millisecond).Seconds(), "text": strings.TrimSpace(text)})
		return
	}
	f.text.Say(time.Since(f.start), text)
}

// Watched says where others can watch the games on this network: at the first of
// these pages most likely.
func (f *Face) Watched(pages []string) {
	f.page(pageLive, pages[0])
	if f.json != nil {
		f.json.Line(map[string]any{"event": "live", "time": time.Since(f.start).Round(time.Millisecond).Seconds(), "address": pages[0], "addresses": pages})
		return
	}
	f.text.Say(time.Since(f.start), "watch the game at "+strings.Join(pages, " or "))
	if !IsTerminal(f.out) {
		return
	}
	if code, err := qr.Text(pages[0]); err == nil {
		_ = plain.Control(f.out, code) // the address has been said
	}
}

// Print gives out a game's record that is in no file.
func (f *Face) Print(sgf []byte) {
	if f.json != nil {
		f.json.Line(map[string]any{"event": "record", "sgf": string(sgf)})
		return
	}
	fmt.Fprintf(f.out, "\n%s\n", sgf)
}
