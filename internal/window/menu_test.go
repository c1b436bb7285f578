package window

import (
	"fmt"
	"image"
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/calibrate"
	"github.com/gobancam/gobancam/game"
)

func camerasMenu(t testing.TB) *Menu {
	img, _, _ := on(t, midgame)
	return &Menu{Name: "cameras", Title: "Choose the camera above your board", Sub: "Asked for 1280×720 pixels", Cards: true,
		Items: []Item{{Key: "0", Title: "USB camera", Detail: "1280×720", Image: img}, {Key: "2", Title: "Integrated camera", Detail: "No permission to use /dev/video2; usually the group \"video\" has it."},
			{Key: "phone", Title: "Phone camera", Detail: "scan a code; no app", Symbol: Phone}, {Key: "address", Title: "Network camera", Detail: "by its address", Symbol: Network}, {Key: "demo", Title: "Watch a demo game", Detail: "without camera and account", Symbol: Stones}},
		Buttons: []Choice{{Key: "R", Label: "Resolution"}, {Key: "S", Label: "Search again"}}}
}

func gamesMenu() *Menu {
	m := &Menu{Name: "games", Title: "Choose a game", Sub: "Signed in as Ada (5k) at online-go.com",
		Buttons: []Choice{{Key: "N", Label: "New game"}, {Key: "R", Label: "Refresh"}, {Key: "Escape", Label: "Cameras"}}}
	for i := range 12 {
		m.Items = append(m.Items, Item{Key: fmt.Sprint("game ", i), Title: fmt.Sprintf("opponent %d (4k)", i+1), Detail: "19×19 · you are black · move 31 · friendly", Note: "Opponent's turn · 9:50 left"})
	}
	m.Items[0].Note, m.Items[0].Lead = "Your turn · 9:50 left", true
	return m
}

func offered(m *Menu, opt Options) (*Window, *ui) {
	w := New(opt)
	w.ShowMenu(m)
	return w, ready(w, image.Pt(800, 600))
}

func answers(w *Window) string {
	var out []string
	for {
		select {
		case a := <-w.Answers():
			out = append(out, strings.TrimSpace(a.Menu+" "+a.Key+" "+a.Item+" "+a.Text))
		default:
			return strings.Join(out, "; ")
		}
	}
}

func TestMenuKeysAndClicks(t *testing.T) {
	for _, c := range []struct {
		name string
		menu *Menu
		do   func(u *ui)
		want string
	}{
		{"enter takes the first", gamesMenu(), func(u *ui) { u.press("Enter") }, "games Enter game 0"},
		{"arrows go down and stop at the end", gamesMenu(), func(u *ui) {
			for range 20 {
				u.press("ArrowDown")
			}
			u.press("ArrowUp")
			u.press("Space")
		}, "games Enter game 10"},
		{"a digit takes its item", gamesMenu(), func(u *ui) { u.press("3") }, "games Enter game 2"},
		{"a digit without an item is nothing", camerasMenu(t), func(u *ui) { u.press("9") }, ""},
		{"cards go to the side", camerasMenu(t), func(u *ui) { u.press("ArrowRight"); u.press("Enter") }, "cameras Enter 2"},
		{"a button", gamesMenu(), func(u *ui) { u.clickOn(t, "New game") }, "games N game 0"},
		{"a button's key", gamesMenu(), func(u *ui) { u.press("Escape") }, "games Escape game 0"},
		{"a click on an item", gamesMenu(), func(u *ui) { f := u.face().(*menuFace); u.click(f.spots[1].Min.Add(image.Pt(5, 5))) }, "games Enter game 1"},
		{"an item that was scrolled to", gamesMenu(), func(u *ui) {
			for range 11 {
				u.press("ArrowDown")
			}
			f := u.face().(*menuFace)
			u.click(f.spots[len(f.spots)-1].Min.Add(image.Pt(5, 5)))
		}, "games Enter game 11"},
		{"what is off does nothing", &Menu{Name: "x", Buttons: []Choice{{Key: "N", Label: "New", Off: true}}}, func(u *ui) { u.press("N") }, ""},
	} {
		w, u := offered(c.menu, Options{})
		c.do(u)
		if got := answers(w); got != c.want {
			t.Errorf("%s: answered %q, want %q", c.name, got, c.want)
		}
	}
}

func TestMenuLine(t *testing.T) {
	m := &Menu{Name: "address", Field: "Address", Typed: "http://", Buttons: []Choice{{Key: "Enter", Label: "Use it"}, {Key: "Escape", Label: "Back"}}}
	w, u := offered(m, Options{Mute: func(bool) { t.Error("a letter of the line switched the sound off") }})
	theme := u.theme
	for _, r := range "Mt" { // keys with a meaning elsewhere
		u.press(strings.ToUpper(string(r)))
		u.handle(event{kind: typed, key: string(r)})
	}
	u.handle(event{kind: typed, key: "x\n\x00"})
	u.press("Backspace")
	u.press("Enter")
	if got := answers(w); got != "address Enter  http://Mt" {
		t.Errorf("answered %q", got)
	}
	if u.theme != theme {
		t.Error("a letter of the line changed the colours")
	}
	// The same page, shown anew, keeps what was typed; another does not.
	again := *m
	w.ShowMenu(&again)
	u.look()
	u.press("Enter")
	w.ShowMenu(&Menu{Name: "other", Field: "Other", Buttons: m.Buttons})
	u.look()
	u.press("Enter")
	if got := answers(w); got != "address Enter  http://Mt; other Enter" {
		t.Errorf("answered %q", got)
	}
}

func TestMenuLayouts(t *testing.T) {
	long := &Menu{Name: "allow", Title: "Allow gobancam in your browser", Text: strings.Repeat("words and more words ", 12), Address: "https://online-go.com/oauth2/authorize?" + strings.Repeat("state=0123456789abcdef", 12),
		Code: "ABCD-EFGH", QR: image.NewGray(image.Rect(0, 0, 148, 148)), Field: "Client id", Buttons: []Choice{{Key: "Enter", Label: "Go on"}, {Key: "Escape", Label: "Cancel"}}}
	for _, size := range []image.Point{{800, 600}, {1280, 800}, {3840, 2160}, {600, 900}, {1600, 600}} {
		for _, m := range []*Menu{camerasMenu(t), gamesMenu(), phoneMenu(t), long, {Name: "empty", Title: "Empty", Empty: "Nothing."}} {
			w := New(Options{})
			w.ShowMenu(m)
			u := ready(w, size)
			all := image.Rectangle{Max: size}
			ps := u.look().panels
			for i, p := range ps {
				if p.rect.Empty() || !p.rect.In(all) {
					t.Errorf("%s at %v: a panel is at %v", m.Name, size, p.rect)
				}
				for _, q := range ps[i+1:] {
					if p.rect.Overlaps(q.rect) {
						t.Errorf("%s at %v: %v and %v overlap", m.Name, size, p.rect, q.rect)
					}
				}
			}
			if f := u.face().(*menuFace); m.Name == "cameras" && size.X > size.Y && len(f.spots) < len(m.Items) {
				t.Errorf("at %v only %d of %d cameras are shown", size, len(f.spots), len(m.Items))
			}
		}
	}
}

// Whoever does not see the window hears each page, each choice and each step.
func TestWindowIsSpoken(t *testing.T) {
	var heard []string
	opt := Options{Say: func(s string) { heard = append(heard, s) }}
	expect := func(what string, words ...string) {
		t.Helper()
		all := strings.Join(heard, " | ")
		for _, w := range words {
			if !strings.Contains(all, w) {
				t.Errorf("%s: heard %q, without %q", what, all, w)
			}
		}
		heard = nil
	}
	w, u := offered(gamesMenu(), opt)
	now := time.Now()
	u.narrate(now)
	expect("a page", "Choose a game", "1 of 12: opponent 1 (4k)", "Your turn", "N: New game")
	u.narrate(now)
	if len(heard) > 0 {
		t.Errorf("the same page is said twice: %q", heard)
	}
	u.press("ArrowDown")
	expect("a choice", "2 of 12: opponent 2")

	s := calibrate.NewSession("0", nil)
	w.Calibrate(s, func(*calibrate.Profile) error { return nil })
	step := func() {
		u.look()
		u.narrate(now)
		now = now.Add(2 * time.Second)
		u.narrate(now)
	}
	step()
	expect("calibrating", "Waiting for the camera")
	_, g, _ := on(t, midgame)
	s.Picture(g.Spec().Width, g.Spec().Height)
	s.Done(s.Job(), g, calibrate.Fit{Confidence: 0.99, Distance: 0.01}, nil)
	s.Seen(g, nil, &calibrate.Quality{Light: 50, Contrast: 30, Sharpness: 0.5, Cell: 30, Elevation: 60})
	step()
	expect("found", "9×9 board", "press Enter", "rather dark")
	u.press("Tab")
	expect("a corner", "far left corner")
	u.press("E")
	expect("a lock that is not offered", "cannot lock")
	s.Controls(calibrate.Control{Offered: true, Value: 157}, calibrate.Control{})
	u.press("E")
	expect("a lock", "exposure stays")
	if exposure, focus, changed := s.Wishes(); !exposure || focus || !changed {
		t.Errorf("the session wishes %v, %v, %v", exposure, focus, changed)
	}

	w.CalibrationDone()
	w.ShowMenu(nil)
	snap := midgameSnap()
	w.ShowSnapshot(snap)
	u.look()
	u.press("I")
	expect("the state of the game", "Move 19", "Your turn", "6 minutes", "1 captured")
	u.press("P")
	expect("a key that comes twice", "Press P again")
	over := *snap
	over.Phase, over.Dead = game.StoneRemoval, []board.Point{{X: 3, Y: 6}}
	w.ShowSnapshot(&over)
	u.look()
	u.press("ArrowLeft")
	expect("the first point", "E 5")
	for _, k := range []string{"ArrowLeft", "ArrowDown", "ArrowDown"} {
		u.press(k)
	}
	expect("a dead stone", "D 3, white, dead")
}

func TestPointsOfTheBoardAreClicked(t *testing.T) {
	var clicked []board.Point
	w := New(Options{Point: func(p board.Point) { clicked = append(clicked, p) }})
	w.ShowSnapshot(midgameSnap())
	u := ready(w, image.Pt(800, 600))
	for _, p := range u.places() {
		if p.Name == "J1" {
			u.click(p.Rect.Min)
		}
	}
	if len(clicked) != 1 || clicked[0] != (board.Point{X: 8, Y: 8}) {
		t.Errorf("clicked %v", clicked)
	}
	if got := asked(w); got != "" {
		t.Errorf("and asked %q", got)
	}
}
