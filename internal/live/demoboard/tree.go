package demoboard

import "slices"

// Node is a node of a demo board's tree. Its moves are in the form of Ply.
type Node struct {
	Move     string // "" at the root
	Text     string
	Children []*Node // the first goes on with the main line
}

// State is what a server has of a demo board.
type State struct {
	Root       *Node
	At         []string // the moves to the node that was pointed at last, where viewers are
	Controller int64    // who may draw; 0 where that is not known
	Me         int64    // the account that draws
	Begun      bool     // its root is no empty board, or it has moves that cannot be removed
	Size       int      // lines a side; 0 where that is not known
}

// Message is one change of a demo board, as the server tells it. What is nil, or
// false, is not changed.
type Message struct {
	Moves      []string // of the node that is pointed at, from the root; made where it does not exist
	Points     bool     // Moves is said, though it may be empty
	Text       *string  // of the node pointed at
	More       string   // is added to its text
	Delete     bool     // removes the node pointed at, and what follows it
	Controller int64    // who may draw from now on; 0: as before
}

// equal reports whether two messages say the same.
func (m Message) equal(o Message) bool {
	return m.Points == o.Points && slices.Equal(m.Moves, o.Moves) && m.Delete == o.Delete && m.More == o.More && m.Controller == o.Controller &&
		(m.Text == nil) == (o.Text == nil) && (m.Text == nil || *m.Text == *o.Text)
}

func (n *Node) child(move string) *Node {
	if i := n.index(move); i >= 0 {
		return n.Children[i]
	}
	return nil
}

func (n *Node) index(move string) int {
	return slices.IndexFunc(n.Children, func(c *Node) bool { return c.Move == move })
}

// find returns the node at the end of a line; nil if there is none.
func (n *Node) find(line []string) *Node {
	for _, m := range line {
		if n == nil {
			return nil
		}
		n = n.child(m)
	}
	return n
}

// walk returns the node at the end of a line, which is made where it does not
// exist.
func (n *Node) walk(line []string) *Node {
	for _, m := range line {
		c := n.child(m)
		if c == nil {
			c = &Node{Move: m}
			n.Children = append(n.Children, c)
		}
		n = c
	}
	return n
}

// MainLine is the line of first children.
func (n *Node) MainLine() (line []string) {
	for len(n.Children) > 0 {
		n = n.Children[0]
		line = append(line, n.Move)
	}
	return line
}

// Apply changes s as viewers change their board when they are told m, and
// reports whether that made a difference.
func (s *State) Apply(m Message) (changed bool) {
	if m.Controller != 0 && m.Controller != s.Controller {
		s.Controller, changed = m.Controller, true
	}
	was := s.At
	if m.Points {
		s.At = slices.Clone(m.Moves)
	}
	if m.Delete {
		// A line that is walked only to have its end removed makes what was
		// not there before the end.
		if last := len(s.At) - 1; last >= 0 {
			move := s.At[last]
			s.At = s.At[:last:last]
			changed = changed || s.Root.find(s.At) == nil
			parent := s.Root.walk(s.At)
			if i := parent.index(move); i >= 0 {
				parent.Children, changed = slices.Delete(parent.Children, i, i+1), true
			}
		}
		return changed || !slices.Equal(was, s.At)
	}
	changed = changed || !slices.Equal(was, s.At) || s.Root.find(s.At) == nil
	n := s.Root.walk(s.At)
	if m.Text != nil && *m.Text != n.Text {
		n.Text, changed = *m.Text, true
	}
	if m.More != "" {
		n.Text, changed = n.Text+m.More, true
	}
	return changed
}
