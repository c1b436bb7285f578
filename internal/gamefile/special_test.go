//go:build unix

package gamefile

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/gobancam/gobancam/internal/disk"
	"github.com/gobancam/gobancam/internal/limits"
)

// wary fails where reading would wait for ever, or take all memory.
type wary struct {
	disk.FS
	t *testing.T
}

func (w wary) ReadFile(name string) ([]byte, error) {
	if info, err := w.Stat(name); err == nil && (!info.Mode().IsRegular() || info.Size() > 2*limits.Record) {
		w.t.Errorf("%s is read, with mode %v and %d bytes", name, info.Mode(), info.Size())
		return nil, fs.ErrInvalid
	}
	return w.FS.ReadFile(name)
}

func pipe(t *testing.T, path string) {
	t.Helper()
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
}

// huge makes a file of 100 GB that takes no room.
func huge(t *testing.T, path string) {
	t.Helper()
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 100<<30); err != nil {
		t.Skip(err) // the file system cannot
	}
}

// Pipes and endless files are not read, whichever of the names that belong to a
// record they have.
func TestPipesAndEndlessFiles(t *testing.T) {
	for name, special := range map[string]func(*testing.T, string){"pipe": pipe, "huge": huge} {
		t.Run(name, func(t *testing.T) {
			fsys := wary{disk.OS, t}
			path := filepath.Join(t.TempDir(), "a.sgf")
			special(t, path)
			if _, err := Open(Options{Path: path, FS: fsys}); err == nil {
				t.Error("it is opened")
			}
			for _, replace := range []bool{false, true} {
				if err := Save(fsys, path, composed(t, 3), replace); err == nil {
					t.Error("it is saved over")
				}
			}
			if got, err := SaveBeside(fsys, path, composed(t, 3)); err != nil || filepath.Base(got) != "a-2.sgf" {
				t.Error(got, err)
			}
			k := open(t, Options{Path: path, FS: fsys, Always: true})
			keep(t, k, first(t, 3))
			if got := k.Close(); filepath.Base(got.Path) != "a-3.sgf" || inFile(disk.OS, got.Path) != 3 {
				t.Errorf("%+v", got)
			}

			// One that comes where the old version goes.
			path = filepath.Join(t.TempDir(), "b.sgf")
			if err := Save(fsys, path, composed(t, 3), false); err != nil {
				t.Fatal(err)
			}
			special(t, path+"~")
			if err := Save(fsys, path, composed(t, 4), false); err != nil || inFile(disk.OS, path+"~2") != 3 {
				t.Errorf("%v, %d moves in the old version", err, inFile(disk.OS, path+"~2"))
			}

			// One that comes in the middle of the game.
			path = filepath.Join(t.TempDir(), "c.sgf")
			k = open(t, Options{Path: path, FS: fsys})
			keep(t, k, first(t, 3))
			k.Settle()
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			special(t, path)
			keep(t, k, first(t, 4))
			got := k.Close()
			if got.Problem() == nil || !strings.Contains(got.Problem().Error(), changedByAnother) || inFile(disk.OS, got.Path) != 4 {
				t.Errorf("%+v", got)
			}
		})
	}
}
