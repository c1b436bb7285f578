package play

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/gobancam/gobancam/internal/recording"
)

// TestRecordingsOfReleasedVersions takes the decisions of recordings that
// released versions made, and packed as reports without pictures, once more:
// bit for bit, through the checkpoints of that time. The rings have lost their
// beginning, as the flight recorder's do. What a released version wrote is read
// for ever: files are added here, and never made anew.
func TestRecordingsOfReleasedVersions(t *testing.T) {
	want := map[string]struct {
		moves  int           // in the end
		inputs int           // at least
		from   time.Duration // later than this
	}{
		"0.1.0-referee-whole.zip":  {moves: 43, inputs: 1000},
		"0.1.0-referee-ring.zip":   {moves: 87, inputs: 1000, from: 90 * time.Second},
		"0.1.0-referee-faults.zip": {moves: 22, inputs: 1000, from: 40 * time.Second},
		"0.1.0-relay-whole.zip":    {moves: 23, inputs: 400},
		"0.1.0-relay-ring.zip":     {moves: 86, inputs: 1000, from: 90 * time.Second},
	}
	files, err := filepath.Glob("testdata/released/*.zip")
	if err != nil || len(files) != len(want) {
		t.Fatalf("%d recordings, want %d (%v)", len(files), len(want), err)
	}
	for _, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) {
			s, err := recording.Open(f)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			run, err := Again(t.Context(), s, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			if run.Differs != "" || len(run.Damaged) > 0 {
				t.Errorf("it is decided otherwise than then: %s; damage: %v", run.Differs, run.Damaged)
			}
			w := want[filepath.Base(f)]
			if run.Last.Number != w.moves || run.Inputs < w.inputs || run.From < w.from {
				t.Errorf("%d moves in the end, %d inputs from %v on; want %+v", run.Last.Number, run.Inputs, run.From, w)
			}
		})
	}
}
