package site

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/gobancam/gobancam/challonge"
	"github.com/gobancam/gobancam/internal/club"
	"github.com/gobancam/gobancam/internal/club/desk"
)

var _ desk.Organiser = Challonge{}

func TestWhatErrorsMean(t *testing.T) {
	until := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		err  error
		want club.Problem
	}{
		{challonge.ErrSignIn, club.Problem{Again: true}},
		{fmt.Errorf("no network: %w", challonge.ErrTrouble), club.Problem{Again: true}},
		{&challonge.QuotaError{Until: until}, club.Problem{Again: true, Until: until}},
		{&challonge.Error{Status: 503, RetryAfter: time.Minute}, club.Problem{Again: true, After: time.Minute}},
		{&challonge.Error{Status: 422}, club.Problem{Refused: true}},
		{&challonge.Error{Status: 404}, club.Problem{Refused: true}},
		{&challonge.Error{Status: 403}, club.Problem{Refused: true}},
		{errors.New("a disk"), club.Problem{}},
	} {
		err := problem(c.err)
		var p *club.Problem
		if !errors.As(err, &p) || !errors.Is(err, c.err) || err.Error() != c.err.Error() {
			t.Fatalf("%v became %v", c.err, err)
		}
		got := *p
		got.Err = nil
		if got != c.want {
			t.Errorf("%v: %+v", c.err, got)
		}
	}
	if problem(nil) != nil {
		t.Error("no error is one")
	}
}

func TestTranslation(t *testing.T) {
	tour := Tournament(challonge.Tournament{ID: "1", Slug: "club", Type: challonge.DoubleElimination, GroupType: challonge.RoundRobin, AcceptAttachments: true})
	if tour.Short != "club" || tour.FormOf(club.Match{}) != club.DoubleElimination || tour.FormOf(club.Match{Group: "7"}) != club.RoundRobin || !tour.TakesGames {
		t.Errorf("%+v", tour)
	}
	if tour := Tournament(challonge.Tournament{ID: "1"}); tour.Short != "1" {
		t.Errorf("%+v", tour)
	}
	p := Players([]challonge.Participant{{ID: "1", GroupIDs: []challonge.ID{"11"}, Name: "Anna", FinalRank: 2}})
	if len(p) != 1 || !p[0].Is("11") || !p[0].Is("1") || p[0].Is("2") || p[0].Rank != 2 {
		t.Errorf("%+v", p)
	}
	for state, want := range map[string]club.State{challonge.MatchPending: club.Pending, challonge.MatchOpen: club.Open, challonge.MatchComplete: club.Complete} {
		if m := Match(challonge.Match{State: state}); m.State != want {
			t.Errorf("%s became %s", state, m.State)
		}
	}
}
