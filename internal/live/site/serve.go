package site

import (
	"context"
	"errors"
	"log"
	"net"
	"net/http"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/gobancam/gobancam/internal/limits"
	"github.com/gobancam/gobancam/internal/pages"
)

// Port is where a page is when nothing else is said; where it is taken, one of
// the next ports is.
const Port = 8361

// door is where those who watch find the page.
var door = pages.Door{Port: Port, Cannot: "the game cannot be shown", For: "to show a game at"}

// Listen opens a port: at "host:port", at "host" or "port" alone, or, for "", at
// Port on all addresses of this machine. Port 0 is any that is free.
func Listen(address string) (net.Listener, error) { return door.Listen(address, 0) }

// Addresses are the pages' addresses for a port that is open, the likeliest to
// be reached from elsewhere first.
func Addresses(at net.Addr) []string {
	tcp, ok := at.(*net.TCPAddr)
	if !ok {
		return []string{"http://" + at.String() + "/"}
	}
	if !tcp.IP.IsUnspecified() {
		return []string{"http://" + tcp.String() + "/"}
	}
	var found []string
	for _, a := range ours() {
		found = append(found, "http://"+netip.AddrPortFrom(a, uint16(tcp.Port)).String()+"/")
	}
	return found
}

// ours are the addresses of this machine in the networks that it is in, or that
// by which it reaches itself.
func ours() []netip.Addr {
	if found := pages.Networks(); len(found) > 0 {
		return found
	}
	return []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1})}
}

// Times of a server.
const (
	headWait  = 10 * time.Second // for the head of a request
	idleWait  = 60 * time.Second // for the next request of a connection
	closeWait = 3 * time.Second  // for answers that are on their way at the end
)

// visitors are the connections that there may be besides those of watchers: of
// who loads a page, or a picture.
const visitors = 500

// Server answers at a port.
type Server struct {
	http  http.Server
	stop  context.CancelFunc
	done  chan struct{}
	conns atomic.Int64
}

// Serve begins to answer at a port, until Close.
func Serve(l net.Listener, h http.Handler) *Server {
	ctx, stop := context.WithCancel(context.Background())
	s := &Server{stop: stop, done: make(chan struct{})}
	s.http = http.Server{
		Handler: h, ReadHeaderTimeout: headWait, IdleTimeout: idleWait, MaxHeaderBytes: limits.LiveHeader,
		BaseContext: func(net.Listener) context.Context { return ctx },
		ConnState:   s.count,
		ErrorLog:    log.New(nowhere{}, "", 0), // of what strangers send: nothing that concerns a player
	}
	go func() {
		defer close(s.done)
		_ = s.http.Serve(l) // ends with Close
	}()
	return s
}

type nowhere struct{}

func (nowhere) Write(b []byte) (int, error) { return len(b), nil }

// count closes what comes beyond the limit.
func (s *Server) count(c net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		if s.conns.Add(1) > limits.LiveWatchers+visitors {
			c.Close()
		}
	case http.StateClosed, http.StateHijacked:
		s.conns.Add(-1)
	}
}

// Close ends the server, after what is on its way. Streams end by themselves
// when their feed has been closed.
func (s *Server) Close() error {
	ctx, stop := context.WithTimeout(context.Background(), closeWait)
	defer stop()
	err := s.http.Shutdown(ctx)
	s.stop()
	if errors.Is(err, context.DeadlineExceeded) {
		err = s.http.Close()
	}
	<-s.done
	return err
}
