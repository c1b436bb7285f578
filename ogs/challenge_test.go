package ogs_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/ogs"
	"github.com/gobancam/gobancam/ogs/ogstest"
)

func TestOffer(t *testing.T) {
	komi := 0.5
	direct := func(w *world) ogs.ID { return ogs.ID(w.bob.ID) }
	open := func(*world) ogs.ID { return 0 }
	accept := func(w *world, o ogs.Offer) { w.srv.AcceptFor(w.bob, int64(o.Challenge)) }
	for name, tt := range map[string]struct {
		o      ogstest.Options
		to     func(*world) ogs.ID
		change func(*ogs.Challenge)
		answer func(*world, ogs.Offer)
		words  string // of the refusal
	}{
		"open":           {to: open, answer: accept},
		"direct":         {to: direct, answer: accept},
		"another number": {o: ogstest.Options{NewGameID: true}, to: direct, answer: accept},
		"open, another":  {o: ogstest.Options{NewGameID: true}, to: open, answer: accept},
		"old forms":      {o: ogstest.Options{OldForms: true}, to: open, answer: accept},
		"kept alive":     {o: ogstest.Options{Keepalive: 800 * time.Millisecond}, to: open, answer: func(w *world, o ogs.Offer) { time.Sleep(1600 * time.Millisecond); accept(w, o) }},
		"after a drop":   {to: open, answer: func(w *world, o ogs.Offer) { w.srv.DropConnections(); time.Sleep(100 * time.Millisecond); accept(w, o) }},
		"while away":     {to: direct, answer: func(w *world, o ogs.Offer) { w.srv.DropConnections(); accept(w, o) }},
		"rejected":       {to: direct, answer: func(w *world, o ogs.Offer) { w.srv.RejectFor(w.bob, int64(o.Challenge), "no blitz") }, words: "no blitz"},
		"declined": {to: direct, answer: func(w *world, o ogs.Offer) {
			other := w.client(func(p *ogs.Options) { p.Tokens = ogs.Bearer(w.srv.Token(w.bob)) })
			other.Decline(w.ctx, o.Challenge)
		}, words: "declined"},
		"gone":             {to: open, answer: func(w *world, o ogs.Offer) { w.client(nil).Withdraw(w.ctx, o.Challenge) }, words: "gone"},
		"correspondence":   {to: open, answer: accept, change: func(c *ogs.Challenge) { c.Time = parse(t, "fischer 3d+1d max 7d"); c.Time.PauseOnWeekends = true }},
		"canadian":         {to: open, answer: accept, change: func(c *ogs.Challenge) { c.Time = parse(t, "10m+5m/25") }},
		"simple":           {to: open, answer: accept, change: func(c *ogs.Challenge) { c.Time = parse(t, "simple 30s") }},
		"absolute":         {to: open, answer: accept, change: func(c *ogs.Challenge) { c.Time = parse(t, "absolute 15m") }},
		"no clock":         {to: open, answer: accept, change: func(c *ogs.Challenge) { c.Time = parse(t, "none") }},
		"komi, handicap":   {to: open, answer: accept, change: func(c *ogs.Challenge) { c.Komi, c.Handicap, c.Color = &komi, 3, "white" }},
		"a position":       {to: open, answer: accept, change: func(c *ogs.Challenge) { c.Black, c.White = []board.Point{{X: 2, Y: 2}}, []board.Point{{X: 6, Y: 6}} }},
		"ranked, by ranks": {to: open, answer: accept, change: func(c *ogs.Challenge) { c.Ranked, c.Rules, c.MinRank, c.MaxRank, c.Handicap = true, "aga", 10, 30, -1 }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				w := newWorld(t, tt.o)
				old := w.start(ogstest.Setup{Black: w.alice, White: w.bob}, nil) // is not to be taken for the new one
				s := w.connect()
				ch := ogs.NewChallenge(9)
				if tt.change != nil {
					tt.change(&ch)
				}
				id, err := s.Offer(w.ctx, ch, tt.to(w), func(o ogs.Offer) { go tt.answer(w, o) })
				if tt.words != "" {
					var no *ogs.RejectedError
					if !errors.As(err, &no) || !strings.Contains(no.Reason, tt.words) {
						t.Errorf("game %d, error %v; want %q", id, err, tt.words)
					}
					return
				}
				if err != nil || id == ogs.ID(old.ID) {
					t.Fatalf("game %d, %v", id, err)
				}
				f := w.join(s, int64(id))
				st := f.g.State()
				if st.Width != 9 || st.Rules.Name != ch.Rules || st.Time.System != ch.Time.System || st.Time.Main != ch.Time.Main || st.Ranked != ch.Ranked {
					t.Errorf("the game is %+v", st)
				}
				if ch.Color == "white" && st.Me != board.White || ch.Komi != nil && st.Komi != *ch.Komi {
					t.Errorf("I am %v, komi %v", st.Me, st.Komi)
				}
				if n := len(w.srv.Open()); n != 0 {
					t.Errorf("%d challenges are left", n)
				}
			})
		})
	}
}

// TestOfferTakenAtOnce has an offer accepted before the server has answered it,
// and after it, in the moment in which it is made.
func TestOfferTakenAtOnce(t *testing.T) {
	for _, o := range []ogstest.Options{{}, {NewGameID: true}} {
		for _, open := range []bool{true, false} {
			for _, hasty := range []bool{true, false} {
				t.Run(fmt.Sprint(o.NewGameID, open, hasty), func(t *testing.T) {
					bubble(t, func(t *testing.T) {
						w := newWorld(t, o)
						s := w.connect()
						to := ogs.ID(w.bob.ID)
						if open {
							to = 0
						}
						if hasty {
							w.srv.AcceptNext(w.bob)
						}
						began := time.Now()
						id, err := s.Offer(w.ctx, ogs.NewChallenge(9), to, func(o ogs.Offer) {
							if !hasty {
								w.srv.AcceptFor(w.bob, int64(o.Challenge))
							}
							synctest.Wait() // all that the server tells of it is here
						})
						if took := time.Since(began); err != nil || took > time.Second {
							t.Fatalf("game %d after %v, %v", id, took, err)
						}
						w.join(s, int64(id))
					})
				})
			}
		}
	}
}

// TestTwoOffers lets two offers to anybody stand at once: each becomes its own
// game, and the end of one does not end the other's sight of its own.
func TestTwoOffers(t *testing.T) { bubble(t, testTwoOffers) }

func testTwoOffers(t *testing.T) {
	w := newWorld(t, ogstest.Options{})
	s := w.connect()
	var offers [3]ogs.Offer
	var group errgroup.Group
	var games [3]ogs.ID
	var refused [3]error
	for i := range offers {
		group.Go(func() error {
			games[i], refused[i] = s.Offer(w.ctx, ogs.NewChallenge(9), 0, func(o ogs.Offer) { offers[i] = o })
			return nil
		})
	}
	synctest.Wait()
	w.srv.AcceptFor(w.bob, int64(offers[0].Challenge))
	synctest.Wait()
	if err := s.Client().Withdraw(w.ctx, offers[1].Challenge); err != nil {
		t.Error(err)
	}
	time.Sleep(time.Second)
	w.srv.AcceptFor(w.bob, int64(offers[2].Challenge))
	group.Wait()
	if games[0] != offers[0].Game || games[2] != offers[2].Game || refused[0] != nil || refused[2] != nil {
		t.Errorf("the offers %v became %v, %v", offers, games, refused)
	}
	if no := new(ogs.RejectedError); !errors.As(refused[1], &no) || !strings.Contains(no.Reason, "gone") {
		t.Errorf("the offer that was withdrawn: game %d, %v", games[1], refused[1])
	}
}

func parse(t *testing.T, s string) ogs.TimeControl {
	t.Helper()
	tc, err := ogs.ParseTimeControl(s)
	if err != nil {
		t.Fatal(err)
	}
	return tc
}

func TestOfferStopped(t *testing.T) { bubble(t, testOfferStopped) }

func testOfferStopped(t *testing.T) {
	w := newWorld(t, ogstest.Options{Keepalive: 200 * time.Millisecond})
	s := w.connect()
	ctx, cancel := context.WithCancel(w.ctx)
	if _, err := s.Offer(ctx, ogs.NewChallenge(9), 0, func(ogs.Offer) { time.AfterFunc(50*time.Millisecond, cancel) }); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	time.Sleep(100 * time.Millisecond) // one may be on its way
	sent := w.srv.Count("challenge/keepalive")
	time.Sleep(400 * time.Millisecond)
	if more := w.srv.Count("challenge/keepalive") - sent; len(w.srv.Open()) != 0 || more != 0 {
		t.Errorf("%d challenges stand, %d more times kept alive", len(w.srv.Open()), more)
	}
}

func TestChallengeCheck(t *testing.T) {
	half := 0.25
	for name, change := range map[string]func(*ogs.Challenge){
		"size":              func(c *ogs.Challenge) { c.Width = 26 },
		"rules":             func(c *ogs.Challenge) { c.Rules = "checkers" },
		"name":              func(c *ogs.Challenge) { c.Name = " " },
		"handicap":          func(c *ogs.Challenge) { c.Handicap = 37 },
		"color":             func(c *ogs.Challenge) { c.Color = "red" },
		"komi":              func(c *ogs.Challenge) { c.Komi = &half },
		"ranks":             func(c *ogs.Challenge) { c.MinRank, c.MaxRank = 20, 10 },
		"ranked on 11×11":   func(c *ogs.Challenge) { c.Ranked, c.Width, c.Height = true, 11, 11 },
		"ranked in private": func(c *ogs.Challenge) { c.Ranked, c.Private = true, true },
		"time":              func(c *ogs.Challenge) { c.Time.Periods = 0 },
	} {
		c := ogs.NewChallenge(19)
		if err := c.Check(); err != nil {
			t.Fatal(err)
		}
		if change(&c); c.Check() == nil {
			t.Errorf("%s: nothing is wrong with %+v", name, c)
		}
	}
}

func TestIncomingChallenges(t *testing.T) { bubble(t, testIncomingChallenges) }

func testIncomingChallenges(t *testing.T) {
	w := newWorld(t, ogstest.Options{})
	s := w.connect()
	sub := s.Subscribe()
	defer sub.Close()
	id := w.srv.ChallengeFor(w.bob, w.alice, ogstest.Setup{Name: "Come on", Size: 13})
	for e := range sub.Events() {
		if n, ok := e.(ogs.Notification); ok && n.Type == "challenge" {
			if n.Challenge != ogs.ID(id) || n.User.Username != "bob" {
				t.Errorf("%+v", n)
			}
			break
		}
	}
	list, err := s.Client().Challenges(w.ctx)
	if err != nil || len(list) != 1 || list[0].From.Username != "bob" || list[0].Time.System != ogs.ByoYomi || list[0].Width != 13 {
		t.Fatalf("%+v, %v", list, err)
	}
	game, err := s.AcceptAndAwait(w.ctx, list[0].ID, false)
	if err != nil {
		t.Fatal(err)
	}
	w.join(s, int64(game))

	seek := w.srv.ChallengeFor(w.bob, nil, ogstest.Setup{Name: "Anybody", Size: 9})
	if err := s.WatchSeeks(); err != nil {
		t.Fatal(err)
	}
	for e := range sub.Events() {
		if g, ok := e.(ogs.SeekGraph); ok {
			if len(g.Seeks) != 1 || g.Seeks[0].Challenge != ogs.ID(seek) || g.Seeks[0].Player.Username != "bob" || g.Seeks[0].Time.Periods != 5 {
				t.Errorf("%+v", g)
			}
			break
		}
	}
	if game, err = s.AcceptAndAwait(w.ctx, ogs.ID(seek), true); err != nil {
		t.Fatal(err)
	}
	games, err := s.Client().Overview(w.ctx)
	if err != nil || len(games.Games) != 2 || !slices.ContainsFunc(games.Games, func(a ogs.ActiveGame) bool { return a.ID == game && a.Width == 9 }) {
		t.Errorf("%+v, %v", games, err)
	}
	if err := s.Client().Accept(w.ctx, 99, false); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("accepting nothing: %v", err)
	}
	if _, err := s.Client().FindPlayer(w.ctx, "nobody"); err == nil {
		t.Error("nobody was found")
	}
	if p, err := s.Client().FindPlayer(w.ctx, "bob"); err != nil || p.ID != ogs.ID(w.bob.ID) {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestAutomatch(t *testing.T) { bubble(t, testAutomatch) }

func testAutomatch(t *testing.T) {
	w := newWorld(t, ogstest.Options{})
	s := w.connect()
	yes := true
	a := ogs.Automatch{Sizes: []int{9, 19}, Speeds: []string{ogs.Live}, Systems: []string{ogs.ByoYomi}, LowerRankDiff: 3, UpperRankDiff: 3, Handicap: &yes, Rules: "chinese"}
	wait := func(n int) {
		for w.srv.Searching() != n && w.ctx.Err() == nil {
			time.Sleep(2 * time.Millisecond)
		}
	}
	go func() {
		wait(1)
		w.srv.DropConnections() // ends the search; it has to be begun again
		wait(0)
		wait(1)
		w.srv.Match(w.alice, w.bob)
	}()
	id, err := s.FindMatch(w.ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	w.join(s, int64(id))

	ctx, cancel := context.WithCancel(w.ctx)
	go func() { wait(1); cancel() }()
	if _, err := s.FindMatch(ctx, a); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	wait(0)
	for _, bad := range []ogs.Automatch{{}, {Sizes: []int{11}, Speeds: a.Speeds, Systems: a.Systems}, {Sizes: a.Sizes, Speeds: []string{"fast"}, Systems: a.Systems},
		{Sizes: a.Sizes, Speeds: a.Speeds, Systems: []string{ogs.Canadian}}} {
		if _, err := s.FindMatch(w.ctx, bad); err == nil {
			t.Errorf("%+v was sent", bad)
		}
	}
}

func TestPresets(t *testing.T) {
	all := ogs.BuiltinPresets()
	for name, p := range all {
		c := ogs.NewChallenge(19)
		if err := errors.Join(p.Apply(&c), c.Check()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	size, long, komi, handicap, color, least, most, analysis := 13, "15m+5x20s", "0.5", "3", "white", "15k", "2d", false
	all["Tuesday"] = ogs.Preset{Size: &size, Time: &long, Komi: &komi, Handicap: &handicap, Color: &color, MinRank: &least, MaxRank: &most, Analysis: &analysis}
	p, err := ogs.FindPreset(all, "tues")
	if err != nil {
		t.Fatal(err)
	}
	c := ogs.NewChallenge(19)
	if err := p.Apply(&c); err != nil || c.Width != 13 || *c.Komi != 0.5 || c.Handicap != 3 || c.MinRank != 15 || c.MaxRank != 31 || !c.NoAnalysis || c.Time.Period != 20*time.Second {
		t.Errorf("%+v, %v", c, err)
	}
	if _, err := ogs.FindPreset(all, "l"); err == nil {
		t.Error("an ambiguous name was taken")
	}
	never, noRank := "never", "40k"
	for _, bad := range []ogs.Preset{{Time: &never}, {MinRank: &noRank}, {Handicap: &never}, {Komi: &never}} {
		if err := bad.Check(); err == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
	if keys := ogs.PresetKeys(); !slices.Contains(keys, "min_rank") || !slices.Contains(keys, "size") || !slices.Contains(keys, "pause_on_weekends") {
		t.Errorf("the keys are %s", keys)
	}
	for s, want := range map[string]int{"30k": 0, "1k": 29, "1D": 30, "9d": 38} {
		if got, err := ogs.ParseRank(s); err != nil || got != want || ogs.FormatRank(float64(got)) != strings.ToLower(s) {
			t.Errorf("%s is %d, %v", s, got, err)
		}
	}
}
