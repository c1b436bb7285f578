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
			i, err := d.choose(ctx, fmt.Sprintf("%s cannot be reported. Who gets the win?", g.Result), []string{t.Black.Name, t.White.Name, "nobody yet"}, "")
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
