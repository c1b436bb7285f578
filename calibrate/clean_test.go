package calibrate

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gobancam/gobancam/internal/mask"
)

// hostile are addresses with the secret "hush" in every place that cameras know.
var hostile = []string{
	"http://user:hush@192.168.1.20:8080/video",
	"rtsp://user:h%40hush@[fe80::1]:554/live",
	"http://hush@cam/video",
	"http://cam/video?user=me&password=hush",
	"http://cam/video.cgi?loginuse=me&loginpas=hush&x=1",
	"http://cam/video?PWD=hush;token=hush#auth=hush",
	"rtsp://cam:554/user=me_password=hush_channel=1_stream=0.sdp",
	"rtsp://me:hush@cam/a?secret=hush",
	"https://user:hush@cam/" + strings.Repeat("long/", 40) + "?key=hush",
}

// noSecret fails if anything in dir, or the name of it, holds the secret, or if
// others can read it.
func noSecret(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if strings.Contains(d.Name(), "hush") {
			t.Errorf("the name %s", d.Name())
		}
		if b, err := os.ReadFile(path); err != nil || strings.Contains(string(b), "hush") {
			t.Errorf("%s holds %s (%v)", d.Name(), b, err)
		}
		if info, err := d.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has the mode %v (%v)", d.Name(), info.Mode(), err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestProfilesHoldNoPasswords(t *testing.T) {
	for _, address := range hostile {
		s := Store{Dir: filepath.Join(t.TempDir(), "cameras")}
		p := sample()
		p.Camera = address
		if err := s.Save(p); err != nil {
			t.Fatal(err)
		}
		noSecret(t, s.Dir)
		for _, by := range []string{address, mask.Address(address)} {
			got, err := s.Load(by)
			if err != nil || got.Camera != mask.Address(address) {
				t.Errorf("%s: %v %v", by, got, err)
			}
		}
		if got := s.Cameras(); len(got) != 1 || strings.Contains(got[0], "hush") {
			t.Errorf("listed %q", got)
		}
		_, err := Store{Dir: t.TempDir()}.Load(address)
		if !errors.Is(err, ErrNone) || strings.Contains(err.Error(), "hush") {
			t.Errorf("no profile: %v", err)
		}
	}
}

// old writes a profile as earlier versions did.
func old(t *testing.T, s Store, address string, at time.Time) string {
	t.Helper()
	p := sample()
	p.Camera, p.Saved = address, at
	b, err := p.Encode()
	if err != nil {
		t.Fatal(err)
	}
	path := s.path(address)
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestOldProfilesAreCleaned(t *testing.T) {
	for _, address := range hostile {
		for _, by := range []string{address, mask.Address(address), "0", ""} { // "" lists the cameras
			kept := map[string]string{}
			s := Store{Dir: t.TempDir(), Keep: func(name, address string) error { kept[name] = address; return nil }}
			old(t, s, address, sample().Saved)
			if by == "" {
				s.Cameras()
			} else {
				s.Load(by)
			}
			noSecret(t, s.Dir)
			if want := map[string]string{mask.Address(address): address}; !cmp.Equal(kept, want) {
				t.Errorf("%s: kept %q", address, kept)
			}
			want := sample()
			want.Camera = mask.Address(address)
			if got, err := s.Load(address); err != nil || !cmp.Equal(got, want) {
				t.Errorf("%s: %v %v", address, err, cmp.Diff(want, got))
			}
		}
	}
}

// Cleaning again after a crash between its steps ends the same, and what was
// calibrated since then stays.
func TestCleaningIsTakenUpAgain(t *testing.T) {
	s := Store{Dir: t.TempDir(), Keep: func(string, string) error { return nil }}
	later := sample()
	later.Camera, later.Fit = hostile[0], 0.5
	if err := s.Save(later); err != nil {
		t.Fatal(err)
	}
	old(t, s, hostile[0], sample().Saved)
	if got, err := s.Load(hostile[0]); err != nil || got.Fit != 0.5 {
		t.Errorf("got %v %v", got, err)
	}
	noSecret(t, s.Dir)
}

// The password that was changed last counts, however the files are named.
func TestTheLaterPasswordIsKept(t *testing.T) {
	for _, addresses := range [][2]string{
		{"http://me:hush1@cam/video", "http://me:hush2@cam/video"},
		{"http://me:hush2@cam/video", "http://me:hush1@cam/video"},
		{"http://me:x@cam/video", "http://me:hush@cam/video"},
	} {
		kept := map[string]string{}
		s := Store{Dir: t.TempDir(), Keep: func(name, address string) error { kept[name] = address; return nil }}
		old(t, s, addresses[0], sample().Saved)
		old(t, s, addresses[1], sample().Saved.Add(time.Hour))
		if got := s.Cameras(); len(got) != 1 || len(kept) != 1 || kept[got[0]] != addresses[1] {
			t.Errorf("%q: listed %q, kept %q", addresses, got, kept)
		}
		noSecret(t, s.Dir)
	}
}

// A password that cannot be stored is not lost, and no longer for everybody.
func TestOldProfileStaysWhereNothingKeepsThePassword(t *testing.T) {
	for _, keep := range []func(string, string) error{nil, func(string, string) error { return errors.New("the disk is full") }} {
		s := Store{Dir: t.TempDir(), Keep: keep}
		path := old(t, s, hostile[0], sample().Saved)
		s.Cameras()
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v %v", info, err)
		}
		var j profileJSON
		if b, _ := os.ReadFile(path); json.Unmarshal(b, &j) != nil || j.Camera != hostile[0] {
			t.Errorf("it says %s", b)
		}
	}
}

func TestDamagedOldProfileIsCleaned(t *testing.T) {
	for _, address := range hostile {
		s := Store{Dir: t.TempDir(), Keep: func(string, string) error { return nil }}
		path := old(t, s, address, sample().Saved)
		b, _ := os.ReadFile(path)
		os.WriteFile(path, b[:len(b)/2], 0o644)
		if _, err := s.Load(address); !errors.Is(err, ErrProfile) || strings.Contains(err.Error(), "hush") {
			t.Errorf("%v", err)
		}
		noSecret(t, s.Dir)
	}
}
