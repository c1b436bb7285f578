package engine

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/gtp"
	"github.com/gobancam/gobancam/internal/plain"
)

// Program is what a game is played against: a *gtp.Client, but for tests.
type Program interface {
	Ask(ctx context.Context, within time.Duration, name string, args ...string) (string, error)
	Close()
}

// Times that a program has to answer in.
const (
	loading  = 3 * time.Minute  // from its start: networks are large, and may be tuned at first
	handling = 15 * time.Second // a command that wants no thinking
	scoring  = 2 * time.Minute  // which stones are dead
)

// plan is a game as a program is told it.
type plan struct {
	setup    board.Setup
	handicap []board.Point // all handicap stones; nil while there are none
	stones   []board.Move  // other stones that stood there before the first move
	moves    []board.Move  // after these
}

// planOf is the plan of a game. While Black has not placed all stones of a free
// handicap, none of them is in it.
func planOf(g *board.Game) plan {
	p := plan{setup: g.Setup(), moves: g.Moves()}
	for _, at := range p.setup.White {
		p.stones = append(p.stones, board.Move{Color: board.White, Point: at})
	}
	free := freeStones(g)
	switch {
	case free > 0 && g.HandicapLeft() > 0:
		p.moves = nil
	case free > 0:
		for _, m := range p.moves[:free] {
			p.handicap = append(p.handicap, m.Point)
		}
		p.moves = p.moves[free:]
	case p.setup.Handicap > 1 && len(p.setup.White) == 0:
		p.handicap = p.setup.Black
	}
	if p.handicap == nil {
		for _, at := range p.setup.Black {
			p.stones = append(p.stones, board.Move{Color: board.Black, Point: at})
		}
	}
	return p
}

// freeStones is how many of a game's first moves are handicap stones, played or
// still to be played.
func freeStones(g *board.Game) int {
	s := g.Setup()
	if s.Handicap < 2 || len(s.Black) > 0 || s.First == board.White {
		return 0
	}
	return s.Handicap
}

// driver asks a program, of which it knows how far it has followed.
type driver struct {
	start    func() (Program, error)
	strength string
	time     Time

	p       Program // nil while none runs
	name    string
	can     map[string]bool
	fresh   bool            // it has been told no game
	base    []board.Point   // the handicap stones that it has
	stones  []board.Move    // likewise, of those set up
	has     []board.Move    // the moves that it has
	refused map[string]bool // commands that it lists and refuses, which is told once
	say     func(string)
}

// close ends the program, if one runs.
func (d *driver) close() {
	if d.p != nil {
		d.p.Close()
		d.p = nil
	}
}

// ask asks for one thing. After an error that is the end of the program, none
// runs.
func (d *driver) ask(ctx context.Context, within time.Duration, name string, args ...string) (string, error) {
	text, err := d.p.Ask(ctx, within, name, args...)
	if gtp.Fatal(err) {
		d.close()
	}
	return text, err
}

// tell has something done of which no answer is needed and which a program may
// refuse; only the end of the program is an error.
func (d *driver) tell(ctx context.Context, name string, args ...string) error {
	if !d.can[name] {
		return nil
	}
	_, err := d.ask(ctx, handling, name, args...)
	if gtp.Fatal(err) {
		return err
	}
	if err != nil && !d.refused[name] {
		d.refused[name] = true
		d.say(capital(err.Error()) + ". The game goes on without.")
	}
	return nil
}

// begin starts the program, if none runs, and asks what it is.
func (d *driver) begin(ctx context.Context) (err error) {
	if d.p != nil {
		return nil
	}
	if d.p, err = d.start(); err != nil {
		d.p = nil
		return err
	}
	d.fresh, d.can, d.refused = true, map[string]bool{}, map[string]bool{}
	if version, err := d.ask(ctx, loading, "protocol_version"); gtp.Fatal(err) {
		return err
	} else if err == nil && strings.TrimSpace(version) != "2" {
		d.say(fmt.Sprintf("The program speaks version %s of its protocol; gobancam speaks 2. They may misunderstand each other.", plain.Cut(version, 10)))
	}
	list, err := d.ask(ctx, handling, "list_commands")
	if gtp.Fatal(err) {
		return err
	}
	for _, name := range strings.Fields(list) {
		d.can[name] = true
	}
	name, err := d.ask(ctx, handling, "name")
	if gtp.Fatal(err) {
		return err
	}
	version, err := d.ask(ctx, handling, "version")
	if gtp.Fatal(err) {
		return err
	}
	d.name = "the program"
	if full := strings.TrimSpace(name + " " + version); full != "" {
		d.name = plain.Name(full)
	}
	return d.setStrength(ctx)
}

// follow brings the program into step with a game: starts it, undoes what it
// has too much, and plays what it lacks.
func (d *driver) follow(ctx context.Context, p plan) error {
	if err := d.begin(ctx); err != nil {
		return err
	}
	same := 0
	for same < min(len(d.has), len(p.moves)) && d.has[same] == p.moves[same] {
		same++
	}
	if d.fresh || !slices.Equal(d.base, p.handicap) || !slices.Equal(d.stones, p.stones) || len(d.has) > same && !d.can["undo"] {
		if err := d.setUp(ctx, p); err != nil {
			return err
		}
		same = 0
	}
	for len(d.has) > same {
		_, err := d.ask(ctx, handling, "undo")
		if gtp.Fatal(err) {
			return err
		}
		if err != nil { // then from the beginning
			if err := d.setUp(ctx, p); err != nil {
				return err
			}
			break
		}
		d.has = d.has[:len(d.has)-1]
	}
	for _, m := range p.moves[len(d.has):] {
		if err := d.play(ctx, m, p.setup.Size); err != nil {
			return err
		}
		d.has = append(d.has, m)
	}
	return nil
}

func (d *driver) play(ctx context.Context, m board.Move, size int) error {
	_, err := d.ask(ctx, handling, "play", gtp.FormatColor(m.Color), gtp.FormatVertex(m.Point, size))
	if err != nil {
		d.fresh = true // who knows what it has
	}
	return err
}

// setUp tells the program a game from its beginning, without the moves.
func (d *driver) setUp(ctx context.Context, p plan) error {
	d.fresh, d.has, d.base, d.stones = true, nil, nil, nil
	if err := d.clear(ctx, p); err != nil {
		return err
	}
	if err := d.tell(ctx, "kata-set-rules", p.setup.Rules.Name); err != nil {
		return err
	}
	if _, err := d.ask(ctx, handling, "komi", strconv.FormatFloat(p.setup.Komi, 'f', -1, 64)); err != nil {
		return err
	}
	if err := d.setTime(ctx); err != nil {
		return err
	}
	if len(p.handicap) > 0 {
		if err := d.setHandicap(ctx, p); err != nil {
			return err
		}
	}
	for _, m := range p.stones {
		if err := d.play(ctx, m, p.setup.Size); err != nil {
			return err
		}
	}
	d.fresh, d.base, d.stones = false, p.handicap, p.stones
	return nil
}

func (d *driver) clear(ctx context.Context, p plan) error {
	if _, err := d.ask(ctx, handling, "boardsize", strconv.Itoa(p.setup.Size)); err != nil {
		return err
	}
	_, err := d.ask(ctx, handling, "clear_board")
	return err
}

// setHandicap has the handicap stones put down, in the way that the program
// understands best: as the fixed ones, if it means the same by that, as stones
// that were placed freely, or as moves.
func (d *driver) setHandicap(ctx context.Context, p plan) error {
	size := p.setup.Size
	if p.setup.Black != nil && d.can["fixed_handicap"] {
		text, err := d.ask(ctx, handling, "fixed_handicap", strconv.Itoa(len(p.handicap)))
		if gtp.Fatal(err) {
			return err
		}
		at, bad := gtp.ParseVertices(text, size)
		if err == nil && bad == nil && board.SetOf(at...) == board.SetOf(p.handicap...) {
			return nil
		}
		if err := d.clear(ctx, p); err != nil {
			return err
		}
	}
	if d.can["set_free_handicap"] {
		_, err := d.ask(ctx, handling, "set_free_handicap", strings.Fields(gtp.FormatVertices(p.handicap, size))...)
		if err == nil || gtp.Fatal(err) {
			return err
		}
		if err := d.clear(ctx, p); err != nil {
			return err
		}
	}
	for _, at := range p.handicap {
		if err := d.play(ctx, board.Move{Color: board.Black, Point: at}, size); err != nil {
			return err
		}
	}
	return nil
}

// genmove asks for a move; left are the clocks, as time_left tells them.
func (d *driver) genmove(ctx context.Context, p plan, c board.Color, left [2]Left, within time.Duration) (gtp.Choice, error) {
	if err := d.follow(ctx, p); err != nil {
		return gtp.Choice{}, err
	}
	if d.time.System != "" {
		for i, l := range left {
			if err := d.tell(ctx, "time_left", gtp.FormatColor(board.Black+board.Color(i)), strconv.Itoa(l.Seconds), strconv.Itoa(l.Stones)); err != nil {
				return gtp.Choice{}, err
			}
		}
	}
	text, err := d.ask(ctx, within, "genmove", gtp.FormatColor(c))
	if err != nil {
		return gtp.Choice{}, err
	}
	choice, err := gtp.ParseChoice(text, p.setup.Size)
	if err != nil {
		d.close() // what it has now nobody knows
		return gtp.Choice{}, fmt.Errorf("%s answers %q when asked for a move, and that is none", d.name, plain.Cut(text, 40))
	}
	if !choice.Resign {
		d.has = append(d.has, board.Move{Color: c, Point: choice.Point})
	}
	return choice, nil
}

// place asks for all stones of a free handicap.
func (d *driver) place(ctx context.Context, p plan, within time.Duration) ([]board.Point, error) {
	if err := d.follow(ctx, p); err != nil {
		return nil, err
	}
	n := p.setup.Handicap
	if d.can["place_free_handicap"] {
		text, err := d.ask(ctx, within, "place_free_handicap", strconv.Itoa(n))
		if gtp.Fatal(err) {
			return nil, err
		}
		at, bad := gtp.ParseVertices(text, p.setup.Size)
		if err == nil && bad == nil && len(at) == n {
			d.base = at
			return at, nil
		}
		d.fresh = true
		if err := d.follow(ctx, p); err != nil {
			return nil, err
		}
	}
	// One that does not, or places fewer as it may, moves so often in a row.
	var at []board.Point
	d.fresh = true // the next time these are told as handicap stones
	for range n {
		text, err := d.ask(ctx, within, "genmove", gtp.FormatColor(board.Black))
		if err != nil {
			return nil, err
		}
		c, err := gtp.ParseChoice(text, p.setup.Size)
		if err != nil || c.Resign || c.Point.IsPass() || slices.Contains(at, c.Point) {
			d.close()
			return nil, fmt.Errorf("%s answers %q when asked for a handicap stone, and that is none", d.name, plain.Cut(text, 40))
		}
		at = append(at, c.Point)
	}
	return at, nil
}

// Verdict is what a program makes of a game that is over.
type Verdict struct {
	Dead  []board.Point
	Knows bool          // it said which stones are dead
	Score *board.Result // nil where it has none
}

// judge asks which stones are dead and who has won.
func (d *driver) judge(ctx context.Context, p plan) (v Verdict, err error) {
	if err := d.follow(ctx, p); err != nil {
		return v, err
	}
	if d.can["final_status_list"] {
		text, err := d.ask(ctx, scoring, "final_status_list", "dead")
		if gtp.Fatal(err) {
			return v, err
		}
		if at, bad := gtp.ParseVertices(text, p.setup.Size); err == nil && bad == nil {
			v.Dead, v.Knows = at, true
		}
	}
	if d.can["final_score"] {
		text, err := d.ask(ctx, scoring, "final_score")
		if gtp.Fatal(err) {
			return v, err
		}
		if r, ok := gtp.ParseScore(text); err == nil && ok {
			v.Score = &r
		}
	}
	return v, nil
}
