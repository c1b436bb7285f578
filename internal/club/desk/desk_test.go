package desk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/challonge"
	"github.com/gobancam/gobancam/challonge/challongetest"
	"github.com/gobancam/gobancam/internal/club"
	"github.com/gobancam/gobancam/internal/club/bracket"
	"github.com/gobancam/gobancam/internal/club/outbox"
	"github.com/gobancam/gobancam/internal/club/site"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// room answers the desk's questions in order.
type room struct {
	answers  []int // to Choose
	verdicts []Verdict
	asked    []string
	told     []string
}

func (r *room) Choose(_ context.Context, question string, options []string) (int, error) {
	r.asked = append(r.asked, question+" "+strings.Join(options, " | "))
	if len(r.answers) == 0 {
		return 0, fmt.Errorf("nobody answers %q", question)
	}
	i := r.answers[0]
	r.answers = r.answers[1:]
	return i, nil
}

func (r *room) Confirm(_ context.Context, v Review) (Verdict, error) {
	r.asked = append(r.asked, v.Text+"; "+v.Count)
	if len(r.verdicts) == 0 {
		return Verdict{By: "the players"}, nil
	}
	x := r.verdicts[0]
	r.verdicts = r.verdicts[1:]
	return x, nil
}

type venue struct {
	srv  *challongetest.Server
	c    site.Challonge
	tour club.Tournament
	room *room
	desk *Desk
}

func newClub(t *testing.T, kind string, names ...string) *venue {
	t.Helper()
	ctx := t.Context()
	srv := challongetest.New()
	t.Cleanup(srv.Close)
	u := srv.AddUser("organiser")
	c, err := challonge.New(challonge.Options{API: srv.URL + "/v2.1", Auth: challonge.Key(u.Key), HTTP: srv.Client(), Pause: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	yes := true
	tour, err := c.CreateTournament(ctx, challonge.TournamentFields{Name: "Club 13x13", Type: kind, Slug: "club", Match: &challonge.MatchOptions{AcceptAttachments: &yes}})
	if err != nil {
		t.Fatal(err)
	}
	var fields []challonge.ParticipantFields
	for _, n := range names {
		name, misc, _ := strings.Cut(n, "|")
		fields = append(fields, challonge.ParticipantFields{Name: name, Misc: misc})
	}
	if _, err := c.AddParticipants(ctx, tour.ID, fields); err != nil {
		t.Fatal(err)
	}
	if tour, err = c.ChangeState(ctx, tour.ID, challonge.Start); err != nil {
		t.Fatal(err)
	}
	box, err := outbox.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r := &room{}
	at := site.Challonge{Client: c}
	return &venue{srv, at, site.Tournament(tour), r, &Desk{Site: at, Outbox: box, Ask: r, Tell: func(s string) { r.told = append(r.told, s) }}}
}

func (c *venue) match(t *testing.T, id string) club.Match {
	t.Helper()
	m, err := c.c.Match(t.Context(), c.tour.ID, id)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// counted is a 9×9 game in which Black owns five columns and White four.
func counted(t *testing.T) (*board.Game, Game) {
	t.Helper()
	g, err := board.NewGame(board.Setup{Size: 9, Komi: 6.5})
	if err != nil {
		t.Fatal(err)
	}
	for y := range int8(9) {
		for _, m := range []board.Move{{Color: board.Black, Point: board.Point{X: 4, Y: y}}, {Color: board.White, Point: board.Point{X: 5, Y: y}}} {
			if err := g.Play(m); err != nil {
				t.Fatal(err)
			}
		}
	}
	return g, Counted(g, board.PointSet{})
}

func TestAnEvening(t *testing.T) {
	ctx := t.Context()
	c := newClub(t, challonge.SingleElimination, "Anna", "Ben", "Chie", "Doyun")
	c.room.answers = []int{1, 1} // the second match; the second player has Black
	table, err := c.desk.Pick(ctx, "", "")
	if err != nil {
		t.Fatal(err)
	}
	if table.Size != 13 || table.Black.Name != "Chie" || table.White.Name != "Ben" || !strings.Contains(table.String(), "round 1, match B: Chie (B) – Ben (W)") {
		t.Errorf("seated %s on %d", table, table.Size)
	}
	c.desk.Begin(ctx, table)
	if m := c.match(t, table.Match.ID); m.Underway.IsZero() {
		t.Error("the match is not shown as being played")
	}
	g, over := counted(t)
	root, _ := g.SGF()
	table.Sign(root, time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC))
	var sgf bytes.Buffer
	if err := board.WriteSGF(&sgf, root); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"PB[Chie]", "PW[Ben]", "EV[Club 13x13]", "RO[1, match B]", "DT[2026-11-22]"} {
		if !strings.Contains(sgf.String(), want) {
			t.Errorf("%s is not in %s", want, sgf.String())
		}
	}
	over.SGF = sgf.Bytes()
	r, err := c.desk.Finish(ctx, table, over)
	if err != nil || r.State != outbox.Done {
		t.Fatalf("%+v %v", r, err)
	}
	m := c.match(t, table.Match.ID)
	winner := table.Black.ID
	if over.Result.Winner == board.White {
		winner = table.White.ID
	}
	if m.State != club.Complete || m.Winner != winner {
		t.Errorf("%s won by %s: %+v", over.Result, winner, m)
	}
	review := c.room.asked[len(c.room.asked)-1]
	if !strings.Contains(review, over.Result.String()) || !strings.Contains(review, "6.5 komi") || !strings.Contains(review, "territory") {
		t.Errorf("the review says %q", review)
	}
	files, err := c.c.Attached(ctx, c.tour.ID, m.ID)
	if err != nil || len(files) != 1 || !strings.Contains(files[0], "PB[Chie]") {
		t.Errorf("%v %v", files, err)
	}
	trail, _ := c.desk.Outbox.Audit()
	if len(trail) == 0 || trail[0].By != "the players" || trail[0].Event != "confirmed" {
		t.Errorf("trail %+v", trail)
	}
}

// The requests that docs/challonge.md says a match costs.
func TestRequestsPerMatch(t *testing.T) {
	c := newClub(t, challonge.RoundRobin, "Anna", "Ben")
	before := len(c.srv.Requests())
	table, err := c.desk.Pick(t.Context(), "club/A", "Anna")
	if err != nil {
		t.Fatal(err)
	}
	c.desk.Begin(t.Context(), table)
	g := Resigned(board.White)
	g.SGF = []byte("(;GM[1])")
	if _, err := c.desk.Finish(t.Context(), table, g); err != nil {
		t.Fatal(err)
	}
	if n := len(c.srv.Requests()) - before; n != 9 {
		t.Errorf("%d requests", n)
	}
}

func TestPickBySpec(t *testing.T) {
	c := newClub(t, challonge.SingleElimination, "Anna", "Ben", "Chie", "Doyun")
	ms, _ := c.c.Matches(t.Context(), c.tour.ID, "")
	for spec, want := range map[string]string{
		"club/A": "Anna", "club/b": "Ben", "https://challonge.com/club/A": "Anna", c.tour.ID + "/" + ms[1].ID: "Ben",
	} {
		table, err := c.desk.Pick(t.Context(), spec, strings.ToLower(want))
		if err != nil || table.Black.Name != want {
			t.Errorf("%s: %v %v", spec, table, err)
		}
	}
	for spec, want := range map[string]string{"club/C": "not known yet", "club/Z": "no match", "nowhere/A": "only with that community"} {
		if _, err := c.desk.Pick(t.Context(), spec, "Anna"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", spec, err)
		}
	}
	if _, err := c.desk.Pick(t.Context(), "club/A", "Zoe"); err == nil || !strings.Contains(err.Error(), "Anna and Doyun") {
		t.Errorf("a stranger has Black: %v", err)
	}
	if _, err := c.c.Report(t.Context(), c.tour.ID, ms[0].ID, club.Result{Player1: ms[0].Player1, Player2: ms[0].Player2, Winner: ms[0].Player1, Sets: [][2]int{{1, 0}}}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.desk.Pick(t.Context(), "club/A", ""); err == nil || !strings.Contains(err.Error(), "reopen") {
		t.Errorf("a match that is over: %v", err)
	}
}

func TestMarkingNeverMatters(t *testing.T) {
	c := newClub(t, challonge.SingleElimination, "Anna", "Ben")
	c.srv.SetQuirks(challongetest.Quirks{NoUnderway: true})
	table, err := c.desk.Pick(t.Context(), "club/A", "Anna")
	if err != nil {
		t.Fatal(err)
	}
	c.desk.Begin(t.Context(), table)
	if len(c.room.told) != 1 || !strings.Contains(c.room.told[0], "not affected") {
		t.Errorf("told %q", c.room.told)
	}
	if r, err := c.desk.Finish(t.Context(), table, Resigned(board.White)); err != nil || r.State != outbox.Done {
		t.Errorf("%+v %v", r, err)
	}
	if m := c.match(t, table.Match.ID); m.Winner != table.Black.ID {
		t.Errorf("%+v", m)
	}
}

func TestReviewCorrectsAndRefuses(t *testing.T) {
	c := newClub(t, challonge.SingleElimination, "Anna", "Ben")
	table, _ := c.desk.Pick(t.Context(), "club/A", "Anna")
	c.room.verdicts = []Verdict{{}}
	if _, err := c.desk.Finish(t.Context(), table, Resigned(board.White)); !errors.Is(err, ErrNotConfirmed) {
		t.Errorf("%v", err)
	}
	if m := c.match(t, table.Match.ID); m.State != club.Open {
		t.Errorf("reported without confirmation: %+v", m)
	}
	w := board.Result{Winner: board.White, Points: 0.5}
	c.room.verdicts = []Verdict{{Instead: &w}, {Instead: &w}, {By: "the organiser"}}
	g := Resigned(board.White)
	g.SGF = []byte("(;FF[4]GM[1]SZ[9]RE[B+R];B[ee])")
	r, err := c.desk.Finish(t.Context(), table, g)
	if err != nil || !strings.Contains(r.Text, "W+0.5: Ben wins") || r.Confirmed.By != "the organiser" {
		t.Errorf("%+v %v", r, err)
	}
	if !strings.Contains(r.SGF, "RE[W+0.5]") || !strings.Contains(r.SGF, "B[ee]") {
		t.Errorf("the record that goes along is %s", r.SGF)
	}
	if m := c.match(t, table.Match.ID); m.Winner != table.White.ID {
		t.Errorf("%+v", m)
	}
}

// Whoever does not answer is told how to report the game later.
func TestNobodyAnswers(t *testing.T) {
	c := newClub(t, challonge.SingleElimination, "Anna", "Ben")
	table, _ := c.desk.Pick(t.Context(), "club/A", "Anna")
	term, _ := typed()
	c.desk.Ask, c.desk.Hints.Report = term, func(t *Table) string { return "report " + t.Match.Identifier }
	_, err := c.desk.Finish(t.Context(), table, Resigned(board.White))
	if !errors.Is(err, ErrNotConfirmed) || !strings.Contains(err.Error(), "; later: report A") {
		t.Errorf("%v", err)
	}
}

func TestDrawsAndVoidGames(t *testing.T) {
	c := newClub(t, challonge.SingleElimination, "Anna", "Ben")
	table, _ := c.desk.Pick(t.Context(), "club/A", "Anna")
	c.room.answers = []int{2}
	if _, err := c.desk.Finish(t.Context(), table, Game{}); !errors.Is(err, ErrNotConfirmed) {
		t.Errorf("a draw in a knock-out: %v", err)
	}
	c.room.answers = []int{1}
	if r, err := c.desk.Finish(t.Context(), table, Game{Result: board.Result{By: board.Void}}); err != nil || !strings.Contains(r.Text, "W+F") {
		t.Errorf("%+v %v", r, err)
	}
	c = newClub(t, challonge.RoundRobin, "Anna", "Ben")
	table, _ = c.desk.Pick(t.Context(), "club/A", "Anna")
	if r, err := c.desk.Finish(t.Context(), table, Game{}); err != nil || r.State != outbox.Done {
		t.Errorf("%+v %v", r, err)
	}
	if m := c.match(t, table.Match.ID); !m.Tie {
		t.Errorf("%+v", m)
	}
}

func TestResultsWaitForTheNetwork(t *testing.T) {
	c := newClub(t, challonge.SingleElimination, "Anna", "Ben")
	table, _ := c.desk.Pick(t.Context(), "club/A", "Anna")
	c.srv.Break(challongetest.Fault{Drop: challongetest.Before, Times: -1})
	r, err := c.desk.Finish(t.Context(), table, Resigned(board.White))
	if err != nil || r.State != outbox.Waiting || !strings.Contains(c.room.told[len(c.room.told)-1], "is sent with the next match") {
		t.Fatalf("%+v %v %q", r, err, c.room.told)
	}
	c.srv.Mend()
	if _, err := c.desk.Outbox.FlushAll(t.Context(), c.desk.connect); err != nil {
		t.Fatal(err)
	}
	if n := c.srv.Reports(table.Match.ID); n != 1 {
		t.Errorf("reported %d times", n)
	}
	// A result that somebody else reported otherwise is shown to the organiser.
	c = newClub(t, challonge.SingleElimination, "Anna", "Ben")
	table, _ = c.desk.Pick(t.Context(), "club/A", "Anna")
	m := table.Match
	c.c.Report(t.Context(), c.tour.ID, m.ID, club.Result{Player1: m.Player1, Player2: m.Player2, Winner: table.White.ID, Sets: [][2]int{{0, 1}}})
	if r, err := c.desk.Finish(t.Context(), table, Resigned(board.White)); err != nil || r.State != outbox.Held {
		t.Errorf("%+v %v", r, err)
	}
}

func TestOnlineGames(t *testing.T) {
	resigned := Resigned(board.White)
	resigned.Link = "https://online-go.com/game/77"
	for _, c := range []struct {
		name         string
		players      []string
		black, white string
		answers      []int
		winner       string
		asked        int
	}{
		{"by the names in the bracket", []string{"Anna", "Ben"}, "ben", "anna", nil, "Ben", 0},
		{"by one known name", []string{"Anna", "Ben"}, "mystery", "Anna", nil, "Ben", 0},
		{"by the organiser's remark", []string{"Anna|member 4, ogs:stonefan", "Ben"}, "StoneFan", "x", nil, "Anna", 0},
		{"asked", []string{"Anna", "Ben"}, "mystery", "x", []int{1}, "Ben", 1},
		{"both names fit both", []string{"Anna|ogs:ben", "Ben|ogs:anna"}, "anna", "ben", []int{0}, "Anna", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			cl := newClub(t, challonge.SingleElimination, c.players...)
			cl.room.answers = c.answers
			table, r, err := cl.desk.FinishOnline(t.Context(), "club/A", Online{c.black, c.white, resigned})
			if err != nil || r.State != outbox.Done {
				t.Fatalf("%+v %v", r, err)
			}
			if table.Black.Name != c.winner || len(cl.room.asked) != c.asked+1 {
				t.Errorf("Black is %s, asked %q", table.Black.Name, cl.room.asked)
			}
			if m := cl.match(t, table.Match.ID); m.Winner != table.Black.ID {
				t.Errorf("%+v", m)
			}
			if files, _ := cl.c.Attachments(t.Context(), challonge.ID(cl.tour.ID), challonge.ID(table.Match.ID)); len(files) != 1 || files[0].URL != resigned.Link {
				t.Errorf("attached %v", files)
			}
		})
	}
}

// A knock-out of four is played to its end on two boards; the bracket shows it.
func TestRun(t *testing.T) {
	c := newClub(t, challonge.SingleElimination, "Anna", "Ben", "智恵", "Doyun")
	var games, at, most atomic.Int32
	err := Run(t.Context(), c.desk, c.c, c.tour.ID, 2, func(_ context.Context, table *Table) (Game, error) {
		games.Add(1)
		if n := at.Add(1); n > most.Load() {
			most.Store(n)
		}
		defer at.Add(-1)
		time.Sleep(30 * time.Millisecond)
		if table.Black.Seed < table.White.Seed {
			t.Errorf("%s: the higher seed has Black", table)
		}
		if table.Match.Identifier == "B" {
			return Resigned(board.White), nil // an upset
		}
		return Resigned(board.Black), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if games.Load() != 3 || most.Load() != 2 {
		t.Errorf("%d games, at most %d at once", games.Load(), most.Load())
	}
	people, _ := c.c.Players(t.Context(), c.tour.ID)
	matches, _ := c.c.Matches(t.Context(), c.tour.ID, "")
	var out strings.Builder
	if err := bracket.Write(&out, club.Scene{Tournament: c.tour, Players: people, Matches: matches}); err != nil {
		t.Fatal(err)
	}
	const want = `
Anna ──┐
       ├ Anna ─┐
Doyun ─┘       │
               ├ Anna
Ben ──┐        │
      ├ 智恵 ──┘
智恵 ─┘
`
	if got := "\n" + out.String(); got != want {
		t.Errorf("the bracket is%s", got)
	}
	// Groups, then a double elimination.
	c = newClub(t, challonge.SingleElimination, "x", "y")
	yes := true
	tour, err := c.c.CreateTournament(t.Context(), challonge.TournamentFields{Name: "Groups", Type: challonge.DoubleElimination, GroupStage: &yes,
		Groups: &challonge.GroupOptions{Size: 3, Advance: 2}})
	if err != nil {
		t.Fatal(err)
	}
	var fields []challonge.ParticipantFields
	for _, name := range []string{"A", "B", "C", "D", "E", "F"} {
		fields = append(fields, challonge.ParticipantFields{Name: name})
	}
	if _, err := c.c.AddParticipants(t.Context(), tour.ID, fields); err != nil {
		t.Fatal(err)
	}
	if _, err := c.c.ChangeState(t.Context(), tour.ID, challonge.StartGroupStage); err != nil {
		t.Fatal(err)
	}
	games.Store(0)
	err = Run(t.Context(), c.desk, c.c, string(tour.ID), 3, func(_ context.Context, table *Table) (Game, error) {
		games.Add(1)
		if table.Match.Group != "" && games.Load() == 1 {
			return Game{}, nil // a draw, which groups know
		}
		return Resigned(board.Black), nil
	})
	if err != nil || games.Load() != 3+3+6 {
		t.Fatalf("%d games, %v", games.Load(), err)
	}
	// It ends with the first game that fails.
	c = newClub(t, challonge.SingleElimination, "Anna", "Ben")
	boom := errors.New("the board fell down")
	if err := Run(t.Context(), c.desk, c.c, c.tour.ID, 1, func(context.Context, *Table) (Game, error) { return Game{}, boom }); !errors.Is(err, boom) {
		t.Errorf("%v", err)
	}
}

func TestSizeOf(t *testing.T) {
	for text, want := range map[string]int{"Club 9x9": 9, "13 × 13 blitz": 13, "19X19": 19, "Open": 0, "9x13": 0, "1x1": 0, "99x99": 0} {
		if got := sizeOf(club.Tournament{Name: text}); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

func FuzzParseSpec(f *testing.F) {
	f.Add("https://challonge.com/club/A")
	f.Add("club/")
	f.Fuzz(func(t *testing.T, spec string) {
		tour, _ := ParseSpec(spec)
		if strings.Contains(tour, "/") {
			t.Errorf("%q gives the tournament %q", spec, tour)
		}
	})
}
