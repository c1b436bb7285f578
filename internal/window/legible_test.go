package window

import (
	"flag"
	"fmt"
	"image"
	"image/color"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/calibrate"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/match"
)

// contrast is that of two colours as WCAG 2.2 defines it, 1 to 21.
func contrast(a, b color.RGBA) float64 {
	lum := func(c color.RGBA) float64 {
		f := func(v uint8) float64 {
			x := float64(v) / 255
			if x <= 0.04045 {
				return x / 12.92
			}
			return math.Pow((x+0.055)/1.055, 2.4)
		}
		return 0.2126*f(c.R) + 0.7152*f(c.G) + 0.0722*f(c.B)
	}
	x, y := lum(a), lum(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestContrast(t *testing.T) {
	if c := contrast(rgb(0), rgb(0xffffff)); math.Abs(c-21) > 1e-9 {
		t.Fatalf("black on white is %v", c)
	}
	for _, th := range []*theme{dark, light} {
		type ground map[string]color.RGBA
		grounds := ground{"back": th.back, "surface": th.surface, "raised": th.raised}
		for _, c := range []struct {
			name  string
			ink   color.RGBA
			on    ground
			least float64
		}{
			{"text", th.text, grounds, 7},
			{"dim", th.dim, grounds, 4.5},
			{"accent", th.accent, grounds, 4.5},
			{"alarm", th.alarm, grounds, 4.5},
			{"border", th.border, grounds, 3},
			{"good", th.good, grounds, 3},
			{"on accent", th.onAccent, ground{"accent": th.accent}, 4.5},
			{"line", th.line, ground{"wood": th.wood}, 4.5}, // and its coordinates
			{"put", th.put, ground{"wood": th.wood}, 3},
			{"take", th.take, ground{"wood": th.wood, "its white rim": rgb(0xffffff)}, 3},
			{"the dot on a black stone", dark.accent, ground{"stone": rgb(0x202225)}, 3},
			{"the dot on a white stone", th.put, ground{"stone": rgb(0xe8e6e0)}, 3},
		} {
			for on, back := range c.on {
				if got := contrast(c.ink, back); got < c.least {
					t.Errorf("%s: %s on %s has a contrast of %.2f, below %.1f", th.name, c.name, on, got, c.least)
				}
			}
		}
	}
}

// looks are the scenes, and some that are full of words.
func looks(t testing.TB) map[string]*Window {
	all := map[string]*Window{}
	opt := Options{Mute: func(bool) {}, Corners: func([4]grid.Pt, int) {}, Games: true}
	for _, sc := range scenes {
		all[sc.name] = sc.make(t)
	}
	s := midgameSnap()
	s.Players[0].Name, s.Players[1].Name = "a_rather_long_name_of_a_player", "another_long_name"
	s.Captures = [2]int{103, 98}
	s.State, s.Text = match.StateCameraLost, "The camera gives no picture: Get \"http://192.168.1.20:8080/video\": dial tcp 192.168.1.20:8080: connect: no route to host."
	w := shown(t, opt, s, midgame)
	w.Watch([]Watching{{Address: "http://192.168.178.123:8080/a-page-with-a-long-name/0123456789"}})
	w.alarm("The server refused black Q16: it is not your turn, and the move before that one has not been acknowledged yet either.")
	all["words"] = w
	for _, k := range []match.QuestionKind{match.AskMove, match.AskUndo, match.AskPass, match.AskTakeBack, match.AskThere, match.AskHandicap, match.AskResign} {
		q := midgameSnap()
		q.Questions = []match.Question{{ID: 1, Kind: k, Text: "Black Q16, D4 and white C3 are missing. Are they there?"}}
		all["question "+string(k)] = shown(t, opt, q, midgame)
	}
	big := midgameSnap()
	big.Size, big.Position, big.HasLast = 19, board.NewPosition(19), false
	all["19×19"] = shown(t, opt, big, midgame)
	bad := calibrating(t)
	bad.st.cal.session.Seen(bad.st.cal.session.Grid(), nil, &calibrate.Quality{Light: 50, Glare: 0.05, Contrast: 10, Sharpness: 0.1, Cell: 12, Elevation: 10, Rate: 3})
	all["all checks poor"] = bad
	sign := New(Options{})
	sign.ShowMenu(&Menu{Name: "sign in", Title: "Sign in", Sub: "Nobody is signed in at online-go.com", QR: checkered(), Field: "Client id",
		Text:    "Once, the server wants to know the application that plays for you. Make a new one on the page below: any name, client type public, grant type authorization code, redirect address http://127.0.0.1:8765/. Type its client id here; Ctrl+V pastes.",
		Address: "https://online-go.com/oauth2/applications/", Buttons: []Choice{{Key: "Enter", Label: "Sign in", Lead: true}, {Key: "Escape", Label: "Cameras"}}})
	all["sign in"] = sign
	phone := New(opt)
	phone.ShowMenu(phoneMenu(t))
	all["phone"] = phone
	all["help"], all["focus"] = shown(t, opt, midgameSnap(), midgame), shown(t, opt, midgameSnap(), midgame)
	said := New(opt)
	for range 9 {
		said.Notice("opponent: good game, thank you, and where is it that you are playing from? I have never seen a real board move so fast.")
		said.alarm("The move was not sent: it could not be written to the journal.")
	}
	all["log"] = said
	return all
}

var screens = []image.Point{{X: 800, Y: 600}, {X: 1120, Y: 720}, {X: 1920, Y: 1080}, {X: 3840, Y: 2160}}

// openFor brings a look to where keys bring it.
func (u *ui) openFor(name string) {
	switch name {
	case "projector":
		u.shown = "projector"
	case "words":
		u.faces["play"].(*playFace).watch = 1
	case "log":
		u.openLog()
	case "help":
		u.openHelp()
	case "focus":
		u.scene()
		u.face().handle(u, event{kind: keyDown, key: "Tab"})
	}
}

// Nothing is written smaller than can be read, and no button's name is cut off.
func TestSmallestLetters(t *testing.T) {
	for name, w := range looks(t) {
		for _, size := range screens {
			u := newUI(w)
			u.fixed = true
			u.state, _ = w.load()
			u.resize(size, 1)
			u.openFor(name)
			var drawn []string
			u.write.Drawn = func(px float32, s string) {
				drawn = append(drawn, s)
				if px < smallest*u.scale-0.5 {
					t.Errorf("%s at %v: %q is %.1f units high", name, size, s, px/u.scale)
				}
			}
			u.render()
			for _, b := range u.buttons() {
				if b.label != "" && !contains(drawn, b.label) {
					t.Errorf("%s at %v: the button %q is cut off", name, size, b.label)
				}
			}
		}
	}
}

func contains(all []string, s string) bool {
	for _, a := range all {
		if a == s {
			return true
		}
	}
	return false
}

// Names, captures, notices and the state are read from two metres.
func TestReadFromAfar(t *testing.T) {
	w := shown(t, Options{}, midgameSnap(), midgame)
	w.Notice("A notice.")
	u := ready(w, image.Pt(1920, 1080))
	want := map[string]bool{"you": false, "Your turn.": false, "A notice.": false, "1 captured · komi 6.5": false, "Move 19": false, "6:12": false}
	u.write.Drawn = func(px float32, s string) {
		if _, ok := want[s]; ok {
			want[s] = true
			if px < far*u.scale-0.5 {
				t.Errorf("%q is %.1f units high", s, px/u.scale)
			}
		}
	}
	u.render()
	for s, seen := range want {
		if !seen {
			t.Errorf("%q is not there", s)
		}
	}
}

// The state never lies over the notice, and is whole where there is room.
func TestStateAndNoticeStayApart(t *testing.T) {
	long := strings.Repeat("The camera gives no picture and is tried again. ", 9)
	for _, text := range []string{"Your turn.", long[:96], long[:192], long} {
		for _, notice := range []string{"", "A notice.", long[:96], long} {
			for _, size := range screens {
				u := ready(shown(t, Options{Mute: func(bool) {}, Corners: func([4]grid.Pt, int) {}, Games: true}, midgameSnap(), midgame), size)
				r := u.face().(*playFace).laid.line
				l := u.layLine(r, text, notice)
				high := float32(len(l.text))*l.size*1.25 + float32(len(l.notice))*far*u.scale*1.25 + 24*u.scale
				if high > float32(r.Dy())+1 {
					t.Errorf("at %v %d letters and %d of a notice need %.0f of %d pixels", size, len(text), len(notice), high, r.Dy())
				}
				if len(text) < 100 && strings.Contains(fmt.Sprint(l.text), "…") {
					t.Errorf("at %v the state is cut off: %q", size, l.text)
				}
			}
		}
	}
}

var only = flag.String("only", "", "draw no others than the scenes whose names contain this")

var pictures = flag.String("pictures", "", "a folder in which every scene is drawn at every size, in both themes")

// Whoever changes how something looks looks at it.
func TestPictures(t *testing.T) {
	if *pictures == "" {
		t.Skip("drawn with -pictures only")
	}
	for name, w := range looks(t) {
		if *only != "" && !strings.Contains(name, *only) {
			continue
		}
		for _, size := range screens {
			for _, th := range []*theme{dark, light} {
				w.timeless()
				u := newUI(w)
				u.fixed, u.theme = true, th
				u.state, _ = w.load()
				u.resize(size, 1)
				u.openFor(name)
				write(t, filepath.Join(*pictures, fmt.Sprintf("%s-%d-%s.png", strings.ReplaceAll(name, " ", "-"), size.X, th.name)), u.render())
			}
		}
	}
}
