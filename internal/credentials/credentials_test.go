package credentials

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/zalando/go-keyring"
	"go.uber.org/goleak"
	"golang.org/x/oauth2"
)

func TestMain(m *testing.M) {
	keyring.MockInitWithError(errors.New("no key ring here"))
	goleak.VerifyTestMain(m)
}

var ogs = Key{"ogs", "https://online-go.com"}

func pair(n int, life time.Duration) *oauth2.Token {
	return &oauth2.Token{AccessToken: fmt.Sprint("access-", n), RefreshToken: fmt.Sprint("refresh-", n),
		TokenType: "Bearer", Expiry: time.Now().Add(life).Round(0)}
}

// fileStore returns a store that keeps files, and what it told the user.
func fileStore(t *testing.T) (*Store, *[]string) {
	t.Helper()
	var told []string
	s := New(Options{Dir: filepath.Join(t.TempDir(), "credentials"), NoKeyring: true,
		Notice: func(s string) { told = append(told, s) }})
	return s, &told
}

func TestKeyOfOneServerInSeveralSpellings(t *testing.T) {
	for _, spelling := range []string{"https://online-go.com/", "HTTPS://Online-Go.com", "https://online-go.com:443", " https://online-go.com "} {
		if k := (Key{"ogs", spelling}); k.String() != ogs.String() || k.file() != ogs.file() {
			t.Errorf("%q is %q in %s, want %q in %s", spelling, k, k.file(), ogs, ogs.file())
		}
	}
	seen := map[string]string{}
	for _, server := range []string{"https://online-go.com", "https://beta.online-go.com", "http://online-go.com", "http://127.0.0.1:80", "http://127.0.0.1:81", "http://[::1]:81", "https://a/b", "https://a_b", "https://a/B", "../../etc/passwd", strings.Repeat("long", 100)} {
		k := Key{"ogs", server}
		if other, ok := seen[k.file()]; ok {
			t.Errorf("%q and %q share %s", server, other, k.file())
		}
		seen[k.file()] = server
		if filepath.Base(k.file()) != k.file() || len(k.file()) > 100 {
			t.Errorf("%q gives the file name %q", server, k.file())
		}
	}
}

func TestStoreInFiles(t *testing.T) {
	s, told := fileStore(t)
	if _, err := s.Get(ogs); !errors.Is(err, ErrNone) {
		t.Fatalf("empty store: %v", err)
	}
	want := Credential{Token: pair(1, time.Hour), ClientID: "board", Extra: map[string]string{"name": "Shusaku"}}
	if err := s.Put(ogs, want); err != nil {
		t.Fatal(err)
	}
	got, err := New(Options{Dir: s.dir, NoKeyring: true}).Get(ogs)
	if err != nil {
		t.Fatal(err)
	}
	if *got.Token != *want.Token && (got.Token.AccessToken != want.Token.AccessToken || !got.Token.Expiry.Equal(want.Token.Expiry)) ||
		got.ClientID != "board" || got.Extra["name"] != "Shusaku" || got.Saved.IsZero() {
		t.Errorf("got %+v", got)
	}
	path := s.Place()
	for p, want := range map[string]fs.FileMode{path: 0o600, s.dir: 0o700} {
		if info, err := os.Stat(p); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v %v, want %o", p, info.Mode(), err, want)
		}
	}
	if err := s.Put(Key{"challonge", "https://api.challonge.com"}, Credential{Secret: "v1 key"}); err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(ogs); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get(ogs); !errors.Is(err, ErrNone) {
		t.Errorf("after Delete: %v", err)
	}
	if c, err := s.Get(Key{"challonge", "https://api.challonge.com"}); err != nil || c.Secret != "v1 key" {
		t.Errorf("the other record: %v %v", c, err)
	}
	if err := s.Delete(ogs); err != nil {
		t.Errorf("second Delete: %v", err)
	}
	if len(*told) != 0 {
		t.Errorf("told %q", *told)
	}
	if err := s.Put(ogs, Credential{}); err == nil {
		t.Error("an empty record was stored")
	}
}

func TestCorruptRecordIsKeptAside(t *testing.T) {
	for name, content := range map[string]string{
		"torn":    `{"version":1,"key":"ogs https://online-go.com","token":{"access_to`,
		"html":    "<html>502 Bad Gateway</html>",
		"empty":   "",
		"nothing": `{"version":1,"key":"ogs https://online-go.com"}`,
		"foreign": `{"version":1,"key":"ogs https://beta.online-go.com","token":{"access_token":"x"}}`,
		"old":     `{"version":0,"key":"ogs https://online-go.com","token":{"access_token":"x"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := fileStore(t)
			os.Mkdir(s.dir, 0o700)
			path := filepath.Join(s.dir, ogs.file())
			os.WriteFile(path, []byte(content), 0o600)
			_, err := s.Get(ogs)
			var corrupt *CorruptError
			if !errors.As(err, &corrupt) || corrupt.Kept == "" {
				t.Fatalf("got %v", err)
			}
			if kept, err := os.ReadFile(corrupt.Kept); err != nil || string(kept) != content {
				t.Errorf("kept %q, %v", kept, err)
			}
			if !strings.Contains(err.Error(), "sign in again") || !strings.Contains(err.Error(), corrupt.Kept) {
				t.Errorf("the sentence does not help: %v", err)
			}
			if _, err := s.Get(ogs); !errors.Is(err, ErrNone) {
				t.Errorf("second Get: %v", err)
			}
			if err := s.Put(ogs, Credential{Token: pair(1, time.Hour)}); err != nil {
				t.Error(err)
			}
		})
	}
	t.Run("newer", func(t *testing.T) {
		s, _ := fileStore(t)
		os.Mkdir(s.dir, 0o700)
		path := filepath.Join(s.dir, ogs.file())
		os.WriteFile(path, []byte(`{"version":2,"key":"?"}`), 0o600)
		if _, err := s.Get(ogs); err == nil || !strings.Contains(err.Error(), "newer version") {
			t.Errorf("got %v", err)
		}
		if _, err := os.Stat(path); err != nil {
			t.Errorf("a newer version's record was moved: %v", err)
		}
	})
}

func TestLoosePermissionsAreMendedAndSaid(t *testing.T) {
	s, told := fileStore(t)
	if err := s.Put(ogs, Credential{Token: pair(1, time.Hour)}); err != nil {
		t.Fatal(err)
	}
	path := s.Place()
	os.Chmod(path, 0o644)
	os.Chmod(s.dir, 0o755)
	if _, err := s.Get(ogs); err != nil {
		t.Fatal(err)
	}
	for p, want := range map[string]fs.FileMode{path: 0o600, s.dir: 0o700} {
		if info, _ := os.Stat(p); info.Mode().Perm() != want {
			t.Errorf("%s still has %v", p, info.Mode())
		}
	}
	if len(*told) != 2 || !strings.Contains((*told)[1], "0644") {
		t.Errorf("told %q", *told)
	}
}

func TestKeyring(t *testing.T) {
	keyring.MockInit()
	defer keyring.MockInitWithError(errors.New("no key ring here"))
	var told []string
	s := New(Options{Dir: filepath.Join(t.TempDir(), "c"), Notice: func(n string) { told = append(told, n) }})
	if err := s.Put(ogs, Credential{Token: pair(1, time.Hour)}); err != nil {
		t.Fatal(err)
	}
	if s.Place() != Keyring {
		t.Errorf("stored in %s", s.Place())
	}
	if _, err := os.Stat(s.dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("something lies on disk: %v", err)
	}

	// The key ring is shut: a later pair goes to a file, and counts when the
	// key ring is back with the earlier one.
	keyringBack := func() { keyring.MockInit(); keyring.Set(ringService, ogs.String(), mustEncode(t, 1)) }
	keyring.MockInitWithError(errors.New("locked"))
	if err := s.Put(ogs, Credential{Token: pair(2, time.Hour)}); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(s.Place(), s.dir) || len(told) != 1 {
		t.Errorf("stored in %s, told %q", s.Place(), told)
	}
	var again []string
	next := New(Options{Dir: s.dir, Notice: func(n string) { again = append(again, n) }})
	if _, err := next.Get(ogs); err != nil || len(again) != 0 {
		t.Errorf("a sign-in that lies in a file is read with %v, told %q", err, again)
	}
	if _, err := next.Get(Key{Service: "ogs", Server: "https://elsewhere"}); !errors.Is(err, ErrNone) || len(again) != 1 {
		t.Errorf("a sign-in that might lie in the key ring: %v, told %q", err, again)
	}
	keyringBack()
	if c, err := s.Get(ogs); err != nil || c.Token.AccessToken != "access-2" {
		t.Errorf("got %v %v, want the later pair", c, err)
	}
	if err := s.Put(ogs, Credential{Token: pair(3, time.Hour)}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(s.dir, ogs.file())); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file is still there: %v", err)
	}
	keyring.Set(ringService, ogs.String(), "rubbish")
	var corrupt *CorruptError
	if _, err := s.Get(ogs); !errors.As(err, &corrupt) || corrupt.Place != Keyring {
		t.Fatalf("got %v", err)
	}
	if kept, _ := os.ReadFile(corrupt.Kept); string(kept) != "rubbish" {
		t.Errorf("kept %q", kept)
	}
	if _, err := s.Get(ogs); !errors.Is(err, ErrNone) {
		t.Errorf("got %v", err)
	}
	if err := s.Delete(ogs); err != nil {
		t.Error(err)
	}
}

func mustEncode(t *testing.T, n int) string {
	t.Helper()
	data, err := encode(ogs, Credential{Token: pair(n, time.Hour), Saved: time.Now().Add(-time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestAFullDiskLosesNothing(t *testing.T) {
	if os.Geteuid() == 0 {
		// Root writes everywhere; a file where the directory should be stops it too.
		dir := filepath.Join(t.TempDir(), "f")
		os.WriteFile(dir, nil, 0o600)
		s := New(Options{Dir: dir, NoKeyring: true})
		if err := s.Put(ogs, Credential{Token: pair(1, time.Hour)}); err == nil {
			t.Error("stored into a file")
		}
		return
	}
	s, _ := fileStore(t)
	s.Put(ogs, Credential{Token: pair(1, time.Hour)})
	os.Chmod(s.dir, 0o500)
	defer os.Chmod(s.dir, 0o700)
	if err := s.Put(ogs, Credential{Token: pair(2, time.Hour)}); err == nil {
		t.Error("stored into a read-only directory")
	}
	if c, err := s.Get(ogs); err != nil || c.Token.AccessToken != "access-1" {
		t.Errorf("got %v %v", c, err)
	}
}

// rotator is a token endpoint that takes each refresh token once.
type rotator struct {
	mu     sync.Mutex
	n      int
	life   time.Duration
	asked  atomic.Int32
	broken atomic.Bool
}

func (r *rotator) refresh(_ context.Context, old *oauth2.Token) (*oauth2.Token, error) {
	r.asked.Add(1)
	if r.broken.Load() {
		return nil, errors.New("network is unreachable")
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if old.RefreshToken != fmt.Sprint("refresh-", r.n) {
		return nil, &oauth2.RetrieveError{ErrorCode: "invalid_grant", Response: &http.Response{StatusCode: 400}}
	}
	r.n++
	return pair(r.n, r.life), nil
}

func TestSourceRefreshesInTime(t *testing.T) {
	const day = 24 * time.Hour
	for _, c := range []struct {
		name       string
		life, left time.Duration
		want       int32 // refreshes
	}{
		{"new", 30 * day, 30 * day, 0},
		{"eight days left", 30 * day, 8 * day, 0},
		{"six days left", 30 * day, 6 * day, 1},
		{"expired", 30 * day, -day, 1},
		{"short-lived, new", time.Hour, time.Hour, 0},
		{"short-lived, second half", time.Hour, 20 * time.Minute, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, _ := fileStore(t)
			r := &rotator{n: 1, life: c.life}
			real := s.now
			s.now = func() time.Time { return time.Now().Add(c.left - c.life) }
			s.Put(ogs, Credential{Token: pair(1, c.left)})
			s.now = real
			src := s.Source(t.Context(), ogs, r.refresh, 7*day)
			for range 3 {
				tok, err := src.Token()
				if err != nil {
					t.Fatal(err)
				}
				if want := fmt.Sprint("access-", 1+c.want); tok.AccessToken != want {
					t.Errorf("got %s, want %s", tok.AccessToken, want)
				}
			}
			if got := r.asked.Load(); got != c.want {
				t.Errorf("%d refreshes, want %d", got, c.want)
			}
			if stored, _ := s.Get(ogs); stored.Token.RefreshToken != fmt.Sprint("refresh-", 1+c.want) {
				t.Errorf("stored %s", stored.Token.RefreshToken)
			}
		})
	}
}

// Several processes refresh at once against a server that takes each refresh
// token once: all go on, none is signed out. Each has its own Store, as in a
// process of its own.
func TestSourcesShareOneRefresh(t *testing.T) {
	first, _ := fileStore(t)
	first.Put(ogs, Credential{Token: pair(1, time.Second)})
	r := &rotator{n: 1, life: time.Hour}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			src := New(Options{Dir: first.dir, NoKeyring: true}).Source(t.Context(), ogs, r.refresh, 0)
			if tok, err := src.Token(); err != nil || tok.AccessToken != "access-2" {
				t.Errorf("got %v %v", tok, err)
			}
		})
	}
	wg.Wait()
	if n := r.asked.Load(); n != 1 {
		t.Errorf("%d refreshes, want 1", n)
	}
}

func TestSourceWhenTheServerIsAway(t *testing.T) {
	s, told := fileStore(t)
	r := &rotator{n: 1, life: 30 * 24 * time.Hour}
	r.broken.Store(true)
	s.now = func() time.Time { return time.Now().Add(-20 * 24 * time.Hour) }
	s.Put(ogs, Credential{Token: pair(1, 2*24*time.Hour)})
	s.now = time.Now
	src := s.Source(t.Context(), ogs, r.refresh, 7*24*time.Hour)
	for range 5 {
		if tok, err := src.Token(); err != nil || tok.AccessToken != "access-1" {
			t.Fatalf("a token with two days left was not used: %v", err)
		}
	}
	if r.asked.Load() != 1 || len(*told) != 1 {
		t.Errorf("asked %d times, told %q", r.asked.Load(), *told)
	}
	src.Refused("access-1")
	if _, err := src.Token(); !errors.Is(err, ErrNotYet) {
		t.Errorf("a refused token: %v", err)
	}
	r.broken.Store(false)
	if tok, err := src.Token(); err != nil || tok.AccessToken != "access-2" {
		t.Errorf("the server is back: %v", err)
	}
}

func TestSourceRefusals(t *testing.T) {
	s, _ := fileStore(t)
	s.Put(ogs, Credential{Token: pair(1, -time.Hour)})
	r := &rotator{n: 9, life: time.Hour}
	src := s.Source(t.Context(), ogs, r.refresh, 0)
	if _, err := src.Token(); !errors.Is(err, ErrSignInAgain) {
		t.Errorf("a revoked refresh token: %v", err)
	}
	if c, err := s.Get(ogs); err != nil || c.Token.RefreshToken != "refresh-1" {
		t.Errorf("the record went away: %v", err)
	}
	// Signed in again by another process, perhaps: taken up without a restart.
	s.Put(ogs, Credential{Token: pair(9, time.Hour)})
	if tok, err := src.Token(); err != nil || tok.AccessToken != "access-9" {
		t.Errorf("got %v %v", tok, err)
	}
	s.Delete(ogs)
	src.Refused("access-9")
	if _, err := src.Token(); !errors.Is(err, ErrNone) {
		t.Errorf("signed out: %v", err)
	}
	s.Put(ogs, Credential{Secret: "a key"})
	if _, err := s.Source(t.Context(), ogs, r.refresh, 0).Token(); !errors.Is(err, ErrSignInAgain) {
		t.Errorf("a key: %v", err)
	}
}

// A refreshed pair that cannot be stored is used, said, and stored later.
func TestSourceWithADiskThatIsFull(t *testing.T) {
	s, told := fileStore(t)
	s.Put(ogs, Credential{Token: pair(1, -time.Hour)})
	r := &rotator{n: 1, life: time.Hour}
	path := filepath.Join(s.dir, ogs.file())
	src := s.Source(t.Context(), ogs, func(ctx context.Context, old *oauth2.Token) (*oauth2.Token, error) {
		os.Remove(path)
		os.MkdirAll(filepath.Join(path, "in the way"), 0o700) // rename onto it fails
		return r.refresh(ctx, old)
	}, 0)
	for range 2 {
		if tok, err := src.Token(); err != nil || tok.AccessToken != "access-2" {
			t.Fatalf("got %v %v", tok, err)
		}
	}
	if len(*told) == 0 || !strings.Contains((*told)[0], "in memory only") {
		t.Errorf("told %q", *told)
	}
	os.RemoveAll(path)
	if _, err := src.Token(); err != nil {
		t.Fatal(err)
	}
	if c, err := s.Get(ogs); err != nil || c.Token.RefreshToken != "refresh-2" {
		t.Errorf("not stored later: %v %v", c, err)
	}
}

// Refresh speaks RFC 6749 and keeps the refresh token where none comes.
func TestRefresh(t *testing.T) {
	var answer atomic.Value
	answer.Store(`{"access_token":"new","expires_in":3600,"token_type":"Bearer"}`)
	status := http.StatusOK
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("grant_type") != "refresh_token" || r.FormValue("refresh_token") != "old" {
			t.Errorf("form %v", r.Form)
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		fmt.Fprint(w, answer.Load())
	}))
	defer srv.Close()
	ctx := context.WithValue(t.Context(), oauth2.HTTPClient, srv.Client())
	refresh := Refresh(&oauth2.Config{ClientID: "board", Endpoint: oauth2.Endpoint{TokenURL: srv.URL, AuthStyle: oauth2.AuthStyleInParams}})
	tok, err := refresh(ctx, &oauth2.Token{AccessToken: "x", RefreshToken: "old", Expiry: time.Now().Add(time.Hour)})
	if err != nil || tok.AccessToken != "new" || tok.RefreshToken != "old" {
		t.Errorf("got %+v %v", tok, err)
	}
	status = http.StatusBadRequest
	answer.Store(`{"error":"invalid_grant"}`)
	if _, err := refresh(ctx, &oauth2.Token{RefreshToken: "old"}); !refusal(err) {
		t.Errorf("invalid_grant is no refusal: %v", err)
	}
	status = http.StatusBadGateway
	answer.Store(`<html>`)
	if _, err := refresh(ctx, &oauth2.Token{RefreshToken: "old"}); err == nil || refusal(err) {
		t.Errorf("502 is a refusal: %v", err)
	}
	srv.CloseClientConnections()
}

func TestMasking(t *testing.T) {
	const secret = "s3cr3t-token-that-must-not-be-seen"
	for _, text := range []string{
		"Authorization: Bearer " + secret,
		"authorization: Basic " + secret,
		"Authorization " + secret,
		"https://x/oauth?code=" + secret + "&state=1",
		"grant_type=refresh_token&refresh_token=" + secret,
		`{"access_token":"` + secret + `","token_type":"Bearer"}`,
		`["authenticate",{"jwt" : "` + secret + `"}]`,
		`{"password":"a\"` + secret + `"}`,
		"eyJhbGciOiJSUzI1NiJ9." + secret + ".sig",
	} {
		got := MaskText(text)
		if strings.Contains(got, secret[6:]) {
			t.Errorf("%q became %q", text, got)
		}
	}
	for _, text := range []string{"", "the code is Q16", `{"code":"too_fast","message":"wait"}`, "GET /api/v1/me?page=2"} {
		if got := MaskText(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
	c := Credential{Token: &oauth2.Token{AccessToken: secret, RefreshToken: secret}, Secret: secret}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(verb, c); strings.Contains(got, secret) {
			t.Errorf("%s prints %q", verb, got)
		}
	}
}

func TestFromEnvironment(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	os.WriteFile(path, []byte("from file\n"), 0o600)
	for _, c := range []struct{ env, file, want string }{
		{"", "", ""}, {"from env", "", "from env"}, {"", path, "from file"}, {" both ", path, "both"},
	} {
		t.Setenv("GOBANCAM_TEST", c.env)
		t.Setenv("GOBANCAM_TEST_FILE", c.file)
		if got, _, err := FromEnvironment("GOBANCAM_TEST"); got != c.want || err != nil {
			t.Errorf("%+v: %q %v", c, got, err)
		}
	}
	t.Setenv("GOBANCAM_TEST", "")
	t.Setenv("GOBANCAM_TEST_FILE", path+"x")
	if _, _, err := FromEnvironment("GOBANCAM_TEST"); err == nil {
		t.Error("a missing file was no error")
	}
}

func TestLockEndsWithItsContext(t *testing.T) {
	s, _ := fileStore(t)
	unlock, err := s.Lock(t.Context(), ogs)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := s.Lock(ctx, ogs); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	unlock()
	unlock, err = s.Lock(t.Context(), ogs)
	if err != nil {
		t.Fatal(err)
	}
	unlock()
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{"", "{}", `{"version":1,"key":"ogs https://online-go.com","token":{"access_token":"a","refresh_token":"b","expiry":"2026-01-01T00:00:00Z"},"saved":"2026-01-01T00:00:00Z"}`,
		`{"version":1,"key":"ogs https://online-go.com","secret":"k"}`, `{"version":2}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := decode(ogs, data)
		if err != nil {
			return
		}
		again, err := encode(ogs, c)
		if err != nil {
			t.Skip() // a time that JSON cannot write
		}
		if _, err := decode(ogs, again); err != nil {
			t.Errorf("%s decodes, %s does not: %v", data, again, err)
		}
	})
}

// A page in place of a token, as long as it may be, is one short plain line.
func TestARefreshThatMeetsAPage(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadGateway)
		fmt.Fprint(w, "<h1>\x1b[2J\u202eEve</h1>\n", strings.Repeat("x\n", 100_000))
	}))
	defer srv.Close()
	refresh := Refresh(&oauth2.Config{ClientID: "board", Endpoint: oauth2.Endpoint{TokenURL: srv.URL, AuthStyle: oauth2.AuthStyleInParams}})
	_, err := refresh(t.Context(), &oauth2.Token{RefreshToken: "r"})
	if err == nil || len(err.Error()) > 500 || strings.ContainsAny(err.Error(), "\x1b\u202e") || !strings.Contains(err.Error(), "Eve") {
		t.Errorf("%.600q", err)
	}
}
