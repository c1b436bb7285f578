package vision

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gocv.io/x/gocv"

	"github.com/gobancam/gobancam/internal/patient"
)

// numbered is a JPEG whose grey says its number.
func numbered(t testing.TB, n int) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 160, 120))
	for i := range img.Pix {
		img.Pix[i] = uint8(8 * n)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// number is the inverse of numbered.
func number(f *Frame) int { return (int(f.Img.Mean().Val1) + 4) / 8 }

func write(t testing.TB, name string, data []byte) string {
	t.Helper()
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// tiny is a PNG of one pixel.
func tiny(t testing.TB) []byte {
	m := gocv.NewMatWithSize(1, 1, gocv.MatTypeCV8UC3)
	defer m.Close()
	b, err := gocv.IMEncode(gocv.PNGFileExt, m)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	return bytes.Clone(b.GetBytes())
}

func TestDirectoryIsReadInNaturalOrder(t *testing.T) {
	dir := t.TempDir()
	for i, name := range []string{"img1.jpg", "img2.jpg", "img010.JPG", "img11.jpeg", "img100.jpg"} {
		write(t, filepath.Join(dir, name), numbered(t, i+1))
	}
	write(t, filepath.Join(dir, "notes.txt"), []byte("not a picture"))
	write(t, filepath.Join(dir, ".hidden.jpg"), []byte("nor this"))
	src, err := Open(t.Context(), dir, OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	for i := range 5 {
		f, err := src.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if number(f) != i+1 || f.Number != i || f.Time != time.Duration(i)*time.Second {
			t.Errorf("picture %d is %d: %d at %v, %s", i, number(f), f.Number, f.Time, f.Name)
		}
		f.Close()
	}
	if _, err := src.Next(t.Context()); err != io.EOF {
		t.Errorf("after the last picture: %v", err)
	}
}

func TestOneDamagedPictureDoesNotEndADirectory(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "1.jpg"), numbered(t, 1))
	write(t, filepath.Join(dir, "2.jpg"), []byte("this is text"))
	write(t, filepath.Join(dir, "3.jpg"), numbered(t, 3))
	src, err := Open(t.Context(), dir, OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	var seen []string
	for {
		f, err := src.Next(t.Context())
		if err == io.EOF {
			break
		}
		if err != nil {
			if !errors.Is(err, ErrNotPictures) || !strings.Contains(err.Error(), "2.jpg") {
				t.Fatal(err)
			}
			seen = append(seen, "damaged")
			continue
		}
		seen = append(seen, fmt.Sprint(number(f), " ", f.Number))
		f.Close()
	}
	if got := strings.Join(seen, ", "); got != "1 0, damaged, 3 2" {
		t.Errorf("read %s", got)
	}
}

func TestVideoFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "video.avi")
	w, err := gocv.VideoWriterFile(name, "MJPG", 10, 160, 120, true)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 12 {
		m, err := Decode(numbered(t, i+1))
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write(m); err != nil {
			t.Fatal(err)
		}
		m.Close()
	}
	w.Close()
	src, err := Open(t.Context(), name, OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	for i := range 12 {
		f, err := src.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if number(f) != i+1 || f.Time != time.Duration(i)*100*time.Millisecond {
			t.Errorf("picture %d is %d at %v", i, number(f), f.Time)
		}
		f.Close()
	}
	if _, err := src.Next(t.Context()); err != io.EOF {
		t.Errorf("after the last picture: %v", err)
	}
}

func TestSourcesThatAreNone(t *testing.T) {
	dir := t.TempDir()
	empty := filepath.Join(dir, "empty")
	if err := os.Mkdir(empty, 0o700); err != nil {
		t.Fatal(err)
	}
	pages := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/page":
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			io.WriteString(w, "<html>sign in</html>")
		case "/bytes":
			w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary=frame")
			io.WriteString(w, "no parts at all")
		default:
			http.Error(w, "gone", http.StatusServiceUnavailable)
		}
	}))
	defer pages.Close()
	gone := httptest.NewServer(nil)
	gone.Close()
	for _, test := range []struct {
		name, spec string
		kind       error
		says       string
	}{
		{"nothing there", filepath.Join(dir, "nothing"), ErrNoSource, "no file, directory or device"},
		{"no camera", "97", ErrNoSource, "no camera /dev/video97"},
		{"no camera by name", "/dev/video97", ErrNoSource, "no camera"},
		{"empty directory", empty, ErrNotPictures, "holds no pictures"},
		{"text named .jpg", write(t, filepath.Join(dir, "text.jpg"), []byte("hello")), ErrNotPictures, "text.jpg"},
		{"empty file", write(t, filepath.Join(dir, "empty.png"), nil), ErrNotPictures, "empty file"},
		{"one pixel", write(t, filepath.Join(dir, "pixel.png"), tiny(t)), ErrNotPictures, "1×1 pixels are too few"},
		{"half a JPEG header", write(t, filepath.Join(dir, "cut.jpg"), numbered(t, 3)[:40]), ErrNotPictures, "cut.jpg"},
		{"text named .mp4", write(t, filepath.Join(dir, "text.mp4"), []byte("hello")), ErrNotPictures, "neither a picture nor a video"},
		{"page", pages.URL + "/page", ErrNotPictures, "is a page"},
		{"server in trouble", pages.URL + "/", ErrNoSource, "503"},
		{"garbage stream", pages.URL + "/bytes", ErrNotPictures, "no pictures"},
		{"no server", gone.URL, ErrNoSource, "nothing answers"},
	} {
		t.Run(test.name, func(t *testing.T) {
			src, err := Open(t.Context(), test.spec, OpenOptions{Timeout: 2 * time.Second})
			if err == nil {
				defer src.Close()
				var f *Frame
				f, err = src.Next(t.Context())
				f.Close()
			}
			if !errors.Is(err, test.kind) || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestPasswordsStayOutOfErrors(t *testing.T) {
	for _, address := range []string{"http://me:secret@127.0.0.1:1/video", "http://127.0.0.1:1/video?pwd=secret", "http://me:sec/secret@127.0.0.1:1/",
		"rtsp://127.0.0.1:1/user=me_password=secret_channel=1", "me:secret@127.0.0.1/video", "http://me:secret%zz@127.0.0.1:1/"} {
		_, err := Open(t.Context(), address, OpenOptions{Timeout: time.Second})
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("got %v", err)
		}
	}
}

func TestFromEncoded(t *testing.T) {
	pictures := []Encoded{{Data: numbered(t, 1)}, {Data: []byte("?")}, {Data: numbered(t, 3), Time: time.Second}}
	src := FromEncoded(func(context.Context) (Encoded, error) {
		if len(pictures) == 0 {
			return Encoded{}, io.EOF
		}
		p := pictures[0]
		pictures = pictures[1:]
		return p, nil
	})
	f, err := src.Next(t.Context())
	if err != nil || number(f) != 1 {
		t.Fatalf("first: %v", err)
	}
	f.Close()
	if _, err := src.Next(t.Context()); !errors.Is(err, ErrNotPictures) {
		t.Errorf("damaged: %v", err)
	}
	f, err = src.Next(t.Context())
	if err != nil || number(f) != 3 || f.Number != 2 || f.Time != time.Second {
		t.Errorf("third: %v", err)
	}
	f.Close()
	if _, err := src.Next(t.Context()); err != io.EOF {
		t.Errorf("end: %v", err)
	}
}

// A camera on the network that can be told to fail.
type camera struct {
	t      testing.TB
	n      atomic.Int32
	silent atomic.Bool // keeps connections open and sends nothing
	cut    atomic.Bool // ends connections inside a picture
	refuse atomic.Bool
	server *httptest.Server
}

func newCamera(t testing.TB) *camera {
	c := &camera{t: t}
	c.server = httptest.NewServer(c)
	t.Cleanup(c.server.Close)
	t.Cleanup(c.server.CloseClientConnections)
	return c
}

func (c *camera) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if c.refuse.Load() {
		http.Error(w, "busy", http.StatusServiceUnavailable)
		return
	}
	m := multipart.NewWriter(w)
	w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary="+m.Boundary())
	for r.Context().Err() == nil {
		time.Sleep(20 * time.Millisecond)
		if c.silent.Load() {
			continue
		}
		n := int(c.n.Add(1))%25 + 1
		data := numbered(c.t, n)
		p, err := m.CreatePart(textproto.MIMEHeader{"Content-Type": {"image/jpeg"}, "Content-Length": {fmt.Sprint(len(data))}})
		if err != nil {
			return
		}
		if c.cut.Load() {
			p.Write(data[:len(data)/2])
			return
		}
		p.Write(data)
		w.(http.Flusher).Flush()
	}
}

// diary collects what Live says.
type diary struct {
	mu   sync.Mutex
	said []Status
}

func (d *diary) note(s Status) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.said = append(d.said, s)
}

// waitFor waits until something that was said from entry from on fits.
func (d *diary) waitFor(t *testing.T, from int, fits func(Status) bool) int {
	t.Helper()
	for range 1000 {
		d.mu.Lock()
		for i := from; i < len(d.said); i++ {
			if fits(d.said[i]) {
				d.mu.Unlock()
				return i + 1
			}
		}
		d.mu.Unlock()
		time.Sleep(10 * time.Millisecond)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	t.Fatalf("it was never said; only %+v", d.said)
	return 0
}

func TestLiveNoticesAndMendsABrokenStream(t *testing.T) {
	cam := newCamera(t)
	var d diary
	open := func(ctx context.Context) (Source, error) {
		return Open(ctx, cam.server.URL, OpenOptions{Timeout: time.Second})
	}
	l := NewLive(t.Context(), open, LiveOptions{Stall: 300 * time.Millisecond, Wait: 20 * time.Millisecond, Notify: d.note})
	defer l.Close()
	up := func(s Status) bool { return s.OK }
	down := func(s Status) bool { return !s.OK && errors.Is(s.Err, ErrStalled) }
	next := func() *Frame {
		t.Helper()
		ctx, cancel := patient.Context(t.Context(), 10*time.Second)
		defer cancel()
		f, err := l.Next(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	last := -1
	look := func() {
		t.Helper()
		for range 5 {
			f := next()
			if f.Number <= last || f.Img.Cols() != 160 {
				t.Errorf("picture %d after %d, %d wide", f.Number, last, f.Img.Cols())
			}
			last = f.Number
			f.Close()
		}
	}
	at := d.waitFor(t, 0, up)
	look()

	cam.silent.Store(true)
	at = d.waitFor(t, at, down)
	cam.silent.Store(false)
	at = d.waitFor(t, at, up)
	look()

	cam.cut.Store(true)
	at = d.waitFor(t, at, down)
	cam.refuse.Store(true)
	cam.cut.Store(false)
	at = d.waitFor(t, at, func(s Status) bool { return errors.Is(s.Err, ErrNoSource) && strings.Contains(s.Text, "503") })
	cam.refuse.Store(false)
	d.waitFor(t, at, up)
	look()
}

func TestLiveKeepsTheNewest(t *testing.T) {
	n := 0
	made := make(chan struct{})
	open := func(context.Context) (Source, error) {
		return FromEncoded(func(ctx context.Context) (Encoded, error) {
			n++
			if n == 21 {
				close(made)
				<-ctx.Done()
				return Encoded{}, ctx.Err()
			}
			return Encoded{Data: numbered(t, n)}, nil
		}), nil
	}
	l := NewLive(t.Context(), open, LiveOptions{})
	<-made
	later := time.Now()
	f, err := l.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if f.Taken.IsZero() || f.Taken.After(later) || f.Time != f.Taken.Sub(l.start) {
		t.Errorf("the picture was taken at %v, %v after the beginning", f.Taken, f.Time)
	}
	if f.Number != 19 || number(f) != 20 {
		t.Errorf("got picture %d, number %d", f.Number, number(f))
	}
	f.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := l.Next(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the same picture twice: %v", err)
	}
	l.Close()
	if _, err := l.Next(t.Context()); !errors.Is(err, context.Canceled) {
		t.Errorf("after Close: %v", err)
	}
}

func TestCutPicturesAreNotShown(t *testing.T) {
	cam := newCamera(t)
	cam.cut.Store(true)
	src, err := Open(t.Context(), cam.server.URL, OpenOptions{Timeout: time.Second})
	if err == nil {
		defer src.Close()
		var f *Frame
		if f, err = src.Next(t.Context()); err == nil {
			t.Errorf("half a picture came out, mean %v", f.Img.Mean())
			f.Close()
		}
	}
	if !errors.Is(err, ErrNotPictures) && !errors.Is(err, ErrStalled) {
		t.Errorf("got %v", err)
	}
}

func TestPacedSourcesKeepTime(t *testing.T) {
	dir := t.TempDir()
	for i := range 4 {
		write(t, filepath.Join(dir, fmt.Sprint(i, ".jpg")), numbered(t, i))
	}
	src, err := Open(t.Context(), dir, OpenOptions{Paced: true, FPS: 20})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	start := time.Now()
	for range 4 {
		f, err := src.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if time.Since(start) < f.Time {
			t.Errorf("picture %d came early", f.Number)
		}
		f.Close()
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(numbered(f, 1))
	f.Add(tiny(f))
	f.Add([]byte("GIF89a"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Decode(data)
		if err != nil {
			if !errors.Is(err, ErrNotPictures) {
				t.Errorf("%v", err)
			}
			return
		}
		defer m.Close()
		if m.Type() != gocv.MatTypeCV8UC3 || m.Cols() < smallest {
			t.Errorf("type %v, %d columns", m.Type(), m.Cols())
		}
	})
}

// The pause before the next try ends when somebody says so.
func TestLiveRetries(t *testing.T) {
	tries := make(chan struct{}, 8)
	l := NewLive(t.Context(), func(context.Context) (Source, error) {
		tries <- struct{}{}
		return nil, ErrNoSource
	}, LiveOptions{Wait: time.Hour})
	defer l.Close()
	for range 3 {
		<-tries
		l.Retry()
	}
	<-tries
}

// TestLiveTakesTheWordOfItsSource has a source say when its pictures were taken;
// those that came before the reading began, or seem to go back in time, do not
// turn it back.
func TestLiveTakesTheWordOfItsSource(t *testing.T) {
	give := make(chan time.Time)
	open := func(context.Context) (Source, error) {
		return FromEncoded(func(ctx context.Context) (Encoded, error) {
			select {
			case at := <-give:
				return Encoded{Data: numbered(t, 1), Taken: at}, nil
			case <-ctx.Done():
				return Encoded{}, ctx.Err()
			}
		}), nil
	}
	l := NewLive(t.Context(), open, LiveOptions{})
	defer l.Close()
	for _, c := range []struct{ taken, want time.Duration }{ // since the beginning
		{-time.Second, 0}, {40 * time.Millisecond, 40 * time.Millisecond}, {30 * time.Millisecond, 40 * time.Millisecond}, {50 * time.Millisecond, 50 * time.Millisecond},
	} {
		give <- l.start.Add(c.taken)
		f, err := l.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !f.Taken.Equal(l.start.Add(c.taken)) || f.Time != c.want {
			t.Errorf("taken %v after the beginning, it stands at %v, taken %v", c.taken, f.Time, f.Taken.Sub(l.start))
		}
		f.Close()
	}
}
