package desk

import (
	"context"
	"fmt"

	"github.com/gobancam/gobancam/internal/club"
	"github.com/gobancam/gobancam/internal/club/outbox"
	"github.com/gobancam/gobancam/internal/plain"
)

// ByHand is a result that somebody reports without a game at a board.
type ByHand struct {
	API, Community string // of the site
	Winner         string // name or id; empty for a tie
	Score          string // the first player's first; empty for 1-0
	Link, SGF      string // of the game, to be attached
	By             string // who stands for the result; empty to ask
}

// Clerk asks whoever reports by hand.
type Clerk interface {
	// Sure asks before something that cannot be taken back; an error is no.
	Sure(ctx context.Context, text string) error
	// Stands asks who stands for a result; an error is nobody.
	Stands(ctx context.Context, text string) (by string, err error)
}

// Report puts the result of a match into an outbox, once it is agreed to what it
// would undo and somebody stands for it. It is sent at once, if that is
// possible, and returned as it is then.
func (h ByHand) Report(ctx context.Context, s club.Scene, m club.Match, ask Clerk, box *outbox.Outbox, connect outbox.Connect) (outbox.Report, error) {
	r := outbox.Report{API: h.API, Community: h.Community, Tournament: s.Tournament.ID, Match: m.ID, Link: h.Link, SGF: h.SGF}
	var err error
	if r.Result, err = s.Result(m, h.Winner, h.Score); err != nil {
		return r, err
	}
	r.Text = fmt.Sprintf("round %d, match %s: %s – %s, %s", m.Round, m.Identifier, s.Name(m.Player1), s.Name(m.Player2), club.ScoreText(r.Result.Sets))
	if h.Winner != "" {
		r.Text += ", " + s.Name(r.Result.Winner) + " wins"
	} else {
		r.Text += ", a tie"
	}
	if m.State == club.Complete && !r.Result.Is(m) {
		if err := ask.Sure(ctx, s.Losses("Another result of", m)); err != nil {
			return r, err
		}
		r.Replaces = true
	}
	by := h.By
	if by == "" {
		if by, err = ask.Stands(ctx, r.Text); err != nil {
			return r, err
		}
	}
	r.Confirmed.By = plain.Name(by)
	if r, err = box.Add(r); err != nil {
		return r, err
	}
	if _, err := box.FlushAll(ctx, connect); err != nil {
		return r, err
	}
	return box.Report(r.ID)
}
