package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/internal/app/face"
	"github.com/gobancam/gobancam/internal/play"
	"github.com/gobancam/gobancam/internal/recording"
)

type reportCommand struct {
	out                   string
	yes, list, noPictures bool
}

func newReportCommand() *cobra.Command {
	var r reportCommand
	cmd := &cobra.Command{
		Use:   "report [SESSION]",
		Short: "Pack what happened last into a file to attach to a bug report",
		Long: fmt.Sprintf(`Whenever you play, gobancam keeps the last ten minutes (at most 200 MB) of what it
saw, heard and decided: the flight recorder. The last five sessions are in

  %s

Report shows what is in one of them, asks, and packs it with versions and
configuration into one file. 'gobancam replay FILE' takes the same decisions
once more, bit for bit, and with --explain N says why move N was decided.

SESSION is a directory that --list names, or one that 'play --record' made; the
last session if none is named. A game need not be over.

Exit code 0: written, or not wanted. 2: there is no such session, or the file
exists.`, play.FlightRoot()),
		Example: `  gobancam report
  gobancam report --no-pictures --yes --out bug.zip`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return r.run(cmd, args) },
	}
	f := cmd.Flags()
	f.StringVar(&r.out, "out", "", "write to `FILE` (default: gobancam-report-… with the session's time, here)")
	f.BoolVar(&r.yes, "yes", false, "do not ask")
	f.BoolVar(&r.noPictures, "no-pictures", false, "leave the camera's pictures out; what was read in them stays, and replays as well")
	f.BoolVar(&r.list, "list", false, "list the sessions that were kept, and write nothing")
	return cmd
}

func (r *reportCommand) run(cmd *cobra.Command, args []string) error {
	if r.list {
		play.ListFlights(cmd.OutOrStdout(), play.Flights())
		return nil
	}
	dir, err := sessionDir(args)
	if err != nil {
		return withCode(exitUsage, err)
	}
	report, err := play.NewReport(dir)
	if err != nil {
		return withCode(exitUsage, err)
	}
	out := r.out
	if out == "" {
		out = "gobancam-report-" + report.Header.Created.Local().Format("20060102-150405") + ".zip"
	}
	if _, err := os.Lstat(out); !errors.Is(err, fs.ErrNotExist) {
		return withCode(exitUsage, fmt.Errorf("%s exists already; name another file with --out", out))
	}
	about := report.About(time.Now())
	report.Describe(cmd.OutOrStdout(), about, !r.noPictures)
	if !r.yes {
		fmt.Fprintf(cmd.OutOrStdout(), "\nWrite all this to %s? [y/N] ", out)
		answer, err := face.ReadLines(cmd.Context(), cmd.InOrStdin()).Next(cmd.Context())
		switch {
		case errors.Is(err, io.EOF):
			return withCode(exitUsage, errors.New("nobody answered; with --yes it is written without asking"))
		case err != nil:
			return err
		case !isYes(answer):
			fmt.Fprintln(cmd.OutOrStdout(), "Nothing was written.")
			return nil
		}
	}
	if err := report.Save(out, !r.noPictures, about); err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "Wrote %s. Nothing was sent anywhere; attach it yourself.\n", out)
	return nil
}

// sessionDir is the directory of the session that was named, or of the last one.
func sessionDir(args []string) (string, error) {
	flights := play.Flights()
	switch {
	case len(args) == 1:
		if in := filepath.Join(play.FlightRoot(), args[0]); !recording.Exists(args[0]) && recording.Exists(in) {
			return in, nil
		}
		return args[0], nil
	case len(flights) > 0:
		return flights[len(flights)-1], nil
	}
	return "", fmt.Errorf("there is no session to report in %s; play first, or name the directory of a recording", play.FlightRoot())
}

func isYes(answer string) bool {
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return true
	}
	return false
}
