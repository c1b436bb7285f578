// Package pages sends the files of this program's own web pages, which are
// compiled in, opens the port at which a page is found, and holds what the pages
// share: colours, the choice of light or dark, and how a clock is counted on.
package pages

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

// shared are the files that belong to every page.
//
//go:embed assets
var shared embed.FS

// Files are a page's files by their names, those that all pages share among
// them. They are read and packed when the first is asked for.
type Files struct{ all func() map[string]*file }

// file is one of them as it is sent.
type file struct {
	plain, packed []byte // packed is nil where gzip does not pay
	kind, tag     string
}

// kinds are those of the files that there are; the system's table differs from
// machine to machine.
var kinds = map[string]string{
	".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
	".svg": "image/svg+xml", ".png": "image/png", ".ico": "image/x-icon", ".woff2": "font/woff2", ".json": "application/json",
	".webmanifest": "application/manifest+json",
}

// New makes the files of a page out of what lies in the folder "assets" of own,
// which is compiled in.
func New(own embed.FS) *Files {
	return &Files{sync.OnceValue(func() map[string]*file {
		m := map[string]*file{}
		for _, from := range []embed.FS{shared, own} { // a page's own file stands for a shared one of that name
			entries, err := from.ReadDir("assets")
			if err != nil {
				panic(err) // it is compiled in
			}
			for _, e := range entries {
				if text, err := fs.ReadFile(from, "assets/"+e.Name()); err == nil { // else it is a folder
					m[e.Name()] = pack(e.Name(), text)
				}
			}
		}
		return m
	})}
}

func pack(name string, text []byte) *file {
	sum := sha256.Sum256(text)
	f := &file{plain: text, kind: kinds[path.Ext(name)], tag: hex.EncodeToString(sum[:12])}
	if f.kind == "" {
		f.kind = "application/octet-stream"
	}
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if _, err := z.Write(text); err == nil && z.Close() == nil && b.Len() < len(text)*9/10 {
		f.packed = b.Bytes()
	}
	return f
}

// Serve answers with the file of that name, or that there is none. A browser
// that has it already is told so.
func (files *Files) Serve(w http.ResponseWriter, r *http.Request, name string) {
	f := files.all()[name]
	if f == nil {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "no-cache") // asks each time whether it has changed
	h.Set("Vary", "Accept-Encoding")
	text, tag := f.plain, `"`+f.tag+`"`
	if f.packed != nil && TakesGzip(r) {
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

// TakesGzip reports whether a client says so plainly.
func TakesGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(part, ";")
		if strings.TrimSpace(name) == "gzip" {
			w := strings.TrimSpace(weight)
			return w == "" || strings.HasPrefix(w, "q=1") || strings.HasPrefix(w, "q=0.") && strings.Trim(w, "q=0.") != ""
		}
	}
	return false
}
