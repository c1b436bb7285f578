package outbox

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/gobancam/gobancam/challonge"
	"github.com/gobancam/gobancam/challonge/challongetest"
	"github.com/gobancam/gobancam/internal/club"
	"github.com/gobancam/gobancam/internal/club/site"
	"github.com/gobancam/gobancam/internal/credentials"
)

func TestMain(m *testing.M) {
	if os.Getenv("OUTBOX_CRASH_AT") != "" {
		crash()
	}
	goleak.VerifyTestMain(m)
}

// room is a club with a server, a tournament under way, and an outbox.
type room struct {
	srv    *challongetest.Server
	c      site.Challonge
	tour   string
	box    *Outbox
	offset time.Duration
}

func newRoom(t testing.TB, players int) *room {
	t.Helper()
	ctx := context.Background()
	srv := challongetest.New()
	t.Cleanup(srv.Close)
	u := srv.AddUser("organiser")
	c, err := challonge.New(challonge.Options{API: srv.URL + "/v2.1", Auth: challonge.Key(u.Key), HTTP: srv.Client(), Pause: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	yes := true
	tour, err := c.CreateTournament(ctx, challonge.TournamentFields{Name: "Club", Type: challonge.RoundRobin, Match: &challonge.MatchOptions{AcceptAttachments: &yes}})
	if err != nil {
		t.Fatal(err)
	}
	var fields []challonge.ParticipantFields
	for i := range players {
		fields = append(fields, challonge.ParticipantFields{Name: string(rune('A' + i))})
	}
	if _, err := c.AddParticipants(ctx, tour.ID, fields); err != nil {
		t.Fatal(err)
	}
	if tour, err = c.ChangeState(ctx, tour.ID, challonge.Start); err != nil {
		t.Fatal(err)
	}
	r := &room{srv: srv, c: site.Challonge{Client: c}, tour: string(tour.ID)}
	r.box = r.open(t, t.TempDir())
	return r
}

func (r *room) open(t testing.TB, dir string) *Outbox {
	t.Helper()
	box, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	box.now = func() time.Time { return time.Now().Add(r.offset) }
	return box
}

func (r *room) connect(context.Context, Report) (Sender, error) { return r.c, nil }

func (r *room) matches(t testing.TB) []club.Match {
	t.Helper()
	ms, err := r.c.Matches(context.Background(), r.tour, "")
	if err != nil {
		t.Fatal(err)
	}
	return ms
}

// report is a result of m that the first player won.
func (r *room) report(m club.Match) Report {
	return Report{API: r.c.API(), Tournament: r.tour, Match: m.ID, Text: "Round 1: A (B) beat B (W), B+R", SGF: "(;GM[1])", Link: "https://online-go.com/game/1",
		Result:    club.Result{Player1: m.Player1, Player2: m.Player2, Winner: m.Player1, Sets: [][2]int{{1, 0}}},
		Confirmed: Confirmation{By: "the players"}}
}

// settled checks that a match has its result and its game exactly once.
func (r *room) settled(t testing.TB, box *Outbox, m club.Match) {
	t.Helper()
	if n := r.srv.Reports(m.ID); n != 1 {
		t.Errorf("match %s was reported %d times", m.Identifier, n)
	}
	files, err := r.c.Attached(context.Background(), r.tour, m.ID)
	if err != nil || len(files) != 1 || !strings.Contains(files[0], "(;GM[1])") {
		t.Errorf("match %s has the attachments %v, %v", m.Identifier, files, err)
	}
	if left, err := box.Unsettled(); err != nil || len(left) > 0 {
		t.Errorf("unsettled: %v %v", left, err)
	}
	trail, _ := box.Audit() // a crash may have cut off a line
	events := map[string]int{}
	for _, e := range trail {
		if e.Match == m.ID {
			events[e.Event]++
			if e.Event == "confirmed" && e.By != "the players" {
				t.Errorf("confirmed by %q", e.By)
			}
		}
	}
	if events["confirmed"] == 0 || events["taken"]+events["already there"] == 0 {
		t.Errorf("the trail has only %v", events)
	}
}

func TestSentOnce(t *testing.T) {
	r := newRoom(t, 2)
	m := r.matches(t)[0]
	first, err := r.box.Add(r.report(m))
	if err != nil {
		t.Fatal(err)
	}
	if again, err := r.box.Add(r.report(m)); err != nil || again.ID != first.ID {
		t.Errorf("the same result twice: %v %v", again.ID, err)
	}
	other := r.report(m)
	other.Result.Winner, other.Result.Sets = m.Player2, [][2]int{{0, 1}}
	var there *ErrOther
	if _, err := r.box.Add(other); !errors.As(err, &there) {
		t.Errorf("another result beside it: %v", err)
	}
	sent, err := r.box.Flush(t.Context(), r.connect)
	if err != nil || len(sent.Taken) != 1 || sent.Taken[0].State != Done {
		t.Fatalf("%+v %v", sent, err)
	}
	r.settled(t, r.box, m)
	for range 3 {
		if sent, err := r.box.Flush(t.Context(), r.connect); err != nil || len(sent.Taken) != 0 {
			t.Errorf("%+v %v", sent, err)
		}
	}
	r.settled(t, r.box, m)
}

// Whatever goes wrong on the way, the result arrives once.
func TestFaultsOnTheWay(t *testing.T) {
	for _, f := range []challongetest.Fault{
		{Method: "PUT", Drop: challongetest.Before}, {Method: "PUT", Drop: challongetest.After}, {Method: "PUT", Status: 500}, {Method: "PUT", Status: 502, HTML: true},
		{Method: "PUT", Garble: true}, {Method: "PUT", Page: true}, {Method: "PUT", Status: 429, RetryAfter: time.Hour}, {Method: "PUT", Status: 401},
		{Method: "PUT", Status: 408}, {Method: "PUT", Drop: challongetest.After, Times: 3},
		{Method: "GET", Drop: challongetest.Before, Times: 3}, {Method: "GET", Status: 503, Times: 5}, {Method: "GET", Page: true, Times: 3}, {Method: "GET", Status: 429},
		{Method: "POST", Drop: challongetest.Before}, {Method: "POST", Drop: challongetest.After}, {Method: "POST", Garble: true}, {Method: "POST", Status: 500},
	} {
		t.Run(fmt.Sprintf("%+v", f), func(t *testing.T) {
			t.Parallel()
			r := newRoom(t, 2)
			m := r.matches(t)[0]
			if _, err := r.box.Add(r.report(m)); err != nil {
				t.Fatal(err)
			}
			r.srv.Break(f)
			for range 12 {
				sent, err := r.box.Flush(t.Context(), r.connect)
				if err != nil {
					t.Fatal(err)
				}
				if len(sent.Held) > 0 {
					t.Fatalf("held: %+v", sent.Held)
				}
				left, _ := r.box.Unsettled()
				if len(left) == 0 {
					break
				}
				if sent.Next.IsZero() || !sent.Next.After(r.box.now()) {
					t.Fatalf("%+v is not tried again later", left)
				}
				// A restart in between, and time passes.
				r.box = r.open(t, r.box.Dir())
				r.offset += time.Until(sent.Next) - r.offset + time.Second
				r.c.Quota().Forget()
			}
			r.settled(t, r.box, m)
		})
	}
}

// A token that has ended is refreshed on the way; a sign-in that has ended
// waits for a new one.
func TestSignInEnds(t *testing.T) {
	r := newRoom(t, 2)
	m := r.matches(t)[0]
	r.srv.AddApp("board", "secret")
	e := challonge.EndpointsAt(r.srv.URL)
	store := credentials.New(credentials.Options{Dir: filepath.Join(t.TempDir(), "c"), NoKeyring: true, Notice: func(string) {}})
	app := &challonge.App{ID: "board", Secret: "secret", Scopes: []string{challonge.ApplicationScope}, Endpoints: e, HTTP: r.srv.Client()}
	tok, err := app.ClientCredentials(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := challonge.Remember(store, e, challonge.WayApplication, app, tok, ""); err != nil {
		t.Fatal(err)
	}
	connect := func(ctx context.Context, _ Report) (Sender, error) {
		auth, _, err := challonge.Stored(ctx, store, e, r.srv.Client())
		if err != nil {
			return nil, err
		}
		c, err := challonge.New(challonge.Options{API: e.API, Auth: auth, HTTP: r.srv.Client()})
		return site.Challonge{Client: c}, err
	}
	// The account's tournament is not the application's: a 404 is held, and
	// released when somebody has seen to it.
	if _, err := r.box.Add(r.report(m)); err != nil {
		t.Fatal(err)
	}
	r.srv.ExpireTokens()
	sent, err := r.box.Flush(t.Context(), connect)
	if err != nil || len(sent.Held) != 1 {
		t.Fatalf("%+v %v", sent, err)
	}
	if err := r.box.Release(t.Context(), sent.Held[0].ID, "the organiser"); err != nil {
		t.Fatal(err)
	}
	store.Delete(challonge.StoreKey(e))
	if sent, err = r.box.Flush(t.Context(), connect); err != nil || len(sent.Waiting) != 1 || !strings.Contains(sent.Waiting[0].Problem, challonge.ErrSignIn.Error()) {
		t.Fatalf("signed out: %+v %v", sent, err)
	}
	if sent, err = r.box.FlushAll(t.Context(), r.connect); err != nil || len(sent.Taken) != 1 {
		t.Fatalf("signed in again: %+v %v", sent, err)
	}
	r.settled(t, r.box, m)
}

func TestAnotherResultIsNotOverwritten(t *testing.T) {
	ctx := t.Context()
	r := newRoom(t, 2)
	m := r.matches(t)[0]
	mine := r.report(m)
	theirs := mine.Result
	theirs.Winner, theirs.Sets = m.Player2, [][2]int{{0, 1}}
	if _, err := r.c.Report(ctx, r.tour, m.ID, theirs); err != nil {
		t.Fatal(err)
	}
	rep, err := r.box.Add(mine)
	if err != nil {
		t.Fatal(err)
	}
	sent, err := r.box.Flush(ctx, r.connect)
	if err != nil || len(sent.Held) != 1 || !strings.Contains(sent.Held[0].Problem, "reset every match") {
		t.Fatalf("%+v %v", sent, err)
	}
	if got, _ := r.c.Match(ctx, r.tour, m.ID); !theirs.Is(got) {
		t.Fatalf("overwritten: %+v", got)
	}
	if err := r.box.Release(ctx, rep.ID, "the organiser"); err != nil {
		t.Fatal(err)
	}
	// Before it is sent the organiser corrects the score on the site: that is
	// not what was agreed to replace.
	theirs.Sets = [][2]int{{1, 2}}
	if _, err := r.c.Report(ctx, r.tour, m.ID, theirs); err != nil {
		t.Fatal(err)
	}
	if sent, err = r.box.Flush(ctx, r.connect); err != nil || len(sent.Held) != 1 {
		t.Fatalf("%+v %v", sent, err)
	}
	if err := r.box.Release(ctx, rep.ID, "the organiser"); err != nil {
		t.Fatal(err)
	}
	if sent, err = r.box.Flush(ctx, r.connect); err != nil || len(sent.Taken) != 1 {
		t.Fatalf("%+v %v", sent, err)
	}
	if got, _ := r.c.Match(ctx, r.tour, m.ID); !mine.Result.Is(got) {
		t.Errorf("%+v", got)
	}
	trail, _ := r.box.Audit()
	var events []string
	for _, e := range trail {
		events = append(events, e.Event)
	}
	if got := strings.Join(events, ", "); got != "confirmed, held, released, held, released, sending, taken, attached" {
		t.Errorf("trail: %s", got)
	}
}

func TestHeldForAPerson(t *testing.T) {
	ctx := t.Context()
	r := newRoom(t, 3)
	ms := r.matches(t)
	stranger := r.report(ms[0])
	stranger.Result.Player2 = "4711"
	gone := r.report(ms[1])
	gone.Match = "4712"
	r.box.Add(stranger)
	r.box.Add(gone)
	sent, err := r.box.Flush(ctx, r.connect)
	if err != nil || len(sent.Held) != 2 {
		t.Fatalf("%+v %v", sent, err)
	}
	for _, h := range sent.Held {
		if err := r.box.Withdraw(ctx, h.ID, "the organiser"); err != nil {
			t.Error(err)
		}
	}
	if left, _ := r.box.Unsettled(); len(left) != 0 {
		t.Errorf("left %v", left)
	}
	if err := r.box.Withdraw(ctx, sent.Held[0].ID, "x"); err == nil {
		t.Error("withdrawn twice")
	}
	// The result that was reported by hand meanwhile is not reported again.
	same := r.report(ms[2])
	if _, err := r.c.Report(ctx, r.tour, ms[2].ID, same.Result); err != nil {
		t.Fatal(err)
	}
	r.box.Add(same)
	if sent, err := r.box.Flush(ctx, r.connect); err != nil || len(sent.Taken) != 1 {
		t.Errorf("%+v %v", sent, err)
	}
	r.settled(t, r.box, ms[2])
}

// A game that cannot be attached never holds a result.
func TestAttachmentsAreACourtesy(t *testing.T) {
	for name, f := range map[string]challongetest.Fault{
		"refused": {Method: "POST", Status: 422}, "500 for ever": {Method: "POST", Status: 500, Times: -1}, "no such route": {Method: "GET", Path: "attachments", Status: 404, HTML: true, Times: -1},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRoom(t, 2)
			m := r.matches(t)[0]
			r.srv.Break(f)
			r.box.Add(r.report(m))
			for range 5 {
				if _, err := r.box.Flush(t.Context(), r.connect); err != nil {
					t.Fatal(err)
				}
				r.offset += time.Hour
			}
			if n := r.srv.Reports(m.ID); n != 1 {
				t.Errorf("reported %d times", n)
			}
			if left, _ := r.box.Unsettled(); len(left) != 0 {
				t.Errorf("still busy with %+v", left)
			}
		})
	}
}

func TestCorruptFilesAreKept(t *testing.T) {
	r := newRoom(t, 3)
	ms := r.matches(t)
	r.box.Add(r.report(ms[0]))
	bad := filepath.Join(r.box.Dir(), "0bad"+suffix)
	os.WriteFile(bad, []byte(`{"id":"0bad","state":"wai`), 0o600)
	os.WriteFile(filepath.Join(r.box.Dir(), auditFile), []byte(`{"event":"confirmed","report":"x"}`+"\n"+`{"half`), 0o600)
	sent, err := r.box.Flush(t.Context(), r.connect)
	if err == nil || !strings.Contains(err.Error(), "0bad") || len(sent.Taken) != 1 {
		t.Errorf("%+v %v", sent, err)
	}
	if data, _ := os.ReadFile(bad + ".corrupt"); string(data) != `{"id":"0bad","state":"wai` {
		t.Errorf("kept %q", data)
	}
	if _, err := r.box.Reports(); err != nil {
		t.Errorf("told twice: %v", err)
	}
	trail, err := r.box.Audit()
	if err == nil || !strings.Contains(err.Error(), "line 2") || len(trail) != 4 { // x, sending, taken, attached
		t.Errorf("%v %v", trail, err)
	}
}

// Two processes flush the same outbox at once.
func TestTwoSenders(t *testing.T) {
	r := newRoom(t, 6)
	ms := r.matches(t)
	for _, m := range ms {
		if _, err := r.box.Add(r.report(m)); err != nil {
			t.Fatal(err)
		}
	}
	var wg sync.WaitGroup
	for range 3 {
		box := r.open(t, r.box.Dir())
		wg.Go(func() {
			if _, err := box.Flush(t.Context(), r.connect); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, m := range ms {
		r.settled(t, r.box, m)
	}
}

// Any sequence of faults and restarts leaves each result exactly once.
func TestAnyFaults(t *testing.T) {
	if f := flag.Lookup("rapid.checks"); f != nil && f.Value.String() == f.DefValue {
		flag.Set("rapid.checks", "15") // each is a few hundred requests and files
	}
	rapid.Check(t, func(rt *rapid.T) {
		r := newRoom(t, 3)
		ms := r.matches(t)
		for _, m := range ms {
			if _, err := r.box.Add(r.report(m)); err != nil {
				rt.Fatal(err)
			}
		}
		for range 60 {
			left, err := r.box.Unsettled()
			if err != nil {
				rt.Fatal(err)
			}
			if len(left) == 0 {
				break
			}
			if rapid.IntRange(0, 2).Draw(rt, "calm") > 0 {
				f := challongetest.Fault{Method: rapid.SampledFrom([]string{"", "GET", "PUT", "POST"}).Draw(rt, "method")}
				switch rapid.IntRange(0, 4).Draw(rt, "fault") {
				case 0:
					f.Drop = challongetest.Before
				case 1:
					f.Drop = challongetest.After
				case 2:
					f.Status = rapid.SampledFrom([]int{429, 500, 503, 401}).Draw(rt, "status")
				case 3:
					f.Garble = true
				case 4:
					f.Page = true
				}
				r.srv.Break(f)
			}
			if _, err := r.box.FlushAll(t.Context(), r.connect); err != nil {
				rt.Fatal(err)
			}
			r.offset += 31 * time.Minute
			r.c.Quota().Forget()
		}
		r.srv.Mend()
		for _, m := range ms {
			if n := r.srv.Reports(m.ID); n != 1 {
				rt.Errorf("match %s was reported %d times", m.Identifier, n)
			}
			files, err := r.c.Attached(context.Background(), r.tour, m.ID)
			if err != nil || len(files) > 1 {
				rt.Errorf("match %s has %d attachments, %v", m.Identifier, len(files), err)
			}
		}
		if left, err := r.box.Unsettled(); err != nil || len(left) > 0 {
			rt.Errorf("unsettled: %+v %v", left, err)
		}
	})
}

func TestRun(t *testing.T) {
	r := newRoom(t, 3)
	ms := r.matches(t)
	ctx, cancel := context.WithCancel(t.Context())
	wake, told, done := make(chan struct{}, 1), make(chan Sent, 10), make(chan struct{})
	r.box.Add(r.report(ms[0]))
	go func() {
		defer close(done)
		r.box.Run(ctx, r.connect, wake, func(s Sent, err error) {
			if err != nil {
				t.Error(err)
			}
			told <- s
		})
	}()
	if s := <-told; len(s.Taken) != 1 {
		t.Errorf("at the start: %+v", s)
	}
	r.box.Add(r.report(ms[1]))
	wake <- struct{}{}
	if s := <-told; len(s.Taken) != 1 {
		t.Errorf("when woken: %+v", s)
	}
	cancel()
	<-done
}

func TestWaitGrows(t *testing.T) {
	now := time.Now()
	last := time.Duration(0)
	for i := range 20 {
		d := wait(i, errors.New("no network"), now)
		if d < last || d > 30*time.Minute {
			t.Errorf("after %d attempts: %v", i, d)
		}
		last = d
	}
	if d := wait(0, &club.Problem{Until: now.Add(5 * time.Hour)}, now); d != 5*time.Hour {
		t.Errorf("quota: %v", d)
	}
	if d := wait(0, fmt.Errorf("asked to: %w", &club.Problem{After: time.Hour}), now); d != time.Hour {
		t.Errorf("asked to wait an hour: %v", d)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"id":"1","state":"waiting","result":{"player1":"1","player2":"2","sets":[[1,0]],"winner":"1"}}`))
	f.Add([]byte(`{"id":"../x","state":"done"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := parse(data)
		if err == nil && (r.ID == "" || strings.Contains(r.ID, "/") || r.Result.Check() != nil) {
			t.Errorf("%+v", r)
		}
	})
}
