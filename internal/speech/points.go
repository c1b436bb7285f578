package speech

import (
	"fmt"
	"strings"

	"github.com/gobancam/gobancam/board"
)

// Lang is a language, by its two letters.
type Lang string

// The languages.
const (
	English  Lang = "en"
	German   Lang = "de"
	French   Lang = "fr"
	Japanese Lang = "ja"
	Korean   Lang = "ko"
	Chinese  Lang = "zh"
)

// Langs are all languages.
var Langs = []Lang{English, German, French, Japanese, Korean, Chinese}

// ParseLang reads a language as locales write it, like "de_DE.UTF-8"; English
// if it is not one of Langs.
func ParseLang(s string) Lang {
	for _, l := range Langs {
		if strings.HasPrefix(strings.ToLower(s), string(l)) {
			return l
		}
	}
	return English
}

var numerals = []string{"", "一", "二", "三", "四", "五", "六", "七", "八", "九"}

// numeral writes 1 to 99 in Chinese figures.
func numeral(n int) string {
	switch {
	case n < 10:
		return numerals[n]
	case n < 20:
		return "十" + numerals[n-10]
	}
	return numerals[n/10] + "十" + numerals[n%10]
}

// corner names where a star point is: 0 to 8, row by row from the top left.
func star(p board.Point, size int) (place int, ok bool) {
	for _, h := range board.Hoshi(size) {
		if h == p {
			third := func(v int8) int {
				switch m := int8(size / 2); {
				case v < m:
					return 0
				case v == m:
					return 1
				}
				return 2
			}
			return 3*third(p.Y) + third(p.X), true
		}
	}
	return 0, false
}

var stars = map[Lang][9]string{
	Japanese: {"左上星", "上辺星", "右上星", "左辺星", "天元", "右辺星", "左下星", "下辺星", "右下星"},
	Korean:   {"좌상귀 화점", "상변 화점", "우상귀 화점", "좌변 화점", "천원", "우변 화점", "좌하귀 화점", "하변 화점", "우하귀 화점"},
	Chinese:  {"左上角星位", "上边星位", "右上角星位", "左边星位", "天元", "右边星位", "左下角星位", "下边星位", "右下角星位"},
}

// Point names a point as it is spoken. European languages say the letter and
// the number of the board's rim. In East Asia star points have names; any other
// is called by its column and its row from the top: in Japanese the columns are
// counted from the right (16の四 is column 16), in Chinese and Korean from the
// left.
func Point(l Lang, p board.Point, size int) string {
	if !p.On(size) {
		return ""
	}
	if names, ok := stars[l]; ok {
		if place, ok := star(p, size); ok {
			return names[place]
		}
		row := int(p.Y) + 1
		switch l {
		case Japanese:
			return fmt.Sprintf("%dの%s", size-int(p.X), numeral(row))
		case Korean:
			return fmt.Sprintf("%d의 %d", int(p.X)+1, row)
		}
		return fmt.Sprintf("%d之%s", int(p.X)+1, numeral(row))
	}
	name := p.GTP(size)
	return name[:1] + " " + name[1:] // so that a voice says "Q 16"
}
