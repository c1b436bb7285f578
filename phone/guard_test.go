package phone_test

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httputil"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/internal/limits"
	"github.com/gobancam/gobancam/phone"
	"github.com/gobancam/gobancam/phone/phonetest"
)

// refusedWith is the code of an answer that is none, 0 for one that is.
func refusedWith(err error) int {
	var r *phonetest.Refused
	if errors.As(err, &r) {
		return r.Code
	}
	return 0
}

// secretOf is what an invitation holds.
func secretOf(invitation string) string {
	_, s, _ := strings.Cut(invitation, "#k=")
	return s
}

// TestNobodyComesInWithoutBeingAsked tries each path as somebody who is not known,
// and as a page elsewhere would have a browser do that is.
func TestNobodyComesInWithoutBeingAsked(t *testing.T) {
	l := open(t, t.TempDir())
	known, page := arrive(t, l)
	is(t, page, "camera")
	stranger := phonetest.New()
	defer stranger.Close()
	stranger.Base = known.Base
	for _, c := range []struct{ method, path string }{
		{"GET", "/me"}, {"GET", "/socket"}, {"GET", "/events"}, {"POST", "/picture"}, {"POST", "/message"},
	} {
		if _, err := stranger.Do(c.method, c.path, nil, nil); refusedWith(err) != http.StatusUnauthorized {
			t.Errorf("%s %s of a stranger: %v", c.method, c.path, err)
		}
	}
	if text, err := stranger.Do("GET", "/", nil, nil); err != nil || !bytes.Contains(text, []byte("<script")) {
		t.Errorf("the first page: %v", err)
	}
	for _, path := range []string{"/assets/", "/assets", "/assets/..%2fphone.go", "/assets/none.js", "/phones.json", "/certificate.pem", "/debug/pprof/"} {
		if _, err := stranger.Do("GET", path, nil, nil); refusedWith(err) != http.StatusNotFound {
			t.Errorf("%s: %v", path, err)
		}
	}
	elsewhere := http.Header{"Origin": {"https://evil.example"}}
	for _, c := range []struct {
		method, path string
		header       http.Header
	}{
		{"POST", "/picture", elsewhere}, {"POST", "/message", elsewhere}, {"POST", "/pair", elsewhere}, {"GET", "/socket", elsewhere},
		{"POST", "/message", http.Header{"Origin": {"null"}}}, {"POST", "/message", http.Header{"Origin": {strings.Replace(known.Base, "https", "http", 1)}}},
		{"POST", "/message", http.Header{"Sec-Fetch-Site": {"cross-site"}}},
	} {
		h := c.header.Clone()
		if c.path == "/socket" {
			for k, v := range map[string]string{"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="} {
				h.Set(k, v)
			}
			known := plainOf(known) // an upgrade is HTTP/1.1
			if _, err := known.Do(c.method, c.path, h, nil); refusedWith(err) != http.StatusForbidden {
				t.Errorf("%s %s from %v: %v", c.method, c.path, c.header, err)
			}
			continue
		}
		if _, err := known.Do(c.method, c.path, h, []byte("{}")); refusedWith(err) != http.StatusForbidden {
			t.Errorf("%s %s from %v: %v", c.method, c.path, c.header, err)
		}
	}
	// A name of somebody else's that leads here is not answered, whoever asks.
	for _, host := range []string{"evil.example", "evil.example:443", "127.0.0.1.evil.example", "localhost:1", ""} {
		r, err := http.NewRequest("GET", known.Base+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		if r.Host = host; host == "" {
			r.Host = "x"
		}
		a, err := known.HTTP.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		a.Body.Close()
		if a.StatusCode != http.StatusMisdirectedRequest {
			t.Errorf("the host %q: %s", host, a.Status)
		}
	}
}

// plainOf is a phone that speaks HTTP/1.1 alone.
func plainOf(p *phonetest.Phone) *phonetest.Phone {
	t := p.HTTP.Transport.(*http.Transport).Clone()
	t.ForceAttemptHTTP2 = false
	t.Protocols = new(http.Protocols)
	t.Protocols.SetHTTP1(true)
	c := *p.HTTP
	c.Transport = t
	t.DisableKeepAlives = true
	return &phonetest.Phone{Base: p.Base, Agent: p.Agent, HTTP: &c}
}

// TestWhatBrowsersAreTold holds the headers of every answer, and the cookie.
func TestWhatBrowsersAreTold(t *testing.T) {
	l := open(t, t.TempDir())
	base := strings.TrimSuffix(l.Addresses()[0], "/")
	p := phonetest.New()
	defer p.Close()
	for _, path := range []string{"/", "/me", "/assets/page.js", "/none"} {
		a, err := p.HTTP.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		a.Body.Close()
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin",
			"Permissions-Policy": "camera=(self)", "Content-Security-Policy": "default-src 'none'; script-src 'self';",
		} {
			if got := a.Header.Get(name); !strings.HasPrefix(got, want) {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
		for _, never := range []string{"unsafe-inline", "unsafe-eval", "http:", "*"} {
			if strings.Contains(a.Header.Get("Content-Security-Policy"), never) {
				t.Errorf("%s: the policy allows %s", path, never)
			}
		}
	}
	r, err := http.NewRequest("POST", base+"/pair", strings.NewReader(`{"k":"`+secretOf(l.Invitation())+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Origin", base)
	a, err := p.HTTP.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	all, err := httputil.DumpResponse(a, true)
	if err != nil {
		t.Fatal(err)
	}
	c := a.Cookies()
	if len(c) != 1 || !c[0].Secure || !c[0].HttpOnly || c[0].SameSite != http.SameSiteStrictMode || !strings.HasPrefix(c[0].Name, "__Host-") ||
		c[0].Path != "/" || c[0].Domain != "" || len(c[0].Value) < 43 || c[0].MaxAge < 90*24*3600 || c[0].MaxAge > 400*24*3600 {
		t.Errorf("the cookie: %s", all)
	}
	if strings.Count(string(all), c[0].Value) != 1 {
		t.Error("the cookie's value stands elsewhere in the answer as well")
	}
}

// TestAnInvitationIsUsedOnce replays one, and guesses at others.
func TestAnInvitationIsUsedOnce(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir)
	first := l.Invitation()
	if len(secretOf(first)) < 22 { // 128 bits
		t.Errorf("the secret is short: %s", first)
	}
	one, two := phonetest.New(), phonetest.New()
	defer one.Close()
	defer two.Close()
	if err := one.Pair(first); err != nil {
		t.Fatal(err)
	}
	if err := two.Pair(first); refusedWith(err) != http.StatusForbidden {
		t.Errorf("an invitation that was used: %v", err)
	}
	second := l.Invitation()
	for i := range 4 {
		if err := two.Pair(first + "x"); refusedWith(err) != http.StatusForbidden {
			t.Errorf("guess %d: %v", i, err)
		}
	}
	if l.Invitation() == second {
		t.Error("after five wrong tries the invitation is the same")
	}
	if err := two.Pair(l.Invitation()); refusedWith(err) != http.StatusTooManyRequests {
		t.Errorf("a sixth try: %v", err)
	}
	// Nothing of what lets somebody in is on the disk.
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) < 2 {
		t.Fatal(files, err)
	}
	cookie := one.HTTP.Jar.Cookies(mustURL(t, one.Base))[0].Value
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{cookie, secretOf(first), secretOf(second), secretOf(l.Invitation())} {
			if bytes.Contains(text, []byte(secret)) {
				t.Errorf("%s holds a secret", f)
			}
		}
		if info, err := os.Stat(f); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", f, info.Mode(), err)
		}
	}
}

// TestAForgottenPhone has a phone's cookie sent again after the phone was
// forgotten.
func TestAForgottenPhone(t *testing.T) {
	l := open(t, t.TempDir())
	p, page := arrive(t, l)
	is(t, page, "camera")
	send(t, page, picture(t, 64, 64), time.Time{})
	who := l.Status().Phone
	if who == nil {
		t.Fatal("nobody is the camera")
	}
	if err := l.Forget(who.ID); err != nil {
		t.Fatal(err)
	}
	is(t, page, "refused")
	if _, err := p.Open(t.Context()); refusedWith(err) != http.StatusUnauthorized {
		t.Errorf("its cookie: %v", err)
	}
	if _, err := p.Do("GET", "/me", nil, nil); refusedWith(err) != http.StatusUnauthorized {
		t.Errorf("its cookie: %v", err)
	}
	if s := l.Status(); s.Phone != nil || len(l.Known()) != 0 || l.Forget(who.ID) == nil {
		t.Errorf("it is remembered: %+v", s)
	}
	_, next := arrive(t, l) // the place is free
	is(t, next, "camera")
}

// TestOnePhoneAtATime has a second one come, be refused, and be let in.
func TestOnePhoneAtATime(t *testing.T) {
	l := open(t, t.TempDir())
	_, first := arrive(t, l)
	is(t, first, "camera")
	send(t, first, picture(t, 320, 240), time.Time{})
	p, second := arrive(t, l)
	is(t, second, "waiting")
	if err := second.Send(patience(t), picture(t, 64, 64), time.Time{}); err == nil {
		t.Error("a picture of the phone that waits was taken")
	}
	if err := second.Say(`{"cmd":"resign"}`); err != nil {
		t.Fatal(err)
	}
	var told struct{}
	if err := second.Await(patience(t), "refused", nil); err != nil {
		t.Error(err, told)
	}
	asking := l.Status().Asking
	if asking == nil {
		t.Fatal("nobody asks")
	}
	l.Allow("abcdefghjk", true) // somebody else
	l.Allow(asking.ID, false)
	is(t, second, "refused")
	again := visit(t, p)
	is(t, again, "refused") // it need not ask again at once
	third, page := arrive(t, l)
	is(t, page, "waiting")
	asking = l.Status().Asking
	if asking == nil {
		t.Fatal("nobody asks")
	}
	l.Allow(asking.ID, true)
	is(t, page, "camera")
	is(t, first, "replaced")
	send(t, page, picture(t, 640, 480), time.Time{})
	got, err := l.Next(patience(t))
	if err != nil || got.Width != 640 {
		t.Errorf("the picture of the new camera: %d wide, %v", got.Width, err)
	}
	// The new camera's page is loaded again: it stays the camera.
	is(t, visit(t, third), "camera")
	is(t, page, "replaced")
	select {
	case words := <-l.Commands():
		t.Errorf("a phone that is no camera said %q", words)
	default:
	}
}

// TestAPhoneComesBackToItsOwnPlace has the camera away when a second phone comes.
func TestAPhoneComesBackToItsOwnPlace(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir)
	p, page := arrive(t, l)
	is(t, page, "camera")
	page.Cut()
	_, second := arrive(t, l)
	is(t, second, "waiting")
	is(t, visit(t, p), "camera")
	id := l.Status().Phone.ID

	// Next evening it is expected, whoever else is known and comes first.
	l.Close()
	l = open(t, dir)
	if !l.Expect(id) || l.Expect("abcdefghjk") {
		t.Error("who is known is not")
	}
	_, third := arrive(t, l)
	is(t, third, "waiting")
	p.Base = strings.TrimSuffix(l.Addresses()[0], "/")
	is(t, visit(t, p), "camera")
}

// TestTheSamePhoneAtAnotherAddress is let in anew, because browsers keep cookies
// by addresses; by its hint it stays who it was, unless it is here already.
func TestTheSamePhoneAtAnotherAddress(t *testing.T) {
	l := open(t, t.TempDir())
	come := func() (*phonetest.Phone, string) {
		t.Helper()
		p := phonetest.New()
		t.Cleanup(p.Close)
		if err := p.PairAs(l.Invitation(), "Pixel 7", "412x915 at 2.625"); err != nil {
			t.Fatal(err)
		}
		text, err := p.Do("GET", "/me", nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		return p, string(text)
	}
	first, id := come()
	second, again := come()
	if id != again || len(l.Known()) != 1 {
		t.Errorf("it is %s, then %s", id, again)
	}
	is(t, visit(t, first), "camera")
	is(t, visit(t, second), "waiting") // it may be another one that is alike
	if _, other := come(); other == id {
		t.Error("two that are here at a time are one")
	}
}

// TestTooMuchIsRefused sends what costs more than it may.
func TestTooMuchIsRefused(t *testing.T) {
	l := open(t, t.TempDir())
	p, page := arrive(t, l)
	is(t, page, "camera")
	small := picture(t, 64, 64)
	claims := bytes.Replace(small, []byte{0, 64, 0, 64}, []byte{0xff, 0xff, 0xff, 0xff}, 1)
	if bytes.Equal(claims, small) {
		t.Fatal("the picture's size stands elsewhere")
	}
	for name, jpeg := range map[string][]byte{
		"a huge claim": claims, "garbage": []byte("GIF89a, or not"), "nothing": nil, "a cut": small[:20], "over 16 million": bytes.Replace(small, []byte{0, 64, 0, 64}, []byte{0x11, 0, 0x11, 0}, 1),
	} {
		if err := page.Send(patience(t), jpeg, time.Time{}); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if err := page.Send(patience(t), small, time.Now().Add(-time.Minute)); err == nil || !strings.Contains(err.Error(), "too old") {
		t.Errorf("a picture of a minute ago: %v", err)
	}
	send(t, page, small, time.Now().Add(time.Hour)) // a clock that is ahead
	got, err := l.Next(patience(t))
	if err != nil || got.Taken.After(time.Now()) {
		t.Errorf("a picture of the future is of %v, %v", got.Taken, err)
	}
	if err := page.Say(strings.Repeat(" ", limits.PhoneMessage+1)); err != nil {
		t.Fatal(err)
	}
	if err := page.Await(patience(t), "refused", nil); err != nil {
		t.Error(err)
	}
	// 9 MB are more than a picture has: that costs the connection.
	if err := page.Binary(make([]byte, limits.PhonePicture+1000)); err == nil {
		if err := page.Await(patience(t), "never", nil); err == nil || !strings.Contains(err.Error(), "ended") {
			t.Errorf("after 9 MB: %v", err)
		}
	}
	page = visit(t, p)
	is(t, page, "camera") // and nothing else
	if _, err := p.Do("POST", "/pair", nil, make([]byte, 100_000)); refusedWith(err) != http.StatusRequestEntityTooLarge {
		t.Errorf("a letter of 100 kB: %v", err)
	}
	if _, err := p.Do("POST", "/pair", nil, []byte(strings.Repeat("[", 3000))); refusedWith(err) != http.StatusBadRequest {
		t.Errorf("a deep letter: %v", err)
	}
	// A hundred commands at once are refused; who does not listen meanwhile loses
	// the connection.
	lost := false
	for i := 0; i < 100 && !lost; i++ {
		lost = page.Say(`{"cmd":"pass"}`) != nil
	}
	if err := page.Await(patience(t), "refused", nil); err != nil && !lost && !strings.Contains(err.Error(), "ended") {
		t.Error("a hundred commands at once are taken:", err)
	}
	for range limits.PhonePages {
		visit(t, p)
	}
	if s := l.Status(); !s.Here || s.Phone == nil {
		t.Errorf("after all that: %+v", s)
	}
}

var _ = phone.Stall
