// Package evening shows a club evening without a club: a knock-out over a
// Challonge in process, from the list of players to the winner. Who plays the
// games is left to the caller: package demo does it on simulated boards.
package evening

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/challonge"
	"github.com/gobancam/gobancam/challonge/challongetest"
	"github.com/gobancam/gobancam/challonge/desk"
	"github.com/gobancam/gobancam/challonge/outbox"
	"github.com/gobancam/gobancam/internal/disk"
	"github.com/gobancam/gobancam/internal/plain"
)

// Options describe an evening.
type Options struct {
	Name    string   // of the tournament; "9x9" in it sets the boards' size
	Players []string // the strongest first; nil for four
	Boards  int      // how many games go on at once; 0 for one
	Dir     string   // where the games' SGF, the outbox and its audit trail are kept
	Out     io.Writer
	Play    desk.Play
}

// Players are those who come when nobody else is named.
var Players = []string{"Dosaku", "Shuwa", "Jowa", "Shusaku"}

// agreed stands for every result in the players' name, and shows it.
type agreed struct{ say func(string, ...any) }

func (a agreed) Choose(_ context.Context, question string, options []string) (int, error) {
	a.say("%s %s", question, options[0])
	return 0, nil
}

func (a agreed) Confirm(_ context.Context, r desk.Review) (desk.Verdict, error) {
	count := ""
	if r.Count != "" {
		count = " (" + r.Count + ")"
	}
	a.say("Agreed: %s%s", r.Text, count)
	return desk.Verdict{By: "the players"}, nil
}

// Run plays a knock-out to its end, prints the bracket, the results as they come
// in and the bracket again, and checks that what Challonge shows is what was
// played, each result reported once.
func Run(ctx context.Context, o Options) error {
	if o.Players == nil {
		o.Players = Players
	}
	if len(o.Players) < 2 {
		return errors.New("a tournament needs two players at least")
	}
	if o.Name == "" {
		o.Name = "Club evening 9x9"
	}
	var printing sync.Mutex
	say := func(format string, args ...any) {
		printing.Lock()
		defer printing.Unlock()
		fmt.Fprintf(o.Out, format+"\n", args...)
	}

	srv := challongetest.New()
	defer srv.Close()
	organiser := srv.AddUser("organiser")
	c, err := challonge.New(challonge.Options{API: srv.URL + "/v2.1", Auth: challonge.Key(organiser.Key), HTTP: srv.Client()})
	if err != nil {
		return err
	}
	yes := true
	t, err := c.CreateTournament(ctx, challonge.TournamentFields{Name: o.Name, Type: challonge.SingleElimination, Game: "Go",
		Match: &challonge.MatchOptions{AcceptAttachments: &yes}})
	if err != nil {
		return err
	}
	var fields []challonge.ParticipantFields
	for _, name := range o.Players {
		fields = append(fields, challonge.ParticipantFields{Name: name})
	}
	people, err := c.AddParticipants(ctx, t.ID, fields)
	if err != nil {
		return err
	}
	if t, err = c.ChangeState(ctx, t.ID, challonge.Start); err != nil {
		return err
	}
	bracket := func() ([]challonge.Match, error) {
		ms, err := c.Matches(ctx, t.ID, challonge.MatchFilter{})
		if err != nil {
			return nil, err
		}
		var b strings.Builder
		if err := challonge.WriteBracket(&b, t, people, ms); err != nil {
			return nil, err
		}
		say("\n%s", b.String())
		return ms, nil
	}
	say("%s: a knock-out of %d.", t.Name, len(o.Players))
	if _, err := bracket(); err != nil {
		return err
	}

	box, err := outbox.Open(filepath.Join(o.Dir, "outbox"))
	if err != nil {
		return err
	}
	d := &desk.Desk{Client: c, Outbox: box, Ask: agreed{say}}
	var games sync.Map // match → who won on the board
	play := func(ctx context.Context, table *desk.Table) (desk.Game, error) {
		say("At the board: %s", table)
		start := time.Now()
		g, err := o.Play(ctx, table)
		if err != nil {
			return g, err
		}
		won := table.Black.ID
		if g.Result.Winner == board.White {
			won = table.White.ID
		}
		games.Store(table.Match.ID, won)
		if len(g.SGF) > 0 {
			name := filepath.Join(o.Dir, plain.FileName("match-"+table.Match.Identifier)+".sgf")
			if err := disk.WriteFile(disk.OS, name, g.SGF, 0o644); err != nil {
				return g, fmt.Errorf("the game cannot be kept: %w", err)
			}
		}
		say("Match %s: %s after %.1f s", table.Match.Identifier, g.Result, time.Since(start).Seconds())
		return g, nil
	}
	if t, err = desk.Run(ctx, d, c, t.ID, o.Boards, play); err != nil {
		return err
	}
	ms, err := bracket()
	if err != nil {
		return err
	}
	for _, m := range ms {
		if won, ok := games.Load(m.ID); !ok || won != m.Winner {
			return fmt.Errorf("match %s: Challonge shows %s as the winner, the board %v", m.Identifier, m.Winner, won)
		}
		if n := srv.Reports(string(m.ID)); n != 1 {
			return fmt.Errorf("match %s was reported %d times", m.Identifier, n)
		}
	}
	if wrong := srv.Violations(); len(wrong) > 0 {
		return fmt.Errorf("rules of Challonge were broken: %s", strings.Join(wrong, "; "))
	}
	if people, err = c.Participants(ctx, t.ID); err != nil {
		return err
	}
	slices.SortStableFunc(people, func(a, b challonge.Participant) int { return a.FinalRank - b.FinalRank })
	for _, p := range people {
		say("%3d  %s", p.FinalRank, p.Name)
	}
	say("\n%d games, each result reported once, confirmed by the players.", len(ms))
	return nil
}
