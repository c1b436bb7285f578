package phone_test

import (
	"bytes"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gobancam/gobancam/internal/browsertest"
	"github.com/gobancam/gobancam/phone"
)

var figures = flag.Duration("figures", 0, "measure for so long, each way and size")

// TestFigures measures what docs/benchmarks.md tells of the phone's pictures:
//
//	go test ./phone -run TestFigures -v -figures 20s
func TestFigures(t *testing.T) {
	if *figures == 0 {
		t.Skip("it measures, and judges nothing: -figures 20s")
	}
	for _, size := range []image.Point{{1280, 720}, {1920, 1080}} {
		for _, way := range []string{"socket", "requests"} {
			t.Run(fmt.Sprintf("%dx%d by %s", size.X, size.Y, way), func(t *testing.T) { figure(t, size, way) })
		}
	}
}

// newReader makes what reads pictures; nil where there is nothing to read with.
var newReader func(*testing.T) func(phone.Picture)

func figure(t *testing.T, size image.Point, way string) {
	cam := browsertest.NewCamera(t, size.X, size.Y)
	b := browsertest.OpenWith(t, browsertest.Options{Camera: cam, AnyCertificate: true})
	img, _ := view(t, size.X, size.Y)
	l := open(t, t.TempDir())
	before := []string{fmt.Sprintf("localStorage.setItem('picture', %d)", size.X)}
	if way == "requests" {
		before = append(before, "window.WebSocket = class { constructor() { setTimeout(() => this.onclose?.(new Event('close')), 10); } close() {} }")
	}
	// Every picture before the camera says in its upper edge which one it is.
	shown := make([]time.Time, 1, 4096)
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(time.Second / browsertest.CameraRate)
		defer tick.Stop()
		picture := image.NewYCbCr(img.Bounds(), image.YCbCrSubsampleRatio420)
		from := img.(*image.YCbCr)
		copy(picture.Y, from.Y)
		copy(picture.Cb, from.Cb)
		copy(picture.Cr, from.Cr)
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
			}
			number(picture, len(shown))
			shown = append(shown, time.Now())
			cam.Show(picture)
		}
	}()
	scan(t, &room{Browser: b}, l, upright, before...)
	sending(t, l)
	for begin := time.Now(); time.Since(begin) < 3*time.Second; { // until sizes and rates have settled
		if _, err := l.Next(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	type arrived struct {
		jpeg            []byte
		at, read, taken time.Time
	}
	read := func(phone.Picture) {}
	if newReader != nil {
		read = newReader(t)
	}
	if p, err := l.Next(t.Context()); err == nil {
		read(p) // finds the board
	}
	var all []arrived
	usage := func() (mine, theirs time.Duration) { return own(), descendants(t) }
	mine, theirs := usage()
	begin := time.Now()
	var wide, high int
	for time.Since(begin) < *figures {
		p, err := l.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		at := time.Now()
		read(p)
		all = append(all, arrived{p.JPEG, at, time.Now(), p.Taken})
		wide, high = p.Width, p.Height
	}
	span := time.Since(begin)
	m2, t2 := usage()
	s := l.Status()
	close(stop)
	<-done
	var delays, reads, stamps []time.Duration
	bytesSent := 0
	for _, a := range all {
		bytesSent += len(a.jpeg)
		if n, ok := readNumber(t, a.jpeg); ok && n < len(shown) {
			delays = append(delays, a.at.Sub(shown[n]))
			reads = append(reads, a.read.Sub(shown[n]))
			stamps = append(stamps, a.taken.Sub(shown[n]))
		}
	}
	if s.Transport != way || len(delays) < len(all)/2 {
		t.Fatalf("by %s, %d of %d pictures with a number", s.Transport, len(delays), len(all))
	}
	perSecond := float64(len(all)) / span.Seconds()
	t.Logf("%d×%d: %.1f pictures a second, %d KB each, %.0f MB a minute; CPU: this program %.0f %%, browser and camera %.0f %%",
		wide, high, perSecond, bytesSent/len(all)/1000, float64(bytesSent)/span.Minutes()/1e6,
		100*(m2-mine).Seconds()/span.Seconds(), 100*(t2-theirs).Seconds()/span.Seconds())
	t.Logf("from the shutter: arrived p50 %v, p95 %v; read p50 %v, p95 %v; the phone says that it was p50 %v, p95 %v later than it was",
		percentile(delays, 50), percentile(delays, 95), percentile(reads, 50), percentile(reads, 95), percentile(stamps, 50), percentile(stamps, 95))
}

func percentile(d []time.Duration, p int) time.Duration {
	slices.Sort(d)
	return d[min(len(d)-1, len(d)*p/100)].Round(time.Millisecond)
}

// bits are those of a number in a picture, side their pixels.
const (
	bits = 12
	side = 32
)

// number writes n into the upper edge of a picture.
func number(img *image.YCbCr, n int) {
	for i := range bits {
		y := uint8(20)
		if n>>i&1 == 1 {
			y = 235
		}
		for row := range side {
			line := img.Y[row*img.YStride+i*side:]
			for col := range side {
				line[col] = y
			}
		}
	}
}

// readNumber reads it; ok is false where half of the number is of another
// picture.
func readNumber(t *testing.T, b []byte) (n int, ok bool) {
	t.Helper()
	img, err := jpeg.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	for i := range bits {
		seen := 0
		for _, at := range []int{side / 4, side / 2, 3 * side / 4} {
			if color.GrayModel.Convert(img.At(i*side+side/2, at)).(color.Gray).Y > 128 {
				seen++
			}
		}
		switch seen {
		case 3:
			n |= 1 << i
		case 0:
		default:
			return 0, false
		}
	}
	return n, true
}

// own is the processor time of this process.
func own() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// descendants is that of the processes that it has started, and of theirs.
func descendants(t *testing.T) time.Duration {
	t.Helper()
	parents, times := map[int]int{}, map[int]time.Duration{}
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	for _, stat := range stats {
		text, err := os.ReadFile(stat)
		if err != nil {
			continue // it has ended
		}
		fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(stat)))
		parent, _ := strconv.Atoi(fields[1])
		user, _ := strconv.Atoi(fields[11])
		system, _ := strconv.Atoi(fields[12])
		parents[pid], times[pid] = parent, time.Duration(user+system)*10*time.Millisecond
	}
	var sum time.Duration
	for pid, spent := range times {
		for p := parents[pid]; p > 1; p = parents[p] {
			if p == os.Getpid() {
				sum += spent
				break
			}
		}
	}
	return sum
}
