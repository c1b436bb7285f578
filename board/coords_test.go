package board

import (
	"errors"
	"slices"
	"testing"
)

func TestCoordinates(t *testing.T) {
	for _, tt := range []struct {
		p             Point
		size          int
		gtp, sgf, ogs string
	}{
		{Point{0, 0}, 19, "A19", "aa", "aa"},
		{Point{15, 3}, 19, "Q16", "pd", "pd"},
		{Point{8, 18}, 19, "J1", "is", "is"},
		{Point{7, 0}, 9, "H9", "ha", "ha"},
		{Point{24, 24}, 25, "Z1", "yy", "yy"},
		{Point{19, 19}, 21, "U2", "tt", "tt"},
		{Pass, 19, "pass", "", ".."},
	} {
		if s := tt.p.GTP(tt.size); s != tt.gtp {
			t.Errorf("%v GTP %q, want %q", tt.p, s, tt.gtp)
		}
		if s := tt.p.SGF(); s != tt.sgf {
			t.Errorf("%v SGF %q, want %q", tt.p, s, tt.sgf)
		}
		if s := tt.p.OGS(); s != tt.ogs {
			t.Errorf("%v OGS %q, want %q", tt.p, s, tt.ogs)
		}
	}
	for size := MinSize; size <= MaxSize; size++ {
		pos := NewPosition(size)
		for _, p := range append(slices.Collect(pos.Points()), Pass) {
			a, err1 := ParseGTP(p.GTP(size), size)
			b, err2 := ParseSGFPoint(p.SGF(), size)
			c, err3 := ParseOGS(p.OGS(), size)
			if err := errors.Join(err1, err2, err3); err != nil || a != p || b != p || c != p {
				t.Fatalf("%v on %d: %v %v %v, %v", p, size, a, b, c, err)
			}
		}
	}
	if p, err := ParseSGFPoint("tt", 19); err != nil || !p.IsPass() {
		t.Errorf("tt on 19: %v, %v", p, err)
	}
	if p, err := ParseGTP(" q16 ", 19); err != nil || p != (Point{15, 3}) {
		t.Errorf("q16: %v, %v", p, err)
	}
}

func TestCoordinatesRefused(t *testing.T) {
	for _, s := range []string{"", "Q", "I5", "U1", "A0", "A20", "A-1", "A+1", "16Q", "A05", "A1x", "Q16 x", "ÄÄ"} {
		if p, err := ParseGTP(s, 19); !errors.Is(err, ErrCoord) {
			t.Errorf("GTP %q: %v, %v", s, p, err)
		}
	}
	for _, s := range []string{"a", "aaa", "ta", "zz", "a1", "uu", "[]"} {
		if p, err := ParseSGFPoint(s, 19); !errors.Is(err, ErrCoord) {
			t.Errorf("SGF %q: %v, %v", s, p, err)
		}
	}
	for _, s := range []string{"", "a", "aaa", "tt", "zz", "AA", ".", "..."} {
		if p, err := ParseOGS(s, 19); !errors.Is(err, ErrCoord) {
			t.Errorf("OGS %q: %v, %v", s, p, err)
		}
	}
	if s := (Point{19, 0}).GTP(19); s != "(19,0)" {
		t.Errorf("a point beside the board: %q", s)
	}
}

func TestOGSPoints(t *testing.T) {
	ps, err := ParseOGSPoints("dcaabb", 9)
	if err != nil || len(ps) != 3 {
		t.Fatal(ps, err)
	}
	if s := FormatOGSPoints(ps); s != "aabbdc" {
		t.Errorf("sorted row by row: %q", s)
	}
	for _, bad := range []string{"a", "aab", "zz"} {
		if _, err := ParseOGSPoints(bad, 9); !errors.Is(err, ErrCoord) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func FuzzCoordinates(f *testing.F) {
	for _, s := range []string{"Q16", "pass", "tt", "..", "", "z25", "A1", "aa", "\xff\xff"} {
		f.Add(s, 19)
	}
	f.Fuzz(func(t *testing.T, s string, size int) {
		if size < MinSize || size > MaxSize {
			return
		}
		check := func(p Point, err error, write func(Point) string, read func(string, int) (Point, error)) {
			if err != nil {
				if !errors.Is(err, ErrCoord) {
					t.Fatalf("%q: %v", s, err)
				}
				return
			}
			if !p.IsPass() && !p.On(size) {
				t.Fatalf("%q on %d is %v", s, size, p)
			}
			if q, err := read(write(p), size); err != nil || q != p {
				t.Fatalf("%q is %v, comes back as %v, %v", s, p, q, err)
			}
		}
		p, err := ParseGTP(s, size)
		check(p, err, func(p Point) string { return p.GTP(size) }, ParseGTP)
		p, err = ParseSGFPoint(s, size)
		check(p, err, Point.SGF, ParseSGFPoint)
		p, err = ParseOGS(s, size)
		check(p, err, Point.OGS, ParseOGS)
	})
}
