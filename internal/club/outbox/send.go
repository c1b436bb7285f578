package outbox

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/gobancam/gobancam/internal/club"
)

// Connect returns what sends a report: to its site, for its community.
type Connect func(ctx context.Context, r Report) (Sender, error)

// Sent is what a Flush did.
type Sent struct {
	Taken   []Report // results that their site has now
	Held    []Report // results that wait for a person now
	Waiting []Report // results that could not be sent yet
	Next    time.Time
}

// Flush tries every report whose time has come. The error is about the outbox
// itself; what a site said stands in the reports.
func (o *Outbox) Flush(ctx context.Context, connect Connect) (Sent, error) {
	return o.flush(ctx, connect, false)
}

// FlushAll tries every report now: somebody asked for it.
func (o *Outbox) FlushAll(ctx context.Context, connect Connect) (Sent, error) {
	return o.flush(ctx, connect, true)
}

func (o *Outbox) flush(ctx context.Context, connect Connect, all bool) (Sent, error) {
	unlock, err := o.lock(ctx, sending)
	if err != nil {
		return Sent{}, err
	}
	defer unlock()
	reports, broken := o.Reports()
	var sent Sent
	errs := []error{broken}
	for _, r := range reports {
		if r.State != Waiting && r.State != Taken {
			continue
		}
		if ctx.Err() != nil || !all && o.now().Before(r.Next) {
			if r.State == Waiting {
				sent.Waiting = append(sent.Waiting, r)
			}
			sent.later(r.Next)
			continue
		}
		was := r.State
		r, err := o.try(ctx, r, connect)
		if err != nil {
			errs = append(errs, err)
			sent.Waiting = append(sent.Waiting, r)
			continue
		}
		switch {
		case was == Waiting && (r.State == Taken || r.State == Done):
			sent.Taken = append(sent.Taken, r)
		case r.State == Held:
			sent.Held = append(sent.Held, r)
		case r.State == Waiting:
			sent.Waiting = append(sent.Waiting, r)
		}
		if r.State == Waiting || r.State == Taken {
			sent.later(r.Next)
		}
	}
	return sent, errors.Join(errs...)
}

func (s *Sent) later(at time.Time) {
	if !at.IsZero() && (s.Next.IsZero() || at.Before(s.Next)) {
		s.Next = at
	}
}

// try takes a report as far as it goes.
func (o *Outbox) try(ctx context.Context, r Report, connect Connect) (Report, error) {
	c, err := connect(ctx, r)
	if err != nil {
		return o.postpone(r, err)
	}
	if r.State == Waiting {
		if r, err = o.deliver(ctx, r, c); err != nil || r.State != Taken {
			return r, err
		}
	}
	return o.attach(ctx, r, c)
}

// deliver compares, sends, and compares.
func (o *Outbox) deliver(ctx context.Context, r Report, c Sender) (Report, error) {
	o.step("compare")
	m, err := c.Match(ctx, r.Tournament, r.Match)
	if err != nil {
		return o.failed(r, err)
	}
	switch {
	case r.Result.Is(m):
		return o.taken(r, "already there")
	case m.State == club.Pending:
		return o.hold(r, "the players of this match are not known to "+c.Name()+" (any more)")
	case !m.Has(r.Result.Player1) || !m.Has(r.Result.Player2):
		return o.hold(r, "the match is between other players now")
	case m.State == club.Complete && (!r.Replaces || r.Other != "" && r.Other != other(m)):
		r.Other, r.Replaces = other(m), false
		return o.hold(r, fmt.Sprintf("%s has another result of this match (%s); sending this one would replace it and reset every match that branches from it", c.Name(), other(m)))
	}
	if m.State == club.Complete && r.Other == "" {
		r.Other = other(m)
		if err := o.write(r); err != nil {
			return r, err
		}
	}
	// The order matters: a crash between these two lines is followed by another
	// comparison, since the report still waits.
	if err := o.audit(r, "sending", "", r.Text); err != nil {
		return r, err
	}
	o.step("send")
	m, err = c.Report(ctx, r.Tournament, r.Match, r.Result)
	o.step("sent")
	if err != nil {
		return o.failed(r, err)
	}
	if !r.Result.Is(m) {
		return o.hold(r, fmt.Sprintf("%s took the report but shows another result (%s)", c.Name(), other(m)))
	}
	return o.taken(r, "taken")
}

func other(m club.Match) string {
	switch {
	case m.State != club.Complete:
		return "the match is " + string(m.State)
	case m.Winner == "":
		return m.Score() + ", a tie"
	}
	return fmt.Sprintf("%s, won by participant %s", m.Score(), m.Winner)
}

func (o *Outbox) taken(r Report, event string) (Report, error) {
	if err := o.audit(r, event, "", r.Text); err != nil {
		return r, err
	}
	r.State, r.Problem, r.Next, r.TakenAt = Taken, "", time.Time{}, o.now().UTC()
	if r.Link == "" && r.SGF == "" {
		r.State = Done
	}
	return r, o.write(r)
}

func (o *Outbox) hold(r Report, why string) (Report, error) {
	if err := o.audit(r, "held", "", why); err != nil {
		return r, err
	}
	r.State, r.Problem, r.Next = Held, why, time.Time{}
	return r, o.write(r)
}

// failed sorts an error: what the site refused is held, all else waits.
func (o *Outbox) failed(r Report, err error) (Report, error) {
	if meaning(err).Refused {
		return o.hold(r, err.Error())
	}
	return o.postpone(r, err)
}

// postpone waits longer after each failure, up to half an hour; for a spent
// quota until it resets.
func (o *Outbox) postpone(r Report, err error) (Report, error) {
	r.Problem = err.Error()
	r.Next = o.now().Add(wait(r.Attempts, err, o.now())).UTC()
	r.Attempts++
	return r, o.write(r)
}

func wait(attempts int, err error, now time.Time) time.Duration {
	d := min(15*time.Second<<min(attempts, 10), 30*time.Minute)
	p := meaning(err)
	if !p.Until.IsZero() {
		return max(p.Until.Sub(now), time.Second)
	}
	return max(d, p.After)
}

// meaning is what an error says of further attempts.
func meaning(err error) club.Problem {
	var p *club.Problem
	if errors.As(err, &p) {
		return *p
	}
	return club.Problem{}
}

// attachTries is how often an attachment is tried: the result is safe, and each
// attempt costs requests of a small quota.
const attachTries = 3

// attach adds the game to the match, once, where the tournament takes it.
func (o *Outbox) attach(ctx context.Context, r Report, c Sender) (Report, error) {
	err := func() error {
		t, err := c.Tournament(ctx, r.Tournament)
		if err != nil {
			return err
		}
		if !t.TakesGames {
			return errNoAttachments
		}
		text := r.Text
		if r.SGF != "" {
			text += "\n\n" + r.SGF
		}
		// The report's id makes it known again.
		mark := "[gobancam " + r.ID + "]"
		text += "\n" + mark
		have, err := c.Attached(ctx, r.Tournament, r.Match)
		if err != nil {
			return err
		}
		for _, a := range have {
			if strings.Contains(a, mark) {
				return nil
			}
		}
		o.step("attach")
		err = c.Attach(ctx, r.Tournament, r.Match, r.Link, text)
		o.step("attached")
		return err
	}()
	if err == nil {
		if err := o.audit(r, "attached", "", r.Link); err != nil {
			return r, err
		}
		r.State, r.Problem = Done, ""
		return r, o.write(r)
	}
	r.AttachAttempts++
	r.Problem = err.Error()
	if r.AttachAttempts < attachTries && meaning(err).Again {
		r.Next = o.now().Add(wait(r.AttachAttempts, err, o.now())).UTC()
		return r, o.write(r)
	}
	if err := o.audit(r, "not attached", "", r.Problem); err != nil {
		return r, err
	}
	r.State = Done
	return r, o.write(r)
}

var errNoAttachments = errors.New("this tournament takes no attachments")

// Run flushes until ctx ends: at once, whenever wake says so, and when the next
// report is due. told gets what each attempt did; it may be nil.
func (o *Outbox) Run(ctx context.Context, connect Connect, wake <-chan struct{}, told func(Sent, error)) {
	for {
		sent, err := o.Flush(ctx, connect)
		if told != nil && ctx.Err() == nil {
			told(sent, err)
		}
		var due <-chan time.Time
		var timer *time.Timer
		switch {
		case err != nil: // the disk, or another process: look again later
			timer = time.NewTimer(time.Minute)
		case !sent.Next.IsZero():
			timer = time.NewTimer(max(sent.Next.Sub(o.now()), time.Second))
		}
		if timer != nil {
			due = timer.C
		}
		select {
		case <-ctx.Done():
			if timer != nil {
				timer.Stop()
			}
			return
		case <-wake:
		case <-due:
		}
		if timer != nil {
			timer.Stop()
		}
	}
}
