package board

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Node is a node of an SGF game tree, https://www.red-bean.com/sgf/. A game is
// its root node. The first child goes on with the main line, the others are
// variations.
type Node struct {
	Props    []Property // in the order of the file
	Children []*Node
}

// Property is a property of a node: its identifier in capital letters and its
// values.
type Property struct {
	ID     string
	Values []Value
}

// Value is a property's value as it stands between the brackets, escapes and
// all, in UTF-8. Text undoes the escapes, Escape puts them.
type Value string

// Limits on what ParseSGF reads.
const (
	maxSGFBytes = 16 << 20
	maxSGFNodes = 1 << 20
)

// ErrSGF is wrapped by the errors of ParseSGF and Node.Game.
var ErrSGF = errors.New("SGF")

// ParseSGF reads the games of an SGF file, one root node each. It takes what
// servers and editors write: text before, between and after the games, a byte
// order mark, a missing FF, small letters in identifiers (which older formats
// skip), missing brackets at the end, moves directly after the opening
// parenthesis. Text is decoded to UTF-8: by the file's CA property; without
// one it is taken as UTF-8 if it is that, else as Western European.
//
// The error wraps ErrSGF and says where the file is broken; the games come
// back as far as they could be read.
func ParseSGF(data []byte) ([]*Node, error) {
	if len(data) > maxSGFBytes {
		return nil, fmt.Errorf("%w: %d MB is more than the %d that are read", ErrSGF, len(data)>>20, maxSGFBytes>>20)
	}
	p := parser{s: decodeSGF(data)}
	for p.skipToGame() {
		root, err := p.game()
		if root != nil {
			if root.Has("CA") || !isASCII(p.s) {
				root.Set("CA", "UTF-8") // that is what the values are in now
			}
			p.games = append(p.games, root)
		}
		if err != nil {
			line := 1 + strings.Count(p.s[:p.i], "\n")
			return p.games, fmt.Errorf("%w, line %d: %w", ErrSGF, line, err)
		}
	}
	if len(p.games) == 0 {
		return nil, fmt.Errorf("%w: no game is in it: a game begins with \"(;\"", ErrSGF)
	}
	return p.games, nil
}

func isUpper(c byte) bool { return c >= 'A' && c <= 'Z' }
func isLetter(c byte) bool {
	return isUpper(c) || c >= 'a' && c <= 'z'
}
func isSpace(c byte) bool { return c <= ' ' }

type parser struct {
	s     string
	i     int
	nodes int
	games []*Node
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

// game reads one game, from its opening parenthesis to the closing one.
func (p *parser) game() (*Node, error) {
	var root, node *Node // node is the one that a property belongs to
	var open []*Node     // for every open parenthesis the node before it
	add := func() error {
		if p.nodes++; p.nodes > maxSGFNodes {
			return fmt.Errorf("more than %d nodes", maxSGFNodes)
		}
		n := &Node{}
		if node != nil {
			node.Children = append(node.Children, n)
		} else if root == nil {
			root = n
		} else {
			// A second sequence beside the root: not legal, but it holds
			// moves; it becomes a variation of the first.
			root.Children = append(root.Children, n)
		}
		node = n
		return nil
	}
	fresh := false // a parenthesis was opened and no node followed yet
	for p.space(); p.i < len(p.s); p.space() {
		switch c := p.s[p.i]; {
		case c == '(':
			if len(open) > maxSGFNodes {
				return root, fmt.Errorf("more than %d open parentheses", maxSGFNodes)
			}
			open = append(open, node)
			fresh = true
			p.i++
		case c == ')':
			p.i++
			fresh = false
			node, open = open[len(open)-1], open[:len(open)-1]
			if len(open) == 0 {
				return root, nil
			}
		case c == ';':
			p.i++
			fresh = false
			if err := add(); err != nil {
				return root, err
			}
		case isLetter(c) && p.opensValue():
			if fresh || node == nil {
				fresh = false
				if err := add(); err != nil {
					return root, err
				}
			}
			prop, err := p.property()
			if len(prop.Values) > 0 {
				node.Props = append(node.Props, prop)
			}
			if err != nil {
				return root, err
			}
		case isLetter(c): // stray text
			for p.i < len(p.s) && isLetter(p.s[p.i]) {
				p.i++
			}
		default:
			p.i++
		}
	}
	if len(open) > 0 && root == nil {
		return nil, errors.New("the file ends where a game should begin")
	}
	return root, nil // closing parentheses are missing: nothing is lost
}

func (p *parser) property() (Property, error) {
	start := p.i
	for isLetter(p.s[p.i]) {
		p.i++
	}
	prop := Property{ID: identifier(p.s[start:p.i])}
	for p.space(); p.i < len(p.s) && p.s[p.i] == '['; p.space() {
		end := valueEnd(p.s, p.i+1)
		if end < 0 {
			p.i = start
			return prop, fmt.Errorf("the value of %s has no closing bracket", prop.ID)
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

// WriteSGF writes games in FF[4], in UTF-8; the root's CA says so. What
// ParseSGF read comes out as it was, property by property, and reads back the
// same.
func WriteSGF(w io.Writer, games ...*Node) error {
	var b bytes.Buffer
	for _, root := range games {
		start := b.Len()
		writeGame(&b, root)
		if !root.Has("CA") && !isASCII(string(b.Bytes()[start:])) {
			game := append([]byte("(;CA[UTF-8]"), b.Bytes()[start+len("(;"):]...)
			b.Truncate(start)
			b.Write(game)
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

// writeGame writes a tree without recursion: trees are as deep as games long.
func writeGame(b *bytes.Buffer, root *Node) {
	type step struct {
		node  *Node
		close bool // a parenthesis, instead of a node
		open  bool // a parenthesis before the node
	}
	column := 0
	for todo := []step{{node: root, open: true}}; len(todo) > 0; {
		s := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if s.close {
			b.WriteString(")")
			if len(todo) == 0 || s.node != root {
				b.WriteString("\n")
			}
			column = 0
			continue
		}
		if s.open {
			if column > 0 {
				b.WriteString("\n")
				column = 0
			}
			b.WriteString("(")
			todo = append(todo, step{node: s.node, close: true})
		}
		start := b.Len()
		b.WriteString(";")
		for _, prop := range s.node.Props {
			writeProperty(b, prop, s.node == root)
		}
		if column += b.Len() - start; column > 64 && len(s.node.Children) > 0 {
			b.WriteString("\n")
			column = 0
		}
		children := s.node.Children
		for i := len(children) - 1; i >= 0; i-- {
			todo = append(todo, step{node: children[i], open: len(children) > 1})
		}
	}
}

func writeProperty(b *bytes.Buffer, prop Property, root bool) {
	if prop.ID == "" {
		return
	}
	b.WriteString(prop.ID)
	values := prop.Values
	switch {
	case root && prop.ID == "CA":
		values = []Value{"UTF-8"}
	case len(values) == 0:
		values = []Value{""}
	}
	for _, v := range values {
		b.WriteByte('[')
		if !v.sound() {
			v = Escape(string(v))
		}
		b.WriteString(string(v))
		b.WriteByte(']')
	}
}

// sound reports whether the value can stand between brackets as it is.
func (v Value) sound() bool {
	i := 0
	for ; i < len(v); i++ {
		switch v[i] {
		case '\\':
			i++
		case ']':
			return false
		}
	}
	return i == len(v) // else the last backslash would escape the bracket
}

var escaper = strings.NewReplacer(`\`, `\\`, `]`, `\]`)

// Escape returns the value that stands for text.
func Escape(text string) Value { return Value(escaper.Replace(text)) }

// Text returns the text that the value stands for: without escapes and escaped
// line breaks, other line breaks as "\n".
func (v Value) Text() string {
	if !strings.ContainsAny(string(v), "\\\r") {
		return string(v)
	}
	var b strings.Builder
	for s := string(v); s != ""; {
		escaped := s[0] == '\\'
		if escaped {
			s = s[1:]
		}
		switch n := lineBreak(s); {
		case n > 0 && !escaped:
			b.WriteByte('\n')
			s = s[n:]
		case n > 0:
			s = s[n:]
		case s != "":
			b.WriteByte(s[0])
			s = s[1:]
		}
	}
	return b.String()
}

// lineBreak returns the length of the line break that s begins with: "\n",
// "\r", "\r\n" or "\n\r".
func lineBreak(s string) int {
	if s == "" || s[0] != '\n' && s[0] != '\r' {
		return 0
	}
	if len(s) > 1 && (s[1] == '\n' || s[1] == '\r') && s[1] != s[0] {
		return 2
	}
	return 1
}

// SimpleText returns the text on one line: every white space is a space.
func (v Value) SimpleText() string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, v.Text()))
}

// Compose splits a composed value at its colon.
func (v Value) Compose() (left, right Value, ok bool) {
	for i := 0; i < len(v); i++ {
		switch v[i] {
		case '\\':
			i++
		case ':':
			return v[:i], v[i+1:], true
		}
	}
	return v, "", false
}

// Values returns the values of all properties of this identifier.
func (n *Node) Values(id string) []Value {
	var vs []Value
	for _, p := range n.Props {
		if p.ID == id {
			if vs == nil {
				vs = p.Values
			} else {
				vs = append(vs[:len(vs):len(vs)], p.Values...)
			}
		}
	}
	return vs
}

// Has reports whether the node has the property.
func (n *Node) Has(id string) bool {
	for _, p := range n.Props {
		if p.ID == id {
			return true
		}
	}
	return false
}

// Text returns the text of the property's first value, "" without one.
func (n *Node) Text(id string) string {
	if vs := n.Values(id); len(vs) > 0 {
		return vs[0].Text()
	}
	return ""
}

// Set gives the property these values in place of those it has. Without
// values the property goes.
func (n *Node) Set(id string, values ...Value) {
	kept := n.Props[:0]
	placed := len(values) == 0
	for _, p := range n.Props {
		if p.ID != id {
			kept = append(kept, p)
		} else if !placed {
			kept, placed = append(kept, Property{id, values}), true
		}
	}
	if !placed {
		kept = append(kept, Property{id, values})
	}
	n.Props = kept
}

// SetText gives the property a text as its value.
func (n *Node) SetText(id, text string) { n.Set(id, Escape(text)) }

// SetReal gives the property a number: seconds left in BL and WL, say.
func (n *Node) SetReal(id string, v float64) {
	n.Set(id, Value(strconv.FormatFloat(v, 'f', -1, 64)))
}

// Add appends a child node with the properties.
func (n *Node) Add(props ...Property) *Node {
	child := &Node{Props: props}
	n.Children = append(n.Children, child)
	return child
}

// MainLine returns the node and its first descendants, to the end.
func (n *Node) MainLine() []*Node {
	var line []*Node
	for ; n != nil; n = n.next() {
		line = append(line, n)
	}
	return line
}

func (n *Node) next() *Node {
	if len(n.Children) == 0 {
		return nil
	}
	return n.Children[0]
}
