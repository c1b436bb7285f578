package phone

import (
	"context"
	"time"

	"github.com/gobancam/gobancam/internal/limits"
)

// shots are the pictures that came: one slot for the newest, and what is known
// of the last seconds. Link.mu guards them.
type shots struct {
	by      string // the id of the phone that took them
	newest  Picture
	arrived time.Time // the newest; zero for none
	taken   bool      // Next has returned it
	news    chan struct{}
	marks   []mark
}

// mark is the arrival of a picture.
type mark struct {
	at    time.Time
	bytes int
}

// measured is the time over which rates are measured.
const measured = 5 * time.Second

// newsHere wakes who waits.
func (s *shots) newsHere() {
	close(s.news)
	s.news = make(chan struct{})
}

// put puts a picture into the slot.
func (s *shots) put(p Picture, arrived time.Time) {
	s.newest, s.arrived, s.taken = p, arrived, false
	s.marks = append(s.recent(arrived), mark{arrived, len(p.JPEG)})
	s.newsHere()
}

// recent drops the marks that are too old to say anything.
func (s *shots) recent(now time.Time) []mark {
	i := 0
	for i < len(s.marks) && now.Sub(s.marks[i].at) > measured {
		i++
	}
	return s.marks[i:]
}

// fresh reports whether the newest picture still shows what is.
func (s *shots) fresh(now time.Time) bool {
	return !s.arrived.IsZero() && now.Sub(s.arrived) < Stall
}

// rate returns pictures a second and bytes a minute.
func (s *shots) rate(now time.Time) (pictures float64, bytes int64) {
	marks := s.recent(now)
	if len(marks) < 2 {
		return 0, 0
	}
	span := now.Sub(marks[0].at)
	for _, m := range marks {
		bytes += int64(m.bytes)
	}
	return float64(len(marks)-1) / marks[len(marks)-1].at.Sub(marks[0].at).Seconds(), int64(float64(bytes) * float64(time.Minute) / float64(max(span, time.Second)))
}

// picture takes a picture of a page, which arrived at a time; ms is when it was
// taken. An error is for the page, and the reason why it was not taken.
func (l *Link) picture(p *page, ms int64, jpeg []byte, arrived time.Time) error {
	width, height, err := inspect(jpeg)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.closed:
		return errClosed
	case p != l.camera:
		return errNotCamera
	case !p.rate.take(arrived):
		return limits.Exceed("send fewer", "the phone sends more than %d pictures a second", limits.PhoneRate)
	}
	at, err := l.clock.taken(ms, arrived, l.newest.Taken)
	if err != nil {
		return err
	}
	first := !l.fresh(arrived)
	l.put(Picture{JPEG: jpeg, Width: width, Height: height, Taken: at}, arrived)
	if first {
		l.touch()
	}
	return nil
}

// Wait returns who is the camera, as soon as a picture of its is here.
func (l *Link) Wait(ctx context.Context) (Phone, error) {
	for {
		l.mu.Lock()
		here, closed, news := l.camera != nil && l.fresh(time.Now()), l.closed, l.news
		var who Phone
		if here {
			who = l.camera.phone
		}
		l.mu.Unlock()
		switch {
		case closed:
			return Phone{}, errClosed
		case here:
			return who, nil
		}
		select {
		case <-news:
		case <-ctx.Done():
			return Phone{}, ctx.Err()
		}
	}
}

// Next returns the newest picture that it has not returned before, and waits for
// one. When none has come for Stall its error wraps ErrGone and says why, as a
// clause: then Wait tells when pictures come again.
func (l *Link) Next(ctx context.Context) (Picture, error) {
	began := time.Now()
	for {
		now := time.Now()
		l.mu.Lock()
		p, news, last, why := l.newest, l.news, l.arrived, l.whyGone()
		ok := l.fresh(now) && !l.taken && l.camera != nil
		if ok {
			l.taken = true
		}
		closed := l.closed
		l.mu.Unlock()
		switch {
		case closed:
			return Picture{}, errClosed
		case ok:
			return p, nil
		}
		if last.IsZero() {
			last = began
		}
		left := last.Add(Stall).Sub(now)
		if left <= 0 {
			return Picture{}, goneError(why)
		}
		timer := time.NewTimer(left)
		select {
		case <-news:
		case <-timer.C:
		case <-ctx.Done():
		}
		timer.Stop()
		if err := ctx.Err(); err != nil {
			return Picture{}, err
		}
	}
}

// whyGone says why no pictures come, as a clause. l.mu is held.
func (l *Link) whyGone() string {
	if l.camera == nil {
		return l.gone
	}
	return l.camera.state.why()
}

// Status says how the link is doing.
func (l *Link) Status() Status {
	now := time.Now()
	s := Status{Reached: l.reached.Load(), Warned: l.warned.Load()}
	l.mu.Lock()
	defer l.mu.Unlock()
	if k := l.mem.byID(l.seat.id); k != nil {
		s.Phone = &Phone{k.ID, k.Name}
	}
	if l.asking != nil {
		asking := l.asking.phone
		s.Asking = &asking
	}
	if s.Phone == nil {
		return s
	}
	if l.camera != nil {
		s.Here, s.Transport, s.Speaking = true, l.camera.transport, l.camera.state.Voice && !l.camera.state.Hidden
	}
	s.Sending = s.Here && l.fresh(now)
	if s.Sending {
		s.Width, s.Height = l.newest.Width, l.newest.Height
		s.Rate, s.BytesPerMinute = l.rate(now)
		s.Delay = l.arrived.Sub(l.newest.Taken)
		s.Trouble = l.camera.state.warnings()
	} else {
		s.Trouble = sentence(l.whyGone())
	}
	return s
}
