package gtp

import (
	"errors"
	"fmt"
	"strings"

	"github.com/gobancam/gobancam/board"
)

// ErrSyntax is wrapped by every error about text that is not of the protocol.
var ErrSyntax = errors.New("not in the form of the Go Text Protocol")

// MaxSize is the largest board whose columns the protocol has letters for.
const MaxSize = board.MaxSize

// ParseColor reads a colour: "b", "black", "w" or "white", in any case. The
// error wraps ErrSyntax.
func ParseColor(s string) (board.Color, error) {
	switch strings.ToLower(s) {
	case "b", "black":
		return board.Black, nil
	case "w", "white":
		return board.White, nil
	}
	return board.Empty, fmt.Errorf("%.20q is no colour, which is black or white: %w", s, ErrSyntax)
}

// FormatColor writes a colour as every engine reads it: "black" or "white".
// Empty has no name in the protocol and gives "empty", which none reads.
func FormatColor(c board.Color) string { return c.String() }

// ParseVertex reads a vertex of a board of this size, "D4" or "pass", in either
// case. The error wraps ErrSyntax.
func ParseVertex(s string, size int) (board.Point, error) {
	if len(s) > len("pass") { // so that no error repeats a screenful
		return board.Pass, fmt.Errorf("%.20q is no vertex of a %d×%d board: %w", s, size, size, ErrSyntax)
	}
	p, err := board.ParseGTP(s, size)
	if err != nil {
		return board.Pass, fmt.Errorf("%w (%w)", err, ErrSyntax)
	}
	return p, nil
}

// FormatVertex writes a vertex: "D4", or "pass". The point must be one of a
// board of this size.
func FormatVertex(p board.Point, size int) string { return p.GTP(size) }

// ParseMove reads a move, colour first: "B D4". The error wraps ErrSyntax.
func ParseMove(s string, size int) (board.Move, error) {
	f := strings.Fields(s)
	if len(f) != 2 {
		return board.Move{}, fmt.Errorf("%.40q is no move, which is a colour and a vertex: %w", s, ErrSyntax)
	}
	c, err := ParseColor(f[0])
	if err != nil {
		return board.Move{}, err
	}
	p, err := ParseVertex(f[1], size)
	return board.Move{Color: c, Point: p}, err
}

// FormatMove writes a move, colour first: "black D4".
func FormatMove(m board.Move, size int) string {
	return FormatColor(m.Color) + " " + FormatVertex(m.Point, size)
}

// Choice is what an engine answers when it is asked for a move.
type Choice struct {
	Point  board.Point // or board.Pass
	Resign bool        // it gives up; Point then says nothing
}

// ParseChoice reads the answer to genmove: a vertex, "pass" or "resign", in any
// case. The error wraps ErrSyntax.
func ParseChoice(s string, size int) (Choice, error) {
	t := strings.TrimSpace(s)
	if strings.EqualFold(t, "resign") {
		return Choice{Point: board.Pass, Resign: true}, nil
	}
	p, err := ParseVertex(t, size)
	return Choice{Point: p}, err
}

// Format writes the answer to genmove.
func (c Choice) Format(size int) string {
	if c.Resign {
		return "resign"
	}
	return FormatVertex(c.Point, size)
}

// ParseVertices reads a list of vertices, parted by white space of any kind, as
// final_status_list and fixed_handicap answer. A pass is none of them. A vertex
// that comes twice is one. The error wraps ErrSyntax.
func ParseVertices(s string, size int) ([]board.Point, error) {
	var list []board.Point
	var seen board.PointSet
	for _, w := range strings.Fields(s) {
		p, err := ParseVertex(w, size)
		if err == nil && p.IsPass() {
			err = fmt.Errorf("a pass is no point of a list: %w", ErrSyntax)
		}
		if err != nil {
			return nil, err
		}
		if !seen.Has(p) {
			seen.Add(p)
			list = append(list, p)
		}
	}
	return list, nil
}

// FormatVertices writes a list of vertices on one line.
func FormatVertices(ps []board.Point, size int) string {
	words := make([]string, len(ps))
	for i, p := range ps {
		words[i] = FormatVertex(p, size)
	}
	return strings.Join(words, " ")
}

// ParseScore reads the answer to final_score: "B+3.5", "W+12", "0", and what
// engines say besides: "draw", "jigo", "B+R". ok is false where the engine does
// not know ("?", "cannot score").
func ParseScore(s string) (r board.Result, ok bool) {
	t := strings.TrimSpace(s)
	if f := strings.Fields(t); len(f) > 0 {
		t = f[0] // "W+4.5 (upper bound: …)"
	}
	switch strings.ToLower(t) {
	case "0", "draw", "jigo", "b+0", "w+0", "b+0.0", "w+0.0":
		return board.Result{}, true
	}
	r, err := board.ParseResult(t)
	return r, err == nil && r.Winner != board.Empty
}
