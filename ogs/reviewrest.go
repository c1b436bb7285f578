package ogs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/gobancam/gobancam/board"
)

// ErrUnnamedDemo says that a demo board may have been made of which nobody knows
// the number.
var ErrUnnamedDemo = errors.New("the server did not say which demo board it made; it may have made one all the same: look at your demo boards on its page before you make another")

// DemoPlayer is one of the two players at a demo board.
type DemoPlayer struct {
	Name string
	// Rank is the server's number: 0 is 30 kyu, 29 is 1 kyu, 30 is 1 dan, and of a
	// professional 37 is 1 dan. ParseDemoRank reads one.
	Rank         int
	Professional bool
}

// The professional's ranks, in the server's numbers. Where it has one number for
// a rank and for being a professional, that is bigger by proOffset.
const (
	firstPro  = 37 // 1 dan
	lastPro   = 45 // 9 dan
	proOffset = 1000
)

// ParseDemoRank reads "12k", "3d" or, for a professional, "3p".
func ParseDemoRank(s string) (rank int, professional bool, err error) {
	s = strings.ToLower(strings.TrimSpace(s))
	if n, found := strings.CutSuffix(s, "p"); found {
		if dan, err := strconv.Atoi(n); err == nil && dan >= 1 && dan <= 9 {
			return firstPro - 1 + dan, true, nil
		}
		return 0, false, fmt.Errorf("%q is no rank like 12k, 3d or 3p", s)
	}
	if rank, err = ParseRank(s); err != nil {
		return 0, false, fmt.Errorf("%q is no rank like 12k, 3d or 3p", s)
	}
	return rank, false, nil
}

// FormatDemoRank is a rank as players say it.
func FormatDemoRank(rank int, professional bool) string {
	if professional {
		return fmt.Sprintf("%dp", min(max(rank-firstPro+1, 1), 9))
	}
	return FormatRank(float64(rank))
}

// DemoSettings say what a new demo board shows. It knows no handicap: stones
// that stand at the beginning are put down by hand.
type DemoSettings struct {
	Name         string // empty for "Demo Board"
	Rules        string // japanese, chinese, aga, korean, ing or nz
	Size         int
	Black, White DemoPlayer
	Komi         *float64 // nil for that of the rules
	Private      bool     // only its maker, and who is let in, sees it
	// Record and Round file it in a round of a tournament record; 0 for none.
	Record, Round ID
}

// Check says what the server would refuse, or nil.
func (d *DemoSettings) Check() error {
	var errs []error
	bad := func(when bool, format string, args ...any) {
		if when {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	_, err := board.ParseRules(d.Rules)
	bad(err != nil, "%w", err)
	bad(d.Size < board.MinSize || d.Size > board.MaxSize, "a board of %d lines is not possible: %d to %d", d.Size, board.MinSize, board.MaxSize)
	for _, p := range []DemoPlayer{d.Black, d.White} {
		bad(p.Professional && (p.Rank < firstPro || p.Rank > lastPro), "a professional's rank is 1p to 9p, not number %d", p.Rank)
		bad(!p.Professional && (p.Rank < 0 || p.Rank > 38), "a rank is 30k to 9d, not number %d", p.Rank)
	}
	bad(d.Komi != nil && !possibleKomi(*d.Komi), "komi must be a whole or a half number")
	bad((d.Record == 0) != (d.Round == 0), "a tournament record and one of its rounds belong together: give both, or neither")
	bad(d.Record < 0 || d.Round < 0, "the numbers of tournament records and rounds begin with 1")
	return errors.Join(errs...)
}

func possibleKomi(k float64) bool { return k >= -1000 && k <= 1000 && k*2 == float64(int(k*2)) }

func pro(p bool) int {
	if p {
		return 1
	}
	return 0
}

// MarshalJSON gives the body of the request, every field that the server's own
// page sends.
func (d DemoSettings) MarshalJSON() ([]byte, error) {
	name := strings.TrimSpace(d.Name)
	if name == "" {
		name = "Demo Board"
	}
	body := map[string]any{
		"name": name, "rules": d.Rules, "width": d.Size, "height": d.Size,
		"black_name": d.Black.Name, "black_ranking": d.Black.Rank, "black_pro": pro(d.Black.Professional),
		"white_name": d.White.Name, "white_ranking": d.White.Rank, "white_pro": pro(d.White.Professional),
		"private": d.Private, "komi_auto": "automatic",
	}
	if d.Komi != nil {
		body["komi_auto"], body["komi"] = "custom", *d.Komi
	}
	if d.Record != 0 {
		body["tournament_record_id"], body["tournament_record_round_id"] = d.Record, d.Round
	}
	return json.Marshal(body)
}

// CreateDemo makes a demo board and returns its number, which is that of the
// review that it is. Where the answer was lost, the error wraps ErrUnnamedDemo.
func (c *Client) CreateDemo(ctx context.Context, d DemoSettings) (ID, error) {
	if err := d.Check(); err != nil {
		return 0, err
	}
	return c.create(ctx, "/api/v1/demos", d, ErrUnnamedDemo)
}

// create makes something and returns its number. Where it may have been made
// without a known number, the error wraps unnamed.
func (c *Client) create(ctx context.Context, path string, body any, unnamed error) (ID, error) {
	var made struct{ ID ID }
	err := c.call(ctx, http.MethodPost, path, body, &made)
	var api *APIError
	var lost *UnreachableError
	switch {
	case errors.As(err, &api) && api.Status >= 200 && api.Status < 300, errors.As(err, &lost):
		return 0, fmt.Errorf("%w (%w)", unnamed, err)
	case err != nil:
		return 0, err
	case made.ID <= 0:
		return 0, unnamed
	}
	return made.ID, nil
}

// DemoPage is the address of a demo board for a browser.
func (c *Client) DemoPage(id ID) string { return c.base.String() + "/demo/" + id.String() }

// ReviewSettings say what is to be changed about a review or a demo board; what is
// nil stays.
type ReviewSettings struct {
	Name         *string
	Outcome      *string // the result in words: "B+R", "White wins by 3.5 points"
	Komi         *float64
	Rules        *string
	Black, White *DemoPlayer
}

// Check says what the server would refuse, or nil.
func (r *ReviewSettings) Check() error {
	d := DemoSettings{Rules: "japanese", Size: 19, Komi: r.Komi}
	if r.Rules != nil {
		d.Rules = *r.Rules
	}
	if r.Black != nil {
		d.Black = *r.Black
	}
	if r.White != nil {
		d.White = *r.White
	}
	return d.Check()
}

// MarshalJSON gives the body of the request. Being a professional is true or
// false here, and 1 or 0 where a demo board is made.
func (r ReviewSettings) MarshalJSON() ([]byte, error) {
	body := map[string]any{}
	put(body, "name", r.Name)
	put(body, "outcome", r.Outcome)
	put(body, "komi", r.Komi)
	put(body, "rules", r.Rules)
	for color, p := range map[string]*DemoPlayer{"black": r.Black, "white": r.White} {
		if p != nil {
			body[color+"_player_name"], body[color+"_player_rank"], body[color+"_player_pro"] = p.Name, p.Rank, p.Professional
		}
	}
	return json.Marshal(body)
}

// put sets a field of a body that is to be changed.
func put[T any](body map[string]any, name string, v *T) {
	if v != nil {
		body[name] = *v
	}
}

// UpdateReview changes what stands beside the moves of a review or demo board.
func (c *Client) UpdateReview(ctx context.Context, id ID, r ReviewSettings) error {
	if err := r.Check(); err != nil {
		return err
	}
	return c.call(ctx, http.MethodPatch, "/api/v1/reviews/"+id.String(), r, nil)
}

// DeleteReview removes a review or demo board for good.
func (c *Client) DeleteReview(ctx context.Context, id ID) error {
	return c.call(ctx, http.MethodDelete, "/api/v1/reviews/"+id.String(), nil, nil)
}

// ReviewSGF fetches the server's own record of a review or demo board, with or
// without its texts.
func (c *Client) ReviewSGF(ctx context.Context, id ID, texts bool) ([]byte, error) {
	path := "/api/v1/reviews/" + id.String() + "/sgf"
	if !texts {
		path += "?without-comments=1"
	}
	return c.sgf(ctx, path)
}
