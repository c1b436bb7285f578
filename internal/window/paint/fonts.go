package paint

import (
	"io"
	"log"

	"github.com/go-text/typesetting/fontscan"
)

// Lacking are those of the letters that neither the program's own fonts nor the
// system's have. The index of the system's fonts is kept in cacheDir, as a
// Writer keeps it; making it may take seconds.
func Lacking(cacheDir string, letters []rune) (lacking []rune, err error) {
	own := NewWriter().own[Regular]
	m := fontscan.NewFontMap(log.New(io.Discard, "", 0))
	if err = m.UseSystemFonts(cacheDir); err == nil {
		m.SetQuery(fontscan.Query{Families: []string{"sans-serif"}})
	}
	for _, r := range letters {
		if _, ok := own.NominalGlyph(r); ok {
			continue
		}
		if err == nil {
			if f := m.ResolveFace(r); f != nil {
				if _, ok := f.NominalGlyph(r); ok {
					continue
				}
			}
		}
		lacking = append(lacking, r)
	}
	return lacking, err
}
