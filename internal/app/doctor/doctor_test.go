package doctor

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/calibrate"
	"github.com/gobancam/gobancam/internal/app/account"
	"github.com/gobancam/gobancam/internal/app/apptest"
	"github.com/gobancam/gobancam/internal/app/camera"
	"github.com/gobancam/gobancam/internal/app/state"
	"github.com/gobancam/gobancam/internal/config"
	"github.com/gobancam/gobancam/internal/grid"
)

// stream is a camera on the network that sends a picture every so often.
func stream(t *testing.T, every time.Duration) string {
	t.Helper()
	var picture bytes.Buffer
	if err := jpeg.Encode(&picture, image.NewGray(image.Rect(0, 0, 320, 240)), nil); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary=x")
		for r.Context().Err() == nil {
			fmt.Fprintf(w, "--x\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n", picture.Len(), picture.Bytes())
			w.(http.Flusher).Flush()
			time.Sleep(every)
		}
	}))
	t.Cleanup(srv.Close)
	return srv.URL + "/video"
}

func TestCameras(t *testing.T) {
	apptest.Home(t)
	look := func(name string) Finding {
		t.Helper()
		found := cameras(t.Context(), Options{Camera: camera.Name(name)})
		if len(found) != 1 {
			t.Fatalf("%s: %+v", name, found)
		}
		return found[0]
	}
	if f := look(stream(t, 20*time.Millisecond)); f.Grade != Good || len(f.Rates) != 1 || f.Rates[0].Width != 320 || f.Rates[0].Rate < fewest || f.Rates[0].Rate > 60 {
		t.Errorf("a phone: %+v", f)
	}
	if f := look(stream(t, 600*time.Millisecond)); f.Grade != Note || !strings.Contains(f.Text, "5 or more") {
		t.Errorf("a slow phone: %+v", f)
	}
	if f := look("http://me:hush@127.0.0.1:1/video"); f.Grade != Wrong || strings.Contains(f.Text, "hush") || !strings.Contains(f.Text, "127.0.0.1:1") {
		t.Errorf("a phone that is away: %+v", f)
	}
	if f := look("97"); f.Grade != Wrong || f.What != NoCamera {
		t.Errorf("a camera that is not there: %+v", f)
	}
	if f := look("phone:"); f.Grade != Good {
		t.Errorf("a phone's browser: %+v", f)
	}
	// Without a name, the one that was used last is looked at, if it has an address.
	if err := state.RememberCamera(state.Camera{Camera: stream(t, 20*time.Millisecond)}); err != nil {
		t.Fatal(err)
	}
	found := cameras(t.Context(), Options{})
	if last := found[len(found)-1]; !strings.Contains(last.Text, "used last") || last.Grade != Good {
		t.Errorf("the last one: %+v", found)
	}
}

func TestServer(t *testing.T) {
	apptest.Home(t)
	for name, c := range map[string]struct {
		date  time.Time
		code  int
		grade Grade
		says  string
	}{
		"all is well":            {time.Now(), 200, Good, "clocks agree"},
		"the clock is off":       {time.Now().Add(-30 * time.Second), 200, Note, "30s off"},
		"the clock is far off":   {time.Now().Add(time.Hour), 200, Wrong, "sign-ins fail"},
		"no such page, no harm":  {time.Now(), 404, Good, "clocks agree"},
		"the server is in pains": {time.Now(), 503, Wrong, "in trouble"},
	} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Date", c.date.UTC().Format(http.TimeFormat))
			w.WriteHeader(c.code)
		}))
		found := server(t.Context(), Options{Server: account.Server{Address: srv.URL}})
		srv.Close()
		// The header has whole seconds, and the test its own time.
		if f := found[0]; f.Grade != c.grade || !strings.Contains(strings.Replace(f.Text, "31s", "30s", 1), c.says) {
			t.Errorf("%s: %+v", name, f)
		}
	}
	if f := server(t.Context(), Options{Server: account.Server{Address: "http://127.0.0.1:1"}})[0]; f.Grade != Wrong || !strings.Contains(f.Text, "does not answer") {
		t.Errorf("nobody there: %+v", f)
	}
	if f := server(t.Context(), Options{Server: account.Server{Address: "http://example.com"}})[0]; f.Grade != Wrong {
		t.Errorf("an address that is not for secrets: %+v", f)
	}
}

func TestSignIn(t *testing.T) {
	w := apptest.NewWorld(t)
	look := func() Finding { return signIn(t.Context(), Options{Server: w.Account})[0] }
	if f := look(); f.Grade != Good || strings.Contains(fmt.Sprint(f), os.Getenv(account.TokenVariable)) {
		t.Errorf("by the environment: %+v", f)
	}
	t.Setenv(account.TokenVariable, "")
	if f := look(); f.Grade != Note || f.What != SignedOut {
		t.Errorf("nobody: %+v", f)
	}
	t.Setenv(account.TokenVariable+"_FILE", filepath.Join(t.TempDir(), "none"))
	if f := look(); f.Grade != Wrong {
		t.Errorf("a file that is not there: %+v", f)
	}
}

func TestPlaces(t *testing.T) {
	home := apptest.Home(t)
	if f := disks(t.Context(), Options{}); len(f) != 1 || f[0].Grade == Wrong {
		t.Errorf("a new home: %+v", f)
	}
	if left, _ := filepath.Glob(filepath.Join(home, ".gobancam-doctor-*")); len(left) > 0 {
		t.Errorf("it left %s", left)
	}
	if err := writable(filepath.Join(home, "none")); err == nil {
		t.Error("a directory that is not there can be written to")
	}
	if f := profiles(t.Context(), Options{})[0]; f.What != Uncalibrated {
		t.Errorf("no calibration: %+v", f)
	}
	corners := [4]grid.Pt{{X: 100, Y: 80}, {X: 500, Y: 85}, {X: 560, Y: 440}, {X: 60, Y: 430}}
	if err := camera.Profiles().Save(&calibrate.Profile{Camera: "7", Grid: grid.Spec{Size: 13, Width: 640, Height: 480, Corners: corners}}); err != nil {
		t.Fatal(err)
	}
	if f := profiles(t.Context(), Options{})[0]; f.Grade != Good || !strings.Contains(f.Text, "7") {
		t.Errorf("one calibration: %+v", f)
	}
	if f := configuration(t.Context(), Options{})[0]; f.Grade != Good {
		t.Errorf("no configuration: %+v", f)
	}
	if err := os.MkdirAll(filepath.Dir(config.File()), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(config.File(), []byte("[sound]\nvolume = 7\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if f := configuration(t.Context(), Options{})[0]; f.Grade != Wrong || f.What != BadConfig {
		t.Errorf("a bad configuration: %+v", f)
	}
}

// What hangs is a finding, and what is found decides what can be played.
func TestRun(t *testing.T) {
	give := func(about string, g ...Grade) check {
		return check{about, 0, func(context.Context, Options) (f []Finding) {
			for _, g := range g {
				f = append(f, Finding{Grade: g, Text: "http://me:hush@host/", What: NoCamera})
			}
			return f
		}}
	}
	hangs := check{"display", 0, func(ctx context.Context, _ Options) []Finding { <-ctx.Done(); <-t.Context().Done(); return nil }}
	o := Options{Limit: 20 * time.Millisecond, Mend: func(w What) string { return "mend " + string(w) }}
	r := run(t.Context(), o, []check{give("camera", Wrong, Good), give("server", Good), give("sign-in", Note), hangs})
	if !r.Board || r.Online || r.Window || r.Grade("display") != Wrong || r.Grade("camera") != Good {
		t.Errorf("found %+v", r)
	}
	text, err := json.Marshal(r)
	if err != nil || strings.Contains(string(text), "hush") || !strings.Contains(string(text), "mend no camera") || !strings.Contains(string(text), "no answer within 20ms") {
		t.Errorf("%s, %v", text, err)
	}
	for _, bad := range []string{"camera", "OpenCV", "configuration", "disk"} {
		list := []check{give("camera", Good), give(bad, Wrong)}
		if bad == "camera" {
			list = list[1:]
		}
		if r := run(t.Context(), o, list); r.Board {
			t.Errorf("a game can be played with a bad %s", bad)
		}
	}
	if r := run(t.Context(), o, []check{give("camera", Good), give("server", Good), give("sign-in", Good), give("display", Good)}); !r.Online || !r.Window || r.Engine == false {
		t.Errorf("all is well, and %+v", r)
	}
}
