package ogstest

import (
	"context"
	"errors"
	"net"
	"sync"
)

// memoryAddr is the address of a server without a port: one of loopback, so
// that clients speak plain HTTP to it.
const memoryAddr = "127.0.0.1:1"

var errNobodyListens = errors.New("ogstest: nobody listens in memory")

// memory is a listener without a network. Every connection is a net.Pipe, so
// that a test in a bubble of testing/synctest can wait for what comes over it.
type memory struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newMemory() *memory { return &memory{conns: make(chan net.Conn), done: make(chan struct{})} }

// Accept implements net.Listener.
func (m *memory) Accept() (net.Conn, error) {
	select {
	case c := <-m.conns:
		return c, nil
	case <-m.done:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (m *memory) Close() error {
	m.once.Do(func() { close(m.done) })
	return nil
}

// Addr implements net.Listener.
func (m *memory) Addr() net.Addr { return memoryAddress{} }

func (m *memory) dial(ctx context.Context) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case m.conns <- there:
		return here, nil
	case <-m.done:
		return nil, errNobodyListens
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

type memoryAddress struct{}

func (memoryAddress) Network() string { return "memory" }
func (memoryAddress) String() string  { return memoryAddr }

// Dial connects to a server with Options.Memory, whatever the address says; it
// is for ogs.Options.Dial.
func (s *Server) Dial(ctx context.Context, _, _ string) (net.Conn, error) {
	s.mu.Lock()
	m, ok := s.ln.(*memory)
	s.mu.Unlock()
	if !ok {
		return nil, errNobodyListens
	}
	return m.dial(ctx)
}
