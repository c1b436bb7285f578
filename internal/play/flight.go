package play

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/adrg/xdg"

	"github.com/gobancam/gobancam/internal/recording"
)

// flights is how many sessions the flight recorder keeps.
const flights = 5

// FlightRoot is the directory of the flight recorder: gobancam/flights under
// the XDG state directory.
func FlightRoot() string { return filepath.Join(xdg.StateHome, "gobancam", "flights") }

// FlightDir makes room for a new session of the flight recorder and returns its
// directory, which does not exist yet.
func FlightDir(now time.Time) (string, error) {
	root := FlightRoot()
	if err := os.MkdirAll(root, 0o700); err != nil {
		return "", fmt.Errorf("there is no place for the flight recorder: %w", err)
	}
	old := Flights()
	for len(old) >= flights {
		// What cannot be deleted stays; the new one is what matters.
		_ = os.RemoveAll(old[0])
		old = old[1:]
	}
	dir := filepath.Join(root, now.UTC().Format("20060102-150405.000"))
	return dir, nil
}

// Flights lists the sessions that the flight recorder kept, oldest first.
func Flights() []string {
	entries, err := os.ReadDir(FlightRoot())
	if err != nil {
		return nil
	}
	var dirs []string
	for _, e := range entries {
		if dir := filepath.Join(FlightRoot(), e.Name()); e.IsDir() && recording.Exists(dir) {
			dirs = append(dirs, dir)
		}
	}
	slices.Sort(dirs)
	return dirs
}
