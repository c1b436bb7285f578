package ogs_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/gobancam/gobancam/ogs"
	"github.com/gobancam/gobancam/ogs/ogstest"
)

// TestUpload puts records into a library, once each, whatever the server does.
func TestUpload(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, ogstest.Options{})
		c := w.client(nil)
		sgf := []byte("(;GM[1]FF[4]SZ[9];B[ee])\n")
		if err := c.Upload(w.ctx, 0, "game.sgf", sgf); err != nil {
			t.Fatal(err)
		}
		if err := c.Upload(w.ctx, 1234, `a "name" é.sgf`, sgf); err != nil {
			t.Fatal(err)
		}
		want := []ogstest.Upload{{Name: "game.sgf", SGF: sgf}, {Collection: 1234, Name: `a "name" é.sgf`, SGF: sgf}}
		got := w.srv.Library(w.alice)
		if !slices.EqualFunc(got, want, func(a, b ogstest.Upload) bool {
			return a.Collection == b.Collection && a.Name == b.Name && string(a.SGF) == string(b.SGF)
		}) {
			t.Errorf("the library has %v", got)
		}
		var refused *ogs.APIError
		if err := c.Upload(w.ctx, 0, "game.txt", sgf); !errors.As(err, &refused) || !strings.Contains(err.Error(), "No files uploaded") {
			t.Error(err)
		}
		for _, f := range []ogstest.Fault{{Kind: ogstest.HTML200}, {Kind: ogstest.HTML500}, {Kind: ogstest.Cut}, {Kind: ogstest.Status, Status: 403}} {
			w.srv.Inject(f)
			if err := c.Upload(w.ctx, 0, "game.sgf", sgf); err == nil || strings.ContainsAny(err.Error(), "<>\n") {
				t.Errorf("%v: %v", f, err)
			}
		}
		if n := len(w.srv.Library(w.bob)); n != 0 {
			t.Errorf("bob has %d records", n)
		}
		guest := w.client(func(o *ogs.Options) { o.Tokens = nil })
		if err := guest.Upload(w.ctx, 0, "game.sgf", sgf); !errors.Is(err, ogs.ErrSignIn) {
			t.Error(err)
		}
	})
}
