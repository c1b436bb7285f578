package gtp

import (
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/gobancam/gobancam/internal/limits"
)

// The errors that the specification words.
var (
	ErrUnknownCommand = errors.New("unknown command")
	ErrBadArguments   = errors.New("syntax error")
)

// What ends a command that waits for a person.
var (
	ErrInputEnded = errors.New("interrupted: the input has ended")
	ErrQuit       = errors.New("interrupted by quit")
)

// Handler carries out one command and returns the text of its response; its
// error is that of a failure, whose text is the error's. A handler that waits
// for somebody gives up when ctx ends, and says why by context.Cause.
type Handler func(ctx context.Context, args []string) (string, error)

// Server answers a controller, one command after the other. The commands that
// every engine has are its own: protocol_version, name, version, known_command,
// list_commands and quit.
type Server struct {
	Name, Version string
	commands      map[string]Handler
}

// Handle gives a command its handler. It is called before Serve.
func (s *Server) Handle(name string, h Handler) {
	if s.commands == nil {
		s.commands = map[string]Handler{}
	}
	s.commands[name] = h
}

// arrival is what was read: a command, or what is wrong with a line, or the end.
type arrival struct {
	command Command
	err     error
}

// bad reports whether the error is of one line, after which others come.
func (a arrival) bad() bool { return errors.Is(a.err, ErrSyntax) || limits.Exceeded(a.err) }

// Serve reads commands from in and writes responses to out, and nothing else,
// until quit, the end of the input, or ctx's. It returns nil for the first two.
//
// Commands are carried out in order. What comes while one is carried out waits;
// only a quit, or the end of the input, is noticed at once: whoever waits for a
// person then gives up, so that the program ends.
//
// The goroutine that reads cannot be stopped while in gives nothing; it ends
// with the next line.
func (s *Server) Serve(ctx context.Context, in io.Reader, out io.Writer) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	arrived := make(chan arrival)
	go read(ctx, in, arrived)
	answered := make(chan Response)
	var queue []arrival
	busy := false
	for {
		if !busy && len(queue) > 0 {
			a := queue[0]
			queue = queue[1:]
			switch {
			case a.bad():
				text := ErrBadArguments.Error()
				if limits.Exceeded(a.err) {
					text = a.err.Error()
				}
				if err := a.command.Failure(text).Write(out); err != nil {
					return err
				}
				continue
			case errors.Is(a.err, io.EOF):
				return nil
			case a.err != nil:
				return a.err
			case a.command.Name == "quit":
				return a.command.Success("").Write(out)
			}
			busy = true
			go func() { answered <- s.answer(ctx, a.command) }()
		}
		more := arrived
		if len(queue) >= waiting {
			more = nil
		}
		select {
		case a := <-more:
			queue = append(queue, a)
			switch {
			case a.bad():
			case a.err != nil:
				arrived = nil
				stop(ErrInputEnded)
			case a.command.Name == "quit":
				arrived = nil
				stop(ErrQuit)
			}
		case r := <-answered:
			busy = false
			if err := r.Write(out); err != nil {
				return err
			}
		case <-ctx.Done():
			if err := context.Cause(ctx); !errors.Is(err, ErrQuit) && !errors.Is(err, ErrInputEnded) {
				if busy {
					r := <-answered // handlers end with ctx
					_ = r.Write(out)
				}
				return err
			}
			if busy {
				r := <-answered
				busy = false
				if err := r.Write(out); err != nil {
					return err
				}
			}
		}
	}
}

// waiting is how many commands are read while one is carried out. A controller
// that sends more without waiting for an answer has to wait.
const waiting = 1000

// read reads commands until their end, or ctx's.
func read(ctx context.Context, in io.Reader, arrived chan<- arrival) {
	r := NewCommandReader(in)
	for {
		c, err := r.Next()
		a := arrival{c, err}
		select {
		case arrived <- a:
		case <-ctx.Done():
			return
		}
		if err != nil && !a.bad() || c.Name == "quit" {
			return
		}
	}
}

// answer carries out a command.
func (s *Server) answer(ctx context.Context, c Command) Response {
	text, err := s.carryOut(ctx, c)
	if err != nil {
		return c.Failure(err.Error())
	}
	return c.Success(text)
}

func (s *Server) carryOut(ctx context.Context, c Command) (string, error) {
	switch c.Name {
	case "protocol_version":
		return "2", nil
	case "name":
		return s.Name, nil
	case "version":
		return s.Version, nil
	case "list_commands":
		return strings.Join(s.Commands(), "\n"), nil
	case "known_command":
		if len(c.Args) != 1 {
			return "", ErrBadArguments
		}
		return strconv.FormatBool(slices.Contains(s.Commands(), c.Args[0])), nil
	}
	h, ok := s.commands[c.Name]
	if !ok {
		return "", ErrUnknownCommand
	}
	return h(ctx, c.Args)
}

// Commands are the names of all commands, sorted.
func (s *Server) Commands() []string {
	names := []string{"protocol_version", "name", "version", "known_command", "list_commands", "quit"}
	for n := range s.commands {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}
