package review

import (
	"errors"
	"slices"
	"strings"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/plain"
)

// Tree is a record with its variations, of which one line is looked at. What is
// added to it stays in memory.
type Tree struct {
	root  *board.Node
	line  []*board.Node        // that is looked at, from the root to its end
	own   map[*board.Node]bool // made here
	game  *board.Game          // of the line, as far as it can be followed
	err   error                // why no further
	steps []Step
	main  []*board.Node        // the record's own line
	trunk map[*board.Node]bool // its nodes
}

// Step is a position of a line: the beginning, what a move leads to, or what a
// set-up in the middle of the game does.
type Step struct {
	Board    board.Position
	ToMove   board.Color
	Move     board.Move // that led to it; Color is Empty where none did
	Number   int        // of moves so far
	Captures [2]int     // stones taken by Black and by White so far
	Comment  string     // of the record
	Name     string     // that the record gives to the variation that begins here
	Ways     []Way      // how it goes on, the record's main line first
	Way      int        // of those, the line's; -1 at its end
	Own      bool       // it was made here
	Main     bool       // it is in the record's main line

	nodes []*board.Node // that say something about it
}

// Way is how a game goes on from a step.
type Way struct {
	Move board.Move // Color is Empty for a set-up
	Name string     // the record's
	Own  bool       // it was made here

	from, to *board.Node
}

// NewTree looks at a record's main line. One that cannot be followed at all is
// an error.
func NewTree(root *board.Node) (*Tree, error) {
	t := &Tree{root: root, own: map[*board.Node]bool{}}
	if err := t.follow(root.MainLine()); err != nil {
		return nil, err
	}
	t.main, t.trunk = t.line, map[*board.Node]bool{}
	for _, n := range t.main {
		t.trunk[n] = true
	}
	for i := range t.steps {
		t.steps[i].Main = true
	}
	return t, nil
}

// Steps are those of the line that is looked at, one at least. They must not be
// changed.
func (t *Tree) Steps() []Step { return t.steps }

// Game is the game of the line, as far as it can be followed.
func (t *Tree) Game() *board.Game { return t.game }

// Err says why the line cannot be followed to its end; nil if it can.
func (t *Tree) Err() error { return t.err }

// last is the last node of a step, nil for one in the middle of a node.
func (t *Tree) last(step int) *board.Node {
	nodes := t.steps[step].nodes
	if len(nodes) == 0 {
		return nil
	}
	return nodes[len(nodes)-1]
}

// Enter follows another way from a step, and returns the step that it leads to.
func (t *Tree) Enter(step, way int) (int, error) {
	if step < 0 || step >= len(t.steps) || way < 0 || way >= len(t.steps[step].Ways) {
		return 0, errors.New("there is no such variation")
	}
	w := t.steps[step].Ways[way]
	if err := t.follow(slices.Concat(t.line[:slices.Index(t.line, w.from)+1], w.to.MainLine())); err != nil {
		return 0, err
	}
	return min(step+1, len(t.steps)-1), nil
}

// Play makes a variation at a step, or enters it if there is one with that move,
// and returns the step that it leads to. The error wraps board.ErrIllegal, or
// says that there is no place for one.
func (t *Tree) Play(step int, at board.Point) (int, error) {
	if step < 0 || step >= len(t.steps) || t.last(step) == nil {
		return 0, errors.New("no variation can begin here")
	}
	s := &t.steps[step]
	for i, w := range s.Ways {
		if w.Move.Color == s.ToMove && w.Move.Point == at {
			return t.Enter(step, i)
		}
	}
	g := t.game.Clone()
	for range len(t.steps) - 1 - step {
		g.Undo()
	}
	if g.Ended() {
		g.Resume(s.ToMove)
	}
	m := board.Move{Color: s.ToMove, Point: at}
	if err := g.Play(m); err != nil {
		return 0, err
	}
	from, node := t.last(step), &board.Node{}
	id := "B"
	if m.Color == board.White {
		id = "W"
	}
	node.Set(id, board.Value(at.SGF()))
	from.Children = append(from.Children, node)
	t.own[node] = true
	was := t.line
	if err := t.follow(append(slices.Clone(t.line[:slices.Index(t.line, from)+1]), node)); err != nil {
		from.Children = from.Children[:len(from.Children)-1]
		return 0, errors.Join(err, t.follow(was))
	}
	return step + 1, nil
}

// Drop takes away a move that was made here, with all that follows it, and
// returns the step before it.
func (t *Tree) Drop(step int) (int, error) {
	if step < 1 || step >= len(t.steps) || !t.steps[step].Own {
		return 0, errors.New("only what was made here is dropped")
	}
	node := t.steps[step].nodes[0]
	i := slices.Index(t.line, node)
	from := t.line[i-1]
	from.Children = slices.DeleteFunc(slices.Clone(from.Children), func(c *board.Node) bool { return c == node })
	for n := range node.All() {
		delete(t.own, n)
	}
	return step - 1, t.follow(append(slices.Clone(t.line[:i-1]), from.MainLine()...))
}

// Back follows the record's main line again, and returns the last step before
// the line that was looked at left it, but none after the given one.
func (t *Tree) Back(step int) (int, error) {
	at := 0
	for at < min(step, len(t.steps)-1) && t.steps[at+1].Main {
		at++
	}
	return at, t.follow(t.main)
}

// follow looks at a line.
func (t *Tree) follow(line []*board.Node) error {
	// The line alone is what the game is replayed from.
	alone := make([]board.Node, len(line))
	for i, n := range line {
		alone[i].Props = n.Props
		if i > 0 {
			alone[i-1].Children = []*board.Node{&alone[i]}
		}
	}
	g, err := alone[0].Game()
	if g == nil {
		return err
	}
	t.line, t.game, t.err = line, g, err
	t.steps = positions(g)
	t.attach()
	for i := range t.steps {
		t.tell(i)
	}
	return nil
}

// positions are the steps of a game, without what a record says about them.
func positions(g *board.Game) (steps []Step) {
	at := g.Clone()
	for {
		s := Step{Board: at.Position(), ToMove: at.ToMove(), Number: at.MoveCount(), Captures: [2]int{at.Captures(board.Black), at.Captures(board.White)}}
		more := at.MoveCount() > 0 || len(at.Edits()) > 0
		if _, edited := at.Edited(); more && !edited {
			s.Move = at.Move(at.MoveCount() - 1)
		}
		steps = append(steps, s)
		if !more {
			slices.Reverse(steps)
			return steps
		}
		at.Undo()
	}
}

// attach finds the nodes of each step. What sets up stones before the first move
// is the beginning; later it is a step of its own, as each move is.
func (t *Tree) attach() {
	at, begun := 0, false
	for _, n := range t.line {
		played := 0
		for _, p := range n.Props {
			if p.ID == "B" || p.ID == "W" {
				played++
			}
		}
		if begun && n.SetsUp() {
			at++
		}
		if at += played; at >= len(t.steps) {
			return // it cannot be followed so far
		}
		begun = begun || played > 0
		t.steps[at].nodes = append(t.steps[at].nodes, n)
	}
}

// tell says what the record has about a step.
func (t *Tree) tell(step int) {
	s := &t.steps[step]
	s.Way = -1
	var comments []string
	for i, n := range s.nodes {
		if text := strings.TrimSpace(n.Text("C")); text != "" {
			comments = append(comments, text)
		}
		s.Own = s.Own || t.own[n]
		for _, c := range n.Children {
			if i+1 < len(s.nodes) && c == s.nodes[i+1] {
				continue // it is about this step
			}
			w := Way{Name: plain.Line(c.Text("N")), Own: t.own[c], from: n, to: c}
			for _, p := range c.Props {
				if color, ok := map[string]board.Color{"B": board.Black, "W": board.White}[p.ID]; ok && len(p.Values) > 0 {
					if at, err := board.ParseSGFPoint(p.Values[0].SimpleText(), t.game.Size()); err == nil {
						w.Move = board.Move{Color: color, Point: at}
					}
					break
				}
			}
			if k := slices.Index(t.line, n); k+1 < len(t.line) && t.line[k+1] == c {
				s.Way = len(s.Ways)
			}
			s.Ways = append(s.Ways, w)
		}
	}
	s.Comment = strings.Join(comments, "\n")
	if len(s.nodes) > 0 {
		s.Name = plain.Line(s.nodes[0].Text("N"))
	}
	s.Main = len(s.nodes) == 0 || t.trunk[s.nodes[0]]
}
