package window

import (
	"image"
	"slices"
	"sync"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/calibrate"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/plain"
	"github.com/gobancam/gobancam/internal/reading"
)

// pictureEvery is how often the camera's picture is renewed at most. More is
// not needed to see that all is well, and costs a slow machine dearly.
const pictureEvery = 95 * time.Millisecond

// Options configure a Window.
type Options struct {
	Title string
	Light bool // the light theme instead of the dark one
	// Look is how the window was left, and Keep is told how it is left now: it
	// must not block. Without it nothing is kept.
	Look  Look
	Keep  func(Look)
	Muted bool
	// Mute is called when the user switches the sound off or on; if nil, there
	// is no such switch.
	Mute func(off bool)
	// Again is called when the user wants the last sentence repeated.
	Again func()
	// Say speaks, in English, what the window itself has to tell to those who do
	// not see it: pages, choices, steps of the calibration. The game's own
	// sentences come from the referee. Nil says nothing.
	Say func(text string)
	// Point is told which point of the clean board was clicked during play;
	// without it such clicks mean nothing.
	Point func(board.Point)
	// Games says that there is a page with games to go back to.
	Games bool
	// Reviews says that a game that is over can be looked at: the answer has the
	// menu "play" and the key "R".
	Reviews bool
	// Corners is told when the user sets the corners anew during a game:
	// clockwise from the top left of the position, in pixels of the camera's
	// picture. Without it they cannot be set.
	Corners func(corners [4]grid.Pt, size int)
	// Projector keeps the corners of the projector view; nil forgets them.
	Projector *calibrate.Store
	// Linger is how long the window stays after Close, for the user to read the
	// result; a key keeps it open. 0 closes at once.
	Linger time.Duration
	// CacheDir keeps the index of the system's fonts; empty for none.
	CacheDir string
}

// Window is what a window shows: every method may be called by any goroutine,
// and none waits for the drawing.
type Window struct {
	opt      Options
	commands chan match.Command
	answers  chan Answer

	mu      sync.Mutex
	st      state
	version int
	wanted  time.Time     // before which no picture is
	room    image.Point   // pixels that a picture is shown in; 0, 0 before it is known
	done    chan struct{} // closed by Close
	places  []Place       // of the last scene
	frame   time.Time     // when the last frame began
}

// state is everything a Window has been told. A copy is a snapshot: what it
// points to never changes.
type state struct {
	picture *picture
	snap    *match.Snapshot
	snapAt  time.Time
	notice  string
	alarm   bool
	muted   bool
	closing time.Time // when Close was called
	leaving bool      // the user wants to go, and the game is being settled
	cal     *Calibration
	menu    *Menu
	ask     *overlaid // over whatever is shown; nil for nothing
	walk    *Walk
	watch   []Watching
	noticed time.Time // when the notice came
	busy    time.Time // until then it stands, if nothing urgent comes
	queue   []saying  // notes that wait for their turn
	log     []saying
	fonts   int  // grows when more fonts are known
	stay    bool // a key was pressed while the window lingers
}

// picture is what the camera sees. It is immutable.
type picture struct {
	img           *image.RGBA
	width, height int // of the camera's own picture, in whose pixels the grid is
	grid          *grid.Grid
	reading       *reading.Reading
	number        int
	at            time.Time // when it came
}

// New returns a Window that shows nothing yet.
func New(opt Options) *Window {
	if opt.Title == "" {
		opt.Title = "gobancam"
	}
	return &Window{opt: opt, commands: make(chan match.Command, 64), answers: make(chan Answer, 16), done: make(chan struct{}), st: state{muted: opt.Muted}}
}

// Commands delivers the user's commands, given by key or click.
func (w *Window) Commands() <-chan match.Command { return w.commands }

// do passes a command on. Nobody gives 64 commands at once, so a full channel
// means that nobody is reading it.
func (w *Window) do(c match.Command) {
	select {
	case w.commands <- c:
	default:
		w.Notice("That was not done: the program is busy. Try again.")
	}
}

func (w *Window) change(f func(*state)) {
	w.mu.Lock()
	f(&w.st)
	w.version++
	w.mu.Unlock()
}

func (w *Window) load() (state, int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.st, w.version
}

// WantsPicture reports whether it is time for a new picture, and how large it
// is shown, in pixels: a larger one is not needed. The size is 0, 0 when all of
// it is of use.
func (w *Window) WantsPicture() (size image.Point, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.room, !time.Now().Before(w.wanted)
}

// ShowPicture shows what the camera sees and what was read in it, grid and
// reading being nil while the board has not been found. width and height are
// those of the camera's picture, of which img may be a smaller copy. Img must
// not be changed any more.
func (w *Window) ShowPicture(img *image.RGBA, width, height int, g *grid.Grid, r *reading.Reading) {
	w.change(func(s *state) {
		n := 1
		if s.picture != nil {
			n = s.picture.number + 1
		}
		s.picture = &picture{img: img, width: width, height: height, grid: g, reading: r, number: n, at: time.Now()}
		w.wanted = time.Now().Add(pictureEvery)
	})
}

// ShowSnapshot shows where the game stands.
func (w *Window) ShowSnapshot(snap *match.Snapshot) {
	w.change(func(s *state) {
		now := remembered(s.snap, plainly(snap))
		if said := disagreed(s.snap, now); said != "" {
			s.notify(time.Now(), said, true, urgent)
			if w.opt.Say != nil {
				go w.opt.Say(said)
			}
		}
		s.snap, s.snapAt = now, time.Now()
	})
}

// blind reports whether the board is not seen just now.
func blind(s *match.Snapshot) bool { return !s.Camera || !s.Locked }

// remembered returns now with what was to be done on the board before the eyes
// went blind. What they do not see, the referee does not tell; it is still to be
// done, and so is putting down what the opponent has played since.
func remembered(before, now *match.Snapshot) *match.Snapshot {
	if before == nil || now == nil || !blind(now) || now.Phase != game.Playing || before.ID != now.ID || before.Size != now.Size ||
		len(now.Owed)+len(now.Prisoners)+len(now.TakeBack) > 0 {
		return now
	}
	s := *now
	for _, st := range before.Owed {
		if s.Position.At(st.Point) == st.Color {
			s.Owed = append(s.Owed, st)
		}
	}
	if l := now.Last; now.HasLast && now.Number > before.Number && now.Me != board.Empty && l.Color != now.Me && !l.Point.IsPass() {
		if st := (match.Stone(l)); s.Position.At(l.Point) == l.Color && !slices.Contains(s.Owed, st) {
			s.Owed = append(s.Owed, st)
		}
	}
	for _, st := range before.Prisoners {
		if s.Position.At(st.Point) == board.Empty {
			s.Prisoners = append(s.Prisoners, st)
		}
	}
	for _, st := range before.TakeBack {
		if s.Position.At(st.Point) == board.Empty {
			s.TakeBack = append(s.TakeBack, st)
		}
	}
	return &s
}

// plainly returns the snapshot with the words of others made plain, whatever
// the way they came: a game that goes on from a file, an old recording.
func plainly(snap *match.Snapshot) *match.Snapshot {
	if snap == nil {
		return nil
	}
	s := *snap
	s.Name, s.Text = plain.Line(s.Name), plain.Line(s.Text)
	for i, p := range s.Players {
		s.Players[i].Name, s.Players[i].Rank = plain.Name(p.Name), plain.Name(p.Rank)
	}
	return &s
}

// NoClick answers a click on the drawn board that means nothing.
func (w *Window) NoClick() { w.Notice(textNoClick) }

// Close says that there is nothing more to show: what Run drew goes away, after
// Options.Linger.
func (w *Window) Close() {
	w.change(func(s *state) {
		if s.closing.IsZero() {
			s.closing = time.Now()
			close(w.done)
		}
	})
}

// Done is closed by Close.
func (w *Window) Done() <-chan struct{} { return w.done }

// leave is the user's wish to close the window.
func (w *Window) leave() {
	w.change(func(s *state) { s.leaving = true })
	w.do(match.Command{Kind: match.CmdQuit})
}

// shownAt notes how large the camera's picture is shown, and what can be
// clicked.
func (w *Window) shownAt(size image.Point, places []Place) {
	w.mu.Lock()
	w.room, w.places = size, places
	if w.st.cal != nil {
		w.room = image.Point{} // all of it: a loupe looks at its pixels
	}
	w.mu.Unlock()
}

// Clear forgets the game and the picture, before another game is shown.
func (w *Window) Clear() {
	w.change(func(s *state) {
		s.picture, s.snap, s.notice, s.alarm, s.cal = nil, nil, "", false, nil
		s.busy, s.queue = time.Time{}, nil
	})
}

// Shown returns where the game stands that is shown, nil for none.
func (w *Window) Shown() *match.Snapshot {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.st.snap
}

// Place is where something that can be clicked is.
type Place struct {
	Name string // what is written on a button, or the name of a point of the board
	Rect image.Rectangle
}

// Places tells where the window's buttons, choices and points are now, in
// pixels of the window, for tools that drive it.
func (w *Window) Places() []Place {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.places
}

// Frame is when the last frame began: what hands did before was seen by the one
// after it at the latest. For tools that drive the window.
func (w *Window) Frame() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.frame
}

// Leave has the window go as soon as it is closed, without lingering.
func (w *Window) Leave() { w.change(func(s *state) { s.leaving = true }) }

// Left reports whether the user closed the window.
func (w *Window) Left() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.st.leaving
}
