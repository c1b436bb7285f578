// Package plain makes text that came from elsewhere (names of players and
// tournaments, chat, a server's complaints, the properties of a game record)
// fit to be shown, spoken and written: what a reader sees is what is there, on
// one line, and no terminal obeys it.
//
// The rule, for Line and what builds on it:
//
//   - Bytes that are no UTF-8 become U+FFFD.
//   - White space of every kind, tabs, line and paragraph separators and blanks
//     that look like one included, becomes one space; none is left at the ends.
//   - Control characters (C0, DEL, C1) go; so an escape sequence loses what
//     makes it one, and its harmless rest stays to be seen.
//   - Characters that turn the direction of writing go (U+202A to 202E, 2066
//     to 2069, 200E, 200F, 061C): Hebrew and Arabic read right without.
//   - Characters without width go, with two exceptions: a joiner or non-joiner
//     within a word of a script that spells with them, or a joiner between two
//     pictures; a variation selector after the character that it varies.
//   - Tags, private use, surrogates and noncharacters go.
//   - A letter keeps at most four combining marks, and a text begins with none.
//   - What is longer than the limit ends in "…".
//
// Letters that look like other letters are left: they are what people are
// called. The room knows no game and no terminal.
package plain

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits on lengths, in characters.
const (
	maxName = 80
	maxLine = 1000
	maxText = 20_000
)

// maxMarks is how many combining marks a letter keeps: Vietnamese has two,
// Hebrew with vowels and accents three or four.
const maxMarks = 4

// Name makes a name fit to be shown: what Line does, and no longer than 80
// characters. A name of which nothing is left is "?".
func Name(s string) string {
	clean := Cut(s, maxName)
	if clean == "" && s != "" {
		return "?"
	}
	return clean
}

// Line makes foreign text one plain line of at most 1000 characters.
func Line(s string) string { return Cut(s, maxLine) }

// Cut is Line with another limit, in characters, at least 1.
func Cut(s string, most int) string {
	if short(s, most) {
		return s
	}
	var b builder
	for _, r := range s {
		if unicode.IsSpace(r) || blank(r) {
			b.space()
			continue
		}
		b.add(r)
		if b.n > most+1 {
			break
		}
	}
	return b.text(most)
}

// Text makes foreign text of several lines plain, at most 20000 characters of
// it: each line is what Cut makes of it; empty lines at the ends go.
func Text(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n\n", "\u0085", "\n").Replace(s)
	var b strings.Builder
	left := maxText
	for line := range strings.SplitSeq(s, "\n") {
		if left <= 0 {
			b.WriteString("…")
			break
		}
		line = Cut(line, left)
		b.WriteString(line + "\n")
		left -= utf8.RuneCountInString(line) + 1
	}
	return strings.Trim(b.String(), "\n")
}

// short reports whether s is a line of printable ASCII within the limit, as
// most text is, and so is plain already.
func short(s string, most int) bool {
	if len(s) > most {
		return false
	}
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' || s[i] == ' ' && (i == 0 || i+1 == len(s) || s[i-1] == ' ') {
			return false
		}
	}
	return true
}

// builder collects the characters that stay.
type builder struct {
	b     strings.Builder
	n     int  // characters so far
	last  rune // 0 at the beginning
	gap   bool // a space is due before the next character
	marks int  // on the last letter
	join  rune // a joiner that is due if the next character asks for it
}

func (b *builder) space() {
	b.gap = b.last != 0
	b.join = 0
}

func (b *builder) add(r rune) {
	switch {
	case r == zwj || r == zwnj:
		if b.join == 0 && !b.gap {
			b.join = r
		}
		return
	case selector(r):
		if b.gap || b.last == 0 || selector(b.last) || b.last < utf8.RuneSelf && !keycap(b.last) {
			return
		}
		b.join = 0
	case hidden(r):
		return
	case unicode.In(r, unicode.Mn, unicode.Me):
		if b.gap || b.last == 0 || b.marks == maxMarks {
			return
		}
		b.marks++
	default:
		b.marks = 0
	}
	if b.gap {
		b.b.WriteByte(' ')
		b.n++
	}
	if b.join != 0 && !b.gap && joins(b.join, b.last, r) {
		b.b.WriteRune(b.join)
		b.n++
	}
	b.gap, b.join = false, 0
	b.b.WriteRune(r)
	b.n++
	b.last = r
}

// text is what was collected, cut where there is more than most.
func (b *builder) text(most int) string {
	s := b.b.String()
	if b.n <= most {
		return s
	}
	end := 0
	for i := range s {
		if end++; end == most {
			return strings.TrimRight(s[:i], " "+string(zwj)+string(zwnj)) + "…"
		}
	}
	return s
}
