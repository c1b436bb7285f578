package face

import (
	"time"

	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/qr"
)

// Page tells where the game can be watched: in text, as a QR code where somebody
// can point a phone at it, by voice, and headless as a line of JSON with the name
// event and the address.
func (f *Face) Page(event, address, text, say string) {
	e := match.Event{Kind: match.EventNote, At: time.Since(f.start), Frame: -1, Aside: true, Text: text, Say: say}
	if f.Voices != nil {
		f.Voices.Announce(e)
	}
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
