package camera_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gobancam/gobancam/calibrate"
	"github.com/gobancam/gobancam/internal/app/apptest"
	"github.com/gobancam/gobancam/internal/app/camera"
	"github.com/gobancam/gobancam/internal/app/failure"
	"github.com/gobancam/gobancam/internal/app/state"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/play"
)

// The camera that was used last is known by its name, also where an older
// version kept its address; its password goes where passwords are.
func TestLastCameraWithPassword(t *testing.T) {
	home := apptest.Home(t)
	const address, name = "http://me:hush@camera/video", "http://me:***@camera/video"
	if err := state.RememberCamera(state.Camera{Camera: address, Width: 640, Height: 480}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		c, err := camera.Last()
		if err != nil || c.Name != name || c.Wanted.X != 640 || c.Wanted.Y != 480 {
			t.Fatalf("%+v, %v", c, err)
		}
	}
	b, err := os.ReadFile(filepath.Join(home, "XDG_STATE_HOME", "gobancam", "last-camera.json"))
	if err != nil || strings.Contains(string(b), "hush") {
		t.Errorf("%s (%v)", b, err)
	}
}

// corners of a board in a picture of 640×480.
var corners = camera.Corners{{X: 100, Y: 80}, {X: 500, Y: 85}, {X: 560, Y: 440}, {X: 60, Y: 430}}

// Where the board is comes from corners that were given, else from the
// calibration, if it is of a board of that size.
func TestChoiceFindsTheBoard(t *testing.T) {
	apptest.Home(t)
	if err := camera.Profiles().Save(&calibrate.Profile{Camera: "7", Grid: grid.Spec{Size: 13, Width: 640, Height: 480, Corners: corners}}); err != nil {
		t.Fatal(err)
	}
	said := ""
	find := func(c camera.Choice, size int) play.EyesOptions {
		said = ""
		eyes := play.EyesOptions{Size: size}
		c.Find(&eyes, func(s string) { said += s })
		return eyes
	}
	if e := find(camera.Choice{Name: "7", Corners: &corners}, 9); e.Corners == nil || e.Verify || e.Size != 9 || said != "" {
		t.Errorf("given corners: %+v %s", e, said)
	}
	if e := find(camera.Choice{Name: "7"}, 0); e.Corners == nil || !e.Verify || e.Size != 13 || said != "" {
		t.Errorf("calibrated: %+v %s", e, said)
	}
	if e := find(camera.Choice{Name: "7"}, 19); e.Corners != nil || !strings.Contains(said, "13×13") {
		t.Errorf("calibrated for another board: %+v %s", e, said)
	}
	if e := find(camera.Choice{Name: "8"}, 19); e.Corners != nil || said != "" {
		t.Errorf("not calibrated: %+v %s", e, said)
	}
	if o := camera.Options("7", camera.Choice{}.Wanted); o.Width != 640 || o.Height != 480 {
		t.Errorf("opened as %+v", o)
	}
}

func TestParseCorners(t *testing.T) {
	c, err := camera.ParseCorners(camera.CornerText(corners))
	if err != nil || *c != corners {
		t.Errorf("%v, %v", c, err)
	}
	for _, bad := range []string{"", "1,2 3,4 5,6", "1,2 3,4 5,6 7", "1,2 3,4 5,6 a,b"} {
		if _, err := camera.ParseCorners(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestOpenFails(t *testing.T) {
	apptest.Home(t)
	open := func(name string) error {
		src, _, err := camera.Choice{Name: name}.Open(t.Context(), 0, func(string) {}, nil)
		if err == nil {
			src.Close()
			t.Fatalf("%s is open", name)
		}
		if failure.Of(err) != failure.Misuse {
			t.Errorf("%s: %v is of kind %d", name, err, failure.Of(err))
		}
		return err
	}
	var none *camera.NoneError
	if err := open("99"); !errors.As(err, &none) {
		t.Errorf("a camera that is not there: %v", err)
	}
	if err := open("http://127.0.0.1:1/video"); errors.As(err, &none) || !strings.Contains(err.Error(), "same network") {
		t.Errorf("a phone that is not there: %v", err)
	}
	if err := open("http://me:***@127.0.0.1:1/"); !strings.Contains(err.Error(), "is not stored here") {
		t.Errorf("a password that is not known: %v", err)
	}
	for code, words := range map[int]string{
		http.StatusUnauthorized: "a name and a password", http.StatusForbidden: "lets nobody in", http.StatusNotFound: "its stream is elsewhere",
		http.StatusServiceUnavailable: "in trouble", http.StatusTeapot: "the address of its stream",
	} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }))
		if err := open(srv.URL + "/video"); !strings.Contains(err.Error(), words) {
			t.Errorf("a camera that answers %d: %v", code, err)
		}
		srv.Close()
	}
	for spec, said := range map[string]bool{"192.168.1.20:8080": true, "phone.local:8080/video": true, "192.168.1.20": true, "game.mp4": false, "a:b": false} {
		if err := open(spec); strings.Contains(err.Error(), "http://"+spec) != said {
			t.Errorf("%s: %v", spec, err)
		}
	}
	open("sim:many")
	open(filepath.Join(t.TempDir(), "none.mp4"))
}
