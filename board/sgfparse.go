package board

import (
	"errors"
	"fmt"
	"strings"
)

// Limits on what ParseSGF reads: far beyond what people and editors make (the
// largest collections of joseki have a few hundred thousand nodes), and little
// enough to be read within a second. A file beyond one of them is not read,
// and its error says which.
const (
	maxSGFBytes  = 16 << 20
	maxSGFGames  = 100_000
	maxSGFNodes  = 1 << 19 // in all games of a file
	maxSGFValues = 1 << 20 // in all games of a file
	maxSGFDepth  = 1 << 16 // variations within variations
)

// Truncated is the error of a file that ends in the middle of a game: a closing
// bracket or parenthesis is missing, as after a crash or a broken download.
// What is left reads like a shorter game, and is none.
type Truncated struct {
	Game  *Node  // as far as it can be read, the last move perhaps without its comment; nil if not even the root can
	Moves int    // in Game's main line
	Line  int    // the last line of the file, from 1
	In    string // the property whose value the file ends in; "" if it ends between two
}

func (e *Truncated) Error() string {
	where := "after move " + fmt.Sprint(e.Moves)
	if e.Moves == 0 {
		where = "before the first move"
	}
	if e.In != "" {
		where += ", in the value of " + e.In
	}
	return fmt.Sprintf("the file is cut in the middle of a game: it ends in line %d, %s", e.Line, where)
}

// ParseSGF reads the games of an SGF file, one root node each. It takes what
// servers and editors write: text before, between and after the games, a byte
// order mark, a missing FF, small letters in identifiers (which older formats
// skip), moves directly after the opening parenthesis. Text is decoded to
// UTF-8 from the encoding that it is in, whatever CA says; see decodeSGF. All
// properties are kept in their order, known or not, and all variations; text
// between properties and between games is not.
//
// The error wraps ErrSGF and says where the file is broken; it wraps a
// *Truncated where the file ends in the middle of a game. The games come back
// as far as they could be read.
func ParseSGF(data []byte) ([]*Node, error) {
	if len(data) > maxSGFBytes {
		return nil, fmt.Errorf("%w: %d MB is more than the %d that are read", ErrSGF, len(data)>>20, maxSGFBytes>>20)
	}
	p := parser{s: decodeSGF(data)}
	ascii := isASCII(p.s)
	var games []*Node
	for p.skipToGame() {
		if len(games) == maxSGFGames {
			return games, fmt.Errorf("%w: it holds more than the %d games that are read from a file", ErrSGF, maxSGFGames)
		}
		root, err := p.game()
		if root != nil {
			if !ascii || root.Has("CA") {
				root.Set("CA", "UTF-8") // that is what the values are in now
			}
			games = append(games, root)
		}
		if err != nil {
			return games, p.failed(root, err)
		}
	}
	if len(games) == 0 {
		return nil, fmt.Errorf("%w: no game is in it: a game begins with \"(;\"", ErrSGF)
	}
	return games, nil
}

// failed makes the error of ParseSGF from one of game's.
func (p *parser) failed(root *Node, err error) error {
	line := 1 + strings.Count(p.s[:p.i], "\n")
	var cut *Truncated
	if errors.As(err, &cut) {
		cut.Game, cut.Line = root, 1+strings.Count(strings.TrimRight(p.s, "\n"), "\n")
		for n := root; n != nil; n = n.next() {
			if n.hasMove() {
				cut.Moves++
			}
		}
		return fmt.Errorf("%w: %w", ErrSGF, err)
	}
	return fmt.Errorf("%w, line %d: %w", ErrSGF, line, err)
}

func isUpper(c byte) bool { return c >= 'A' && c <= 'Z' }
func isLetter(c byte) bool {
	return isUpper(c) || c >= 'a' && c <= 'z'
}
func isSpace(c byte) bool { return c <= ' ' }

// parser reads games off a text. It looks at each byte a bounded number of
// times and keeps its own stack: hostile files cost no more than long ones.
type parser struct {
	s      string
	i      int
	nodes  int // read so far
	values int
}

func (p *parser) space() {
	for p.i < len(p.s) && isSpace(p.s[p.i]) {
		p.i++
	}
}

// skipToGame goes to the next parenthesis that opens a game: one that a node
// or a property follows.
func (p *parser) skipToGame() bool {
	for ; p.i < len(p.s); p.i++ {
		if p.s[p.i] != '(' {
			continue
		}
		at := p.i
		for p.i < len(p.s) && (p.s[p.i] == '(' || isSpace(p.s[p.i])) {
			p.i++
		}
		if p.i < len(p.s) && (p.s[p.i] == ';' || p.opensValue()) {
			p.i = at
			return true
		}
		p.i-- // the loop steps on
	}
	return false
}

// opensValue reports whether an identifier and a bracket follow.
func (p *parser) opensValue() bool {
	j := p.i
	for j < len(p.s) && isLetter(p.s[j]) {
		j++
	}
	if j == p.i {
		return false
	}
	for j < len(p.s) && isSpace(p.s[j]) {
		j++
	}
	return j < len(p.s) && p.s[j] == '['
}

// tree is a game while it is read.
type tree struct {
	root *Node
	node *Node   // the one that a property belongs to
	open []*Node // for every open parenthesis the node before it
	// fresh is set after an opening parenthesis: a property there begins a node
	// of its own, as if the semicolon stood.
	fresh bool
}

// add puts a new node below the current one.
func (p *parser) add(t *tree) error {
	if p.nodes++; p.nodes > maxSGFNodes {
		return fmt.Errorf("it has more than the %d nodes that are read from a file", maxSGFNodes)
	}
	n := &Node{}
	switch {
	case t.node != nil:
		t.node.Children = append(t.node.Children, n)
	case t.root == nil:
		t.root = n
	default:
		// A second sequence beside the root: not legal, but it holds moves;
		// it becomes a variation of the first.
		t.root.Children = append(t.root.Children, n)
	}
	t.node, t.fresh = n, false
	return nil
}

// game reads one game, from its opening parenthesis to the closing one.
func (p *parser) game() (*Node, error) {
	var t tree
	for p.space(); p.i < len(p.s); p.space() {
		switch c := p.s[p.i]; {
		case c == '(':
			if len(t.open) == maxSGFDepth {
				return t.root, fmt.Errorf("its variations lie more than %d deep, which is more than is read", maxSGFDepth)
			}
			t.open, t.fresh = append(t.open, t.node), true
			p.i++
		case c == ')':
			p.i++
			t.fresh = false
			t.node, t.open = t.open[len(t.open)-1], t.open[:len(t.open)-1]
			if len(t.open) == 0 {
				return t.root, nil
			}
		case c == ';':
			p.i++
			if err := p.add(&t); err != nil {
				return t.root, err
			}
		case isLetter(c) && p.opensValue():
			if t.fresh || t.node == nil {
				if err := p.add(&t); err != nil {
					return t.root, err
				}
			}
			prop, err := p.property()
			if len(prop.Values) > 0 {
				t.node.Props = append(t.node.Props, prop)
			}
			if err != nil {
				return t.root, err
			}
		case isLetter(c): // stray text
			for p.i < len(p.s) && isLetter(p.s[p.i]) {
				p.i++
			}
		default:
			p.i++
		}
	}
	return t.root, &Truncated{}
}

// property reads an identifier and its values.
func (p *parser) property() (Property, error) {
	start := p.i
	for isLetter(p.s[p.i]) {
		p.i++
	}
	prop := Property{ID: identifier(p.s[start:p.i])}
	for p.space(); p.i < len(p.s) && p.s[p.i] == '['; p.space() {
		if p.values++; p.values > maxSGFValues {
			return prop, fmt.Errorf("it has more than the %d values of properties that are read from a file", maxSGFValues)
		}
		end := valueEnd(p.s, p.i+1)
		if end < 0 {
			p.i = start
			return prop, &Truncated{In: fmt.Sprintf("%.10s", prop.ID)}
		}
		prop.Values = append(prop.Values, Value(p.s[p.i+1:end]))
		p.i = end + 1
	}
	return prop, nil
}

// identifier drops the small letters, as FF[3] asks for; of an identifier
// without capital ones it makes capitals.
func identifier(s string) string {
	id := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return -1
		}
		return r
	}, s)
	if id == "" {
		return strings.ToUpper(s)
	}
	return id
}

// valueEnd returns the index of the bracket that closes the value that begins
// at i, -1 if there is none.
func valueEnd(s string, i int) int {
	for ; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case ']':
			return i
		}
	}
	return -1
}
