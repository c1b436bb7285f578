package main

import (
	"bytes"
	"encoding/json"
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
	"github.com/gobancam/gobancam/internal/disk"
	"github.com/gobancam/gobancam/internal/limits"
	"github.com/gobancam/gobancam/internal/play"
	"github.com/gobancam/gobancam/internal/recording"
)

func newReportCommand() *cobra.Command {
	var out string
	var yes, list, noPictures bool
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
		RunE: func(cmd *cobra.Command, args []string) error {
			flights := play.Flights()
			if list {
				return listFlights(cmd.OutOrStdout(), flights)
			}
			dir := ""
			switch {
			case len(args) == 1:
				dir = args[0]
				if !recording.Exists(dir) && recording.Exists(filepath.Join(play.FlightRoot(), dir)) {
					dir = filepath.Join(play.FlightRoot(), dir)
				}
			case len(flights) > 0:
				dir = flights[len(flights)-1]
			default:
				return withCode(exitUsage, fmt.Errorf("there is no session to report in %s; play first, or name the directory of a recording", play.FlightRoot()))
			}
			report, err := play.NewReport(dir)
			if err != nil {
				return withCode(exitUsage, err)
			}
			if out == "" {
				out = "gobancam-report-" + report.Header.Created.Local().Format("20060102-150405") + ".zip"
			}
			if _, err := os.Lstat(out); !errors.Is(err, fs.ErrNotExist) {
				return withCode(exitUsage, fmt.Errorf("%s exists already; name another file with --out", out))
			}
			about := report.About(time.Now())
			describe(cmd.OutOrStdout(), report, about, !noPictures)
			if !yes {
				fmt.Fprintf(cmd.OutOrStdout(), "\nWrite all this to %s? [y/N] ", out)
				answer, err := face.ReadLines(cmd.Context(), cmd.InOrStdin()).Next(cmd.Context())
				switch {
				case errors.Is(err, io.EOF):
					return withCode(exitUsage, errors.New("nobody answers; with --yes it is written without asking"))
				case err != nil:
					return err
				case !isYes(answer):
					fmt.Fprintln(cmd.OutOrStdout(), "Nothing was written.")
					return nil
				}
			}
			if err := writeReport(report, out, !noPictures, about); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "Wrote %s. Nothing was sent anywhere; attach it yourself.\n", out)
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&out, "out", "", "write to `FILE` (default: gobancam-report-… with the session's time, here)")
	f.BoolVar(&yes, "yes", false, "do not ask")
	f.BoolVar(&noPictures, "no-pictures", false, "leave the camera's pictures out; what was read in them stays, and replays as well")
	f.BoolVar(&list, "list", false, "list the sessions that were kept, and write nothing")
	return cmd
}

func isYes(answer string) bool {
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return true
	}
	return false
}

func listFlights(w io.Writer, flights []string) error {
	if len(flights) == 0 {
		fmt.Fprintf(w, "No session was kept in %s.\n", play.FlightRoot())
		return nil
	}
	for _, dir := range flights {
		r, err := play.NewReport(dir)
		if err != nil {
			fmt.Fprintf(w, "%s  cannot be read: %v\n", filepath.Base(dir), err)
			continue
		}
		fmt.Fprintf(w, "%s  %6s  %3d moves  %s\n", filepath.Base(dir), (r.To - r.From).Round(time.Second), r.Moves, r.Header.Source)
	}
	return nil
}

// describe shows what a report holds.
func describe(w io.Writer, r *play.Report, about []byte, pictures bool) {
	fmt.Fprintf(w, "The session of %s, camera %s, in %s\n", r.Header.Created.Local().Format("2006-01-02 15:04"), r.Header.Source, r.Dir)
	fmt.Fprintf(w, "%s of it, %d moves. The file would hold:\n\n", (r.To - r.From).Round(time.Second), r.Moves)
	_, logs := r.Size(false)
	fmt.Fprintf(w, "  the log       %9s  %d readings of the board, %d sentences said, %d messages of the server without tokens and keys;\n"+
		"                           players' names and what was said in the game's chat are in them\n", bytesText(logs), r.Readings, r.Said, r.Messages)
	if n, size := r.Size(true); pictures {
		fmt.Fprintf(w, "  the pictures  %9s  %d, of the board and what is within three and a half lines of it, black beyond;\n"+
			"                           look at them in %s\n", bytesText(size), n, r.Pictures())
	} else {
		fmt.Fprintf(w, "  no pictures              %d stay here\n", n)
	}
	for _, bad := range r.Damaged[:min(len(r.Damaged), limits.Notes)] {
		fmt.Fprintf(w, "  damaged                  %v\n", bad)
	}
	if n := len(r.Damaged) - limits.Notes; n > 0 {
		fmt.Fprintf(w, "  damaged                  and %d more\n", n)
	}
	fmt.Fprintf(w, "  configuration\n%s", indented(r.Header.Config))
	fmt.Fprintf(w, "  versions and calibration\n%s", indented(about))
}

// indented writes JSON as people read it.
func indented(text []byte) string {
	var b bytes.Buffer
	if err := json.Indent(&b, text, "    ", "  "); err != nil {
		return "    " + string(text) + "\n"
	}
	lines := strings.SplitAfterN(b.String(), "\n", limits.Shown+1)
	if len(lines) > limits.Shown {
		lines[limits.Shown] = fmt.Sprintf("    … and %s more", bytesText(int64(len(lines[limits.Shown]))))
	}
	return "    " + strings.Join(lines, "") + "\n"
}

// writeReport writes the file all at once.
func writeReport(r *play.Report, out string, pictures bool, about []byte) error {
	var failed error
	err := disk.Replace(disk.OS, out, 0o600, func(w io.Writer) error {
		failed = r.Write(w, pictures, about)
		return failed
	})
	if err != nil && failed == nil {
		return fmt.Errorf("the report cannot be written: %w", err)
	}
	return err
}

func bytesText(n int64) string {
	switch {
	case n < 1<<10:
		return fmt.Sprintf("%d B", n)
	case n < 1<<20:
		return fmt.Sprintf("%.1f kB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
}
