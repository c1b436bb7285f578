package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/challonge"
	"github.com/gobancam/gobancam/challonge/outbox"
	"github.com/gobancam/gobancam/internal/plain"
)

func newChallongeReportCommand(f *challongeFlags) *cobra.Command {
	var winner, score, by, sgf, link, game, withdraw, release string
	var server ogsFlags
	var tie, waiting, send, wait, trail bool
	cmd := &cobra.Command{
		Use:   "report TOURNAMENT MATCH",
		Short: "Report a result, or see to those that wait",
		Long: `Report reports the result of a match by hand. It is shown first, and goes out
once somebody stands for it. It then sits in the outbox until Challonge has
taken it, which may be at once, or when there is a network, a sign-in or a new
month's quota again. Every result is sent once: the match is compared before.

A held result waits for a decision: the match has another result, or other
players, or Challonge refused it. Withdraw it, or release it to be sent all the
same.

Exit code 3: a result still waits here.`,
		Example: `  gobancam challonge report club A --winner Anna
  gobancam challonge report club B --winner Ben --score 1-2
  gobancam challonge report club C --tie
  gobancam challonge report club D --ogs 123456
  gobancam challonge report --waiting
  gobancam challonge report --send`,
		Args: cobra.MaximumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			box, err := f.outbox()
			if err != nil {
				return err
			}
			if len(args) == 0 {
				switch {
				case withdraw != "":
					err = box.Withdraw(cmd.Context(), withdraw, orSomebody(by))
				case release != "":
					if err = f.sureToRelease(cmd, box, release); err == nil {
						if err = box.Release(cmd.Context(), release, orSomebody(by)); err == nil {
							err = f.flush(cmd, box)
						}
					}
				case send && wait:
					err = f.keepSending(cmd, box)
				case send:
					err = f.flush(cmd, box)
				case trail:
					return f.printTrail(cmd, box)
				case waiting:
				default:
					return withCode(exitUsage, errors.New("say which match: TOURNAMENT MATCH; or --waiting, --send, --withdraw, --release, --trail"))
				}
				if err != nil {
					return err
				}
				return f.printOutbox(cmd, box)
			}
			if len(args) != 2 {
				return withCode(exitUsage, errors.New("say which match: TOURNAMENT MATCH"))
			}
			if game != "" {
				if tie || winner != "" {
					return withCode(exitUsage, errors.New("the game of --ogs says who won"))
				}
				return f.reportOnline(cmd, &server, string(tournamentID(args[0]))+"/"+args[1], game, by)
			}
			if tie == (winner != "") {
				return withCode(exitUsage, errors.New("say --winner NAME, --tie, or --ogs GAME"))
			}
			s, m, err := f.findMatch(cmd, args)
			if err != nil {
				return err
			}
			r := outbox.Report{API: f.endpoints.API, Community: f.community, Tournament: s.t.ID, Match: m.ID, Link: link}
			if r.Result, err = s.result(m, winner, score); err != nil {
				return err
			}
			if sgf != "" {
				data, err := os.ReadFile(sgf)
				if err != nil {
					return withCode(exitUsage, err)
				}
				r.SGF = string(data)
			}
			r.Text = fmt.Sprintf("round %d, match %s: %s – %s, %s", m.Round, m.Identifier, s.name(m.Player1), s.name(m.Player2), challonge.Match{Sets: r.Result.Sets}.Score())
			if winner != "" {
				r.Text += ", " + s.name(r.Result.Winner) + " wins"
			} else {
				r.Text += ", a tie"
			}
			if m.State == challonge.MatchComplete && !r.Result.Is(m) {
				if err := f.sure(cmd, "%s", s.losses("Another result of", m)); err != nil {
					return err
				}
				r.Replaces = true
			}
			if by == "" {
				if by, err = f.askBy(cmd, r.Text); err != nil {
					return err
				}
			}
			r.Confirmed.By = plain.Name(by)
			if r, err = box.Add(r); err != nil {
				return err
			}
			if err := f.flush(cmd, box); err != nil {
				return err
			}
			all, err := box.Reports()
			for _, x := range all {
				if x.ID == r.ID {
					return f.printReports(cmd, []outbox.Report{x})
				}
			}
			return err
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&winner, "winner", "", "`name` or id of the winner")
	fl.StringVar(&score, "score", "", "score with the first player's first, such as 2-1, or 4-2,2-4,4-0 for sets (default: 1-0 for the winner)")
	fl.BoolVar(&tie, "tie", false, "nobody won")
	fl.StringVar(&by, "by", "", "`who` stands for the result (default: asked)")
	fl.StringVar(&sgf, "sgf", "", "`file` with the game, to be attached")
	fl.StringVar(&link, "link", "", "`address` of the game, to be attached")
	fl.StringVar(&game, "ogs", "", "a finished `game` of online-go.com, by number or address, which is attached too")
	server.register(cmd)
	fl.BoolVar(&waiting, "waiting", false, "list the results that Challonge does not have yet")
	fl.BoolVar(&send, "send", false, "try now to send those that wait")
	fl.BoolVar(&wait, "wait", false, "with --send: keep trying until none waits")
	fl.StringVar(&withdraw, "withdraw", "", "take back the waiting result with this `id`")
	fl.StringVar(&release, "release", "", "send the held result with this `id` all the same")
	fl.BoolVar(&trail, "trail", false, "who confirmed what, and what became of it")
	return cmd
}

func orSomebody(by string) string {
	if by == "" {
		return "the command line"
	}
	return by
}

// result works out what is reported of m.
func (s *scene) result(m challonge.Match, winner, score string) (challonge.Result, error) {
	r := challonge.Result{Player1: m.Player1, Player2: m.Player2}
	if m.Player1 == "" || m.Player2 == "" {
		return r, fmt.Errorf("the players of match %s are not known yet", m.Identifier)
	}
	r.Sets = [][2]int{{0, 0}}
	if winner != "" {
		p, err := who(s.people, winner)
		if err != nil {
			return r, err
		}
		switch {
		case p.Is(m.Player1):
			r.Winner, r.Sets = m.Player1, [][2]int{{1, 0}}
		case p.Is(m.Player2):
			r.Winner, r.Sets = m.Player2, [][2]int{{0, 1}}
		default:
			return r, withCode(exitUsage, fmt.Errorf("%s does not play in match %s: %s – %s", p.Name, m.Identifier, s.name(m.Player1), s.name(m.Player2)))
		}
	}
	if score != "" {
		var err error
		if r.Sets, err = challonge.ParseScore(score); err != nil {
			return r, withCode(exitUsage, err)
		}
	}
	return r, nil
}

// askBy asks who stands for a result.
func (f *challongeFlags) askBy(cmd *cobra.Command, text string) (string, error) {
	fmt.Fprintf(cmd.ErrOrStderr(), "%s\nReport this to Challonge? p = yes, the players agree; o = yes, as the organiser; n = no: ", text)
	line, err := f.line(cmd)(cmd.Context())
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	switch strings.ToLower(strings.TrimSpace(line)) {
	case "p":
		return "the players", nil
	case "o":
		return "the organiser", nil
	}
	return "", errors.New("not reported (a script says --by)")
}

func (f *challongeFlags) sureToRelease(cmd *cobra.Command, box *outbox.Outbox, id string) error {
	left, err := box.Unsettled()
	if err != nil {
		return err
	}
	for _, r := range left {
		if r.ID == id {
			return f.sure(cmd, "%s\nIt is held because %s.", r.Text, strings.TrimSuffix(r.Problem, "."))
		}
	}
	return withCode(exitUsage, fmt.Errorf("there is no report %s", id))
}

// flush sends what waits; what cannot be sent stays and is shown.
func (f *challongeFlags) flush(cmd *cobra.Command, box *outbox.Outbox) error {
	ctx, cancel := context.WithCancel(cmd.Context())
	defer cancel()
	_, err := box.FlushAll(ctx, f.connect(cmd))
	return err
}

// keepSending sends what waits, at once and whenever its time comes, until
// nothing waits but for a person.
func (f *challongeFlags) keepSending(cmd *cobra.Command, box *outbox.Outbox) error {
	if err := f.flush(cmd, box); err != nil {
		return err
	}
	ctx, done := context.WithCancel(cmd.Context())
	defer done()
	var failed error
	box.Run(ctx, f.connect(cmd), nil, func(s outbox.Sent, err error) {
		if err != nil || s.Next.IsZero() {
			failed = err
			done()
			return
		}
		for _, r := range s.Waiting {
			fmt.Fprintf(cmd.ErrOrStderr(), "%s waits until %s: %s\n", r.Text, r.Next.Local().Format("15:04:05"), r.Problem)
		}
	})
	return failed
}

func (f *challongeFlags) printOutbox(cmd *cobra.Command, box *outbox.Outbox) error {
	left, err := box.Unsettled()
	if perr := f.printReports(cmd, left); perr != nil {
		return perr
	}
	return err
}

// printReports shows reports. Results that Challonge has not got make the exit
// code tell.
func (f *challongeFlags) printReports(cmd *cobra.Command, list []outbox.Report) error {
	if list == nil {
		list = []outbox.Report{}
	}
	err := f.print(cmd, list, func(w io.Writer) {
		if len(list) == 0 {
			fmt.Fprintln(w, "No result waits.")
		}
		for _, r := range list {
			switch r.State {
			case outbox.Done, outbox.Taken:
				fmt.Fprintf(w, "Challonge has it: %s\n", r.Text)
			case outbox.Held:
				fmt.Fprintf(w, "Held: %s\n  %s\n  gobancam challonge report --withdraw %s\n  gobancam challonge report --release %s\n", r.Text, r.Problem, r.ID, r.ID)
			default:
				fmt.Fprintf(w, "Waits (%s, confirmed by %s): %s\n", r.ID, r.Confirmed.By, r.Text)
				if r.Problem != "" {
					fmt.Fprintf(w, "  %s\n  next attempt %s\n", r.Problem, day(r.Next))
				}
			}
		}
	})
	if err != nil {
		return err
	}
	for _, r := range list {
		if r.State == outbox.Waiting || r.State == outbox.Held {
			return withCode(exitUnsure, errSilent)
		}
	}
	return nil
}

func (f *challongeFlags) printTrail(cmd *cobra.Command, box *outbox.Outbox) error {
	list, err := box.Audit()
	if err != nil && list == nil {
		return err
	}
	if err != nil {
		fmt.Fprintln(cmd.ErrOrStderr(), "gobancam:", err)
	}
	return f.print(cmd, list, func(w io.Writer) {
		t := table{head: []string{"WHEN", "WHAT", "BY", "RESULT"}}
		for _, e := range list {
			t.add(e.At.Local().Format("2006-01-02 15:04:05"), e.Event, e.By, e.Text)
		}
		t.write(w)
	})
}
