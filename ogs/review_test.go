package ogs_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/patient"
	"github.com/gobancam/gobancam/ogs"
	"github.com/gobancam/gobancam/ogs/ogstest"
)

// viewer reads the updates of a review.
type viewer struct {
	t *testing.T
	r *ogs.Review
}

func (w *world) review(s *ogs.Session, id int64) *viewer {
	w.t.Helper()
	r, err := s.Review(w.ctx, ogs.ID(id))
	if err != nil {
		w.t.Fatal(err)
	}
	return &viewer{w.t, r}
}

// until reads updates until one satisfies ok.
func (v *viewer) until(what string, ok func(ogs.ReviewUpdate) bool) ogs.ReviewUpdate {
	v.t.Helper()
	timeout := patient.After(5 * time.Minute)
	for {
		select {
		case u, open := <-v.r.Updates():
			if !open {
				v.t.Fatalf("the updates ended while waiting for %s", what)
			}
			if ok(u) {
				return u
			}
		case <-timeout:
			st := v.r.State()
			v.t.Fatalf("%s did not come; live %v, epoch %d, %d nodes", what, st.Live, st.Epoch, st.Tree.Len())
		}
	}
}

// reviewEvent reads updates until one has an event of this type.
func reviewEvent[E ogs.ReviewEvent](v *viewer) (E, *ogs.ReviewState) {
	v.t.Helper()
	var zero E
	u := v.until(fmt.Sprintf("%T", zero), func(u ogs.ReviewUpdate) bool { _, ok := u.Event.(E); return ok })
	return u.Event.(E), u.State
}

// shown is the line to the pointer of a tree, as ogstest writes it.
func shown(t *ogs.ReviewTree) string { return words(t.Line(t.Current())) }

func words(moves []ogs.ReviewMove) string {
	var list []string
	for _, m := range moves {
		list = append(list, m.String())
	}
	return strings.Join(list, " ")
}

func moves(t *testing.T, size int, line string) []ogs.ReviewMove {
	t.Helper()
	list, err := ogs.ParseReviewMoves(strings.ReplaceAll(line, " ", ""), size)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func (v *viewer) draw(line string) {
	v.t.Helper()
	st := v.r.State()
	if err := v.r.Append(st.Epoch, ogs.ReviewAppend{Moves: moves(v.t, st.Tree.Size(), line)}); err != nil {
		v.t.Fatal(err)
	}
}

func (v *viewer) refreshed() *ogs.ReviewState {
	v.t.Helper()
	before := v.r.State().Epoch
	v.r.Refresh("the test asks")
	return v.until("the state that was asked for", func(u ogs.ReviewUpdate) bool { return u.State.Epoch > before && u.State.Live }).State
}

// both runs f with a server that tells a sender its own messages, and with one
// that does not.
func both(t *testing.T, f func(t *testing.T, o ogstest.Options)) {
	for _, o := range []ogstest.Options{{}, {NoReviewEcho: true}, {OldForms: true}} {
		t.Run(fmt.Sprintf("no echo %v, old forms %v", o.NoReviewEcho, o.OldForms), func(t *testing.T) {
			bubble(t, func(t *testing.T) { f(t, o) })
		})
	}
}

func TestReviewDrawing(t *testing.T) {
	both(t, func(t *testing.T, o ogstest.Options) {
		w := newWorld(t, o)
		sr := w.srv.AddDemo(w.alice, ogstest.DemoSetup{Size: 9, Name: "Club\x1b[31m", Black: "Anna", White: "Ben", BlackRank: 25, WhiteRank: 40, WhitePro: true})
		v := w.review(w.connect(), sr.ID)
		st := v.r.State()
		if !st.Live || st.Epoch != 1 || !st.InControl() || !st.MayTakeControl() || st.Tree.Size() != 9 || st.Tree.Len() != 1 || st.Odd != 0 {
			t.Fatalf("entered with %+v", st)
		}
		if st.Data.Name != "Club[31m" || st.Data.Players[board.Black].Username != "Anna" || st.Data.Players[board.White].Username != "Ben" {
			t.Errorf("the head is %+v", st.Data)
		}
		if a, b := st.Data.Player(board.Black), st.Data.Player(board.White); a.Rank != "5k" || b.Rank != "4p" || b.Name != "Ben" {
			t.Errorf("the players are %v and %v", a, b)
		}
		v.draw("cc")
		v.draw("cc gg")
		note := "not seen well"
		if err := v.r.Append(1, ogs.ReviewAppend{Moves: moves(t, 9, "cc gg cg"), Text: &note, Marks: map[string][]board.Point{"triangle": {{X: 2, Y: 6}}}}); err != nil {
			t.Fatal(err)
		}
		st = v.r.State()
		if got := shown(st.Expected); got != "cc gg cg" {
			t.Errorf("expected is %q", got)
		}
		synctest.Wait()
		st = v.r.State()
		wantKnown, wantOpen := "cc gg cg", 0
		if o.NoReviewEcho {
			wantKnown, wantOpen = "", 3
		}
		if got := shown(st.Tree); got != wantKnown || st.Unconfirmed != wantOpen || st.Echoes == o.NoReviewEcho || shown(st.Expected) != "cc gg cg" {
			t.Errorf("the tree is %q, %d unconfirmed, echoes %v", got, st.Unconfirmed, st.Echoes)
		}
		// The correction of a stone: the wrong branch goes, and the right line comes.
		if err := v.r.Remove(1, 0, moves(t, 9, "cc gg")); err != nil {
			t.Fatal(err)
		}
		if got := shown(v.r.State().Expected); got != "cc" {
			t.Errorf("after the removal expected is %q", got)
		}
		v.draw("cc gf .. !1aa !0cc ee")
		st = v.refreshed()
		if got := shown(st.Tree); got != "cc gf .. !1aa !0cc ee" || st.Epoch != 2 || st.Unconfirmed != 0 || !st.Live {
			t.Errorf("the server's state is %q, %+v", got, st)
		}
		if sr.Tree() != "cc gf .. !1aa !0cc ee" || sr.MainLine() != shown(st.Tree) || st.Tree.MainEnd() != st.Tree.Current() {
			t.Errorf("the server has %s", sr.Tree())
		}
		if a, b := sr.Board(), st.Tree.Position(st.Tree.Current()); a != b {
			t.Errorf("the server shows\n%v\nthe tree\n%v", a, b)
		}
		if sr.ToMove() != st.Tree.Node(st.Tree.Current()).ToMove {
			t.Errorf("the server has %v to move", sr.ToMove())
		}
		text := "W+3.5\nafter counting"
		if err := v.r.Append(2, ogs.ReviewAppend{Text: &text}); err != nil {
			t.Fatal(err)
		}
		st = v.refreshed()
		if got := st.Tree.Node(0).Text; got != text || st.Tree.Current() != 0 || sr.Texts()[0] != text {
			t.Errorf("the root has the text %q", got)
		}
		// Nothing is to be removed that is not there.
		sent := w.srv.Count("review/append")
		if err := v.r.Remove(3, 0, moves(t, 9, "cc gg")); err != nil || w.srv.Count("review/append") != sent {
			t.Errorf("removed nothing: %v", err)
		}
	})
}

func TestReviewNotSent(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, ogstest.Options{})
		sr := w.srv.AddDemo(w.alice, ogstest.DemoSetup{Size: 9})
		s := w.connect()
		v := w.review(s, sr.ID)
		if _, err := s.Review(w.ctx, ogs.ID(sr.ID)); err == nil {
			t.Error("one review was followed twice")
		}
		want := func(what string, why ogs.Why, err error) {
			t.Helper()
			var not *ogs.NotSentError
			if !errors.As(err, &not) || not.Why != why {
				t.Errorf("%s: %v, want reason %d", what, err, why)
			}
		}
		line := func(s string) ogs.ReviewAppend { return ogs.ReviewAppend{Moves: moves(t, 9, s)} }
		want("an old state", ogs.OutOfDate, v.r.Append(0, line("cc")))
		want("a stone on a stone", ogs.Illegal, v.r.Append(1, line("cc cc")))
		want("off the board", ogs.Illegal, v.r.Append(1, ogs.ReviewAppend{Moves: []ogs.ReviewMove{{Point: board.Point{X: 9}}}}))
		want("before the beginning", ogs.Illegal, v.r.Append(1, ogs.ReviewAppend{From: -1}))
		want("the root", ogs.Illegal, v.r.Remove(1, 0, nil))
		want("to nobody", ogs.Illegal, v.r.HandOver(1, 0))
		v.r.Refresh("")
		want("while asking", ogs.NotConnected, v.r.Append(1, line("cc")))
		want("while asking", ogs.NotConnected, v.r.Remove(1, 0, moves(t, 9, "cc")))
		st := v.until("the state", func(u ogs.ReviewUpdate) bool { return u.State.Epoch == 2 }).State
		want("with the state before", ogs.OutOfDate, v.r.Append(1, line("cc")))

		sr.GiveControl(w.bob)
		if e, _ := reviewEvent[ogs.ReviewControl](v); e.From.Username != "alice" || e.To.Username != "bob" || e.To.ID != ogs.ID(w.bob.ID) {
			t.Errorf("told %+v", e)
		}
		err := v.r.Append(st.Epoch, line("cc"))
		want("without control", ogs.NotInControl, err)
		if !strings.Contains(err.Error(), "bob") {
			t.Errorf("it is not said who has it: %v", err)
		}
		want("without control", ogs.NotInControl, v.r.Remove(st.Epoch, 0, moves(t, 9, "cc")))
		if n := w.srv.Count("review/append"); n != 0 {
			t.Errorf("%d messages were sent", n)
		}
		sr.Draw(0, "gg", "")
		if _, st = reviewEvent[ogs.ReviewChanged](v); shown(st.Tree) != "gg" || shown(st.Expected) != "gg" {
			t.Errorf("bob's move is not seen: %q", shown(st.Tree))
		}
		// The owner takes it back.
		if err := v.r.HandOver(st.Epoch, ogs.ID(w.alice.ID)); err != nil {
			t.Fatal(err)
		}
		v.until("the control", func(u ogs.ReviewUpdate) bool { return u.State.InControl() })
		v.draw("gg cc")
		if err := v.r.HandOver(st.Epoch, ogs.ID(w.bob.ID)); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if got := sr.MainLine(); got != "gg cc" || sr.Controller() != w.bob {
			t.Errorf("the server has %q, in control is %s", got, sr.Controller().Name)
		}
		v.r.Leave()
		want("after leaving", ogs.Left, v.r.Append(st.Epoch, line("cc")))
		synctest.Wait()
		if n := sr.Watchers(); n != 0 {
			t.Errorf("%d still watch", n)
		}
		again := w.review(s, sr.ID)
		s.Close()
		want("after the end", ogs.Left, again.r.Append(1, line("cc")))
	})
}

func TestReviewNotOpen(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, ogstest.Options{})
		s := w.connect()
		private := w.srv.AddDemo(w.bob, ogstest.DemoSetup{Size: 9, Private: true})
		for _, id := range []int64{private.ID, 77} {
			var refused *ogs.ReviewError
			if _, err := s.Review(w.ctx, ogs.ID(id)); !errors.As(err, &refused) || refused.Text != "This is a protected review" {
				t.Errorf("review %d: %v", id, err)
			}
		}
		private.Admit(w.alice)
		if st := w.review(s, private.ID).r.State(); st.InControl() || st.MayTakeControl() {
			t.Errorf("a guest is in control: %+v", st)
		}
		open := w.srv.AddDemo(w.bob, ogstest.DemoSetup{Size: 9})
		w.srv.Inject(ogstest.Fault{Kind: ogstest.NoFullState, Times: 3})
		if _, err := s.Review(w.ctx, ogs.ID(open.ID)); err == nil || !strings.Contains(err.Error(), "sends nothing") {
			t.Errorf("a silent server: %v", err)
		}
		w.srv.Inject(ogstest.Fault{Kind: ogstest.BadFullState, Times: 5})
		if _, err := s.Review(w.ctx, ogs.ID(open.ID)); err == nil || !strings.Contains(err.Error(), "cannot be followed") {
			t.Errorf("a server without a board: %v", err)
		}
		w.srv.Heal()
		w.srv.Inject(ogstest.Fault{Kind: ogstest.NoFullState, Times: 2})
		w.srv.Inject(ogstest.Fault{Kind: ogstest.BadFullState, Times: 1})
		w.review(s, open.ID)
	})
}

// TestReviewSurvives breaks everything off, at the worst moments, and finds the
// review again as the server has it.
func TestReviewSurvives(t *testing.T) {
	for name, strike := range map[string]func(*world, *ogstest.Review){
		"broken off": func(w *world, _ *ogstest.Review) { w.srv.DropConnections() },
		"silent":     func(w *world, _ *ogstest.Review) { w.srv.Hush(); time.Sleep(time.Minute); w.srv.Heal() },
		"restart":    func(w *world, _ *ogstest.Review) { w.srv.Restart(time.Hour) },
		"no answer": func(w *world, _ *ogstest.Review) {
			w.srv.Inject(ogstest.Fault{Kind: ogstest.NoFullState, Times: 4})
			w.srv.DropConnections()
		},
		"useless answers": func(w *world, _ *ogstest.Review) {
			w.srv.Inject(ogstest.Fault{Kind: ogstest.BadFullState, Times: 4})
			w.srv.DropConnections()
		},
		"a complaint":       func(_ *world, r *ogstest.Review) { r.Complain("Something is wrong") },
		"another board":     func(_ *world, r *ogstest.Review) { r.Say(`{"gamedata":{"width":19,"height":19}}`) },
		"no message at all": func(_ *world, r *ogstest.Review) { r.Say(`{"owner":["x"]}`) },
	} {
		t.Run(name, func(t *testing.T) {
			both(t, func(t *testing.T, o ogstest.Options) {
				w := newWorld(t, o)
				sr := w.srv.AddDemo(w.alice, ogstest.DemoSetup{Size: 9})
				v := w.review(w.connect(), sr.ID)
				v.draw("cc")
				synctest.Wait()
				strike(w, sr)
				_, st := reviewEvent[ogs.ReviewOffline](v)
				var not *ogs.NotSentError
				if err := v.r.Append(st.Epoch, ogs.ReviewAppend{}); !errors.As(err, &not) || st.Live {
					t.Errorf("sent without a state: %v", err)
				}
				sr.Draw(0, "cc gg", "") // meanwhile
				st = v.until("what was drawn meanwhile", func(u ogs.ReviewUpdate) bool { return u.State.Live && shown(u.State.Tree) == "cc gg" }).State
				if st.Epoch < 2 || !st.InControl() || st.Unconfirmed != 0 {
					t.Errorf("found again: %+v", st)
				}
				v.draw("cc gg cg")
				synctest.Wait()
				if got := sr.MainLine(); got != "cc gg cg" || w.srv.Pending() > 0 {
					t.Errorf("the server has %q, %d faults have not happened", got, w.srv.Pending())
				}
			})
		})
	}
}

// TestReviewWatcher follows what another session draws.
func TestReviewWatcher(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, ogstest.Options{})
		sr := w.srv.AddDemo(w.alice, ogstest.DemoSetup{Size: 9})
		v := w.review(w.connect(), sr.ID)
		watcher, err := ogs.Connect(w.ctx, w.client(func(o *ogs.Options) { o.Tokens = ogs.Bearer(w.srv.Token(w.bob)) }))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(watcher.Close)
		seen := w.review(watcher, sr.ID)
		for _, line := range []string{"cc", "cc gg", "cc ..", "cc .. !2ee", "cc .. !2ee gg"} {
			v.draw(line)
			_, st := reviewEvent[ogs.ReviewChanged](seen)
			if got := shown(st.Tree); got != line {
				t.Errorf("bob sees %q, drawn was %q", got, line)
			}
		}
		if seen.r.State().InControl() {
			t.Error("bob is in control")
		}
	})
}

// TestReviewOfGame enters a review whose trunk is a game.
func TestReviewOfGame(t *testing.T) {
	both(t, func(t *testing.T, o ogstest.Options) {
		w := newWorld(t, o)
		g := w.start(ogstest.Setup{Handicap: 2, Rules: "chinese"}, nil)
		for _, m := range []string{"C3", "G7"} {
			g.Play(w.alice, pt(t, m, 9))
		}
		g.Play(w.bob, pt(t, "G3", 9))
		sr := w.srv.AddReview(w.alice, g)
		v := w.review(w.connect(), sr.ID)
		st := v.r.State()
		end := st.Tree.TrunkEnd()
		if got := words(st.Tree.Line(end)); got != "cg gc gg" || st.Tree.Current() != end || st.Tree.Node(end).ToMove != board.Black {
			t.Fatalf("the trunk is %q, to move is %v", got, st.Tree.Node(end).ToMove)
		}
		if err := v.r.Append(1, ogs.ReviewAppend{From: 2, Moves: moves(t, 9, "gf cc")}); err != nil {
			t.Fatal(err)
		}
		var not *ogs.NotSentError
		if err := v.r.Remove(1, 1, moves(t, 9, "gc")); !errors.As(err, &not) || not.Why != ogs.Illegal {
			t.Errorf("a move of the game: %v", err)
		}
		for range 2 { // the second time it is not there any more
			if err := v.r.Remove(1, 2, moves(t, 9, "gf")); err != nil || shown(v.r.State().Expected) != "cg gc" {
				t.Errorf("a variation: %v, expected is %q", err, shown(v.r.State().Expected))
			}
		}
		if err := v.r.Append(1, ogs.ReviewAppend{From: 2, Moves: moves(t, 9, "gf cc")}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if got, want := sr.Shown(), "cg gc gf cc"; got != want || shown(v.r.State().Expected) != want {
			t.Errorf("the server shows %q, expected is %q", got, shown(v.r.State().Expected))
		}
		if sr.Board() != v.r.State().Expected.Position(v.r.State().Expected.Current()) {
			t.Error("the boards differ")
		}
	})
}

// TestReviewPatience: Refresh, however often, asks no faster than is polite.
func TestReviewPatience(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, ogstest.Options{})
		sr := w.srv.AddDemo(w.alice, ogstest.DemoSetup{Size: 9})
		v := w.review(w.connect(), sr.ID)
		go func() {
			for range v.r.Updates() {
			}
		}()
		for range 600 {
			v.r.Refresh("again")
			time.Sleep(fast().Doubt / 60)
		}
		if n := w.srv.Count("review/connect"); n < 5 || n > 12 {
			t.Errorf("in ten times the shortest pause the state was asked for %d times", n)
		}
	})
}

// TestReviewWithoutController: where nobody is named, who made it has the control.
func TestReviewWithoutController(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, ogstest.Options{NoController: true})
		mine, theirs := w.srv.AddDemo(w.alice, ogstest.DemoSetup{Size: 9}), w.srv.AddDemo(w.bob, ogstest.DemoSetup{Size: 9})
		s := w.connect()
		v := w.review(s, mine.ID)
		v.draw("cc")
		if w.review(s, theirs.ID).r.State().InControl() {
			t.Error("alice draws on bob's board")
		}
		synctest.Wait()
		if got := mine.MainLine(); got != "cc" {
			t.Errorf("the server has %q", got)
		}
	})
}

// TestReviewBesideGame: a silent review does not break the connection off over
// which a game is played, and is found again when the server speaks.
func TestReviewBesideGame(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, ogstest.Options{})
		sr := w.srv.AddDemo(w.alice, ogstest.DemoSetup{Size: 9})
		g := w.start(ogstest.Setup{}, nil)
		s := w.connect()
		f, v := w.join(s, g.ID), w.review(s, sr.ID)
		w.srv.Inject(ogstest.Fault{Kind: ogstest.NoFullState, Times: 10})
		v.r.Refresh("the test asks")
		st := v.until("the state", func(u ogs.ReviewUpdate) bool { return u.State.Epoch == 2 }).State
		if !st.Live || w.srv.Count("authenticate") != 1 || w.srv.Pending() > 0 {
			t.Errorf("%d sign-ins, %d faults left", w.srv.Count("authenticate"), w.srv.Pending())
		}
		f.play(pt(t, "C3", 9))
	})
}

// TestReviewOffline: without a connection it is said what the matter is.
func TestReviewOffline(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, ogstest.Options{})
		sr := w.srv.AddDemo(w.alice, ogstest.DemoSetup{Size: 9})
		s := w.connect()
		go w.srv.Restart(time.Minute)
		time.Sleep(time.Second)
		var gone *ogs.UnreachableError
		if _, err := s.Review(w.ctx, ogs.ID(sr.ID)); !errors.As(err, &gone) {
			t.Errorf("%v", err)
		}
		time.Sleep(2 * time.Minute)
		w.review(s, sr.ID)
	})
}

// TestReviewSlowReader: who does not read gets the state that counts.
func TestReviewSlowReader(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, ogstest.Options{})
		sr := w.srv.AddDemo(w.alice, ogstest.DemoSetup{Size: 9})
		v := w.review(w.connect(), sr.ID)
		for i := range 3000 {
			sr.Draw(0, "cc", fmt.Sprint(i))
			synctest.Wait()
		}
		n := 0
		v.until("the last text", func(u ogs.ReviewUpdate) bool {
			n++
			return u.State.Tree.Node(u.State.Tree.Current()).Text == "2999"
		})
		if n > 1100 {
			t.Errorf("%d updates were kept for a reader who was asleep", n)
		}
	})
}
