package board

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
)

// decodeSGF returns the file as UTF-8. The encoding is undone before anything
// else, because in some of them a byte of a character may look like a bracket
// or a backslash.
//
// A byte order mark decides. Then UTF-8 does, which other text hardly ever is
// by accident. Then the encoding that CA names, if the bytes can be that and
// make ordinary text. What is left is guessed: by how ordinary the characters
// are, for the encodings of China, Taiwan, Japan, Korea and the West, and where
// that tells nothing by a general detector.
func decodeSGF(data []byte) string {
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return valid(string(data[3:]))
	case bytes.HasPrefix(data, []byte("\xff\xfe")), utf16Begins(data, 0):
		return decodeAs(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), data)
	case bytes.HasPrefix(data, []byte("\xfe\xff")), utf16Begins(data, 1):
		return decodeAs(unicode.UTF16(unicode.BigEndian, unicode.UseBOM), data)
	case bytes.Contains(data, []byte("\x1b$")) && isASCII(string(data)):
		return decodeAs(japanese.ISO2022JP, data) // seven bits, with escape sequences
	case isASCII(string(data)):
		return string(data)
	}
	declared := declaredEncoding(data)
	if utf8.Valid(data) && (declared == nil || !accidental(data) || !sameEncoding(guess(data, declared), declared)) {
		return string(data)
	}
	if mostlyUTF8(data) {
		return valid(string(data)) // cut in the middle of a character, say
	}
	return decodeAs(guess(data, declared), data)
}

// utf16Begins reports whether data begins as UTF-16 without a byte order mark
// does: with "(" or ";" and a zero, which is the byte at index zero or, if
// high is 1, the one before it.
func utf16Begins(data []byte, high int) bool {
	if len(data) < 4 || len(data)%2 != 0 {
		return false
	}
	return data[high] == '(' && data[1-high] == 0 && data[2+1-high] == 0
}

// valid puts a replacement character for bytes that are no UTF-8, and takes a
// byte order mark away.
func valid(s string) string {
	return strings.ToValidUTF8(strings.TrimPrefix(s, "\ufeff"), "\ufffd")
}

func decodeAs(enc encoding.Encoding, data []byte) string {
	s, err := enc.NewDecoder().Bytes(data)
	if err != nil {
		s = data
	}
	return valid(string(s))
}

// declaredEncoding is what the first CA property names; nil if there is none,
// or it names no encoding that is known, or one that does not even leave "CA"
// readable.
func declaredEncoding(data []byte) encoding.Encoding {
	name := charset(data)
	if other, ok := encodingNames[name]; ok {
		name = other
	}
	enc, err := htmlindex.Get(name)
	if err != nil || enc == unicode.UTF8 {
		return nil // what is UTF-8 shows
	}
	head := data[:min(len(data), farCA)]
	if s, err := enc.NewDecoder().Bytes(head); err != nil || !bytes.Contains(s, []byte("CA[")) {
		return nil
	}
	return enc
}

// encodingNames are names that records use and the web's list does not have.
var encodingNames = map[string]string{
	"cp936": "gbk", "ms936": "gbk", "windows-936": "gbk", "gb": "gb18030", "gb-2312": "gbk", "gb2312-80": "gbk",
	"cp950": "big5", "ms950": "big5", "windows-950": "big5", "cp949": "euc-kr", "ms949": "euc-kr", "euc_kr": "euc-kr",
	"cp932": "shift_jis", "ms932": "shift_jis", "windows-932": "shift_jis", "shift_jisx0213": "shift_jis", "shiftjis": "shift_jis",
	"sjis": "shift_jis", "jis": "iso-2022-jp", "eucjp": "euc-jp", "euc_jp": "euc-jp", "latin-1": "windows-1252", "latin_1": "windows-1252",
	"cp1252": "windows-1252", "cp1251": "windows-1251",
}

// farCA is how far into a file CA is looked for, in bytes.
const farCA = 64 << 10

// charset returns the value of the first CA property, in small letters.
func charset(data []byte) string {
	head := data[:min(len(data), farCA)]
	for i := 0; ; {
		j := bytes.Index(head[i:], []byte("CA["))
		if j < 0 {
			return ""
		}
		i += j
		if i == 0 || !isUpper(head[i-1]) {
			value, _, ok := bytes.Cut(head[i+3:], []byte("]"))
			if ok && len(value) < 40 {
				return strings.ToLower(strings.TrimSpace(string(value)))
			}
		}
		i += 3
	}
}

// mostlyUTF8 reports whether data is UTF-8 but for a few bytes: other text has
// hardly ever four characters of UTF-8 for one byte that is none.
func mostlyUTF8(data []byte) bool {
	good, bad := 0, 0
	for len(data) > 0 {
		r, size := utf8.DecodeRune(data)
		switch {
		case r == utf8.RuneError && size == 1:
			bad++
		case size > 2:
			good += 2
		case size > 1:
			good++
		}
		data = data[size:]
	}
	return good >= 4*bad
}

// accidental reports whether text that is UTF-8 may be so by accident only: it
// has a few characters, each of two bytes, which is what pairs of bytes in
// another encoding may look like.
func accidental(data []byte) bool {
	n := 0
	for len(data) > 0 {
		_, size := utf8.DecodeRune(data)
		if size > 2 {
			return false
		}
		n += size - 1
		data = data[size:]
	}
	return n <= 6
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
