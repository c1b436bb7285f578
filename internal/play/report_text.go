package play

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/gobancam/gobancam/internal/disk"
	"github.com/gobancam/gobancam/internal/limits"
)

// ListFlights lists sessions of the flight recorder, a line for each.
func ListFlights(w io.Writer, flights []string) {
	if len(flights) == 0 {
		fmt.Fprintf(w, "No session was kept in %s.\n", FlightRoot())
		return
	}
	for _, dir := range flights {
		r, err := NewReport(dir)
		if err != nil {
			fmt.Fprintf(w, "%s  cannot be read: %v\n", filepath.Base(dir), err)
			continue
		}
		fmt.Fprintf(w, "%s  %6s  %3d moves  %s\n", filepath.Base(dir), (r.To - r.From).Round(time.Second), r.Moves, r.Header.Source)
	}
}

// Describe shows what a report holds.
func (r *Report) Describe(w io.Writer, about []byte, pictures bool) {
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

// Save writes the report into a file, all at once.
func (r *Report) Save(out string, pictures bool, about []byte) error {
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
