package ogs

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

// A conn is one connection of the socket, from opening to closing. Nothing of
// it outlives it: no request is carried over to the next one.
type conn struct {
	ws    *websocket.Conn
	write time.Duration
	log   *slog.Logger
	trace func(sent bool, message []byte)
	born  time.Time
	heard atomic.Int64 // when the last frame came, in Unix ms
	used  atomic.Bool  // a move or game data has come over it

	sending sync.Mutex

	mu      sync.Mutex
	next    uint64
	replies map[uint64]func(json.RawMessage, error)
	err     error

	closed chan struct{} // closed when the connection has ended
	quiet  chan struct{} // closed when the reading goroutine has ended, too
}

var errConnClosed = errors.New("the connection is closed")

func newConn(ws *websocket.Conn, write time.Duration, log *slog.Logger, trace func(bool, []byte)) *conn {
	ws.SetReadLimit(maxBody)
	c := &conn{ws: ws, write: write, log: log, trace: trace, born: time.Now(),
		replies: map[uint64]func(json.RawMessage, error){}, closed: make(chan struct{}), quiet: make(chan struct{})}
	c.heard.Store(millis(c.born))
	return c
}

// good reports whether a connection that has ended was one worth having again
// at once: it lasted, or a game was played over it. One that broke at once is
// not, whatever came over it, so that a server in trouble is not hammered.
func (c *conn) good(t Timing) bool {
	age := time.Since(c.born)
	return age > t.Stable || c.used.Load() && age > 4*t.BackoffMin
}

// read hands each frame to dispatch until the connection ends. What cannot be
// understood is logged and left out.
func (c *conn) read(dispatch func(*conn, frame)) {
	defer close(c.quiet)
	for {
		kind, data, err := c.ws.ReadMessage()
		if err != nil {
			c.kill(err)
			return
		}
		c.heard.Store(millis(time.Now()))
		if kind != websocket.TextMessage {
			c.log.Warn("ogs: a frame that is no text was ignored", "bytes", len(data))
			continue
		}
		c.trace(false, data)
		f, err := decodeFrame(data)
		if err != nil {
			c.log.Warn("ogs: a message that cannot be read was ignored", "error", err, "begins", excerpt(data[:min(len(data), 120)]))
			continue
		}
		if f.event != "" {
			dispatch(c, f)
			continue
		}
		c.mu.Lock()
		reply := c.replies[f.id]
		delete(c.replies, f.id)
		c.mu.Unlock()
		if reply == nil {
			c.log.Debug("ogs: a reply that nobody waits for was ignored", "id", f.id)
			continue
		}
		if f.err != nil {
			reply(nil, f.err)
		} else {
			reply(f.data, nil)
		}
	}
}

// kill closes the connection at once. What the system has not handed to the
// network yet is thrown away, so that it cannot arrive after we have gone on
// without it.
func (c *conn) kill(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return
	}
	c.err = err
	clear(c.replies)
	under := c.ws.NetConn()
	if t, ok := under.(interface{ NetConn() net.Conn }); ok {
		under = t.NetConn() // below TLS
	}
	if t, ok := under.(*net.TCPConn); ok {
		t.SetLinger(0)
		t.Close() // first, so that nothing waits for TLS to say goodbye
	}
	c.ws.Close()
	close(c.closed)
}

// leave closes the connection in the protocol's own way.
func (c *conn) leave() {
	c.ws.WriteControl(websocket.CloseMessage,
		websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(time.Second))
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err == nil {
		c.err = errConnClosed
		clear(c.replies)
		c.ws.Close()
		close(c.closed)
	}
}

func (c *conn) reason() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// send writes one message. If touched is false, not a byte of it has left.
func (c *conn) send(command string, data any) (touched bool, err error) {
	return c.put([]any{command, data})
}

// request is send for a message that wants a reply, which is handed to reply
// from the reading goroutine, unless the connection ends before.
func (c *conn) request(command string, data any, reply func(json.RawMessage, error)) (touched bool, err error) {
	c.mu.Lock()
	if c.err != nil {
		c.mu.Unlock()
		return false, errConnClosed
	}
	c.next++
	id := c.next
	c.replies[id] = reply
	c.mu.Unlock()
	touched, err = c.put([]any{command, data, id})
	if err != nil {
		c.mu.Lock()
		delete(c.replies, id)
		c.mu.Unlock()
	}
	return touched, err
}

func (c *conn) put(message []any) (touched bool, err error) {
	if message[1] == nil {
		message[1] = struct{}{}
	}
	b, err := json.Marshal(message)
	if err != nil {
		return false, err
	}
	c.sending.Lock()
	defer c.sending.Unlock()
	if c.reason() != nil {
		return false, errConnClosed
	}
	c.trace(true, b)
	c.ws.SetWriteDeadline(time.Now().Add(c.write))
	if err := c.ws.WriteMessage(websocket.TextMessage, b); err != nil {
		c.kill(err)
		return true, err
	}
	return true, nil
}
