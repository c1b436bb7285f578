package phone

import (
	"embed"
	"net/http"

	"github.com/gobancam/gobancam/internal/pages"
)

//go:embed assets
var own embed.FS

// files are the page: everything that a browser gets comes from here.
var files = pages.New(own)

// asset sends one of them.
func asset(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { files.Serve(w, r, name) }
}
