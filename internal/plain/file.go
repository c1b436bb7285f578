package plain

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxFileName is the longest name, in bytes: most file systems take 255, and
// there has to be room for a number, an extension and the "~" of a copy.
const maxFileName = 100

// reserved are the names that Windows keeps for devices, whatever follows a
// full stop.
var reserved = []string{"con", "prn", "aux", "nul", "com", "lpt"}

// FileName makes foreign text one part of a path that every system takes and
// no shell stumbles over: a plain line without the characters that separate
// paths, options and patterns; never empty, never hidden, never "..".
func FileName(s string) string {
	s = norm.NFC.String(Cut(s, maxFileName))
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune("/\\:*?\"<>|$`'!&;~#%{}()[]", r) {
			return '-'
		}
		return r
	}, s)
	for len(s) > maxFileName {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	s = strings.Trim(s, " .-")
	stem, _, _ := strings.Cut(strings.ToLower(s), ".")
	stem = strings.TrimRight(stem, " ")
	for _, name := range reserved {
		rest, ok := strings.CutPrefix(stem, name)
		if ok && (rest == "" || len(name) == 3 && len(rest) == 1 && rest[0] >= '0' && rest[0] <= '9' && (name == "com" || name == "lpt")) {
			return "-" + s
		}
	}
	if s == "" {
		return "unnamed"
	}
	return s
}
