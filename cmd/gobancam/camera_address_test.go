package main

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/adrg/xdg"

	"github.com/gobancam/gobancam/board"
)

// A camera that wants a name and a password: calibrate, record and play with its
// address leave the password in the one file that is made for it, and say it
// nowhere. The second time the camera is found by its name.
func TestCameraPasswordIsKeptInOnePlace(t *testing.T) {
	home(t)
	room := newRoom(t)
	camera := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "me" || password != "hush" || r.FormValue("token") != "hush2" {
			w.Header().Set("WWW-Authenticate", `Basic realm="camera"`)
			http.Error(w, "no", http.StatusUnauthorized)
			return
		}
		room.live.ServeHTTP(w, r)
	}))
	defer camera.Close()
	defer camera.CloseClientConnections()
	host := strings.TrimPrefix(camera.URL, "http://")
	address := "http://me:hush@" + host + "/stream.mjpg?token=hush2"
	name := "http://me:***@" + host + "/stream.mjpg?token=***"

	said := start(t, "calibrate", "--text", "--camera", address).ends(exitOK)
	p := start(t, "record", "--headless", "--camera", name, "--sgf", filepath.Join(t.TempDir(), "game.sgf"))
	p.expect("where it was when the camera was calibrated")
	room.put(t, board.Black, "E5")
	p.expect(`"number":1,"color":"B"`)
	p.enter("quit")
	said += p.ends(exitOK)
	said += start(t, "bench", "--time", "1s", name).ends(exitOK)
	said += start(t, "bench", "--time", "1s", address).ends(exitOK)
	wrong := strings.Replace(address, "hush", "hush3", 1)
	said += start(t, "record", "--headless", "--camera", wrong).ends(exitUsage)
	said += start(t, "calibrate", "--text", "--camera", "http://me:hush@127.0.0.1:1/?pwd=hush").ends(exitUsage)
	for _, command := range []string{"read", "eval", "replay", "report"} {
		said += start(t, command, "http://me:hush@127.0.0.1:1/x?token=hush").ends(exitUsage)
	}
	if said += start(t, "calibrate", "--text", "--camera", "http://me:***@127.0.0.1:1/").ends(exitUsage); !strings.Contains(said, "is not stored here") {
		t.Errorf("a password that is not known:\n%s", said)
	}
	if strings.Contains(said, "hush") {
		t.Errorf("it was said:\n%s", said)
	}

	holders := 0
	err := filepath.WalkDir(filepath.Dir(xdg.ConfigHome), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if strings.Contains(d.Name(), "hush") {
			t.Errorf("the name of %s", path)
		}
		if d.IsDir() {
			return nil
		}
		b, err := os.ReadFile(path)
		if err != nil || !strings.Contains(string(b), "hush") {
			return err
		}
		holders++
		info, err := d.Info()
		if err != nil || info.Mode().Perm() != 0o600 || filepath.Base(filepath.Dir(path)) != "credentials" {
			t.Errorf("%s holds the password, mode %v (%v)", path, info.Mode(), err)
		}
		return nil
	})
	if err != nil || holders != 1 {
		t.Errorf("%d files hold the password (%v)", holders, err)
	}
}
