package faulty

import (
	"io"
	"io/fs"
	"os"
	"slices"
	"syscall"
)

// file is an open file. Its disk's mu guards it.
type file struct {
	d      *Disk
	n      *node
	path   string
	flag   int
	at     int64
	life   int
	closed bool
}

func (f *file) Name() string { return f.path }

// begin is Disk.begin for an open file. mu is held.
func (f *file) begin(op Op) (torn bool, err error) {
	switch {
	case f.closed:
		return false, wrap(op, f.path, fs.ErrClosed)
	case f.life != f.d.life:
		return false, wrap(op, f.path, ErrKilled)
	case op.changes() && f.flag&writable == 0:
		return false, wrap(op, f.path, syscall.EBADF)
	}
	return f.d.begin(op, f.path)
}

func (f *file) Read(b []byte) (int, error) {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	if _, err := f.begin(OpRead); err != nil {
		return 0, err
	}
	if f.at >= int64(len(f.n.data)) {
		return 0, io.EOF
	}
	k := copy(b, f.n.data[f.at:])
	f.at += int64(k)
	return k, nil
}

// Write writes as much as there is room for, and a part when it is torn.
func (f *file) Write(b []byte) (int, error) {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	torn, err := f.begin(OpWrite)
	if err != nil && !torn {
		return 0, err
	}
	if f.flag&os.O_APPEND != 0 {
		f.at = int64(len(f.n.data))
	}
	if torn {
		b = b[:f.d.rng.IntN(len(b)+1)]
	}
	if len(b) == 0 {
		return 0, err
	}
	grow := max(0, f.at+int64(len(b))-int64(len(f.n.data)))
	if f.d.free >= 0 && grow > f.d.free {
		b = b[:max(0, int64(len(b))-(grow-f.d.free))]
		grow = max(0, f.at+int64(len(b))-int64(len(f.n.data)))
		if err == nil {
			err = wrap(OpWrite, f.path, syscall.ENOSPC)
		}
	}
	if f.d.free >= 0 {
		f.d.free -= grow
	}
	if len(b) > 0 {
		w := write{f.at, slices.Clone(b)}
		f.n.data = w.on(f.n.data)
		f.n.unsynced = append(f.n.unsynced, w)
		f.at += int64(len(b))
	}
	return len(b), err
}

func (f *file) Seek(offset int64, whence int) (int64, error) {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	switch whence {
	case io.SeekCurrent:
		offset += f.at
	case io.SeekEnd:
		offset += int64(len(f.n.data))
	}
	if offset < 0 {
		return f.at, wrap("seek", f.path, syscall.EINVAL)
	}
	f.at = offset
	return offset, nil
}

// Sync makes the bytes durable, not the name. One that fails loses some of
// them for good, as Linux does: the next one says nothing about them.
func (f *file) Sync() error {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	torn, err := f.begin(OpSync)
	if err != nil && !torn {
		return err
	}
	if f.d.dead {
		return err // what it had not come to can still be written, or lost with the power
	}
	for _, w := range f.n.unsynced {
		if err == nil || f.d.rng.IntN(2) == 0 {
			f.n.synced = w.on(f.n.synced)
		}
	}
	f.n.unsynced = nil
	return err
}

func (f *file) Close() error {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	_, err := f.begin(OpClose)
	f.closed = true
	return err
}

func (f *file) Truncate(size int64) error {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	torn, err := f.begin(OpTruncate)
	if err != nil && !torn {
		return err
	}
	if grow := size - int64(len(f.n.data)); grow > 0 && f.d.free >= 0 {
		if grow > f.d.free {
			return wrap(OpTruncate, f.path, syscall.ENOSPC)
		}
		f.d.free -= grow
	}
	f.d.truncate(f.n, size)
	return err
}

// truncate sets the size of a file. mu is held.
func (d *Disk) truncate(n *node, size int64) {
	d.release(max(0, int64(len(n.data))-size))
	n.data = resize(n.data, size)
	n.unsynced = append(n.unsynced, write{at: size})
}

// release makes room. mu is held.
func (d *Disk) release(bytes int64) {
	if d.free >= 0 {
		d.free += bytes
	}
}

func (f *file) Chmod(mode fs.FileMode) error {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	if _, err := f.begin(OpChmod); err != nil {
		return err
	}
	f.n.perm = mode.Perm()
	return nil
}

func (f *file) Stat() (fs.FileInfo, error) {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	if _, err := f.begin(OpStat); err != nil {
		return nil, err
	}
	return f.n.info(f.path), nil
}
