package main

import (
	"errors"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/internal/app/seat"
	"github.com/gobancam/gobancam/ogs"
)

// demoFlags say whether a game at a board is shown on a demo board, and on which.
type demoFlags struct {
	demo         string // "" for none, demoNew, a number, or an address
	private      bool
	record       string
	black, white string // ranks
}

// demoNew is --demo without a number.
const demoNew = "new"

func (f *demoFlags) register(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.StringVar(&f.demo, "demo", "", "show the game on a demo board of online-go.com: the game's own, a new one, or that with this `ID`")
	fl.Lookup("demo").NoOptDefVal = demoNew
	fl.BoolVar(&f.private, "private", false, "a new demo board is for those alone whom its maker lets in")
	fl.StringVar(&f.record, "tournament-record", "", "file a new demo board in a round of a tournament record, as `ID/ROUND`")
	fl.StringVar(&f.black, "black-rank", "", "rank of the black player, as 5k, 2d or 1p")
	fl.StringVar(&f.white, "white-rank", "", "rank of the white player")
	args := cmd.Args
	// A flag with an optional value takes it only after "=". What stands after
	// --demo is its number all the same.
	cmd.Args = func(cmd *cobra.Command, left []string) error {
		if f.demo == demoNew {
			for i, text := range left {
				if _, err := demoID(text); err == nil || len(left) == 1 && !fl.Changed("live") {
					f.demo, left = text, slices.Delete(slices.Clone(left), i, i+1)
					break
				}
			}
		}
		return args(cmd, left)
	}
}

// ranks are the players', checked.
func (f *demoFlags) ranks() ([2]string, error) {
	for name, rank := range map[string]string{"black-rank": f.black, "white-rank": f.white} {
		if rank == "" {
			continue
		}
		if _, _, err := ogs.ParseDemoRank(rank); err != nil {
			return [2]string{}, withCode(exitUsage, fmt.Errorf("--%s: %w", name, err))
		}
	}
	return [2]string{f.black, f.white}, nil
}

// board is the demo board that is asked for; nil for none.
func (f *demoFlags) board(cmd *cobra.Command, server *ogsFlags) (*seat.DemoBoard, error) {
	if f.demo == "" {
		if f.private || f.record != "" {
			return nil, withCode(exitUsage, errors.New("--private and --tournament-record are of a demo board: give --demo, too"))
		}
		return nil, nil
	}
	d := &seat.DemoBoard{Private: f.private, Again: demoAgain}
	var err error
	if f.demo != demoNew {
		if d.ID, err = demoID(f.demo); err != nil {
			return nil, withCode(exitUsage, fmt.Errorf("--demo: %w", err))
		}
	}
	if f.record != "" {
		if d.ID != 0 {
			return nil, withCode(exitUsage, errors.New("--tournament-record is for a new demo board; 'gobancam tournament-record' files one that there is"))
		}
		if d.Record, d.Round, err = recordRound(f.record); err != nil {
			return nil, withCode(exitUsage, fmt.Errorf("--tournament-record: %w", err))
		}
	}
	d.Client, err = server.client(cmd)
	return d, err
}

// demoAgain is what makes a demo board show all of a game; with the number 0, what
// makes one of it.
func demoAgain(id ogs.ID, file string) string {
	if id == 0 {
		return fmt.Sprintf("'gobancam record --sgf %s --demo' makes one.", file)
	}
	return fmt.Sprintf("'gobancam record --sgf %s --demo %d' goes on with it.", file, id)
}

// demoID reads a demo board's number, or its address.
func demoID(text string) (ogs.ID, error) {
	number := text
	if u, err := url.Parse(text); err == nil && u.Host != "" {
		dir, last := path.Split(strings.TrimSuffix(u.Path, "/"))
		if kind := path.Base(dir); kind != "demo" && kind != "review" {
			return 0, fmt.Errorf("%s is no address of a demo board", text)
		}
		number = last
	}
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil || id <= 0 {
		return 0, fmt.Errorf("%q is neither the number of a demo board nor its address", text)
	}
	return ogs.ID(id), nil
}

// recordRound reads the numbers of a tournament record and one of its rounds.
func recordRound(text string) (record, round ogs.ID, err error) {
	a, b, ok := strings.Cut(text, "/")
	x, err1 := strconv.ParseInt(a, 10, 64)
	y, err2 := strconv.ParseInt(b, 10, 64)
	if !ok || err1 != nil || err2 != nil || x <= 0 || y <= 0 {
		return 0, 0, fmt.Errorf("%q is no ID/ROUND, as 12/34", text)
	}
	return ogs.ID(x), ogs.ID(y), nil
}
