package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"path"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/club/desk"
	"github.com/gobancam/gobancam/internal/club/outbox"
	"github.com/gobancam/gobancam/ogs"
)

// onlineGame fetches a finished game of online-go.com, named by its number or
// its address, with its SGF. Public games need no sign-in there.
func onlineGame(cmd *cobra.Command, f *ogsFlags, name string) (desk.Online, error) {
	number := name
	if u, err := url.Parse(name); err == nil && u.Host != "" {
		number = path.Base(u.Path)
	}
	n, err := strconv.ParseInt(strings.TrimSpace(number), 10, 64)
	if err != nil || n <= 0 {
		return desk.Online{}, withCode(exitUsage, fmt.Errorf("%q is not a game; give its number or its address", name))
	}
	log := slog.New(slog.DiscardHandler)
	c, err := f.at(cmd).Client(cmd.Context(), log)
	if err != nil {
		if c, err = ogs.NewClient(f.at(cmd).Options(log)); err != nil {
			return desk.Online{}, withCode(exitUsage, err)
		}
	}
	id := ogs.ID(n)
	rec, err := c.Game(cmd.Context(), id)
	if err != nil {
		return desk.Online{}, err
	}
	if rec.Ended.IsZero() {
		return desk.Online{}, fmt.Errorf("game %s of %s is not over yet", id, c.Server())
	}
	g := desk.Online{Black: rec.Players[board.Black].Username, White: rec.Players[board.White].Username}
	g.Link = strings.TrimRight(c.Server(), "/") + "/game/" + id.String()
	g.Result = rec.Result.SGF()
	if g.SGF, err = c.SGF(cmd.Context(), id); err != nil {
		fmt.Fprintf(cmd.ErrOrStderr(), "The game's SGF could not be fetched; its address is attached without it: %v\n", err)
	}
	return g, nil
}

// reportOnline reports a game of online-go.com as the result of a match.
func (f *challongeFlags) reportOnline(cmd *cobra.Command, server *ogsFlags, match, game, by string) error {
	g, err := onlineGame(cmd, server, game)
	if err != nil {
		return err
	}
	d, err := f.desk(cmd, nil)
	if err != nil {
		return err
	}
	if by != "" {
		d.Ask = standsFor{d.Ask, by}
	}
	table, r, err := d.FinishOnline(cmd.Context(), match, g)
	if err != nil {
		if errors.Is(err, desk.ErrNotConfirmed) || table == nil {
			return err
		}
		return fmt.Errorf("%s: %w", table, err)
	}
	return f.printReports(cmd, []outbox.Report{r})
}

// standsFor confirms results in the name of who was given on the command line.
type standsFor struct {
	desk.Asker
	by string
}

func (s standsFor) Confirm(context.Context, desk.Review) (desk.Verdict, error) {
	return desk.Verdict{By: s.by}, nil
}
