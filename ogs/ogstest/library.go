package ogstest

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
)

// Upload is a record in a user's library.
type Upload struct {
	Collection int64
	Name       string
	SGF        []byte
}

// Library returns what a user has uploaded, in order.
func (s *Server) Library(u *User) []Upload {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.libraries[u])
}

// uploads takes an upload, true if it was one. The real server takes a form
// with files only, and names that end in .sgf.
func (s *Server) uploads(w http.ResponseWriter, r *http.Request, u *User, key string, part []string, body []byte) bool {
	if key != "POST me/games/sgf/#" {
		return false
	}
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		detail(w, http.StatusUnsupportedMediaType, "Unsupported media type in request.")
		return true
	}
	form := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	taken := 0
	for {
		p, err := form.NextPart()
		if err != nil {
			break
		}
		sgf, err := io.ReadAll(p)
		if err != nil || p.FormName() != "file" || !strings.HasSuffix(p.FileName(), ".sgf") || !bytes.HasPrefix(bytes.TrimSpace(sgf), []byte("(;")) {
			continue
		}
		if s.libraries == nil {
			s.libraries = map[*User][]Upload{}
		}
		s.libraries[u] = append(s.libraries[u], Upload{number(part[3]), p.FileName(), sgf})
		taken++
	}
	if taken == 0 {
		reply(w, http.StatusBadRequest, map[string]any{"error": "No files uploaded"})
		return true
	}
	reply(w, http.StatusOK, map[string]any{"success": "Files uploaded"})
	return true
}
