package main

import (
	"image"
	"image/color"
	"image/jpeg"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// driveVariable makes the test program the real one, driven by a test.
const driveVariable = "GOBANCAM_TEST_DRIVEN"

func TestMain(m *testing.M) {
	if os.Getenv(driveVariable) != "" {
		driven()
	}
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
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("IMAGES", images)
			e.Setenv("HTML", html.URL)
			for _, dir := range []string{"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"} {
				e.Setenv(dir, filepath.Join(e.WorkDir, "home", dir))
			}
			flights := filepath.Join(e.WorkDir, "flown")
			e.Setenv("FLIGHTS", flights)
			if err := writeFlight(flights); err != nil {
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
