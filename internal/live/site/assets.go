package site

import (
	"embed"
	"net/http"

	"github.com/gobancam/gobancam/internal/pages"
)

// compiled are the page's own files: everything that a browser gets comes from
// here, and from package pages.
//
//go:embed assets
var compiled embed.FS

var files = pages.New(compiled)

// file sends one of them.
func file(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { files.Serve(w, r, name) }
}
