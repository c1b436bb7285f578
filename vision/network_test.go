package vision

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gocv.io/x/gocv"

	"github.com/gobancam/gobancam/internal/limits"
)

// claiming is a small JPEG whose header claims another size.
func claiming(t testing.TB, w, h int) []byte {
	b := numbered(t, 1)
	i := bytes.Index(b, []byte{0xff, 0xc0})
	binary.BigEndian.PutUint16(b[i+5:], uint16(h))
	binary.BigEndian.PutUint16(b[i+7:], uint16(w))
	return b
}

// TestPicturesThatClaimTooMuch: the header is enough, wherever the picture
// comes from.
func TestPicturesThatClaimTooMuch(t *testing.T) {
	huge := claiming(t, 32767, 32767)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "1.jpg"), huge)
	write(t, filepath.Join(dir, "2.jpg"), numbered(t, 2))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", map[string]string{"/one": "image/jpeg", "/many": "multipart/x-mixed-replace; boundary=b"}[r.URL.Path])
		fmt.Fprintf(w, "\r\n--b\r\nContent-Type: image/jpeg\r\n\r\n")
		w.Write(huge)
	}))
	defer server.Close()
	says := "32767×32767 pixels, more than 64 million"
	for _, spec := range []string{filepath.Join(dir, "1.jpg"), dir, server.URL + "/one", server.URL + "/many"} {
		src, err := Open(t.Context(), spec, OpenOptions{Timeout: time.Second})
		if err == nil {
			_, err = src.Next(t.Context())
			src.Close()
		}
		if !errors.Is(err, ErrNotPictures) || !strings.Contains(err.Error(), says) && !strings.HasSuffix(spec, "/one") {
			t.Errorf("%s: %v", spec, err)
		}
	}
	if _, err := ReadPicture(filepath.Join(dir, "1.jpg")); err == nil || !strings.Contains(err.Error(), says) {
		t.Errorf("read: %v", err)
	}
	if m, err := Decode(huge); err == nil || !strings.Contains(err.Error(), says) {
		m.Close()
		t.Errorf("decoded: %v", err)
	}
}

// TestPicturesWithoutEnd: what never ends is not read as a picture.
func TestPicturesWithoutEnd(t *testing.T) {
	name := filepath.Join(t.TempDir(), "large.jpg")
	write(t, name, nil)
	if err := os.Truncate(name, limits.PictureBytes+1); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{name, "/dev/zero"} {
		if _, err := os.Stat(name); err != nil {
			continue
		}
		if _, err := ReadPicture(name); err == nil || !errors.Is(err, ErrNotPictures) && !errors.Is(err, limits.ErrSpecial) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// snapshots is a camera that gives one picture with each answer.
type snapshots struct {
	t     testing.TB
	kind  string
	n     atomic.Int32
	fails atomic.Bool
}

func (s *snapshots) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.fails.Load() {
		http.Error(w, "busy", http.StatusServiceUnavailable)
		return
	}
	if _, password, _ := r.BasicAuth(); password != "pa55" {
		http.Error(w, "who?", http.StatusUnauthorized)
		return
	}
	w.Header()["Content-Type"] = nil
	if s.kind != "" {
		w.Header().Set("Content-Type", s.kind)
	}
	w.Write(numbered(s.t, int(s.n.Add(1))%25))
}

// TestSinglePicturesAreAskedForAgain: an address that gives one JPEG is a
// camera that has to be asked, no more than five times a second, and what is
// said of it is said once.
func TestSinglePicturesAreAskedForAgain(t *testing.T) {
	for _, kind := range []string{"image/jpeg", "application/octet-stream", ""} {
		t.Run(kind, func(t *testing.T) {
			cam := &snapshots{t: t, kind: kind}
			server := httptest.NewServer(cam)
			defer server.Close()
			defer server.CloseClientConnections()
			address := strings.Replace(server.URL, "http://", "http://me:pa55@", 1) + "/shot.jpg"
			var d diary
			l := NewLive(t.Context(), func(ctx context.Context) (Source, error) {
				return Open(ctx, address, OpenOptions{Timeout: 2 * time.Second})
			}, LiveOptions{Wait: 10 * time.Millisecond, Notify: d.note})
			defer l.Close()
			begun := time.Now()
			for i := range 4 {
				f, err := l.Next(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if number(f) < i+1 || f.Number < i {
					t.Errorf("picture %d is %d", f.Number, number(f))
				}
				f.Close()
			}
			// Never faster than agreed; slower is the machine's affair.
			if asked, most := int(cam.n.Load()), int(time.Since(begun)/pollEvery)+2; asked > most {
				t.Errorf("%d requests in %v", asked, time.Since(begun))
			}
			d.mu.Lock()
			if len(d.said) != 1 || !d.said[0].OK {
				t.Errorf("it said %+v", d.said)
			}
			d.mu.Unlock()

			cam.fails.Store(true)
			at := d.waitFor(t, 1, func(s Status) bool {
				return errors.Is(s.Err, ErrNoSource) && strings.Contains(s.Text, "503") && !strings.Contains(s.Text, "pa55")
			})
			cam.fails.Store(false)
			d.waitFor(t, at, func(s Status) bool { return s.OK })
		})
	}
}

// TestAStreamThatCallsItselfAPicture is asked for once.
func TestAStreamThatCallsItselfAPicture(t *testing.T) {
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		w.Header().Set("Content-Type", "image/jpeg")
		for i := range 5 {
			w.Write(numbered(t, i+1))
		}
	}))
	defer server.Close()
	src, err := Open(t.Context(), server.URL, OpenOptions{Timeout: 2 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	for i := range 5 {
		f, err := src.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if number(f) != i+1 || asked.Load() != 1 {
			t.Errorf("picture %d is %d, after %d requests", i, number(f), asked.Load())
		}
		f.Close()
	}
}

// TestSinglePicturesOfOtherKinds are asked for in the same way.
func TestSinglePicturesOfOtherKinds(t *testing.T) {
	var asked atomic.Int32
	png := gocv.NewMatWithSizeFromScalar(gocv.NewScalar(8, 8, 8, 0), 100, 100, gocv.MatTypeCV8UC3)
	defer png.Close()
	data, err := gocv.IMEncode(gocv.PNGFileExt, png)
	if err != nil {
		t.Fatal(err)
	}
	defer data.Close()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		w.Header().Set("Content-Type", "image/png")
		w.Write(data.GetBytes())
	}))
	defer server.Close()
	src, err := Open(t.Context(), server.URL, OpenOptions{Timeout: 2 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	for i := range 2 {
		f, err := src.Next(t.Context())
		if err != nil || asked.Load() != int32(i+1) {
			t.Fatalf("picture %d after %d requests: %v", i, asked.Load(), err)
		}
		f.Close()
	}
}

// TestNoSecretFollowsARedirect: another server is asked for pictures, but does
// not learn how the camera was asked.
func TestNoSecretFollowsARedirect(t *testing.T) {
	var told atomic.Value
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		told.Store(r.Header.Get("Authorization") + r.Header.Get("Referer") + r.Header.Get("Cookie"))
		w.Header().Set("Content-Type", "image/jpeg")
		w.Write(numbered(t, 3))
	}))
	defer other.Close()
	var hops atomic.Int32
	first := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		to := other.URL + "/shot"
		if r.URL.Path == "/loop" {
			hops.Add(1)
			to = "/loop"
		}
		http.Redirect(w, r, to, http.StatusFound)
	}))
	defer first.Close()
	src, err := Open(t.Context(), strings.Replace(first.URL, "http://", "http://me:pa55@", 1)+"/shot?password=pa55", OpenOptions{Timeout: 2 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	if told.Load() != "" {
		t.Errorf("the other server was told %q", told.Load())
	}
	if _, err := Open(t.Context(), first.URL+"/loop", OpenOptions{Timeout: 2 * time.Second}); !errors.Is(err, ErrNoSource) || hops.Load() > 10 {
		t.Errorf("%d hops, %v", hops.Load(), err)
	}
}

// TestStreamsByTheirMarkers: pictures are cut out of a stream whatever stands
// between them.
func TestStreamsByTheirMarkers(t *testing.T) {
	a, b := numbered(t, 1), numbered(t, 2)
	// A thumbnail inside a picture, filling before a marker, restarts and
	// stuffing in what is coded.
	odd := append([]byte{0xff, 0xd8, 0xff, 0xe1, 0, 8, 0xff, 0xd8, 0xff, 0xd9, 1, 1}, a[2:len(a)-2]...)
	odd = append(odd, 0xff, 0x00, 0xff, 0xd3, 7, 0xff, 0xff, 0xd9)
	join := func(parts ...any) string {
		var s strings.Builder
		for _, p := range parts {
			fmt.Fprintf(&s, "%s", p)
		}
		return s.String()
	}
	for _, test := range []struct {
		name, stream string
		want         []any
	}{
		{"multipart", join("--b\r\nContent-Type: image/jpeg\r\n\r\n", a, "\r\n--b\r\n\r\n", b, "\r\n--b--"), []any{a, b, io.EOF}},
		{"one after another", join(a, b, a), []any{a, b, a, io.EOF}},
		{"with thumbnail", join(odd, "\n", b), []any{odd, b, io.EOF}},
		{"one broken off", join(a, b[:len(b)-9], "\r\n--b\r\n\r\n", b), []any{a, ErrNotPictures, b, io.EOF}},
		{"the last broken off", join(a, b[:len(b)/2]), []any{a, io.ErrUnexpectedEOF}},
		{"a segment of no length", join("\xff\xd8\xff\xe0\x00\x00", b), []any{ErrNotPictures, b, io.EOF}},
		{"none", "no parts at all", []any{io.EOF}},
		{"nothing but text", strings.Repeat("x", limits.Preamble+2), []any{&limits.Error{}}},
		{"a picture without end", "\xff\xd8\xff\xda\x00\x02" + strings.Repeat("x", limits.PictureBytes+9), []any{&limits.Error{}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			j := jpegReader{r: bufio.NewReader(strings.NewReader(test.stream))}
			for i, want := range test.want {
				got, err := j.next()
				switch want := want.(type) {
				case []byte:
					// Filling before a marker need not be kept.
					if err != nil || !bytes.Equal(bytes.ReplaceAll(got, []byte{0xff, 0xff}, []byte{0xff}), bytes.ReplaceAll(want, []byte{0xff, 0xff}, []byte{0xff})) {
						t.Errorf("picture %d: %d bytes of %d, %v", i, len(got), len(want), err)
					}
				case *limits.Error:
					if !limits.Exceeded(err) {
						t.Errorf("picture %d: %v", i, err)
					}
				case error:
					if !errors.Is(err, want) {
						t.Errorf("picture %d: %v", i, err)
					}
				}
			}
		})
	}
}

func FuzzStream(f *testing.F) {
	a := numbered(f, 1)
	f.Add([]byte("--b\r\n\r\n" + string(a) + "\r\n--b\r\n\r\n" + string(a)))
	f.Add(a[:len(a)/2])
	f.Add([]byte{0xff, 0xd8, 0xff, 0xda, 0, 2, 0xff, 0xd8, 0xff, 0xd9})
	f.Fuzz(func(t *testing.T, data []byte) {
		j := jpegReader{r: bufio.NewReader(bytes.NewReader(data))}
		for range len(data) + 1 {
			p, err := j.next()
			if err != nil && !errors.Is(err, ErrNotPictures) {
				return
			}
			if err == nil && (!bytes.HasPrefix(p, []byte{0xff, 0xd8}) || !bytes.HasSuffix(p, []byte{0xff, 0xd9})) {
				t.Fatalf("cut out %x", p)
			}
		}
		t.Fatal("it never ends")
	})
}
