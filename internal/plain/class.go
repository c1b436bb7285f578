package plain

import (
	"unicode"
	"unicode/utf8"
)

const (
	zwnj = '\u200c'
	zwj  = '\u200d'
)

// blank reports whether r is seen as nothing or as a space although Unicode
// does not count it as white space.
func blank(r rune) bool {
	switch r {
	case '\u2800', // Braille without a dot
		'\u3164', '\uffa0', '\u115f', '\u1160': // fillers of Hangul
		return true
	}
	return unicode.Is(unicode.Z, r)
}

// hidden reports whether r is never shown as itself: a control, a character
// that formats or has no width, of private use, or none at all. Joiners and
// variation selectors, which depend on what stands beside them, are hidden too.
func hidden(r rune) bool {
	switch {
	case r >= ' ' && r <= '~':
		return false
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector):
		return !visible(r)
	case r == '\u034f', r == '\u17b4', r == '\u17b5', r == '\ufffc', unicode.Is(unicode.Noncharacter_Code_Point, r):
		return true // a joiner of graphemes, vowels of Khmer that are not written, a place for an object
	}
	return r > unicode.MaxRune
}

// visible reports whether a format character is drawn: the signs that stand
// before or around Arabic, Syriac and Kaithi numbers.
func visible(r rune) bool { return unicode.Is(unicode.Prepended_Concatenation_Mark, r) }

// selector reports whether r chooses a form of the character before it: emoji
// or text, a form of a Chinese character in a name.
func selector(r rune) bool {
	return r >= '\ufe00' && r <= '\ufe0f' || r >= 0xe0100 && r <= 0xe01ef
}

// keycap reports whether r is one of the ASCII characters that have a form as
// an emoji.
func keycap(r rune) bool { return r >= '0' && r <= '9' || r == '#' || r == '*' }

// spelling are the scripts that spell with joiners and non-joiners.
var spelling = []*unicode.RangeTable{
	unicode.Arabic, unicode.Syriac, unicode.Nko, unicode.Mongolian,
	unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi, unicode.Gujarati, unicode.Oriya, unicode.Tamil,
	unicode.Telugu, unicode.Kannada, unicode.Malayalam, unicode.Sinhala, unicode.Khmer, unicode.Myanmar, unicode.Tibetan,
}

// joins reports whether a joiner or non-joiner has a meaning between two
// characters.
func joins(joiner, before, after rune) bool {
	if unicode.In(before, spelling...) && unicode.In(after, spelling...) {
		return true
	}
	return joiner == zwj && picture(before) && picture(after)
}

// picture reports whether r is an emoji, or what follows one.
func picture(r rune) bool {
	return r > utf8.RuneSelf && (unicode.Is(unicode.So, r) || selector(r) || r >= 0x1f3fb && r <= 0x1f3ff)
}
