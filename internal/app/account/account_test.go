package account_test

import (
	"errors"
	"testing"

	"github.com/gobancam/gobancam/internal/app/account"
	"github.com/gobancam/gobancam/internal/app/apptest"
	"github.com/gobancam/gobancam/internal/credentials"
)

func TestWhoIsSignedIn(t *testing.T) {
	w := apptest.NewWorld(t)
	_, me, err := w.Account.SignedIn(t.Context())
	if err != nil || me.Username != "alice" {
		t.Errorf("signed in as %q (%v)", me.Username, err)
	}
	t.Setenv(account.TokenVariable, "")
	var out *account.SignedOutError
	if _, err := w.Account.Client(t.Context(), nil); !errors.As(err, &out) || out.Server != w.URL() {
		t.Errorf("signed out: %v", err)
	}
	if err := w.Account.SignOut(t.Context()); !errors.Is(err, credentials.ErrNone) {
		t.Errorf("signed out twice: %v", err)
	}
	if id := w.Account.LastApp(); id != "" {
		t.Errorf("an application %q", id)
	}
}
