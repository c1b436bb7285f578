package window

import (
	"fmt"
	"image"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/calibrate"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/window/paint"
)

// ready returns the ui of a window as it would be on a screen.
func ready(w *Window, size image.Point) *ui {
	u := newUI(w)
	u.fixed = true
	u.resize(size, 1)
	u.look()
	return u
}

// look lays the scene out again, as the next tick would.
func (u *ui) look() scene {
	u.state, _ = u.w.load()
	return u.scene()
}

func (u *ui) press(key string) {
	u.handle(event{kind: keyDown, key: key})
	u.look()
}

func (u *ui) click(at image.Point) {
	u.handle(event{kind: pressed, at: at})
	u.handle(event{kind: released, at: at})
	u.look()
}

// clickOn clicks on the button with the label.
func (u *ui) clickOn(t *testing.T, label string) {
	t.Helper()
	for _, b := range u.buttons() {
		if b.label == label && !b.off {
			u.click(b.rect.Min.Add(b.rect.Size().Div(2)))
			return
		}
	}
	t.Fatalf("there is no button %q to click", label)
}

// asked returns the commands so far, in words.
func asked(w *Window) string {
	var out []string
	for {
		select {
		case c := <-w.Commands():
			s := string(c.Kind)
			for _, p := range c.Points {
				s += " " + p.GTP(9)
			}
			if c.Question != 0 {
				s += fmt.Sprintf(" #%d", c.Question)
			}
			out = append(out, s)
		default:
			return strings.Join(out, ", ")
		}
	}
}

func TestKeysAndClicksAsk(t *testing.T) {
	question := func(s *match.Snapshot) {
		s.Questions = []match.Question{{ID: 4, Kind: match.AskResign, Text: "Really?"}}
	}
	gone := func(k match.QuestionKind) func(*match.Snapshot) {
		return func(s *match.Snapshot) {
			s.Questions = []match.Question{{ID: 5, Kind: k, Text: "Black E5 is missing."}}
		}
	}
	scoring := func(s *match.Snapshot) { s.Phase, s.State = game.StoneRemoval, match.StateRemoval }
	for _, c := range []struct {
		name   string
		change func(*match.Snapshot)
		do     string // keys, and labels of buttons in brackets
		want   string
	}{
		{"one press does not pass", nil, "P", ""},
		{"two do", nil, "P P", "pass"},
		{"two clicks do", nil, "[Pass] [Really pass?]", "pass"},
		{"another key between disarms", nil, "P L P", "look"},
		{"not my turn", func(s *match.Snapshot) { s.MyTurn = false }, "P P", ""},
		{"resign is asked for", nil, "R", "resign"},
		{"and confirmed", question, "[Resign]", "accept #4"},
		{"or not", question, "Escape", "deny #4"},
		{"by key", question, "Enter", "accept #4"},
		{"nothing to confirm", nil, "Enter Y N Escape", ""},
		{"a missing stone is taken back", gone(match.AskTakeBack), "[Take_back]", "accept #5"},
		{"or is to be put back", gone(match.AskTakeBack), "Escape", "deny #5"},
		{"or is there", gone(match.AskTakeBack), "[It_is_there]", "there"},
		{"by key", gone(match.AskTakeBack), "B", "there"},
		{"an old one is there", gone(match.AskThere), "[It_is_there]", "accept #5"},
		{"handicap stones are taken", gone(match.AskHandicap), "[Take_them]", "accept #5"},
		{"undo", nil, "[Undo]", "undo"},
		{"undo withdrawn", func(s *match.Snapshot) { s.Undo = &game.Undo{By: board.Black} }, "U", "cancel-undo"},
		{"pause", nil, "Space", "pause"},
		{"go on", func(s *match.Snapshot) { s.Paused = &game.Pause{} }, "[Go on]", "resume"},
		{"agree while playing", nil, "A", ""},
		{"agree", scoring, "[Agree]", "accept-score"},
		{"play on", scoring, "O", "reject-score"},
		{"mark by keys", scoring, "ArrowUp ArrowRight ArrowDown Space", "mark F4"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := midgameSnap()
			if c.change != nil {
				c.change(s)
			}
			w := New(Options{})
			w.ShowSnapshot(s)
			u := ready(w, image.Pt(900, 640))
			for _, k := range strings.Fields(strings.ReplaceAll(strings.ReplaceAll(c.do, "[Really pass?]", "[Really_pass?]"), "[Go on]", "[Go_on]")) {
				if label, ok := strings.CutPrefix(k, "["); ok {
					u.clickOn(t, strings.ReplaceAll(strings.TrimSuffix(label, "]"), "_", " "))
				} else {
					u.press(k)
				}
			}
			if got := asked(w); got != c.want {
				t.Errorf("%s asks %q, want %q", c.do, got, c.want)
			}
		})
	}
}

func TestDeadStonesAreMarkedByClicks(t *testing.T) {
	s := midgameSnap()
	s.Phase, s.State = game.StoneRemoval, match.StateRemoval
	w := New(Options{})
	w.ShowSnapshot(s)
	for _, size := range []image.Point{{800, 600}, {1920, 1080}, {700, 1000}} {
		u := ready(w, size)
		f := u.face().(*playFace)
		for p := range s.Position.Points() {
			x, y := layBoard(f.laid.board, 9).at(p)
			u.click(image.Pt(int(x), int(y)))
			if got, want := asked(w), "mark "+p.GTP(9); got != want {
				t.Fatalf("%v: a click on %s asks %q", size, want, got)
			}
		}
		u.click(f.laid.camera.Min)
		u.click(image.Pt(0, 0))
		if got := asked(w); got != "" {
			t.Errorf("a click beside the board asks %q", got)
		}
	}
	s2 := *s
	s2.Phase = game.Playing
	w.ShowSnapshot(&s2)
	u := ready(w, image.Pt(800, 600))
	f := u.face().(*playFace)
	x, y := layBoard(f.laid.board, 9).at(board.Point{X: 3, Y: 3})
	u.click(image.Pt(int(x), int(y)))
	if got := asked(w); got != "" {
		t.Errorf("a click on the board during play asks %q", got)
	}
}

func TestSuggestionNamesEachChainOnce(t *testing.T) {
	s := midgameSnap()
	s.Position = board.MustPosition(
		". . X . . X O . O",
		". . X . . X O O .",
		"O X X . . X O O O",
		"O X . . . X O . .",
		"X X X X X X O O .",
		". . . . . X O . .",
		". . . . . X O . .",
		". . . . . X O . .",
		". . . . . X O . .")
	got := suggestion(s)
	if len(got) != 1 || s.Position.At(got[0]) != board.White || got[0].X != 0 {
		t.Errorf("suggested %v, want the two stones as one", got)
	}
	s.Dead = []board.Point{{X: 0, Y: 2}, {X: 0, Y: 3}}
	if got := suggestion(s); len(got) != 0 {
		t.Errorf("what is marked is suggested again, which would unmark it: %v", got)
	}
}

// At every size all is within the window and nothing covers another thing.
func TestLayouts(t *testing.T) {
	for _, size := range []image.Point{{800, 600}, {1024, 768}, {1280, 800}, {1920, 1080}, {3840, 2160}, {600, 900}, {1600, 600}, {2560, 1080}, {800, 1280}} {
		for name, w := range map[string]*Window{"play": scenes[0].make(t), "question": scenes[2].make(t), "removal": removal(t), "calibrate": calibrating(t)} {
			u := ready(w, size)
			sc := u.look()
			all := image.Rectangle{Max: size}
			var solid []panel
			for _, p := range sc.panels {
				if p.rect.Empty() || !p.rect.In(all) {
					t.Errorf("%s at %v: a panel is at %v", name, size, p.rect)
				}
				if !p.over {
					solid = append(solid, p)
				}
			}
			for i, p := range solid {
				for _, q := range solid[i+1:] {
					if p.rect.Overlaps(q.rect) {
						t.Errorf("%s at %v: %v and %v overlap (%.40s, %.40s)", name, size, p.rect, q.rect, p.key, q.key)
					}
				}
			}
			if sc.shot.Dx() < size.X/5 || !sc.shot.In(all) {
				t.Errorf("%s at %v: the camera is shown at %v", name, size, sc.shot)
			}
			if f, ok := u.face().(*playFace); ok && f.laid.board.Dx() < min(size.X, size.Y)/2 {
				t.Errorf("at %v the board is only %d wide", size, f.laid.board.Dx())
			}
			for _, b := range u.buttons() {
				if b.label != "" && b.rect.Dy() < 24 {
					t.Errorf("%s at %v: button %q is %v", name, size, b.label, b.rect)
				}
			}
		}
	}
}

// Nothing is painted anew unless what it shows has changed.
func TestPanelsKeepTheirKeys(t *testing.T) {
	w := scenes[0].make(t)
	u := ready(w, image.Pt(1000, 700))
	keys := func() map[image.Rectangle]string {
		m := map[image.Rectangle]string{}
		for _, p := range u.look().panels {
			m[p.rect] = p.key
		}
		return m
	}
	diff := func(a, b map[image.Rectangle]string) (n int) {
		for r, k := range a {
			if b[r] != k {
				n++
			}
		}
		return n
	}
	before := keys()
	s := *midgameSnap() // the same again, as it is published with every picture
	w.ShowSnapshot(&s)
	if n := diff(before, keys()); n != 0 {
		t.Errorf("%d panels are painted anew for nothing", n)
	}
	s2 := s
	s2.Clocks[0].Text = "6:11.0 + 5×30.0"
	w.ShowSnapshot(&s2)
	if n := diff(before, keys()); n != 1 {
		t.Errorf("%d panels are painted anew for a clock", n)
	}
}

func TestBoardMarks(t *testing.T) {
	s := midgameSnap()
	s.Owed = []match.Stone{s.Last}
	s.Prisoners = []match.Stone{{Color: board.Black, Point: board.Point{X: 0, Y: 0}}}
	s.Candidate = &match.Candidate{Move: board.Move{Color: board.Black, Point: board.Point{X: 8, Y: 8}}, Held: 0.51}
	kinds := map[markKind]int{}
	for _, m := range boardOf(s).Marks {
		kinds[m.Kind]++
	}
	if kinds[markOwed] != 1 || kinds[markLift] != 1 || kinds[markTrial] != 1 || kinds[markLast] != 1 {
		t.Errorf("marks %v", kinds)
	}
	s.Pending = &match.Pending{Move: s.Candidate.Move}
	for _, m := range boardOf(s).Marks {
		if m.Kind == markTrial {
			t.Error("a move that was sent is still on trial")
		}
	}
	s.Last = board.Move{Color: board.White, Point: board.Pass}
	for _, m := range boardOf(s).Marks {
		if m.Kind == markLast {
			t.Error("a pass is marked on the board")
		}
	}
}

func TestNamesThatNoFontHas(t *testing.T) {
	s := midgameSnap()
	s.Players = [2]game.Player{{ID: 12, Name: "囲碁太郎"}, {Name: "Žofie Øst Ωμέγα Юрий"}}
	u := ready(New(Options{}), image.Pt(800, 600))
	u.write.OwnOnly = true
	if got := u.playerName(s, 0); got != "Black, player 12" {
		t.Errorf("shown as %q", got)
	}
	if got := u.playerName(s, 1); got != s.Players[1].Name {
		t.Errorf("%q is shown as %q", s.Players[1].Name, got)
	}
}

func TestTextFits(t *testing.T) {
	w := paint.NewWriter()
	w.OwnOnly = true
	for _, s := range []string{"", "a", "Take off black Q16, R16 and S16.", strings.Repeat("m", 200), "אבג ﷺ \x00 \xff"} {
		for _, l := range w.Wrap(paint.Medium, 20, 150, 3, s) {
			if got := w.Width(paint.Medium, 20, l); got > 150 {
				t.Errorf("%q is %.0f wide", l, got)
			}
		}
		if n := len(w.Wrap(paint.Medium, 20, 150, 3, s)); n > 3 {
			t.Errorf("%q has %d lines", s, n)
		}
	}
}

func TestCornersAreDraggedToThePixel(t *testing.T) {
	w := calibrating(t)
	cal := w.st.cal
	u := ready(w, image.Pt(1280, 800))
	f := u.face().(*calibrateFace)
	cal.session.ToggleSnap()
	x, y := f.at.out(cal.session.Grid().Corners()[2])
	from := image.Pt(int(x)+3, int(y)-2) // held a little beside its middle
	to := from.Add(image.Pt(-31, 17))
	u.handle(event{kind: pressed, at: from})
	for i := range 5 {
		u.handle(event{kind: moved, at: from.Add(to.Sub(from).Mul(i + 1).Div(5))})
		u.look()
	}
	u.handle(event{kind: released, at: to})
	k := f.at.scale()
	got := cal.session.Grid().Corners()[2]
	gx, gy := f.at.out(got)
	if d := image.Pt(int(gx-x+0.5)+31, int(gy-y+0.5)-17); d.X < -1 || d.X > 1 || d.Y < -1 || d.Y > 1 {
		t.Errorf("dragged by %.1f, %.1f, want -31, 17 (scale %.2f)", gx-x, gy-y, k)
	}
	u.press("ArrowLeft")
	if moved := cal.session.Grid().Corners()[2].Sub(got); moved.Dist(grid.Pt{X: -0.1}) > 1e-9 {
		t.Errorf("the arrow key moved it by %v", moved)
	}
	u.press("U")
	u.press("U")
	gx, gy = f.at.out(cal.session.Grid().Corners()[2])
	if gx != x || gy != y {
		t.Errorf("undone to %v, %v, was at %v, %v", gx, gy, x, y)
	}
}

func TestLoupeDoesNotHideItsCorner(t *testing.T) {
	at := shot{image.Rect(20, 30, 820, 630), 640, 480}
	for _, c := range []grid.Pt{{X: 0, Y: 0}, {X: 639, Y: 0}, {X: 639, Y: 479}, {X: 0, Y: 479}, {X: 320, Y: 240}, {X: -50, Y: 500}} {
		r := loupeAt(at, c, 160, 24)
		x, y := at.out(c)
		if !r.In(at.rect) || r.Dx() != 160 {
			t.Errorf("the loupe for %v is at %v", c, r)
		}
		if image.Pt(int(x), int(y)).In(r) {
			t.Errorf("the loupe for %v hides it", c)
		}
	}
}

func TestAcceptClosesTheView(t *testing.T) {
	var got *calibrate.Profile
	w := calibrating(t)
	w.st.cal.accept = func(p *calibrate.Profile) error { got = p; return fmt.Errorf("the disk is full") }
	u := ready(w, image.Pt(800, 600))
	u.press("Enter")
	if st, _ := w.load(); st.cal == nil || st.notice != "the disk is full" {
		t.Errorf("what was not saved is accepted: %q", st.notice)
	}
	w.st.cal.accept = func(p *calibrate.Profile) error { got = p; return nil }
	u.clickOn(t, "Accept")
	if st, _ := w.load(); st.cal != nil || got == nil || got.Grid.Size != 9 {
		t.Errorf("accepted %+v", got)
	}
}

// During a game the corners are set without leaving it.
func TestCornersDuringAGame(t *testing.T) {
	var at [4]grid.Pt
	size := 0
	w := shown(t, Options{Corners: func(c [4]grid.Pt, n int) { at, size = c, n }}, midgameSnap(), midgame)
	u := ready(w, image.Pt(900, 700))
	want := u.state.picture.grid.Corners()
	u.press("C")
	if _, ok := u.face().(*calibrateFace); !ok {
		t.Fatal("the corners cannot be set")
	}
	u.press("Tab")
	u.press("ArrowRight")
	u.press("Enter")
	want[0].X += 0.1
	if size != 9 || at[0].Dist(want[0]) > 1e-9 || at[2] != want[2] {
		t.Errorf("told %v, %d; want %v", at, size, want)
	}
	if _, ok := u.face().(*playFace); !ok {
		t.Error("the game does not come back")
	}
	u.press("C")
	u.press("Escape")
	if _, ok := u.face().(*playFace); !ok {
		t.Error("Escape does not lead back")
	}
}

func TestProjectorCorners(t *testing.T) {
	store := calibrate.Store{Dir: t.TempDir()}
	w := New(Options{Projector: &store})
	w.ShowSnapshot(midgameSnap())
	u := ready(w, image.Pt(1000, 800))
	u.press("V")
	f, ok := u.face().(*projectorFace)
	if !ok {
		t.Fatal("no projector view")
	}
	before := f.corners[0]
	from := image.Pt(int(before.X*1000), int(before.Y*800))
	u.handle(event{kind: pressed, at: from})
	u.handle(event{kind: moved, at: image.Pt(120, 90)})
	u.handle(event{kind: released, at: image.Pt(120, 90)})
	g := f.grid(u, 9)
	if d := g.At(0, 0, 0).Dist(grid.Pt{X: 120, Y: 90}); d > 1 {
		t.Errorf("the corner is %.1f pixels from where it was dragged", d)
	}
	// Another start, on a screen of another size.
	u = ready(w, image.Pt(2000, 1600))
	u.press("V")
	g = u.face().(*projectorFace).grid(u, 9)
	if d := g.At(0, 0, 0).Dist(grid.Pt{X: 240, Y: 180}); d > 2 {
		t.Errorf("the saved corner is %.1f pixels off", d)
	}
}

func TestWhoClosesWhen(t *testing.T) {
	now := time.Now()
	w := New(Options{Linger: time.Minute})
	u := ready(w, image.Pt(800, 600))
	over := func(at time.Time) bool { u.look(); return u.over(at) }
	if over(now.Add(time.Hour)) {
		t.Error("a window of a running game goes away")
	}
	w.leave()
	if asked(w) != "quit" || over(now.Add(time.Hour)) {
		t.Error("it does not wait for what is on its way")
	}
	w.Close()
	w.Close()
	if !over(now) {
		t.Error("it stays though the user wants to go")
	}
	w = New(Options{Linger: time.Minute})
	u = ready(w, image.Pt(800, 600))
	w.Close()
	if over(now) || !over(now.Add(2*time.Minute)) {
		t.Error("it does not linger for a minute")
	}
	w.change(func(s *state) { s.stay = true })
	if over(now.Add(2 * time.Minute)) {
		t.Error("it goes away while somebody looks")
	}
}

// Everybody may tell a Window things at any time.
func TestConcurrentUse(t *testing.T) {
	w := scenes[0].make(t)
	u := ready(w, image.Pt(800, 600))
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for i := range 50 {
				w.ShowSnapshot(midgameSnap())
				w.Notice(fmt.Sprint(i))
				w.Announce(match.Event{Text: "x"})
				w.WantsPicture()
			}
		})
	}
	for range 50 {
		u.look()
		u.press("M")
	}
	all.Wait()
}

// TestWhatOthersCallThemselvesIsShownPlain shows names and sentences that would
// turn the direction of writing or hide letters.
func TestWhatOthersCallThemselvesIsShownPlain(t *testing.T) {
	const hostile = "Eve\x1b[2J\u202emoc\u200b\nx"
	w := New(Options{})
	said := &match.Snapshot{Name: hostile, Text: hostile, Players: [2]game.Player{{Name: hostile, Rank: hostile}, {Name: "\u200b"}}}
	w.ShowSnapshot(said)
	w.Announce(match.Event{Kind: match.EventNote, Text: hostile})
	s, _ := w.load()
	const want = "Eve[2Jmoc x"
	if s.snap.Name != want || s.snap.Text != want || s.snap.Players[0].Name != want || s.snap.Players[0].Rank != want || s.snap.Players[1].Name != "?" || s.notice != want {
		t.Errorf("%+v, %q", s.snap, s.notice)
	}
	if said.Name != hostile {
		t.Error("the snapshot itself was changed")
	}
	w.ShowSnapshot(nil)
	u := newUI(w)
	if a, b := u.write.Width(paint.Regular, 20, "a\u202e\u200b\x1bb"), u.write.Width(paint.Regular, 20, "ab"); a != b {
		t.Errorf("what is not seen is drawn %v wide, not %v", a, b)
	}
}
