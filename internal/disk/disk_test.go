package disk_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/gobancam/gobancam/internal/disk"
	"github.com/gobancam/gobancam/internal/disk/faulty"
)

const (
	oldText = "(;FF[4]GM[1]SZ[9];B[cg])"
	newText = "(;FF[4]GM[1]SZ[9];B[cg];W[gc];B[gg])"
)

func write(fsys disk.FS, text string) error {
	return disk.WriteFile(fsys, "games/a.sgf", []byte(text), 0o644)
}

// Cut off at every call, by a kill or a loss of power, a file is the old or the
// new one, whole; and it is the new one when that was said.
func TestWriteFileCutOffAnywhere(t *testing.T) {
	for seed := range uint64(faulty.Runs(40)) {
		for kill := 1; ; kill++ {
			d := faulty.New(seed, "games")
			if err := write(d, oldText); err != nil {
				t.Fatal(err)
			}
			d.KillAfter(kill)
			said := write(d, newText)
			if seed%2 == 0 {
				d.Restart()
			} else {
				d.PowerLoss()
			}
			got, err := d.ReadFile("games/a.sgf")
			if err != nil || string(got) != oldText && string(got) != newText {
				t.Fatalf("seed %d, killed at call %d: the file is %q, %v", seed, kill, got, err)
			}
			if said == nil {
				if string(got) != newText {
					t.Fatalf("seed %d, killed at call %d: said to be kept, and is not", seed, kill)
				}
				break
			}
		}
	}
}

// Whatever call fails, the error is told, the old file stays and nothing is
// left beside it.
func TestWriteFileFailsAnywhere(t *testing.T) {
	for _, op := range []faulty.Op{
		faulty.OpStat, faulty.OpCreate, faulty.OpWrite, faulty.OpSync, faulty.OpClose,
		faulty.OpOpen, faulty.OpRead, faulty.OpRename, faulty.OpSyncDir,
	} {
		d := faulty.New(1, "games")
		if err := write(d, oldText); err != nil {
			t.Fatal(err)
		}
		d.Hook(func(o faulty.Op, _ string) error {
			if o == op {
				return syscall.EIO
			}
			return nil
		})
		if err := write(d, newText); !errors.Is(err, syscall.EIO) {
			t.Errorf("%s fails: said %v", op, err)
		}
		d.Hook(nil)
		want := oldText
		if op == faulty.OpSyncDir { // the last step: either is there
			want = newText
		}
		alone(t, d, want)
	}
}

// alone checks that the directory holds the one file, with the text.
func alone(t *testing.T, fsys disk.FS, text string) {
	t.Helper()
	if got, err := fsys.ReadFile("games/a.sgf"); string(got) != text {
		t.Errorf("the file is %q, %v", got, err)
	}
	if l, err := fsys.ReadDir("games"); len(l) != 1 {
		t.Errorf("the directory holds %v, %v", l, err)
	}
}

func TestWriteFileDisk(t *testing.T) {
	d := faulty.New(1, "games")
	if err := write(d, oldText); err != nil {
		t.Fatal(err)
	}
	d.SetFree(20)
	if err := write(d, newText); !disk.IsFull(err) {
		t.Errorf("full: %v", err)
	}
	alone(t, d, oldText)
	if free, _ := d.Free("games"); free != 20 {
		t.Errorf("%d bytes are free", free)
	}
	d.SetFree(100)
	if err := write(d, newText); err != nil {
		t.Errorf("room again: %v", err)
	}
	d.SetReadOnly(true)
	if err := write(d, oldText); !errors.Is(err, syscall.EROFS) || disk.IsFull(err) {
		t.Errorf("read-only: %v", err)
	}
	alone(t, d, newText)
}

// A write that was cut off leaves a file that can be told and swept away.
func TestSweep(t *testing.T) {
	d := faulty.New(3, "games")
	for _, name := range []string{"games/a.sgf", "games/.a.sgf", "games/.b.sgf.00000000.tmp"} {
		if err := disk.WriteFile(d, name, []byte(oldText), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	d.KillAfter(4)
	_ = write(d, newText)
	d.Restart()
	if l, _ := d.ReadDir("games"); len(l) != 4 {
		t.Fatalf("it left %v", l)
	}
	if err := disk.Sweep(d, "games/a.sgf"); err != nil {
		t.Error(err)
	}
	if l, _ := d.ReadDir("games"); len(l) != 3 {
		t.Errorf("there still is %v", l)
	}
}

// A disk that takes everything and keeps something else is found out.
func TestWriteFileReadsBack(t *testing.T) {
	if err := write(liar{faulty.New(1, "games")}, newText); err == nil {
		t.Error("said to be kept")
	}
}

type liar struct{ disk.FS }

func (l liar) OpenFile(name string, flag int, perm fs.FileMode) (disk.File, error) {
	f, err := l.FS.OpenFile(name, flag, perm)
	if flag == os.O_RDONLY && err == nil {
		f = lies{f}
	}
	return f, err
}

type lies struct{ disk.File }

func (l lies) Read(b []byte) (int, error) {
	n, err := l.File.Read(b)
	copy(b, bytes.ToUpper(b[:n]))
	return n, err
}

func TestWriteFileOS(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.sgf")
	for _, c := range []struct {
		before, perm, want fs.FileMode
	}{
		{0, 0o600, 0o600},
		{0o640, 0o644, 0o640}, // the owner's choice
		{0o644, 0o600, 0o600}, // a secret
	} {
		os.Remove(path)
		if c.before != 0 {
			if err := errors.Join(os.WriteFile(path, nil, c.before), os.Chmod(path, c.before)); err != nil {
				t.Fatal(err)
			}
		}
		if err := disk.WriteFile(disk.OS, path, []byte(newText), c.perm); err != nil {
			t.Fatal(err)
		}
		i, err := os.Stat(path)
		if err != nil || runtime.GOOS != "windows" && i.Mode() != c.want {
			t.Errorf("%o over %o: %v, %v", c.perm, c.before, i.Mode(), err)
		}
		if got, _ := os.ReadFile(path); string(got) != newText {
			t.Errorf("the file is %q", got)
		}
	}
	if err := disk.WriteFile(disk.OS, filepath.Dir(path), nil, 0o644); err == nil {
		t.Error("a directory was written to")
	}
	if l, _ := os.ReadDir(filepath.Dir(path)); len(l) != 1 {
		t.Errorf("left behind: %v", l)
	}
	if n, err := disk.OS.Free(path); err != nil || n <= 0 {
		t.Errorf("free: %d, %v", n, err)
	}
}

// However many ask at once, each name is given once.
func TestCreateNew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "game.sgf")
	var mu sync.Mutex
	var all sync.WaitGroup
	names := map[string]bool{}
	for range 20 {
		all.Go(func() {
			f, err := disk.CreateNew(disk.OS, path, 0o644)
			if err != nil {
				t.Error(err)
				return
			}
			defer f.Close()
			mu.Lock()
			defer mu.Unlock()
			names[filepath.Base(f.Name())] = true
		})
	}
	all.Wait()
	if len(names) != 20 || !names["game.sgf"] || !names["game-2.sgf"] || !names["game-20.sgf"] {
		t.Errorf("%v", names)
	}
	if _, err := disk.CreateNew(disk.OS, filepath.Join(path, "no", "place.sgf"), 0o644); err == nil {
		t.Error("made where there is no directory")
	}
}

func TestSetAside(t *testing.T) {
	d := faulty.New(1, "j")
	for i := range 2 {
		text := fmt.Sprintf("torn %d", i)
		if err := disk.WriteFile(d, "j/a.jsonl", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		name, err := disk.SetAside(d, "j/a.jsonl", "damaged")
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := d.ReadFile(name); string(got) != text {
			t.Errorf("%s holds %q", name, got)
		}
	}
	if l, _ := d.ReadDir("j"); len(l) != 2 {
		t.Errorf("%v", l)
	}
}

const holder = "GOBANCAM_TEST_LOCK"

// The test's own program, run again, holds a lock until it is killed.
func TestMain(m *testing.M) {
	if path := os.Getenv(holder); path != "" {
		if _, err := disk.Lock(path); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("locked")
		select {}
	}
	os.Exit(m.Run())
}

// Another process is refused and told whose lock it is; a killed one lets go.
func TestLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "game.lock")
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), holder+"="+path)
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	defer c.Process.Kill()
	if line, _ := bufio.NewReader(out).ReadString('\n'); line != "locked\n" {
		t.Fatalf("the other says %q", line)
	}
	_, err = disk.Lock(path)
	var held *disk.Held
	if !errors.As(err, &held) || held.PID != c.Process.Pid {
		t.Fatalf("%v; it was process %d", err, c.Process.Pid)
	}
	c.Process.Kill()
	c.Wait()
	unlock, err := disk.Lock(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := disk.Lock(path); !errors.As(err, &held) || held.PID != os.Getpid() {
		t.Errorf("the second of one process: %v", err)
	}
	if err := unlock(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(path); err == nil && runtime.GOOS != "windows" {
		t.Error("the file stays")
	}
	if _, err := disk.Lock(filepath.Join(path, "no", "place")); err == nil || errors.As(err, &held) {
		t.Errorf("where there is no directory: %v", err)
	}
}

// Of many that lock and unlock at once, never two have it.
func TestLockIsOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "game.lock")
	var inside, most int
	var mu sync.Mutex
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 200 {
				unlock, err := disk.Lock(path)
				if err != nil {
					continue
				}
				mu.Lock()
				inside++
				most = max(most, inside)
				mu.Unlock()
				runtime.Gosched()
				mu.Lock()
				inside--
				mu.Unlock()
				if err := unlock(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if most != 1 {
		t.Errorf("%d at once", most)
	}
}

// What lies where a lock's file would be, and is none, stays as it is: a file of
// somebody else, what a link leads to, a pipe.
func TestLockLeavesOthersAlone(t *testing.T) {
	dir := t.TempDir()
	mine := filepath.Join(dir, "mine")
	for name, text := range map[string]string{"text": "an important list", "pid": "4711\n", "zeros": "\x00\x00\x00\x00", "long": strings.Repeat("1", 30)} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := disk.Lock(path); err == nil {
			t.Errorf("%s: it is locked", name)
		}
		if now, err := os.ReadFile(path); err != nil || string(now) != text {
			t.Errorf("%s: now %q, %v", name, now, err)
		}
	}
	for _, text := range []string{"", "\x00123456\n", "an important list"} {
		if err := os.WriteFile(mine, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		link := filepath.Join(dir, "link")
		if err := os.Symlink(mine, link); err != nil {
			t.Skip(err) // Windows asks for a right
		}
		if _, err := disk.Lock(link); err == nil {
			t.Errorf("a link is locked")
		}
		if now, err := os.ReadFile(mine); err != nil || string(now) != text {
			t.Errorf("where the link leads: now %q, %v", now, err)
		}
		if err := os.Remove(link); err != nil {
			t.Error(err)
		}
	}
	// What a killed or a starved owner left is taken over.
	for _, text := range []string{"", "\x00", "\x0012", "\x00123456\n"} {
		if err := os.WriteFile(mine, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		unlock, err := disk.Lock(mine)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if err := unlock(); err != nil {
			t.Error(err)
		}
	}
}

// A lock that another user holds is told of: its file can be read, not written.
func TestLockOfAnotherUser(t *testing.T) {
	if runtime.GOOS == "windows" || os.Getuid() == 0 {
		t.Skip("nothing is forbidden to root; on Windows the holder alone decides")
	}
	path := filepath.Join(t.TempDir(), "game.lock")
	if _, err := disk.Lock(path); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode()&0o444 == 0 {
		t.Fatal(info, err)
	}
	if err := os.Chmod(path, 0o444); err != nil {
		t.Fatal(err)
	}
	var held *disk.Held
	if _, err := disk.Lock(path); !errors.As(err, &held) || held.PID != os.Getpid() {
		t.Error(err)
	}
}
