package site

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gobancam/gobancam/internal/eval"
	"github.com/gobancam/gobancam/internal/live"
)

// audienceVariable makes the test's program an audience: "ADDRESS NUMBER".
const audienceVariable = "GOBANCAM_TEST_AUDIENCE"

// TestAudience is the other process of BenchmarkWatchers: many who watch, and
// count what comes, until the stream ends.
func TestAudience(t *testing.T) {
	address, number, ok := strings.Cut(os.Getenv(audienceVariable), " ")
	if !ok {
		t.Skip("it is the other process of a benchmark")
	}
	n, err := strconv.Atoi(number)
	if err != nil {
		t.Fatal(err)
	}
	var watching sync.WaitGroup
	var mu sync.Mutex
	total, moves := int64(0), int64(0)
	for range n {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(c, "GET /events HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		watching.Go(func() {
			defer c.Close()
			in := bufio.NewScanner(c)
			in.Buffer(nil, 1<<20)
			bytes, seen := int64(0), int64(0)
			for in.Scan() {
				if strings.HasPrefix(in.Text(), "data: ") && strings.Contains(in.Text(), `"course"`) {
					seen++
					bytes += int64(len(in.Bytes())) + 1
				} else if seen > 0 {
					bytes += int64(len(in.Bytes())) + 1
				}
				if strings.HasPrefix(in.Text(), "event: end") {
					break
				}
			}
			mu.Lock()
			defer mu.Unlock()
			total, moves = total+bytes, moves+seen
		})
	}
	fmt.Println("audience: here")
	watching.Wait()
	fmt.Printf("audience: %d %d\n", moves, total)
}

// BenchmarkWatchers tells a move a second to a thousand who watch from another
// process over loopback, and says what that costs this one.
func BenchmarkWatchers(b *testing.B) {
	for _, n := range []int{1, 100, 1000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) { benchmarkWatchers(b, n) })
	}
}

func benchmarkWatchers(b *testing.B, n int) {
	switch {
	case b.N == 1: // Go tries each benchmark once
		return
	case b.N > 3600:
		b.Skip("how many moves are to be told is said with -benchtime, as 60x")
	}
	l, err := Listen("127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	feed := live.NewFeed()
	feed.Tell(played(0))
	server := Serve(l, New(feed, Options{}))
	ctx, stop := context.WithCancel(b.Context())
	defer stop()
	audience := exec.CommandContext(ctx, os.Args[0], "-test.run", "^TestAudience$", "-test.v")
	audience.Env = append(os.Environ(), fmt.Sprintf("%s=%s %d", audienceVariable, l.Addr(), n))
	out, err := audience.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := audience.Start(); err != nil {
		b.Fatal(err)
	}
	said := bufio.NewScanner(out)
	next := func() string {
		for said.Scan() {
			if rest, ok := strings.CutPrefix(said.Text(), "audience: "); ok {
				return rest
			}
		}
		b.Fatalf("the audience has gone: %v", said.Err())
		return ""
	}
	next()
	for feed.Watching() < n {
		time.Sleep(10 * time.Millisecond)
	}
	runtime.GC()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	begun := eval.CPUTime()
	b.ResetTimer()
	for i := range b.N {
		feed.Tell(played(i + 1))
		time.Sleep(time.Second)
	}
	b.StopTimer()
	spent := eval.CPUTime()
	feed.Close()
	if err := server.Close(); err != nil {
		b.Error(err)
	}
	var moves, bytes int64
	if _, err := fmt.Sscan(next(), &moves, &bytes); err != nil || moves != int64(n*b.N) {
		b.Errorf("%d moves were seen of %d, %v", moves, n*b.N, err)
	}
	if err := audience.Wait(); err != nil {
		b.Error(err)
	}
	b.ReportMetric(float64((spent-begun).Microseconds())/1000/float64(b.N), "cpu-ms/move")
	b.ReportMetric(float64(bytes)/float64(moves), "B/move/watcher")
	b.ReportMetric(float64(memory.HeapInuse+memory.StackInuse)/(1<<20), "MB")
	b.ReportMetric(0, "ns/op")
}
