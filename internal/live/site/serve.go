package site

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gobancam/gobancam/internal/limits"
)

// Port is where a page is when nothing else is said; where it is taken, one of
// the next ports is.
const Port = 8361

// otherPorts are how many ports after Port are tried.
const otherPorts = 20

// Listen opens a port: at "host:port", at "host" or "port" alone, or, for "", at
// Port on all addresses of this machine. Port 0 is any that is free.
func Listen(address string) (net.Listener, error) {
	host, port, err := split(address)
	if err != nil {
		return nil, err
	}
	if port != "" {
		l, err := net.Listen("tcp", net.JoinHostPort(host, port))
		if err != nil {
			return nil, fmt.Errorf("the game cannot be shown at %s: %w; name another port", net.JoinHostPort(host, port), err)
		}
		return l, nil
	}
	for n := Port; ; n++ {
		l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(n)))
		if err == nil {
			return l, nil
		}
		if n == Port+otherPorts {
			return nil, fmt.Errorf("the game cannot be shown at a port from %d to %d: %w; name another one", Port, n, err)
		}
	}
}

// split takes an address apart; port is "" where none is said.
func split(address string) (host, port string, err error) {
	if _, err := strconv.ParseUint(address, 10, 16); err == nil {
		return "", address, nil
	}
	host = address
	if h, p, err := net.SplitHostPort(address); err == nil {
		host, port = h, p
		if _, err := strconv.ParseUint(p, 10, 16); err != nil {
			return "", "", fmt.Errorf("%q is no port", p)
		}
	}
	host = strings.Trim(host, "[]")
	if strings.ContainsAny(host, "/ ?#@") {
		return "", "", fmt.Errorf("%q is no address to show a game at: say host:port, host or port", address)
	}
	return host, port, nil
}

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

// ours are the addresses of this machine in the networks that it is in.
func ours() (found []netip.Addr) {
	all, err := net.InterfaceAddrs()
	if err != nil {
		all = nil
	}
	for _, a := range all {
		n, ok := a.(*net.IPNet)
		if !ok {
			continue
		}
		if ip, ok := netip.AddrFromSlice(n.IP); ok && !ip.IsLoopback() && !ip.IsLinkLocalUnicast() {
			found = append(found, ip.Unmap())
		}
	}
	if len(found) == 0 {
		return []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1})}
	}
	out := outward()
	rank := func(a netip.Addr) int {
		switch {
		case a == out:
			return 0
		case a.Is4():
			return 1
		}
		return 2
	}
	slices.SortStableFunc(found, func(a, b netip.Addr) int { return rank(a) - rank(b) })
	return found
}

// outward is the address by which this machine goes to others. Nothing is sent:
// the system only says which way it would take to an address that is nobody's.
func outward() netip.Addr {
	c, err := net.Dial("udp4", "192.0.2.1:9")
	if err != nil {
		return netip.Addr{}
	}
	defer c.Close()
	a, err := netip.ParseAddrPort(c.LocalAddr().String())
	if err != nil {
		return netip.Addr{}
	}
	return a.Addr()
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
