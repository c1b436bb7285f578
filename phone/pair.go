package phone

import (
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/gobancam/gobancam/internal/limits"
	"github.com/gobancam/gobancam/internal/plain"
)

// Sizes and times of letting in.
const (
	secretBytes  = 16 // of the invitation: 128 bits
	cookieBytes  = 32 // 256 bits
	cookieMonths = 13 * 30 * 24 * time.Hour
	maxWrong     = 5                // tries, after which the invitation is another one
	tryEvery     = 10 * time.Second // one more try is allowed to who has used up his
	maxTriers    = 256              // addresses that are remembered
)

// cookieName is that of this installation: cookies do not know ports, and two
// gobancams on a machine are not to take each other's.
func (l *Link) cookieName() string { return "__Host-gobancam-" + l.mem.House }

// known returns the phone that sends a request, and the hash of its cookie.
func (l *Link) known(r *http.Request) (Phone, hash, bool) {
	c, err := r.Cookie(l.cookieName())
	if err != nil || len(c.Value) > 100 {
		return Phone{}, "", false
	}
	key := hashOf(c.Value)
	l.mu.Lock()
	defer l.mu.Unlock()
	k := l.mem.find(key)
	if k == nil {
		return Phone{}, "", false
	}
	return Phone{k.ID, k.Name}, key, true
}

var (
	errWrong    = errors.New("this code has been used or is out of date: scan the one that the computer shows now")
	errTooOften = errors.New("too many tries: wait a minute, then scan the code that the computer shows now")
)

// admit lets a phone in that has the secret, and returns its cookie.
func (l *Link) admit(secret, from string, old hash, name, hint string) (who Phone, cookie string, err error) {
	now := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.closed:
		return Phone{}, "", errClosed
	case !l.mayTry(from, now):
		return Phone{}, "", errTooOften
	case !hashOf(secret).is(hashOf(l.secret)):
		if l.wrong++; l.wrong >= maxWrong {
			l.invite()
		}
		return Phone{}, "", errWrong
	}
	l.invite()
	delete(l.tries, from)
	cookie = newSecret(cookieBytes)
	here := func(id string) bool {
		for _, p := range l.pages {
			if p.phone.ID == id {
				return true
			}
		}
		return false
	}
	k := l.mem.admit(old, hashOf(cookie), name, hint, here, now)
	who = Phone{k.ID, k.Name}
	_ = l.mem.keep() // has told; the phone is known until the end of the program
	if l.seat.id == who.ID && l.camera == nil {
		l.seat.key = ""
	}
	return who, cookie, nil
}

// invite makes another invitation. l.mu is held.
func (l *Link) invite() {
	l.secret, l.wrong = newSecret(secretBytes), 0
	l.touch()
}

// mayTry reports whether somebody at an address may try a secret. l.mu is held.
func (l *Link) mayTry(from string, now time.Time) bool {
	if len(l.tries) >= maxTriers {
		for k, b := range l.tries {
			if b.full(now) {
				delete(l.tries, k)
			}
		}
		if len(l.tries) >= maxTriers && l.tries[from] == nil {
			return false
		}
	}
	b := l.tries[from]
	if b == nil {
		b = newBucket(maxWrong, tryEvery)
		l.tries[from] = b
	}
	return b.take(now)
}

// pair is POST /pair.
func (l *Link) pair(w http.ResponseWriter, r *http.Request) {
	text, err := limits.Read(r.Body, "what the phone says of itself", limits.PhonePair)
	if err != nil {
		refuse(w, http.StatusRequestEntityTooLarge, err)
		return
	}
	var said struct {
		K     string `json:"k"`
		Model string `json:"model"`
		Hint  string `json:"hint"`
	}
	if limits.Deeper(text, maxDepth) || json.Unmarshal(text, &said) != nil || len(said.K) > 100 {
		refuse(w, http.StatusBadRequest, errors.New("what the phone says of itself cannot be read"))
		return
	}
	_, old, _ := l.known(r)
	hint := ""
	if said.Hint != "" {
		hint = string(hashOf(said.Hint)) // recognising takes no more than that
	}
	from, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		from = r.RemoteAddr
	}
	who, cookie, err := l.admit(said.K, from, old, nameOf(plain.Line(r.UserAgent()), said.Model), hint)
	switch {
	case errors.Is(err, errTooOften):
		w.Header().Set("Retry-After", "60")
		refuse(w, http.StatusTooManyRequests, err)
		return
	case errors.Is(err, errClosed):
		refuse(w, http.StatusServiceUnavailable, err)
		return
	case err != nil:
		refuse(w, http.StatusForbidden, err)
		return
	}
	http.SetCookie(w, &http.Cookie{
		Name: l.cookieName(), Value: cookie, Path: "/", MaxAge: int(cookieMonths.Seconds()),
		Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode,
	})
	answer(w, who)
}

// me is GET /me: who the phone is, if it is known.
func (l *Link) me(w http.ResponseWriter, _ *http.Request, who Phone, _ hash) { answer(w, who) }

func answer(w http.ResponseWriter, who Phone) {
	text, err := json.Marshal(map[string]string{"id": who.ID, "name": who.Name})
	if err != nil {
		panic("phone: " + err.Error()) // strings
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(append(text, '\n')) // who does not take it has gone
}
