package board

import (
	"bytes"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/wlynxg/chardet"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// A script is an encoding that records without CA are found in, and how to tell
// whether bytes are ordinary text in it.
//
// General detectors want a page of text, and a record often has no more than
// two names of two characters. But names, ranks and results are made of common
// characters, and the old character sets keep the common ones in a part of
// their own: bytes read in the wrong set come out as rare characters.
type script struct {
	enc    encoding.Encoding
	common string // the characters that are met most
	// weigh returns how many bytes of data the first character, which is not
	// ASCII, has, and how ordinary it is: about 1 if it is, 0 and below if
	// hardly anybody writes it; no bytes if it is none.
	weigh func(data []byte) (size int, weight float64)

	once     sync.Once
	frequent map[[2]byte]bool // common, encoded
}

// The scripts in the order of how many records there are, which decides ties.
var scripts = []*script{
	{enc: simplifiedchinese.GB18030, common: commonSimplified, weigh: weighGB},
	{enc: japanese.ShiftJIS, common: commonJapanese, weigh: weighShiftJIS},
	{enc: korean.EUCKR, common: commonKorean, weigh: weighKorean},
	{enc: traditionalchinese.Big5, common: commonTraditional, weigh: weighBig5},
	{enc: japanese.EUCJP, common: commonJapanese, weigh: weighEUCJP},
}

// What characters are worth that weigh does not know of.
const (
	worthFrequent = 2.5  // one of those that are met most
	worthNone     = -4.0 // bytes that are no character
	worthDeclared = 0.6  // on top, for the encoding that CA names
	worthBroken   = -1.5 // on top, for an encoding that loses brackets which another keeps
	worthAnything = 0.5  // less than this is no text of these scripts
)

// enough characters are looked at to know an encoding.
const enough = 20_000

// guess returns the encoding in which data reads as ordinary text, or declared,
// which may be nil, if none is better.
func guess(data []byte, declared encoding.Encoding) encoding.Encoding {
	type candidate struct {
		enc    encoding.Encoding
		score  float64
		values int
	}
	ours := declared == nil || declared == charmap.Windows1252
	list := []candidate{{enc: charmap.Windows1252, score: scoreWestern(data)}}
	for _, s := range scripts {
		list = append(list, candidate{enc: s.enc, score: s.score(data)})
	}
	most := 0
	for i := range list {
		c := &list[i]
		if declared != nil && sameEncoding(c.enc, declared) {
			c.score += worthDeclared
			ours = true
		}
		if c.score > 0 && len(data) <= tried {
			c.values = valuesIn(decodeAs(c.enc, data))
			most = max(most, c.values)
		}
	}
	if !ours {
		return declared // Cyrillic, say, which these scores know nothing of
	}
	best := candidate{score: worthAnything}
	for i, c := range list {
		if c.values < most {
			list[i].score += worthBroken
		}
		if i > 0 && list[i].score > best.score {
			best = list[i]
		}
	}
	west := list[0].score
	switch {
	case west > best.score, best.enc == nil && west > 0:
		return charmap.Windows1252
	case best.enc != nil:
		return best.enc
	}
	if text := foreign(data); len(text) >= 12 { // of less no detector knows anything
		if enc, err := htmlindex.Get(chardet.Detect(text).Encoding); err == nil && enc != nil {
			return enc // Cyrillic, Greek, Hebrew, Thai, …
		}
	}
	return charmap.Windows1252
}

// tried is the size of a file, in bytes, up to which it is looked whether a
// record comes out whole.
const tried = 1 << 20

// valuesIn counts the values of properties in a text; none if it is no whole
// record. In a wrong encoding a character may swallow a bracket.
func valuesIn(text string) int {
	p := parser{s: text}
	for p.skipToGame() {
		if _, err := p.game(); err != nil {
			return 0
		}
	}
	return p.values
}

// sameEncoding reports whether text in b is text in a: GBK and GB2312 are parts
// of GB18030.
func sameEncoding(a, b encoding.Encoding) bool {
	return a == b || a == simplifiedchinese.GB18030 && b == simplifiedchinese.GBK
}

// score is the mean of what the characters are worth that are not ASCII.
func (s *script) score(data []byte) float64 {
	s.once.Do(func() {
		s.frequent = map[[2]byte]bool{}
		for _, r := range s.common {
			if b, err := s.enc.NewEncoder().Bytes(utf8.AppendRune(nil, r)); err == nil && len(b) == 2 {
				s.frequent[[2]byte(b)] = true
			}
		}
	})
	sum, n := 0.0, 0
	for i := 0; i < len(data) && n < enough; {
		if data[i] < utf8.RuneSelf {
			i++
			continue
		}
		n++
		size, weight := s.weigh(data[i:])
		switch {
		case size == 0 && i+1 == len(data):
			weight, size = 0, 1 // the file is cut in the middle of it
		case size == 0:
			weight, size = worthNone, 1
		case size == 2 && s.frequent[[2]byte(data[i:i+2])]:
			weight = worthFrequent
		}
		sum += weight
		i += size
	}
	return sum / float64(max(n, 1))
}

// pair splits off a character of two bytes whose second is within [lo, hi].
func pair(data []byte, lo, hi byte) (lead, trail byte, ok bool) {
	if len(data) < 2 || data[1] < lo || data[1] > hi {
		return 0, 0, false
	}
	return data[0], data[1], true
}

func weighGB(data []byte) (int, float64) {
	if len(data) >= 4 && data[0] >= 0x81 && data[0] < 0xff && data[1] >= '0' && data[1] <= '9' &&
		data[2] >= 0x81 && data[2] < 0xff && data[3] >= '0' && data[3] <= '9' {
		return 4, -0.5
	}
	lead, trail, ok := pair(data, 0x40, 0xfe)
	switch {
	case !ok || lead <= 0x80 || lead == 0xff || trail == 0x7f:
		return 0, 0
	case trail < 0xa1 || lead < 0xa1: // what GBK added
		return 2, -0.3
	case lead == 0xa1 || lead == 0xa3: // punctuation, wide letters
		return 2, 0.5
	case lead < 0xb0: // kana, Greek, frames
		return 2, -0.5
	case lead <= 0xd7: // level 1: the 3755 most common
		return 2, 1
	case lead <= 0xf7:
		return 2, 0
	}
	return 2, -1
}

func weighBig5(data []byte) (int, float64) {
	lead, trail, ok := pair(data, 0x40, 0xfe)
	switch {
	case !ok || lead <= 0x80 || lead == 0xff || trail > 0x7e && trail < 0xa1:
		return 0, 0
	case lead < 0xa1 || lead > 0xf9: // Hong Kong's and the user's
		return 2, -1
	case lead < 0xa4: // punctuation
		return 2, 0.3
	case lead < 0xc6 || lead == 0xc6 && trail <= 0x7e: // level 1: the 5401 most common
		return 2, 1
	case lead < 0xc9:
		return 2, -0.5
	}
	return 2, -0.2
}

func weighShiftJIS(data []byte) (int, float64) {
	if data[0] >= 0xa1 && data[0] <= 0xdf {
		return 1, -0.2 // katakana of half width: few use them, other encodings' bytes look like them
	}
	lead, trail, ok := pair(data, 0x40, 0xfc)
	switch {
	case !ok || lead == 0x80 || lead == 0xa0 || lead > 0xfc || trail == 0x7f:
		return 0, 0
	case lead == 0x81: // punctuation
		return 2, 0.5
	case lead == 0x82 && trail >= 0x9f, lead == 0x83 && trail <= 0x96: // kana
		return 2, 1.5
	case lead == 0x82: // wide letters and digits
		return 2, 0.5
	case lead < 0x88 || lead == 0x88 && trail < 0x9f:
		return 2, -0.5
	case lead < 0x98 || lead == 0x98 && trail <= 0x72: // level 1
		return 2, 1
	case lead <= 0xea:
		return 2, 0
	}
	return 2, -0.7
}

func weighEUCJP(data []byte) (int, float64) {
	lead, _, ok := pair(data, 0xa1, 0xfe)
	switch {
	case !ok:
		return 0, 0
	case lead == 0x8e: // katakana of half width
		return 2, -0.2
	case lead < 0xa1 || lead == 0xff:
		return 0, 0
	case lead == 0xa4 || lead == 0xa5: // kana
		return 2, 1.5
	case lead == 0xa1 || lead == 0xa3:
		return 2, 0.5
	case lead < 0xb0:
		return 2, -0.5
	case lead <= 0xcf: // level 1
		return 2, 0.9
	case lead <= 0xf4:
		return 2, 0
	}
	return 2, -1
}

func weighKorean(data []byte) (int, float64) {
	lead, trail, ok := pair(data, 0x41, 0xfe)
	switch {
	case !ok || lead <= 0x80 || lead == 0xff || trail > 0x5a && trail < 0x61 || trail > 0x7a && trail < 0x81:
		return 0, 0
	case trail < 0xa1 || lead < 0xa1: // the rarer syllables of CP949
		return 2, -0.3
	case lead == 0xa1 || lead == 0xa3:
		return 2, 0.5
	case lead < 0xb0:
		return 2, -0.5
	case lead <= 0xc8: // syllables
		return 2, 0.7
	}
	return 2, -0.2 // Chinese characters
}

// scoreWestern is the score of data in Windows-1252: letters with marks stand
// between letters without, and seldom two together.
func scoreWestern(data []byte) float64 {
	sum, n := 0.0, 0
	for i := 0; i < len(data) && n < enough; {
		if data[i] < utf8.RuneSelf {
			i++
			continue
		}
		end := i
		letters := true
		for ; end < len(data) && data[end] >= utf8.RuneSelf; end++ {
			c := data[end]
			letters = letters && (c >= 0xc0 && c != 0xd7 && c != 0xf7 || bytes.IndexByte([]byte("\x8a\x8c\x8e\x9a\x9c\x9e\x9f"), c) >= 0)
		}
		beside := i > 0 && isLetter(data[i-1]) || end < len(data) && isLetter(data[end])
		weight := -1.0
		switch run := end - i; {
		case run == 1 && letters && beside:
			weight = 1
		case run == 1:
			weight = 0.1
		case run == 2 && letters && beside:
			weight = 0.3
		}
		sum += weight * float64(end-i)
		n += end - i
		i = end
	}
	return sum / float64(max(n, 1))
}

// foreign returns the lines and values of data that are not ASCII, for a
// detector to look at.
func foreign(data []byte) []byte {
	var b []byte
	for _, v := range bytes.FieldsFunc(data[:min(len(data), 64<<10)], func(r rune) bool { return strings.ContainsRune("[]\n", r) }) {
		if !isASCII(string(v)) {
			b = append(append(b, v...), '\n')
		}
	}
	return b
}
