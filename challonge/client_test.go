package challonge_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/oauth2"

	"github.com/gobancam/gobancam/challonge"
	"github.com/gobancam/gobancam/challonge/challongetest"
	"github.com/gobancam/gobancam/internal/web"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// club is a server with an account, and a client that is signed in by its key.
func club(t testing.TB) (*challongetest.Server, *challonge.Client) {
	t.Helper()
	srv := challongetest.New()
	u := srv.AddUser("Shuwa")
	c, err := challonge.New(challonge.Options{API: srv.URL + "/v2.1", Auth: challonge.Key(u.Key), HTTP: srv.Client(), Pause: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		srv.Close()
		if v := srv.Violations(); len(v) > 0 {
			t.Errorf("the server complains: %q", v)
		}
	})
	return srv, c
}

// started is a tournament under way with players A, B, C, …
func started(t testing.TB, c *challonge.Client, kind string, players int) (challonge.Tournament, map[string]challonge.ID) {
	t.Helper()
	ctx := context.Background()
	yes := true
	tour, err := c.CreateTournament(ctx, challonge.TournamentFields{Name: "Club", Type: kind,
		Match: &challonge.MatchOptions{AcceptAttachments: &yes}, Swiss: &challonge.PointsOptions{Rounds: 3}})
	if err != nil {
		t.Fatal(err)
	}
	var fields []challonge.ParticipantFields
	for i := range players {
		fields = append(fields, challonge.ParticipantFields{Name: string(rune('A' + i))})
	}
	list, err := c.AddParticipants(ctx, tour.ID, fields)
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]challonge.ID{}
	for _, p := range list {
		ids[p.Name] = p.ID
	}
	if tour, err = c.ChangeState(ctx, tour.ID, challonge.Start); err != nil {
		t.Fatal(err)
	}
	return tour, ids
}

func win(m challonge.Match, first bool) challonge.Result {
	r := challonge.Result{Player1: m.Player1, Player2: m.Player2, Winner: m.Player1, Sets: [][2]int{{1, 0}}}
	if !first {
		r.Winner, r.Sets = m.Player2, [][2]int{{0, 1}}
	}
	return r
}

// A whole tournament of each kind, under each form that replies have been seen
// in.
func TestWholeTournaments(t *testing.T) {
	ctx := t.Context()
	quirks := map[string]challongetest.Quirks{
		"documented":           {},
		"relationships inside": {RelationshipsInside: true},
		"no relationships":     {NoRelationships: true, NumericIDs: true},
		"small pages":          {NoCount: true, ErrorsAsObject: true},
		"pages cut":            {PageLimit: 3},
	}
	for name, q := range quirks {
		for _, c := range []struct {
			kind    string
			players int
			matches int
		}{
			{challonge.SingleElimination, 4, 3}, {challonge.SingleElimination, 7, 6}, {challonge.SingleElimination, 2, 1}, {challonge.SingleElimination, 13, 12},
			{challonge.DoubleElimination, 2, 2}, {challonge.DoubleElimination, 4, 6}, {challonge.DoubleElimination, 7, 12},
			{challonge.RoundRobin, 5, 10}, {challonge.RoundRobin, 6, 15}, {challonge.Swiss, 7, 9}, {challonge.Swiss, 8, 12},
		} {
			t.Run(fmt.Sprint(name, " ", c.kind, " ", c.players), func(t *testing.T) {
				srv, client := club(t)
				srv.SetQuirks(q)
				tour, ids := started(t, client, c.kind, c.players)
				played := 0
				for {
					open, err := client.Matches(ctx, tour.ID, challonge.MatchFilter{State: challonge.MatchOpen})
					if err != nil {
						t.Fatal(err)
					}
					if len(open) == 0 {
						break
					}
					for _, m := range open {
						if m.Player1 == "" || m.Player2 == "" {
							t.Fatalf("an open match without players: %+v", m)
						}
						r := win(m, true)
						got, err := client.Report(ctx, tour.ID, m.ID, r)
						if err != nil {
							t.Fatal(err)
						}
						if got.State != challonge.MatchComplete || got.Winner != r.Winner || !slices.Equal(got.Sets, r.Sets) {
							t.Errorf("reported %+v, got %+v", r, got)
						}
						played++
					}
				}
				if played != c.matches {
					t.Errorf("%d matches, want %d", played, c.matches)
				}
				tour, err := client.Tournament(ctx, tour.ID)
				if err != nil || tour.State != challonge.TournamentAwaitingReview {
					t.Fatalf("%v %v", tour.State, err)
				}
				if tour, err = client.ChangeState(ctx, tour.ID, challonge.Finalize); err != nil || tour.State != challonge.TournamentComplete {
					t.Fatalf("%v %v", tour.State, err)
				}
				people, err := client.Participants(ctx, tour.ID)
				if err != nil || len(people) != c.players {
					t.Fatalf("%d participants, %v", len(people), err)
				}
				for _, p := range people {
					if p.FinalRank == 0 || (p.ID == ids["A"]) != (p.FinalRank == 1) && strings.HasSuffix(c.kind, "elimination") {
						t.Errorf("%s has rank %d", p.Name, p.FinalRank)
					}
				}
			})
		}
	}
}

func TestByesAndSeeds(t *testing.T) {
	_, c := club(t)
	tour, ids := started(t, c, challonge.SingleElimination, 5)
	ms, err := c.Matches(t.Context(), tour.ID, challonge.MatchFilter{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	name := map[challonge.ID]string{"": "?"}
	for n, id := range ids {
		name[id] = n
	}
	for _, m := range ms {
		got = append(got, fmt.Sprintf("%d%s:%s-%s", m.Round, m.Identifier, name[m.Player1], name[m.Player2]))
	}
	if s := strings.Join(got, " "); s != "1A:D-E 2B:A-? 2C:B-C 3D:?-?" {
		t.Errorf("bracket %s", s)
	}
}

func TestAChangedResultResetsTheBranch(t *testing.T) {
	ctx := t.Context()
	_, c := club(t)
	tour, _ := started(t, c, challonge.SingleElimination, 4)
	ms, _ := c.Matches(ctx, tour.ID, challonge.MatchFilter{})
	for _, i := range []int{0, 1} {
		if _, err := c.Report(ctx, tour.ID, ms[i].ID, win(ms[i], true)); err != nil {
			t.Fatal(err)
		}
	}
	final, _ := c.Match(ctx, tour.ID, ms[2].ID)
	if final.State != challonge.MatchOpen {
		t.Fatalf("the final is %s", final.State)
	}
	if _, err := c.Report(ctx, tour.ID, final.ID, win(final, false)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.ChangeMatch(ctx, tour.ID, ms[0].ID, challonge.Reopen); err != nil {
		t.Fatal(err)
	}
	if final, _ = c.Match(ctx, tour.ID, final.ID); final.State != challonge.MatchPending || final.Winner != "" || final.Player1 != "" {
		t.Errorf("after reopening a semi-final the final is %+v", final)
	}
}

func TestTies(t *testing.T) {
	ctx := t.Context()
	_, c := club(t)
	tour, _ := started(t, c, challonge.RoundRobin, 3)
	ms, _ := c.Matches(ctx, tour.ID, challonge.MatchFilter{})
	r := challonge.Result{Player1: ms[0].Player2, Player2: ms[0].Player1, Sets: [][2]int{{1, 0}, {0, 1}}}
	got, err := c.Report(ctx, tour.ID, ms[0].ID, r)
	if err != nil || !got.Tie || got.Winner != "" || got.Score() != "0-1,1-0" {
		t.Errorf("%+v %v", got, err)
	}
	tour, _ = started(t, c, challonge.SingleElimination, 2)
	ms, _ = c.Matches(ctx, tour.ID, challonge.MatchFilter{})
	_, err = c.Report(ctx, tour.ID, ms[0].ID, challonge.Result{Player1: ms[0].Player1, Player2: ms[0].Player2, Sets: [][2]int{{0, 0}}})
	if !errors.Is(err, challonge.ErrInvalid) || !strings.Contains(err.Error(), "no ties") {
		t.Errorf("a tie in an elimination: %v", err)
	}
}

func TestManyParticipantsAndPages(t *testing.T) {
	ctx := t.Context()
	for _, q := range []challongetest.Quirks{{}, {NoCount: true}, {PageLimit: 25}, {PageLimit: 25, NoCount: true}, {PageLimit: 30, NoCount: true}} {
		srv, c := club(t)
		srv.SetQuirks(q)
		tour, err := c.CreateTournament(ctx, challonge.TournamentFields{Name: "Open", Type: challonge.Swiss})
		if err != nil {
			t.Fatal(err)
		}
		var fields []challonge.ParticipantFields
		for i := range 125 {
			fields = append(fields, challonge.ParticipantFields{Name: fmt.Sprint("Player ", i), Misc: fmt.Sprint(i)})
		}
		added, err := c.AddParticipants(ctx, tour.ID, fields)
		if err != nil || len(added) != 125 {
			t.Fatalf("added %d, %v", len(added), err)
		}
		list, err := c.Participants(ctx, tour.ID)
		if err != nil || len(list) != 125 || list[124].Misc != "124" {
			t.Errorf("%+v: listed %d, %v", q, len(list), err)
		}
	}
}

// Servers whose lists have no end: the same page for ever ends the list, ever
// new pages and ever larger ones are an error that says so.
func TestPagesThatNeverEnd(t *testing.T) {
	for _, c := range []struct {
		name            string
		count, size     int  // in the meta, and things on a page
		fresh           bool // new things on each page
		people, pages   int  // at most
		endless, counts bool
	}{
		{name: "the same page", size: 100, people: 100, pages: 2},
		{name: "new pages", size: 100, fresh: true, pages: 251, endless: true},
		{name: "one new thing a page", count: 1 << 30, size: 1, fresh: true, pages: 250, endless: true, counts: true},
		{name: "huge pages", size: 26_000, fresh: true, pages: 1, endless: true},
		{name: "a count below zero", count: -5, size: 3, fresh: true, people: 3, pages: 1, counts: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			n, id := 0, 0
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				n++
				if !c.fresh {
					id = 0
				}
				var list []string
				for range c.size {
					id++
					list = append(list, fmt.Sprintf(`{"id":%d,"attributes":{"name":"x"}}`, id))
				}
				meta := ""
				if c.counts {
					meta = fmt.Sprintf(`,"meta":{"count":%d}`, c.count)
				}
				fmt.Fprintf(w, `{"data":[%s]%s}`, strings.Join(list, ","), meta)
			}))
			defer srv.Close()
			client, _ := challonge.New(challonge.Options{API: srv.URL, Auth: challonge.Key("k"), HTTP: srv.Client(), Pause: time.Millisecond})
			people, err := client.Participants(t.Context(), "1")
			if errors.Is(err, challonge.ErrEndless) != c.endless || (err != nil) != c.endless || challonge.Temporary(err) {
				t.Errorf("%v", err)
			}
			if len(people) != c.people || n > c.pages {
				t.Errorf("%d people in %d requests", len(people), n)
			}
		})
	}
}

// Answers that are too large or nested too deep end the request, whether they
// are a success or not.
func TestHostileBodies(t *testing.T) {
	for name, body := range map[string]string{
		"large":         `{"data":"` + strings.Repeat("x", 17<<20) + `"}`,
		"deep":          `{"data":` + strings.Repeat(`[`, 1<<20),
		"deep errors":   `{"errors":` + strings.Repeat(`[`, 5000) + `"x"` + strings.Repeat(`]`, 5000) + `}`,
		"deeper errors": `{"errors":` + strings.Repeat(`{"x":`, 9000) + `"x"` + strings.Repeat(`}`, 9000) + `}`,
	} {
		for _, status := range []int{200, 422} {
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(status)
				fmt.Fprint(w, body)
			}))
			client, _ := challonge.New(challonge.Options{API: srv.URL, Auth: challonge.Key("k"), HTTP: srv.Client(), Pause: time.Millisecond})
			if _, err := client.Me(t.Context()); !errors.Is(err, challonge.ErrTrouble) || !errors.Is(err, web.ErrTooLarge) || len(err.Error()) > 300 {
				t.Errorf("%s, %d: %.300v", name, status, err)
			}
			srv.Close()
		}
	}
}

// The key and the tokens go to no other origin, wherever a redirect leads: from
// TLS to plain, to another port, to another host; nor does a form of OAuth.
func TestRedirectsToOtherServers(t *testing.T) {
	var strays atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { strays.Add(1) }))
	defer other.Close()
	away := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL+r.URL.Path, http.StatusTemporaryRedirect)
	})
	plain, secure := httptest.NewServer(away), httptest.NewTLSServer(away)
	defer plain.Close()
	defer secure.Close()
	for _, srv := range []*httptest.Server{plain, secure} {
		e := challonge.EndpointsAt(srv.URL)
		c, err := challonge.New(challonge.Options{API: e.API, Auth: challonge.Key("hush"), HTTP: srv.Client(), Pause: time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		_, read := c.Me(t.Context())
		_, change := c.CreateTournament(t.Context(), challonge.TournamentFields{Name: "x", Type: challonge.Swiss})
		app := &challonge.App{ID: "board", Secret: "hush", Endpoints: e, HTTP: srv.Client()}
		_, device := app.Device(t.Context())
		_, itself := app.ClientCredentials(t.Context())
		_, refresh := app.Refresh(t.Context(), &oauth2.Token{RefreshToken: "hush"})
		for name, err := range map[string]error{"a read": read, "a change": change, "a device code": device, "client credentials": itself, "a refresh": refresh} {
			if err == nil || strings.Contains(err.Error(), "hush") {
				t.Errorf("%s from %s: %v", name, srv.URL, err)
			}
		}
	}
	if n := strays.Load(); n != 0 {
		t.Errorf("%d requests went to another server", n)
	}
}

func TestPrefixes(t *testing.T) {
	ctx := t.Context()
	srv, c := club(t)
	srv.AddCommunity("kyoto")
	srv.AddApp("app", "secret")
	tour, err := c.Community("kyoto").CreateTournament(ctx, challonge.TournamentFields{Name: "Castle", Type: challonge.RoundRobin})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Tournament(ctx, tour.ID); !errors.Is(err, challonge.ErrNotFound) || !strings.Contains(err.Error(), "only with that community") {
		t.Errorf("a community's tournament without its prefix: %v", err)
	}
	in := c.Community("kyoto")
	if got, err := in.Tournament(ctx, tour.ID); err != nil || got.Name != "Castle" {
		t.Errorf("%v %v", got, err)
	}
	if me, err := in.Me(ctx); err != nil || me.Username != "Shuwa" {
		t.Errorf("%v %v", me, err)
	}
	if _, err := c.Community("nowhere").Tournaments(ctx, challonge.TournamentFilter{}); !errors.Is(err, challonge.ErrNotFound) {
		t.Errorf("%v", err)
	}
	if _, err := c.Application().Tournaments(ctx, challonge.TournamentFilter{}); !errors.Is(err, challonge.ErrForbidden) {
		t.Errorf("a personal key at the application's routes: %v", err)
	}
	if list, err := c.Communities(ctx); err != nil || len(list) != 1 || list[0].Subdomain != "kyoto" {
		t.Errorf("%v %v", list, err)
	}
}

func TestFaults(t *testing.T) {
	ctx := t.Context()
	for _, c := range []struct {
		name  string
		fault challongetest.Fault
		want  error // nil: the read comes through all the same
		says  string
	}{
		{"one 502", challongetest.Fault{Status: 502, HTML: true}, nil, ""},
		{"one dropped connection", challongetest.Fault{Drop: challongetest.Before}, nil, ""},
		{"half an answer", challongetest.Fault{Garble: true}, challonge.ErrTrouble, "cannot be understood"},
		{"500 for ever", challongetest.Fault{Status: 500, Times: -1}, challonge.ErrTrouble, "try again later"},
		{"a web page for ever", challongetest.Fault{Page: true, Times: -1}, challonge.ErrTrouble, "web page"},
		{"404", challongetest.Fault{Status: 404}, challonge.ErrNotFound, "only with that community"},
		{"403", challongetest.Fault{Status: 403}, challonge.ErrForbidden, "scopes"},
		{"401", challongetest.Fault{Status: 401}, challonge.ErrSignIn, "sign in again"},
		{"422", challongetest.Fault{Status: 422}, challonge.ErrInvalid, "asked for by a test"},
		{"429", challongetest.Fault{Status: 429, RetryAfter: time.Hour}, challonge.ErrQuota, "used up"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			srv, client := club(t)
			srv.Break(c.fault)
			_, err := client.Tournaments(ctx, challonge.TournamentFilter{})
			if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
				t.Fatalf("got %v, want %v", err, c.want)
			}
			if err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("%q does not say %q", err, c.says)
			}
			if challonge.Temporary(err) != (errors.Is(c.want, challonge.ErrTrouble) || errors.Is(c.want, challonge.ErrQuota)) {
				t.Errorf("Temporary(%v) is wrong", err)
			}
		})
	}
	t.Run("a change is never sent twice", func(t *testing.T) {
		srv, client := club(t)
		for _, f := range []challongetest.Fault{{Status: 503}, {Drop: challongetest.Before}, {Drop: challongetest.After}, {Garble: true}, {Page: true}} {
			srv.Break(f)
			n := len(srv.Requests())
			_, err := client.CreateTournament(ctx, challonge.TournamentFields{Name: "x", Type: challonge.Swiss})
			if !errors.Is(err, challonge.ErrTrouble) {
				t.Errorf("%+v: %v", f, err)
			}
			if n = len(srv.Requests()) - n; n != 1 {
				t.Errorf("%+v: %d requests", f, n)
			}
		}
	})
	t.Run("no server", func(t *testing.T) {
		srv, client := club(t)
		srv.Close()
		if _, err := client.Me(ctx); !errors.Is(err, challonge.ErrTrouble) {
			t.Errorf("%v", err)
		}
	})
	t.Run("the context ends", func(t *testing.T) {
		srv, client := club(t)
		srv.Break(challongetest.Fault{Delay: time.Minute, Times: -1})
		ctx, cancel := context.WithTimeout(ctx, 30*time.Millisecond)
		defer cancel()
		start := time.Now()
		if _, err := client.Me(ctx); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 5*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
	t.Run("a redirection of a change", func(t *testing.T) {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodPost {
				t.Errorf("the change became a %s", r.Method)
			}
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		}))
		defer srv.Close()
		c, _ := challonge.New(challonge.Options{API: srv.URL, Auth: challonge.Key("k")})
		if _, err := c.CreateTournament(ctx, challonge.TournamentFields{Name: "x", Type: challonge.Swiss}); err == nil {
			t.Error("a redirection passed as a success")
		}
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	})
}

// A spent quota is remembered, across clients and restarts, until it resets.
func TestQuotaIsRemembered(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "state", "quota.json")
	srv := challongetest.New()
	defer srv.Close()
	u := srv.AddUser("x")
	open := func() *challonge.Client {
		c, err := challonge.New(challonge.Options{API: srv.URL + "/v2.1", Auth: challonge.Key(u.Key), HTTP: srv.Client(), Quota: challonge.NewQuota(path)})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	srv.SetQuota(2)
	for range 2 {
		if _, err := open().Me(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := open().Me(ctx); !errors.Is(err, challonge.ErrQuota) {
		t.Fatalf("%v", err)
	}
	n := len(srv.Requests())
	for range 5 {
		var q *challonge.QuotaError
		if _, err := open().Me(ctx); !errors.As(err, &q) || !errors.Is(err, challonge.ErrQuota) || time.Until(q.Until) < 10*time.Minute {
			t.Fatalf("%v", err)
		}
	}
	if len(srv.Requests()) != n {
		t.Error("the server was asked although the quota is spent")
	}
	if got := open().Quota().Requests(); got != 3 {
		t.Errorf("%d requests counted, want 3", got)
	}
	srv.SetQuota(-1)
	open().Quota().Forget()
	if _, err := open().Me(ctx); err != nil {
		t.Error(err)
	}
	if _, spent := open().Quota().Spent(); spent {
		t.Error("still spent")
	}
}

func TestAddresses(t *testing.T) {
	for address, ok := range map[string]bool{
		"https://api.challonge.com/v2.1": true, "http://127.0.0.1:80": true, "http://[::1]:1/x": true, "http://localhost:1": true,
		"http://api.challonge.com": false, "ftp://x": false, "x": false, "https://": false, "http://127.0.0.1.evil.org": false,
	} {
		if _, err := challonge.New(challonge.Options{API: address, Auth: challonge.Key("k")}); (err == nil) != ok {
			t.Errorf("%s: %v", address, err)
		}
	}
	if _, err := challonge.New(challonge.Options{}); !errors.Is(err, challonge.ErrSignIn) {
		t.Errorf("no Auth: %v", err)
	}
}

func TestIDsAreEscaped(t *testing.T) {
	srv, c := club(t)
	for _, id := range []challonge.ID{"../me", "a/b", "a?b", "ä b", "."} {
		if _, err := c.Tournament(t.Context(), id); err == nil {
			t.Errorf("%q was found", id)
		}
	}
	for _, r := range srv.Requests() {
		if !strings.HasPrefix(r.Path, "/v2.1/tournaments/") {
			t.Errorf("asked for %s", r.Path)
		}
	}
}
