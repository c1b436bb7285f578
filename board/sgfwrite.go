package board

import (
	"bytes"
	"io"
)

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
