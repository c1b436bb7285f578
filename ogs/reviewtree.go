package ogs

import (
	"slices"

	"github.com/gobancam/gobancam/board"
)

// A ReviewTree is the tree of moves of a review or a demo board, as the server's
// page builds it out of the review's log, its peculiarities included: what a
// viewer sees is what stands here. One that was handed out is never changed
// afterwards; a copy (Clone) may be.
type ReviewTree struct {
	size  int
	start board.Position // before the first move
	nodes []treeNode     // nodes[0] is the root
	free  []NodeID       // of nodes, to be used again
	text  int            // bytes of all texts

	current  NodeID // where the log points: what viewers are shown
	pointed  bool   // it has pointed anywhere; before that texts go nowhere
	official NodeID // the end of the trunk
	handicap int    // stones that Black plays one after the other at first

	now   board.Position // at nowAt
	nowAt NodeID         // -1 where it has to be worked out
}

// A NodeID names a node of a tree, as long as it is there. The root is 0.
type NodeID int32

// treeNode is one node. Its position follows from those above it.
type treeNode struct {
	move     ReviewMove
	parent   NodeID // of the root itself
	trunk    NodeID // the next node of the trunk; 0 for none
	branches []NodeID
	inTrunk  bool
	turn     board.Color // whose turn it is after it
	number   int32       // nodes from the root to it
	played   int32       // of them, those that are no edits
	text     string
}

// A ReviewNode is a node of a tree as it is handed out.
type ReviewNode struct {
	ID, Parent NodeID     // of the root both are 0
	Move       ReviewMove // of the root an empty one
	Number     int        // nodes above it
	Trunk      bool
	ToMove     board.Color // after it
	Text       string      // as ReviewText makes it
}

// NewReviewTree returns a tree without moves on an empty board, with the first
// move Black's.
func NewReviewTree(size int) *ReviewTree {
	return newReviewTree(&ReviewData{Width: size, Height: size, First: board.Black})
}

func newReviewTree(d *ReviewData) *ReviewTree {
	t := &ReviewTree{size: d.Width, start: board.NewPosition(d.Width), nodes: []treeNode{{inTrunk: true, turn: d.First}}}
	for c, points := range [...][]board.Point{board.Black: d.Black, board.White: d.White} {
		for _, p := range points {
			t.start.Set(p, board.Color(c))
		}
	}
	t.now = t.start
	if d.FreeHandicap {
		t.handicap = d.Handicap
	}
	return t
}

// Clone returns a copy that can be changed.
func (t *ReviewTree) Clone() *ReviewTree {
	c := *t
	c.nodes = slices.Clone(t.nodes)
	for i := range c.nodes {
		c.nodes[i].branches = slices.Clip(c.nodes[i].branches) // appending copies
	}
	c.free = slices.Clip(t.free)
	return &c
}

// Size is the number of lines of the board.
func (t *ReviewTree) Size() int { return t.size }

// Len is the number of nodes, the root included.
func (t *ReviewTree) Len() int { return len(t.nodes) - len(t.free) }

// Current is where the log points last: what viewers are shown.
func (t *ReviewTree) Current() NodeID { return t.current }

// TrunkEnd is the last node of the trunk; of a demo board it is the root.
func (t *ReviewTree) TrunkEnd() NodeID { return t.official }

// MainEnd is the end of the main line, as the server's page goes forward and as
// a record has it: the trunk, then always the first branch.
func (t *ReviewTree) MainEnd() NodeID {
	id := NodeID(0)
	for {
		next := t.next(id)
		if next == 0 {
			return id
		}
		id = next
	}
}

// next is the node that follows on the main line; 0 at its end.
func (t *ReviewTree) next(id NodeID) NodeID {
	n := &t.nodes[id]
	if n.trunk == 0 && len(n.branches) > 0 {
		return n.branches[0]
	}
	return n.trunk
}

// Node returns a node of the tree. An id that is none of it gives the root.
func (t *ReviewTree) Node(id NodeID) ReviewNode {
	if id < 0 || int(id) >= len(t.nodes) {
		id = 0
	}
	n := &t.nodes[id]
	return ReviewNode{ID: id, Parent: n.parent, Move: n.move, Number: int(n.number), Trunk: n.inTrunk, ToMove: n.turn, Text: ReviewText(n.text)}
}

// Children lists the nodes that hang on id, that of the main line first.
func (t *ReviewTree) Children(id NodeID) []NodeID {
	n := &t.nodes[id]
	if n.trunk == 0 {
		return slices.Clone(n.branches)
	}
	return append([]NodeID{n.trunk}, n.branches...)
}

// Line is what leads from the root to id.
func (t *ReviewTree) Line(id NodeID) []ReviewMove {
	moves := make([]ReviewMove, t.nodes[id].number)
	for ; id != 0; id = t.nodes[id].parent {
		moves[t.nodes[id].number-1] = t.nodes[id].move
	}
	return moves
}

// Find walks along moves from the root as far as there are nodes, and returns
// the last one and how many moves led there.
func (t *ReviewTree) Find(moves []ReviewMove) (id NodeID, known int) { return t.find(0, moves) }

// find is Find from node number from of the trunk; beyond its end the page goes
// along the main line.
func (t *ReviewTree) find(from int, moves []ReviewMove) (id NodeID, known int) {
	for range from {
		next := t.next(id)
		if next == 0 {
			break
		}
		id = next
	}
	for known < len(moves) {
		next := t.child(id, moves[known])
		if next == 0 {
			break
		}
		id, known = next, known+1
	}
	return id, known
}

// Position is what lies on the board after id.
func (t *ReviewTree) Position(id NodeID) board.Position {
	pos := t.start
	for _, m := range t.Line(id) {
		m.on(&pos)
	}
	return pos
}

// on does to a board what a node does to it. A stone without liberties goes, its
// own included, as on the server's page, where a review knows neither ko nor
// suicide.
func (m ReviewMove) on(pos *board.Position) {
	if m.Edited {
		pos.Set(m.Point, m.Color)
		return
	}
	if m.Point.IsPass() {
		return
	}
	pos.Set(m.Point, m.Color)
	took := false
	for _, p := range pos.Neighbours(m.Point) {
		if pos.At(p) == m.Color.Opponent() {
			took = lift(pos, p) || took
		}
	}
	if !took {
		lift(pos, m.Point)
	}
}

// lift takes the chain at p off the board, if it has no liberty.
func lift(pos *board.Position, p board.Point) bool {
	chain, liberties := pos.Chain(p)
	if liberties.Len() > 0 {
		return false
	}
	for q := range chain.All() {
		pos.Set(q, board.Empty)
	}
	return true
}
