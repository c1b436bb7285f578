package phone

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/gorilla/websocket"

	"github.com/gobancam/gobancam/internal/limits"
)

// Times of a socket.
const (
	silence     = 10 * time.Second // after which a socket whose other side says nothing is dead
	messageWait = 5 * time.Second  // for a message to be taken by the phone's network
)

var upgrader = websocket.Upgrader{
	HandshakeTimeout: headWait, ReadBufferSize: 32 << 10, WriteBufferSize: 4 << 10,
	CheckOrigin: sameOrigin,
}

// ack tells a page that it may send the next picture.
type ack struct {
	N       int    `json:"ack"`
	Refused string `json:"refused,omitempty"`
}

// told tells a page what has become of its command.
type told struct {
	Cmd     string `json:"told"`
	Refused string `json:"refused,omitempty"`
}

// socket is GET /socket: all that is said both ways over one WebSocket.
func (l *Link) socket(w http.ResponseWriter, r *http.Request, who Phone, key hash) {
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // it has answered
	}
	defer conn.Close()
	p := newPage(r.Context(), who, key, bySocket)
	defer p.end()
	if err := l.enter(p); err != nil {
		_ = conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseTryAgainLater, sentence(err.Error())), time.Now().Add(messageWait))
		return
	}
	defer l.exit(p)
	defer context.AfterFunc(p.ctx, func() { conn.Close() })()
	conn.SetReadLimit(limits.PhonePicture + stamp)
	read := make(chan struct{})
	go func() {
		defer close(read)
		defer p.end()
		err := l.listenTo(p, conn)
		var closed *websocket.CloseError
		l.mu.Lock()
		p.parted = errors.As(err, &closed) && (closed.Code == websocket.CloseGoingAway || closed.Code == websocket.CloseNormalClosure)
		l.mu.Unlock()
	}()
	err = p.tell(func(text []byte) error {
		_ = conn.SetWriteDeadline(time.Now().Add(messageWait))
		return conn.WriteMessage(websocket.TextMessage, text)
	}, func() error {
		return conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(messageWait))
	})
	if err == nil { // all has been said
		_ = conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(time.Second))
	}
	conn.Close()
	<-read
}

// listenTo takes what a page sends until its connection ends, which is its error.
func (l *Link) listenTo(p *page, conn *websocket.Conn) error {
	hear := func() { _ = conn.SetReadDeadline(time.Now().Add(silence)) }
	conn.SetPongHandler(func(string) error { hear(); return nil })
	size := 64 << 10 // of the last picture
	for {
		hear()
		kind, r, err := conn.NextReader()
		if err != nil {
			return err
		}
		if kind == websocket.TextMessage {
			text, err := io.ReadAll(io.LimitReader(r, limits.PhoneMessage+1))
			if err != nil {
				return err
			}
			l.answerTo(p, text)
			continue
		}
		var b bytes.Buffer
		b.Grow(size + size/4)
		if _, err := b.ReadFrom(r); err != nil {
			return err
		}
		arrived := time.Now()
		size = max(b.Len(), 64<<10)
		if err := l.takeSent(p, b.Bytes(), arrived); err != nil {
			return err
		}
	}
}

// answerTo does what a text message says, and says what came of it.
func (l *Link) answerTo(p *page, text []byte) {
	reply, err := l.message(p, text)
	switch {
	case err != nil:
		m, _ := parseMessage(text)
		p.out.control(mustJSON(told{m.Cmd, sentence(err.Error())}))
	case reply != nil:
		p.out.control(reply)
	}
}

// maxRefused are pictures in a row that cannot be taken, after which a
// connection is given up.
const maxRefused = 100

// takeSent takes a binary message.
func (l *Link) takeSent(p *page, b []byte, arrived time.Time) error {
	ms, jpeg, err := parsePicture(b)
	if err == nil {
		err = l.picture(p, ms, jpeg, arrived)
	}
	l.mu.Lock()
	p.pictures++
	n := p.pictures
	if err == nil {
		p.refusals = 0
	} else {
		p.refusals++
	}
	refusals := p.refusals
	l.mu.Unlock()
	a := ack{N: n}
	if err != nil {
		a.Refused = sentence(err.Error())
	}
	p.out.control(mustJSON(a))
	if refusals >= maxRefused {
		return err
	}
	return nil
}
