package site

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/browsertest"
	"github.com/gobancam/gobancam/internal/live"
)

// house is a board at which a game is played, the program that tells it, and
// the network between that and those who watch.
type house struct {
	t       testing.TB
	r       *rand.Rand
	server  *httptest.Server
	feed    *live.Feed
	game    live.Game
	options Options
	handler atomic.Pointer[http.Handler]
	sent    atomic.Int64 // bytes of answers
	fault   atomic.Int64 // of the network: 0, or a status, or -1 for a connection that is cut
}

func newHouse(t testing.TB, opt Options) *house {
	h := &house{t: t, r: rand.New(rand.NewPCG(3, 4)), options: opt}
	if h.options.SGF == nil {
		h.options.SGF = func(*live.Game) ([]byte, error) { return []byte("(;GM[1])"), nil }
	}
	h.restart()
	h.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch fault := h.fault.Load(); {
		case fault < 0:
			panic(http.ErrAbortHandler)
		case fault > 0:
			http.Error(w, "not now", int(fault))
			return
		}
		(*h.handler.Load()).ServeHTTP(&counted{w, &h.sent}, r)
	}))
	h.server.Config.ErrorLog = nil
	t.Cleanup(func() {
		h.server.CloseClientConnections()
		h.server.Close()
	})
	return h
}

// counted counts what is sent.
type counted struct {
	http.ResponseWriter
	n *atomic.Int64
}

func (c *counted) Unwrap() http.ResponseWriter { return c.ResponseWriter }

func (c *counted) Write(b []byte) (int, error) {
	c.n.Add(int64(len(b)))
	return c.ResponseWriter.Write(b)
}

// restart is another run of the program, which numbers its events anew.
func (h *house) restart() {
	h.feed = live.NewFeed()
	h.feed.Tell(h.now())
	handler := New(h.feed, h.options)
	h.handler.Store(&handler)
}

// cut ends every connection, as a router does that begins anew.
func (h *house) cut() { h.server.CloseClientConnections() }

// now is a copy of the game that nobody changes any more.
func (h *house) now() *live.Game {
	g := h.game
	g.Steps = slices.Clone(h.game.Steps)
	return &g
}

func (h *house) tell() { h.feed.Tell(h.now()) }

func (h *house) begin(id string, size int) {
	h.game = live.Game{Head: live.Head{ID: id, Size: size, First: board.Black, Komi: 6.5, Rules: "japanese",
		Players: [2]game.Player{{Name: "Anna", Rank: "3k"}, {Name: "Ben", Rank: "4k"}}},
		Status: live.Status{Phase: game.Playing, ToMove: board.Black}}
}

func (h *house) position() board.Position { return h.game.Position(len(h.game.Steps)) }

// move plays a stone, or a pass; it reports whether the rules let it.
func (h *house) move(c board.Color, p board.Point) bool {
	step := live.Step{Color: c, Point: p, At: time.Duration(len(h.game.Steps)) * 7 * time.Second}
	if !p.IsPass() {
		pos := h.position()
		if pos.At(p) != board.Empty {
			return false
		}
		pos.Set(p, c)
		var taken board.PointSet
		for _, q := range pos.Neighbours(p) {
			if pos.At(q) == c.Opponent() && pos.Liberties(q) == 0 {
				chain, _ := pos.Chain(q)
				taken = taken.Union(chain)
			}
		}
		if taken.IsEmpty() && pos.Liberties(p) == 0 {
			return false
		}
		step.Taken = taken.Points()
	}
	h.step(step)
	return true
}

func (h *house) step(s live.Step) {
	h.game.Steps = append(h.game.Steps, s)
	h.count()
}

// back takes steps back until n are left.
func (h *house) back(n int) {
	h.game.Steps = h.game.Steps[:n]
	h.count()
}

// count brings up to date what follows from the steps.
func (h *house) count() {
	h.game.Captures, h.game.ToMove = [2]int{}, h.game.First
	for _, s := range h.game.Steps {
		switch s.Color {
		case board.Black:
			h.game.Captures[0] += len(s.Taken)
			h.game.ToMove = board.White
		case board.White:
			h.game.Captures[1] += len(s.Taken)
			h.game.ToMove = board.Black
		default:
			h.game.ToMove = s.Setup.ToMove
		}
	}
}

// play plays n moves, as people do: near to other stones, and taking what can
// be taken.
func (h *house) play(n int) {
	for range n {
		h.playOne()
	}
}

func (h *house) playOne() {
	c, pos := h.game.ToMove, h.position()
	best, most := board.Pass, -1000.0
	for p := range pos.Points() {
		if pos.At(p) != board.Empty {
			continue
		}
		worth := h.r.Float64() * 6
		free := 0
		for _, q := range pos.Neighbours(p) {
			switch pos.At(q) {
			case board.Empty:
				free++
			case c.Opponent():
				worth += []float64{0, 30, 3, 1, .5}[min(4, pos.Liberties(q))]
			default:
				worth += []float64{0, 8, 1, 0, -1}[min(4, pos.Liberties(q))]
			}
		}
		edge := min(min(int(p.X), int(p.Y)), min(h.game.Size-1-int(p.X), h.game.Size-1-int(p.Y)))
		worth += float64(free) + []float64{-4, -1, 1.5, 1.5, 0, 0, 0, 0, 0, 0, 0, 0, 0}[edge]
		if free == 0 {
			worth -= 8
		}
		if worth > most {
			best, most = p, worth
		}
	}
	if !h.move(c, best) {
		h.move(c, board.Pass)
	}
}

// setUp puts and takes away stones by hand.
func (h *house) setUp(note string, stones map[board.Point]board.Color, toMove board.Color) {
	s := live.Setup{ToMove: toMove}
	pos := h.position()
	for p := range pos.Points() { // in order
		switch c, ok := stones[p]; {
		case !ok:
		case c == board.Black:
			s.Black = append(s.Black, p)
		case c == board.White:
			s.White = append(s.White, p)
		default:
			s.Empty = append(s.Empty, p)
		}
	}
	h.step(live.Step{Setup: &s, Note: note})
}

func (h *house) point(name string) board.Point {
	p, err := board.ParseGTP(name, h.game.Size)
	if err != nil {
		h.t.Fatal(err)
	}
	return p
}

// stones are those of the game after n steps, as shown reads them.
func (h *house) stones(n int) string {
	pos := h.game.Position(n)
	var words []string
	for p := range pos.Points() {
		switch pos.At(p) {
		case board.Black:
			words = append(words, p.GTP(h.game.Size)+" B")
		case board.White:
			words = append(words, p.GTP(h.game.Size)+" W")
		}
	}
	slices.Sort(words)
	return strings.Join(words, ", ")
}

// shown are the stones that are drawn in a browser.
func shown(tab *browsertest.Tab) string {
	return browsertest.Read[string](tab, "[...document.querySelectorAll('#board .stone')].map((s) => s.dataset.point + ' ' + s.dataset.color).sort().join(', ')")
}

// settle waits until the page has been told all.
func (h *house) settle(tab *browsertest.Tab) {
	h.t.Helper()
	_, number := h.feed.Game()
	tab.Await(fmt.Sprintf("document.documentElement.dataset.number === '%d'", number))
}

// photograph is a picture that a camera might have made.
func photograph() []byte {
	img := image.NewRGBA(image.Rect(0, 0, 400, 400))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	for y := range 400 {
		for x := range 400 {
			img.Set(x, y, color.RGBA{uint8(190 + (x+y)%16), uint8(150 + y%12), 90, 255})
			if x%20 == 10 || y%20 == 10 {
				img.Set(x, y, color.RGBA{60, 45, 30, 255})
			}
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		panic(err)
	}
	return b.Bytes()
}
