package faulty

import (
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing/fstest"

	"github.com/gobancam/gobancam/internal/disk"
)

// OpenFile opens a file as os.OpenFile does.
func (d *Disk) OpenFile(path string, flag int, perm fs.FileMode) (disk.File, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	name := filepath.Clean(path)
	n, op := d.names[name], OpOpen
	if n == nil && flag&os.O_CREATE != 0 {
		op = OpCreate
	}
	torn, err := d.begin(op, path)
	if err != nil && !(torn && op == OpCreate) {
		return nil, err
	}
	if perr := d.parent(op, path); perr != nil {
		return nil, perr
	}
	switch {
	case n == nil && op == OpOpen:
		return nil, wrap(op, path, syscall.ENOENT)
	case n != nil && flag&os.O_CREATE != 0 && flag&os.O_EXCL != 0:
		return nil, wrap(op, path, syscall.EEXIST)
	case n != nil && n.dir && flag&writable != 0:
		return nil, wrap(op, path, syscall.EISDIR)
	case n != nil && d.readOnly && flag&writable != 0:
		return nil, wrap(op, path, syscall.EROFS)
	case n == nil && d.free == 0:
		return nil, wrap(op, path, syscall.ENOSPC)
	}
	if n == nil {
		n = &node{perm: perm.Perm()}
		d.change(change{to: name, node: n})
	}
	if err != nil {
		return nil, err
	}
	if flag&os.O_TRUNC != 0 {
		d.truncate(n, 0)
	}
	return &file{d: d, n: n, path: path, flag: flag, life: d.life}, nil
}

// Rename gives a file another name.
func (d *Disk) Rename(from, to string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	torn, err := d.begin(OpRename, from)
	if err != nil && !torn {
		return err
	}
	f, t := filepath.Clean(from), filepath.Clean(to)
	n, old := d.names[f], d.names[t]
	switch {
	case n == nil:
		return wrap(OpRename, from, syscall.ENOENT)
	case old != nil && old.dir:
		return wrap(OpRename, to, syscall.EEXIST)
	}
	if perr := d.parent(OpRename, to); perr != nil {
		return perr
	}
	if old != nil && old != n {
		d.release(int64(len(old.data)))
	}
	if n.dir {
		for _, name := range slices.Sorted(maps.Keys(d.names)) {
			if rest, ok := strings.CutPrefix(name, f+string(filepath.Separator)); ok {
				d.change(change{from: name, to: filepath.Join(t, rest), node: d.names[name]})
			}
		}
	}
	if f != t {
		d.change(change{from: f, to: t, node: n})
	}
	return err
}

// Remove removes a file or an empty directory.
func (d *Disk) Remove(path string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	torn, err := d.begin(OpRemove, path)
	if err != nil && !torn {
		return err
	}
	name := filepath.Clean(path)
	n := d.names[name]
	if n == nil {
		return wrap(OpRemove, path, syscall.ENOENT)
	}
	if n.dir {
		for other := range d.names {
			if other != name && filepath.Dir(other) == name {
				return wrap(OpRemove, path, syscall.ENOTEMPTY)
			}
		}
	}
	d.change(change{from: name})
	d.release(int64(len(n.data)))
	return err
}

// MkdirAll makes a directory and those above it.
func (d *Disk) MkdirAll(path string, perm fs.FileMode) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	name := filepath.Clean(path)
	if n := d.names[name]; n != nil && n.dir {
		return nil // as os.MkdirAll: not even a read-only disk minds
	}
	torn, err := d.begin(OpMkdir, path)
	if err != nil && !torn {
		return err
	}
	if !d.mkdir(name) {
		return wrap(OpMkdir, path, syscall.ENOTDIR)
	}
	return err
}

func (d *Disk) mkdir(name string) bool {
	if n := d.names[name]; n != nil {
		return n.dir
	}
	if up := filepath.Dir(name); up != name && !d.mkdir(up) {
		return false
	}
	d.change(change{to: name, node: &node{dir: true, perm: 0o755}})
	return true
}

// Stat describes a file.
func (d *Disk) Stat(path string) (fs.FileInfo, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, err := d.begin(OpStat, path); err != nil {
		return nil, err
	}
	n := d.names[filepath.Clean(path)]
	if n == nil {
		return nil, wrap(OpStat, path, syscall.ENOENT)
	}
	return n.info(path), nil
}

func (n *node) info(path string) info {
	return info{filepath.Base(path), n.dir, n.perm, int64(len(n.data))}
}

// ReadFile reads a whole file.
func (d *Disk) ReadFile(path string) ([]byte, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, err := d.begin(OpRead, path); err != nil {
		return nil, err
	}
	switch n := d.names[filepath.Clean(path)]; {
	case n == nil:
		return nil, wrap(OpRead, path, syscall.ENOENT)
	case n.dir:
		return nil, wrap(OpRead, path, syscall.EISDIR)
	default:
		return slices.Clone(n.data), nil
	}
}

// ReadDir lists a directory by name.
func (d *Disk) ReadDir(path string) ([]fs.DirEntry, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, err := d.begin(OpStat, path); err != nil {
		return nil, err
	}
	dir := filepath.Clean(path)
	if n := d.names[dir]; n == nil || !n.dir {
		return nil, wrap(OpStat, path, syscall.ENOENT)
	}
	var entries []fs.DirEntry
	for _, name := range slices.Sorted(maps.Keys(d.names)) {
		if name != dir && filepath.Dir(name) == dir {
			entries = append(entries, fs.FileInfoToDirEntry(d.names[name].info(name)))
		}
	}
	return entries, nil
}

// SyncDir makes names durable: all that changed up to the last change in the
// directory.
func (d *Disk) SyncDir(path string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	torn, err := d.begin(OpSyncDir, path)
	if err != nil && !torn {
		return err
	}
	dir := filepath.Clean(path)
	if n := d.names[dir]; n == nil || !n.dir {
		return wrap(OpSyncDir, path, syscall.ENOENT)
	}
	last := -1
	for i, c := range d.journal {
		if c.from != "" && filepath.Dir(c.from) == dir || c.to != "" && filepath.Dir(c.to) == dir {
			last = i
		}
	}
	for _, c := range d.journal[:last+1] {
		apply(d.durable, c)
	}
	d.journal = slices.Clone(d.journal[last+1:])
	return err
}

// Free returns the bytes that SetFree and the writes since have left.
func (d *Disk) Free(path string) (int64, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, err := d.begin(OpStat, path); err != nil {
		return 0, err
	}
	if d.free < 0 {
		return math.MaxInt64, nil
	}
	return d.free, nil
}

// Lock takes a lock; who has it already is this process.
func (d *Disk) Lock(path string) (func() error, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, err := d.begin(OpLock, path); err != nil {
		return nil, err
	}
	name, life := filepath.Clean(path), d.life
	if d.locks[name] {
		return nil, &disk.Held{Path: path, PID: os.Getpid()}
	}
	d.locks[name] = true
	return func() error {
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.life == life {
			delete(d.locks, name)
		}
		return nil
	}, nil
}

// Dir returns what is in a directory now, for those who read an fs.FS. It fails
// at nothing.
func (d *Disk) Dir(dir string) fs.FS {
	d.mu.Lock()
	defer d.mu.Unlock()
	files := fstest.MapFS{}
	for name, n := range d.names {
		if rest, err := filepath.Rel(dir, name); err == nil && !n.dir && filepath.IsLocal(rest) {
			files[filepath.ToSlash(rest)] = &fstest.MapFile{Data: slices.Clone(n.data), Mode: n.perm}
		}
	}
	return files
}
