package face

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/app/camera"
	"github.com/gobancam/gobancam/internal/app/voices"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/plain"
	"github.com/gobancam/gobancam/internal/qr"
	"github.com/gobancam/gobancam/internal/reading"
	"github.com/gobancam/gobancam/internal/terminal"
	"github.com/gobancam/gobancam/phone"
	"github.com/gobancam/gobancam/vision"
)

// Handset is the link to the phone that is the camera, as far as it is a face.
type Handset interface {
	Show(phone.Screen)
	Say(phone.Sentence)
	Status() phone.Status
	Commands() <-chan string
	Allow(id string, yes bool)
}

// Handheld is a game on the phone that is its camera: the phone shows and speaks
// it, and its buttons are commands.
type Handheld struct {
	link Handset
	face *Face

	mu     sync.Mutex
	screen phone.Screen // as it was shown last
	at     time.Time    // and when
}

// Hold has the game that begins be shown and said by the phone that is the
// camera, and returns it; nil where the camera is none. Let it go in the end.
func (f *Face) Hold(ctx context.Context, cameraName string) *Handheld {
	if !camera.IsPhone(cameraName) {
		return nil
	}
	l, err := camera.Phones(f.Note)
	if err != nil {
		return nil // the camera has told
	}
	return f.hold(ctx, l)
}

func (f *Face) hold(ctx context.Context, link Handset) *Handheld {
	h := &Handheld{link: link, face: f}
	h.screen.Mode = "play"
	if f.Voices == nil { // a face for a program: who sits at the board hears the phone all the same
		if v, err := (voices.Options{}).OpenElsewhere(ctx); err == nil {
			f.spoken.Store(v)
		}
	}
	if v := f.voice(); v != nil {
		v.Through(h)
	}
	f.phone.Store(h)
	link.Show(h.screen)
	return h
}

// Release ends what Hold began.
func (h *Handheld) Release() {
	if h == nil {
		return
	}
	if v := h.face.voice(); v != nil {
		v.Through(nil)
	}
	h.face.spoken.Store(nil)
	h.face.phone.Store(nil)
}

// voice is what speaks, here or on the phone; nil for nothing.
func (f *Face) voice() *voices.Voices {
	if f.Voices != nil {
		return f.Voices
	}
	return f.spoken.Load()
}

// Say implements voices.Outlet.
func (h *Handheld) Say(text, lang, click string) {
	h.link.Say(phone.Sentence{Text: text, Lang: lang, Click: click})
}

// Speaks implements voices.Outlet.
func (h *Handheld) Speaks() bool { return h.link.Status().Speaking }

// Seen shows where the grid lies in the phone's picture.
func (h *Handheld) Seen(_ *vision.Frame, g *grid.Grid, r *reading.Reading) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.screen
	s.Corners, s.Lines = nil, nil
	if g != nil && (r == nil || r.Lock == reading.Locked) {
		s.Corners, s.Lines = camera.Gridded(g)
	}
	h.show(s)
}

// Show shows a snapshot.
func (h *Handheld) Show(s *match.Snapshot) {
	h.mu.Lock()
	defer h.mu.Unlock()
	next := screenOf(s)
	next.Corners, next.Lines = h.screen.Corners, h.screen.Lines
	h.show(next)
}

// drift is by how much a clock that counts down may be off on the phone, which
// counts by itself, before it is told anew.
const drift = .5 // seconds

// show sends what has changed. h.mu is held.
func (h *Handheld) show(s phone.Screen) {
	now := time.Now()
	if same(h.screen, s, now.Sub(h.at)) {
		return
	}
	h.screen, h.at = s, now
	h.link.Show(s)
}

// same reports whether a screen that was shown so long ago shows now what s does.
func same(was, s phone.Screen, age time.Duration) bool {
	if len(was.Clocks) != len(s.Clocks) {
		return false
	}
	for i, c := range s.Clocks {
		old := was.Clocks[i]
		left := old.Left
		if old.Running {
			left = max(0, left-age.Seconds())
		}
		if old.Running != c.Running || old.Name != c.Name || math.Abs(left-c.Left) > drift || !c.Running && old.Text != c.Text {
			return false
		}
	}
	was.Clocks, s.Clocks = nil, nil
	return reflect.DeepEqual(was, s)
}

// screenOf is what a phone shows of a game: who plays, whose turn it is, the last
// move, the clocks, what is asked, and the buttons that make sense.
func screenOf(s *match.Snapshot) phone.Screen {
	p := phone.Screen{Mode: "play", Size: s.Size, Turn: s.Text}
	if s.Players != [2]game.Player{} {
		p.Title = s.Players[0].Name + " – " + s.Players[1].Name
	}
	switch s.State {
	case match.StateCameraLost, match.StateBoardMoved, match.StateConnectionLost, match.StateMisplaced, match.StateMissing, match.StateUnexpected:
		p.Advice, p.AdviceKind = s.Text, string(s.State)
	}
	if s.HasLast {
		p.Last, p.LastColor = "pass", colourName(s.Last.Color)
		if !s.Last.Point.IsPass() {
			p.Last = s.Last.Point.GTP(s.Size)
		}
	}
	for i, c := range s.Clocks {
		if shown, ok := clockOf(c); ok {
			shown.Color, shown.Name = colourName(board.Color(i+1)), s.Players[i].Name
			p.Clocks = append(p.Clocks, shown)
		}
	}
	if q, ok := s.Asked(); ok {
		p.Question = q.Text
		p.Buttons = append(p.Buttons, "yes", "no")
	}
	switch {
	case s.Result != nil || s.Size == 0:
	case s.Phase == game.StoneRemoval:
		p.Buttons = append(p.Buttons, "accept-score", "reject-score")
	case s.Phase == game.Playing && s.Me == board.Empty: // two people at the board
		p.Buttons = append(p.Buttons, "pass", "undo", "resign")
	case s.Phase == game.Playing && s.Paused != nil:
		p.Buttons = append(p.Buttons, "resume", "resign")
	case s.Phase == game.Playing:
		p.Buttons = append(p.Buttons, "pass", "undo", "pause", "resign")
	}
	return p
}

func colourName(c board.Color) string {
	if c == board.White {
		return "white"
	}
	return "black"
}

// clockOf is a clock at the moment it is shown; ok is false where there is none.
func clockOf(c game.Clock) (phone.Clock, bool) {
	r, ok := c.Read(0)
	if !ok {
		return phone.Clock{Text: c.Text}, c.Text != ""
	}
	text := game.FormatDuration(r.Left)
	if r.Reserve != "" {
		text += " " + r.Reserve
	}
	return phone.Clock{Text: text, Left: r.Left.Seconds(), Running: c.Running}, true
}

// Command sends what the phone's buttons say as commands of a game until ctx
// ends. What was said between games is for none. size is the board's until a
// snapshot tells it.
func (h *Handheld) Command(ctx context.Context, commands chan<- match.Command, shown *atomic.Pointer[match.Snapshot], size int) {
	if h == nil {
		return
	}
	for drained := false; !drained; {
		select {
		case _, ok := <-h.link.Commands():
			if !ok {
				return
			}
		default:
			drained = true
		}
	}
	for {
		var line string
		var ok bool
		select {
		case line, ok = <-h.link.Commands():
			if !ok {
				return
			}
		case <-ctx.Done():
			return
		}
		if s := shown.Load(); s != nil && s.Size != 0 {
			size = s.Size
		}
		c, err := terminal.ParseCommand(line, size)
		if err == nil && c.Kind == match.CmdQuit {
			err = fmt.Errorf("the phone leaves no game: that is done at the computer")
		}
		if err != nil {
			h.face.Note("from the phone: " + err.Error())
			continue
		}
		select {
		case commands <- c:
		case <-ctx.Done():
			return
		}
	}
}

// Attend tells what happens to the phone until ctx ends: what it sends, that its
// battery runs low, that another one wants to be the camera.
func (h *Handheld) Attend(ctx context.Context) {
	if h == nil {
		return
	}
	tick := time.NewTicker(attendEvery)
	defer tick.Stop()
	var said, trouble, asking string
	for {
		s := h.link.Status()
		if said == "" {
			if said = camera.PhoneSays(s); said != "" {
				h.face.Note(said)
			}
		}
		if s.Sending && s.Trouble != trouble { // what ends the pictures is told by the camera
			if trouble = s.Trouble; trouble != "" {
				h.face.Note(trouble)
			}
		}
		id := ""
		if s.Asking != nil {
			id = s.Asking.ID
		}
		if id != asking && id != "" && !h.face.Asks.Load() {
			h.face.Note(s.Asking.Name + " wants to be the camera instead: 'phone yes' lets it, 'phone no' does not.")
		}
		asking = id
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// attendEvery is how often Attend looks.
const attendEvery = 500 * time.Millisecond

// answerPhone takes what the owner says of phones: the answer to another one, or
// the wish to let one in.
func (f *Face) answerPhone(word string) {
	h := f.phone.Load()
	if h == nil {
		f.Note("no phone is the camera")
		return
	}
	s := h.link.Status()
	switch yes := word == "yes" || word == "y"; {
	case word == "invite":
		if l := camera.OpenedPhones(); l != nil {
			f.Invite(l)
		}
	case s.Asking == nil:
		f.Note("no other phone asks to be the camera")
	case !yes && word != "no" && word != "n":
		f.Note("say 'phone yes', 'phone no', or 'phone invite'")
	default:
		h.link.Allow(s.Asking.ID, yes)
	}
}

// Invite shows how a phone becomes the camera: a QR code, where somebody can
// point a phone at it, and the addresses, the secret in them.
func (f *Face) Invite(l *phone.Link) {
	text, first := Invitation(l)
	if f.json != nil {
		f.json.Line(map[string]any{"event": "phone", "time": time.Since(f.start).Round(time.Millisecond).Seconds(), "address": first, "text": text})
		return
	}
	if IsTerminal(f.out) {
		if code, err := qr.Text(first); err == nil { // else it is too long for one
			f.text.Picture(code)
		}
	}
	f.text.Say(time.Since(f.start), text)
}

// Invitation says how a phone becomes the camera, and the address for a QR code.
func Invitation(l *phone.Link) (text, address string) {
	address = l.Invitation()
	_, secret, _ := strings.Cut(address, "#")
	text = "Scan this code with the phone, or open " + address + " in its browser."
	if all := l.Addresses(); len(all) > 1 {
		text += " If that leads nowhere: " + strings.Join(all[1:], "#"+secret+" or ") + "#" + secret + "."
	}
	text += " The browser warns once, because this computer made the certificate itself: go on to the page."
	for _, k := range l.Known()[:min(1, len(l.Known()))] {
		text += " A phone that was here before, such as " + k.Name + ", only opens the page again."
	}
	return text, address
}

// WriteInvitation is Invite for a program's output that is no face.
func WriteInvitation(l *phone.Link, say func(string), control func(string)) {
	text, address := Invitation(l)
	if code, err := qr.Text(address); err == nil && control != nil {
		control(code)
	}
	say(plain.Line(text))
}
