package gtp

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/limits"
)

func TestWords(t *testing.T) {
	for s, want := range map[string]board.Color{"b": 1, "B": 1, "Black": 1, "w": 2, "WHITE": 2, "": 0, "x": 0, "blackk": 0, "empty": 0} {
		if got, err := ParseColor(s); got != want || (err == nil) != (want != 0) || err != nil && !errors.Is(err, ErrSyntax) {
			t.Errorf("%q is %v, %v", s, got, err)
		}
	}
	for s, want := range map[string]string{"d4": "D4", "J9": "J9", "PASS": "pass", "T19": "T19"} {
		if p, err := ParseVertex(s, 19); err != nil || FormatVertex(p, 19) != want {
			t.Errorf("%q is %v, %v", s, p, err)
		}
	}
	for _, s := range []string{"", "I5", "A0", "A20", "A100", "resign", "D4 E5", "D04", "passs", "Ä4", strings.Repeat("x", 1e6)} {
		if p, err := ParseVertex(s, 19); !errors.Is(err, ErrSyntax) || len(err.Error()) > 300 {
			t.Errorf("%.20q is %v, %v", s, p, err)
		}
	}
	if m, err := ParseMove(" b\tQ16 ", 19); err != nil || FormatMove(m, 19) != "black Q16" {
		t.Error(m, err)
	}
	if c, err := ParseChoice("RESIGN\n", 9); err != nil || !c.Resign || c.Format(9) != "resign" {
		t.Error(c, err)
	}
	if c, err := ParseChoice("a1", 9); err != nil || c.Resign || c.Format(9) != "A1" {
		t.Error(c, err)
	}
	ps, err := ParseVertices("A1 B2\n\nC3\ta1", 9)
	if err != nil || FormatVertices(ps, 9) != "A1 B2 C3" {
		t.Error(ps, err)
	}
	if _, err := ParseVertices("A1 pass", 9); !errors.Is(err, ErrSyntax) {
		t.Error(err)
	}
	for s, want := range map[string]string{"B+3.5": "B+3.5", "W+12": "W+12", "0": "0", "Jigo": "0", "W+R": "W+R", "W+4.5 (upper bound)": "W+4.5", "?": "", "": "", "Void": ""} {
		if r, ok := ParseScore(s); ok != (want != "") || ok && r.String() != want {
			t.Errorf("%q is %v, %v", s, r, ok)
		}
	}
}

func TestCommands(t *testing.T) {
	in := "\n  # a comment\n1 name\r\nplay\tb  D4 # there\n\x01\x02\n 7\n99999999999 name\n-1 name\nquit"
	r := NewCommandReader(strings.NewReader(in))
	for _, want := range []string{"1 name", "play b D4", "? 7", "? -", "-1 name", "quit"} {
		c, err := r.Next()
		got := c.String()
		if err != nil {
			if !errors.Is(err, ErrSyntax) {
				t.Fatal(err)
			}
			got = "? -"
			if c.HasID {
				got = "? " + c.String()
			}
		}
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if _, err := r.Next(); err != io.EOF {
		t.Error(err)
	}
	long := NewCommandReader(strings.NewReader(strings.Repeat("x", 1e6) + "\nname\n"))
	if _, err := long.Next(); !limits.Exceeded(err) {
		t.Error(err)
	}
	if c, err := long.Next(); err != nil || c.Name != "name" {
		t.Error("what follows a line that is too long is", c, err)
	}
	if s := NewCommand("play", "b\n", "D4#x\x00").WithID(3).String(); s != "3 play b D4" {
		t.Errorf("%q", s)
	}
}

func TestResponses(t *testing.T) {
	for in, want := range map[string]Response{
		"=\n\n":                  {},
		"\n\r\n= D4\r\n\r\n":     {Text: "D4"},
		"=12 D4\n\n":             {ID: 12, HasID: true, Text: "D4"},
		"?3 unknown command\n\n": {ID: 3, HasID: true, Failed: true, Text: "unknown command"},
		"=\t a\tb \nc\x07d\n\n":  {Text: "a b\ncd"},
		"= \nfirst\n second\n\n": {Text: "\nfirst\n second"},
		"= # no comment\n\n":     {Text: "# no comment"},
	} {
		r := NewResponseReader(strings.NewReader(in))
		got, err := r.Next()
		if err != nil || got != want {
			t.Errorf("%q is %+v, %v", in, got, err)
		}
		if _, err := r.Next(); err != io.EOF {
			t.Errorf("%q: after it comes %v", in, err)
		}
	}
	for in, want := range map[string]error{
		"":                    io.EOF,
		"= D4":                io.ErrUnexpectedEOF,
		"= D4\n":              io.ErrUnexpectedEOF,
		"D4\n\n":              ErrSyntax,
		"=D4\n\n":             ErrSyntax,
		"=99999999999 D4\n\n": ErrSyntax,
		"=-1 D4\n\n":          ErrSyntax,
	} {
		if got, err := NewResponseReader(strings.NewReader(in)).Next(); !errors.Is(err, want) {
			t.Errorf("%q is %+v, %v", in, got, err)
		}
	}
	for _, in := range []string{
		"= " + strings.Repeat("x", 1e6), "= x" + strings.Repeat("\ny", 1e5), "= x" + strings.Repeat("\n"+strings.Repeat("y", 5e4), 30),
	} {
		if _, err := NewResponseReader(strings.NewReader(in + "\n\n")).Next(); !limits.Exceeded(err) {
			t.Errorf("%.10q of %d bytes: %v", in, len(in), err)
		}
	}
	if b := NewCommand("x").WithID(4).Failure("a\n\nb\r\x1b").Bytes(); string(b) != "?4 a\n \nb\n\n" {
		t.Errorf("%q", b)
	}
}

// FuzzCommand: what was read is written so that it is read the same again.
func FuzzCommand(f *testing.F) {
	for _, s := range []string{"name", "1 play b D4", " # x", "12", "\t1\ty", "0001 x", "x#y\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := NewCommandReader(strings.NewReader(s)).Next()
		if err != nil {
			return
		}
		if c.Name == "" || strings.ContainsFunc(c.String(), func(r rune) bool { return r < ' ' }) {
			t.Fatalf("%q is read as %+v", s, c)
		}
		again, ok, err := ParseCommand(c.String())
		if err != nil || !ok || again.Name != c.Name || again.ID != c.ID || again.HasID != c.HasID || !slices.Equal(again.Args, c.Args) {
			t.Errorf("%q is read as %+v, and that as %+v (%v)", s, c, again, err)
		}
	})
}

// FuzzResponse: an engine's output is read to its end whatever it is, and each
// response that was read is written so that it is read the same again.
func FuzzResponse(f *testing.F) {
	for _, s := range []string{"= D4\n\n", "?1 no\n\n=\n\n", "=1\nA\n B \n\n", "= \r\n\r\n", "==\n\n", "=1x\n\n", "= \n \n\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r := NewResponseReader(strings.NewReader(s))
		for range len(s) + 2 {
			resp, err := r.Next()
			if err != nil {
				return
			}
			if strings.ContainsFunc(resp.Text, func(r rune) bool { return r != '\n' && r < ' ' || r == unicode.MaxRune }) {
				t.Fatalf("%q holds a control character", resp.Text)
			}
			again, err := NewResponseReader(strings.NewReader(string(resp.Bytes()))).Next()
			if err != nil || again != resp {
				t.Fatalf("%+v is read again as %+v, %v", resp, again, err)
			}
		}
		t.Fatalf("%q has more responses than bytes", s)
	})
}

// FuzzWords: no word makes a point off its board, and each is written again.
func FuzzWords(f *testing.F) {
	f.Add("D4", 19)
	f.Add("pass", 9)
	f.Add("resign", 9)
	f.Fuzz(func(t *testing.T, s string, size int) {
		if size < 2 || size > MaxSize {
			return
		}
		c, err := ParseChoice(s, size)
		if err == nil && !c.Resign && !c.Point.IsPass() && !c.Point.On(size) {
			t.Errorf("%q on %d is %v", s, size, c)
		}
		if err == nil {
			if again, err := ParseChoice(c.Format(size), size); err != nil || again != c {
				t.Errorf("%q is %v, and that %v, %v", s, c, again, err)
			}
		}
		if ps, err := ParseVertices(s, size); err == nil {
			if again, err := ParseVertices(FormatVertices(ps, size), size); err != nil || !slices.Equal(again, ps) {
				t.Errorf("%q is %v, and that %v, %v", s, ps, again, err)
			}
		}
		ParseScore(s)
	})
}
