package recording

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gobancam/gobancam/internal/limits"
)

// file is a member of a packed recording.
type file struct {
	name, text string
}

func packed(t testing.TB, files ...file) *bytes.Reader {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		w, err := z.Create(f.name)
		must(t, err)
		_, err = w.Write([]byte(f.text))
		must(t, err)
	}
	must(t, z.Close())
	return bytes.NewReader(b.Bytes())
}

var header = file{"session.json", `{"format":1}`}

// read goes through a packed recording: how many entries, how many errors, and
// the last of them.
func read(t testing.TB, r *bytes.Reader) (entries, bad int, last error) {
	t.Helper()
	s, err := ReadPacked(r, r.Size())
	if err != nil {
		return 0, 1, err
	}
	for _, err := range s.Entries() {
		if err != nil {
			bad, last = bad+1, err
		} else {
			entries++
		}
	}
	return entries, bad, last
}

// TestSmallFilesStaySmall: what a few kilobytes unpack to is bounded, and so is
// what is said about them.
func TestSmallFilesStaySmall(t *testing.T) {
	line := `{"at":1,"kind":"a"}` + "\n"
	mb := strings.Repeat("x", limits.MB)
	var bomb []file
	for i := range 70 { // 70 MB of one line each
		bomb = append(bomb, file{fmt.Sprintf("log-%06d.jsonl", i), mb})
	}
	for _, test := range []struct {
		name         string
		files        []file
		entries, bad int
		says         string
	}{
		{"two million damaged lines", []file{header, {"log-000001.jsonl", strings.Repeat("{}\n", 2_000_000) + line}}, 0, limits.Damaged + 1, "lines of the log are damaged; the rest is not read"},
		{"a log beyond all measure", append([]file{header}, bomb...), 0, 1, "would unpack to more than 64 MB"},
		{"a line without end", []file{header, {"log-000001.jsonl", strings.Repeat(mb, 17) + "\n" + line}}, 1, 1, "longer than 16 MB"},
		{"a line of arrays in arrays", []file{header, {"log-000001.jsonl", `{"at":1,"kind":"a","data":` + strings.Repeat("[", 200) + strings.Repeat("]", 200) + "}\n" + line}}, 1, 1, "more than 100 deep"},
		{"a header of arrays in arrays", []file{{"session.json", `{"format":1,"config":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + "}"}}, 0, 1, "more than 100 deep"},
		{"a header without end", []file{{"session.json", `{"format":1,"source":"` + mb + `"}`}}, 0, 1, "larger than 1 MB"},
		{"an honest one", []file{header, {"log-000001.jsonl", line + line}, {"log-000002.jsonl", line}}, 3, 0, ""},
		{"a log elsewhere", []file{header, {"log-x/log-000001.jsonl", line}}, 0, 0, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := packed(t, test.files...)
			if r.Size() > 200<<10 {
				t.Fatalf("the file is no small one: %d bytes", r.Size())
			}
			entries, bad, err := read(t, r)
			if entries != test.entries || bad != test.bad || test.says != "" && !strings.Contains(fmt.Sprint(err), test.says) {
				t.Errorf("%d entries, %d errors, %v", entries, bad, err)
			}
		})
	}
}

// TestPackedLists: a zip may name the same data many times, or a million files.
func TestPackedLists(t *testing.T) {
	if testing.Short() {
		t.Skip("writes a zip of many files")
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := range limits.Files + 1 {
		_, err := z.CreateRaw(&zip.FileHeader{Name: fmt.Sprintf("frames/%d.jpg", i)})
		must(t, err)
	}
	must(t, z.Close())
	if _, err := ReadPacked(bytes.NewReader(b.Bytes()), int64(b.Len())); !limits.Exceeded(err) {
		t.Errorf("%d files: %v", limits.Files+1, err)
	}
	b.Reset()
	z = zip.NewWriter(&b)
	for i := range 1000 { // 1000 × 40 kB: the list alone is beyond the limit
		_, err := z.CreateRaw(&zip.FileHeader{Name: fmt.Sprintf("%d%s", i, strings.Repeat("x", 40_000))})
		must(t, err)
	}
	must(t, z.Close())
	if _, err := ReadPacked(bytes.NewReader(b.Bytes()), int64(b.Len())); !limits.Exceeded(err) {
		t.Errorf("long names: %v", err)
	}
}

// TestLogsWithoutEnd: a directory's log that never ends is read to a bound.
func TestLogsWithoutEnd(t *testing.T) {
	b := budget{bytes: 1000, lines: 10, damaged: 10}
	n, bad := 0, error(nil)
	ok := b.entries("log", endless{}, func(_ Entry, err error) bool { n, bad = n+1, err; return true })
	if ok || n != 1 || !limits.Exceeded(bad) {
		t.Errorf("%d entries, %v", n, bad)
	}
	b = budget{bytes: limits.Log, lines: 10, damaged: 10}
	n = 0
	ok = b.entries("log", strings.NewReader(strings.Repeat(`{"at":1,"kind":"a"}`+"\n", 11)), func(_ Entry, err error) bool { n, bad = n+1, err; return true })
	if ok || n != 11 || !limits.Exceeded(bad) {
		t.Errorf("%d entries, %v", n, bad)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// TestLinksAreNotFollowed: a foreign recording whose files are links to mine
// neither shows nor sends them.
func TestLinksAreNotFollowed(t *testing.T) {
	base := t.TempDir()
	secret := filepath.Join(base, "secret")
	must(t, os.WriteFile(secret, []byte(`{"at":1,"kind":"secret"}`+"\n"), 0o600))
	album := filepath.Join(base, "album")
	must(t, os.Mkdir(album, 0o700))
	must(t, os.WriteFile(filepath.Join(album, "1.jpg"), []byte("secret"), 0o600))
	for _, test := range []struct{ name, target string }{
		{"log-000002.jsonl", secret}, {"log-000002.jsonl", "../secret"}, {"frames/1.jpg", secret}, {"frames", album}, {"session.json", secret},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := create(t, Options{})
			must(t, w.Event(1, "a", nil))
			must(t, w.Close())
			link := filepath.Join(w.Dir(), test.name)
			must(t, os.RemoveAll(link))
			if err := os.Symlink(test.target, link); err != nil {
				t.Skip("no symbolic links here:", err)
			}
			if items, err := Contents(w.Dir()); !errors.Is(err, limits.ErrLink) {
				t.Errorf("listed as %v, %v", items, err)
			}
			var b bytes.Buffer
			if err := Pack(&b, w.Dir(), []Item{{Name: test.name}}, nil); !errors.Is(err, limits.ErrLink) && test.name != "frames" {
				t.Errorf("packed: %v", err)
			}
			s, err := Open(w.Dir())
			if err != nil {
				if !errors.Is(err, limits.ErrLink) || test.name != "session.json" {
					t.Error(err)
				}
				return
			}
			defer s.Close()
			for e, err := range s.Entries() {
				if e.Kind == "secret" {
					t.Errorf("read %+v, %v", e, err)
				}
			}
			if data, err := s.Picture(Frame{File: "frames/1.jpg"}); err == nil || strings.Contains(string(data), "secret") {
				t.Errorf("picture %q, %v", data, err)
			}
		})
	}
	if _, err := Open(filepath.Join(base, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if _, err := os.Stat("/dev/zero"); err == nil {
		if _, err := Open("/dev/zero"); !errors.Is(err, limits.ErrSpecial) {
			t.Error(err)
		}
	}
}

// FuzzReadPacked: no bytes make reading a packed recording fail otherwise than
// with errors, nor yield more than the limits.
func FuzzReadPacked(f *testing.F) {
	seed := func(files ...file) {
		r := packed(f, files...)
		b := make([]byte, r.Size())
		_, err := r.ReadAt(b, 0)
		must(f, err)
		f.Add(b)
	}
	seed(header, file{"log-000001.jsonl", `{"at":1,"kind":"frame","data":{"frame":1,"file":"frames/1.jpg"}}` + "\n{}\n" + `{"at":2,"ki`}, file{"frames/1.jpg", string(picture(f, 64, 64))})
	seed(file{"session.json", `{"format":2}`})
	seed(file{"log-000001.jsonl", "[]"})
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := ReadPacked(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		bad := 0
		for e, err := range s.Entries() {
			if err != nil {
				if bad++; bad > limits.Damaged+1 {
					t.Fatal("damage without end")
				}
				continue
			}
			_, _ = e.Reading()
			_, _ = e.Truth()
			if p, err := e.Frame(); err == nil {
				if b, err := s.Picture(p); err == nil {
					_, _, _ = limits.Picture(b)
				}
			}
		}
	})
}
