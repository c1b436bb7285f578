package play

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/gobancam/gobancam/calibrate"
	"github.com/gobancam/gobancam/internal/limits"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/recording"
	"github.com/gobancam/gobancam/internal/version"
	"github.com/gobancam/gobancam/vision"
)

// Report is a session that can be sent to somebody who is to find out what went
// wrong in it.
type Report struct {
	Dir      string
	Header   recording.Header
	From, To time.Duration // since the session began; what came before was dropped
	Readings int
	Messages int // from and to the server
	Said     int // sentences of the referee
	Moves    int
	Damaged  []error // lines that cannot be read

	items []recording.Item
}

// NewReport looks through a recorded session.
func NewReport(dir string) (*Report, error) {
	s, err := recording.Open(dir)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	r := &Report{Dir: dir, Header: s.Header, From: -1}
	if r.items, err = recording.Contents(dir); err != nil {
		return nil, err
	}
	moves := map[int]bool{}
	for e, err := range s.Entries() {
		if limits.Exceeded(err) {
			r.Damaged = slices.Insert(r.Damaged, 0, err) // before all that is shown
			break
		}
		if err != nil {
			r.Damaged = append(r.Damaged, err)
			continue
		}
		if r.From < 0 {
			r.From = e.At
		}
		r.To = max(r.To, e.At)
		switch e.Kind {
		case recording.KindReading:
			r.Readings++
		case kindServer, kindWire:
			r.Messages++
		case kindEvent:
			r.Said++
			var move struct {
				Event  match.EventKind
				Number int
			}
			if json.Unmarshal(e.Data, &move) == nil && move.Event == match.EventMove && len(moves) < limits.Moves {
				moves[move.Number] = true
			}
		}
	}
	r.Moves = len(moves)
	r.From = max(r.From, 0)
	return r, nil
}

// Size counts the files and bytes of the pictures, or of all else.
func (r *Report) Size(pictures bool) (files int, bytes int64) {
	for _, i := range r.items {
		if i.Picture() == pictures {
			files++
			bytes += i.Size
		}
	}
	return files, bytes
}

// about is what a report adds to the recording, in report.json.
type about struct {
	Written  time.Time         `json:"written"`
	Versions map[string]string `json:"versions"`
	// Calibration is that of the session's camera, if there is one.
	Calibration *recording.Grid `json:"calibration,omitempty"`
	Trouble     string          `json:"trouble,omitempty"` // with the calibration
}

// Versions are those of the program that runs now and of what it stands on.
func Versions() map[string]string {
	return map[string]string{"gobancam": version.Version, "commit": version.Commit(), "installed": version.Installed(), "opencv": vision.OpenCVVersion(),
		"go": runtime.Version(), "system": runtime.GOOS + "/" + runtime.GOARCH}
}

// About is what the report says besides the recording: versions and
// configuration, secrets masked.
func (r *Report) About(now time.Time) []byte {
	a := about{Written: now.UTC().Round(time.Second), Versions: Versions()}
	switch p, err := calibrate.DefaultStore().Load(r.Header.Source); {
	case err == nil:
		a.Calibration = recording.FromSpec(p.Grid)
	case !errors.Is(err, calibrate.ErrNone):
		a.Trouble = err.Error()
	}
	plain, err := json.Marshal(a)
	if err != nil {
		plain, _ = json.Marshal(map[string]string{"trouble": err.Error()})
	}
	return recording.Mask(plain)
}

// Write packs the report, with or without its pictures, so that recording.Open
// reads it.
func (r *Report) Write(to io.Writer, pictures bool, about []byte) error {
	items := slices.DeleteFunc(slices.Clone(r.items), func(i recording.Item) bool { return i.Picture() && !pictures })
	if err := recording.Pack(to, r.Dir, items, map[string][]byte{"report.json": append(about, '\n')}); err != nil {
		return fmt.Errorf("the report was not written: %w", err)
	}
	return nil
}

// Pictures is the directory of the session's pictures.
func (r *Report) Pictures() string { return filepath.Join(r.Dir, "frames") }
