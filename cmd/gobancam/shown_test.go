package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/app/account"
	"github.com/gobancam/gobancam/internal/browsertest"
	"github.com/gobancam/gobancam/internal/sim"
	"github.com/gobancam/gobancam/ogs/ogstest"
)

// shown is a game at a board that the real program shows in three places: on a
// page before a real browser, on a demo board of a server, and in a file. The
// board stands in a room of its own, so it stays as it is while the program is
// killed. What was done there is known here, and kept by rules that owe nothing
// to the program's.
type shown struct {
	t    *testing.T
	srv  *ogstest.Server
	room *room
	tab  *browsertest.Tab
	p    *program
	size int
	file string
	args []string
	page string

	done  []deed
	turn  board.Color
	kills int
}

// deed is one step of the game that was really played.
type deed struct {
	color board.Color
	point board.Point   // of a move; Pass for a pass
	added []board.Point // of a set-up, with color; nil for a move
	took  bool          // it took stones
	pos   board.Position
}

func newShown(t *testing.T, size int, browser *browsertest.Browser, args ...string) *shown {
	t.Helper()
	srv, alice, _ := ogsWorld(t)
	t.Setenv(account.TokenVariable, srv.Token(alice))
	s := &shown{t: t, srv: srv, room: newRoomOf(t, size), size: size, turn: board.Black, file: filepath.Join(t.TempDir(), "game.sgf")}
	// A port that is free now, so that the page is found again after a kill.
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := l.Addr().String()
	l.Close()
	s.page = "http://" + at + "/"
	s.args = append([]string{"record", "--camera", s.room.camera, "--headless", "--sgf", s.file, "--demo", "--live", at,
		"--black", "Anna", "--black-rank", "3k", "--white", "Ben"}, args...)
	s.start()
	s.p.expect(`"event":"live"`)
	s.tab = browser.Tab(t, browsertest.Screen{Width: 1000, Height: 800})
	s.tab.Go(s.page)
	s.tab.Click("#numbers")
	return s
}

func (s *shown) start() { s.p = start(s.t, s.args...) }

// again kills the program, and starts it anew at the same board, with the same
// file.
func (s *shown) again() {
	s.t.Helper()
	s.p.kill()
	s.kills++
	s.start()
}

// position is what lies on the board by what was played.
func (s *shown) position() board.Position {
	if n := len(s.done); n > 0 {
		return s.done[n-1].pos
	}
	return board.NewPosition(s.size)
}

// playOn is a stone put down on p; it returns what it takes, or false where it may
// not be put.
func playOn(pos board.Position, c board.Color, p board.Point) (after board.Position, taken []board.Point, ok bool) {
	if pos.At(p) != board.Empty {
		return pos, nil, false
	}
	pos.Set(p, c)
	for _, q := range pos.Neighbours(p) {
		if pos.At(q) != c.Opponent() {
			continue
		}
		if chain, free := pos.Chain(q); free.IsEmpty() {
			for d := range chain.All() {
				pos.Set(d, board.Empty)
				taken = append(taken, d)
			}
		}
	}
	_, free := pos.Chain(p)
	return pos, taken, !free.IsEmpty()
}

func seatOf(c board.Color) sim.Seat {
	if c == board.White {
		return sim.North
	}
	return sim.South
}

// move has whose turn it is put a stone down, and lift what it takes.
func (s *shown) move(at string) {
	s.t.Helper()
	p, err := board.ParseGTP(at, s.size)
	if err != nil {
		s.t.Fatal(err)
	}
	if !s.movePoint(p) {
		s.t.Fatalf("%s cannot be played", at)
	}
}

func (s *shown) movePoint(p board.Point) bool {
	c := s.turn
	pos, taken, ok := playOn(s.position(), c, p)
	if !ok {
		return false
	}
	s.room.live.Do(func(w *sim.World) {
		hand := w.Player(seatOf(c))
		hand.Place(p, c)
		if len(taken) > 0 {
			hand.Take(taken...)
		}
	})
	s.done, s.turn = append(s.done, deed{color: c, point: p, took: len(taken) > 0, pos: pos}), c.Opponent()
	return true
}

func (s *shown) pass() {
	s.t.Helper()
	s.inFile() // else it would be somebody else's
	s.p.enter("pass")
	s.done, s.turn = append(s.done, deed{color: s.turn, point: board.Pass, pos: s.position()}), s.turn.Opponent()
}

// lift has all stones lifted that do not belong to what was played, and put down
// those that are missing.
func (s *shown) lift() {
	want := s.position()
	s.room.live.Do(func(w *sim.World) {
		for p := range want.Points() {
			here, there := w.Stone(p), want.At(p)
			if here == there {
				continue
			}
			if here != board.Empty {
				w.Player(seatOf(here)).Take(p)
			}
			if there != board.Empty {
				w.Player(seatOf(there)).Place(p, there)
			}
		}
	})
}

// takenBack forgets all but the first n deeds.
func (s *shown) takenBack(n int) {
	if n < len(s.done) {
		s.turn = s.done[n].color
		if s.done[n].added != nil {
			s.t.Fatal("a set-up is not taken back here")
		}
	}
	s.done = s.done[:n]
}

// add puts stones of one colour onto the board at once, that nobody played, and
// says that this is what lies there.
func (s *shown) add(c board.Color, names ...string) {
	s.t.Helper()
	pos := s.position()
	d := deed{color: c}
	for _, name := range names {
		p, err := board.ParseGTP(name, s.size)
		if err != nil || pos.At(p) != board.Empty {
			s.t.Fatal(name, err)
		}
		pos.Set(p, c)
		d.added = append(d.added, p)
	}
	slices.SortFunc(d.added, func(a, b board.Point) int { return int(a.Y)*s.size + int(a.X) - int(b.Y)*s.size - int(b.X) })
	s.room.live.Do(func(w *sim.World) {
		for _, p := range d.added {
			w.Set(p, c)
		}
	})
	time.Sleep(time.Second) // the camera sees them, too
	s.p.enter("board")
	d.pos = pos
	s.done = append(s.done, d)
}

// moves counts what was played.
func (s *shown) moves() (n int) {
	for _, d := range s.done {
		if d.added == nil {
			n++
		}
	}
	return n
}

// truth is what all three places have to say.
func (s *shown) truth() (line, course, drawn string) {
	var words, steps []string
	numbers := map[board.Point]int{}
	viewers, n := board.Black, 0
	for _, d := range s.done {
		switch {
		case d.added != nil:
			for _, p := range d.added {
				words = append(words, fmt.Sprintf("!%d%s", d.color, p.OGS()))
				steps = append(steps, "+"+d.color.String()[:1]+p.GTP(s.size))
				delete(numbers, p)
			}
			continue
		case d.color != viewers:
			words = append(words, "..")
		}
		n++
		words = append(words, d.point.OGS())
		steps = append(steps, d.color.String()[:1]+d.point.GTP(s.size))
		if !d.point.IsPass() {
			numbers[d.point] = n
		}
		viewers = d.color.Opponent()
	}
	return strings.Join(words, " "), strings.Join(steps, " "), s.stones(s.position(), numbers)
}

// stones are those on a board, with their numbers.
func (s *shown) stones(pos board.Position, numbers map[board.Point]int) string {
	var list []string
	for p := range pos.Points() {
		if c := pos.At(p); c != board.Empty {
			word := p.GTP(s.size) + c.String()[:1]
			if n := numbers[p]; n > 0 {
				word += strconv.Itoa(n)
			}
			list = append(list, word)
		}
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

// drawn reads the page as it is drawn: each stone, with its number.
const drawn = `(() => {
	const numbers = Object.fromEntries([...document.querySelectorAll('#board .number')].map((e) => [e.dataset.point, e.textContent]));
	return [...document.querySelectorAll('#board .stone')].map((s) => s.dataset.point + s.dataset.color.toLowerCase() + (numbers[s.dataset.point] ?? '')).sort().join(' ');
})()`

// written reads the file as any reader of SGF does.
func (s *shown) written() (course, stones string) {
	text, err := os.ReadFile(s.file)
	if err != nil {
		return err.Error(), ""
	}
	roots, err := board.ParseSGF(text)
	if err != nil {
		return err.Error(), ""
	}
	g, err := roots[0].Game()
	if err != nil {
		return err.Error(), ""
	}
	var steps []string
	edits := g.Edits()
	edit := func(n int) {
		for ; len(edits) > 0 && edits[0].At == n; edits = edits[1:] {
			for mark, points := range map[string][]board.Point{"+b": edits[0].Black, "+w": edits[0].White, "-": edits[0].Empty} {
				for _, p := range points {
					steps = append(steps, mark+p.GTP(s.size))
				}
			}
		}
	}
	for i, m := range g.Moves() {
		edit(i)
		steps = append(steps, m.Color.String()[:1]+m.Point.GTP(s.size))
	}
	edit(g.MoveCount())
	return strings.Join(steps, " "), s.stones(g.Position(), nil)
}

// differs compares the three places with what was played, and says where they are
// not the same.
func (s *shown) differs() string {
	line, course, stones := s.truth()
	plain := s.stones(s.position(), nil)
	var wrong []string
	check := func(what, got, want string) {
		if got != want {
			wrong = append(wrong, fmt.Sprintf("%s:\n   %s\nnot %s", what, got, want))
		}
	}
	gotCourse, gotStones := s.written()
	check("the course in the file", gotCourse, course)
	check("the stones in the file", gotStones, plain)
	reviews := s.srv.Reviews()
	if len(reviews) != 1 {
		return fmt.Sprintf("there are %d demo boards", len(reviews))
	}
	r := reviews[0]
	check("the main line of the demo board", r.MainLine(), line)
	check("what its viewers see", r.Shown(), line)
	check("the stones on it", s.stones(r.Board(), nil), plain)
	if branches(r) {
		wrong = append(wrong, "there are branches on the demo board: "+r.Tree())
	}
	check("the stones on the page", browsertest.Read[string](s.tab, drawn), stones)
	check("the page's connection", browsertest.Read[string](s.tab, "document.documentElement.dataset.link"), "open")
	check("the page's state", browsertest.Read[string](s.tab, "document.documentElement.dataset.state"), "live")
	return strings.Join(wrong, "\n")
}

var inQuotes = regexp.MustCompile(`"(\\.|[^"\\])*"`)

// branches reports whether a demo board has more than one line.
func branches(r *ogstest.Review) bool {
	return strings.Contains(inQuotes.ReplaceAllString(r.Tree(), ""), "(")
}

// agree waits until page, demo board and file say what was played. Nobody waits
// for long: the page and the file say it within a second of the program.
func (s *shown) agree(when string) {
	s.t.Helper()
	var wrong string
	for asked := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		if wrong = s.differs(); wrong == "" {
			return
		}
		if tooLate(asked) {
			s.t.Fatalf("%s:\n%s\nthe program says\n%s", when, wrong, s.p.text())
		}
	}
}

// inFile waits until the file has all moves.
func (s *shown) inFile() {
	s.t.Helper()
	_, course, _ := s.truth()
	for asked := time.Now(); ; time.Sleep(2 * time.Millisecond) {
		got, _ := s.written()
		if got == course {
			return
		}
		if tooLate(asked) {
			s.t.Fatalf("the file has\n%s\nnot\n%s\nthe program says\n%s", got, course, s.p.text())
		}
	}
}

// resign has whose turn it is resign, and the program killed as soon as that is
// kept.
func (s *shown) resign() {
	s.t.Helper()
	s.p.enter("resign")
	until(s.t, "the result is in the file", func() bool {
		text, _ := os.ReadFile(s.file)
		return strings.Contains(string(text), "RE["+s.result()+"]")
	})
	s.tab.Await("document.documentElement.dataset.state === 'over'")
	won := map[board.Color]string{board.Black: "Black", board.White: "White"}[s.turn.Opponent()]
	if got, want := s.tab.Text("#headline"), won+" wins by resignation"; got != want {
		s.t.Errorf("the page says %q, not %q", got, want)
	}
	s.p.kill()
	s.kills++
}

func (s *shown) result() string {
	return strings.ToUpper(s.turn.Opponent().String()[:1]) + "+R"
}

// over gives the file of a game that is over to the program again, and compares
// what is left of the game when that has ended.
func (s *shown) over() {
	s.t.Helper()
	s.start()
	contains(s.t, s.p.ends(exitOK), "holds a game that is over ("+s.result()+")")
	r := s.srv.Reviews()[0]
	line, course, _ := s.truth()
	if r.MainLine() != line || r.Shown() != line || branches(r) {
		s.t.Errorf("at the end the demo board has\n%s\nnot\n%s", r.Tree(), line)
	}
	if got, _ := s.written(); got != course {
		s.t.Errorf("at the end the file has\n%s\nnot\n%s", got, course)
	}
	if d := r.Setup(); d.Outcome != s.result() || d.Black != "Anna" || d.BlackRank != 27 || d.White != "Ben" {
		s.t.Errorf("the demo board says %+v", d)
	}
	if !strings.Contains(r.Text(), "wins by resignation") {
		s.t.Errorf("the last text on the demo board is %q", r.Text())
	}
	if n := len(s.srv.Reviews()); n != 1 {
		s.t.Errorf("there are %d demo boards", n)
	}
	s.tab.Forgive("net::ERR", "Failed to load resource")
}
