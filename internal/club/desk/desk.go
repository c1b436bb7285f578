// Package desk is the table by the door of a club: it seats two players for a
// match of a tournament, and brings the result of their game to the tournament's
// site once somebody stands for it. It knows neither cameras nor screens: what happens on
// the board comes in as a result, questions go out through Asker.
package desk

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/club"
	"github.com/gobancam/gobancam/internal/club/outbox"
)

// Site holds the tournament.
type Site interface {
	outbox.Sender
	API() string // its address
	// Tournaments lists those that are under way.
	Tournaments(ctx context.Context) ([]club.Tournament, error)
	// Matches lists the matches in a state; of all states if it is empty.
	Matches(ctx context.Context, tournament string, s club.State) ([]club.Match, error)
	Players(ctx context.Context, tournament string) ([]club.Player, error)
	// Underway shows a match as being played.
	Underway(ctx context.Context, tournament, match string) error
}

// Asker puts questions to the people in the room.
type Asker interface {
	// Choose returns the index of the option that was chosen.
	Choose(ctx context.Context, question string, options []string) (int, error)
	// Confirm shows a result before it is reported.
	Confirm(ctx context.Context, r Review) (Verdict, error)
}

// Review is a result as it would be reported.
type Review struct {
	Table  *Table
	Result board.Result
	Site   string // where it would be reported
	Text   string // all of it in a sentence: round, players, colours, result
	Count  string // how it was counted; empty unless it was
}

// Verdict is the answer to a Review.
type Verdict struct {
	By      string        // who stands for the result: "the players", "the organiser", a name; empty for nobody
	Instead *board.Result // the result is another one; it is shown again
}

// Desk seats players and reports results.
type Desk struct {
	Site      Site
	Community string // of the site, for which the desk speaks; empty for none
	Outbox    *outbox.Outbox
	Ask       Asker
	// Black says who has Black at a table where that is known already, as in a
	// game that goes on; nil or an empty name asks the room.
	Black func(*Table) (name string, err error)
	// Tell is given sentences that ask for nothing; nil drops them.
	Tell func(sentence string)
	// Hints say how the user of this program does by hand what the desk could
	// not do.
	Hints Hints
}

// Hints are what a user types, or presses. What is empty is left out.
type Hints struct {
	Report func(*Table) string // to report the result of a table later
	Held   string              // to see the results that wait for the organiser
	Send   string              // to send the results that wait
}

// later says how the result of a table is reported later.
func (d *Desk) later(t *Table) string {
	if d.Hints.Report == nil {
		return ""
	}
	return "; later: " + d.Hints.Report(t)
}

func (d *Desk) tell(format string, args ...any) {
	if d.Tell != nil {
		d.Tell(fmt.Sprintf(format, args...))
	}
}

// Table is a match with its players seated.
type Table struct {
	Tournament   club.Tournament
	Match        club.Match
	Black, White club.Player
	// Size is the board's, where the tournament's name, game or description
	// says "9x9" or "13×13"; 0 where none does.
	Size int

	ids [2]string // black's and white's in this match
}

// String names the table: "Club evening, round 1, match A: Anna (B) – Ben (W)".
func (t *Table) String() string {
	return fmt.Sprintf("%s, %s: %s (B) – %s (W)", t.Tournament.Name, t.where(), t.Black.Name, t.White.Name)
}

func (t *Table) where() string {
	s := "round " + strconv.Itoa(t.Match.Round)
	if t.Match.Round < 0 {
		s = "losers' round " + strconv.Itoa(-t.Match.Round)
	}
	if t.Match.Identifier != "" {
		s += ", match " + t.Match.Identifier
	}
	if t.Match.Group != "" {
		s = "groups, " + s
	}
	return s
}

// Sign writes names, event, round and date into the root of the game's SGF.
func (t *Table) Sign(root *board.Node, played time.Time) {
	root.SetText("PB", t.Black.Name)
	root.SetText("PW", t.White.Name)
	root.SetText("EV", t.Tournament.Name)
	root.SetText("RO", strings.TrimPrefix(t.where(), "round "))
	root.SetText("DT", played.Format("2006-01-02"))
	if t.Tournament.Page != "" {
		root.SetText("SO", t.Tournament.Page)
	}
}

var sizes = regexp.MustCompile(`\b(\d{1,2})\s?[x×X]\s?(\d{1,2})\b`)

// sizeOf reads the board's size off a tournament.
func sizeOf(t club.Tournament) int {
	for _, text := range []string{t.Name, t.Game, t.Description} {
		for _, m := range sizes.FindAllStringSubmatch(text, -1) {
			if n, err := strconv.Atoi(m[1]); err == nil && m[1] == m[2] && n >= 5 && n <= board.MaxSize {
				return n
			}
		}
	}
	return 0
}

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
	var t Table
	var err error
	if tour == "" {
		list, err := d.Site.Tournaments(ctx)
		if err != nil {
			return nil, err
		}
		var names []string
		for _, x := range list {
			names = append(names, x.Name)
		}
		i, err := d.choose(ctx, "Which tournament?", names, "no tournament is under way")
		if err != nil {
			return nil, err
		}
		t.Tournament = list[i]
	} else if t.Tournament, err = d.Site.Tournament(ctx, tour); err != nil {
		return nil, err
	}
	people, err := d.Site.Players(ctx, t.Tournament.ID)
	if err != nil {
		return nil, err
	}
	state := club.State("")
	if match == "" {
		state = club.Open
	}
	matches, err := d.Site.Matches(ctx, t.Tournament.ID, state)
	if err != nil {
		return nil, err
	}
	matches = slices.DeleteFunc(matches, func(m club.Match) bool {
		return match != "" && m.ID != match && !strings.EqualFold(m.Identifier, match)
	})
	if match != "" && len(matches) == 0 {
		return nil, &NoMatchError{t.Tournament, match}
	}
	if len(matches) == 1 && matches[0].State != club.Open {
		switch matches[0].State {
		case club.Complete:
			return nil, &OverError{t.Tournament, matches[0]}
		default:
			return nil, fmt.Errorf("the players of match %s are not known yet", match)
		}
	}
	matches = slices.DeleteFunc(matches, func(m club.Match) bool { return m.State != club.Open })
	var names []string
	for _, m := range matches {
		one, two := find(people, m.Player1), find(people, m.Player2)
		text := fmt.Sprintf("%s – %s (%s)", one.Name, two.Name, (&Table{Match: m}).where())
		if !m.Underway.IsZero() {
			text += ", being played"
		}
		names = append(names, text)
	}
	i, err := d.choose(ctx, "Which match?", names, fmt.Sprintf("%s of %s is open", cmp.Or(match, "no match"), t.Tournament.Name))
	if err != nil {
		return nil, err
	}
	t.Match = matches[i]
	t.Black, t.White = find(people, t.Match.Player1), find(people, t.Match.Player2)
	t.ids = [2]string{t.Match.Player1, t.Match.Player2}
	t.Size = sizeOf(t.Tournament)
	return &t, nil
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

// courtesy bounds what is done for spectators only.
const courtesy = 10 * time.Second

// Begin tells the site that the match is being played, if it lets us. It never
// fails: what goes wrong is told as a remark.
func (d *Desk) Begin(ctx context.Context, t *Table) {
	ctx, cancel := context.WithTimeout(ctx, courtesy)
	defer cancel()
	if err := d.Site.Underway(ctx, t.Tournament.ID, t.Match.ID); err != nil {
		d.tell("%s does not show the match as being played (%v). The game and its result are not affected.", d.Site.Name(), err)
	}
}

// Game is a game that is over.
type Game struct {
	Result board.Result
	Score  *board.Score // how it was counted, if it was
	SGF    []byte
	Link   string // its address, if it was played or shown online
}

// Counted is a game that was counted with the stones that both players agreed
// to be dead, and the points they agreed to be nobody's.
func Counted(g *board.Game, removed board.PointSet) Game {
	s := g.Score(removed)
	return Game{Result: s.Result(), Score: &s}
}

// Resigned is a game that loser gave up.
func Resigned(loser board.Color) Game {
	return Game{Result: board.Result{Winner: loser.Opponent(), By: board.ByResignation}}
}

// ErrNotConfirmed is returned where nobody stood for a result. Nothing has been
// reported.
var ErrNotConfirmed = errors.New("the result was not confirmed and has not been reported")

// Finish has the result of a game reviewed, and once somebody stands for it
// puts it in the outbox, from where it is sent at once if that is possible,
// and else later. When it returns without error the result is safe.
func (d *Desk) Finish(ctx context.Context, t *Table, g Game) (outbox.Report, error) {
	count := ""
	if g.Score != nil {
		count = explain(*g.Score)
	}
	for {
		result, err := t.result(g.Result)
		if err != nil {
			d.tell("%v.", err)
			// A draw in a knock-out, a void game: the room has to say who goes on.
			i, err := d.choose(ctx, fmt.Sprintf("%s cannot be reported. Who goes on?", g.Result), []string{t.Black.Name, t.White.Name, "nobody yet"}, "")
			if err != nil {
				return outbox.Report{}, err
			}
			if i > 1 {
				return outbox.Report{}, fmt.Errorf("%w: %s ended %s%s", ErrNotConfirmed, t, g.Result, d.later(t))
			}
			g.Result = board.Result{Winner: []board.Color{board.Black, board.White}[i], By: board.ByForfeit}
			continue
		}
		text := t.sentence(g.Result)
		v, err := d.Ask.Confirm(ctx, Review{Table: t, Result: g.Result, Site: d.Site.Name(), Text: text, Count: count})
		switch {
		case err != nil:
			return outbox.Report{}, fmt.Errorf("%w: %s (%w)%s", ErrNotConfirmed, text, err, d.later(t))
		case v.Instead != nil:
			if *v.Instead != g.Result {
				g.Result, g.SGF, count = *v.Instead, withResult(g.SGF, *v.Instead), ""
			}
			continue
		case v.By == "":
			return outbox.Report{}, fmt.Errorf("%w: %s%s", ErrNotConfirmed, text, d.later(t))
		}
		r, err := d.Outbox.Add(outbox.Report{API: d.Site.API(), Community: d.Community, Tournament: t.Tournament.ID, Match: t.Match.ID,
			Result: result, Text: text, Confirmed: outbox.Confirmation{By: v.By}, Link: g.Link, SGF: string(g.SGF)})
		if err != nil {
			return outbox.Report{}, err
		}
		return d.send(ctx, r)
	}
}

// hint puts what a user types into a format, if there is anything.
func hint(format, typed string) string {
	if typed == "" {
		return ""
	}
	return fmt.Sprintf(format, typed)
}

// withResult is a game's record with another result. One that cannot be read
// is left as it is.
func withResult(sgf []byte, r board.Result) []byte {
	games, err := board.ParseSGF(sgf)
	if err != nil || len(games) != 1 {
		return sgf
	}
	games[0].SetText("RE", r.String())
	var b bytes.Buffer
	if err := board.WriteSGF(&b, games[0]); err != nil {
		return sgf
	}
	return b.Bytes()
}

// sendWithin bounds the first attempt: whoever waits at the board is not kept.
const sendWithin = 45 * time.Second

// send tries the outbox once and tells what became of r.
func (d *Desk) send(ctx context.Context, r outbox.Report) (outbox.Report, error) {
	ctx, cancel := context.WithTimeout(ctx, sendWithin)
	defer cancel()
	if _, err := d.Outbox.Flush(ctx, d.connect); err != nil {
		d.tell("%v.", err)
	}
	if now, err := d.Outbox.Report(r.ID); err == nil {
		r = now
	} else {
		return r, err
	}
	switch r.State {
	case outbox.Done, outbox.Taken:
		d.tell("%s has the result: %s.", d.Site.Name(), r.Text)
	case outbox.Held:
		d.tell("The result waits for the organiser: %s.%s", r.Problem, hint(" See '%s'.", d.Hints.Held))
	default:
		d.tell("The result is kept here: %s. It is sent with the next match at this machine%s.", cmp.Or(strings.TrimSuffix(r.Problem, "."), "another gobancam is sending"), hint(", or by '%s'", d.Hints.Send))
	}
	return r, nil
}

// connect serves the reports of this desk's site.
func (d *Desk) connect(_ context.Context, r outbox.Report) (outbox.Sender, error) {
	if r.API != d.Site.API() || r.Community != d.Community {
		return nil, fmt.Errorf("this result is for %s %s%s", r.API, r.Community, hint("; '%s' brings it there", d.Hints.Send))
	}
	return d.Site, nil
}

// result is the result as it is reported: the winner has 1, the loser 0.
func (t *Table) result(r board.Result) (club.Result, error) {
	res := club.Result{Player1: t.ids[0], Player2: t.ids[1]}
	switch {
	case r.By == board.Void:
		return res, errors.New("a game without result cannot be reported")
	case r.Winner == board.Black:
		res.Winner, res.Sets = t.ids[0], [][2]int{{1, 0}}
	case r.Winner == board.White:
		res.Winner, res.Sets = t.ids[1], [][2]int{{0, 1}}
	case t.Tournament.FormOf(t.Match).KnockOut():
		return res, errors.New("a knock-out knows no draws")
	default:
		res.Sets = [][2]int{{0, 0}}
	}
	return res, nil
}

// sentence says a result to people, and in the attachment.
func (t *Table) sentence(r board.Result) string {
	who := fmt.Sprintf("%s: %s (B) – %s (W)", t.where(), t.Black.Name, t.White.Name)
	switch r.Winner {
	case board.Black:
		return fmt.Sprintf("%s, %s: %s wins", who, r, t.Black.Name)
	case board.White:
		return fmt.Sprintf("%s, %s: %s wins", who, r, t.White.Name)
	}
	return who + ", a draw"
}

// explain says how a game was counted.
func explain(s board.Score) string {
	side := func(name string, t board.Tally) string {
		var parts []string
		for _, p := range []struct {
			n    float64
			what string
		}{{float64(t.Stones), "stones"}, {float64(t.Territory), "territory"}, {float64(t.Prisoners), "prisoners"}, {float64(t.Handicap), "handicap"}, {t.Komi, "komi"}} {
			if p.n != 0 {
				parts = append(parts, strconv.FormatFloat(p.n, 'f', -1, 64)+" "+p.what)
			}
		}
		return fmt.Sprintf("%s %s (%s)", name, strconv.FormatFloat(t.Total(), 'f', -1, 64), cmp.Or(strings.Join(parts, ", "), "nothing"))
	}
	return side("Black", s.Black) + "; " + side("White", s.White)
}

// Online is a finished game of a server.
type Online struct {
	Black, White string // the players' names there
	Game
}

// FinishOnline reports a finished online game as the result of the match that
// spec names. The players are told apart by their names; where that leaves a
// doubt the room is asked who is who.
func (d *Desk) FinishOnline(ctx context.Context, spec string, g Online) (*Table, outbox.Report, error) {
	t, err := d.pickMatch(ctx, spec)
	if err != nil {
		return nil, outbox.Report{}, err
	}
	one := called(t.Black, g.Black) || called(t.White, g.White)
	two := called(t.White, g.Black) || called(t.Black, g.White)
	if one == two {
		i, err := d.choose(ctx, fmt.Sprintf("Who is %s, who had Black in that game?", cmp.Or(g.Black, "the player")), []string{t.Black.Name, t.White.Name}, "")
		if err != nil {
			return nil, outbox.Report{}, err
		}
		two = i == 1
	}
	if two {
		t.swap()
	}
	r, err := d.Finish(ctx, t, g.Game)
	return t, r, err
}
