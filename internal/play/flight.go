package play

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/adrg/xdg"

	"github.com/gobancam/gobancam/internal/disk"
	"github.com/gobancam/gobancam/internal/recording"
)

// flights is how many sessions the flight recorder keeps.
const flights = 5

// FlightRoot is the directory of the flight recorder: gobancam/flights under
// the XDG state directory.
func FlightRoot() string { return filepath.Join(xdg.StateHome, "gobancam", "flights") }

// FlightDir makes room for a new session of the flight recorder and returns its
// directory, which is new and empty: no other process gets it.
func FlightDir(now time.Time) (string, error) {
	root := FlightRoot()
	if err := os.MkdirAll(root, 0o700); err != nil {
		return "", fmt.Errorf("there is no place for the flight recorder: %w", err)
	}
	// Sessions that another process records stay.
	old := slices.DeleteFunc(Flights(), recording.InUse)
	for len(old) > 0 && (len(old) >= flights || tight(root)) {
		// What cannot be deleted stays; the new one is what matters.
		_ = os.RemoveAll(old[0])
		old = old[1:]
	}
	name := filepath.Join(root, now.UTC().Format("20060102-150405.000"))
	dir := name
	for n := 2; ; n++ {
		err := os.Mkdir(dir, 0o755)
		if err == nil {
			return dir, nil
		}
		if !errors.Is(err, fs.ErrExist) || n > 1000 {
			return "", fmt.Errorf("there is no place for the flight recorder: %w", err)
		}
		dir = fmt.Sprintf("%s-%d", name, n)
	}
}

// tight reports whether there is too little room to start a recording.
func tight(root string) bool {
	free, err := disk.OS.Free(root)
	return err == nil && free < 2*recording.Reserve
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
