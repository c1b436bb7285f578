package board

import (
	"errors"
	"iter"
	"slices"
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

// ErrSGF is wrapped by the errors of ParseSGF and Node.Game.
var ErrSGF = errors.New("SGF")

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
	shared := false // vs is a property's own slice, not to be appended to
	for _, p := range n.Props {
		switch {
		case p.ID != id:
		case vs == nil:
			vs, shared = p.Values, true
		case shared:
			vs, shared = slices.Concat(vs, p.Values), false
		default:
			vs = append(vs, p.Values...)
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
	for _, p := range n.Props {
		if p.ID == id && len(p.Values) > 0 {
			return p.Values[0].Text()
		}
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

// All yields the node and all below it: a node before its children, and each
// child's line to its end before the next child.
func (n *Node) All() iter.Seq[*Node] {
	return func(yield func(*Node) bool) {
		for todo := []*Node{n}; len(todo) > 0; {
			node := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			if !yield(node) {
				return
			}
			for i := len(node.Children) - 1; i >= 0; i-- {
				todo = append(todo, node.Children[i])
			}
		}
	}
}

// Begun reports whether the tree holds anything of a game: a move or a pass,
// or stones that are set up, in the main line or in a variation. A tree that
// does not has labels at most: writing another over it loses no play.
func (n *Node) Begun() bool {
	for node := range n.All() {
		if node.hasMove() || node.Has("AB") || node.Has("AW") {
			return true
		}
	}
	return false
}
