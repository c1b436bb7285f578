package recording

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/reading"
)

func picture(t testing.TB, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, w, h)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func create(t testing.TB, o Options) *Writer {
	t.Helper()
	w, err := Create(filepath.Join(t.TempDir(), "rec"), Header{Source: "test"}, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

// all reads a recording: its entries, and the errors among them.
func all(t testing.TB, name string) (s *Session, entries []Entry, bad []error) {
	t.Helper()
	s, err := Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	for e, err := range s.Entries() {
		if err != nil {
			bad = append(bad, err)
		} else {
			entries = append(entries, e)
		}
	}
	return s, entries, bad
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestRoundTrip(t *testing.T) {
	spec := grid.Spec{Size: 9, Width: 640, Height: 480, Corners: [4]grid.Pt{{X: 1.5, Y: 2}, {X: 600, Y: 3}, {X: 610, Y: 400}, {X: 2, Y: 0.1}}, K1: 0.03, Aspect: grid.Standard, Focal: 612.25}
	dir := filepath.Join(t.TempDir(), "a", "b")
	head := Header{Created: time.Date(2026, 3, 4, 5, 6, 7, 8, time.UTC), Versions: map[string]string{"gobancam": "0.1"},
		Source: "rtsp://me:pass@10.0.0.2/live", Size: 9, Width: 640, Height: 480, Grid: FromSpec(spec), Game: json.RawMessage(`{"komi":6.5}`)}
	w, err := Create(dir, head, Options{})
	must(t, err)
	if _, err := Create(dir, head, Options{}); err == nil {
		t.Error("a recording is written over")
	}
	jpg := picture(t, 64, 48)
	must(t, w.Frame(time.Second, 7, jpg))
	must(t, w.Event(2*time.Second, "command", map[string]any{"pass": true, "n": 12345678901234567}))
	must(t, w.Truth(2*time.Second, Truth{Frame: 7, Rows: []string{".X", "O."}, Hand: true}))
	must(t, w.Close())
	must(t, w.Close())
	if err := w.Event(0, "late", 1); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}

	var packed bytes.Buffer
	items, err := Contents(dir)
	must(t, err)
	must(t, Pack(&packed, dir, items, map[string][]byte{"game.sgf": []byte("(;)")}))
	file := filepath.Join(t.TempDir(), "report.zip")
	must(t, os.WriteFile(file, packed.Bytes(), 0o644))

	for _, name := range []string{dir, file} {
		s, entries, bad := all(t, name)
		if len(bad) > 0 || len(entries) != 3 {
			t.Fatal(entries, bad)
		}
		if got := s.Header.Grid.Spec(); got != spec {
			t.Errorf("%s: grid %+v", name, got)
		}
		if s.Header.Source != "rtsp://me:"+Masked+"@10.0.0.2/live" || !s.Header.Created.Equal(head.Created) {
			t.Errorf("%s: %+v", name, s.Header)
		}
		f, err := entries[0].Frame()
		must(t, err)
		got, err := s.Picture(f)
		if err != nil || !bytes.Equal(got, jpg) || f.Width != 64 || f.Height != 48 || f.Frame != 7 {
			t.Error(f, err)
		}
		if entries[1].At != 2*time.Second || string(entries[1].Data) != `{"n":12345678901234567,"pass":true}` {
			t.Errorf("%s", entries[1].Data)
		}
		if tr, err := entries[2].Truth(); err != nil || !tr.Hand || tr.Rows[0] != ".X" {
			t.Error(tr, err)
		}
		if _, err := entries[2].Reading(); err == nil {
			t.Error("a truth is a reading")
		}
	}
}

func TestReadingsAreExact(t *testing.T) {
	dir := t.TempDir()
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		r := &reading.Reading{
			Frame: rapid.Int().Draw(t, "frame"), Time: time.Duration(rapid.Int64().Draw(t, "time")),
			Size: rapid.IntRange(2, 25).Draw(t, "size"), Lock: rapid.SampledFrom([]reading.Lock{reading.Lost, reading.Unsure, reading.Locked}).Draw(t, "lock"),
			Bump: rapid.Int().Draw(t, "bump"), Motion: rapid.Float64().Draw(t, "motion"),
		}
		if rapid.Bool().Draw(t, "void") {
			r.Motion = rapid.SampledFrom([]float64{math.Inf(1), math.Inf(-1), math.Copysign(0, -1), math.SmallestNonzeroFloat64}).Draw(t, "odd")
		}
		if r.Lock != reading.Lost {
			r.Points = make([]reading.Evidence, r.Size*r.Size)
			for i := range r.Points {
				b := rapid.Uint32().Draw(t, "e")
				r.Points[i] = reading.Evidence{byte(b), byte(b >> 8), byte(b >> 16), byte(b >> 24)}
			}
		}
		w, err := Create(filepath.Join(dir, fmt.Sprint(n)), Header{}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(w.Reading(1, r), w.Close()); err != nil {
			t.Fatal(err)
		}
		s, err := Open(w.Dir())
		if err != nil {
			t.Fatal(err)
		}
		for e, err := range s.Entries() {
			if err != nil {
				t.Fatal(err)
			}
			got, err := e.Reading()
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, r) || math.Signbit(got.Motion) != math.Signbit(r.Motion) {
				t.Fatalf("wrote %+v, read %+v", r, got)
			}
		}
		os.RemoveAll(w.Dir())
	})
}

func TestDamageIsReportedAndSkipped(t *testing.T) {
	good := func(k string) string { return `{"at":1,"kind":"` + k + `","data":{}}` + "\n" }
	fsys := fstest.MapFS{
		"session.json":     {Data: []byte(`{"format":1}`)},
		"log-000001.jsonl": {Data: []byte(good("a") + "nonsense\n" + "\n" + `{"at":2}` + "\n" + good("b"))},
		"log-000002.jsonl": {Data: []byte(good("c") + `{"at":3,"kind":"d","da`)},
	}
	s, err := Read(fsys)
	must(t, err)
	var got []string
	for e, err := range s.Entries() {
		var bad *LineError
		switch {
		case errors.As(err, &bad):
			got = append(got, fmt.Sprintf("%s:%d torn=%v", bad.File, bad.Line, bad.Torn))
		case err != nil:
			t.Fatal(err)
		default:
			got = append(got, e.Kind)
		}
	}
	want := []string{"a", "log-000001.jsonl:2 torn=false", "log-000001.jsonl:4 torn=false", "b", "c", "log-000002.jsonl:2 torn=true"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	// Enough is enough.
	for range s.Entries() {
		break
	}
}

func TestWhatIsNoRecording(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "x.zip")
	must(t, os.WriteFile(text, []byte("hello"), 0o644))
	for _, name := range []string{dir, text, filepath.Join(dir, "none")} {
		if _, err := Open(name); err == nil {
			t.Errorf("%s is a recording", name)
		}
	}
	for _, head := range []string{`{`, `{"format":2}`, `[]`, ``} {
		if _, err := Read(fstest.MapFS{"session.json": {Data: []byte(head)}}); err == nil {
			t.Errorf("%q is a header", head)
		}
	}
	s, err := Read(fstest.MapFS{"session.json": {Data: []byte(`{"format":1}`)}, "secret.txt": {Data: []byte("x")}})
	must(t, err)
	for _, f := range []string{"secret.txt", "frames/../secret.txt", "/etc/passwd", "../x", "", "frames/none.jpg"} {
		if b, err := s.Picture(Frame{File: f}); err == nil {
			t.Errorf("picture %q is %q", f, b)
		}
	}
}

// A directory of somebody's pictures stays as it is.
func TestForeignPicturesStay(t *testing.T) {
	dir := t.TempDir()
	theirs := filepath.Join(dir, "frames", "000000.jpg")
	if err := os.Mkdir(filepath.Dir(theirs), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(theirs, []byte("a holiday"), 0o644); err != nil {
		t.Fatal(err)
	}
	w, err := Create(dir, Header{}, Options{Reserve: -1})
	if err == nil {
		_ = w.Frame(0, 0, []byte("a board"))
		t.Error("the directory is taken")
	}
	if now, err := os.ReadFile(theirs); err != nil || string(now) != "a holiday" {
		t.Errorf("now %q, %v", now, err)
	}
	if list, err := os.ReadDir(dir); err != nil || len(list) != 1 {
		t.Errorf("%v, %v", list, err)
	}
}

func TestRingIsBounded(t *testing.T) {
	checkpoints := 0
	w := create(t, Options{KeepFor: 10 * time.Second, KeepBytes: 200 << 10, Checkpoint: func() any { checkpoints++; return checkpoints }})
	jpg := append(picture(t, 64, 48), make([]byte, 4000)...)
	var most int64
	for i := range 1000 {
		at := time.Duration(i) * 100 * time.Millisecond
		must(t, w.Frame(at, i, jpg))
		must(t, w.Event(at, "tick", i))
		if i%50 == 0 {
			items, err := Contents(w.Dir())
			must(t, err)
			var sum int64
			for _, it := range items {
				sum += it.Size
			}
			most = max(most, sum)
		}
	}
	if most > 230<<10 {
		t.Errorf("the ring grew to %d KiB", most>>10)
	}
	s, entries, bad := all(t, w.Dir())
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	first, last := entries[0], entries[len(entries)-1]
	if first.Kind != KindCheckpoint || checkpoints < 9 {
		t.Errorf("the ring begins with %q", first.Kind)
	}
	if string(last.Data) != "999" || last.At-first.At > 11*time.Second || last.At-first.At < 3*time.Second {
		t.Errorf("the ring goes from %v to %v", first.At, last.At)
	}
	n := 0
	for _, e := range entries {
		if e.Kind == KindFrame {
			f, err := e.Frame()
			must(t, err)
			if _, err := s.Picture(f); err != nil {
				t.Error(err)
			}
			n++
		}
	}
	left, _ := os.ReadDir(filepath.Join(w.Dir(), "frames"))
	if len(left) != n {
		t.Errorf("%d pictures for %d entries", len(left), n)
	}
}

func TestPicturesAroundMarks(t *testing.T) {
	w := create(t, Options{Before: time.Second, After: 500 * time.Millisecond})
	jpg := picture(t, 8, 8)
	for i := range 100 {
		at := time.Duration(i) * 100 * time.Millisecond
		must(t, w.Frame(at, i, jpg))
		if i == 50 {
			must(t, w.Mark(at))
		}
	}
	_, entries, _ := all(t, w.Dir())
	var got []int
	for _, e := range entries {
		f, _ := e.Frame()
		got = append(got, f.Frame)
	}
	if len(got) != 16 || got[0] != 40 || got[15] != 55 {
		t.Errorf("kept %v", got)
	}
}

func TestFailedLineLeavesTheLogWhole(t *testing.T) {
	w := create(t, Options{})
	must(t, w.Event(1, "a", 1))
	file := w.log
	broken, err := os.Open(filepath.Join(w.Dir(), "session.json")) // cannot be written to
	must(t, err)
	w.log = broken
	if err := w.Event(2, "b", 2); err == nil || !strings.Contains(err.Error(), "not recorded") {
		t.Error(err)
	}
	broken.Close()
	w.log = file
	must(t, w.Event(3, "c", 3))
	if _, entries, bad := all(t, w.Dir()); len(entries) != 3 || entries[1].Kind != KindGap || len(bad) > 0 {
		t.Error(entries, bad)
	}
	if err := w.Event(4, "d", func() {}); err == nil {
		t.Error("a function is recorded")
	}
}

func TestWritersMayShare(t *testing.T) {
	w := create(t, Options{KeepBytes: 1 << 20})
	var g sync.WaitGroup
	for k := range 4 {
		g.Go(func() {
			for i := range 100 {
				if err := w.Event(time.Duration(i), fmt.Sprint("k", k), strings.Repeat("x", 200)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	g.Wait()
	if _, entries, bad := all(t, w.Dir()); len(entries) != 400 || len(bad) > 0 {
		t.Error(len(entries), bad)
	}
}

func TestMask(t *testing.T) {
	token := "eyJhbGciOiJIUzI1NiJ9.eyJpZCI6MX0.abc_-123"
	for _, c := range []struct{ in, want string }{
		{`{"jwt":"x","chat_auth":"y","game_id":12,"player":"Ann"}`, `{"chat_auth":"***","game_id":12,"jwt":"***","player":"Ann"}`},
		{`["authenticate",{"jwt":"` + token + `","device":1e400}]`, `["authenticate",{"device":1e400,"jwt":"***"}]`},
		{`{"text":"Authorization: Bearer abcdefgh12345"}`, `{"text":"Authorization: Bearer ***"}`},
		{`{"note":"see ` + token + `."}`, `{"note":"see ***."}`},
		{`{"url":"https://u:p@cam.local/v?token=abc&x=1"}`, `{"url":"https://u:***@cam.local/v?token=***&x=1"}`},
		{`{"token":null,"has_token":true,"refresh_token":123}`, `{"has_token":true,"refresh_token":"***","token":null}`},
		{`{"move":"Q16","x":"hunter22 is mine"}`, `{"move":"Q16","x":"*** is mine"}`},
		{`{"deep":[{"a":{"access_token":["q"]}}]}`, `{"deep":[{"a":{"access_token":"***"}}]}`},
		{`client_secret=abc&grant_type=password`, `"client_secret=***&grant_type=password"`},
		{`12345678901234567890.125`, `12345678901234567890.125`},
	} {
		if got := string(Mask([]byte(c.in), "hunter22")); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.in, got, c.want)
		}
	}
}

func TestPackLeavesForeignFilesOut(t *testing.T) {
	w := create(t, Options{})
	must(t, w.Frame(0, 1, picture(t, 8, 8)))
	for _, n := range []string{"diary.txt", "frames/me.png"} {
		must(t, os.WriteFile(filepath.Join(w.Dir(), n), []byte("private"), 0o644))
	}
	var b bytes.Buffer
	items, err := Contents(w.Dir())
	must(t, err)
	must(t, Pack(&b, w.Dir(), items, nil))
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	must(t, err)
	var names []string
	for _, f := range z.File {
		names = append(names, f.Name)
	}
	if d := cmp.Diff([]string{"frames/000001.jpg", "log-000001.jsonl", "session.json"}, names); d != "" {
		t.Error(d)
	}
}

// FuzzRead feeds foreign bytes to everything that parses a recording.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"format":1}`), []byte(`{"at":1,"kind":"reading","data":{"frame":1,"time":5,"size":2,"lock":"locked","motion":0.5,"points":"AAAAAAAAAAAAAAAAAAAAAA=="}}`+"\n"))
	f.Add([]byte(`{"format":1}`), []byte(`{"at":1,"kind":"frame","data":{"frame":1,"file":"frames/1.jpg"}}`+"\n"+`{"kind":"truth","data":{"rows":["."]}}`))
	f.Add([]byte(`{"format":1,"grid":{"corners":[[1,2]]}}`), []byte("\n\n{"))
	f.Fuzz(func(t *testing.T, head, log []byte) {
		s, err := Read(fstest.MapFS{"session.json": {Data: head}, "log-000001.jsonl": {Data: log}})
		if err != nil {
			return
		}
		lines := 0
		for e, err := range s.Entries() {
			lines++
			if err != nil {
				continue
			}
			if r, err := e.Reading(); err == nil && r.Points != nil && len(r.Points) != r.Size*r.Size {
				t.Errorf("%d points on a board of %d lines", len(r.Points), r.Size)
			}
			if fr, err := e.Frame(); err == nil {
				_, _ = s.Picture(fr)
			}
			_, _ = e.Truth()
		}
		if n := bytes.Count(log, []byte("\n")) + 1; lines > n {
			t.Errorf("%d entries from %d lines", lines, n)
		}
	})
}

func FuzzMask(f *testing.F) {
	f.Add([]byte(`{"token":"abc","n":1e999}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		out := Mask(text, "sesame-key")
		if !json.Valid(out) {
			t.Errorf("%q is no JSON", out)
		}
		if bytes.Contains(out, []byte("sesame-key")) {
			t.Errorf("the secret shows in %q", out)
		}
	})
}

func BenchmarkReading(b *testing.B) {
	w := create(b, Options{})
	r := &reading.Reading{Size: 19, Lock: reading.Locked, Points: make([]reading.Evidence, 361)}
	for b.Loop() {
		if err := w.Reading(1, r); err != nil {
			b.Fatal(err)
		}
	}
}
