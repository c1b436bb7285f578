// Package apptest gives the tests of the application's rooms a home in which
// nothing is stored yet, and a server to play at.
package apptest

import (
	"bytes"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/adrg/xdg"

	"github.com/gobancam/gobancam/internal/app/account"
	"github.com/gobancam/gobancam/internal/patient"
	"github.com/gobancam/gobancam/ogs"
	"github.com/gobancam/gobancam/ogs/ogstest"
)

// Home makes a new home, and returns its directory.
func Home(t *testing.T) string {
	t.Helper()
	home := t.TempDir()
	for _, name := range []string{"XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"} {
		t.Setenv(name, filepath.Join(home, name))
	}
	for _, name := range []string{account.TokenVariable, account.JWTVariable, account.SecretVariable, "GOBANCAM_OGS_CLIENT_ID"} {
		t.Setenv(name, "")
	}
	t.Setenv("GOBANCAM_KEYRING", "off")
	xdg.Reload()
	t.Cleanup(xdg.Reload)
	return home
}

// World is a server with two users, the first of whom is signed in here.
type World struct {
	*ogstest.Server
	Alice, Bob *ogstest.User
	Account    account.Server
}

// NewWorld makes a server, in a new home. At the end nobody must have done what a
// well-behaved client does not do.
func NewWorld(t *testing.T) *World {
	t.Helper()
	Home(t)
	srv, err := ogstest.New(ogstest.Options{Keepalive: 30 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, v := range srv.Violations() {
			t.Errorf("the server noted: %s", v)
		}
		srv.Close()
	})
	w := &World{Server: srv, Alice: srv.AddUser("alice"), Bob: srv.AddUser("bob"), Account: account.Server{Address: srv.URL(), Notice: func(s string) { t.Log(s) }}}
	t.Setenv(account.TokenVariable, srv.Token(w.Alice))
	return w
}

// Game starts a game of the two on a small board, in which Alice is black.
func (w *World) Game(t *testing.T, name string) *ogstest.Game {
	t.Helper()
	g, err := w.StartGame(ogstest.Setup{Name: name, Black: w.Alice, White: w.Bob, Size: 9})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// Client is Alice's.
func (w *World) Client(t *testing.T) *ogs.Client {
	t.Helper()
	c, err := w.Account.Client(t.Context(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Page is what a face has written. Expect waits for it.
type Page struct {
	mu   sync.Mutex
	text bytes.Buffer
	news chan struct{} // closed when there is more
	read int           // how far Expect has looked
}

var _ io.Writer = (*Page)(nil)

// Write implements io.Writer.
func (p *Page) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.news != nil {
		close(p.news)
		p.news = nil
	}
	return p.text.Write(b)
}

// Expect waits for a text, behind the one that was waited for last.
func (p *Page) Expect(t *testing.T, text string) {
	t.Helper()
	late := patient.After(90 * time.Second)
	for {
		p.mu.Lock()
		all := p.text.String()
		if p.news == nil {
			p.news = make(chan struct{})
		}
		news := p.news
		p.mu.Unlock()
		if i := strings.Index(all[p.read:], text); i >= 0 {
			p.read += i + len(text)
			return
		}
		select {
		case <-news:
		case <-late:
			t.Fatalf("it does not say %q:\n%s", text, all)
		}
	}
}
