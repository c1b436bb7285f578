package ogs

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/limits"
	"github.com/gobancam/gobancam/internal/plain"
)

var (
	errNoNode   = errors.New("it is about a node before one was named")
	errOccupied = errors.New("a stone lies there already")
	errRoot     = errors.New("the beginning of a review cannot be removed")
)

// ReviewText is how the text of a node comes back: made plain, and cut.
func ReviewText(s string) string {
	if s == "" {
		return "" // as most nodes have it
	}
	return plain.Text(s)
}

// Apply works a message of the log into the tree, as the server's page does. With
// an error the message makes no sense. Then nothing has changed, with one
// exception that is the page's own: of a line in which a move cannot be played,
// the moves before it are there, the log points at the end of the trunk, and what
// else the message says is done there.
func (t *ReviewTree) Apply(m ReviewMessage) error {
	if m.Data != nil {
		if err := t.load(m.Data); err != nil {
			return err
		}
	}
	var unplayable error
	if m.Pointed {
		moves, err := ParseReviewMoves(m.Moves, t.size)
		if err == nil {
			unplayable, err = t.follow(m.From, moves)
		}
		if err != nil {
			return err
		}
	}
	if m.Official != nil {
		if err := t.extend(ReviewMove{Point: m.Official.Point, Edited: m.Official.Edited, Color: m.Official.Color}); err != nil {
			return err
		}
		t.point(t.official)
	}
	if m.Undo && t.official != 0 {
		undone := t.official
		t.official = t.nodes[undone].parent
		if t.current == undone {
			t.point(t.official)
		}
	}
	return cmp.Or(unplayable, t.change(m))
}

// change does to the node that the log points at what a message says of it.
func (t *ReviewTree) change(m ReviewMessage) error {
	if !t.pointed {
		if m.Text != nil || m.Append != "" || m.Delete {
			return errNoNode
		}
		return nil
	}
	if m.Text != nil || m.Append != "" {
		text := t.nodes[t.current].text
		if m.Text != nil {
			text = *m.Text
		}
		if err := t.write(text + m.Append); err != nil {
			return err
		}
	}
	if m.Delete {
		return t.remove()
	}
	return nil
}

// load begins anew.
func (t *ReviewTree) load(d *ReviewData) error {
	n := newReviewTree(d)
	for i, m := range d.Moves {
		if err := n.extend(ReviewMove{Point: m.Point, Edited: m.Edited, Color: m.Color}); err != nil {
			return fmt.Errorf("move %d of its game: %w", i+1, err)
		}
	}
	n.current = n.official
	*t = *n
	return nil
}

func (t *ReviewTree) point(id NodeID) { t.current, t.pointed = id, true }

// follow makes the log point at the end of a line, which begins at node number
// from of the trunk. What is not there of it is made, up to a move that cannot be
// played.
func (t *ReviewTree) follow(from int, moves []ReviewMove) (unplayable, err error) {
	at, known := t.find(from, moves)
	if t.Len()+len(moves)-known > limits.ReviewNodes {
		return nil, limits.Exceed("what is new is not shown", "the review has more than %d moves", limits.ReviewNodes)
	}
	if int(t.nodes[at].number)+len(moves)-known > maxMoves {
		return nil, errTooLong
	}
	for i, m := range moves[known:] {
		if at, err = t.add(at, m, false); err != nil {
			t.point(t.official)
			return fmt.Errorf("move %d of a line, %s, cannot be played: %w", known+i+1, m, err), nil
		}
	}
	t.point(at)
	return nil, nil
}

// child is the node after id that does what m does; 0 if there is none.
func (t *ReviewTree) child(id NodeID, m ReviewMove) NodeID {
	n := &t.nodes[id]
	if n.trunk != 0 {
		c := t.nodes[n.trunk].move
		if c.Point == m.Point && c.Edited == m.Edited && (!m.Edited || c.Color != board.Empty) {
			return n.trunk // of the trunk the page does not look at the colour
		}
	}
	for _, b := range n.branches {
		if t.nodes[b].move.Same(m) {
			return b
		}
	}
	return 0
}

// add makes a node after id and returns it.
func (t *ReviewTree) add(id NodeID, m ReviewMove, trunk bool) (NodeID, error) {
	above := t.nodes[id]
	pos := t.at(id)
	n := treeNode{move: m, parent: id, inTrunk: trunk, turn: above.turn, number: above.number + 1, played: above.played}
	if !m.Edited {
		left := t.handicap - int(above.played)
		if m.Point.IsPass() && left > 0 {
			return id, nil // old games have passes between handicap stones
		}
		if !m.Point.IsPass() && pos.At(m.Point) != board.Empty {
			return 0, errOccupied
		}
		n.move.Color = above.turn
		n.played++
		if left < 2 {
			n.turn = above.turn.Opponent()
		}
	}
	node, fresh := t.place(id, &n)
	if fresh {
		t.link(id, node, trunk)
	}
	n.move.on(&pos)
	t.now, t.nowAt = pos, node
	return node, nil
}

// place finds a place for a node after id: that of one which the page takes for
// the same, or a new one.
func (t *ReviewTree) place(id NodeID, n *treeNode) (node NodeID, fresh bool) {
	if n.inTrunk && t.nodes[id].trunk != 0 {
		old := &t.nodes[t.nodes[id].trunk]
		old.move, old.turn, old.played = n.move, n.turn, n.played
		return t.nodes[id].trunk, false
	}
	if !n.inTrunk {
		if known := t.child(id, n.move); known != 0 {
			// It was made when it was somebody else's turn.
			old := &t.nodes[known]
			old.move.Color, old.turn, old.played = n.move.Color, n.turn, n.played
			return known, false
		}
		for _, b := range t.nodes[id].branches {
			// The page does not tell a stone put down from one played there.
			if old := &t.nodes[b]; old.move.Point == n.move.Point && old.move.Color == n.move.Color {
				old.move, old.turn, old.played = n.move, n.turn, n.played
				return b, false
			}
		}
	}
	if k := len(t.free); k > 0 {
		node, t.free = t.free[k-1], t.free[:k-1:k-1]
		t.nodes[node] = *n
		return node, true
	}
	t.nodes = append(t.nodes, *n)
	return NodeID(len(t.nodes) - 1), true
}

// link hangs a new node on id. One of the trunk takes over what hung on the
// branch that it has overtaken.
func (t *ReviewTree) link(id, node NodeID, trunk bool) {
	above := &t.nodes[id]
	if !trunk {
		above.branches = append(slices.Clip(above.branches), node)
		return
	}
	above.trunk = node
	m := t.nodes[node].move
	for _, b := range above.branches {
		if o := t.nodes[b].move; o.Point != m.Point || o.Color != m.Color {
			continue
		}
		for _, c := range t.nodes[b].branches {
			t.nodes[c].parent = node
		}
		t.nodes[node].branches = t.nodes[b].branches
		t.nodes[b].branches = nil
		if t.current == b {
			t.current = node
		}
		t.drop(b)
		return
	}
}

// extend adds a move to the trunk.
func (t *ReviewTree) extend(m ReviewMove) error {
	end := t.official
	if next := t.nodes[end].trunk; next != 0 && t.child(end, m) == next {
		t.official = next
		return nil
	}
	if t.Len() >= limits.ReviewNodes || int(t.nodes[end].number) >= maxMoves {
		return limits.Exceed("what is new is not shown", "the review has more than %d moves", limits.ReviewNodes)
	}
	node, err := t.add(end, m, true)
	if err == nil {
		t.official = node
	}
	return err
}

// at is the position at id, remembered from the last time.
func (t *ReviewTree) at(id NodeID) board.Position {
	if t.nowAt != id {
		t.now, t.nowAt = t.Position(id), id
	}
	return t.now
}

// write gives the node that the log points at a text.
func (t *ReviewTree) write(text string) error {
	n := &t.nodes[t.current]
	if t.text+len(text)-len(n.text) > limits.ReviewText {
		return limits.Exceed("what is new of them is not shown", "the texts of the review are larger than %s", limits.Size(limits.ReviewText))
	}
	t.text += len(text) - len(n.text)
	n.text = text
	return nil
}

// remove takes the node that the log points at out of the tree, with all that
// hangs on it. The log then points at the one above.
func (t *ReviewTree) remove() error {
	id := t.current
	if id == 0 {
		return errRoot
	}
	above := t.nodes[id].parent
	t.drop(id)
	t.point(above)
	return nil
}

// drop unlinks a node and lets all below it be used again.
func (t *ReviewTree) drop(id NodeID) {
	above := &t.nodes[t.nodes[id].parent]
	if above.trunk == id {
		above.trunk = 0
	} else {
		above.branches = without(above.branches, id)
	}
	gone := []NodeID{id}
	for i := 0; i < len(gone); i++ {
		n := &t.nodes[gone[i]]
		if n.trunk != 0 {
			gone = append(gone, n.trunk)
		}
		gone = append(gone, n.branches...)
		if gone[i] == t.official {
			t.official = t.nodes[id].parent
		}
	}
	for _, g := range gone {
		t.text -= len(t.nodes[g].text)
		t.nodes[g] = treeNode{}
	}
	t.free = append(slices.Clip(t.free), gone...)
	t.nowAt = -1
}

// without is a copy of list without id.
func without(list []NodeID, id NodeID) []NodeID {
	return slices.DeleteFunc(slices.Clone(list), func(n NodeID) bool { return n == id })
}
