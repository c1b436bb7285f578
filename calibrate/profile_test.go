package calibrate

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gobancam/gobancam/internal/grid"
)

func sample() *Profile {
	return &Profile{
		Camera: "/dev/video2",
		Grid: grid.Spec{Size: 13, Width: 1280, Height: 720, K1: 0.04, Aspect: grid.Standard, Focal: 1100,
			Corners: [4]grid.Pt{{X: 400.25, Y: 80}, {X: 900, Y: 90}, {X: 1100, Y: 600}, {X: 200, Y: 580}}},
		Fit:     0.02,
		Colours: &Colours{Board: RGB{200, 160, 90}, Black: RGB{30, 30, 30}, White: RGB{240, 240, 230}},
		Saved:   time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),

		Exposure: new(157.0), Focus: new(0.0),
	}
}

func TestCamerasAreListed(t *testing.T) {
	s := Store{Dir: t.TempDir()}
	if got := s.Cameras(); len(got) != 0 {
		t.Errorf("an empty store lists %v", got)
	}
	for i, name := range []string{"http://phone/video", "0", "rtsp://gate"} {
		p := sample()
		p.Camera, p.Saved = name, p.Saved.Add(time.Duration(i%2)*time.Hour)
		if err := s.Save(p); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(s.Dir, "junk.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := s.Cameras(); len(got) != 3 || got[0] != "0" {
		t.Errorf("listed %v, want the camera 0, calibrated last, and two others", got)
	}
}

func TestProfileComesBackAsItWas(t *testing.T) {
	s := Store{Dir: filepath.Join(t.TempDir(), "new", "dir")}
	want := sample()
	if err := s.Save(want); err != nil {
		t.Fatal(err)
	}
	got, err := s.Load(want.Camera)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	left, err := os.ReadDir(s.Dir)
	if err != nil || len(left) != 1 {
		t.Errorf("the directory holds %v (%v), want the profile alone", left, err)
	}
}

func TestCamerasDoNotShareAFile(t *testing.T) {
	s := Store{Dir: "d"}
	seen := map[string]string{}
	for _, c := range []string{"0", "1", "/dev/video0", "-dev-video0", "http://a/b", "http://a-b", "rtsp://10.0.0.1/x", strings.Repeat("x", 300), strings.Repeat("x", 301), "..", "碁"} {
		p := s.Path(c)
		if filepath.Dir(p) != "d" || len(filepath.Base(p)) > 80 {
			t.Errorf("%q is kept in %q", c, p)
		}
		if other, ok := seen[p]; ok {
			t.Errorf("%q and %q share %s", c, other, p)
		}
		seen[p] = c
	}
}

func TestUnusableFilesAreRefusedAndLeft(t *testing.T) {
	good, err := sample().Encode()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ text, says string }{
		"empty":       {"", "unexpected end"},
		"torn":        {string(good[:len(good)/2]), "unexpected end"},
		"html":        {"<html>", "invalid character"},
		"other json":  {`{"size": 19}`, "other program"},
		"newer":       {strings.Replace(string(good), `"version": 1`, `"version": 2`, 1), "newer gobancam"},
		"version 0":   {strings.Replace(string(good), `"version": 1`, `"version": 0`, 1), "does not exist"},
		"no camera":   {strings.Replace(string(good), `/dev/video2`, ``, 1), "names no camera"},
		"size":        {strings.Replace(string(good), `"size": 13`, `"size": 99`, 1), "2 to 25 lines"},
		"far corner":  {strings.Replace(string(good), `400.25`, `-4000`, 1), "outside of the 1280×720 picture"},
		"flipped":     {strings.Replace(string(good), `400.25`, `1250`, 1), "clockwise"},
		"too long":    {strings.Repeat(" ", maxProfile) + string(good), "far too long"},
		"other owner": {strings.Replace(string(good), `/dev/video2`, `/dev/video3`, 1), "belongs to camera"},
	} {
		t.Run(name, func(t *testing.T) {
			s := Store{Dir: t.TempDir()}
			path := s.Path("/dev/video2")
			if err := os.WriteFile(path, []byte(c.text), 0o644); err != nil {
				t.Fatal(err)
			}
			_, err := s.Load("/dev/video2")
			if !errors.Is(err, ErrProfile) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want ErrProfile that says %q", err, c.says)
			}
			if b, err := os.ReadFile(path); err != nil || string(b) != c.text {
				t.Error("the file was changed")
			}
		})
	}
}

func TestNothingSaved(t *testing.T) {
	_, err := Store{Dir: t.TempDir()}.Load("0")
	if !errors.Is(err, ErrNone) || strings.Contains(err.Error(), "gobancam") {
		t.Errorf("got %v, want ErrNone and no command line", err)
	}
}

func FuzzDecode(f *testing.F) {
	good, err := sample().Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(`{"gobancam":"calibration","version":1}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := Decode(b)
		if err != nil {
			if !errors.Is(err, ErrProfile) {
				t.Fatalf("%v does not wrap ErrProfile", err)
			}
			return
		}
		again, err := p.Encode()
		if err != nil {
			t.Fatalf("what was decoded cannot be written: %v", err)
		}
		if q, err := Decode(again); err != nil || !cmp.Equal(p.Grid, q.Grid) {
			t.Fatalf("changed on the way: %v", err)
		}
	})
}
