package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/gobancam/gobancam/internal/club"
)

// ErrNobody is returned where there is no open match to seat anybody for.
var ErrNobody = errors.New("no match is open")

// NoMatchError says that a tournament has no match of a name.
type NoMatchError struct {
	Tournament club.Tournament
	Match      string
}

func (e *NoMatchError) Error() string {
	return fmt.Sprintf("%s has no match %q", e.Tournament.Name, e.Match)
}

// OverError says that a match cannot be played because it is over.
type OverError struct {
	Tournament club.Tournament
	Match      club.Match
}

func (e *OverError) Error() string {
	return fmt.Sprintf("match %s is over already (%s); to play it again, reopen it", e.Match.Label(), e.Match.Score())
}

// ParseSpec splits T/M into tournament and match, either of which may be empty.
// T is an id, the last part of the tournament's address, or the address; M an id
// or the letter in the bracket.
func ParseSpec(spec string) (tournament, match string) {
	spec = strings.TrimSpace(spec)
	if u, err := url.Parse(spec); err == nil && u.Host != "" {
		spec = u.Path
	}
	tournament, match, _ = strings.Cut(strings.Trim(spec, "/"), "/")
	return tournament, match
}

// Pick finds the match that spec names ("T/M", see ParseSpec), asks where it
// leaves something open, and seats the players. black is the name of who has
// Black; where it is empty the room is asked.
func (d *Desk) Pick(ctx context.Context, spec, black string) (*Table, error) {
	t, err := d.pickMatch(ctx, spec)
	if err != nil {
		return nil, err
	}
	if black == "" && d.Black != nil {
		if black, err = d.Black(t); err != nil {
			return nil, err
		}
	}
	return t, d.seat(ctx, t, black)
}

// pickMatch finds tournament and match; the players are in Black and White in
// the order of the match.
func (d *Desk) pickMatch(ctx context.Context, spec string) (*Table, error) {
	tour, match := ParseSpec(spec)
	t, err := d.pickTournament(ctx, tour)
	if err != nil {
		return nil, err
	}
	people, err := d.Site.Players(ctx, t.ID)
	if err != nil {
		return nil, err
	}
	matches, err := d.openMatches(ctx, t, match)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, m := range matches {
		one, two := find(people, m.Player1), find(people, m.Player2)
		text := fmt.Sprintf("%s – %s (%s)", one.Name, two.Name, (&Table{Match: m}).where())
		if !m.Underway.IsZero() {
			text += ", being played"
		}
		names = append(names, text)
	}
	i, err := d.choose(ctx, "Which match?", names, fmt.Sprintf("%s of %s is open", cmp.Or(match, "no match"), t.Name))
	if err != nil {
		return nil, err
	}
	m := matches[i]
	return &Table{Tournament: t, Match: m, Black: find(people, m.Player1), White: find(people, m.Player2),
		ids: [2]string{m.Player1, m.Player2}, Size: sizeOf(t)}, nil
}

// pickTournament finds a tournament by what a person calls it; where that is
// nothing, by asking which of those that are under way.
func (d *Desk) pickTournament(ctx context.Context, name string) (club.Tournament, error) {
	if name != "" {
		return d.Site.Tournament(ctx, name)
	}
	list, err := d.Site.Tournaments(ctx)
	if err != nil {
		return club.Tournament{}, err
	}
	var names []string
	for _, x := range list {
		names = append(names, x.Name)
	}
	i, err := d.choose(ctx, "Which tournament?", names, "no tournament is under way")
	if err != nil {
		return club.Tournament{}, err
	}
	return list[i], nil
}

// openMatches are those that can be played and are called match; all that can be
// played if it is empty.
func (d *Desk) openMatches(ctx context.Context, t club.Tournament, match string) ([]club.Match, error) {
	if match == "" {
		return d.Site.Matches(ctx, t.ID, club.Open)
	}
	all, err := d.Site.Matches(ctx, t.ID, "")
	if err != nil {
		return nil, err
	}
	var called, open []club.Match
	for _, m := range all {
		if m.ID == match || strings.EqualFold(m.Identifier, match) {
			called = append(called, m)
			if m.State == club.Open {
				open = append(open, m)
			}
		}
	}
	switch {
	case len(called) == 0:
		return nil, &NoMatchError{t, match}
	case len(called) == 1 && called[0].State == club.Complete:
		return nil, &OverError{t, called[0]}
	case len(called) == 1 && len(open) == 0:
		return nil, fmt.Errorf("the players of match %s are not known yet", match)
	}
	return open, nil
}

func find(people []club.Player, id string) club.Player {
	for _, p := range people {
		if p.Is(id) {
			return p
		}
	}
	return club.Player{ID: id, Name: "participant " + id}
}

// choose asks unless there is nothing to choose.
func (d *Desk) choose(ctx context.Context, question string, options []string, none string) (int, error) {
	switch len(options) {
	case 0:
		return 0, fmt.Errorf("%w: %s", ErrNobody, none)
	case 1:
		return 0, nil
	}
	i, err := d.Ask.Choose(ctx, question, options)
	if err == nil && (i < 0 || i >= len(options)) {
		err = errors.New("nothing was chosen")
	}
	return i, err
}

// seat gives Black to whom it belongs.
func (d *Desk) seat(ctx context.Context, t *Table, black string) error {
	swap := false
	switch first, second := called(t.Black, black), called(t.White, black); {
	case black == "":
		i, err := d.choose(ctx, "Who has Black?", []string{t.Black.Name, t.White.Name}, "")
		if err != nil {
			return err
		}
		swap = i == 1
	case first == second:
		return fmt.Errorf("%q is not the name of one of the players, %s and %s", black, t.Black.Name, t.White.Name)
	default:
		swap = second
	}
	if swap {
		t.swap()
	}
	return nil
}

// swap gives the other player Black.
func (t *Table) swap() {
	t.Black, t.White = t.White, t.Black
	t.ids[0], t.ids[1] = t.ids[1], t.ids[0]
}

// called reports whether a participant goes by a name: the one in the bracket,
// the account's, or one that the organiser noted as "ogs:NAME" among the
// participant's remarks.
func called(p club.Player, name string) bool {
	if name == "" {
		return false
	}
	if strings.EqualFold(p.Name, name) || strings.EqualFold(p.Account, name) {
		return true
	}
	for word := range strings.FieldsFuncSeq(p.Remark, func(r rune) bool { return r == ' ' || r == ',' || r == ';' }) {
		if given, ok := strings.CutPrefix(word, "ogs:"); ok && strings.EqualFold(given, name) {
			return true
		}
	}
	return false
}
