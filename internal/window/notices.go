package window

import (
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/plain"
)

// saying is a sentence of the log.
type saying struct {
	at    time.Time
	text  string
	alarm bool
}

const (
	logged  = 300              // sentences are kept
	waiting = 8                // notes wait for their turn
	stands  = 40 * time.Second // a notice does, unless it is an alarm
)

// reading is how long a note stands before the next takes its place.
func readingTime(text string) time.Duration {
	return 3*time.Second + time.Duration(len([]rune(text)))*60*time.Millisecond
}

// urgency is how a sentence comes to be shown.
type urgency uint8

const (
	passing urgency = iota // what the board shows, too: it gives way to a note
	note                   // what somebody said: it stands until it has been read
	urgent                 // an alarm, or the answer to a key: shown at once
)

// notify puts a sentence into the log, and shows it when it is its turn. The
// same sentence once more is not logged again.
func (s *state) notify(now time.Time, text string, alarm bool, how urgency) {
	if text == "" {
		return
	}
	if n := len(s.log); n == 0 || s.log[n-1].text != text {
		// The copies of the state that are drawn keep their logs.
		s.log = append(s.log[max(0, n-logged+1):n:n], saying{now, text, alarm})
	}
	if how != urgent && now.Before(s.busy) {
		if how == note && len(s.queue) < waiting {
			s.queue = append(s.queue[:len(s.queue):len(s.queue)], saying{now, text, alarm})
		}
		return
	}
	s.shown(now, saying{now, text, alarm}, how == note)
}

func (s *state) shown(now time.Time, said saying, holds bool) {
	s.notice, s.alarm, s.noticed, s.busy = said.text, said.alarm, now, time.Time{}
	if holds {
		s.busy = now.Add(readingTime(said.text))
	}
}

// age brings the next note when the one before has been read, and takes away
// what has stood for long: it is in the log.
func (w *Window) age(now time.Time) {
	w.mu.Lock()
	next := len(w.st.queue) > 0 && !now.Before(w.st.busy)
	old := w.st.notice != "" && !w.st.alarm && !w.st.noticed.IsZero() && now.Sub(w.st.noticed) >= stands
	w.mu.Unlock()
	switch {
	case next:
		w.change(func(s *state) {
			if len(s.queue) > 0 {
				said := s.queue[0]
				s.queue = s.queue[1:]
				s.shown(now, said, true)
			}
		})
	case old:
		w.change(func(s *state) { s.notice = "" })
	}
}

// Announce shows the sentence of an event. It implements match.Voice.
func (w *Window) Announce(e match.Event) {
	if e.Text == "" || e.Kind == match.EventState {
		return // the state has a place of its own
	}
	text := plain.Line(e.Text)
	w.change(func(s *state) {
		switch e.Kind {
		case match.EventQuestion, match.EventAnswered:
			// It stands where the state does for as long as it is open, and
			// is nothing to be answered afterwards.
			s.log = append(s.log[:len(s.log):len(s.log)], saying{time.Now(), text, false})
		case match.EventAlarm, match.EventRefused:
			s.notify(time.Now(), text, true, urgent)
		case match.EventNote, match.EventResult:
			s.notify(time.Now(), text, false, note)
		default:
			s.notify(time.Now(), text, false, passing)
		}
	})
}

// Notice shows a sentence.
func (w *Window) Notice(text string) {
	w.change(func(s *state) { s.notify(time.Now(), plain.Line(text), false, urgent) })
}

// alarm shows a sentence about something that went wrong.
func (w *Window) alarm(text string) {
	w.change(func(s *state) { s.notify(time.Now(), plain.Line(text), true, urgent) })
}

// disagreed says whose agreement on the dead stones is gone, empty for nobody's.
// The server takes it back silently when a mark changes.
func disagreed(before, now *match.Snapshot) string {
	if before == nil || now == nil || before.ID != now.ID || before.Phase != game.StoneRemoval || now.Phase != game.StoneRemoval || now.Result != nil {
		return ""
	}
	was, is := before.Accepted, now.Accepted
	me := -1
	if now.Me != board.Empty {
		me = int(now.Me) - 1
	}
	switch gone := [2]bool{was[0] && !is[0], was[1] && !is[1]}; {
	case me >= 0 && gone[me]:
		return "The marked stones have changed since you agreed. Look at them, and agree again."
	case gone[0] && gone[1]:
		return "The marked stones have changed: both players have to agree again."
	case gone[0]:
		return "Black does not agree any more: the marked stones have changed."
	case gone[1]:
		return "White does not agree any more: the marked stones have changed."
	}
	return ""
}
