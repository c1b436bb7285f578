package main

import (
	"bufio"
	"context"
	"io"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gobancam/gobancam/match"
	"github.com/gobancam/gobancam/play"
	"github.com/gobancam/gobancam/terminal"
)

// lineReader hands the lines of an input to whoever asks: first to questions
// before the game, then to the game, then to questions after it.
type lineReader struct{ lines chan string }

func readLines(ctx context.Context, in io.Reader) *lineReader {
	r := &lineReader{lines: make(chan string)}
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

// next waits for a line; io.EOF after the last.
func (r *lineReader) next(ctx context.Context) (string, error) {
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

// command sends lines as commands of a game until ctx ends; later lines answer
// other questions. The end of the input is no command: a program that was
// started without a keyboard goes on. size is the board's until a snapshot
// tells it.
func (r *lineReader) command(ctx context.Context, commands chan<- match.Command, eyes *atomic.Pointer[play.Eyes], shown *atomic.Pointer[match.Snapshot], size int, face *face) {
	for {
		line, err := r.next(ctx)
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
			face.note("\n" + terminal.Help)
			continue
		case "corners":
			c, err := parseCorners(rest)
			if e := eyes.Load(); err == nil && e != nil {
				e.Use(*c, size)
			} else if err != nil {
				face.note(err.Error())
			}
			continue
		}
		c, err := terminal.ParseCommand(line, max(size, 2))
		if err != nil {
			face.note(err.Error())
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

// endsWithin is how soon a game is over after the command that ends it.
const endsWithin = 2 * time.Second
