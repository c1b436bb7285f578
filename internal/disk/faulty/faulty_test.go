package faulty

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
	"testing"

	"github.com/gobancam/gobancam/internal/disk"
)

func open(t *testing.T, d *Disk, name string, flag int) disk.File {
	t.Helper()
	f, err := d.OpenFile(name, flag, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func put(t *testing.T, f disk.File, text string) {
	t.Helper()
	if _, err := f.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
}

func text(d *Disk, name string) string {
	b, err := d.ReadFile(name)
	if err != nil {
		return "none"
	}
	return string(b)
}

// A kill keeps what was written; a loss of power only what was synced for sure,
// and each of the rest in some of many runs.
func TestLosses(t *testing.T) {
	seen := map[string]bool{}
	for seed := range uint64(200) {
		d := New(seed, "d")
		f := open(t, d, "d/a", os.O_CREATE|os.O_WRONLY)
		put(t, f, "safe ")
		if err := errors.Join(f.Sync(), d.SyncDir("d")); err != nil {
			t.Fatal(err)
		}
		put(t, f, "lost")
		put(t, open(t, d, "d/b", os.O_CREATE|os.O_WRONLY), "b")
		d.Restart()
		if text(d, "d/a") != "safe lost" || text(d, "d/b") != "b" {
			t.Fatal("a kill lost something")
		}
		if _, err := f.Write([]byte("!")); err == nil {
			t.Fatal("a dead file was written to")
		}
		d.PowerLoss()
		seen["a:"+text(d, "d/a")] = true
		seen["b:"+text(d, "d/b")] = true
	}
	for _, want := range []string{"a:safe ", "a:safe lost", "a:safe lo", "a:safe lo\x00\x00", "b:none", "b:", "b:b"} {
		if !seen[want] {
			t.Errorf("never %q", want)
		}
	}
	for got := range seen {
		if got[0] == 'a' && (len(got) < 7 || got[:7] != "a:safe ") {
			t.Errorf("synced bytes were lost: %q", got)
		}
	}
}

// What a failed sync lost, the next one does not bring back.
func TestFailedSync(t *testing.T) {
	lost := 0
	for seed := range uint64(50) {
		d := New(seed)
		f := open(t, d, "a", os.O_CREATE|os.O_WRONLY)
		if err := d.SyncDir("."); err != nil {
			t.Fatal(err)
		}
		put(t, f, "a")
		d.Hook(func(op Op, _ string) error { return map[Op]error{OpSync: syscall.EIO}[op] })
		if err := f.Sync(); !errors.Is(err, syscall.EIO) {
			t.Fatal(err)
		}
		d.Hook(nil)
		if err := f.Sync(); err != nil {
			t.Fatal(err)
		}
		d.PowerLoss()
		if text(d, "a") == "" {
			lost++
		}
	}
	if lost == 0 || lost == 50 {
		t.Errorf("lost %d of 50", lost)
	}
}

func TestFullAndKill(t *testing.T) {
	d := New(1)
	d.SetFree(3)
	f := open(t, d, "a", os.O_CREATE|os.O_WRONLY)
	if n, err := f.Write([]byte("abcde")); n != 3 || !disk.IsFull(err) {
		t.Errorf("%d, %v", n, err)
	}
	if _, err := d.OpenFile("b", os.O_CREATE, 0o600); !disk.IsFull(err) {
		t.Error(err)
	}
	if err := f.Truncate(0); err != nil {
		t.Error(err)
	}
	put(t, f, "")
	if n, _ := d.Free("."); n != 3 {
		t.Errorf("%d bytes free", n)
	}
	before := d.Ops()
	d.KillAfter(1)
	if _, err := f.Write([]byte("abc")); !errors.Is(err, ErrKilled) || !d.Dead() || d.Ops() != before+1 {
		t.Error(err)
	}
	if _, err := d.Stat("a"); !errors.Is(err, ErrKilled) {
		t.Error(err)
	}
}

// Names and their errors are as on a real disk.
func TestConforms(t *testing.T) {
	d := New(1)
	if err := d.MkdirAll("x/y", 0o700); err != nil {
		t.Fatal(err)
	}
	put(t, open(t, d, "x/y/a", os.O_CREATE|os.O_WRONLY), "alpha")
	put(t, open(t, d, "x/b", os.O_CREATE|os.O_WRONLY), "beta")
	if err := d.Rename("x", "z"); err != nil {
		t.Fatal(err)
	}
	if text(d, "z/y/a") != "alpha" || text(d, "x/b") != "none" {
		t.Error("a directory did not take along what is in it")
	}
	if err := d.Remove("z/y"); !errors.Is(err, syscall.ENOTEMPTY) {
		t.Error(err)
	}
	if _, err := d.OpenFile("q/a", os.O_CREATE, 0o600); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if err := d.MkdirAll("z/b/c", 0o700); !errors.Is(err, syscall.ENOTDIR) {
		t.Error(err)
	}
	if _, err := d.OpenFile("z/b", os.O_CREATE|os.O_EXCL, 0o600); !errors.Is(err, fs.ErrExist) {
		t.Error(err)
	}
}
