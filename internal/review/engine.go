package review

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/gtp"
	"github.com/gobancam/gobancam/internal/limits"
	"github.com/gobancam/gobancam/internal/plain"
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

// EngineError says that the engine is of no use any more.
type EngineError struct {
	Line string // as it was called
	Err  error
	Said string // the last line on its standard error
}

func (e *EngineError) Error() string {
	s := fmt.Sprintf("the engine '%s' %v", e.Line, e.Err)
	if e.Said != "" {
		s += "; it said: " + plain.Line(e.Said)
	}
	return s
}

func (e *EngineError) Unwrap() error { return e.Err }

// Engine is a program that speaks GTP with kata-analyze or lz-analyze. It is an
// Analyst. One position is judged at a time.
type Engine struct {
	line   string
	effort Effort
	cmd    *exec.Cmd
	in     io.WriteCloser
	lines  chan string // of its output; closed at its end
	said   *lastLine
	lz     bool // it has lz-analyze only
	told   *board.Game
	dead   error
	stop   context.CancelFunc
	all    sync.WaitGroup
}

// Open starts an engine, by its command line, until Close or ctx's end. One that
// cannot analyse is an error.
func Open(ctx context.Context, line string, effort Effort) (*Engine, error) {
	words, err := gtp.ParseLine(line)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	e := &Engine{line: line, effort: effort, lines: make(chan string, 64), said: &lastLine{}, stop: stop}
	e.cmd = exec.CommandContext(ctx, words[0], words[1:]...)
	e.cmd.Stderr, e.cmd.WaitDelay = e.said, 2*time.Second
	in, err := e.cmd.StdinPipe()
	if err != nil {
		stop()
		return nil, err
	}
	out, err := e.cmd.StdoutPipe()
	if err != nil {
		stop()
		return nil, err
	}
	e.in = in
	if err := e.cmd.Start(); err != nil {
		stop()
		return nil, &EngineError{Line: line, Err: fmt.Errorf("does not start: %w", err)}
	}
	e.all.Go(func() { e.read(ctx, out) })
	if err := e.begin(ctx); err != nil {
		e.Close()
		return nil, err
	}
	return e, nil
}

// read reads lines until the engine's end.
func (e *Engine) read(ctx context.Context, out io.Reader) {
	defer close(e.lines)
	s := bufio.NewScanner(out)
	s.Buffer(make([]byte, 0, 64<<10), limits.EngineResponse)
	for s.Scan() {
		select {
		case e.lines <- strings.TrimRight(s.Text(), "\r"):
		case <-ctx.Done():
			return
		}
	}
}

// begin finds out how the engine analyses.
func (e *Engine) begin(ctx context.Context) error {
	for _, name := range []string{"kata-analyze", "lz-analyze"} {
		text, err := e.ask(ctx, starting, "known_command "+name)
		if err != nil {
			return err
		}
		if text == "true" {
			e.lz = name == "lz-analyze"
			return nil
		}
	}
	return fmt.Errorf("the engine '%s' cannot analyse: it has neither kata-analyze nor lz-analyze; take KataGo, or another that has", e.line)
}

// Close ends the engine.
func (e *Engine) Close() {
	_, _ = io.WriteString(e.in, "quit\n") // it is killed if it does not end
	_ = e.in.Close()
	done := make(chan struct{})
	go func() { e.all.Wait(); close(done) }()
	late := time.NewTimer(time.Second)
	defer late.Stop()
	for {
		select {
		case _, ok := <-e.lines:
			if ok {
				continue
			}
		case <-late.C:
		}
		break
	}
	e.stop()
	_ = e.cmd.Wait() // how it ended is of no interest
	<-done
}

// fail gives the engine up.
func (e *Engine) fail(err error) error {
	if e.dead == nil {
		e.dead = &EngineError{Line: e.line, Err: err, Said: e.said.String()}
		e.stop()
	}
	return e.dead
}

// next waits for a line.
func (e *Engine) next(ctx context.Context, late <-chan time.Time) (line string, timely bool, err error) {
	select {
	case l, ok := <-e.lines:
		if !ok {
			return "", false, e.fail(errors.New("has ended"))
		}
		return l, true, nil
	case <-late:
		return "", false, nil
	case <-ctx.Done():
		return "", false, context.Cause(ctx)
	}
}

func (e *Engine) send(line string) error {
	if e.dead != nil {
		return e.dead
	}
	if _, err := io.WriteString(e.in, line+"\n"); err != nil {
		return e.fail(fmt.Errorf("does not take commands: %w", err))
	}
	return nil
}

// errRefused is a "?" of an engine, which can be asked something else.
var errRefused = errors.New("the engine refuses")

// ask asks a command with a response that ends by itself.
func (e *Engine) ask(ctx context.Context, within time.Duration, command string) (string, error) {
	if err := e.send(command); err != nil {
		return "", err
	}
	late := time.NewTimer(within)
	defer late.Stop()
	var text []string
	for begun, n := false, 0; ; n++ {
		line, ok, err := e.next(ctx, late.C)
		switch {
		case err != nil:
			return "", err
		case !ok:
			return "", e.fail(fmt.Errorf("does not answer '%s'", command))
		case n > limits.EngineLines:
			return "", e.fail(fmt.Errorf("does not stop answering '%s'", command))
		case !begun && strings.TrimSpace(line) == "":
			continue
		case !begun && !strings.HasPrefix(line, "=") && !strings.HasPrefix(line, "?"):
			return "", e.fail(fmt.Errorf("answers '%s' with what is no response: %.60q", command, line))
		case begun && strings.TrimSpace(line) == "":
			whole := strings.Join(text, "\n")
			if strings.HasPrefix(whole, "?") {
				return "", fmt.Errorf("%w '%s': %.100s", errRefused, command, plain.Line(strings.TrimSpace(whole[1:])))
			}
			return strings.TrimSpace(whole[1:]), nil
		}
		begun = true
		text = append(text, line)
	}
}

// Judge implements Analyst.
func (e *Engine) Judge(ctx context.Context, g *board.Game) (Candidate, error) {
	if err := e.tell(ctx, g); err != nil {
		return Candidate{}, err
	}
	return e.analyse(ctx, g)
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
		if _, err := e.ask(ctx, answering, "play "+gtp.FormatMove(g.Move(i), g.Size())); err != nil {
			return err
		}
	}
	e.told = g
	return nil
}

// tellSetup tells what the game starts from.
func (e *Engine) tellSetup(ctx context.Context, g *board.Game) error {
	s := g.Setup()
	commands := []string{"boardsize " + strconv.Itoa(s.Size), "clear_board", "komi " + strconv.FormatFloat(s.Komi, 'f', -1, 64)}
	if len(s.Black) > 1 && len(s.White) == 0 && s.First == board.White {
		commands = append(commands, "set_free_handicap "+gtp.FormatVertices(s.Black, s.Size))
	} else {
		for _, p := range s.Black {
			commands = append(commands, "play black "+gtp.FormatVertex(p, s.Size))
		}
		for _, p := range s.White {
			commands = append(commands, "play white "+gtp.FormatVertex(p, s.Size))
		}
	}
	for _, c := range commands {
		if _, err := e.ask(ctx, answering, c); err != nil {
			return err
		}
	}
	if s.Rules.Name != "" && !e.lz { // an engine without other rules counts by its own
		if _, err := e.ask(ctx, answering, "kata-set-rules "+s.Rules.Name); err != nil && !errors.Is(err, errRefused) {
			return err
		}
	}
	return nil
}

// analyse has the engine look at the position that it was told.
func (e *Engine) analyse(ctx context.Context, g *board.Game) (Candidate, error) {
	name := "kata-analyze"
	if e.lz {
		name = "lz-analyze"
	}
	if err := e.send(fmt.Sprintf("%s %s 10", name, g.ToMove())); err != nil {
		return Candidate{}, err
	}
	enough, late := time.NewTimer(e.effort.Time), time.NewTimer(e.effort.Time+answering)
	defer enough.Stop()
	defer late.Stop()
	var best Candidate
	begun, found, stopped := false, false, false
	halt := func() error {
		if stopped {
			return nil
		}
		stopped = true
		return e.send("") // an empty line ends an analysis
	}
	for {
		var wait <-chan time.Time = enough.C
		if stopped {
			wait = late.C
		}
		line, ok, err := e.next(ctx, wait)
		switch {
		case err != nil:
			return Candidate{}, err
		case !ok && stopped:
			return Candidate{}, e.fail(errors.New("does not stop analysing"))
		case !ok:
			if err := halt(); err != nil {
				return Candidate{}, err
			}
			continue
		case !begun && strings.HasPrefix(line, "?"):
			if err := e.skip(ctx, late.C); err != nil {
				return Candidate{}, err
			}
			return Candidate{}, fmt.Errorf("%w to analyse: %.100s", errRefused, plain.Line(line[1:]))
		case !begun && strings.HasPrefix(line, "="):
			begun = true
			line = line[1:]
			if strings.TrimSpace(line) == "" {
				continue
			}
		case !begun && strings.TrimSpace(line) == "":
			continue
		case !begun:
			return Candidate{}, e.fail(fmt.Errorf("answers an analysis with what is no response: %.60q", line))
		case strings.TrimSpace(line) == "":
			if !found {
				return Candidate{}, errors.New("the engine says nothing of this position")
			}
			return best, nil
		}
		all := ParseInfo(line, g.Size(), e.lz)
		if c, ok := Best(all); ok {
			best, found = c, true
			if visits(all) >= e.effort.Visits {
				if err := halt(); err != nil {
					return Candidate{}, err
				}
			}
		}
	}
}

// skip reads to the end of a response.
func (e *Engine) skip(ctx context.Context, late <-chan time.Time) error {
	for {
		line, ok, err := e.next(ctx, late)
		switch {
		case err != nil:
			return err
		case !ok:
			return e.fail(errors.New("does not end its response"))
		case strings.TrimSpace(line) == "":
			return nil
		}
	}
}

// lastLine keeps the last line that is written to it.
type lastLine struct {
	mu   sync.Mutex
	line []byte
}

func (l *lastLine) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.line = append(l.line, p...)
	if i := bytes.LastIndexByte(bytes.TrimRight(l.line, "\n"), '\n'); i >= 0 {
		l.line = l.line[i+1:]
	}
	l.line = l.line[:min(len(l.line), 1000)]
	return len(p), nil
}

func (l *lastLine) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.TrimSpace(string(l.line))
}
