package account

import (
	"testing"

	"github.com/adrg/xdg"

	"github.com/gobancam/gobancam/internal/credentials"
)

// Which application asks: the chosen one, the last one, the one that came along.
func TestApp(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	t.Setenv("GOBANCAM_KEYRING", "off")
	xdg.Reload()
	t.Cleanup(xdg.Reload)
	ogs := Server{Address: "https://online-go.com/", Notice: func(string) {}}
	beta := Server{Address: "https://beta.online-go.com", Notice: func(string) {}}
	if id := ogs.App(""); id != "" || HasApp() {
		t.Errorf("it comes with %q", id)
	}
	clientID = "ours"
	t.Cleanup(func() { clientID = "" })
	if ogs.App("") != "ours" || ogs.App("mine") != "mine" || !HasApp() {
		t.Errorf("at online-go.com it is %q and %q", ogs.App(""), ogs.App("mine"))
	}
	if id := beta.App(""); id != "" {
		t.Errorf("another server is told %q, which it does not know", id)
	}
	if err := ogs.Store().Put(ogs.Key(), credentials.Credential{ClientID: "last", Secret: "x"}); err != nil {
		t.Fatal(err)
	}
	if id := ogs.App(""); id != "last" {
		t.Errorf("after a sign-in by another it is %q", id)
	}
}
