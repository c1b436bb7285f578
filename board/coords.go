package board

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// ErrCoord is wrapped by every error about a coordinate that cannot be read.
var ErrCoord = errors.New("not a coordinate of this board")

// columns are the letters of GTP's columns: there is no I.
const columns = "ABCDEFGHJKLMNOPQRSTUVWXYZ"

// On reports whether p is a crossing of a board of this size.
func (p Point) On(size int) bool {
	return p.X >= 0 && p.Y >= 0 && int(p.X) < size && int(p.Y) < size
}

// GTP returns p as players say it: the column's letter from the left, without
// I, then the row's number counted from the bottom, as "Q16"; "pass" for Pass.
// A point that is not on the board of this size comes back as "(x,y)", which
// ParseGTP refuses.
func (p Point) GTP(size int) string {
	if p.IsPass() {
		return "pass"
	}
	if size > MaxSize || !p.On(size) {
		return fmt.Sprintf("(%d,%d)", p.X, p.Y)
	}
	return columns[p.X:p.X+1] + strconv.Itoa(size-int(p.Y))
}

// ParseGTP reads a point of a board of this size as GTP writes it, in either
// case; "pass" gives Pass. The error wraps ErrCoord.
func ParseGTP(s string, size int) (Point, error) {
	t := strings.ToUpper(strings.TrimSpace(s))
	if t == "PASS" {
		return Pass, nil
	}
	fail := func(why string) (Point, error) {
		return Pass, fmt.Errorf("%q: %w (%d×%d): %s", s, ErrCoord, size, size, why)
	}
	if len(t) < 2 || len(t) > 3 {
		return fail("a column's letter and a row's number are expected, as in Q16")
	}
	x := strings.IndexByte(columns, t[0])
	switch {
	case t[0] == 'I':
		return fail("there is no column I")
	case x < 0 || x >= size:
		return fail("there is no such column")
	}
	row := 0
	for _, c := range []byte(t[1:]) {
		if c < '0' || c > '9' {
			return fail("the row is not a number")
		}
		row = 10*row + int(c-'0')
	}
	if t[1] == '0' || row < 1 || row > size {
		return fail("there is no such row")
	}
	return Point{int8(x), int8(size - row)}, nil
}

// SGF returns p as SGF writes it: two letters, column from the left and row
// from the top, 'a' first; Pass is the empty string, as FF[4] asks for.
func (p Point) SGF() string {
	if p.X < 0 || p.Y < 0 || p.X >= MaxSize || p.Y >= MaxSize {
		return ""
	}
	return string([]byte{'a' + byte(p.X), 'a' + byte(p.Y)})
}

// ParseSGFPoint reads the value of a B or W property on a board of this size.
// The empty value is a pass, and so is "tt" on boards up to 19×19. Capital
// letters, which some programs write, are read as small ones. The error wraps
// ErrCoord.
func ParseSGFPoint(s string, size int) (Point, error) {
	t := strings.TrimSpace(s)
	if t == "" {
		return Pass, nil
	}
	p, ok := letters(strings.ToLower(t))
	switch {
	case ok && p.On(size):
		return p, nil
	case ok && p == (Point{19, 19}) && size <= 19:
		return Pass, nil
	}
	return Pass, fmt.Errorf("%q: %w (%d×%d): two letters from a to %c are expected", s, ErrCoord, size, size, lastLetter(size))
}

// OGS returns p as online-go.com writes it: two letters, column from the left
// and row from the top, 'a' first (with i); ".." for Pass.
func (p Point) OGS() string {
	if s := p.SGF(); s != "" {
		return s
	}
	return ".."
}

// ParseOGS reads a move as online-go.com writes it on a board of this size.
// The error wraps ErrCoord. Letters beyond the board, which that server's own
// decoder takes for a pass, are an error here: a garbled move must not end a
// game.
func ParseOGS(s string, size int) (Point, error) {
	if s == ".." {
		return Pass, nil
	}
	p, ok := letters(s)
	if !ok || !p.On(size) {
		return Pass, fmt.Errorf("%q: %w (%d×%d): two letters from a to %c, or \"..\", are expected", s, ErrCoord, size, size, lastLetter(size))
	}
	return p, nil
}

// ParseOGSPoints reads online-go.com's list of points, letter pairs one after
// the other ("aabbcc"). The error wraps ErrCoord.
func ParseOGSPoints(s string, size int) ([]Point, error) {
	if len(s)%2 != 0 {
		return nil, fmt.Errorf("%.40q: %w: an odd number of letters", s, ErrCoord)
	}
	var ps []Point
	for i := 0; i < len(s); i += 2 {
		p, err := ParseOGS(s[i:i+2], size)
		if err != nil {
			return nil, err
		}
		if !p.IsPass() {
			ps = append(ps, p)
		}
	}
	return ps, nil
}

// FormatOGSPoints writes a list of points as online-go.com does: letter pairs,
// sorted row by row from the top.
func FormatOGSPoints(ps []Point) string {
	var set PointSet
	for _, p := range ps {
		set.Add(p)
	}
	var b strings.Builder
	for p := range set.All() {
		b.WriteString(p.OGS())
	}
	return b.String()
}

// letters reads two small letters, column first.
func letters(s string) (Point, bool) {
	if len(s) != 2 || s[0] < 'a' || s[0] > 'z' || s[1] < 'a' || s[1] > 'z' {
		return Pass, false
	}
	return Point{int8(s[0] - 'a'), int8(s[1] - 'a')}, true
}

func lastLetter(size int) byte { return 'a' + byte(min(max(size, 1), 26)) - 1 }
