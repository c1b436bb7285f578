package lounge

import (
	"context"
	"errors"
	"fmt"
	"image"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gobancam/gobancam/calibrate"
	"github.com/gobancam/gobancam/internal/app/account"
	"github.com/gobancam/gobancam/internal/app/apptest"
	"github.com/gobancam/gobancam/internal/app/camera"
	"github.com/gobancam/gobancam/internal/app/face"
	"github.com/gobancam/gobancam/internal/app/games"
	"github.com/gobancam/gobancam/internal/app/seat"
	"github.com/gobancam/gobancam/internal/app/state"
	"github.com/gobancam/gobancam/internal/app/voices"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/patient"
	"github.com/gobancam/gobancam/internal/reading"
	"github.com/gobancam/gobancam/internal/window"
)

// sheet is a window that is not there: it keeps the page that it shows.
type sheet struct {
	answers     chan window.Answer
	commands    chan match.Command
	walk        atomic.Pointer[window.Walk]
	calibrating chan calibrating // the page on which a camera is calibrated

	mu       sync.Mutex
	menu     *window.Menu
	question *window.Menu // over the page; nil for none
	answered func(window.Answer)
	news     chan struct{} // closed when another page is shown
}

// calibrating is what the window is given to calibrate a camera.
type calibrating struct {
	session *calibrate.Session
	accept  func(*calibrate.Profile) error
}

func newSheet() *sheet {
	return &sheet{answers: make(chan window.Answer, 1), commands: make(chan match.Command), calibrating: make(chan calibrating, 16), news: make(chan struct{})}
}

func (s *sheet) ShowWalk(k *window.Walk) { s.walk.Store(k) }

func (s *sheet) ShowMenu(m *window.Menu) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.menu = m
	close(s.news)
	s.news = make(chan struct{})
}

// Ask shows the question as a page, and answers it when that page is answered.
func (s *sheet) Ask(m *window.Menu, answered func(window.Answer)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.question, s.answered = m, answered
	close(s.news)
	s.news = make(chan struct{})
}

func (s *sheet) Withdraw(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.question != nil && s.question.Name == name {
		s.question, s.answered = nil, nil
		close(s.news)
		s.news = make(chan struct{})
	}
}

func (s *sheet) Answers() <-chan window.Answer  { return s.answers }
func (s *sheet) Commands() <-chan match.Command { return s.commands }
func (s *sheet) Calibrate(c *calibrate.Session, accept func(*calibrate.Profile) error) {
	s.calibrating <- calibrating{c, accept}
}
func (s *sheet) WantsPicture() (image.Point, bool)                               { return image.Point{}, false }
func (s *sheet) ShowPicture(*image.RGBA, int, int, *grid.Grid, *reading.Reading) {}
func (s *sheet) ShowSnapshot(*match.Snapshot)                                    {}
func (s *sheet) Announce(match.Event)                                            {}
func (s *sheet) Shown() *match.Snapshot                                          { return nil }
func (s *sheet) Clear()                                                          {}
func (s *sheet) Left() bool                                                      { return false }
func (s *sheet) Leave()                                                          {}
func (s *sheet) Close()                                                          {}

// page waits for a page that fits; "" is that of the game.
func (s *sheet) page(t *testing.T, name string, fits func(*window.Menu) bool) *window.Menu {
	t.Helper()
	late := patient.After(time.Minute)
	for {
		s.mu.Lock()
		m, news := s.menu, s.news
		s.mu.Unlock()
		if m == nil && name == "" || m != nil && m.Name == name && (fits == nil || fits(m)) {
			return m
		}
		select {
		case <-news:
		case <-late:
			t.Fatalf("there is no page %q, but %+v", name, m)
		}
	}
}

// visit is somebody who sits in the lounge.
type visit struct {
	*sheet
	t    *testing.T
	l    *Lounge
	out  *apptest.Page
	left chan error
}

// enter opens a lounge without a window.
func enter(t *testing.T, w *apptest.World, opt Options) *visit {
	t.Helper()
	out := &apptest.Page{}
	if opt.Seat == nil {
		opt.Seat = &seat.Seat{}
	}
	opt.Seat.Face, opt.Seat.Lines = face.New(out, true), face.ReadLines(t.Context(), strings.NewReader(""))
	opt.Seat.Log = slog.New(slog.DiscardHandler)
	opt.Server = w.Account
	v, err := voices.Options{NoSound: true, Speech: "off"}.Open(t.Context(), func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	s := newSheet()
	l := &Lounge{opt: opt, seat: opt.Seat, window: s, voices: v, ctx: ctx, life: t.Context(), stop: stop}
	u := &visit{s, t, l, out, make(chan error, 1)}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		u.left <- l.walk(ctx)
	}()
	t.Cleanup(func() {
		stop()
		<-ended
	})
	return u
}

// answer waits for a page and answers it.
func (u *visit) answer(page, key, item, text string) *window.Menu {
	u.t.Helper()
	m := u.page(u.t, page, nil)
	u.answers <- window.Answer{Menu: page, Key: key, Item: item, Text: text}
	return m
}

// The way from nothing to an offer that is withdrawn: a camera's address, which
// is none; the camera of the last time; the games; a new one.
func TestPages(t *testing.T) {
	w := apptest.NewWorld(t)
	g := w.Game(t, "Tuesday")
	u := enter(t, w, Options{})
	u.answer("cameras", "Enter", itemAddress, "")
	u.answer("address", "Enter", "", "my phone")
	u.page(t, "address", func(m *window.Menu) bool { return m.Alarm })
	u.answer("address", "Enter", "", "http://127.0.0.1:1/video")
	m := u.answer("trouble: No picture", "Escape", "", "")
	if !strings.Contains(m.Text, "same network") {
		t.Errorf("the trouble is %q", m.Text)
	}
	u.page(t, "cameras", nil)
	if u.l.seat.Camera.Name != "http://127.0.0.1:1/video" {
		t.Errorf("the camera is %q", u.l.seat.Camera.Name)
	}
	// A camera that is a file is not looked at before the game.
	u.answer("cameras", "Enter", filepath.Join(t.TempDir(), "pictures"), "")
	u.answer("start", "Enter", itemOnline, "")
	m = u.page(t, "games", nil)
	if len(m.Items) != 1 || !strings.Contains(m.Items[0].Title, "bob") || m.Items[0].Note == "" || !strings.Contains(m.Sub, "alice") {
		t.Errorf("the games are %+v", m)
	}
	w.Game(t, "Wednesday")
	u.page(t, "games", func(m *window.Menu) bool { return len(m.Items) == 2 })
	u.answer("games", "N", "", "")
	m = u.page(t, "new game", nil)
	if !slices.ContainsFunc(m.Items, func(i window.Item) bool { return i.Key == "club evening" }) {
		t.Errorf("the kinds of games are %+v", m.Items)
	}
	u.answer("new game", "P", "club evening", "")
	u.answer("opponent", "Enter", "", "nobody")
	u.answer("trouble: No such player", "Enter", "", "")
	u.answer("opponent", "Enter", "", "bob")
	u.page(t, "waiting", nil)
	for len(w.Open()) == 0 {
		time.Sleep(time.Millisecond)
	}
	u.answer("waiting", "Escape", "", "")
	u.page(t, "games", nil)
	if n := len(w.Open()); n != 0 {
		t.Errorf("%d offers stand", n)
	}
	// There are no such pictures: the game is left, and can be chosen again.
	for range 2 {
		u.answer("games", "Enter", fmt.Sprint("game ", g.ID), "")
		u.answer("trouble: The game was left", "Enter", "", "")
	}
	u.page(t, "games", nil)
}

// Two players choose names, rules and komi, and play at a simulated board; the
// record of their game says so.
func TestTwoPlayers(t *testing.T) {
	w := apptest.NewWorld(t)
	u := enter(t, w, Options{Chosen: true, Board: seat.Board{GoOn: func(string) string { return "" }},
		Seat: &seat.Seat{Options: seat.Options{Camera: camera.Choice{Name: "sim:9"}}}})
	u.answer("start", "Enter", itemTwo, "")
	for item, text := range map[string]string{twoBlack: "Anna 3k", twoWhite: "Ben, 1d", twoKomi: "5,5"} {
		u.answer("two", "Enter", item, "")
		u.answer("two: "+item, "Enter", "", text)
	}
	u.answer("two", "Enter", twoKomi, "")
	u.answer("two: "+twoKomi, "Enter", "", "many")
	u.page(t, "two: "+twoKomi, func(m *window.Menu) bool { return m.Alarm })
	u.answer("two: "+twoKomi, "Escape", "", "")
	u.answer("two", "Enter", twoRules, "")
	m := u.page(t, "two", func(m *window.Menu) bool { return m.Items[3].Note == "chinese" })
	if m.Items[0].Note != "Anna 3k" || m.Items[1].Note != "Ben, 1d" || m.Items[5].Note != "5.5" {
		t.Errorf("the page says %+v", m.Items)
	}
	u.answer("two", "B", "", "")
	u.page(t, "", nil) // the game is on
	back := make(chan struct{})
	go func() {
		defer close(back)
		u.page(t, "start", nil)
	}()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for on := true; on; {
		select {
		case <-back:
			on = false
		case <-tick.C: // until there is a game that can be resigned
			u.l.seat.Orders.Give(t.Context(), match.Command{Kind: match.CmdResign})
		}
	}
	files, _ := filepath.Glob(filepath.Join(filepath.Dir(state.GamesFile("x")), "*.sgf"))
	if len(files) != 1 {
		t.Fatalf("the games are kept in %q", files)
	}
	record, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"PB[Anna]", "BR[3k]", "PW[Ben]", "WR[1d]", "RU[Chinese]", "KM[5.5]", "RE["} {
		if !strings.Contains(string(record), want) {
			t.Errorf("the record has no %s: %s", want, record)
		}
	}
}

// Who chose a demo board and does not sign in comes back to the two players; and
// who signs in later for a game of his own is not taken to theirs.
func TestNotSignedInForADemoBoard(t *testing.T) {
	w := apptest.NewWorld(t)
	t.Setenv(account.TokenVariable, "")
	u := enter(t, w, Options{Chosen: true, Seat: &seat.Seat{Options: seat.Options{Camera: camera.Choice{Name: "sim:9"}}}})
	leads := func(m *window.Menu) string { return m.Buttons[len(m.Buttons)-1].Label }
	u.answer("start", "Enter", itemTwo, "")
	u.answer("two", "Enter", twoDemo, "")
	u.page(t, "two", func(m *window.Menu) bool { return m.Items[7].Note == "yes" })
	u.answer("two", "B", "", "")
	if m := u.answer("sign in", "Escape", "", ""); leads(m) != "Back" {
		t.Errorf("away from there leads %q", leads(m))
	}
	if m := u.answer("two", "Escape", "", ""); m.Items[7].Note != "yes" {
		t.Errorf("what was chosen is forgotten: %+v", m.Items)
	}
	u.answer("start", "Enter", itemOnline, "")
	if m := u.page(t, "sign in", nil); leads(m) != "Cameras" || u.l.signedIn != nil {
		t.Errorf("away from there leads %q", leads(m))
	}
}

// Where one game was asked for, the lounge is left with it.
func TestOneGame(t *testing.T) {
	w := apptest.NewWorld(t)
	u := enter(t, w, Options{Chosen: true, Game: &games.Which{Last: true}, Seat: &seat.Seat{Options: seat.Options{Camera: camera.Choice{Name: "none.mp4"}}}})
	if err := <-u.left; !errors.Is(err, games.ErrOver) {
		t.Errorf("left with %v", err)
	}
}
