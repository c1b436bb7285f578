package demoboard

import (
	"slices"
	"strings"
	"time"
)

// next is the message that brings what the server has nearer to the game; nil
// if it is the game. What is wrong is removed before anything is added.
func (f *Follower) next(s *State) *Request {
	line := moves(f.plies)
	if wrong := f.wrong(s.Root, line); wrong != nil {
		return &Request{Kind: Remove, Moves: wrong}
	}
	// The line grows up to the next text, so that no viewer jumps back for it.
	n, there := s.Root, 0
	for there < len(line) {
		c := n.child(line[there])
		if c == nil {
			break
		}
		n = c
		there++
	}
	for i := range f.plies[:there] {
		// A text that came, or changed, later.
		if t := f.text(s, line[:i+1], f.plies[i].Text); t != nil {
			return &Request{Kind: Append, Moves: line[:i+1], Text: t}
		}
	}
	for i := there; i < len(line); i++ {
		if t := f.text(s, line[:i+1], f.plies[i].Text); t != nil || i == len(line)-1 {
			return &Request{Kind: Append, Moves: line[:i+1], Text: t}
		}
	}
	if !slices.Equal(s.At, line) {
		return &Request{Kind: Append, Moves: line} // so that viewers stand at the end
	}
	return nil
}

// wrong is the line to a node that must not be there: one in the main line's
// place, or one of ours that is wrong by now. nil if there is none. What others
// drew beside the main line is left alone.
func (f *Follower) wrong(root *Node, line []string) []string {
	n := root
	for i := 0; ; i++ {
		if n == nil {
			break
		}
		at := -1
		if i < len(line) {
			at = n.index(line[i])
		}
		if at != 0 && len(n.Children) > 0 {
			return join(line[:i], n.Children[0].Move)
		}
		if at < 0 {
			break
		}
		n = n.Children[at]
	}
	for _, s := range f.memory.Stale {
		if k := common(s, line); k < len(s) && root.find(s[:k+1]) != nil {
			return s[:k+1]
		}
	}
	return nil
}

func join(line []string, move string) []string {
	return append(line[:len(line):len(line)], move)
}

// text is what is to be written at a node where want is to be read; nil for
// nothing. What others wrote there stays.
func (f *Follower) text(s *State, line []string, want string) *string {
	has := ""
	if n := s.Root.find(line); n != nil {
		has = n.Text
	}
	if has == want || want != "" && strings.Contains(has, want) {
		return nil
	}
	key := strings.Join(line, "")
	sent := f.memory.Texts[key]
	switch n := len(sent); {
	case n > 0 && sent[n-1] == want && f.tries[key] >= textTries:
		return nil // it is not taken
	case has != "" && !strings.Contains(want, has) && !slices.Contains(sent, has):
		return nil // somebody else's
	}
	return &want
}

// send asks for what is to be sent or read now.
func (f *Follower) send(out *Output) {
	if f.game == nil || f.has == nil || f.gone != "" {
		return
	}
	if !f.asked.IsZero() {
		if f.now.Sub(f.asked) >= answerWait && f.mayTalk() {
			f.ask(out)
		}
		return
	}
	if !f.mayTalk() {
		return
	}
	old := f.now.Sub(f.read) >= compareEvery
	if old || f.controls() && (f.doubt || len(f.unheard) > 0 && f.now.Sub(f.oldest) >= f.wait) {
		f.ask(out)
		return
	}
	if !f.controls() || !f.checked || f.now.Before(f.shy.until) {
		return
	}
	r := f.next(f.has)
	if r == nil {
		if len(f.unheard) == 0 {
			f.vain, f.shy = vain{}, shy{}
		}
		return
	}
	if f.heldBack(r) {
		return
	}
	r.Epoch = f.epoch
	f.note(r, out)
	if len(f.unheard) == 0 {
		f.oldest = f.now
	}
	for _, m := range r.Messages() {
		f.has.Apply(m)
		f.unheard = append(f.unheard, m)
	}
	f.last = f.now
	if r.Kind == Remove {
		f.last = f.now.Add(Gap)
	}
	out.Requests = append(out.Requests, *r)
}

// Messages are what the server is sent for a request that draws. A branch is
// removed by pointing at its first node, and once more with the removal, so that
// no other node goes where one of the two is lost, doubled or late.
func (r Request) Messages() []Message {
	m := Message{Points: true, Moves: r.Moves, Text: r.Text}
	if r.Kind == Remove {
		return []Message{m, {Points: true, Moves: r.Moves, Delete: true}}
	}
	return []Message{m}
}

// mayTalk reports whether the last message was long enough ago.
func (f *Follower) mayTalk() bool { return f.now.Sub(f.last) >= Gap }

func (f *Follower) ask(out *Output) {
	f.asked, f.last = f.now, f.now
	out.Requests = append(out.Requests, Request{Kind: Refresh})
}

// heldBack counts r, and reports whether it has to wait since it came to nothing
// before.
func (f *Follower) heldBack(r *Request) bool {
	what := r.String()
	if what != f.vain.what {
		f.vain = vain{what: what}
		return false
	}
	if f.now.Before(f.vain.until) {
		return true
	}
	f.vain.until = f.now.Add(pause(f.vain.times))
	f.vain.times++
	return false
}

// freeAt is when r may be sent.
func (f *Follower) freeAt(r *Request) time.Time {
	at := later(f.last.Add(Gap), f.shy.until)
	if r.String() == f.vain.what {
		at = later(at, f.vain.until)
	}
	return at
}

// String tells requests apart.
func (r *Request) String() string {
	text := strings.Join(r.Moves, "")
	if r.Text != nil {
		text += " " + *r.Text
	}
	return string('0'+rune(r.Kind)) + text
}

// note remembers what a message that goes out may have left there.
func (f *Follower) note(r *Request, out *Output) {
	if !f.memory.Sent {
		f.memory.Sent, out.Keep = true, true
	}
	if !f.memory.Long && len(r.Moves) >= otherGame {
		f.memory.Long, out.Keep = true, true
	}
	if r.Kind == Remove {
		f.stale(r.Moves) // which pointing at it makes anew, if that comes late
		out.Keep = true
	}
	if r.Kind == Append && len(r.Moves) > len(f.sent) {
		f.sent = slices.Clone(r.Moves)
	}
	if r.Text == nil {
		return
	}
	key := strings.Join(r.Moves, "")
	sent := f.memory.Texts[key]
	if n := len(sent); n > 0 && sent[n-1] == *r.Text {
		f.tries[key]++
		return
	}
	sent = append(slices.Clone(sent), *r.Text)
	f.memory.Texts[key] = sent[max(len(sent)-textsMost, 0):]
	f.tries[key], out.Keep = 1, true
}

// Wake is when the Follower wants to be told the time next, if nothing happens
// before; zero for not at all.
func (f *Follower) Wake() (at time.Time) {
	sooner := func(t time.Time) {
		if at.IsZero() || t.Before(at) {
			at = t
		}
	}
	if f.game == nil || f.gone != "" {
		return at
	}
	if !f.told.behind.IsZero() && !f.told.said && f.Behind() > 0 {
		sooner(f.told.behind.Add(behindWait))
	}
	if f.has == nil {
		return at
	}
	free := f.last.Add(Gap)
	switch {
	case !f.asked.IsZero():
		sooner(later(f.asked.Add(answerWait), free))
	case !f.controls():
		sooner(later(f.read.Add(compareEvery), free))
	case f.doubt:
		sooner(free)
	default:
		sooner(later(f.read.Add(compareEvery), free))
		if len(f.unheard) > 0 {
			sooner(later(f.oldest.Add(f.wait), free))
		}
		if r := f.next(f.has); f.checked && r != nil {
			sooner(f.freeAt(r))
		}
	}
	return at
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
