package state_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/gobancam/gobancam/internal/app/apptest"
	"github.com/gobancam/gobancam/internal/app/state"
)

// What was remembered is known at the next start; what is spoilt is forgotten.
func TestRemembering(t *testing.T) {
	home := apptest.Home(t)
	if id := state.LastGame("https://a.example"); id != 0 {
		t.Errorf("a game was played last: %d", id)
	}
	if _, err := state.LastCamera(); err == nil {
		t.Error("a camera was used last")
	}
	if err := state.RememberGame("https://a.example", 7); err != nil {
		t.Fatal(err)
	}
	if err := state.RememberGame("https://b.example", 8); err != nil {
		t.Fatal(err)
	}
	if a, b := state.LastGame("https://a.example"), state.LastGame("https://b.example"); a != 7 || b != 8 {
		t.Errorf("the last games are %d and %d", a, b)
	}
	want := state.Camera{Camera: "/dev/video2", Width: 1920, Height: 1080}
	if err := state.RememberCamera(want); err != nil {
		t.Fatal(err)
	}
	if got, err := state.LastCamera(); err != nil || got != want {
		t.Errorf("the last camera is %+v (%v)", got, err)
	}
	if l := state.LastLook(); l != (state.Look{}) {
		t.Errorf("the window was left as %+v", l)
	}
	look := state.Look{Light: true, Width: 1500, Height: 900}
	if err := state.RememberLook(look); err != nil || state.LastLook() != look {
		t.Errorf("the window was left as %+v (%v)", state.LastLook(), err)
	}
	for _, name := range []string{"last-games.json", "last-camera.json", "window.json"} {
		if err := os.WriteFile(filepath.Join(home, "XDG_STATE_HOME", "gobancam", name), []byte("{"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if id := state.LastGame("https://a.example"); id != 0 {
		t.Errorf("a spoilt memory says %d", id)
	}
	if l := state.LastLook(); l != (state.Look{}) {
		t.Errorf("a spoilt memory says %+v", l)
	}
	if c, err := state.LastCamera(); err == nil {
		t.Errorf("a spoilt memory says %+v", c)
	}
}

func TestDeviceIDStays(t *testing.T) {
	apptest.Home(t)
	first := state.DeviceID()
	if len(first) != 32 || state.DeviceID() != first {
		t.Errorf("%q, then %q", first, state.DeviceID())
	}
}

func TestGameName(t *testing.T) {
	if got := state.GameName("http://127.0.0.1:8080/ogs", 12); got != "127.0.0.1-8080-ogs-12" {
		t.Error(got)
	}
}
