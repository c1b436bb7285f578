package ogstest

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"
)

// The bounds of a message that is taken. The real server's are not known.
const (
	maxReviewMessage = 64 << 10
	maxReviewText    = 20_000
	maxReviewPace    = 10 // messages in a second
)

// reviewCommand handles review/….
func (c *socket) reviewCommand(name string, body json.RawMessage) {
	s := c.s
	var d struct {
		ID *int64 `json:"review_id"`
	}
	if json.Unmarshal(body, &d) != nil || d.ID == nil {
		s.violation("review/%s without a review_id that is a number: %.80s", name, body)
		return
	}
	r := s.reviews[*d.ID]
	if r == nil || !r.sees(c.user) {
		c.send(fmt.Sprintf("review/%d/error", *d.ID), "This is a protected review")
		return
	}
	switch name {
	case "connect":
		f := s.take(func(f *Fault) bool { return f.Kind == NoFullState || f.Kind == BadFullState })
		if f == nil || f.Kind == BadFullState {
			c.reviews[r.ID] = true
		}
		switch {
		case f == nil:
			c.send(r.event("full_state"), r.fullState())
		case f.Kind == BadFullState:
			c.send(r.event("full_state"), []any{map[string]any{"gamedata": map[string]any{"width": "wide"}}, 7, nil})
		}
	case "disconnect":
		delete(c.reviews, r.ID)
	case "append":
		c.reviewAppend(r, body)
	case "chat":
		c.reviewChat(r, body)
	default:
		s.violation("there is no command %q", "review/"+name)
	}
}

func (c *socket) reviewChat(r *Review, body json.RawMessage) {
	var d struct {
		From  *int
		Moves *string
		Body  *string
	}
	if json.Unmarshal(body, &d) != nil || d.From == nil || d.Moves == nil || d.Body == nil || *d.Body == "" {
		c.s.violation("review/chat without from, moves and body: %.80s", body)
		return
	}
	line := map[string]any{"chat_id": secret()[:12], "player_id": c.user.ID, "username": c.user.Name, "channel": "discussion",
		"date": time.Now().Unix(), "from": *d.From, "moves": *d.Moves, "body": *d.Body}
	r.take(map[string]any{"chat": line}, nil, nil, 1)
}

// reviewAppend handles review/append: who is not in control is not heard, what is
// no message is not taken, and the rest goes into the log and to all who watch.
func (c *socket) reviewAppend(r *Review, body json.RawMessage) {
	s := c.s
	if !c.reviews[r.ID] {
		s.violation("review/append to review %d before its full state was asked for on this connection", r.ID)
		return
	}
	now := time.Now()
	c.appends = append(slices.DeleteFunc(c.appends, func(t time.Time) bool { return now.Sub(t) >= time.Second }), now)
	if len(c.appends) == maxReviewPace+1 {
		s.violation("more than %d messages for review %d within a second", maxReviewPace, r.ID)
	}
	m, err := r.check(body)
	if err != nil {
		s.violation("review/append that cannot be: %v: %.120s", err, body)
		c.send(r.event("error"), "Invalid review message")
		return
	}
	f := s.take(func(f *Fault) bool {
		fits := f.Kind >= LoseAppend && f.Kind <= SkipReviewEvent
		if fits && f.After > 0 {
			f.After--
			return false
		}
		return fits
	})
	if f == nil {
		f = &Fault{Kind: -1}
	} else {
		r.struck = true
	}
	times, not := 1, (*socket)(nil)
	if s.opt.NoReviewEcho || f.Kind == DropAfterAppend {
		not = c
	}
	do := func() { c.takeAppend(r, m, f, not, times) }
	switch f.Kind {
	case LoseAppend:
		return
	case DropBeforeAppend:
		c.drop()
		return
	case DoubleAppend:
		times = 2
	case ReorderAppend:
		r.held = append(r.held, do)
		s.after(max(f.Delay, 2*time.Second), r.release) // if no other comes
		return
	case DelayAppend:
		s.after(f.Delay, do)
		return
	}
	do()
	r.release()
	if f.Kind == DropAfterAppend {
		c.drop()
	}
}

// release takes the messages that were held back.
func (r *Review) release() {
	held := r.held
	r.held = nil
	for _, do := range held {
		do()
	}
}

// takeAppend takes a good message, if its sender may.
func (c *socket) takeAppend(r *Review, m map[string]any, f *Fault, not *socket, times int) {
	_, handing := m["controller"]
	if c.user != r.controller && (c.user != r.owner || !handing) {
		if time.Since(r.handed) > time.Second {
			c.s.violation("review/append of %s to review %d, which %s controls", c.user.Name, r.ID, r.controller.Name)
		}
		return // it is not heard
	}
	if err := r.take(m, f, not, times); err != nil {
		// What followed from a message that was lost, doubled or late may not fit.
		if !r.struck {
			c.s.violation("review/append that cannot be: %v", err)
		}
		c.send(r.event("error"), "Invalid review message")
	}
}

// check reads a message; its error is what a well-behaved client does not do.
func (r *Review) check(body json.RawMessage) (map[string]any, error) {
	var m map[string]any
	if len(body) > maxReviewMessage {
		return nil, fmt.Errorf("%d bytes are too long", len(body))
	}
	if err := json.Unmarshal(body, &m); err != nil {
		return nil, err
	}
	delete(m, "review_id")
	known := []string{"f", "m", "t", "t+", "k", "pp", "pen", "clearpen", "delete", "controller"}
	for name := range m {
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("nothing is known of %q", name)
		}
	}
	if len(m) == 0 {
		return nil, fmt.Errorf("it says nothing")
	}
	f, hasF := m["f"]
	line, hasM := m["m"]
	if hasF != hasM {
		return nil, fmt.Errorf("f and m belong together")
	}
	if hasF {
		n, ok := f.(float64)
		text, isText := line.(string)
		if !ok || n < 0 || n != math.Trunc(n) || !isText {
			return nil, fmt.Errorf("f is to be a whole number, m a string")
		}
		if _, err := r.tree.parseLine(text); err != nil {
			return nil, err
		}
	}
	for _, name := range []string{"t", "t+"} {
		v, has := m[name]
		text, isText := v.(string)
		if has && (!isText || len([]rune(text)) > maxReviewText) {
			return nil, fmt.Errorf("%s is to be a string of at most %d characters", name, maxReviewText)
		}
	}
	if v, has := m["k"]; has {
		marks, ok := v.(map[string]any)
		for _, points := range marks {
			_, isText := points.(string)
			ok = ok && isText
		}
		if !ok {
			return nil, fmt.Errorf("k is to hold points by their marks")
		}
	}
	if v, has := m["delete"]; has && v != 1.0 {
		return nil, fmt.Errorf("delete is to be 1")
	}
	if v, has := m["controller"]; has {
		id, _ := v.(float64)
		u := r.s.user(int64(id))
		if u == nil {
			return nil, fmt.Errorf("there is no player %v", v)
		}
		m["controller"] = r.person(u)
	}
	return m, nil
}

// take works a message into the tree, writes it into the log and tells all who
// watch, but not one socket.
func (r *Review) take(m map[string]any, f *Fault, not *socket, times int) error {
	for range times {
		if err := r.work(m); err != nil {
			return err
		}
		entry := maps.Clone(m)
		entry["ts"] = time.Now().UnixMilli()
		r.log = append(r.log, entry)
		if f == nil || f.Kind != SkipReviewEvent {
			r.toAll("r", entry, not)
		}
	}
	return nil
}

// work changes the tree by a message.
func (r *Review) work(m map[string]any) error {
	if line, ok := m["m"].(string); ok {
		from := 0
		switch n := m["f"].(type) {
		case int:
			from = n
		case float64:
			from = int(n)
		}
		list, err := r.tree.parseLine(line)
		if err == nil {
			err = r.tree.goTo(from, list)
		}
		if err != nil {
			return err
		}
	}
	if to, ok := m["controller"]; ok {
		for _, u := range r.s.users {
			if fmt.Sprint(to) == fmt.Sprint(r.person(u)) {
				r.controller, r.handed = u, time.Now()
			}
		}
	}
	if !r.tree.pointed {
		return nil
	}
	if text, ok := m["t"].(string); ok {
		r.tree.now.text = text
	}
	if text, ok := m["t+"].(string); ok {
		r.tree.now.text += text
	}
	if _, ok := m["delete"]; ok && !r.tree.cut() {
		return fmt.Errorf("the trunk cannot be deleted")
	}
	return nil
}
