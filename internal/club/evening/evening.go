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
	"strings"
	"sync"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/challonge"
	"github.com/gobancam/gobancam/challonge/challongetest"
	"github.com/gobancam/gobancam/internal/club"
	"github.com/gobancam/gobancam/internal/club/bracket"
	"github.com/gobancam/gobancam/internal/club/desk"
	"github.com/gobancam/gobancam/internal/club/outbox"
	"github.com/gobancam/gobancam/internal/club/site"
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
	e := &evening{Options: o, srv: challongetest.New()}
	defer e.srv.Close()
	if err := e.open(ctx); err != nil {
		return err
	}
	e.say("%s: a knock-out of %d.", e.tournament.Name, len(o.Players))
	if _, err := e.bracket(ctx); err != nil {
		return err
	}
	box, err := outbox.Open(filepath.Join(o.Dir, "outbox"))
	if err != nil {
		return err
	}
	d := &desk.Desk{Site: e.site, Outbox: box, Ask: agreed{e.say}}
	if err := desk.Run(ctx, d, e.site, e.tournament.ID, o.Boards, e.play); err != nil {
		return err
	}
	matches, err := e.bracket(ctx)
	if err != nil {
		return err
	}
	if err := e.check(matches); err != nil {
		return err
	}
	if e.people, err = e.site.Players(ctx, e.tournament.ID); err != nil {
		return err
	}
	for _, p := range club.Ranked(e.people) {
		e.say("%3d  %s", p.Rank, p.Name)
	}
	e.say("\n%d games, each result reported once, confirmed by the players.", len(matches))
	return nil
}

// evening is one that goes on.
type evening struct {
	Options
	srv        *challongetest.Server
	site       site.Challonge
	tournament club.Tournament
	people     []club.Player

	printing sync.Mutex
	won      sync.Map // match → who won on the board
}

func (e *evening) say(format string, args ...any) {
	e.printing.Lock()
	defer e.printing.Unlock()
	fmt.Fprintf(e.Out, format+"\n", args...)
}

// open makes the tournament and starts it.
func (e *evening) open(ctx context.Context) error {
	organiser := e.srv.AddUser("organiser")
	c, err := challonge.New(challonge.Options{API: e.srv.URL + "/v2.1", Auth: challonge.Key(organiser.Key), HTTP: e.srv.Client()})
	if err != nil {
		return err
	}
	yes := true
	t, err := c.CreateTournament(ctx, challonge.TournamentFields{Name: e.Name, Type: challonge.SingleElimination, Game: "Go",
		Match: &challonge.MatchOptions{AcceptAttachments: &yes}})
	if err != nil {
		return err
	}
	var fields []challonge.ParticipantFields
	for _, name := range e.Players {
		fields = append(fields, challonge.ParticipantFields{Name: name})
	}
	people, err := c.AddParticipants(ctx, t.ID, fields)
	if err != nil {
		return err
	}
	if t, err = c.ChangeState(ctx, t.ID, challonge.Start); err != nil {
		return err
	}
	e.site, e.tournament, e.people = site.Challonge{Client: c}, site.Tournament(t), site.Players(people)
	return nil
}

// bracket prints the bracket and returns its matches.
func (e *evening) bracket(ctx context.Context) ([]club.Match, error) {
	matches, err := e.site.Matches(ctx, e.tournament.ID, "")
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	if err := bracket.Write(&b, club.Scene{Tournament: e.tournament, Players: e.people, Matches: matches}); err != nil {
		return nil, err
	}
	e.say("\n%s", b.String())
	return matches, nil
}

// play has a game played and keeps its record.
func (e *evening) play(ctx context.Context, table *desk.Table) (desk.Game, error) {
	e.say("At the board: %s", table)
	start := time.Now()
	g, err := e.Play(ctx, table)
	if err != nil {
		return g, err
	}
	won := table.Black.ID
	if g.Result.Winner == board.White {
		won = table.White.ID
	}
	e.won.Store(table.Match.ID, won)
	if len(g.SGF) > 0 {
		name := filepath.Join(e.Dir, plain.FileName("match-"+table.Match.Identifier)+".sgf")
		if err := disk.WriteFile(disk.OS, name, g.SGF, 0o644); err != nil {
			return g, fmt.Errorf("the game cannot be kept: %w", err)
		}
	}
	e.say("Match %s: %s after %.1f s", table.Match.Identifier, g.Result, time.Since(start).Seconds())
	return g, nil
}

// check compares what the site shows with what was played.
func (e *evening) check(matches []club.Match) error {
	for _, m := range matches {
		if won, ok := e.won.Load(m.ID); !ok || won != m.Winner {
			return fmt.Errorf("match %s: Challonge shows %s as the winner, the board %v", m.Identifier, m.Winner, won)
		}
		if n := e.srv.Reports(m.ID); n != 1 {
			return fmt.Errorf("match %s was reported %d times", m.Identifier, n)
		}
	}
	if wrong := e.srv.Violations(); len(wrong) > 0 {
		return fmt.Errorf("rules of Challonge were broken: %s", strings.Join(wrong, "; "))
	}
	return nil
}
