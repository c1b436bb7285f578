package sim

import (
	"bytes"
	"context"
	"image/jpeg"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/patient"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// live runs a small world behind a test server.
func live(t *testing.T) (*Live, *httptest.Server) {
	l := NewLive(newWorld(t, small(9)), 20, 1)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); l.Run(ctx) }()
	s := httptest.NewServer(l)
	t.Cleanup(func() {
		stop()
		<-done
		s.Close()
		http.DefaultClient.CloseIdleConnections()
	})
	return l, s
}

func open(t *testing.T, url string) (*http.Response, *multipart.Reader) {
	t.Helper()
	ctx, stop := patient.Context(context.Background(), 30*time.Second)
	t.Cleanup(stop)
	req, _ := http.NewRequestWithContext(ctx, "GET", url, nil)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	kind, params, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/x-mixed-replace" {
		return resp, nil
	}
	return resp, multipart.NewReader(resp.Body, params["boundary"])
}

func TestStreamSendsPictures(t *testing.T) {
	l, s := live(t)
	_, a := open(t, s.URL)
	_, b := open(t, s.URL)
	l.Do(func(w *World) { w.Player(South).Place(board.Point{X: 4, Y: 4}, board.Black) })
	for range 5 {
		for _, r := range []*multipart.Reader{a, b} {
			p, err := r.NextPart()
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(p)
			if err != nil || p.Header.Get("Content-Length") == "" {
				t.Fatal(p.Header, err)
			}
			if _, err := jpeg.Decode(bytes.NewReader(body)); err != nil {
				t.Fatal(err)
			}
		}
	}
	resp, _ := open(t, s.URL+"/shot.jpg")
	if img, err := jpeg.Decode(resp.Body); err != nil || img.Bounds().Dx() != 240 {
		t.Fatal(img, err)
	}
}

func TestStreamEndsWithItsContext(t *testing.T) {
	l := NewLive(newWorld(t, small(9)), 20, 1)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); l.Run(ctx) }()
	s := httptest.NewServer(l)
	defer s.Close()
	_, r := open(t, s.URL)
	if _, err := r.NextPart(); err != nil {
		t.Fatal(err)
	}
	stop()
	<-done
	for {
		if _, err := r.NextPart(); err != nil {
			break // the stream has an end
		}
	}
	if resp, _ := open(t, s.URL); resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a camera that is off answers %s", resp.Status)
	}
}

func TestStreamFaults(t *testing.T) {
	l, s := live(t)

	l.Break(Refuse)
	if resp, _ := open(t, s.URL); resp.StatusCode != 503 {
		t.Error(resp.Status)
	}
	l.Break(HTML)
	resp, _ := open(t, s.URL)
	if body, _ := io.ReadAll(resp.Body); !strings.HasPrefix(string(body), "<!DOCTYPE html>") {
		t.Errorf("%q", body)
	}

	l.Break(Fine)
	_, r := open(t, s.URL)
	if _, err := r.NextPart(); err != nil {
		t.Fatal(err)
	}
	l.Break(Cut)
	var err error
	for err == nil {
		var p *multipart.Part
		if p, err = r.NextPart(); err == nil {
			_, err = io.ReadAll(p)
		}
	}
	if err == io.EOF {
		t.Error("a stream that was cut ends in good order")
	}

	l.Break(Stall)
	_, r = open(t, s.URL)
	got := make(chan error, 1)
	go func() { _, err := r.NextPart(); got <- err }()
	select {
	case err := <-got:
		t.Fatalf("a stalled stream sent something (%v)", err)
	case <-time.After(200 * time.Millisecond):
	}
	l.Break(Fine)
	if err := <-got; err != nil {
		t.Error(err)
	}

	l.Break(Garbage)
	_, r = open(t, s.URL)
	p, err := r.NextPart()
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(p)
	if _, err := jpeg.Decode(bytes.NewReader(body)); err == nil {
		t.Error("garbage is a picture")
	}
}
