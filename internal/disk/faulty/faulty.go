// Package faulty is a disk for tests: in memory, and as bad as disks are. It
// fills up, turns read-only, fails to write or to sync, and is cut off in the
// middle of a write, by a kill (what was written stays) or by a loss of power
// (what was not synced is lost, wholly or in part).
//
// Everything that is left to chance comes from the seed: the same calls on a
// disk of the same seed end the same.
package faulty

import (
	"errors"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/gobancam/gobancam/internal/disk"
)

// ErrKilled is the error of every call after the disk was cut off, until
// Restart or PowerLoss. The program under test is dead by then: what it still
// says counts for nothing.
var ErrKilled = errors.New("the program has been killed")

// Op is a kind of call.
type Op string

// What can be done to the disk, and so can fail.
const (
	OpOpen     Op = "open" // an existing file
	OpCreate   Op = "create"
	OpRead     Op = "read"
	OpWrite    Op = "write"
	OpSync     Op = "sync"
	OpClose    Op = "close"
	OpTruncate Op = "truncate"
	OpRename   Op = "rename"
	OpRemove   Op = "remove"
	OpMkdir    Op = "mkdir"
	OpSyncDir  Op = "syncdir"
	OpStat     Op = "stat" // and listing a directory
	OpChmod    Op = "chmod"
	OpLock     Op = "lock"
)

// changes reports whether a call changes the disk.
func (o Op) changes() bool {
	switch o {
	case OpCreate, OpWrite, OpTruncate, OpRename, OpRemove, OpMkdir, OpChmod:
		return true
	}
	return false
}

// Disk is the file system. Its methods may be called from any goroutine. The
// directories above a file have to be made, as on a real disk; the roots ("/"
// and ".") and, for convenience, the directories given to New exist.
type Disk struct {
	mu       sync.Mutex
	rng      *rand.Rand
	names    map[string]*node // by cleaned path
	durable  map[string]*node // what a loss of power leaves of names
	journal  []change         // changes of names not yet durable, in order
	locks    map[string]bool
	free     int64 // bytes; below 0 there is no bound
	readOnly bool
	hook     func(op Op, name string) error
	ops      int
	killAt   int // the number of the call that is the last; 0 for none
	dead     bool
	life     int // files opened before a restart are dead for ever
}

// change of names: to gets node (nil: the name goes), from goes.
type change struct {
	from, to string
	node     *node
}

type node struct {
	dir  bool
	perm fs.FileMode
	data []byte
	// synced is what a sync has put on the disk, and unsynced what happened to
	// it since, in order.
	synced   []byte
	unsynced []write
}

// write is of data at an offset, or, with data nil, a truncation to it.
type write struct {
	at   int64
	data []byte
}

func (w write) on(b []byte) []byte {
	if w.data == nil {
		return resize(b, w.at)
	}
	if end := w.at + int64(len(w.data)); end > int64(len(b)) {
		b = resize(b, end)
	}
	copy(b[w.at:], w.data)
	return b
}

func resize(b []byte, size int64) []byte {
	if size <= int64(len(b)) {
		return b[:size]
	}
	return append(b, make([]byte, size-int64(len(b)))...)
}

// New returns an empty disk on which the directories exist.
func New(seed uint64, dirs ...string) *Disk {
	d := &Disk{rng: rand.New(rand.NewPCG(seed, 0)), names: map[string]*node{}, locks: map[string]bool{}, free: -1}
	for _, dir := range append(dirs, ".", string(filepath.Separator)) {
		d.mkdir(filepath.Clean(dir))
	}
	d.journal = nil
	d.durable = maps.Clone(d.names)
	return d
}

// SetFree says how many bytes can still be written; -1 is without bound. What
// is removed or cut off makes room.
func (d *Disk) SetFree(n int64) { d.locked(func() { d.free = n }) }

// SetReadOnly makes everything fail that would change something, or no longer.
func (d *Disk) SetReadOnly(on bool) { d.locked(func() { d.readOnly = on }) }

// Hook is called before everything else that is done to the disk, with the
// path; an error that it returns is that of the call (syscall.EIO, say). It may
// take its time on a fake clock: that is a slow disk. A write or sync that
// fails this way leaves a part of it behind. It must not use the disk.
func (d *Disk) Hook(f func(op Op, name string) error) { d.locked(func() { d.hook = f }) }

// KillAfter cuts the disk off in the middle of the nth call from now: a write
// is done in part, anything else done or not. 0 takes that back.
func (d *Disk) KillAfter(n int) {
	d.locked(func() {
		d.killAt = 0
		if n > 0 {
			d.killAt = d.ops + n
		}
	})
}

// Ops returns how many calls there have been, to kill at each of them.
func (d *Disk) Ops() (n int) {
	d.locked(func() { n = d.ops })
	return n
}

// Dead reports whether the disk has been cut off.
func (d *Disk) Dead() (dead bool) {
	d.locked(func() { dead = d.dead })
	return dead
}

func (d *Disk) locked(f func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f()
}

// Restart goes on after a kill: all that was written is there, no file is open
// and no lock held. The faults set before stay, but for the kill.
func (d *Disk) Restart() { d.locked(d.restart) }

func (d *Disk) restart() {
	d.dead, d.killAt = false, 0
	d.life++
	clear(d.locks)
}

// PowerLoss is Restart after the power failed: of what was not synced some, all
// or nothing is there, a write perhaps in part; names that were given, changed
// or removed in directories not synced since are as they were before, from some
// moment on. Both in the order in which a journalling file system keeps names,
// and in none for bytes.
func (d *Disk) PowerLoss() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, c := range d.journal[:d.rng.IntN(len(d.journal)+1)] {
		apply(d.durable, c)
	}
	d.journal = nil
	d.names = maps.Clone(d.durable)
	for _, name := range slices.Sorted(maps.Keys(d.names)) {
		d.names[name].lose(d.rng)
	}
	d.restart()
}

// lose leaves some of the writes that were not synced.
func (n *node) lose(rng *rand.Rand) {
	b := slices.Clone(n.synced)
	for _, w := range n.unsynced {
		switch rng.IntN(3) {
		case 0: // all of it
			b = w.on(b)
		case 1: // a part; its length may be there before its bytes are
			if w.data == nil {
				continue
			}
			part := slices.Clone(w.data)
			k := rng.IntN(len(part) + 1)
			if rng.IntN(2) == 0 {
				part = part[:k]
			} else {
				clear(part[k:])
			}
			b = write{w.at, part}.on(b)
		}
	}
	n.data, n.synced, n.unsynced = b, slices.Clone(b), nil
}

func apply(names map[string]*node, c change) {
	if c.from != "" {
		delete(names, c.from)
	}
	if c.to != "" {
		names[c.to] = c.node
	}
}

// change changes names, not yet durably. mu is held.
func (d *Disk) change(c change) {
	apply(d.names, c)
	d.journal = append(d.journal, c)
}

// begin counts a call, and says whether it is to fail. In a call that returns
// torn, only a part is to be done. mu is held.
func (d *Disk) begin(op Op, name string) (torn bool, err error) {
	if d.dead {
		return false, wrap(op, name, ErrKilled)
	}
	if d.ops++; d.ops == d.killAt {
		d.dead = true
		return d.rng.IntN(2) == 0, wrap(op, name, ErrKilled)
	}
	if d.hook != nil {
		if err := d.hook(op, name); err != nil {
			return op == OpWrite || op == OpSync, wrap(op, name, err)
		}
	}
	if d.readOnly && op.changes() {
		return false, wrap(op, name, syscall.EROFS)
	}
	return false, nil
}

func wrap(op Op, name string, err error) error {
	return &fs.PathError{Op: string(op), Path: name, Err: err}
}

// parent returns the error of a name whose directory does not exist.
func (d *Disk) parent(op Op, name string) error {
	switch p := d.names[filepath.Dir(name)]; {
	case p == nil:
		return wrap(op, name, syscall.ENOENT)
	case !p.dir:
		return wrap(op, name, syscall.ENOTDIR)
	}
	return nil
}

// info is what Stat says of a node.
type info struct {
	name string
	dir  bool
	perm fs.FileMode
	size int64
}

func (i info) Name() string { return i.name }
func (i info) Size() int64  { return i.size }
func (i info) Mode() fs.FileMode {
	if i.dir {
		return i.perm | fs.ModeDir
	}
	return i.perm
}
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) IsDir() bool        { return i.dir }
func (i info) Sys() any           { return nil }

var _ disk.FS = (*Disk)(nil)

// O_APPEND and the like are as package os has them.
const writable = os.O_WRONLY | os.O_RDWR
