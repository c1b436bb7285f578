package terminal

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/plain"
)

// JSON writes each event as a line of JSON: the headless face for programs.
// It is safe for concurrent use.
type JSON struct {
	mu  sync.Mutex
	out io.Writer
}

// NewJSON writes to out.
func NewJSON(out io.Writer) *JSON { return &JSON{out: out} }

// Announce implements match.Voice.
func (j *JSON) Announce(e match.Event) { j.Line(e) }

// Line writes anything as one line of JSON.
func (j *JSON) Line(v any) {
	b, err := json.Marshal(v)
	if err != nil {
		b, _ = json.Marshal(map[string]string{"event": "alarm", "text": fmt.Sprintf("an event could not be written: %v", err)})
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.out.Write(append(plain.JSON(b), '\n')) // a reader that is gone must not end the game
}

// Text prints events as sentences and, where the terminal allows, keeps the
// board below them up to date. It is safe for concurrent use.
type Text struct {
	mu    sync.Mutex
	out   io.Writer
	live  bool // draw the board in place
	drawn int  // lines of the board on the screen
	board string
	last  string // what the last sentence was
}

// NewText prints to out; live says that out is a terminal on which the board
// may be redrawn in place.
func NewText(out io.Writer, live bool) *Text { return &Text{out: out, live: live} }

// Announce implements match.Voice.
func (t *Text) Announce(e match.Event) {
	if e.Text == "" || e.Kind == match.EventState && (t.live || t.told(e.Text)) {
		return // the board says it, or the event that led to the state did
	}
	t.Say(e.At, e.Text)
}

// told reports whether the last sentence said text and more: "White C1, takes
// 3." says "White C1."
func (t *Text) told(text string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.HasPrefix(t.last, strings.TrimSuffix(text, ".")+",")
}

// Say prints a sentence above the board, unless it was the last one too.
func (t *Text) Say(at time.Duration, text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if text == t.last {
		return
	}
	t.last = text
	t.wipe()
	fmt.Fprintf(t.out, "%6.1f s  %s\n", at.Seconds(), text)
	t.draw()
}

// Picture prints a drawing of ours above the board; what it tells the terminal to
// do is done.
func (t *Text) Picture(drawing string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.wipe()
	plain.Control(t.out, drawing)
	t.draw()
}

// Show redraws the board.
func (t *Text) Show(s *match.Snapshot) {
	t.mu.Lock()
	defer t.mu.Unlock()
	b := Board(s)
	if !t.live || b == t.board {
		t.board = b
		return
	}
	t.wipe()
	t.board = b
	t.draw()
}

// wipe erases the board: it moves up to its first line and clears from there.
func (t *Text) wipe() {
	if t.drawn > 0 {
		plain.Control(t.out, fmt.Sprintf("\x1b[%dA\x1b[J", t.drawn))
		t.drawn = 0
	}
}

func (t *Text) draw() {
	if t.live && t.board != "" {
		io.WriteString(t.out, "\n"+t.board)
		t.drawn = strings.Count(t.board, "\n") + 1
	}
}
