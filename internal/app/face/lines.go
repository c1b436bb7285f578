package face

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gobancam/gobancam/internal/app/camera"
	"github.com/gobancam/gobancam/internal/app/failure"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/play"
	"github.com/gobancam/gobancam/internal/terminal"
)

// Lines hands the lines of an input to whoever asks: first to questions
// before the game, then to the game, then to questions after it.
type Lines struct{ lines chan string }

// ReadLines reads in until it or ctx ends.
func ReadLines(ctx context.Context, in io.Reader) *Lines {
	r := &Lines{lines: make(chan string)}
	go func() {
		defer close(r.lines)
		s := bufio.NewScanner(in)
		for s.Scan() {
			select {
			case r.lines <- s.Text():
			case <-ctx.Done():
				return
			}
		}
	}()
	return r
}

// Next waits for a line; io.EOF after the last.
func (r *Lines) Next(ctx context.Context) (string, error) {
	select {
	case l, ok := <-r.lines:
		if !ok {
			return "", io.EOF
		}
		return l, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// Ignore drops the lines that come while no game is on, until the function that
// it returns is called.
func (r *Lines) Ignore(ctx context.Context) (end func()) {
	ctx, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			if _, err := r.Next(ctx); err != nil {
				return
			}
		}
	}()
	return func() { stop(); <-done }
}

// Command sends lines as commands of a game until ctx ends; later lines answer
// other questions. The end of the input is no command: a program that was
// started without a keyboard goes on. size is the board's until a snapshot
// tells it; help lists the commands.
func (r *Lines) Command(ctx context.Context, commands chan<- match.Command, eyes *atomic.Pointer[play.Eyes], shown *atomic.Pointer[match.Snapshot], size int, help string, f *Face) {
	for {
		line, err := r.Next(ctx)
		if err != nil {
			return
		}
		if s := shown.Load(); s != nil && s.Size != 0 {
			size = s.Size
		}
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch word {
		case "":
			continue
		case "help":
			f.Note("\n" + help)
			continue
		case "phone":
			f.answerPhone(strings.ToLower(strings.TrimSpace(rest)))
			continue
		case "corners":
			c, err := camera.ParseCorners(rest)
			if e := eyes.Load(); err == nil && e != nil {
				e.Use(*c, size)
			} else if err != nil {
				f.Note(err.Error())
			}
			continue
		}
		c, err := terminal.ParseCommand(line, size)
		if err != nil {
			f.Note(err.Error())
			continue
		}
		select {
		case commands <- c:
		case <-ctx.Done():
			return
		}
		switch c.Kind {
		case match.CmdResign, match.CmdAcceptScore, match.CmdQuit:
			// Where this ends the game, the next line answers another question.
			select {
			case <-ctx.Done():
				return
			case <-time.After(endsWithin):
			}
		}
	}
}

// Hear sends what is heard as commands of a game, until ctx ends or the input
// does. What is no command was said to somebody else.
func (r *Lines) Hear(ctx context.Context, commands chan<- match.Command, shown *atomic.Pointer[match.Snapshot], size int) {
	for {
		line, err := r.Next(ctx)
		if err != nil {
			return
		}
		if s := shown.Load(); s != nil && s.Size != 0 {
			size = s.Size
		}
		c, ok := terminal.Hear(line, size)
		if !ok {
			continue
		}
		select {
		case commands <- c:
		case <-ctx.Done():
			return
		}
	}
}

// Listen opens a file or named pipe to which a speech recogniser writes; a pipe
// has no end, whoever opens and closes its other side. It is closed with ctx.
func Listen(ctx context.Context, name string) (*Lines, error) {
	mode := os.O_RDONLY
	if info, err := os.Stat(name); err == nil && info.Mode()&os.ModeNamedPipe != 0 {
		mode = os.O_RDWR
	}
	f, err := os.OpenFile(name, mode, 0)
	if err != nil {
		return nil, failure.As(failure.Misuse, fmt.Errorf("there is nothing to listen to: %w; make a pipe with 'mkfifo %s'", err, name))
	}
	context.AfterFunc(ctx, func() { f.Close() })
	return ReadLines(ctx, f), nil
}

// endsWithin is how soon a game is over after the command that ends it.
const endsWithin = 2 * time.Second
