package challonge_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/gobancam/gobancam/challonge"
	"github.com/gobancam/gobancam/challonge/challongetest"
	words "github.com/gobancam/gobancam/internal/club"
	"github.com/gobancam/gobancam/internal/club/bracket"
	"github.com/gobancam/gobancam/internal/club/site"
)

// playAll reports results that choose makes until no match is open.
func playAll(t *testing.T, c *challonge.Client, tour challonge.ID, choose func(m challonge.Match) (first bool)) (played []challonge.Match) {
	t.Helper()
	for {
		open, err := c.Matches(t.Context(), tour, challonge.MatchFilter{State: challonge.MatchOpen})
		if err != nil {
			t.Fatal(err)
		}
		if len(open) == 0 {
			return played
		}
		for _, m := range open {
			m, err := c.Report(t.Context(), tour, m.ID, win(m, choose(m)))
			if err != nil {
				t.Fatal(err)
			}
			played = append(played, m)
		}
	}
}

// Whoever loses twice is out, and nobody else; the order in which they go is
// their rank.
func TestDoubleElimination(t *testing.T) {
	ctx := t.Context()
	chance := rand.New(rand.NewPCG(7, 7))
	_, c := club(t)
	for round := range 32 {
		n := 2 + round%16
		tour, err := c.CreateTournament(ctx, challonge.TournamentFields{Name: fmt.Sprint("Double ", round), Type: challonge.DoubleElimination})
		if err != nil {
			t.Fatal(err)
		}
		var fields []challonge.ParticipantFields
		for i := range n {
			fields = append(fields, challonge.ParticipantFields{Name: fmt.Sprint(i)})
		}
		if _, err := c.AddParticipants(ctx, tour.ID, fields); err != nil {
			t.Fatal(err)
		}
		if _, err := c.ChangeState(ctx, tour.ID, challonge.Start); err != nil {
			t.Fatal(err)
		}
		losses := map[challonge.ID]int{}
		met := map[[2]challonge.ID]bool{}
		played := playAll(t, c, tour.ID, func(m challonge.Match) bool {
			if m.Round < 0 && (losses[m.Player1] != 1 || losses[m.Player2] != 1) {
				t.Errorf("%d players: %d and %d losses in losers' round %d", n, losses[m.Player1], losses[m.Player2], -m.Round)
			}
			if n > 3 && m.Round == -1 && (met[[2]challonge.ID{m.Player1, m.Player2}] || met[[2]challonge.ID{m.Player2, m.Player1}]) {
				t.Errorf("%d players: a game again at once", n)
			}
			met[[2]challonge.ID{m.Player1, m.Player2}] = true
			first := chance.IntN(2) == 0
			loser := m.Player1
			if first {
				loser = m.Player2
			}
			losses[loser]++
			return first
		})
		if tour, err = c.ChangeState(ctx, tour.ID, challonge.Finalize); err != nil {
			t.Fatalf("%d players: %v", n, err)
		}
		people, err := c.Participants(ctx, tour.ID)
		if err != nil {
			t.Fatal(err)
		}
		last := played[len(played)-1]
		var ranks []int
		for _, p := range people {
			ranks = append(ranks, p.FinalRank)
			out := losses[p.ID] == 2
			switch {
			case losses[p.ID] > 2:
				t.Errorf("%d players: %s lost %d times", n, p.Name, losses[p.ID])
			case out == (p.FinalRank == 1):
				t.Errorf("%d players: %s lost %d times and has rank %d", n, p.Name, losses[p.ID], p.FinalRank)
			case (p.ID == last.Winner) != (p.FinalRank == 1):
				t.Errorf("%d players: %s has rank %d", n, p.Name, p.FinalRank)
			case p.FinalRank > 2 && !out:
				t.Errorf("%d players: %s has rank %d and lost %d times", n, p.Name, p.FinalRank, losses[p.ID])
			}
		}
		slices.Sort(ranks)
		if ranks[0] != 1 || ranks[1] != 2 || n > 2 && ranks[2] != 3 {
			t.Errorf("%d players: ranks %v", n, ranks)
		}
		if want := 2*n - 2; len(played) != want && len(played) != want+1 {
			t.Errorf("%d players: %d matches", n, len(played))
		}
	}
}

// Groups, then a knock-out of those who come through.
func TestGroups(t *testing.T) {
	ctx := t.Context()
	for _, q := range []challongetest.Quirks{{}, {NoRelationships: true, NumericIDs: true}, {RelationshipsInside: true, PageLimit: 3}} {
		srv, c := club(t)
		srv.SetQuirks(q)
		yes := true
		tour, err := c.CreateTournament(ctx, challonge.TournamentFields{Name: "Groups", Type: challonge.SingleElimination, GroupStage: &yes,
			Groups: &challonge.GroupOptions{Type: challonge.RoundRobin, Size: 4, Advance: 2}})
		if err != nil || tour.GroupType != challonge.RoundRobin {
			t.Fatalf("%+v %v", tour, err)
		}
		var fields []challonge.ParticipantFields
		for _, name := range strings.Split("ABCDEFG", "") {
			fields = append(fields, challonge.ParticipantFields{Name: name})
		}
		if _, err := c.AddParticipants(ctx, tour.ID, fields); err != nil {
			t.Fatal(err)
		}
		if _, err := c.ChangeState(ctx, tour.ID, challonge.Start); err == nil {
			t.Error("it started without its groups")
		}
		seed := func(people []challonge.Participant, id challonge.ID) int {
			for _, p := range people {
				if p.Is(id) {
					return p.Seed
				}
			}
			t.Errorf("nobody is %s", id)
			return 0
		}
		var people []challonge.Participant
		better := func(m challonge.Match) bool { return seed(people, m.Player1) < seed(people, m.Player2) }
		var steps []challonge.Step
		played := 0
		for tour.State != challonge.TournamentComplete {
			steps = append(steps, tour.Next())
			if tour, err = c.ChangeState(ctx, tour.ID, tour.Next()); err != nil {
				t.Fatalf("%s: %v", steps, err)
			}
			if people, err = c.Participants(ctx, tour.ID); err != nil {
				t.Fatal(err)
			}
			for _, m := range playAll(t, c, tour.ID, better) {
				played++
				inGroup := slices.ContainsFunc(people, func(p challonge.Participant) bool { return p.ID == m.Player1 })
				if (m.Group == "") != inGroup || tour.TypeOf(m) != map[bool]string{true: challonge.SingleElimination, false: challonge.RoundRobin}[m.Group == ""] {
					t.Errorf("%+v", m)
				}
			}
			if tour, err = c.Tournament(ctx, tour.ID); err != nil {
				t.Fatal(err)
			}
		}
		if fmt.Sprint(steps) != "[start_group_stage finalize_group_stage start finalize]" || played != 6+3+3 || tour.Next() != "" {
			t.Errorf("%s, %d matches", steps, played)
		}
		got := map[string]int{}
		for _, p := range people {
			got[p.Name] = p.FinalRank
		}
		if fmt.Sprint(got) != "map[A:1 B:2 C:3 D:3 E:5 F:5 G:5]" {
			t.Errorf("ranks %v", got)
		}
		ms, err := c.Matches(ctx, tour.ID, challonge.MatchFilter{})
		if err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		bracket.Write(&out, words.Scene{Tournament: site.Tournament(tour), Players: site.Players(people), Matches: site.Matches(ms)})
		for _, want := range []string{"Group 1\nRound 1\n", "Group 2\n", "├ A\n"} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%q is not in\n%s", want, out.String())
			}
		}
	}
}

// What reopening is said to cost is what it costs.
func TestBranchesAreWhatIsLost(t *testing.T) {
	ctx := t.Context()
	chance := rand.New(rand.NewPCG(3, 3))
	_, c := club(t)
	for round := range 80 {
		kind := []string{challonge.SingleElimination, challonge.DoubleElimination, challonge.Swiss, challonge.RoundRobin}[round%4]
		tour, _ := started(t, c, kind, 3+round/4%7)
		played := playAll(t, c, tour.ID, func(challonge.Match) bool { return chance.IntN(2) == 0 })
		before, err := c.Matches(ctx, tour.ID, challonge.MatchFilter{})
		if err != nil {
			t.Fatal(err)
		}
		m := played[chance.IntN(len(played))]
		want := map[challonge.ID]bool{m.ID: true}
		for _, x := range words.Branches(site.Tournament(tour), site.Matches(before), site.Match(m)) {
			want[challonge.ID(x.ID)] = true
		}
		if _, err := c.ChangeMatch(ctx, tour.ID, m.ID, challonge.Reopen); err != nil {
			t.Fatal(err)
		}
		after, err := c.Matches(ctx, tour.ID, challonge.MatchFilter{})
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range before {
			if b.State != challonge.MatchComplete {
				continue
			}
			i := slices.IndexFunc(after, func(a challonge.Match) bool { return a.ID == b.ID })
			lost := i < 0 || after[i].State != challonge.MatchComplete
			if lost != want[b.ID] {
				t.Errorf("%s of %d: reopening %s, match %s lost its result: %v, foretold: %v", kind, 3+round/4%7, m.Identifier, b.Identifier, lost, want[b.ID])
			}
		}
	}
}
