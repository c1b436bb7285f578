package logs

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

// Lumberjack's one goroutine lives as long as the program.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("gopkg.in/natefinch/lumberjack%2ev2.(*Logger).millRun"))
}

func TestFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "gobancam.log")
	for _, line := range []string{"first", "second"} { // it is gone on with
		f, err := Open(path, slog.LevelInfo)
		if err != nil {
			t.Fatal(err)
		}
		log := slog.New(f)
		log.Info(line, "camera", "http://me:hush@host/video", "error", errors.New("GET http://me:hush@host/: refused"))
		log.Info("a message of http://me:hush@host/")
		log.Debug("too much")
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(path)
	text := string(b)
	if err != nil || !strings.Contains(text, "first") || !strings.Contains(text, "second") || strings.Contains(text, "too much") || strings.Contains(text, "hush") {
		t.Errorf("%s (%v)", text, err)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("it is %v (%v)", info.Mode(), err)
	}
	for _, bad := range []string{dir, filepath.Join(dir, "none", "log")} {
		if f, err := Open(bad, slog.LevelInfo); err == nil {
			f.Close()
			t.Errorf("%s is a log", bad)
		}
	}
}

// A log that is full is put aside, and only some are kept.
func TestRotation(t *testing.T) {
	dir := t.TempDir()
	f, err := Open(filepath.Join(dir, "log"), slog.LevelInfo)
	if err != nil {
		t.Fatal(err)
	}
	long := []byte(strings.Repeat("x", 1<<20))
	for range 25 {
		if _, err := f.out.Write(long); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 3 {
		t.Fatalf("25 MB are in %v (%v)", files, err)
	}
	for _, e := range files {
		if info, err := e.Info(); err != nil || info.Size() > fileSize<<20 {
			t.Errorf("%s has %d bytes (%v)", e.Name(), info.Size(), err)
		}
	}
}

func TestDebug(t *testing.T) {
	for _, bad := range []string{"0.0.0.0:0", ":0", "192.168.1.20:6060", "6060", "example.com:80"} {
		if d, err := ListenDebug(t.Context(), bad); err == nil {
			d.Close()
			t.Errorf("%s is open to others", bad)
		}
	}
	d, err := ListenDebug(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	get := func(path, host string) (int, string) {
		t.Helper()
		req, err := http.NewRequest(http.MethodGet, strings.TrimSuffix(d.Address, "/debug/pprof/")+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if host != "" {
			req.Host = host
		}
		req.Close = true
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, string(b)
	}
	if code, text := get("/debug/pprof/goroutine?debug=1", ""); code != 200 || !strings.Contains(text, "TestDebug") {
		t.Errorf("goroutines: %d %s", code, text)
	}
	if code, text := get("/debug/vars", ""); code != 200 || !strings.Contains(text, "memstats") || strings.Contains(text, "cmdline") {
		t.Errorf("numbers: %d %s", code, text)
	}
	if code, _ := get("/debug/pprof/cmdline", ""); code != 404 {
		t.Errorf("the command line: %d", code)
	}
	if code, _ := get("/debug/vars", "evil.example:80"); code != 403 {
		t.Errorf("by another name: %d", code)
	}
	if code, _ := get("/debug/vars", "localhost:80"); code != 200 {
		t.Errorf("by our own name: %d", code)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	http.DefaultClient.CloseIdleConnections()
}
