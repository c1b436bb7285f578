package site

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/gobancam/gobancam/internal/live"
)

// events tells the game as server-sent events. The id is the event's number and
// the telling, with which a browser that comes back is told only what it missed.
func (s *site) events(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	watch := s.feed.Watch
	if n, telling, ok := strings.Cut(r.Header.Get("Last-Event-ID"), "-"); ok && telling == s.telling {
		if number, err := strconv.ParseInt(n, 10, 64); err == nil {
			watch = func() *live.Watcher { return s.feed.WatchAfter(number) }
		}
	}
	s.tell(w, r, watch, form{
		begin: "retry: " + strconv.FormatInt(retryWait.Milliseconds(), 10) + "\n\n",
		alive: ": still here\n\n",
		end:   "event: end\ndata: {}\n\n",
		event: func(b []byte, number int64, text []byte) []byte {
			b = append(strconv.AppendInt(append(b, "id: "...), number, 10), '-')
			b = append(append(b, s.telling...), "\ndata: "...)
			return append(append(b, text...), "\n\n"...)
		},
	})
}

// stream tells the same events as lines of JSON. An empty line is a sign of
// life, which decoders of JSON pass over.
func (s *site) stream(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/x-ndjson; charset=utf-8")
	s.tell(w, r, s.feed.Watch, form{
		alive: "\n",
		event: func(b []byte, _ int64, text []byte) []byte { return append(append(b, text...), '\n') },
	})
}

// form is how a stream is written.
type form struct {
	begin, alive, end string
	event             func(b []byte, number int64, text []byte) []byte // appends one
}

// tell writes events until the client leaves, or all has been told.
func (s *site) tell(w http.ResponseWriter, r *http.Request, watch func() *live.Watcher, f form) {
	w.Header().Set("X-Accel-Buffering", "no") // a proxy in between is not to collect them
	if r.Method == http.MethodHead || !s.enter(w) {
		return
	}
	defer s.leave()
	watcher := watch()
	defer watcher.Close()
	out := http.NewResponseController(w)
	write := func(b []byte) bool {
		patience(w)
		if _, err := w.Write(b); err != nil {
			return false
		}
		return out.Flush() == nil
	}
	if !write([]byte(f.begin)) {
		return
	}
	var b []byte
	for {
		e, err := next(r.Context(), watcher)
		switch {
		case errors.Is(err, context.DeadlineExceeded) && r.Context().Err() == nil:
			b = append(b[:0], f.alive...)
		case errors.Is(err, io.EOF):
			write([]byte(f.end))
			return
		case err != nil:
			return
		default:
			text, err := e.JSON()
			if err != nil {
				return
			}
			b = f.event(b[:0], e.Number, text)
		}
		if !write(b) {
			return
		}
	}
}

func next(ctx context.Context, w *live.Watcher) (live.Event, error) {
	ctx, stop := context.WithTimeout(ctx, heartbeat)
	defer stop()
	return w.Next(ctx)
}
