// Package site speaks to the sites that hold a club's tournaments, in the words
// of package club.
package site

import (
	"cmp"
	"context"
	"errors"

	"github.com/gobancam/gobancam/challonge"
	"github.com/gobancam/gobancam/internal/club"
)

// Challonge is a client of Challonge as outbox and desk need it. Its errors are
// *club.Problem.
type Challonge struct{ *challonge.Client }

// Name is what people call the site.
func (Challonge) Name() string { return "Challonge" }

// Tournament fetches a tournament by its id or the last part of its address.
func (c Challonge) Tournament(ctx context.Context, id string) (club.Tournament, error) {
	t, err := c.Client.Tournament(ctx, challonge.ID(id))
	return Tournament(t), problem(err)
}

// Tournaments lists those that are under way.
func (c Challonge) Tournaments(ctx context.Context) ([]club.Tournament, error) {
	list, err := c.Client.Tournaments(ctx, challonge.TournamentFilter{State: challonge.ListInProgress})
	return each(list, Tournament), problem(err)
}

// Players lists everybody in a tournament.
func (c Challonge) Players(ctx context.Context, tournament string) ([]club.Player, error) {
	list, err := c.Participants(ctx, challonge.ID(tournament))
	return Players(list), problem(err)
}

// Matches lists the matches in a state; of all states if it is empty.
func (c Challonge) Matches(ctx context.Context, tournament string, s club.State) ([]club.Match, error) {
	list, err := c.Client.Matches(ctx, challonge.ID(tournament), challonge.MatchFilter{State: string(s)})
	return Matches(list), problem(err)
}

// Match fetches a match.
func (c Challonge) Match(ctx context.Context, tournament, match string) (club.Match, error) {
	m, err := c.Client.Match(ctx, challonge.ID(tournament), challonge.ID(match))
	return Match(m), problem(err)
}

// Report reports a result, once. Where its outcome is unknown the error is Again:
// fetch the match and compare.
func (c Challonge) Report(ctx context.Context, tournament, match string, r club.Result) (club.Match, error) {
	m, err := c.Client.Report(ctx, challonge.ID(tournament), challonge.ID(match),
		challonge.Result{Player1: challonge.ID(r.Player1), Player2: challonge.ID(r.Player2), Sets: r.Sets, Winner: challonge.ID(r.Winner)})
	return Match(m), problem(err)
}

// Underway shows a match as being played.
func (c Challonge) Underway(ctx context.Context, tournament, match string) error {
	_, err := c.ChangeMatch(ctx, challonge.ID(tournament), challonge.ID(match), challonge.MarkUnderway)
	return problem(err)
}

// Attached returns the texts that are attached to a match.
func (c Challonge) Attached(ctx context.Context, tournament, match string) ([]string, error) {
	list, err := c.Attachments(ctx, challonge.ID(tournament), challonge.ID(match))
	return each(list, func(a challonge.Attachment) string { return a.Description }), problem(err)
}

// Attach attaches a link, a text or both to a match.
func (c Challonge) Attach(ctx context.Context, tournament, match, link, text string) error {
	_, err := c.Client.Attach(ctx, challonge.ID(tournament), challonge.ID(match), link, text)
	return problem(err)
}

// Advance takes a tournament whose matches are all played a step further: from
// its groups to what comes after them, or to its end, when over is true.
func (c Challonge) Advance(ctx context.Context, tournament string) (t club.Tournament, over bool, err error) {
	was, err := c.Client.Tournament(ctx, challonge.ID(tournament))
	if err != nil {
		return club.Tournament{}, false, problem(err)
	}
	step := was.Next()
	is, err := c.ChangeState(ctx, was.ID, step)
	return Tournament(is), step == challonge.Finalize, problem(err)
}

// problem sorts an error of package challonge.
func problem(err error) error {
	if err == nil {
		return nil
	}
	p := &club.Problem{Err: err, Again: challonge.Temporary(err) || errors.Is(err, challonge.ErrSignIn)}
	p.Refused = errors.Is(err, challonge.ErrInvalid) || errors.Is(err, challonge.ErrNotFound) || errors.Is(err, challonge.ErrForbidden)
	var spent *challonge.QuotaError
	var told *challonge.Error
	switch {
	case errors.As(err, &spent):
		p.Until = spent.Until
	case errors.As(err, &told):
		p.After = told.RetryAfter
	}
	return p
}

// Tournament is a tournament of Challonge in the club's words.
func Tournament(t challonge.Tournament) club.Tournament {
	return club.Tournament{ID: string(t.ID), Short: cmp.Or(t.Slug, string(t.ID)), Name: t.Name, Game: t.Game, Description: t.Description, Page: t.Page,
		Form: club.Form(t.Type), GroupForm: club.Form(t.GroupType), TakesGames: t.AcceptAttachments}
}

// Players are participants of Challonge in the club's words.
func Players(list []challonge.Participant) []club.Player {
	return each(list, func(p challonge.Participant) club.Player {
		return club.Player{ID: string(p.ID), Aliases: each(p.GroupIDs, func(id challonge.ID) string { return string(id) }),
			Name: p.Name, Account: p.Username, Remark: p.Misc, Seed: p.Seed, Rank: p.FinalRank}
	})
}

// Match is a match of Challonge in the club's words.
func Match(m challonge.Match) club.Match {
	return club.Match{ID: string(m.ID), Identifier: m.Identifier, State: club.State(m.State), Round: m.Round, PlayOrder: m.PlayOrder,
		Group: string(m.Group), Player1: string(m.Player1), Player2: string(m.Player2), Sets: m.Sets, Winner: string(m.Winner), Tie: m.Tie, Underway: m.Underway}
}

// Matches are matches of Challonge in the club's words.
func Matches(list []challonge.Match) []club.Match { return each(list, Match) }

// each translates a list.
func each[A, B any](list []A, translate func(A) B) []B {
	var out []B
	for _, x := range list {
		out = append(out, translate(x))
	}
	return out
}
