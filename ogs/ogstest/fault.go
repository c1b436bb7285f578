package ogstest

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// Kind names a misbehaviour.
type Kind int

// Misbehaviours. Those of moves strike the next game/move of any client, those
// of events the next move that anybody but its receiver makes, those of HTTP
// the next request whose path begins with Fault.Path, those of reviews the next
// message of one.
const (
	LoseMove      Kind = iota // a move is not processed, and nothing is said
	SwallowAck                // the move counts; no reply to the request
	SwallowEcho               // the move counts; its sender gets reply but no events
	SwallowBoth               // the move counts; its sender hears nothing
	DropBefore                // the connection breaks, and the move is not processed
	DropAfter                 // the move counts, and the connection breaks before anything is said
	RefuseMove                // a good move is refused, in the way of Options.Refusal
	DelayMove                 // the move is processed after Fault.Delay; other messages go on
	DelayEcho                 // the move counts; its sender hears of it after Fault.Delay
	DuplicateEcho             // the move's events come twice
	GarbageEcho               // malformed and binary frames around the move's events
	SkipEvent                 // the next move of somebody else is not told
	SkipClock                 // the next move of somebody else comes without its clock
	Reorder                   // the next move of somebody else comes before its clock
	Status                    // HTTP: Fault.Status (429 if 0) with Retry-After: Fault.Delay, if any
	HTML500                   // HTTP: a page with an exception
	HTML200                   // HTTP: a page where JSON was asked for
	Stall                     // HTTP: an answer after Fault.Delay
	Cut                       // HTTP: the answer breaks off
	NoGameData                // game/connect is not answered
	BadGameData               // game/connect is answered with something unusable

	// The following answer game/connect with game data that can be read and
	// cannot be true.
	DoubleMove     // the last stone is played once more; without one, two are on one point
	BadStones      // a black and a white stone begin on one point
	TinyBoard      // 1×1
	OblongBoard    // 9×13, or as much
	OtherSize      // another size of board than the game has
	FarMove        // a move outside of the board
	AbsurdClock    // times and periods that no clock shows
	SwappedPlayers // black is white

	// The following strike the next good review/append of any client.
	LoseAppend       // it is not processed
	DoubleAppend     // it is processed and told twice
	ReorderAppend    // it is processed after the next one, or after Fault.Delay (2 s at least)
	DelayAppend      // it is processed after Fault.Delay; others go on
	DropBeforeAppend // the connection breaks, and it is not processed
	DropAfterAppend  // it counts, and the connection breaks before its sender hears of it
	SkipReviewEvent  // it counts, and nobody is told

	NoFullState  // review/connect is not answered
	BadFullState // review/connect is answered with something unusable
)

// Nonsense lists the kinds of game data that cannot be true.
func Nonsense() []Kind {
	var list []Kind
	for k := BadGameData; k <= SwappedPlayers; k++ {
		list = append(list, k)
	}
	return list
}

// Fault is one misbehaviour, which happens Times times (once if 0).
type Fault struct {
	Kind   Kind
	Times  int
	Delay  time.Duration
	Status int
	Path   string
	After  int // occasions that pass before, of faults in the messages of reviews
}

// Inject makes the server misbehave at the next occasion. Faults of different
// kinds wait independently; of several for one occasion the first is taken.
func (s *Server) Inject(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.Times = max(f.Times, 1)
	s.faults = append(s.faults, &f)
}

// Pending returns how many injected faults have not happened yet.
func (s *Server) Pending() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, f := range s.faults {
		n += f.Times
	}
	return n
}

// Heal takes back all faults that have not happened yet.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults, s.hushed = nil, false
}

// take returns the first fault that fits and counts it as happened.
func (s *Server) take(fits func(*Fault) bool) *Fault {
	for i, f := range s.faults {
		if !fits(f) {
			continue
		}
		if f.Times--; f.Times == 0 {
			s.faults = append(s.faults[:i:i], s.faults[i+1:]...)
		}
		return f
	}
	return nil
}

func (s *Server) moveFault() *Fault {
	return s.take(func(f *Fault) bool { return f.Kind <= GarbageEcho })
}

func (s *Server) eventFault() *Fault {
	return s.take(func(f *Fault) bool { return f.Kind >= SkipEvent && f.Kind <= Reorder })
}

func (s *Server) dataFault() *Fault {
	return s.take(func(f *Fault) bool { return f.Kind >= NoGameData && f.Kind <= SwappedPlayers })
}

func (s *Server) httpFault(r *http.Request) *Fault {
	return s.take(func(f *Fault) bool {
		return f.Kind >= Status && f.Kind <= Cut && strings.HasPrefix(r.URL.Path, f.Path)
	})
}

// misbehave answers a request as f says; true if it should be answered in the
// right way all the same.
func (s *Server) misbehave(w http.ResponseWriter, r *http.Request, f *Fault) bool {
	switch f.Kind {
	case Status:
		status := f.Status
		if status == 0 {
			status = http.StatusTooManyRequests
		}
		if f.Delay > 0 {
			seconds := int((f.Delay + time.Second - 1) / time.Second)
			w.Header().Set("Retry-After", strconv.Itoa(seconds))
			s.mu.Lock()
			s.waitUntil = time.Now().Add(time.Duration(seconds) * time.Second)
			s.mu.Unlock()
		}
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(status)
		fmt.Fprintf(w, "<html><head><title>%d</title></head><body><h1>%s</h1></body></html>", status, http.StatusText(status))
	case HTML500:
		serverError(w)
	case HTML200:
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, "<!DOCTYPE html><html><title>Maintenance</title><body>We will be back.</body></html>")
	case Stall:
		select {
		case <-time.After(f.Delay):
			return true
		case <-r.Context().Done():
		case <-s.quit:
		}
	case Cut:
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", "1000")
		io.WriteString(w, `{"user": {"id": 1`)
		if f, ok := w.(http.Flusher); ok {
			f.Flush()
		}
		panic(http.ErrAbortHandler)
	}
	return false
}

// DropConnections breaks all sockets off, without a farewell.
func (s *Server) DropConnections() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.sockets {
		c.drop()
	}
}

// Hush makes the server deaf and dumb on all sockets, which stay open, as when
// a network fails silently; Heal ends it for new ones.
func (s *Server) Hush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.sockets {
		c.hushed = true
	}
}

// SendRaw writes a frame to all sockets as it is.
func (s *Server) SendRaw(data []byte, binary bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	kind := websocket.TextMessage
	if binary {
		kind = websocket.BinaryMessage
	}
	for c := range s.sockets {
		c.queue(outgoing{kind: kind, data: data})
	}
}

// ExpireTokens ends all access tokens; the refresh tokens live on.
func (s *Server) ExpireTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.tokens)
}

// ExpireJWTs ends all tokens for the socket.
func (s *Server) ExpireJWTs() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.jwts)
}

// Restart breaks everything off, closes the port for a while, and opens it
// again. Accounts, games and tokens live on.
func (s *Server) Restart(down time.Duration) error {
	s.mu.Lock()
	srv, addr := s.http, s.addr
	s.mu.Unlock()
	srv.Close()
	s.DropConnections()
	select {
	case <-time.After(down):
	case <-s.quit:
		return nil
	}
	var err error
	for range 50 {
		if err = s.listen(addr); err == nil {
			return nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return err
}
