package phone

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"log"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/gobancam/gobancam/internal/limits"
)

// Times of the server.
const (
	headWait  = 10 * time.Second // for the head of a request, and for the handshake before it
	bodyWait  = 15 * time.Second // for its body: a picture over a bad network
	writeWait = 10 * time.Second // for a client that does not take its answer
	idleWait  = 60 * time.Second // for the next request of a connection
	closeWait = 2 * time.Second  // for answers that are on their way at the end
	pingWait  = 5 * time.Second  // for a sign of life of a connection with a stream
)

// serve begins to answer.
func (l *Link) serve(ctx context.Context) {
	l.server = &http.Server{
		Handler: l.fence(l.paths()), ReadHeaderTimeout: headWait, IdleTimeout: idleWait, MaxHeaderBytes: limits.PhoneHeader,
		BaseContext: func(net.Listener) context.Context { return ctx },
		ConnState:   l.count,
		ErrorLog:    log.New(warnings{l}, "", 0),
		HTTP2:       &http.HTTP2Config{MaxConcurrentStreams: 32, SendPingTimeout: pingWait, PingTimeout: pingWait},
		TLSConfig: &tls.Config{
			MinVersion:     tls.VersionTLS12,
			GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return l.cert.Load(), nil },
		},
	}
	l.running.Go(func() { _ = l.server.ServeTLS(l.listener, "", "") }) // ends with shutdown
}

// shutdown ends the server.
func (l *Link) shutdown() {
	ctx, stop := context.WithTimeout(context.Background(), closeWait)
	defer stop()
	if err := l.server.Shutdown(ctx); err != nil {
		_ = l.server.Close() // nothing of it is to be kept
	}
}

func leafOf(c *tls.Certificate) *x509.Certificate {
	if c == nil {
		return nil
	}
	return c.Leaf
}

// warnings takes what the server complains of. Strangers cause most of it; that a
// browser did not like the certificate says that a phone has come so far.
type warnings struct{ l *Link }

func (w warnings) Write(b []byte) (int, error) {
	if s := string(b); strings.Contains(s, "TLS handshake error") && (strings.Contains(s, "certificate") || strings.Contains(s, "EOF")) {
		w.l.warned.Store(true)
	}
	return len(b), nil
}

// count closes what comes beyond the limit.
func (l *Link) count(c net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		l.reached.Store(true)
		if l.conns.Add(1) > limits.PhoneConnections {
			c.Close()
		}
	case http.StateClosed, http.StateHijacked:
		l.conns.Add(-1)
	}
}

// paths are all that there is.
func (l *Link) paths() http.Handler {
	mux := http.NewServeMux()
	page := asset("index.html")
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		l.warned.Store(false)
		page(w, r)
	})
	mux.HandleFunc("GET /assets/{name}", func(w http.ResponseWriter, r *http.Request) { asset(r.PathValue("name"))(w, r) })
	mux.HandleFunc("POST /pair", l.pair)
	mux.HandleFunc("GET /me", l.signedIn(l.me))
	mux.HandleFunc("GET /socket", l.signedIn(l.socket))
	mux.HandleFunc("GET /events", l.signedIn(l.events))
	mux.HandleFunc("POST /picture", l.signedIn(l.postPicture))
	mux.HandleFunc("POST /message", l.signedIn(l.postMessage))
	return mux
}

// signedIn lets only phones in that are known.
func (l *Link) signedIn(next func(http.ResponseWriter, *http.Request, Phone, hash)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		who, key, ok := l.known(r)
		if !ok {
			refuse(w, http.StatusUnauthorized, errUnknown)
			return
		}
		next(w, r, who, key)
	}
}

var (
	errUnknown   = errors.New("this phone is not known here: scan the code that the computer shows")
	errElsewhere = errors.New("this page is not here under that name")
	errForeign   = errors.New("a page elsewhere may change nothing here")
	errBody      = errors.New("a request like this has no body")
)

// fence looks at every request before anything else does, and says to browsers
// what the page may do.
func (l *Link) fence(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		out := http.NewResponseController(w)
		_ = out.SetWriteDeadline(time.Now().Add(writeWait)) // a writer that knows no deadline, as in a test, waits
		_ = out.SetReadDeadline(time.Now().Add(bodyWait))
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		if !l.at.Load().has(r.Host) {
			h.Set("Connection", "close")
			refuse(w, http.StatusMisdirectedRequest, errElsewhere)
			return
		}
		// The host is one of ours. Older Safaris take 'self' for https alone.
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; worker-src 'self'; manifest-src 'self'; font-src 'self'; "+
			"connect-src 'self' wss://"+r.Host+"; img-src 'self' blob: data:; media-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		h.Set("Permissions-Policy", "camera=(self), microphone=(), geolocation=(), screen-wake-lock=(self), fullscreen=(self)")
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			if !sameOrigin(r) {
				refuse(w, http.StatusForbidden, errForeign)
				return
			}
		} else if r.ContentLength != 0 {
			h.Set("Connection", "close")
			refuse(w, http.StatusBadRequest, errBody)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// sameOrigin reports whether a request comes from our own page.
func sameOrigin(r *http.Request) bool {
	site := r.Header.Get("Sec-Fetch-Site")
	return r.Header.Get("Origin") == "https://"+r.Host && (site == "" || site == "same-origin")
}

// refuse answers with a reason, in words of ours alone.
func refuse(w http.ResponseWriter, code int, why error) {
	http.Error(w, sentence(why.Error()), code)
}
