// Package site is the page on which anybody in the house follows a game at a
// board, and what other programs read of it: an http.Handler over a live.Feed.
//
// Everything here is read-only and public to whoever reaches the port: no
// request changes anything, there are no names to sign in with, no cookies and
// nothing to find out that is not told to all. So the Host header is not looked
// at (a page elsewhere that makes a name point here learns what it could have
// asked for anyway), and the data may be read by pages of any origin.
package site

import (
	"cmp"
	"compress/gzip"
	"encoding/json"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/gobancam/gobancam/internal/limits"
	"github.com/gobancam/gobancam/internal/live"
	"github.com/gobancam/gobancam/internal/pages"
)

// Options are what the page says besides the game.
type Options struct {
	Title   string        // of the page; "" for a plain one
	Version string        // of the program
	Delay   time.Duration // by which the feed tells the past; it is only said
	// SGF writes the record of a game; nil where there is none.
	SGF func(*live.Game) ([]byte, error)
	// Picture is the newest picture of the board, a JPEG; empty while there is
	// none. Nil where the owner does not allow it.
	Picture func() []byte
}

// Times of the site.
const (
	writeWait = 30 * time.Second // for a client that does not take what it asked for
	heartbeat = 15 * time.Second // between two signs of life on a stream
	retryWait = 2 * time.Second  // after which a browser comes back
	fullWait  = 30 * time.Second // after which one comes again for whom there was no room
)

// site is the handler.
type site struct {
	feed *live.Feed
	opt  Options
	// telling tells the numbers of this feed's events from those of another run
	// of the program, for browsers that come back.
	telling string

	mu       sync.Mutex
	watching int
}

// New returns the handler of all paths that docs/live.md names.
func New(feed *live.Feed, opt Options) http.Handler {
	s := &site{feed: feed, opt: opt, telling: strconv.FormatInt(time.Now().UnixNano(), 36)}
	mux := http.NewServeMux()
	page, overlay := file("index.html"), file("overlay.html")
	mux.HandleFunc("GET /{$}", page)
	mux.HandleFunc("GET /overlay", overlay)
	mux.HandleFunc("GET /assets/{name}", func(w http.ResponseWriter, r *http.Request) { files.Serve(w, r, r.PathValue("name")) })
	mux.HandleFunc("GET /events", public(s.events))
	mux.HandleFunc("GET /stream", public(s.stream))
	mux.HandleFunc("GET /game.json", public(s.game))
	mux.HandleFunc("GET /game.sgf", public(s.record))
	mux.HandleFunc("GET /about.json", public(s.about))
	mux.HandleFunc("GET /camera.jpg", s.picture)
	return strict(mux)
}

// strict says to browsers what a page of ours may do: nothing but show what
// comes from here. An answer that nobody takes is given up.
func strict(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'self'; base-uri 'none'; form-action 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		patience(w)
		if r.ContentLength != 0 { // nothing that is read here has one
			_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(time.Second))
			h.Set("Connection", "close")
			http.Error(w, "A request here has no body: nothing can be changed.", http.StatusBadRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// patience is had with a client once more. A writer that knows no deadline, as
// in a test, waits.
func patience(w http.ResponseWriter) {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(writeWait))
}

// public lets pages of any origin read the answer.
func public(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		next(w, r)
	}
}

func (s *site) game(w http.ResponseWriter, r *http.Request) {
	text, err := s.feed.Whole().JSON()
	if err != nil {
		http.Error(w, "The game cannot be told: "+err.Error(), http.StatusInternalServerError)
		return
	}
	send(w, r, "application/json", append(text[:len(text):len(text)], '\n'))
}

func (s *site) about(w http.ResponseWriter, r *http.Request) {
	text, err := json.Marshal(struct {
		Title   string  `json:"title"`
		Camera  bool    `json:"camera"`
		Delay   float64 `json:"delay"` // seconds
		Version string  `json:"version"`
	}{cmp.Or(s.opt.Title, "A game of Go"), s.opt.Picture != nil, s.opt.Delay.Seconds(), s.opt.Version})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	send(w, r, "application/json", append(text, '\n'))
}

func (s *site) record(w http.ResponseWriter, r *http.Request) {
	g, _ := s.feed.Game()
	if g.Size == 0 || s.opt.SGF == nil {
		http.Error(w, "No game has begun.", http.StatusNotFound)
		return
	}
	text, err := s.opt.SGF(g)
	if err != nil {
		http.Error(w, "The record cannot be written down: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Disposition", `inline; filename="game.sgf"`)
	send(w, r, "application/x-go-sgf", text)
}

func (s *site) picture(w http.ResponseWriter, r *http.Request) {
	if s.opt.Picture == nil {
		http.Error(w, "There is no picture: whoever sits at the board has not allowed it.", http.StatusNotFound)
		return
	}
	jpeg := s.opt.Picture()
	if len(jpeg) == 0 {
		w.Header().Set("Retry-After", "1")
		http.Error(w, "There is no picture yet.", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "image/jpeg")
	w.Header().Set("Content-Length", strconv.Itoa(len(jpeg)))
	_, _ = w.Write(jpeg) // who does not take it has gone
}

// packed is the size from which gzip makes fewer packets.
const packed = 1400

// send answers with a text, packed where that pays.
func send(w http.ResponseWriter, r *http.Request, kind string, text []byte) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Add("Vary", "Accept-Encoding")
	if len(text) < packed || !pages.TakesGzip(r) {
		h.Set("Content-Length", strconv.Itoa(len(text)))
		_, _ = w.Write(text) // who does not take it has gone
		return
	}
	h.Set("Content-Encoding", "gzip")
	if r.Method == http.MethodHead {
		return
	}
	z := gzip.NewWriter(w)
	_, _ = z.Write(text)
	_ = z.Close()
}

// enter takes a place among those who watch, or says that there is none.
func (s *site) enter(w http.ResponseWriter) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.watching >= limits.LiveWatchers {
		w.Header().Set("Retry-After", strconv.Itoa(int(fullWait.Seconds())))
		http.Error(w, "Too many watch already. Come again in a moment.", http.StatusServiceUnavailable)
		return false
	}
	s.watching++
	return true
}

func (s *site) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watching--
}
