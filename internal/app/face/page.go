package face

import (
	"slices"
	"time"

	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/qr"
	"github.com/gobancam/gobancam/internal/window"
)

// PageDemo is the page of a demo board, pageLive one of this machine.
const (
	PageDemo = "demo-board"
	pageLive = "live"
)

// Page tells where the game can be watched: in text, as a QR code where somebody
// can point a phone at it, by voice, and headless as a line of JSON with the name
// event and the address.
func (f *Face) Page(event, address, text, say string) {
	e := match.Event{Kind: match.EventNote, At: time.Since(f.start), Frame: -1, Aside: true, Text: text, Say: say}
	if f.Voices != nil {
		f.Voices.Announce(e)
	}
	f.page(event, address)
	if w := f.Window.Load(); w != nil {
		w.Announce(e)
	}
	if f.json != nil {
		f.json.Line(map[string]any{"event": event, "time": e.At.Round(time.Millisecond).Seconds(), "address": address, "text": text})
		return
	}
	if IsTerminal(f.out) {
		if code, err := qr.Text(address); err == nil { // else it is too long for one
			f.text.Picture(code)
		}
	}
	f.text.Announce(e)
}

// shownPage is where others watch; there is one of each kind.
type shownPage struct{ kind, address string }

// page remembers where others watch, for the window.
func (f *Face) page(kind, address string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	i := slices.IndexFunc(f.pages, func(p shownPage) bool { return p.kind == kind })
	switch {
	case i >= 0 && address == "":
		f.pages = slices.Delete(slices.Clone(f.pages), i, i+1)
	case i >= 0:
		f.pages[i].address = address
	case address != "":
		f.pages = append(f.pages, shownPage{kind, address})
	}
	if w := f.Window.Load(); w != nil {
		f.watch(w)
	}
}

// Unwatched says that nobody can watch any more.
func (f *Face) Unwatched() {
	for _, kind := range []string{pageLive, PageDemo} {
		f.page(kind, "")
	}
}

// Open shows everything in a window from now on; nil for none.
func (f *Face) Open(w *window.Window) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.Window.Store(w)
	if w != nil {
		f.watch(w)
	}
}

func (f *Face) watch(w *window.Window) {
	var at []window.Watching
	for _, p := range f.pages {
		code, err := qr.Image(p.address, 1)
		if err != nil {
			code = nil // it is too long for one
		}
		at = append(at, window.Watching{Address: p.address, Code: code})
	}
	w.Watch(at)
}
