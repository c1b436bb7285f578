// Package phonetest is a phone without a phone: what its page says to
// gobancam, said by a test.
package phonetest

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Agent is what the phone's browser says of itself.
const Agent = "Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36"

// Phone is a phone's browser: it keeps cookies.
type Phone struct {
	Base  string // address of the page, without a slash at its end; Pair sets it
	Agent string
	HTTP  *http.Client
}

// New returns a phone that takes any certificate.
func New() *Phone {
	jar, err := cookiejar.New(nil)
	if err != nil {
		panic(err) // it has no options
	}
	return &Phone{Agent: Agent, HTTP: &http.Client{Jar: jar, Timeout: 20 * time.Second, Transport: &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true, // as a person does who goes on
	}}}
}

// Close lets go of connections that are idle.
func (p *Phone) Close() { p.HTTP.CloseIdleConnections() }

// Pair uses an invitation.
func (p *Phone) Pair(invitation string) error { return p.PairAs(invitation, "", "") }

// PairAs is Pair with what the page says of the device.
func (p *Phone) PairAs(invitation, model, hint string) error {
	u, err := url.Parse(invitation)
	if err != nil {
		return err
	}
	p.Base = u.Scheme + "://" + u.Host
	body, err := json.Marshal(map[string]string{"k": strings.TrimPrefix(u.Fragment, "k="), "model": model, "hint": hint})
	if err != nil {
		return err
	}
	_, err = p.Do(http.MethodPost, "/pair", nil, body)
	return err
}

// Refused is an answer that is none.
type Refused struct {
	Code int
	Text string
}

func (r *Refused) Error() string { return fmt.Sprintf("%d: %s", r.Code, r.Text) }

// Do sends a request as the page does, and returns the answer's body.
func (p *Phone) Do(method, path string, header http.Header, body []byte) ([]byte, error) {
	r, err := http.NewRequest(method, p.Base+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header = header.Clone()
	if r.Header == nil {
		r.Header = http.Header{}
	}
	r.Header.Set("User-Agent", p.Agent)
	if method != http.MethodGet && r.Header.Get("Origin") == "" {
		r.Header.Set("Origin", p.Base)
	}
	a, err := p.HTTP.Do(r)
	if err != nil {
		return nil, err
	}
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	if err == nil && a.StatusCode >= 300 {
		err = &Refused{a.StatusCode, strings.TrimSpace(string(text))}
	}
	return text, err
}

// Page is an open page with a WebSocket.
type Page struct {
	conn *websocket.Conn
	said chan map[string]json.RawMessage
	done chan struct{}

	mu  sync.Mutex // guards writing
	ack chan string
}

// Open opens the page's socket.
func (p *Phone) Open(ctx context.Context) (*Page, error) {
	u, err := url.Parse(p.Base)
	if err != nil {
		return nil, err
	}
	d := websocket.Dialer{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, Jar: p.HTTP.Jar, HandshakeTimeout: 10 * time.Second} // see New
	conn, r, err := d.DialContext(ctx, "wss://"+u.Host+"/socket", http.Header{"Origin": {p.Base}, "User-Agent": {p.Agent}})
	if err != nil {
		if r != nil {
			text, _ := io.ReadAll(io.LimitReader(r.Body, 1000))
			return nil, &Refused{r.StatusCode, strings.TrimSpace(string(text))}
		}
		return nil, err
	}
	page := &Page{conn: conn, said: make(chan map[string]json.RawMessage, 256), done: make(chan struct{}), ack: make(chan string, 16)}
	go page.read()
	return page, nil
}

func (p *Page) read() {
	defer close(p.done)
	defer close(p.said)
	for {
		var m map[string]json.RawMessage
		if err := p.conn.ReadJSON(&m); err != nil {
			return
		}
		if _, ok := m["ack"]; ok {
			var why string
			_ = json.Unmarshal(m["refused"], &why)
			select {
			case p.ack <- why:
			default:
			}
			continue
		}
		select {
		case p.said <- m:
		default: // nobody listens
		}
	}
}

// Said is what the page is told, but for acknowledgements; closed when the
// connection has ended.
func (p *Page) Said() <-chan map[string]json.RawMessage { return p.said }

// Await waits for a message with a name, and reads it into v, which may be nil.
func (p *Page) Await(ctx context.Context, name string, v any) error {
	for {
		select {
		case m, ok := <-p.said:
			if !ok {
				return fmt.Errorf("the connection ended before %q", name)
			}
			if text, ok := m[name]; ok {
				if v == nil {
					return nil
				}
				return json.Unmarshal(text, v)
			}
		case <-ctx.Done():
			return fmt.Errorf("no %q: %w", name, ctx.Err())
		}
	}
}

// Send sends a picture, which was taken at a time (zero: now), and waits until it
// has been taken; an error is why it was not.
func (p *Page) Send(ctx context.Context, jpeg []byte, taken time.Time) error {
	b := make([]byte, 8, 8+len(jpeg))
	if !taken.IsZero() {
		binary.BigEndian.PutUint64(b, uint64(taken.UnixMilli()))
	}
	if err := p.Binary(append(b, jpeg...)); err != nil {
		return err
	}
	select {
	case why := <-p.ack:
		if why != "" {
			return &Refused{0, why}
		}
		return nil
	case <-p.done:
		return io.ErrUnexpectedEOF
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Binary sends a binary message.
func (p *Page) Binary(b []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.conn.WriteMessage(websocket.BinaryMessage, b)
}

// Say sends a text message, as {"cmd":"pass"}.
func (p *Page) Say(text string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.conn.WriteMessage(websocket.TextMessage, []byte(text))
}

// Leave closes the page as a browser does.
func (p *Page) Leave() {
	p.mu.Lock()
	_ = p.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseGoingAway, ""), time.Now().Add(time.Second))
	p.mu.Unlock()
	p.Cut()
}

// Cut ends the connection without a word, as a network does.
func (p *Page) Cut() {
	p.conn.NetConn().Close()
	<-p.done
}
