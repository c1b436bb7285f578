package main

import (
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/gobancam/gobancam/ogs/ogstest"
)

// driveVariable makes the test program the real one, driven by a test.
const driveVariable = "GOBANCAM_TEST_DRIVEN"

func TestMain(m *testing.M) {
	if os.Getenv(driveVariable) != "" {
		driven()
	}
	// A window is opened by the tests that say so, and on a screen of their own.
	os.Unsetenv("DISPLAY")
	os.Unsetenv("WAYLAND_DISPLAY")
	if os.Getenv(fakeKataGo) != "" && len(os.Args) == 1 {
		analyse()
		return
	}
	testscript.Main(m, map[string]func(){"gobancam": main})
}

// TestScripts runs the real program as scripts do.
func TestScripts(t *testing.T) {
	images, err := filepath.Abs("../../testdata/images")
	if err != nil {
		t.Fatal(err)
	}
	html := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Write([]byte("<!DOCTYPE html><h1>Server Error (500)</h1>"))
	}))
	t.Cleanup(html.Close) // the scripts run in parallel, after this function
	ogs, tokens := clubServer(t)
	flown := t.TempDir()
	writeFlight(t, flown)
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("IMAGES", images)
			e.Setenv("HTML", html.URL)
			e.Setenv("OGS", ogs.URL())
			for name, value := range tokens {
				e.Setenv(name, value)
			}
			for _, dir := range []string{"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"} {
				e.Setenv(dir, filepath.Join(e.WorkDir, "home", dir))
			}
			flights := filepath.Join(e.WorkDir, "flown")
			e.Setenv("FLIGHTS", flights)
			if err := os.CopyFS(flights, os.DirFS(flown)); err != nil {
				return err
			}
			if err := writeJPEG(filepath.Join(e.WorkDir, "dot.jpg"), 1, 1); err != nil {
				return err
			}
			if err := writeJPEG(filepath.Join(e.WorkDir, "gray.jpg"), 640, 480); err != nil {
				return err
			}
			return writeForeign(e.WorkDir)
		},
	})
}

// clubServer is a server for scripts that keep tournament records, with what they
// need to know of it.
func clubServer(t *testing.T) (srv *ogstest.Server, env map[string]string) {
	t.Helper()
	srv, err := ogstest.New(ogstest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, v := range srv.Violations() {
			t.Errorf("the server noted: %s", v)
		}
		srv.Close()
	})
	alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
	board := srv.AddDemo(alice, ogstest.DemoSetup{Name: "Board 1", Black: "Anna", White: "Cho"})
	return srv, map[string]string{"ALICE": srv.Token(alice), "BOB": srv.Token(bob), "GROUP": fmt.Sprint(srv.AddGroup("Club", alice)), "BOARD": fmt.Sprint(board.ID)}
}

// writeJPEG writes an even gray picture.
func writeJPEG(name string, w, h int) error {
	img := image.NewGray(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = color.Gray{Y: 128}.Y
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	if err := jpeg.Encode(f, img, nil); err != nil {
		return err
	}
	return f.Close()
}
