package gamefile

import (
	"bytes"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/gobancam/gobancam/internal/disk"
	"github.com/gobancam/gobancam/internal/limits"
)

// writer is the part of a Keeper that touches the disk.
type writer struct {
	k       *Keeper
	path    string
	locks   map[string][]func() error
	made    bool     // the file's directory was there once
	expect  []byte   // what path holds; nil for nothing
	written [][]byte // what it may hold as well: writes of which only the end failed
	backup  bool     // expect has to be kept as NAME~ before it is written over
	high    edition  // the one with the most moves that path held
	held    edition  // what path holds
	spare   string   // the file that is written while path cannot be
	spared  edition  // what it holds
	spares  []string // all such files
	failing error    // why path does not hold the newest version
	gone    error    // why path is not the file that was asked for, if it was once
	tried   int      // number of the newest version that was tried; guarded by k.mu
}

const (
	permission       = 0o644
	changedByAnother = "was changed by another program"
)

// open takes a file for the record.
func (w *writer) open(asked string) error {
	k := w.k
	if k.opt.New {
		return w.claim(asked, asked)
	}
	err := w.lock(asked)
	if held := (*disk.Held)(nil); errors.As(err, &held) {
		err = &Busy{asked, held.PID}
	}
	if err == nil {
		k.found, err = Read(k.fs, asked)
	}
	f := k.found
	switch {
	case err != nil && !k.opt.Always:
		return err
	case err != nil:
		return w.besides(asked, strings.TrimSuffix(err.Error(), "."))
	case f == nil:
		return w.claim(asked, asked)
	case !f.Own:
		err = w.besides(asked, asked+" was not written by gobancam: it is left as it is")
	default:
		w.take(asked)
		w.expect, w.backup, w.made = f.data, !bytes.Equal(f.data, blank()), true
		w.held = edition{data: f.data, moves: f.Game.MoveCount()}
		w.high = w.held
	}
	if err == nil && f.Begun() {
		k.base, k.still = f.Root, true
	}
	return err
}

// Busy says that another process writes a file.
type Busy struct {
	Path string
	PID  int // 0 if it is not known
}

func (b *Busy) Error() string {
	who := "another gobancam"
	if b.PID != 0 {
		who += fmt.Sprintf(" (process %d)", b.PID)
	}
	return fmt.Sprintf("%s keeps a game in %s at this moment; give another file", who, b.Path)
}

// take makes path the one where the record belongs.
func (w *writer) take(path string) {
	w.path = path
	w.k.mu.Lock()
	w.k.path = path
	w.k.mu.Unlock()
}

// besides claims a name beside a file that is not to be written.
func (w *writer) besides(asked, why string) error {
	if err := w.claim(numbered(asked, 2), asked); err != nil {
		return err
	}
	w.k.opening = fmt.Sprintf("%s. The game is kept in %s.", why, w.path)
	return nil
}

// claim finds a name that nobody has, first or one with a number after asked,
// and locks it. The file is made by the first write.
func (w *writer) claim(first, asked string) error {
	name := first
	for n := 2; n < 10000; n++ {
		err := w.lock(name)
		if err == nil {
			_, err = w.k.fs.Stat(name)
			if !errors.Is(err, fs.ErrExist) && err != nil {
				// It is free, or nobody can tell: the first write makes sure.
				w.take(name)
				w.expect, w.written, w.held, w.high, w.backup = nil, nil, edition{}, edition{}, false
				w.k.mu.Lock()
				if w.k.want.number == 0 {
					w.k.want = edition{number: 1, data: blank(), blank: true}
				}
				w.k.mu.Unlock()
				return nil
			}
			w.release(name)
		}
		if n == 2 && name == numbered(asked, 2) {
			n++
		}
		name = numbered(asked, n)
	}
	return fmt.Errorf("%s and 9999 names like it are taken; give another file", asked)
}

// numbered is name-n.ext.
func numbered(path string, n int) string {
	ext := filepath.Ext(path)
	return strings.TrimSuffix(path, ext) + "-" + strconv.Itoa(n) + ext
}

// lock locks a file for this process: beside it, for everybody who writes there,
// and in a directory of our own, in case nothing can be beside it. What cannot
// be locked at all is not.
func (w *writer) lock(path string) error {
	if w.locks[path] != nil {
		return nil
	}
	dir, base := filepath.Split(path)
	places := []string{filepath.Join(dir, "."+base+".lock")}
	if w.k.opt.Locks != "" {
		sum := fnv.New64a()
		sum.Write([]byte(path))
		places = append(places, filepath.Join(w.k.opt.Locks, fmt.Sprintf("%016x.lock", sum.Sum64())))
	}
	var unlock []func() error
	for i, name := range places {
		if i > 0 {
			_ = w.k.fs.MkdirAll(w.k.opt.Locks, 0o700)
		}
		u, err := w.k.fs.Lock(name)
		if held := (*disk.Held)(nil); errors.As(err, &held) {
			undo(unlock)
			return err
		}
		if err == nil {
			unlock = append(unlock, u)
		}
	}
	w.locks[path] = unlock
	return nil
}

func undo(unlock []func() error) {
	for _, u := range unlock {
		_ = u()
	}
}

func (w *writer) release(path string) {
	undo(w.locks[path])
	delete(w.locks, path)
}

func (w *writer) unlock() {
	for path := range w.locks {
		w.release(path)
	}
}

// close leaves the file to others.
func (w *writer) close() {
	if bytes.Equal(w.expect, blank()) && w.held.blank {
		if data, err := contents(w.k.fs, w.path, int64(len(w.expect))); err == nil && bytes.Equal(data, w.expect) {
			_ = w.k.fs.Remove(w.path)
		}
	}
	w.unlock()
}

// write puts a version where the record belongs.
func (w *writer) write(v edition) error {
	fsys := w.k.fs
	if !w.made {
		if err := fsys.MkdirAll(filepath.Dir(w.path), 0o755); err != nil {
			return err
		}
		w.made = true
	}
	ours, err := w.ours()
	if errors.Is(err, fs.ErrNotExist) {
		if err := w.create(); !errors.Is(err, fs.ErrExist) {
			if err != nil {
				return err
			}
			return w.fill(v)
		}
		ours, err = w.ours()
	}
	if err != nil {
		return err
	}
	if !ours {
		was, had := w.path, w.expect
		if err := w.claim(numbered(was, 2), was); err != nil {
			return err
		}
		if had == nil {
			w.k.left(was, w.path, "belongs to somebody else")
		} else {
			w.k.left(was, w.path, changedByAnother)
			w.gone = fmt.Errorf("%s: it %s", was, changedByAnother)
		}
		if err := w.create(); err != nil {
			return err
		}
	}
	return w.fill(v)
}

// create makes the file, which must not be there.
func (w *writer) create() error {
	f, err := w.k.fs.OpenFile(w.path, os.O_CREATE|os.O_EXCL|os.O_RDWR, permission)
	if err != nil {
		return err
	}
	w.expect, w.written, w.backup = []byte{}, nil, false
	return f.Close()
}

// ours reports whether the file holds what was written to it last.
func (w *writer) ours() (bool, error) {
	known := w.written
	if w.expect != nil {
		known = append(known[:len(known):len(known)], w.expect)
	}
	most := 0
	for _, d := range known {
		most = max(most, len(d))
	}
	data, err := contents(w.k.fs, w.path, int64(most))
	if errors.Is(err, errSpecial) || limits.Exceeded(err) {
		return false, nil
	}
	return err == nil && slices.ContainsFunc(known, func(d []byte) bool { return bytes.Equal(d, data) }), err
}

// fill writes the file, which is ours. What would be lost by that is kept.
func (w *writer) fill(v edition) error {
	if w.backup && !bytes.Equal(v.data, w.expect) {
		if err := keepOld(w.k.fs, w.path, w.expect); err != nil {
			return err
		}
		w.backup = false
	}
	if v.moves+1 < w.high.moves {
		if err := keepOld(w.k.fs, w.path, w.high.data); err != nil {
			return err
		}
		w.high = edition{}
	}
	if err := disk.WriteFile(w.k.fs, w.path, v.data, permission); err != nil {
		w.written = append(w.written, v.data)
		if len(w.expect) == 0 {
			// An empty file is nobody's record.
			if d, rerr := w.k.fs.ReadFile(w.path); rerr == nil && len(d) == 0 && w.k.fs.Remove(w.path) == nil {
				w.expect = nil
			}
		}
		return err
	}
	w.expect, w.written, w.held = v.data, nil, v
	if v.moves >= w.high.moves {
		w.high = v
	}
	return nil
}

// rescue keeps a version elsewhere.
func (w *writer) rescue(v edition) error {
	fsys := w.k.fs
	err := errors.New("there is no other place")
	if w.spare != "" {
		if err = disk.WriteFile(fsys, w.spare, v.data, permission); err == nil {
			w.spared = v
			return nil
		}
	}
	for _, dir := range w.k.opt.Spares {
		if dir == filepath.Dir(w.path) || w.spare != "" && dir == filepath.Dir(w.spare) {
			continue
		}
		if err = fsys.MkdirAll(dir, 0o700); err != nil {
			continue
		}
		var f disk.File
		if f, err = disk.CreateNew(fsys, filepath.Join(dir, filepath.Base(w.path)), permission); err != nil {
			continue
		}
		name := f.Name()
		_ = f.Close()
		if err = disk.WriteFile(fsys, name, v.data, permission); err != nil {
			_ = fsys.Remove(name)
			continue
		}
		w.spare, w.spared = name, v
		w.spares = append(w.spares, name)
		return nil
	}
	return err
}

// dropSpares removes what was kept elsewhere, now that it is in its file.
func (w *writer) dropSpares() {
	for _, name := range w.spares {
		_ = w.k.fs.Remove(name)
	}
	w.spare, w.spared, w.spares = "", edition{}, nil
}

// setAside gives the file another name, and leaves this one free.
func (w *writer) setAside() error {
	fsys := w.k.fs
	ext := filepath.Ext(w.path)
	name := strings.TrimSuffix(w.path, ext) + "-" + w.k.opt.Now().Format("20060102-150405") + ext
	f, err := disk.CreateNew(fsys, name, permission)
	if err != nil {
		return err
	}
	name = f.Name()
	_ = f.Close()
	if err := fsys.Rename(w.path, name); err != nil {
		_ = fsys.Remove(name)
		return err
	}
	w.expect, w.written, w.held, w.high, w.backup = nil, nil, edition{}, edition{}, false
	w.k.note("The other game is in " + name + " now.")
	return fsys.SyncDir(filepath.Dir(w.path))
}

// versions is how many old versions of a file are kept: NAME~, NAME~2, NAME~3.
const versions = 3

// keepOld keeps what a file held as NAME~. Older ones move on; files of those
// names that gobancam did not write stay.
func keepOld(fsys disk.FS, path string, data []byte) error {
	var slots []string
	for n := 1; len(slots) < versions && n < 100; n++ {
		name := path + "~"
		if n > 1 {
			name += strconv.Itoa(n)
		}
		old, err := contents(fsys, name, max(limits.Record, int64(len(data))))
		switch {
		case err == nil && bytes.Equal(old, data):
			if len(slots) == 0 {
				return nil
			}
		case err == nil:
			if f, perr := parse(old); perr != nil || !f.Own {
				continue
			}
		case !errors.Is(err, fs.ErrNotExist):
			continue
		}
		slots = append(slots, name)
		if errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	if len(slots) == 0 {
		return &fs.PathError{Op: "keep the old version of", Path: path, Err: errors.New("every name for it is taken")}
	}
	for i := len(slots) - 1; i > 0; i-- {
		if err := fsys.Rename(slots[i-1], slots[i]); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return disk.WriteFile(fsys, slots[0], data, permission)
}
