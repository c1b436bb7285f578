package gamefile

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/disk"
	"github.com/gobancam/gobancam/internal/match"
)

// Times of a Keeper.
const (
	againFirst = time.Second      // after the first failure it is tried again
	againLast  = 30 * time.Second // the longest wait between two tries
	remindWait = 2 * time.Minute  // after which it is said again
	slowDisk   = 5 * time.Second  // a disk that takes longer is told of
	closeWait  = 10 * time.Second // for a disk that does not answer, at the end
	lastTries  = 3                // at the end, a second apart
)

// Options are where and how a record is kept.
type Options struct {
	Path string // the file that is asked for
	// New says that Path is a proposal: a file that is there is of another
	// game, and the record goes beside it.
	New bool
	// Always keeps the record beside Path where Path cannot be used. Without it
	// that is an error.
	Always bool
	// Replace lets a game that begins anew have Path; the file that is there
	// gets another name. Without it the new game goes beside it.
	Replace bool
	Spares  []string          // directories in which it is kept while it cannot be in Path
	Locks   string            // directory for locks, where none can be beside Path
	Voice   func(match.Event) // is told what becomes of the record, from any goroutine; may be nil
	FS      disk.FS           // nil: the machine's
	Now     func() time.Time  // nil: time.Now
}

// Keeper keeps one game's record in a file. A goroutine writes, so that a slow
// disk holds up nobody. Its methods may be called from any goroutine.
type Keeper struct {
	opt   Options
	fs    disk.FS
	begun time.Time
	found *Found // what was there when it was opened
	// opening says why the record is not in the file that was asked for.
	opening string
	wake    chan struct{}
	asks    chan chan struct{} // closed when a try has been made
	end     chan struct{}
	done    chan struct{}
	once    sync.Once

	mu     sync.Mutex
	asked  string      // the file that was asked for
	path   string      // where the record belongs
	base   *board.Node // what else is to be in it
	sum    summary     // of what was given last
	still  bool        // the game is still what was found
	want   edition     // the newest
	kept   Kept        // what became of it
	said   situation
	saidAt time.Time
	trying int // number of the try that is on; 0 for none
	tries  int
	beside string // why the record has to leave path, if it has to
	anew   bool   // another game has begun

	w writer // of the goroutine that writes
}

// edition is the record at one time.
type edition struct {
	number int // from 1
	data   []byte
	moves  int
	blank  bool // it only holds the name
}

// summary tells whether a record has to be written anew.
type summary struct {
	moves  []board.Move
	edits  []board.Edit
	played []match.Played
	result board.Result
	over   bool
	remark string
}

func (s summary) equal(o summary) bool {
	return slices.Equal(s.moves, o.moves) && sameEdits(s.edits, o.edits) && slices.Equal(s.played, o.played) && s.result == o.result && s.over == o.over && s.remark == o.remark
}

func sameEdits(a, b []board.Edit) bool { return slices.EqualFunc(a, b, board.Edit.Equal) }

// Kept is what became of a record.
type Kept struct {
	Path  string // of the file in which all of it is, synced and read back; "" for none, and for no game
	Moves int    // that it has
	// Err says why it is not in the file where it belongs; nil if it is.
	Err error
	// Older is a file that has only the first OlderMoves of it; "" for none.
	Older      string
	OlderMoves int
	Data       []byte // the record
}

// Open takes a file for a record, for this process alone. A game that is in it
// already is in Found. Where the record goes instead of the file that was asked
// for is in Opening.
func Open(o Options) (*Keeper, error) {
	k := &Keeper{opt: o, fs: o.FS, wake: make(chan struct{}, 1), asks: make(chan chan struct{}), end: make(chan struct{}), done: make(chan struct{})}
	if k.fs == nil {
		k.fs = disk.OS
	}
	if k.opt.Now == nil {
		k.opt.Now = time.Now
	}
	k.begun = k.opt.Now()
	k.w.k, k.w.locks = k, map[string][]func() error{}
	k.asked = resolve(k.fs, o.Path)
	if err := k.w.open(k.asked); err != nil {
		k.w.unlock()
		return nil, err
	}
	if !o.New {
		k.tellRescued()
	}
	k.try() // so that what cannot be kept is said before anybody plays
	go k.run()
	return k, nil
}

// resolve follows symbolic links: what they stand for is written, not they.
func resolve(fsys disk.FS, path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	if fsys != disk.OS {
		return path
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	if dir, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		return filepath.Join(dir, filepath.Base(path))
	}
	return path
}

// Found is the game that the file holds already; nil for none.
func (k *Keeper) Found() *Found {
	if k.found.Begun() {
		return k.found
	}
	return nil
}

// Opening says in a sentence where the record goes instead of the file that was
// asked for, and why; "" where it goes there.
func (k *Keeper) Opening() string { return k.opening }

// Path is the file where the record belongs.
func (k *Keeper) Path() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.path
}

// Base is what else is in the record besides the game that is kept: what its file
// held before; nil for nothing. It must not be changed.
func (k *Keeper) Base() *board.Node {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.base
}

// Keep hands over the game as it is now. It returns at once; that it is not
// kept is said. An error says that the game cannot be written down.
func (k *Keeper) Keep(g *board.Game, l Labels) error {
	sum := summary{moves: g.Moves(), edits: g.Edits(), played: l.Played, remark: l.Remark, over: l.Result != nil}
	if l.Result != nil {
		sum.result = *l.Result
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.want.number > 0 && k.sum.equal(sum) {
		return nil
	}
	if k.base != nil && other(k.base, k.found.Game.Moves(), sum.moves, l.Place) {
		k.base, k.still = nil, false
		if k.found.Own {
			k.beside = "holds another game"
		}
	}
	if k.still && slices.Equal(k.found.Game.Moves(), sum.moves) && sameEdits(k.found.Game.Edits(), sum.edits) && !sum.over {
		return nil
	}
	back := k.still && l.Place == "" // all of the game at this board that was found was taken back
	if !back && (k.want.number == 0 || k.want.blank) && len(sum.moves) == 0 && !sum.over && g.Position() == board.NewPosition(g.Size()) {
		return nil // there is no game yet
	}
	k.still = false
	if l.Date.IsZero() {
		l.Date = k.begun
	}
	data, err := Compose(k.base, g, l)
	if errors.Is(err, errOther) {
		k.base = nil
		if k.found.Own {
			k.beside = "holds another game"
		}
		data, err = Compose(nil, g, l)
	}
	if err != nil {
		return fmt.Errorf("the game record cannot be written down: %w", err)
	}
	k.sum = sum
	k.give(data, len(sum.moves))
	return nil
}

// other reports whether a file, with these moves, is of another game than the one
// that is played at place.
func other(root *board.Node, had, has []board.Move, place string) bool {
	if place == "" {
		return false
	}
	if pc := root.Text("PC"); pc != "" {
		return pc != place
	}
	n := 0
	for n < min(len(had), len(has)) && had[n] == has[n] {
		n++
	}
	return n+3 < min(len(had), len(has)) // moves may have been taken back
}

// Put hands over a record that was changed after the game.
func (k *Keeper) Put(data []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	moves := k.want.moves
	if k.still {
		k.still, moves = false, k.found.Game.MoveCount()
	}
	k.give(data, moves)
}

func (k *Keeper) give(data []byte, moves int) {
	if !k.want.blank && bytes.Equal(k.want.data, data) {
		return
	}
	k.want = edition{number: k.want.number + 1, data: data, moves: moves}
	select {
	case k.wake <- struct{}{}:
	default:
	}
}

// Anew says that another game has begun: the file that holds the old one stays
// as it is.
func (k *Keeper) Anew() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.base, k.anew, k.sum, k.still = nil, true, summary{}, false
	k.want = edition{number: k.want.number + 1, data: blank(), blank: true}
	select {
	case k.wake <- struct{}{}:
	default:
	}
}

// Settle has the newest record written, and says where it is.
func (k *Keeper) Settle() Kept {
	tried := make(chan struct{})
	select {
	case k.asks <- tried:
		select {
		case <-tried:
		case <-time.After(closeWait):
		}
	case <-k.done:
	case <-time.After(closeWait):
	}
	return k.where()
}

// Close tries for the last time, gives the file free for others and says where
// the record is. A file that holds nothing but its name is removed.
func (k *Keeper) Close() Kept {
	k.once.Do(func() { close(k.end) })
	select {
	case <-k.done:
	case <-time.After(closeWait):
	}
	return k.where()
}

// where is what became of the newest record.
func (k *Keeper) where() Kept {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.still {
		return Kept{Path: k.asked, Moves: k.found.Game.MoveCount(), Data: k.found.data}
	}
	kept := k.kept
	kept.Data, kept.Moves = k.want.data, k.want.moves
	if k.want.blank || k.want.number == 0 {
		return Kept{Err: kept.Err}
	}
	if k.want.number > k.w.tried {
		kept = Kept{Err: errors.New("the disk does not answer"), Data: kept.Data, Moves: kept.Moves, Older: kept.Path, OlderMoves: k.kept.Moves}
	}
	return kept
}

func (k *Keeper) run() {
	defer close(k.done)
	defer k.w.close()
	wait := againFirst
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for {
		var again <-chan time.Time
		if k.w.failing != nil {
			timer.Reset(wait)
			again = timer.C
		}
		var ask chan struct{}
		select {
		case <-k.wake:
		case ask = <-k.asks:
		case <-again:
			wait = min(2*wait, againLast)
		case <-k.end:
			for range lastTries - 1 {
				if k.try(); k.w.failing == nil {
					return
				}
				time.Sleep(time.Second)
			}
			k.try()
			return
		}
		if k.try(); k.w.failing == nil {
			wait = againFirst
		}
		if ask != nil {
			close(ask)
		}
	}
}
