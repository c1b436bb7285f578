//go:build unix

package limits

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestOnlyFiles: a pipe would wait for ever, a device has no end, a link leads
// elsewhere.
func TestOnlyFiles(t *testing.T) {
	base := t.TempDir()
	outside := filepath.Join(base, "secret")
	must(t, os.WriteFile(outside, []byte("secret"), 0o600))
	dir := filepath.Join(base, "foreign")
	must(t, os.MkdirAll(filepath.Join(dir, "sub"), 0o700))
	must(t, os.WriteFile(filepath.Join(dir, "sub", "file"), []byte("text"), 0o600))
	must(t, syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600))
	must(t, os.Symlink("../secret", filepath.Join(dir, "out")))
	must(t, os.Symlink(outside, filepath.Join(dir, "absolute")))
	must(t, os.Symlink("sub/file", filepath.Join(dir, "in")))
	must(t, os.Symlink("sub", filepath.Join(dir, "also")))

	for name, kind := range map[string]error{filepath.Join(dir, "pipe"): ErrSpecial, "/dev/zero": ErrSpecial, filepath.Join(dir, "none"): fs.ErrNotExist} {
		if _, err := ReadFile(name, 10); !errors.Is(err, kind) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if b, err := ReadFile(filepath.Join(dir, "in"), 10); err != nil || string(b) != "text" {
		t.Errorf("a link that the user names: %q, %v", b, err)
	}
	d, err := OpenDir(dir)
	must(t, err)
	defer d.Close()
	for name, kind := range map[string]error{"pipe": ErrSpecial, "out": ErrLink, "absolute": ErrLink, "in": ErrLink, "also/file": ErrLink,
		"../secret": fs.ErrInvalid, "none": fs.ErrNotExist, "sub/none": fs.ErrNotExist} {
		if f, err := d.Open(name); !errors.Is(err, kind) {
			t.Errorf("%s: %v %v", name, f, err)
		}
	}
	f, err := d.Open("sub/file")
	must(t, err)
	defer f.Close()
	if b, err := io.ReadAll(f); err != nil || string(b) != "text" {
		t.Errorf("%q, %v", b, err)
	}
	if list, err := d.List(".", 6); err != nil || len(list) != 6 {
		t.Errorf("%v, %v", list, err)
	}
	if _, err := d.List(".", 5); !Exceeded(err) {
		t.Errorf("more files than are read: %v", err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
