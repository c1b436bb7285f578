package recording

import (
	"errors"
	"fmt"
	"time"
)

// Reserve is how many bytes of a disk are left to others unless Options say
// otherwise: to the game's own record, the journal of its moves, results that
// wait to be reported. They are a hundredth of that.
const Reserve = 16 << 20

// ErrNoRoom is the error of all that is not recorded because the disk is nearly
// full. A Writer looks again every second, and goes on when there is half as much
// again as the reserve.
var ErrNoRoom = errors.New("the disk is nearly full")

// How often a Writer checks the free space: after this much time, or this many
// bytes.
const (
	roomPause = time.Second
	roomBytes = 256 << 10
)

// room returns an ErrNoRoom when the space left on the disk is reserved for
// others. A ring gives up its old segments first. mu is held.
func (w *Writer) room(at time.Duration) error {
	if w.opt.Reserve < 0 {
		return nil
	}
	at = max(at, w.last)
	if w.looked && at < w.looking+roomPause && (w.short || w.unseen < roomBytes) {
		return w.noRoom()
	}
	w.looked, w.looking, w.unseen = true, at, 0
	for {
		free, err := w.fs.Free(w.dir)
		need := w.opt.Reserve
		if w.short {
			need += need / 2
		}
		// Where the system does not say, writing will.
		w.short = err == nil && free < need
		if !w.short || len(w.segments) < 2 || w.opt.KeepFor <= 0 && w.opt.KeepBytes <= 0 {
			return w.noRoom()
		}
		w.dropOldest()
	}
}

func (w *Writer) noRoom() error {
	if !w.short {
		return nil
	}
	return fmt.Errorf("%w: less than %d MB are left, and those are for the game", ErrNoRoom, max(1, w.opt.Reserve>>20))
}

// goOn writes that entries are missing here, and what a reader needs to resume.
// mu is held.
func (w *Writer) goOn(at time.Duration) error {
	if err := w.line(at, KindGap, nil); err != nil {
		return err
	}
	if err := w.checkpoint(at); err != nil {
		return err
	}
	w.gap = false
	return nil
}
