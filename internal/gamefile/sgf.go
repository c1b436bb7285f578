package gamefile

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/plain"
	"github.com/gobancam/gobancam/internal/version"
)

// Labels are what a game record says besides the moves.
type Labels struct {
	Black, White game.Player
	Name         string
	Place        string
	Date         time.Time // zero: today
	Result       *board.Result
	Remark       string // what else is to be said of the game as a whole
	// Played tells of a relay when each move was seen and what is doubtful
	// about it; it may be nil.
	Played []match.Played
	Sign   func(root *board.Node) // adds what else the root is to say; may be nil
}

// application begins the AP property of what gobancam wrote.
const application = "gobancam"

// Compose returns the record of a game as an SGF file. base is what the file
// held before, or nil: its variations, comments and other properties stay, and
// where the game now takes another course the old one becomes a variation.
func Compose(base *board.Node, g *board.Game, l Labels) ([]byte, error) {
	root, nodes := g.SGF()
	for i, p := range l.Played {
		if i >= len(nodes) || nodes[i] == nil || nodes[i] == root {
			continue // a handicap stone, which stands in the root
		}
		// SGF has no property for when a move was made: a private one.
		nodes[i].SetReal("GBCT", math.Round(10*p.Time.Seconds())/10)
		if p.Doubt != "" {
			nodes[i].SetText("C", p.Doubt)
		}
	}
	if base != nil {
		var err error
		if root, err = merge(base, root, g.Size()); err != nil {
			return nil, err
		}
		if !replays(root, g) {
			return nil, errOther
		}
	}
	l.sign(root)
	var b bytes.Buffer
	if err := board.WriteSGF(&b, root); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func (l *Labels) sign(root *board.Node) {
	set := func(id, text string) {
		if text != "" {
			root.SetText(id, plain.Line(text))
		}
	}
	date := l.Date
	if date.IsZero() {
		date = time.Now()
	}
	root.SetText("AP", application+":"+version.Version)
	set("PB", l.Black.Name)
	set("BR", l.Black.Rank)
	set("PW", l.White.Name)
	set("WR", l.White.Rank)
	set("GN", l.Name)
	set("PC", l.Place)
	if !root.Has("DT") { // a game that goes on has the day on which it began
		root.SetText("DT", date.Format(time.DateOnly))
	}
	if l.Result != nil {
		root.SetText("RE", l.Result.String())
	}
	if remark := plain.Line(l.Remark); remark != "" && !strings.Contains(root.Text("GC"), remark) {
		root.SetText("GC", strings.TrimSpace(root.Text("GC")+"\n"+remark))
	}
	if l.Sign != nil {
		l.Sign(root)
	}
}

// replays reports whether the record is one of the game.
func replays(root *board.Node, g *board.Game) bool {
	again, err := root.Game()
	if err != nil || again.Position() != g.Position() {
		return false
	}
	// Handicap stones are moves in one and stand in the root of the other.
	a, b := again.Moves(), g.Moves()
	n := min(len(a), len(b))
	return slices.Equal(a[len(a)-n:], b[len(b)-n:])
}

// errOther says that a file does not hold the beginning of the game.
var errOther = errors.New("it holds another game")

// merge returns old with the main line of the game whose root is fresh. Nothing
// that old has is left out.
func merge(old, fresh *board.Node, size int) (*board.Node, error) {
	root := clone(old)
	for _, p := range fresh.Props {
		switch p.ID {
		case "CA", "FF", "AP", "GM":
			root.Set(p.ID, p.Values...)
		case "SZ":
			if root.Has("SZ") && strings.TrimSpace(root.Text("SZ")) != fresh.Text("SZ") {
				return nil, errOther
			}
			root.Set(p.ID, p.Values...)
		case "AB", "AW", "PL":
			// A set-up in a node of its own before the first move counts too.
			if !root.Has(p.ID) && !opens(root, size) {
				root.Set(p.ID, p.Values...)
			}
		default:
			if !root.Has(p.ID) {
				root.Set(p.ID, p.Values...)
			}
		}
	}
	line := fresh.MainLine()[1:]
	// What the file sets up before the first move is what the game starts from,
	// unless the game has that as a set-up of its own.
	at := stem(root, size, len(line) == 0 || !line[0].SetsUp())
	for _, n := range line {
		i := slices.IndexFunc(at.Children, func(c *board.Node) bool { return samePlay(c, n, size) })
		if i < 0 {
			at.Children = slices.Insert(at.Children, 0, &board.Node{Props: n.Props})
		} else {
			child := at.Children[i]
			at.Children = slices.Insert(slices.Delete(at.Children, i, i+1), 0, child)
			// What was not known of the move, or had been doubtful.
			if n.Has("GBCT") && !child.Has("GBCT") {
				child.Set("GBCT", n.Values("GBCT")...)
			}
		}
		at = stem(at.Children[0], size, false)
	}
	if len(at.Children) > 0 {
		// Moves were taken back: the main line ends before them.
		end := &board.Node{}
		end.SetText("C", "The moves from here on were taken back.")
		at.Children = slices.Insert(at.Children, 0, end)
	}
	return root, nil
}

// stem returns the last of the nodes that follow n on its main line without a
// move or a set-up: what people wrote between two moves. Those that set up stones
// are among them where the game has not begun.
func stem(n *board.Node, size int, begins bool) *board.Node {
	for len(n.Children) > 0 && len(moves(n.Children[0], size)) == 0 && (begins || !n.Children[0].SetsUp()) {
		n = n.Children[0]
	}
	return n
}

// opens reports whether a node after the root sets up stones before the first
// move.
func opens(root *board.Node, size int) bool {
	n := root
	for len(moves(n, size)) == 0 && len(n.Children) > 0 {
		if n = n.Children[0]; n.SetsUp() {
			return true
		}
	}
	return false
}

// samePlay reports whether two nodes play and set up the same.
func samePlay(a, b *board.Node, size int) bool {
	if a.SetsUp() != b.SetsUp() || !slices.Equal(moves(a, size), moves(b, size)) {
		return false
	}
	for _, id := range [...]string{"AB", "AW", "AE"} {
		x, err1 := a.Points(id, size)
		y, err2 := b.Points(id, size)
		if err1 != nil || err2 != nil || x != y {
			return false
		}
	}
	return true
}

// moves returns the moves of a node: one, in a sound record.
func moves(n *board.Node, size int) (ms []board.Move) {
	for _, p := range n.Props {
		c := board.Black
		switch p.ID {
		case "W":
			c = board.White
		case "B":
		default:
			continue
		}
		text := ""
		if len(p.Values) > 0 {
			text = p.Values[0].SimpleText()
		}
		at, err := board.ParseSGFPoint(text, size)
		if err != nil {
			at = board.Point{X: -2, Y: -2} // no move of any game
		}
		ms = append(ms, board.Move{Color: c, Point: at})
	}
	return ms
}

// clone copies a tree, without recursion: trees are as deep as games are long.
// Values are shared; nobody changes them in place.
func clone(root *board.Node) *board.Node {
	copied := &board.Node{Props: slices.Clone(root.Props)}
	type pair struct{ from, to *board.Node }
	for todo := []pair{{root, copied}}; len(todo) > 0; {
		p := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, c := range p.from.Children {
			n := &board.Node{Props: slices.Clone(c.Props)}
			p.to.Children = append(p.to.Children, n)
			todo = append(todo, pair{c, n})
		}
	}
	return copied
}

// blank is the record of a game of which nothing is known yet. It holds a
// file's name for the game.
func blank() []byte {
	return fmt.Appendf(nil, "(;FF[4]GM[1]CA[UTF-8]AP[%s])\n", board.Escape(application+":"+version.Version))
}
