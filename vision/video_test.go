package vision

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gocv.io/x/gocv"
)

// avi is a video of Motion JPEG whose pictures tell their numbers, and where in
// its bytes each picture stands.
func avi(t testing.TB, pictures int) (data []byte, at [][]byte) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "video.avi")
	w, err := gocv.VideoWriterFile(name, "MJPG", 10, 160, 120, true)
	if err != nil {
		t.Fatal(err)
	}
	for i := range pictures {
		m, err := Decode(numbered(t, i%25+1))
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write(m); err != nil {
			t.Fatal(err)
		}
		m.Close()
	}
	w.Close()
	data, err = os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	rest := data[bytes.Index(data, []byte("movi"))+4:]
	for len(rest) > 8 {
		n := int(binary.LittleEndian.Uint32(rest[4:]))
		if string(rest[:4]) == "00dc" {
			at = append(at, rest[8:8+n])
		} else if string(rest[:4]) == "idx1" {
			break
		}
		rest = rest[8+n+n%2:]
	}
	if len(at) != pictures {
		t.Fatalf("%d pictures in the file", len(at))
	}
	return data, at
}

// after is what of data begins with part, which is cut out of it.
func after(data, part []byte) []byte { return data[cap(data)-cap(part):] }

// readAll reads a source: the pictures by number, "x" for one that is damaged,
// and how it ended.
func readAll(t testing.TB, name string) (seen string, end error) {
	t.Helper()
	src, err := Open(t.Context(), name, OpenOptions{})
	if err != nil {
		return "", err
	}
	defer src.Close()
	var all []string
	for range 1000 {
		f, err := src.Next(t.Context())
		switch {
		case err == nil:
			all = append(all, fmt.Sprint(number(f)-1))
			if f.Number%25 != number(f)-1 || f.Time.Round(time.Microsecond) != time.Duration(f.Number)*100*time.Millisecond {
				t.Errorf("picture %d is %d, at %v", f.Number, number(f)-1, f.Time)
			}
			f.Close()
		case errors.Is(err, ErrNotPictures) && len(all) < 900:
			all = append(all, "x")
		default:
			return strings.Join(all, " "), err
		}
	}
	return strings.Join(all, " "), errors.New("it never ends")
}

// TestDamagedVideos: a damaged picture is passed over and told; a video that
// ends early says so.
func TestDamagedVideos(t *testing.T) {
	count := func(from, to int) string {
		var all []string
		for i := from; i < to; i++ {
			all = append(all, fmt.Sprint(i%25))
		}
		return strings.Join(all, " ")
	}
	for _, test := range []struct {
		name     string
		pictures int
		damage   func(data []byte, at [][]byte) []byte
		seen     string
		end      error
		says     string
	}{
		{"whole", 12, func(d []byte, _ [][]byte) []byte { return d }, count(0, 12), io.EOF, ""},
		{"two damaged", 12, func(d []byte, at [][]byte) []byte { clear(at[5]); clear(at[6]); return d }, count(0, 5) + " x x " + count(7, 12), io.EOF, ""},
		{"the first damaged", 12, func(d []byte, at [][]byte) []byte { clear(at[0]); return d }, "x " + count(1, 12), io.EOF, ""},
		{"a second of noise", 30, func(d []byte, at [][]byte) []byte {
			for _, p := range at[10:20] {
				copy(p, bytes.Repeat([]byte("noise"), len(p)/5))
			}
			return d
		}, count(0, 10) + strings.Repeat(" x", 10) + " " + count(20, 30), io.EOF, ""},
		{"five at the end", 60, func(d []byte, at [][]byte) []byte {
			for _, p := range at[55:] {
				clear(p)
			}
			return d
		}, count(0, 55) + " x", io.EOF, ""},
		{"a third at the end", 60, func(d []byte, at [][]byte) []byte {
			for _, p := range at[40:] {
				clear(p)
			}
			return d
		}, count(0, 40), ErrEndsEarly, "has 40 of 60 pictures that can be read"},
		{"cut off", 60, func(d []byte, at [][]byte) []byte { return d[:len(d)-len(after(d, at[58]))] }, count(0, 58), ErrEndsEarly, "is cut off: it has 58 of 60 pictures"},
		{"all damaged", 12, func(d []byte, at [][]byte) []byte {
			for _, p := range at {
				clear(p)
			}
			return d
		}, "", ErrNotPictures, ""},
		{"of a hundred million pixels", 2, func(d []byte, at [][]byte) []byte {
			for _, p := range at {
				i := bytes.Index(p, []byte{0xff, 0xc0})
				binary.BigEndian.PutUint16(p[i+5:], 9000)
				binary.BigEndian.PutUint16(p[i+7:], 9000)
			}
			return d
		}, "", ErrNotPictures, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			data, at := avi(t, test.pictures)
			name := write(t, filepath.Join(t.TempDir(), "video.avi"), test.damage(data, at))
			seen, end := readAll(t, name)
			if test.end == ErrNotPictures {
				seen = "" // each of them is told
				if end == nil || errors.Is(end, io.EOF) {
					t.Errorf("it ended with %v", end)
				}
			} else if !errors.Is(end, test.end) {
				t.Errorf("it ended with %v", end)
			}
			if seen != test.seen || !strings.Contains(end.Error(), test.says) {
				t.Errorf("saw %s, then %v", seen, end)
			}
		})
	}
}

// TestVideosThatEndBeyondTheirFile: the containers say how long they are.
func TestVideosThatEndBeyondTheirFile(t *testing.T) {
	box := func(name string, n int) []byte {
		return append(binary.BigEndian.AppendUint32(nil, uint32(n)), append([]byte(name), make([]byte, n-8)...)...)
	}
	mp4 := append(box("ftyp", 24), box("mdat", 1000)...)
	large := append(box("ftyp", 24), append([]byte("\x00\x00\x00\x01mdat"), binary.BigEndian.AppendUint64(nil, 500)...)...)
	mkv := append([]byte("\x1a\x45\xdf\xa3\x84webm\x18\x53\x80\x67\x41\x00"), make([]byte, 256)...)
	riff := append(binary.LittleEndian.AppendUint32([]byte("RIFF"), 92), make([]byte, 92)...)
	for name, data := range map[string][]byte{"MP4": mp4, "MP4 with a long length": append(large, make([]byte, 484)...), "Matroska": mkv,
		"AVI": riff, "AVI in two parts": append(bytes.Clone(riff), riff...)} {
		for _, n := range []int{len(data), len(data) - 1, len(data)/2 + 5} {
			c := claimsOf(bytes.NewReader(data[:n]))
			if c.end != int64(len(data)) || c.counted == (name == "Matroska") || c.exact != strings.HasPrefix(name, "AVI") {
				t.Errorf("%s: the first %d of %d bytes claim %+v", name, n, len(data), c)
			}
		}
	}
	fragments := append(bytes.Clone(mp4), box("moof", 40)...)
	if c := claimsOf(bytes.NewReader(fragments)); c.counted || c.end != int64(len(fragments)) {
		t.Errorf("fragments: %d bytes claim %+v", len(fragments), c)
	}
	for name, data := range map[string]string{"text": "hello", "nothing": "", "stream to the end": "\x00\x00\x00\x18ftyp" + strings.Repeat("\x00", 16) + "\x00\x00\x00\x00mdat",
		"unfinished AVI": "RIFF\x00\x00\x00\x00AVI LIST", "live Matroska": "\x1a\x45\xdf\xa3\x84webm\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff"} {
		if c := claimsOf(strings.NewReader(data)); c.end > int64(len(data)) {
			t.Errorf("%s claims %+v", name, c)
		}
	}
}

// sized is a capture that says how large its pictures are.
type sized [2]float64

func (s sized) Get(p gocv.VideoCaptureProperties) float64 {
	return s[map[gocv.VideoCaptureProperties]int{gocv.VideoCaptureFrameWidth: 0, gocv.VideoCaptureFrameHeight: 1}[p]]
}

func TestVideosThatClaimTooMuch(t *testing.T) {
	for size, ok := range map[sized]bool{{0, 0}: true, {8192, 8192}: true, {9000, 9000}: false, {1e18, 1e18}: false, {-1, 5}: true} {
		if err := claimedSize(size); (err == nil) != ok {
			t.Errorf("%v: %v", size, err)
		}
	}
}
