package ogs

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/gobancam/gobancam/internal/web"
)

// A gate keeps all requests of a client back until the time that the server
// asked for.
type gate struct {
	mu    sync.Mutex
	until time.Time
}

func (g *gate) shut(until time.Time) {
	if last := time.Now().Add(longestShut); until.After(last) {
		until = last
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if until.After(g.until) {
		g.until = until
	}
}

func (g *gate) left() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	return time.Until(g.until)
}

// wait returns when the gate is open. It does not wait longer than max, nor
// beyond ctx's deadline.
func (g *gate) wait(ctx context.Context, max time.Duration) error {
	for {
		left := g.left()
		if left <= 0 {
			return ctx.Err()
		}
		deadline, bounded := ctx.Deadline()
		if left > max || bounded && time.Until(deadline) < left {
			return &WaitError{left}
		}
		if err := sleep(ctx, left); err != nil {
			return err
		}
	}
}

// WaitError says that the server asked for a longer pause than we wait.
type WaitError struct{ For time.Duration }

func (e *WaitError) Error() string {
	return "the server asks to wait another " + inWords(e.For)
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// polite is a RoundTripper that says who we are, heeds Retry-After for all
// requests of the client, and repeats what is safe to repeat: any request that
// was turned away with 429, and a GET that met a 502, 503, 504 or a broken
// connection.
type polite struct {
	next  http.RoundTripper
	agent string
	gate  *gate
	first time.Duration // wait before the first repetition
	max   time.Duration // longest wait
	log   *slog.Logger
}

const attempts = 4

// longestShut bounds how long one answer keeps all requests back: a server that
// asks for more is asked again.
const longestShut = time.Hour

// CloseIdleConnections is for http.Client.CloseIdleConnections.
func (p *polite) CloseIdleConnections() {
	if t, ok := p.next.(*http.Transport); ok {
		t.CloseIdleConnections()
	}
}

func (p *polite) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	bo := backoff.NewExponentialBackOff()
	bo.InitialInterval, bo.Multiplier = p.first, 2
	for n := 1; ; n++ {
		if err := p.gate.wait(ctx, p.max); err != nil {
			return nil, err
		}
		try := req.Clone(ctx)
		try.Header.Set("User-Agent", p.agent)
		if n > 1 && req.Body != nil {
			body, err := req.GetBody()
			if err != nil {
				return nil, err
			}
			try.Body = body
		}
		resp, err := p.next.RoundTrip(try)
		safe := req.Method == http.MethodGet
		if err != nil {
			if !safe || n >= attempts || ctx.Err() != nil {
				return nil, err
			}
			if err := sleep(ctx, bo.NextBackOff()); err != nil {
				return nil, err
			}
			continue
		}
		turnedAway := resp.StatusCode == http.StatusTooManyRequests
		outage := resp.StatusCode == http.StatusBadGateway || resp.StatusCode == http.StatusServiceUnavailable || resp.StatusCode == http.StatusGatewayTimeout
		if !turnedAway && !outage {
			return resp, nil
		}
		pause, asked := web.RetryAfter(resp.Header, time.Now())
		if !asked {
			pause = bo.NextBackOff()
		}
		if asked || turnedAway {
			p.gate.shut(time.Now().Add(pause))
		}
		repeatable := turnedAway && (req.Body == nil || req.GetBody != nil) || outage && safe
		deadline, bounded := ctx.Deadline()
		if !repeatable || n >= attempts || pause > p.max || bounded && time.Until(deadline) < pause {
			return resp, nil
		}
		p.log.Info("ogs: the server asks for patience", "status", resp.StatusCode, "path", req.URL.Path, "wait", pause)
		io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10))
		resp.Body.Close()
		if err := sleep(ctx, pause); err != nil {
			return nil, err
		}
	}
}

// asWait finds a WaitError in err.
func asWait(err error) (time.Duration, bool) {
	var w *WaitError
	if errors.As(err, &w) {
		return w.For, true
	}
	return 0, false
}
