package review

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/gtp"
)

// Effort is how long an engine looks at a position: until it has made so many
// visits, or for so long, whichever comes first.
type Effort struct {
	Visits int
	Time   time.Duration
}

// starting is how long an engine may take to load its network, answering how
// long it may take for anything else.
const (
	starting  = 5 * time.Minute
	answering = 30 * time.Second
)

// errUnjudged is wrapped by an error about a position, after which the engine
// can be asked about another.
var errUnjudged = errors.New("the engine says nothing of this position")

// Engine is a program that speaks GTP with kata-analyze or lz-analyze. It is an
// Analyst. One position is judged at a time.
type Engine struct {
	program *gtp.Client
	stop    context.CancelFunc // kills it
	effort  Effort
	analyse string // the command
	told    *board.Game
}

// Open starts an engine, by its command line, until Close or ctx's end. One that
// cannot analyse is an error.
func Open(ctx context.Context, line string, effort Effort) (*Engine, error) {
	ctx, stop := context.WithCancel(ctx)
	program, err := gtp.Start(ctx, line)
	if err != nil {
		stop()
		return nil, err
	}
	e := &Engine{program: program, stop: stop, effort: effort}
	for _, name := range []string{"kata-analyze", "lz-analyze"} {
		text, err := program.Ask(ctx, starting, "known_command", name)
		if gtp.Fatal(err) {
			e.Close()
			return nil, err
		}
		if text == "true" {
			e.analyse = name
			return e, nil
		}
	}
	e.Close()
	return nil, fmt.Errorf("the engine '%s' cannot analyse: it has neither kata-analyze nor lz-analyze; take KataGo, or another that has", line)
}

// Close ends the engine.
func (e *Engine) Close() {
	e.program.Close()
	e.stop()
}

// lz reports whether it speaks as Leela Zero does.
func (e *Engine) lz() bool { return e.analyse == "lz-analyze" }

// Judge implements Analyst. When ctx ends, so does the engine.
func (e *Engine) Judge(ctx context.Context, g *board.Game) (Candidate, error) {
	err := e.tell(ctx, g)
	var best Candidate
	if err == nil {
		best, err = e.look(ctx, g)
	}
	if err != nil && !gtp.Fatal(err) { // it refuses, and can be asked about another
		err = fmt.Errorf("%w: %w", errUnjudged, err)
	}
	return best, err
}

// tell brings the engine to a position: by a move, if it is the one after that it
// was told last, else from the beginning.
func (e *Engine) tell(ctx context.Context, g *board.Game) error {
	had, n := e.told, g.MoveCount()
	e.told = nil
	from := 0
	if had == nil || had.MoveCount() != n-1 {
		if err := e.tellSetup(ctx, g); err != nil {
			return err
		}
	} else {
		from = n - 1
	}
	for i := from; i < n; i++ {
		m := g.Move(i)
		if err := e.ask(ctx, "play", gtp.FormatColor(m.Color), gtp.FormatVertex(m.Point, g.Size())); err != nil {
			return err
		}
	}
	e.told = g
	return nil
}

func (e *Engine) ask(ctx context.Context, name string, args ...string) error {
	_, err := e.program.Ask(ctx, answering, name, args...)
	return err
}

// tellSetup tells what the game starts from.
func (e *Engine) tellSetup(ctx context.Context, g *board.Game) error {
	s := g.Setup()
	commands := [][]string{{"boardsize", strconv.Itoa(s.Size)}, {"clear_board"}, {"komi", strconv.FormatFloat(s.Komi, 'f', -1, 64)}}
	if len(s.Black) > 1 && len(s.White) == 0 && s.First == board.White {
		commands = append(commands, append([]string{"set_free_handicap"}, strings.Fields(gtp.FormatVertices(s.Black, s.Size))...))
	} else {
		for _, p := range s.Black {
			commands = append(commands, []string{"play", "black", gtp.FormatVertex(p, s.Size)})
		}
		for _, p := range s.White {
			commands = append(commands, []string{"play", "white", gtp.FormatVertex(p, s.Size)})
		}
	}
	for _, c := range commands {
		if err := e.ask(ctx, c[0], c[1:]...); err != nil {
			return err
		}
	}
	if s.Rules.Name != "" && !e.lz() { // an engine without other rules counts by its own
		if err := e.ask(ctx, "kata-set-rules", s.Rules.Name); gtp.Fatal(err) {
			return err
		}
	}
	return nil
}

// look has the engine look at the position that it was told.
func (e *Engine) look(ctx context.Context, g *board.Game) (best Candidate, err error) {
	defer context.AfterFunc(ctx, e.stop)() // whoever leaves does not wait for it
	long, enough := context.WithTimeout(ctx, e.effort.Time)
	defer enough()
	found := false
	err = e.program.Stream(long, answering, func(line string) bool {
		all := ParseInfo(line, g.Size(), e.lz())
		if c, ok := Best(all); ok {
			best, found = c, true
		}
		return !found || visits(all) < e.effort.Visits
	}, e.analyse, g.ToMove().String(), "10")
	switch {
	case ctx.Err() != nil:
		return best, context.Cause(ctx)
	case err == nil && !found:
		err = errUnjudged
	}
	return best, err
}
