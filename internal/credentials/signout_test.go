package credentials

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/zalando/go-keyring"
	"golang.org/x/oauth2"
)

// Signing out while a refresh is on its way, in this process through the same
// store or another one: the pair that comes afterwards is not stored but
// discarded, and what was signed in to meanwhile stays.
func TestSignOutDuringARefresh(t *testing.T) {
	for _, c := range []struct {
		name      string
		same      bool // one store for both
		meanwhile func(t *testing.T, s *Store)
		want      string // the access token that is stored in the end
	}{
		{"signed out", true, func(t *testing.T, s *Store) { signOut(t, s) }, ""},
		{"signed out, another store", false, func(t *testing.T, s *Store) { signOut(t, s) }, ""},
		{"signed out and in again", false, func(t *testing.T, s *Store) {
			signOut(t, s)
			if err := s.Put(ogs, Credential{Token: pair(7, time.Hour)}); err != nil {
				t.Error(err)
			}
		}, "access-7"},
		{"signed in anew", true, func(t *testing.T, s *Store) {
			if err := s.Put(ogs, Credential{Token: pair(8, time.Hour)}); err != nil {
				t.Error(err)
			}
		}, "access-8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, _ := fileStore(t)
			s.Put(ogs, Credential{Token: pair(1, -time.Hour)})
			other := s
			if !c.same {
				other = New(Options{Dir: s.dir, NoKeyring: true})
			}
			src := s.Source(t.Context(), ogs, func(context.Context, *oauth2.Token) (*oauth2.Token, error) {
				c.meanwhile(t, other)
				return pair(2, time.Hour), nil
			}, 0)
			var discarded []string
			src.Discard = func(_ context.Context, tok *oauth2.Token) { discarded = append(discarded, tok.AccessToken) }
			tok, err := src.Token()
			stored, getErr := New(Options{Dir: s.dir, NoKeyring: true}).Get(ogs)
			switch {
			case c.want == "" && (!errors.Is(err, ErrNone) || !errors.Is(getErr, ErrNone)):
				t.Errorf("after signing out: %v %v, stored %v %v", tok, err, stored, getErr)
			case c.want != "" && (err != nil || getErr != nil || tok.AccessToken != c.want || stored.Token.AccessToken != c.want):
				t.Errorf("got %v %v, stored %v %v, want %s", tok, err, stored, getErr, c.want)
			}
			if len(discarded) != 1 || discarded[0] != "access-2" {
				t.Errorf("discarded %q", discarded)
			}
		})
	}
}

func signOut(t *testing.T, s *Store) {
	t.Helper()
	if err := s.Delete(ogs); err != nil {
		t.Error(err)
	}
}

// A pair that could not be stored at once is not stored after a sign-out.
func TestSignOutBeforeALateStore(t *testing.T) {
	s, _ := fileStore(t)
	s.Put(ogs, Credential{Token: pair(1, -time.Hour)})
	away := s.dir + "-away"
	src := s.Source(t.Context(), ogs, func(context.Context, *oauth2.Token) (*oauth2.Token, error) {
		os.Rename(s.dir, away)
		os.WriteFile(s.dir, nil, 0o600) // in the way
		return pair(2, time.Hour), nil
	}, 0)
	if tok, err := src.Token(); err != nil || tok.AccessToken != "access-2" {
		t.Fatalf("got %v %v", tok, err)
	}
	os.Remove(s.dir)
	os.Rename(away, s.dir)
	signOut(t, New(Options{Dir: s.dir, NoKeyring: true}))
	if tok, err := src.Token(); !errors.Is(err, ErrNone) {
		t.Errorf("got %v %v", tok, err)
	}
	if c, err := s.Get(ogs); !errors.Is(err, ErrNone) {
		t.Errorf("stored %v", c)
	}
}

// Two processes: this one signs out while the other one waits for the server.
// The other is this test binary once more.
func TestSignOutWhileAnotherProcessRefreshes(t *testing.T) {
	if dir := os.Getenv("GOBANCAM_TEST_REFRESH_IN"); dir != "" {
		src := New(Options{Dir: dir, NoKeyring: true}).Source(t.Context(), ogs, func(ctx context.Context, _ *oauth2.Token) (*oauth2.Token, error) {
			os.WriteFile(filepath.Join(dir, "asking"), nil, 0o600)
			await(t, filepath.Join(dir, "answer"))
			return pair(2, time.Hour), nil
		}, 0)
		if _, err := src.Token(); !errors.Is(err, ErrNone) {
			t.Errorf("got %v", err)
		}
		return
	}
	s, _ := fileStore(t)
	s.Put(ogs, Credential{Token: pair(1, -time.Hour)})
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestSignOutWhileAnotherProcessRefreshes$")
	cmd.Env = append(os.Environ(), "GOBANCAM_TEST_REFRESH_IN="+s.dir)
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	await(t, filepath.Join(s.dir, "asking"))
	signOut(t, s)
	os.WriteFile(filepath.Join(s.dir, "answer"), nil, 0o600)
	if err := cmd.Wait(); err != nil {
		t.Errorf("the other process: %v\n%s", err, &out)
	}
	if c, err := s.Get(ogs); !errors.Is(err, ErrNone) {
		t.Errorf("signed out, and stored is %v", c)
	}
}

// await waits for a file that another process makes.
func await(t *testing.T, path string) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for range 12000 {
		if _, err := os.Stat(path); err == nil {
			return
		}
		<-tick.C
	}
	t.Fatal("nothing came")
}

// What was set aside goes with the sign-out, that of other servers stays.
func TestSignOutRemovesWhatWasSetAside(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a[1]*?", "credentials") // nothing of it is a pattern
	s := New(Options{Dir: dir, NoKeyring: true, Notice: func(string) {}})
	elsewhere := Key{"ogs", "https://beta.online-go.com"}
	for _, k := range []Key{ogs, elsewhere} {
		for range 2 {
			s.Put(k, Credential{Secret: "k"})
			os.WriteFile(filepath.Join(dir, k.file()), []byte(`{"token": "secret`), 0o600)
			var corrupt *CorruptError
			if _, err := s.Get(k); !errors.As(err, &corrupt) {
				t.Fatal(err)
			}
		}
	}
	os.WriteFile(filepath.Join(dir, ogs.file()), []byte(`torn`), 0o600) // and one that nobody has read yet
	signOut(t, s)
	left := 0
	for _, name := range files(t, dir) {
		switch {
		case strings.HasSuffix(name, ".lock"):
		case strings.HasPrefix(name, elsewhere.file()+corruptSuffix):
			left++
		default:
			t.Errorf("%s is still there", name)
		}
	}
	if left != 2 {
		t.Errorf("%d of the other server's records are left, want 2", left)
	}
}

// A system without a key ring is told of once, when the first sign-in goes to a
// file, in words without D-Bus in them.
func TestNoKeyringIsQuiet(t *testing.T) {
	for _, raw := range []error{
		&exec.Error{Name: "dbus-launch", Err: exec.ErrNotFound},
		errors.New(`exec: "dbus-launch": executable file not found in $PATH`),
		errors.New("The name org.freedesktop.secrets was not provided by any .service files"),
		errors.New("dial unix /run/user/1000/bus: connect: no such file or directory"),
	} {
		keyring.MockInitWithError(raw)
		dir := filepath.Join(t.TempDir(), "c")
		var told []string
		store := func() *Store { return New(Options{Dir: dir, Notice: func(s string) { told = append(told, s) }}) }
		store().Get(ogs) // commands before anybody has signed in
		signOut(t, store())
		if len(told) != 0 {
			t.Errorf("%v: told %q before there was anything to say", raw, told)
		}
		for n := range 3 { // signing in, and refreshes in later processes
			if err := store().Put(ogs, Credential{Token: pair(n, time.Hour)}); err != nil {
				t.Fatal(err)
			}
			store().Get(ogs)
		}
		signOut(t, store())
		want := fmt.Sprintf("This system has no key ring, so sign-ins are kept in %s, readable by you alone.", dir)
		if len(told) != 1 || told[0] != want {
			t.Errorf("%v: told %q", raw, told)
		}
	}
	keyring.MockInitWithError(errors.New("no key ring here"))
}
