package plain

import (
	"io"
	"strings"
	"sync"
	"unicode/utf8"
)

// Writer passes text on to a terminal and takes out what a terminal would obey
// or hide, wherever it slipped in: control characters except line breaks and
// tabs, characters that turn the direction of writing, characters without
// width; bytes that are no UTF-8 become U+FFFD. Joiners and variation selectors
// pass. What gobancam itself wants a terminal to do goes through Control.
//
// It is the last of two fences: text is made plain where it comes in. A Writer
// is safe for concurrent use.
type Writer struct {
	mu  sync.Mutex
	out io.Writer
	cut []byte // the beginning of a character whose end is still to come
}

// NewWriter returns a Writer to out; out itself if it is one.
func NewWriter(out io.Writer) *Writer {
	if w, ok := out.(*Writer); ok {
		return w
	}
	return &Writer{out: out}
}

// Write passes text on.
func (w *Writer) Write(text []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.cut) == 0 && passes(text) {
		return w.out.Write(text)
	}
	in := append(w.cut, text...)
	w.cut = nil
	clean := make([]byte, 0, len(in))
	for len(in) > 0 {
		if !utf8.FullRune(in) {
			w.cut = append([]byte(nil), in...)
			break
		}
		r, size := utf8.DecodeRune(in)
		in = in[size:]
		if passing(r) {
			clean = utf8.AppendRune(clean, r)
		}
	}
	if _, err := w.out.Write(clean); err != nil {
		return 0, err
	}
	return len(text), nil
}

// passing reports whether r passes the last fences.
func passing(r rune) bool {
	return r == '\n' || r == '\t' || !hidden(r) || r == zwj || r == zwnj || selector(r)
}

// Visible returns s without what a Writer takes out: the last fence of a face
// that draws its text itself.
func Visible(s string) string {
	if passes([]byte(s)) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if passing(r) {
			return r
		}
		return -1
	}, s)
}

// passes reports whether there is nothing in text but printable ASCII, line
// breaks and tabs.
func passes(text []byte) bool {
	for _, c := range text {
		if (c < ' ' || c > '~') && c != '\n' && c != '\t' {
			return false
		}
	}
	return true
}

// Control writes a sequence of ours, such as one that moves the cursor, past
// the Writer that out may be.
func Control(out io.Writer, sequence string) error {
	w, ok := out.(*Writer)
	if !ok {
		_, err := io.WriteString(out, sequence)
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	_, err := io.WriteString(w.out, sequence)
	return err
}

// Unwrap returns what a Writer writes to, to ask whether it is a terminal, or
// to write data instead of text; out itself if it is no Writer.
func Unwrap(out io.Writer) io.Writer {
	if w, ok := out.(*Writer); ok {
		return w.out
	}
	return out
}

// JSON writes the characters of a JSON text that a terminal would obey or hide
// as \u escapes: the data are the same, and nothing but them is seen. It
// returns text itself where there are none.
func JSON(text []byte) []byte {
	if passes(text) {
		return text
	}
	const digits = "0123456789abcdef"
	clean := make([]byte, 0, len(text)+16)
	escape := func(u rune) {
		clean = append(clean, '\\', 'u', digits[u>>12&15], digits[u>>8&15], digits[u>>4&15], digits[u&15])
	}
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		switch {
		case passing(r), r == '\r':
			clean = utf8.AppendRune(clean, r)
		case r >= 0x10000:
			escape(0xd800 + (r-0x10000)>>10)
			escape(0xdc00 + (r-0x10000)&0x3ff)
		default:
			escape(r)
		}
		text = text[size:]
	}
	return clean
}

// JSONWriter returns a writer for an encoder of JSON, whose every text becomes
// what JSON makes of it.
func JSONWriter(out io.Writer) io.Writer { return jsonWriter{out} }

type jsonWriter struct{ out io.Writer }

func (w jsonWriter) Write(text []byte) (int, error) {
	if _, err := w.out.Write(JSON(text)); err != nil {
		return 0, err
	}
	return len(text), nil
}
