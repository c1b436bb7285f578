package gamefile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/gobancam/gobancam/internal/disk"
	"github.com/gobancam/gobancam/internal/match"
)

// situation is what is told of a record; it is told again when it changes.
type situation struct {
	failing string // why it is not in its file; "" when it is
	spare   string // where it is instead
	lags    bool   // not all of it is there
	slow    bool   // the disk does not answer
}

// try writes the newest version where it belongs, or else elsewhere, and tells
// what came of it.
func (k *Keeper) try() {
	k.mu.Lock()
	v, beside, anew := k.want, k.beside, k.anew
	k.beside, k.anew = "", false
	k.mu.Unlock()
	if v.number == 0 {
		return
	}
	w := &k.w
	if v.number == w.held.number && w.failing == nil {
		return
	}
	k.mu.Lock()
	k.tries++
	id := k.tries
	k.trying = id
	k.mu.Unlock()
	at := place{w.path, w.spared.moves, w.held.moves}
	slow := time.AfterFunc(slowDisk, func() { k.tell(situation{failing: "the disk does not answer", slow: true}, v, at, id) })
	err := w.leave(beside, anew)
	if err == nil {
		err = w.write(v)
	}
	w.failing = err
	now := situation{}
	kept := Kept{Path: w.path, Moves: v.moves, Err: w.gone}
	if err != nil {
		now.failing = reason(err)
		kept = Kept{Err: fmt.Errorf("%s: %s", w.path, now.failing), Moves: v.moves}
		if !v.blank {
			lost := w.rescue(v)
			now.spare, now.lags = w.spare, lost != nil
		}
		switch {
		case w.spare != "" && !now.lags:
			kept.Path = w.spare
		case w.spare != "" && w.spared.moves >= w.held.moves:
			kept.Older, kept.OlderMoves = w.spare, w.spared.moves
		}
		if kept.Older == "" && w.held.number > 0 && !w.held.blank {
			kept.Older, kept.OlderMoves = w.path, w.held.moves
		}
	} else {
		w.dropSpares()
	}
	slow.Stop()
	k.mu.Lock()
	k.kept, w.tried, k.trying = kept, v.number, 0
	k.mu.Unlock()
	k.tell(now, v, place{w.path, w.spared.moves, w.held.moves}, 0)
}

// place is where a record belongs, and how many moves of it are where.
type place struct {
	path         string
	spared, held int
}

// leave goes to another file, if the record has to.
func (w *writer) leave(beside string, anew bool) error {
	if beside == "" && !anew {
		return nil
	}
	was := w.path
	if anew && (w.expect == nil || w.held.blank) {
		return nil // there is no old game
	}
	if anew && w.k.opt.Replace && w.setAside() == nil {
		return nil
	}
	if err := w.claim(numbered(was, 2), was); err != nil {
		return err
	}
	if anew {
		w.k.note("The new game is kept in " + w.path + ".")
	} else {
		w.k.left(was, w.path, beside)
	}
	return nil
}

// left says that a file is left as it is.
func (k *Keeper) left(was, now, why string) {
	k.say(match.Event{Kind: match.EventAlarm,
		Text: fmt.Sprintf("%s %s: it is left as it is, and the game is kept in %s.", was, why, now),
		Say:  "The game is kept in another file."})
}

// tell says how the record fares, if that is news or was said long ago. What a
// try has to tell is not said when the try, of that number, is over.
func (k *Keeper) tell(now situation, v edition, at place, trying int) {
	k.mu.Lock()
	long := k.opt.Now().Sub(k.saidAt) >= remindWait
	if trying != k.trying || now == k.said && !(long && now.failing != "") {
		k.mu.Unlock()
		return
	}
	k.said, k.saidAt = now, k.opt.Now()
	k.mu.Unlock()
	if now.failing == "" {
		with := ", with " + all(v.moves)
		if v.blank {
			with = " from the first move on"
		}
		k.say(match.Event{Kind: match.EventNote, State: match.StateKept, Say: "The game is kept again.",
			Text: fmt.Sprintf("The game record is kept in %s%s.", at.path, with)})
		return
	}
	text := fmt.Sprintf("The game record cannot be written to %s: %s. It is tried again.", at.path, now.failing)
	say := "The game record cannot be written. It is kept in another place."
	switch {
	case v.blank:
		text += " Until then the game is kept elsewhere."
	case now.slow:
		text = fmt.Sprintf("The game record is not in %s yet: %s. %s in memory alone.", at.path, now.failing, areOf(v.moves))
		say = "The game is not kept: the disk does not answer."
	case now.spare != "" && !now.lags:
		text += fmt.Sprintf(" Meanwhile %s in %s.", areOf(v.moves), now.spare)
	default:
		say = "The game is not kept. Make room on the disk."
		text += fmt.Sprintf(" Nor can it be anywhere else: %s in memory alone. Make room on the disk, or write the game down.", areOf(v.moves))
		if now.spare != "" {
			text += fmt.Sprintf(" %s has %s.", now.spare, moveCount(at.spared))
		} else if at.held > 0 {
			text += fmt.Sprintf(" The file has %s.", moveCount(at.held))
		}
	}
	k.say(match.Event{Kind: match.EventAlarm, State: match.StateUnkept, Text: text, Say: say})
}

func (k *Keeper) note(text string) { k.say(match.Event{Kind: match.EventNote, Text: text}) }

func (k *Keeper) say(e match.Event) {
	if k.opt.Voice == nil {
		return
	}
	e.At, e.Frame, e.Aside = k.opt.Now().Sub(k.begun), -1, true
	k.opt.Voice(e)
}

func moveCount(n int) string {
	if n == 1 {
		return "1 move"
	}
	return fmt.Sprintf("%d moves", n)
}

func all(n int) string {
	if n < 2 {
		return moveCount(n)
	}
	return fmt.Sprintf("all %d moves", n)
}

func areOf(n int) string {
	if n == 1 {
		return "its 1 move is"
	}
	return fmt.Sprintf("its %d moves are", n)
}

// reason is an error in words, without the path.
func reason(err error) string {
	if disk.IsFull(err) {
		return "the disk is full"
	}
	var p *fs.PathError
	var l *os.LinkError
	switch {
	case errors.As(err, &p):
		return p.Err.Error()
	case errors.As(err, &l):
		return l.Err.Error()
	}
	return err.Error()
}

// Problem says that a game's record is not in its file, and where it is; nil
// when it is there.
func (k Kept) Problem() error {
	if k.Err == nil || k.Data == nil {
		return nil
	}
	s := fmt.Sprintf("the game record is not in %v; ", k.Err)
	if k.Path != "" {
		s += fmt.Sprintf("%s in %s", areOf(k.Moves), k.Path)
	} else {
		s += fmt.Sprintf("%s in no file", areOf(k.Moves))
	}
	if k.Older != "" {
		s += fmt.Sprintf(" (%s has %s)", k.Older, moveCount(k.OlderMoves))
	}
	return errors.New(s)
}
