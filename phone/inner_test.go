package phone

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/tls"
	"encoding/json"
	"errors"
	"image"
	"image/jpeg"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/internal/disk"
	"github.com/gobancam/gobancam/internal/limits"
)

// TestOurCertificate is what browsers take, is kept, and is made anew where it
// would not do: at its end, and in another network, whose addresses it keeps.
func TestOurCertificate(t *testing.T) {
	dir := t.TempDir()
	now := time.Now()
	get := func(at time.Time, hosts ...string) *tls.Certificate {
		t.Helper()
		c, err := ourCertificate(disk.OS, dir, hosts, at, func(s string) { t.Log(s) })
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	home := []string{"192.168.1.5", "fd00::5", "goban.local", "localhost"}
	first := get(now, home...)
	leaf := first.Leaf
	for _, h := range home {
		if err := leaf.VerifyHostname(h); err != nil {
			t.Errorf("it is not for %s: %v", h, err)
		}
	}
	key, ok := leaf.PublicKey.(*ecdsa.PublicKey)
	switch {
	case !ok || key.Curve != elliptic.P256():
		t.Errorf("its key is %T", leaf.PublicKey)
	case leaf.IsCA || !leaf.BasicConstraintsValid:
		t.Error("it could vouch for others")
	case leaf.NotAfter.Sub(leaf.NotBefore) > 397*24*time.Hour:
		t.Errorf("it holds for %v", leaf.NotAfter.Sub(leaf.NotBefore))
	case leaf.CheckSignatureFrom(leaf) == nil:
		t.Error("it is an authority's")
	}
	if info, err := os.Stat(filepath.Join(dir, certFile)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("its key is kept as %v, %v", info, err)
	}
	if again := get(now.Add(24*time.Hour), home...); !slices.Equal(again.Leaf.Raw, leaf.Raw) {
		t.Error("the next day it is another one, and each phone warns again")
	}
	away := get(now, "10.0.0.7", "goban.local", "localhost")
	if slices.Equal(away.Leaf.Raw, leaf.Raw) || away.Leaf.VerifyHostname("10.0.0.7") != nil {
		t.Error("in another network it is not made anew")
	}
	if back := get(now, home...); !slices.Equal(back.Leaf.Raw, away.Leaf.Raw) {
		t.Error("back at home it is made anew")
	}
	if late := get(now.Add(380*24*time.Hour), home...); slices.Equal(late.Leaf.Raw, away.Leaf.Raw) {
		t.Error("near its end it is not made anew")
	}
	if err := os.WriteFile(filepath.Join(dir, certFile), []byte("half a certif"), 0o600); err != nil {
		t.Fatal(err)
	}
	get(now, home...) // what is damaged is replaced
}

// TestOnesOwnCertificate is used as it is, or refused with a reason.
func TestOnesOwnCertificate(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, text []byte) string {
		t.Helper()
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	text, err := makeCertificate([]string{"goban.example.org"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	old, err := makeCertificate([]string{"goban.example.org"}, time.Now().Add(-2*certLife))
	if err != nil {
		t.Fatal(err)
	}
	good, stale, bad := write("good.pem", text), write("stale.pem", old), write("bad.pem", []byte("no certificate"))
	l, err := Open(t.Context(), Options{Dir: dir, Address: "127.0.0.1:0", Cert: good, Key: good})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if at := l.Addresses(); !strings.HasPrefix(at[0], "https://goban.example.org:") {
		t.Errorf("its name is not the first address: %v", at)
	}
	for _, c := range []struct{ cert, key, why string }{
		{bad, bad, "no certificate and its key"}, {good, "", "takes two files"}, {stale, stale, "ended on"}, {filepath.Join(dir, "none"), good, "cannot be read"},
	} {
		if _, err := Open(t.Context(), Options{Dir: dir, Address: "127.0.0.1:0", Cert: c.cert, Key: c.key}); err == nil || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%s and %s: %v, want %q", c.cert, c.key, err, c.why)
		}
	}
}

// TestPortsAndAddresses says where the page may be.
func TestPortsAndAddresses(t *testing.T) {
	for _, bad := range []string{"http://x/", "a b", "127.0.0.1:99999", "x#y", "user@host"} {
		if _, err := door.Listen(bad, 0); err == nil {
			t.Errorf("%q is an address", bad)
		}
	}
	l, err := door.Listen("127.0.0.1", 0)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	used := l.Addr().(*net.TCPAddr).Port
	next, err := door.Listen("127.0.0.1", used)
	if err != nil {
		t.Fatal(err)
	}
	defer next.Close()
	if next.Addr().(*net.TCPAddr).Port == used {
		t.Error("two have one port")
	}
	next.Close()
	last := next.Addr().(*net.TCPAddr).Port
	if again, err := door.Listen("127.0.0.1", last); err != nil || again.Addr().(*net.TCPAddr).Port != last {
		t.Errorf("the port used last is not taken again: %v, %v", again, err)
	} else {
		again.Close()
	}
	p := place{port: "8362", hosts: []string{"192.168.1.5", "fd00::5", "goban.local"}}
	for host, want := range map[string]bool{
		"192.168.1.5:8362": true, "[fd00::5]:8362": true, "[FD00:0::5]:8362": true, "goban.local:8362": true, "GOBAN.local.:8362": true,
		"192.168.1.5": false, "192.168.1.5:80": false, "192.168.1.6:8362": false, "goban.local.evil.example:8362": false, "": false, "[": false,
	} {
		if got := p.has(host); got != want {
			t.Errorf("the host %q is ours: %v", host, got)
		}
	}
}

// TestWhenAPictureWasTaken maps what a page says to this machine's clock.
func TestWhenAPictureWasTaken(t *testing.T) {
	c := newClock()
	now := c.start.Add(time.Minute)
	at := func(ago time.Duration) int64 { return int64(c.millis(now.Add(-ago))) }
	for _, x := range []struct {
		name      string
		ms        int64
		last, ago time.Duration // before now; last 0 for none
		old       bool
	}{
		{"now", at(0), 0, 0, false}, {"it does not say", 0, 0, 0, false}, {"a while ago", at(120 * time.Millisecond), 0, 120 * time.Millisecond, false},
		{"in the future", at(-time.Hour), 0, 0, false}, {"at the end of time", 1<<63 - 1, 0, 0, false}, {"before time", -1 << 63, 0, 0, true},
		{"long ago", at(11 * time.Second), 0, 0, true}, {"just before the last one", at(300 * time.Millisecond), 200 * time.Millisecond, 200 * time.Millisecond, false},
		{"well before the last one", at(time.Second), 200 * time.Millisecond, 0, true},
	} {
		var last time.Time
		if x.last != 0 {
			last = now.Add(-x.last)
		}
		got, err := c.taken(x.ms, now, last)
		if errors.Is(err, errOld) != x.old || err == nil && now.Sub(got).Round(10*time.Millisecond) != x.ago {
			t.Errorf("%s: %v ago, %v", x.name, now.Sub(got), err)
		}
	}
}

// TestNamesOfPhones reads what browsers say of themselves.
func TestNamesOfPhones(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1":   "iPhone (Safari)",
		"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36":                           "Android phone (Chrome)",
		"Mozilla/5.0 (Linux; Android 13; SM-S901B Build/TP1A) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/112.0.0.0 Mobile Safari/537.36":         "SM-S901B (Chrome)",
		"Mozilla/5.0 (Android 14; Mobile; rv:132.0) Gecko/132.0 Firefox/132.0":                                                                      "Android phone (Firefox)",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/131.0 Mobile/15E148 Safari/605.1.15": "iPhone (Firefox)",
		"": "phone", "\x1b[31mred": "phone", "Android 9; \x1b[2J\u202eevil; x": "[2Jevil",
	} {
		if got := nameOf(strings.ToValidUTF8(agent, ""), ""); got != want {
			t.Errorf("%q is called %q, want %q", agent, got, want)
		}
	}
	if got := nameOf("Firefox/1", "Pixel 7"+strings.Repeat(" Pro", 100)); len(got) > 70 || !strings.HasPrefix(got, "Pixel 7") {
		t.Errorf("a long model is %q", got)
	}
}

// TestTheKnownAreKept in a file that may be damaged, or of another hand.
func TestTheKnownAreKept(t *testing.T) {
	dir := t.TempDir()
	var said []string
	load := func() *memory { return openMemory(disk.OS, dir, func(s string) { said = append(said, s) }) }
	m := load()
	nobody := func(string) bool { return false }
	now := time.Now()
	for i := range limits.PhonesKnown + 3 {
		m.admit("", hashOf(newSecret(8)), "phone", "", nobody, now.Add(time.Duration(i)*time.Minute))
	}
	if len(m.Phones) != limits.PhonesKnown || m.Phones[0].First.Before(now.Add(2*time.Minute)) {
		t.Errorf("%d are known, since %v", len(m.Phones), m.Phones[0].First.Sub(now))
	}
	cookie := newSecret(8)
	p := m.admit("", hashOf(cookie), "mine", "", nobody, now.Add(time.Hour))
	id := p.ID
	if err := m.keep(); err != nil || len(said) > 0 {
		t.Fatal(err, said)
	}
	again := load()
	if k := again.find(hashOf(cookie)); k == nil || k.ID != id || again.House != m.House {
		t.Errorf("after a while it is %+v", k)
	}
	if again.find(hashOf("x")) != nil || again.find("") != nil {
		t.Error("somebody else is known")
	}
	for _, text := range []string{"{", `{"phones":[{"id":"../../x","keys":["a"]},{"id":"abcdefghjk"},{"id":"abcdefghjk","name":"\u001b[2J","keys":["a"]}]}`} {
		if err := os.WriteFile(filepath.Join(dir, knownFile), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, k := range load().Phones {
			if k.ID != "abcdefghjk" || strings.Contains(k.Name, "\x1b") || len(k.Keys) != 1 {
				t.Errorf("from %s comes %+v", text, k)
			}
		}
	}
	if len(said) != 1 {
		t.Errorf("said is %q", said)
	}
}

// TestSentencesWait for a page that is gone, the newest of them, and not for long.
func TestSentencesWait(t *testing.T) {
	o := newOutbox()
	for i := range 20 {
		o.say([]byte{byte('a' + i)})
	}
	o.show([]byte("old"))
	o.show([]byte("screen"))
	o.control([]byte("role"))
	o.last()
	o.say([]byte("after the end"))
	var got []string
	for {
		text, over := o.next()
		if over {
			break
		}
		got = append(got, string(text))
	}
	if want := "role screen m n o p q r s t"; strings.Join(got, " ") != want {
		t.Errorf("told is %q, want %s", got, want)
	}
}

// TestABucketFills allows so many at once and so many in time.
func TestABucketFills(t *testing.T) {
	now := time.Now()
	b := newBucket(3, time.Second)
	n := 0
	for range 5 {
		if b.take(now) {
			n++
		}
	}
	if n != 3 || b.full(now) || b.take(now.Add(900*time.Millisecond)) || !b.take(now.Add(2*time.Second)) || !b.full(now.Add(time.Minute)) {
		t.Errorf("%d at once: %+v", n, b)
	}
}

// FuzzMessage reads what a page may say: what is read is within its limits, and
// can be said again.
func FuzzMessage(f *testing.F) {
	for _, s := range []string{`{"ping":12.5}`, `{"state":{"hidden":true,"battery":0.1}}`, `{"cmd":"pass"}`, `{"hello":{}}`, `[`, `{"cmd":"\u202e\u001b[2J"}`, `{"state":{"battery":9}}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := parseMessage(text)
		if err != nil {
			if sentence(err.Error()) == "" {
				t.Error("an error without words")
			}
			return
		}
		if len([]rune(m.Cmd)) > maxCommand || strings.ContainsAny(m.Cmd, "\n\x1b\u202e") {
			t.Errorf("a command: %q", m.Cmd)
		}
		if m.State != nil {
			if b := m.State.Battery; b != nil && (*b < 0 || *b > 1) {
				t.Errorf("a battery at %v", *b)
			}
			for _, s := range []string{m.State.why(), m.State.warnings()} {
				if len(s) > 500 {
					t.Errorf("it says %q", s)
				}
			}
		}
		if m.Ping != nil && !json.Valid(newClock().pong(*m.Ping)) {
			t.Errorf("no answer to %v", *m.Ping)
		}
	})
}

// FuzzPicture takes what a page may send for a picture.
func FuzzPicture(f *testing.F) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 64, 48)), nil); err != nil {
		f.Fatal(err)
	}
	f.Add(append(make([]byte, stamp), b.Bytes()...))
	f.Add([]byte("short"))
	f.Add([]byte("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xd8\xff\xc0\x00\x11\x08\xff\xff\xff\xff\x03"))
	c := newClock()
	f.Fuzz(func(t *testing.T, b []byte) {
		ms, jpeg, err := parsePicture(b)
		if err != nil {
			return
		}
		now := time.Now()
		if at, err := c.taken(ms, now, now.Add(-time.Second)); err == nil && (at.After(now) || now.Sub(at) > oldest) {
			t.Errorf("%d was %v ago", ms, now.Sub(at))
		}
		if w, h, err := inspect(jpeg); err == nil && (w < 1 || h < 1 || w*h > limits.PhonePixels) {
			t.Errorf("%d×%d", w, h)
		}
	})
}
