package main

import (
	"context"
	"encoding/json"
	"fmt"
	"image"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/calibrate"
	"github.com/gobancam/gobancam/internal/app/face"
	"github.com/gobancam/gobancam/internal/disk"
	"github.com/gobancam/gobancam/internal/patient"
	"github.com/gobancam/gobancam/internal/recording"
	"github.com/gobancam/gobancam/internal/sim"
	"github.com/gobancam/gobancam/internal/window"
	"github.com/gobancam/gobancam/internal/window/screentest"
)

// placesVariable names the file in which a driven program says where what can
// be clicked is.
const placesVariable = "GOBANCAM_TEST_PLACES"

// driven is the real program, but that it tells where its buttons are.
func driven() {
	face.Opened = func(w *window.Window) {
		go screentest.Tell(w)
		go func() {
			for range time.Tick(50 * time.Millisecond) {
				if b, err := json.Marshal(w.Places()); err == nil {
					_ = disk.WriteFile(disk.OS, os.Getenv(placesVariable), b, 0o600)
				}
			}
		}()
	}
	os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// user sits at a program's window.
type user struct {
	*screentest.Screen
	t    *testing.T
	home string
}

// seated starts the real program, as a user with a home of its own.
func seated(t *testing.T, home string, args ...string) *user {
	t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(homeIn(home), driveVariable+"=1", placesVariable+"="+filepath.Join(home, "places"), "TMPDIR="+home)
	return &user{screentest.Open(t, cmd), t, home}
}

func (u *user) places() []window.Place {
	var all []window.Place
	if b, err := os.ReadFile(filepath.Join(u.home, "places")); err == nil {
		_ = json.Unmarshal(b, &all)
	}
	return all
}

// look returns the first place whose name begins with one of names.
func (u *user) look(names ...string) (window.Place, bool) {
	all := u.places()
	for _, n := range names {
		for _, p := range all {
			if strings.HasPrefix(p.Name, n) {
				return p, true
			}
		}
	}
	return window.Place{}, false
}

// find waits for one of names to be there.
func (u *user) find(names ...string) window.Place {
	u.t.Helper()
	for asked := time.Now(); !tooLate(asked); time.Sleep(50 * time.Millisecond) {
		if p, ok := u.look(names...); ok {
			return p
		}
	}
	u.t.Fatalf("there is no %q, but %q", names, u.names())
	return window.Place{}
}

// steady waits until a place has stayed where it is for ten looks.
func (u *user) steady(name string) {
	u.t.Helper()
	last, same := image.Rectangle{}, 0
	u.eventually(name+" keeps moving", func() bool {
		if p := u.find(name); p.Rect == last {
			same++
		} else {
			last, same = p.Rect, 0
		}
		return same == 10
	})
}

// eventually waits until ok says so, or fails with what is wrong.
func (u *user) eventually(wrong string, ok func() bool) {
	u.t.Helper()
	for asked := time.Now(); !ok(); time.Sleep(50 * time.Millisecond) {
		if tooLate(asked) {
			u.t.Fatal(wrong)
		}
	}
}

// names are the places but for the points of the board.
func (u *user) names() (all []string) {
	for _, p := range u.places() {
		if _, err := board.ParseGTP(p.Name, 25); err != nil {
			all = append(all, p.Name)
		}
	}
	return all
}

func middle(p window.Place) image.Point { return p.Rect.Min.Add(p.Rect.Size().Div(2)) }

func (u *user) click(names ...string) string {
	u.t.Helper()
	p := u.find(names...)
	u.Screen.Click(middle(p))
	return p.Name
}

// The board is found, a corner dragged, the board turned, and the grid accepted;
// the next start goes straight on.
func TestScreenCalibrate(t *testing.T) {
	cfg := sim.Default(9)
	w, err := sim.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	w.Set(board.Point{X: 2, Y: 2}, board.Black)
	truth := w.Spec().Corners
	address := newRoomWith(t, w, 4).camera
	home := t.TempDir()

	u := seated(t, home, "calibrate", "--camera", address)
	u.find("Accept")
	u.steady("corner 1")
	place := func(i int) image.Point { return u.find(fmt.Sprintf("corner %d", i+1)).Rect.Min }
	drag := func(i int, by image.Point) {
		from := place(i)
		u.Move(from)
		u.Press()
		u.Move(from.Add(by.Div(2)))
		u.Move(from.Add(by))
		u.Release()
	}
	// It snaps back from nearby; without snapping it stays where it is put.
	home0 := place(0)
	drag(0, image.Pt(7, 6))
	u.eventually("the corner did not snap back", func() bool {
		d := place(0).Sub(home0)
		return max(d.X, -d.X, d.Y, -d.Y) <= 1
	})
	u.click("Snap")
	a, b := place(0), place(2)
	k := b.Sub(a)
	scale := math.Hypot(float64(k.X), float64(k.Y)) / truth[0].Dist(truth[2])
	by := image.Pt(-9, 5)
	drag(1, by)
	u.click("Turn")
	u.click("Accept")
	if err := u.Ended(); err != nil {
		t.Fatal(err)
	}
	store := calibrate.Store{Dir: filepath.Join(home, "XDG_CONFIG_HOME", "gobancam", "cameras")}
	p, err := store.Load(address)
	if err != nil {
		t.Fatal(err)
	}
	want := truth
	want[1].X += float64(by.X) / scale
	want[1].Y += float64(by.Y) / scale
	for i := range want {
		if d := p.Grid.Corners[i].Dist(want[(i+1)%4]); d > 1 { // turned by a quarter
			t.Errorf("corner %d is saved at %.2f, %.2f pixels from %.2f", i+1, p.Grid.Corners[i], d, want[(i+1)%4])
		}
	}

	// Mend it, and start again without arguments: nothing is asked about the
	// camera any more.
	p.Grid.Corners = truth
	if err := store.Save(p); err != nil {
		t.Fatal(err)
	}
	state := filepath.Join(home, "XDG_STATE_HOME", "gobancam")
	if err := os.MkdirAll(state, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(state, "last-camera.json"), []byte(`{"camera": "`+address+`"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	u = seated(t, home)
	u.click("A game at")
	u.find("Sign in")
	u.Close()
	if err := u.Ended(); err != nil {
		t.Error(err)
	}
}

// playOn does what is owed until it is the player's turn.
func (u *user) playOn() {
	u.t.Helper()
	for asked := time.Now(); !tooLate(asked); time.Sleep(100 * time.Millisecond) {
		if p, ok := u.look("put ", "take "); ok {
			u.Screen.Click(middle(p))
			for clicked := time.Now(); !patient.Over(clicked, 30*time.Second); time.Sleep(100 * time.Millisecond) {
				if _, still := u.look(p.Name); !still {
					break
				}
			}
			continue
		}
		if _, ok := u.look("Pass"); ok {
			return
		}
	}
	u.t.Fatal("it never was the player's turn")
}

// play plays moves by clicks, and what is owed between them.
func (u *user) play(moves ...string) {
	u.t.Helper()
	for _, m := range moves {
		u.playOn()
		u.click(m)
		for asked := time.Now(); ; time.Sleep(50 * time.Millisecond) {
			if _, mine := u.look("Pass"); !mine {
				break // it was sent
			}
			if tooLate(asked) {
				u.t.Fatalf("%s was not sent; on the screen are %v", m, u.names())
			}
		}
	}
	u.playOn()
}

// recorded reads the only game record below home.
func recorded(t *testing.T, pattern string) *board.Game {
	t.Helper()
	files, _ := filepath.Glob(pattern)
	if len(files) != 1 {
		t.Fatalf("game records: %q", files)
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	trees, err := board.ParseSGF(text)
	if err != nil {
		t.Fatal(err)
	}
	g, err := trees[0].Game()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func blacks(g *board.Game) (moves []string) {
	for _, m := range g.Moves() {
		if m.Color == board.Black && !m.Point.IsPass() {
			moves = append(moves, m.Point.GTP(g.Size()))
		}
	}
	return moves
}

// A game is played to its end by clicks alone, beginning with nothing: the
// program without arguments, without a camera and without an account.
func TestScreenPlayByClicksAlone(t *testing.T) {
	home := t.TempDir()
	u := seated(t, home)
	u.click("Try it yourself")
	mine := []string{"E5", "A9", "J1"}
	u.play(mine...)
	u.click("Pass")
	u.click("Really pass?")
	u.click("Suggest")
	u.click("Agree")
	u.eventually("the game does not end", func() bool {
		_, on := u.look("Resign")
		return !on
	})
	u.click("Games")
	u.find("Try it yourself")
	u.Close()
	if err := u.Ended(); err != nil {
		t.Error(err)
	}
	g := recorded(t, filepath.Join(home, "gobancam-demo-*", "game.sgf"))
	if got := blacks(g); !slices.Equal(got, mine) || !g.Ended() {
		t.Errorf("the record has %v, ended %v; clicked %v", got, g.Ended(), mine)
	}
}

// Resigning is asked twice, and the close button in the middle of a game leaves
// everything saved.
func TestScreenResignAndClose(t *testing.T) {
	home := t.TempDir()
	out := filepath.Join(home, "out")
	u := seated(t, home, "demo", "--hand", "--out", out)
	u.play("E5")
	u.click("Resign")
	u.click("Play on")
	u.play("C3")
	u.Close()
	if err := u.Ended(); err != nil {
		t.Error(err)
	}
	if got := blacks(recorded(t, filepath.Join(out, "game.sgf"))); !slices.Equal(got, []string{"E5", "C3"}) {
		t.Errorf("the record has %v", got)
	}
	s, err := recording.Open(filepath.Join(out, "recording"))
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
}
