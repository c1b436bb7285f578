package phone

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

// files are the page: everything that a browser gets comes from here.
//
//go:embed assets
var files embed.FS

// file is one of them as it is sent.
type file struct {
	plain, packed []byte // packed is nil where gzip does not pay
	kind, tag     string
}

// kinds are those of the files that there are; the system's table differs from
// machine to machine.
var kinds = map[string]string{
	".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
	".svg": "image/svg+xml", ".png": "image/png", ".ico": "image/x-icon", ".webmanifest": "application/manifest+json",
}

// all is read and packed once, when the first page is asked for.
var all = sync.OnceValue(func() map[string]*file {
	m := map[string]*file{}
	entries, err := files.ReadDir("assets")
	if err != nil {
		panic(err) // it is compiled in
	}
	for _, e := range entries {
		text, err := files.ReadFile("assets/" + e.Name())
		kind := kinds[path.Ext(e.Name())]
		if err != nil || kind == "" {
			continue // a folder, or nothing for a browser
		}
		sum := sha256.Sum256(text)
		f := &file{plain: text, kind: kind, tag: hex.EncodeToString(sum[:12])}
		var b bytes.Buffer
		z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
		if _, err := z.Write(text); err == nil && z.Close() == nil && b.Len() < len(text)*9/10 {
			f.packed = b.Bytes()
		}
		m[e.Name()] = f
	}
	return m
})

// asset sends an embedded file. A browser that has it is told so.
func asset(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		f := all()[name]
		if f == nil {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Cache-Control", "no-cache") // asks each time whether it has changed
		h.Set("Vary", "Accept-Encoding")
		text, tag := f.plain, `"`+f.tag+`"`
		if f.packed != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			text, tag = f.packed, `"`+f.tag+`-gzip"`
			h.Set("Content-Encoding", "gzip")
		}
		h.Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			h.Del("Content-Encoding")
			w.WriteHeader(http.StatusNotModified)
			return
		}
		h.Set("Content-Type", f.kind)
		h.Set("Content-Length", strconv.Itoa(len(text)))
		_, _ = w.Write(text) // who does not take it has gone
	}
}
