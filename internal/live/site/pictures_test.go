package site

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/browsertest"
	"github.com/gobancam/gobancam/internal/live"
)

// picturesVariable names a folder into which TestPictures writes what the page
// looks like, for people to look at.
const picturesVariable = "GOBANCAM_PICTURES"

// screens are those of the house.
var screens = []browsertest.Screen{
	{Width: 360, Height: 740}, {Width: 740, Height: 360}, {Width: 390, Height: 844}, {Width: 820, Height: 1180},
	{Width: 1280, Height: 800}, {Width: 1920, Height: 1080}, {Width: 3840, Height: 2160},
}

// A scene is a moment at which the page is looked at.
type scene struct {
	name string
	opt  Options
	set  func(h *house, tab *browsertest.Tab) // after the page has been opened
}

func clocks(h *house) {
	h.game.Clocks = [2]game.Clock{
		{System: game.ByoYomi, Main: 11*time.Minute + 42*time.Second, Period: 30 * time.Second, Periods: 5, Running: true},
		{System: game.ByoYomi, Overtime: true, Period: 27400 * time.Millisecond, Periods: 3},
	}
	h.game.ClocksAt = time.Now()
}

var scenes = []scene{
	{"nothing", Options{}, func(h *house, tab *browsertest.Tab) {}},
	{"mid-19", Options{Version: "1.0"}, func(h *house, tab *browsertest.Tab) {
		h.begin("1", 19)
		h.play(142)
		clocks(h)
		h.tell()
	}},
	{"numbers-19-camera", Options{Title: "Spring tournament, round 3", Picture: photograph}, func(h *house, tab *browsertest.Tab) {
		h.begin("1", 19)
		h.play(123)
		h.game.Camera = "A hand is over the board."
		clocks(h)
		h.tell()
		h.settle(tab)
		tab.Press("n")
	}},
	{"mid-9-noted", Options{}, func(h *house, tab *browsertest.Tab) {
		h.begin("1", 9)
		h.game.Players = [2]game.Player{{Name: "Wilhelmina Featherstonehaugh-Cholmondeley", Rank: "12k"}, {Name: "A very long nickname indeed", Rank: "3d"}}
		h.play(14)
		h.game.Steps[len(h.game.Steps)-1].Note = "Black may have moved twice; White’s pass was added."
		h.game.Steps[len(h.game.Steps)-4].Note = "Uncertain."
		h.tell()
	}},
	{"setup-9", Options{Delay: 10 * time.Minute}, func(h *house, tab *browsertest.Tab) {
		h.begin("1", 9)
		h.play(9)
		h.setUp("These stones lay differently; nobody saw how.", map[board.Point]board.Color{h.point("A1"): board.Black, h.point("B1"): board.White, h.game.Steps[3].Point: board.Empty}, board.White)
		h.tell()
	}},
	{"past-19", Options{}, func(h *house, tab *browsertest.Tab) {
		h.begin("1", 19)
		h.play(96)
		clocks(h)
		h.tell()
		h.settle(tab)
		for range 12 {
			tab.Click("#back")
		}
		h.play(3)
		clocks(h)
		h.tell()
	}},
	{"result-19", Options{}, func(h *house, tab *browsertest.Tab) {
		h.begin("1", 19)
		h.play(220)
		h.game.Phase, h.game.Result, h.game.Ending = game.Over, "W+4.5", "White wins by 4.5 points"
		h.game.Dead = deadOf(h)
		clocks(h)
		h.game.Clocks[0].Running = false
		h.tell()
	}},
	{"result-13", Options{}, func(h *house, tab *browsertest.Tab) {
		h.begin("1", 13)
		h.play(57)
		h.game.Phase, h.game.Result = game.Over, "B+R"
		h.tell()
	}},
	{"removal-9-text", Options{}, func(h *house, tab *browsertest.Tab) {
		h.begin("1", 9)
		h.play(50)
		h.game.Phase = game.StoneRemoval
		pos := h.position()
		h.game.Dead = pos.Stones(board.White).Points()[:4]
		h.tell()
		h.settle(tab)
		browsertest.Read[bool](tab, "document.querySelectorAll('details').forEach((d) => { d.open = true }) ?? true")
	}},
	{"numbers-25", Options{}, func(h *house, tab *browsertest.Tab) {
		h.begin("1", 25)
		h.play(200)
		h.tell()
		h.settle(tab)
		tab.Press("n")
	}},
	{"ended-13", Options{}, func(h *house, tab *browsertest.Tab) {
		h.begin("1", 13)
		h.play(40)
		clocks(h)
		h.tell()
		h.settle(tab)
		h.feed.Close()
		tab.Await("document.documentElement.dataset.link === 'ended'")
	}},
	{"lost-19", Options{}, func(h *house, tab *browsertest.Tab) {
		h.begin("1", 19)
		h.play(60)
		clocks(h)
		h.tell()
		h.settle(tab)
		h.fault.Store(-1)
		h.cut()
		tab.Await("document.documentElement.dataset.link === 'lost'")
	}},
}

func deadOf(h *house) []board.Point {
	pos := h.position()
	return board.EstimateDead(pos).Points()
}

// TestPictures writes pictures of every scene on every screen, if it is asked
// to.
func TestPictures(t *testing.T) {
	dir := os.Getenv(picturesVariable)
	if dir == "" {
		t.Skip("draws for people to look at, with " + picturesVariable + " only")
	}
	b := browsertest.Open(t)
	overlayPictures(t, b, dir)
	only := os.Getenv(picturesVariable + "_SCENE")
	for _, s := range scenes {
		if only != "" && only != s.name {
			continue
		}
		h := newHouse(t, s.opt)
		h.game = live.Game{}
		h.restart()
		tab := b.Tab(t, browsertest.Screen{Width: 1280, Height: 800, Still: true})
		tab.Go(h.server.URL)
		h.settle(tab)
		s.set(h, tab)
		if h.fault.Load() == 0 {
			h.settle(tab)
		}
		for _, screen := range screens {
			for _, dark := range []bool{false, true} {
				screen.Dark, screen.Still = dark, true
				tab.Resize(screen)
				browsertest.Read[bool](tab, "new Promise((ok) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => ok(true), 60))))")
				shade := "light"
				if dark {
					shade = "dark"
				}
				save(t, tab, filepath.Join(dir, fmt.Sprintf("%s-%dx%d-%s.png", s.name, screen.Width, screen.Height, shade)))
			}
		}
		tab.Forgive("net::ERR", "Failed to load resource")
	}
}

// overlayPictures are those of the board for a broadcast, on nothing.
func overlayPictures(t *testing.T, b *browsertest.Browser, dir string) {
	h := newHouse(t, Options{})
	h.begin("1", 19)
	h.play(70)
	clocks(h)
	h.tell()
	for name, path := range map[string]string{"overlay": "/overlay", "overlay-players": "/overlay?names=1&clocks=1&theme=dark"} {
		tab := b.Tab(t, browsertest.Screen{Width: 800, Height: 800, Still: true})
		tab.SeeThrough()
		tab.Go(h.server.URL + path)
		h.settle(tab)
		save(t, tab, filepath.Join(dir, name+".png"))
	}
}

func save(t *testing.T, tab *browsertest.Tab, path string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, tab.Picture(), 0o644); err != nil {
		t.Fatal(err)
	}
}
