package pages

import (
	"compress/gzip"
	"embed"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

//go:embed assets/theme.js
var own embed.FS

func get(files *Files, name string, header http.Header) *http.Response {
	r := httptest.NewRequest(http.MethodGet, "/assets/"+name, nil)
	r.Header = header
	w := httptest.NewRecorder()
	files.Serve(w, r, name)
	return w.Result()
}

// TestAFileIsSentAsItIs holds a packed file against the plain one, and asks
// again for what the browser has.
func TestAFileIsSentAsItIs(t *testing.T) {
	files := New(own)
	plain := get(files, "colours.css", http.Header{})
	want, err := io.ReadAll(plain.Body)
	if err != nil || len(want) == 0 || plain.Header.Get("Content-Type") != "text/css; charset=utf-8" || plain.Header.Get("Content-Encoding") != "" {
		t.Fatalf("plain: %d bytes, %v, %v", len(want), plain.Header, err)
	}
	packed := get(files, "colours.css", http.Header{"Accept-Encoding": {"br, gzip"}})
	z, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(z); err != nil || string(got) != string(want) {
		t.Errorf("packed it is another file (%v)", err)
	}
	if plain.Header.Get("ETag") == packed.Header.Get("ETag") {
		t.Error("packed and plain have one tag: a cache would mix them up")
	}
	again := get(files, "colours.css", http.Header{"Accept-Encoding": {"gzip"}, "If-None-Match": {packed.Header.Get("ETag")}})
	if again.StatusCode != http.StatusNotModified || again.Header.Get("Content-Encoding") != "" {
		t.Errorf("asked again: %s, %v", again.Status, again.Header)
	}
	for _, name := range []string{"", "none.css", "..", "../pages.go", "assets/colours.css"} {
		if r := get(files, name, http.Header{}); r.StatusCode != http.StatusNotFound {
			t.Errorf("%q: %s", name, r.Status)
		}
	}
}

// TestGzipIsForThoseWhoTakeIt reads Accept-Encoding.
func TestGzipIsForThoseWhoTakeIt(t *testing.T) {
	for said, want := range map[string]bool{
		"": false, "gzip": true, "br, gzip;q=0.5": true, "gzip;q=0": false, "gzip;q=0.0": false, "identity": false, "gzip;q=1.0": true,
	} {
		if got := TakesGzip(&http.Request{Header: http.Header{"Accept-Encoding": {said}}}); got != want {
			t.Errorf("%q: %v", said, got)
		}
	}
}
