package phone

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/gobancam/gobancam/internal/limits"
)

// events is GET /events: what a page is told, as server-sent events, for
// browsers that make no WebSocket to a certificate that they do not trust.
func (l *Link) events(w http.ResponseWriter, r *http.Request, who Phone, key hash) {
	p := newPage(r.Context(), who, key, byRequests)
	defer p.end()
	if err := l.enter(p); err != nil {
		w.Header().Set("Retry-After", "5")
		refuse(w, http.StatusServiceUnavailable, err)
		return
	}
	defer l.exit(p)
	h := w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("X-Accel-Buffering", "no") // a proxy in between is not to collect them
	out := http.NewResponseController(w)
	_ = out.SetReadDeadline(time.Time{})
	write := func(text string) error {
		_ = out.SetWriteDeadline(time.Now().Add(messageWait))
		if _, err := io.WriteString(w, text); err != nil {
			return err
		}
		return out.Flush()
	}
	_ = p.tell(func(text []byte) error { return write("data: " + string(text) + "\n\n") }, func() error { return write("data: {}\n\n") }) // who does not take it has gone
}

var errNoPage = errors.New("this page's connection has ended")

// pageOf returns the page that sends a request.
func (l *Link) pageOf(r *http.Request, key hash) *page {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.pages[r.Header.Get("X-Page")]
	if p == nil || p.key != key {
		return nil
	}
	return p
}

// postPicture is POST /picture.
func (l *Link) postPicture(w http.ResponseWriter, r *http.Request, _ Phone, key hash) {
	p := l.pageOf(r, key)
	if p == nil {
		refuse(w, http.StatusConflict, errNoPage)
		return
	}
	if r.ContentLength > limits.PhonePicture {
		w.Header().Set("Connection", "close") // what follows is not read
		refuse(w, http.StatusRequestEntityTooLarge, limits.Exceed("it is not taken", "the phone's picture is larger than %s", limits.Size(limits.PhonePicture)))
		return
	}
	ms, err := strconv.ParseInt(r.Header.Get("X-Taken"), 10, 64)
	if err != nil {
		ms = 0
	}
	jpeg, err := limits.Read(r.Body, "the phone's picture", limits.PhonePicture)
	if err == nil {
		err = l.picture(p, ms, jpeg, time.Now())
	}
	switch {
	case err == nil:
		w.WriteHeader(http.StatusNoContent)
	case errors.Is(err, errNotCamera), errors.Is(err, errClosed), errors.Is(err, errOld):
		refuse(w, http.StatusConflict, err)
	default:
		refuse(w, http.StatusBadRequest, err)
	}
}

// postMessage is POST /message.
func (l *Link) postMessage(w http.ResponseWriter, r *http.Request, _ Phone, key hash) {
	p := l.pageOf(r, key)
	if p == nil {
		refuse(w, http.StatusConflict, errNoPage)
		return
	}
	text, err := limits.Read(r.Body, "the phone's message", limits.PhoneMessage)
	if err != nil {
		refuse(w, http.StatusRequestEntityTooLarge, err)
		return
	}
	reply, err := l.message(p, text)
	switch {
	case errors.Is(err, errTooMuch), errors.Is(err, errBusy):
		w.Header().Set("Retry-After", "1")
		refuse(w, http.StatusTooManyRequests, err)
	case errors.Is(err, errNotCamera), errors.Is(err, errClosed):
		refuse(w, http.StatusConflict, err)
	case err != nil:
		refuse(w, http.StatusBadRequest, err)
	case reply == nil:
		w.WriteHeader(http.StatusNoContent)
	default:
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(reply) // who does not take it has gone
	}
}
