package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/internal/club/desk"
	"github.com/gobancam/gobancam/internal/club/outbox"
	"github.com/gobancam/gobancam/internal/club/site"
	"github.com/gobancam/gobancam/internal/plain"
)

// reportFlags are those of `challonge report`: of a result, or of those that
// wait.
type reportFlags struct {
	winner, score, by, sgf, link, game string
	server                             ogsFlags
	tie                                bool

	withdraw, release          string
	waiting, send, wait, trail bool
}

func newChallongeReportCommand(f *challongeFlags) *cobra.Command {
	var r reportFlags
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
			switch len(args) {
			case 0:
				return f.seeToResults(cmd, &r)
			case 2:
				return f.reportMatch(cmd, &r, args)
			}
			return withCode(exitUsage, errors.New("say which match: TOURNAMENT MATCH"))
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&r.winner, "winner", "", "`name` or id of the winner")
	fl.StringVar(&r.score, "score", "", "score with the first player's first, such as 2-1, or 4-2,2-4,4-0 for sets (default: 1-0 for the winner)")
	fl.BoolVar(&r.tie, "tie", false, "nobody won")
	fl.StringVar(&r.by, "by", "", "`who` stands for the result (default: asked)")
	fl.StringVar(&r.sgf, "sgf", "", "`file` with the game, to be attached")
	fl.StringVar(&r.link, "link", "", "`address` of the game, to be attached")
	fl.StringVar(&r.game, "ogs", "", "a finished `game` of online-go.com, by number or address, which is attached too")
	r.server.register(cmd)
	fl.BoolVar(&r.waiting, "waiting", false, "list the results that Challonge does not have yet")
	fl.BoolVar(&r.send, "send", false, "try now to send those that wait")
	fl.BoolVar(&r.wait, "wait", false, "with --send: keep trying until none waits")
	fl.StringVar(&r.withdraw, "withdraw", "", "take back the waiting result with this `id`")
	fl.StringVar(&r.release, "release", "", "send the held result with this `id` all the same")
	fl.BoolVar(&r.trail, "trail", false, "who confirmed what, and what became of it")
	return cmd
}

// seeToResults does with the results that wait what was asked for.
func (f *challongeFlags) seeToResults(cmd *cobra.Command, r *reportFlags) error {
	box, err := f.outbox()
	if err != nil {
		return err
	}
	switch {
	case r.withdraw != "":
		err = box.Withdraw(cmd.Context(), r.withdraw, orSomebody(r.by))
	case r.release != "":
		err = f.release(cmd, box, r.release, orSomebody(r.by))
	case r.send && r.wait:
		err = f.keepSending(cmd, box)
	case r.send:
		err = f.flush(cmd, box)
	case r.trail:
		return f.printTrail(cmd, box)
	case r.waiting:
	default:
		return withCode(exitUsage, errors.New("say which match: TOURNAMENT MATCH; or --waiting, --send, --withdraw, --release, --trail"))
	}
	if err != nil {
		return err
	}
	return f.printOutbox(cmd, box)
}

// reportMatch reports a result of TOURNAMENT MATCH.
func (f *challongeFlags) reportMatch(cmd *cobra.Command, r *reportFlags, args []string) error {
	if r.game != "" {
		if r.tie || r.winner != "" {
			return withCode(exitUsage, errors.New("the game of --ogs says who won"))
		}
		return f.reportOnline(cmd, &r.server, string(tournamentID(args[0]))+"/"+args[1], r.game, r.by)
	}
	if r.tie == (r.winner != "") {
		return withCode(exitUsage, errors.New("say --winner NAME, --tie, or --ogs GAME"))
	}
	box, err := f.outbox()
	if err != nil {
		return err
	}
	c, err := f.client(cmd)
	if err != nil {
		return err
	}
	s, m, err := findMatch(cmd.Context(), c, args)
	if err != nil {
		return err
	}
	h := desk.ByHand{API: f.endpoints.API, Community: f.community, Winner: r.winner, Score: r.score, Link: r.link, By: r.by}
	if r.sgf != "" {
		data, err := os.ReadFile(r.sgf)
		if err != nil {
			return withCode(exitUsage, err)
		}
		h.SGF = string(data)
	}
	sent, err := h.Report(cmd.Context(), s.Scene, site.Match(m), clerk{f, cmd}, box, f.connect(cmd))
	if err != nil {
		return misnamed(err)
	}
	return f.printReports(cmd, []outbox.Report{sent})
}

func orSomebody(by string) string { return cmp.Or(by, "the command line") }

// clerk asks whoever typed the command.
type clerk struct {
	f   *challongeFlags
	cmd *cobra.Command
}

// Sure implements desk.Clerk.
func (c clerk) Sure(_ context.Context, text string) error { return c.f.sure(c.cmd, "%s", text) }

// Stands implements desk.Clerk.
func (c clerk) Stands(ctx context.Context, text string) (string, error) {
	fmt.Fprintf(c.cmd.ErrOrStderr(), "%s\nReport this to Challonge? p = yes, the players agree; o = yes, as the organiser; n = no: ", text)
	line, err := c.f.line(c.cmd)(ctx)
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

// release sends a held result all the same, if that is agreed to.
func (f *challongeFlags) release(cmd *cobra.Command, box *outbox.Outbox, id, by string) error {
	left, err := box.Unsettled()
	if err != nil {
		return err
	}
	i := slices.IndexFunc(left, func(r outbox.Report) bool { return r.ID == id })
	if i < 0 {
		return withCode(exitUsage, &outbox.UnknownError{ID: id})
	}
	if err := f.sure(cmd, "%s\nIt is held because %s.", left[i].Text, strings.TrimSuffix(left[i].Problem, ".")); err != nil {
		return err
	}
	if err := box.Release(cmd.Context(), id, by); err != nil {
		return err
	}
	return f.flush(cmd, box)
}

// flush sends what waits; what cannot be sent stays and is shown.
func (f *challongeFlags) flush(cmd *cobra.Command, box *outbox.Outbox) error {
	_, err := box.FlushAll(cmd.Context(), f.connect(cmd))
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
		t := plain.NewTable("WHEN", "WHAT", "BY", "RESULT")
		for _, e := range list {
			t.Add(e.At.Local().Format("2006-01-02 15:04:05"), e.Event, e.By, e.Text)
		}
		t.Write(w)
	})
}
