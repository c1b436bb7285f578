package desk

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/gobancam/gobancam/challonge"
	"github.com/gobancam/gobancam/internal/club"
	"github.com/gobancam/gobancam/internal/club/outbox"
)

// clerk answers as it is told, and keeps what it was asked.
type clerk struct {
	no    error
	asked []string
}

func (c *clerk) Sure(_ context.Context, text string) error {
	c.asked = append(c.asked, text)
	return c.no
}

func (c *clerk) Stands(_ context.Context, text string) (string, error) {
	c.asked = append(c.asked, text)
	return "the organiser", c.no
}

func TestByHand(t *testing.T) {
	c := newClub(t, challonge.SingleElimination, "Anna", "Ben", "Chie", "Doyun")
	scene := func() club.Scene {
		s := club.Scene{Tournament: c.tour}
		s.Players, _ = c.c.Players(t.Context(), c.tour.ID)
		s.Matches, _ = c.c.Matches(t.Context(), c.tour.ID, "")
		return s
	}
	report := func(h ByHand, ask *clerk) (outbox.Report, error) {
		h.API = c.c.API()
		s := scene()
		return h.Report(t.Context(), s, s.Matches[0], ask, c.desk.Outbox, c.desk.connect)
	}
	ask := &clerk{no: errors.New("no")}
	if _, err := report(ByHand{Winner: "Anna"}, ask); !errors.Is(err, ask.no) || len(ask.asked) != 1 || ask.asked[0] != "round 1, match A: Anna – Doyun, 1-0, Anna wins" {
		t.Errorf("%q %v", ask.asked, err)
	}
	ask = &clerk{}
	r, err := report(ByHand{Winner: "doyun", Score: "1-2"}, ask)
	if err != nil || r.State != outbox.Done || r.Confirmed.By != "the organiser" || len(ask.asked) != 1 {
		t.Errorf("%+v %q %v", r, ask.asked, err)
	}
	// Another result of a match that is over has to be agreed to; by is known.
	ask = &clerk{no: errors.New("no")}
	if _, err := report(ByHand{Winner: "Anna", By: "us"}, ask); !errors.Is(err, ask.no) || !strings.Contains(ask.asked[0], "Another result of match A (Anna 1-2 Doyun)") {
		t.Errorf("%q %v", ask.asked, err)
	}
	ask = &clerk{}
	if r, err = report(ByHand{Winner: "Anna", By: "us"}, ask); err != nil || r.State != outbox.Done || !r.Replaces || len(ask.asked) != 1 {
		t.Errorf("%+v %q %v", r, ask.asked, err)
	}
	var wrong *club.WrongNameError
	if _, err := report(ByHand{Winner: "Zoe", By: "us"}, ask); !errors.As(err, &wrong) {
		t.Error(err)
	}
}
