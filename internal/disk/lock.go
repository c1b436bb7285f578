package disk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

// Held is the error of a lock that another process has.
type Held struct {
	Path string
	// PID is the process id of who has it; 0 when that could not be read.
	PID int
}

func (h *Held) Error() string {
	if h.PID == 0 {
		return h.Path + " is locked by another process"
	}
	return fmt.Sprintf("%s is locked by process %d", h.Path, h.PID)
}

// Lock takes the lock that the file at path stands for, without waiting, and
// returns what gives it back. Its error is a *Held when another has it (another
// open of this process counts as one), and something else when the file system
// cannot lock. The system gives the lock back when the process ends, however it
// ends. The file is only a place to stand: it holds the owner's process id and
// is removed by unlock.
func Lock(path string) (unlock func() error, err error) { return OS.Lock(path) }

// held keeps locks from being collected as garbage, and so given back, when
// nobody means to unlock them before the process ends.
var held sync.Map

// The process id stands after the first byte: on Windows nobody but its owner
// can read what is locked, and that is the first byte.
const pidAt = 1

func lock(path string) (func() error, error) {
	for {
		l := flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDWR|noFollow), flock.SetPermissions(0o644))
		got, err := l.TryLock()
		if errors.Is(err, fs.ErrPermission) { // another user's: to lock it, reading is enough
			_ = l.Close()
			l = flock.New(path, flock.SetFlag(os.O_RDONLY|noFollow))
			read, rerr := l.TryLock()
			if !errors.Is(rerr, fs.ErrNotExist) {
				got, err = read, rerr
			}
		}
		if err != nil {
			_ = l.Close()
			return nil, fmt.Errorf("%s cannot be locked: %w", path, err)
		}
		if !got {
			_ = l.Close()
			return nil, &Held{Path: path, PID: owner(path)}
		}
		// Its last owner may have removed the file between our opening it and
		// our locking it: then the lock of a file without a name is ours, and
		// another may lock the next one of that name.
		mine, err1 := l.Stat()
		named, err2 := os.Lstat(path)
		if err1 != nil || err2 != nil || !os.SameFile(mine, named) {
			_ = l.Close()
			if err2 == nil && !named.Mode().IsRegular() {
				return nil, fmt.Errorf("%s cannot be locked: %w", path, errNoLock)
			}
			if err2 != nil && !errors.Is(err2, fs.ErrNotExist) {
				return nil, fmt.Errorf("%s cannot be locked: %w", path, err2)
			}
			continue
		}
		if !isLock(path, named) {
			_ = l.Close()
			return nil, fmt.Errorf("%s cannot be locked: %w", path, errNoLock)
		}
		// A lock without a name for its owner is still a lock.
		_ = sign(path)
		held.Store(l, true)
		return func() error {
			held.Delete(l)
			// While it is still ours; where an open file cannot be removed
			// (Windows) it stays.
			_ = os.Remove(path)
			return l.Close()
		}, nil
	}
}

var errNoLock = errors.New("a file is there that is no lock of gobancam")

// isLock reports whether the file at path may be written over: it is empty, or
// holds what sign writes, or the beginning of that.
func isLock(path string, info fs.FileInfo) bool {
	if !info.Mode().IsRegular() || info.Size() > 24 {
		return false
	}
	f, err := os.OpenFile(path, os.O_RDONLY|noFollow, 0)
	if err != nil {
		return false
	}
	defer f.Close()
	first, rest := make([]byte, pidAt), make([]byte, 24)
	// On Windows the first byte cannot be read now, and stays a zero.
	_, _ = f.ReadAt(first, 0)
	n, err := f.ReadAt(rest, pidAt)
	digits := strings.TrimSuffix(string(rest[:n]), "\n")
	return errors.Is(err, io.EOF) && first[0] == 0 && strings.Trim(digits, "0123456789") == ""
}

func sign(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|noFollow, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	// Rather no name than that of an owner who died.
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err = f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), pidAt)
	return err
}

// owner reads who holds the lock at path.
func owner(path string) int {
	f, err := os.Open(path)
	if err != nil {
		return 0
	}
	defer f.Close()
	text := make([]byte, 24)
	n, _ := f.ReadAt(text, pidAt)
	pid, err := strconv.Atoi(string(bytes.TrimSpace(text[:n])))
	if err != nil {
		return 0
	}
	return pid
}

// LockWhenFree is Lock that waits until the lock is free, or returns the error
// of ctx and of the last attempt.
func LockWhenFree(ctx context.Context, fsys FS, path string) (unlock func() error, err error) {
	const pause = 20 * time.Millisecond
	for {
		unlock, err := fsys.Lock(path)
		var held *Held
		if !errors.As(err, &held) {
			return unlock, err
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(context.Cause(ctx), err)
		case <-time.After(pause):
		}
	}
}
