package gtp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/shlex"

	"github.com/gobancam/gobancam/internal/limits"
	"github.com/gobancam/gobancam/internal/plain"
)

// Times of a Client.
const (
	politely = 500 * time.Millisecond // that a program has to end after quit
	dying    = 2 * time.Second        // that a killed one has, before it is not waited for any more
	writing  = 10 * time.Second       // that it has to take a command in
)

// Client is a program that speaks the protocol, running as a child of this one.
// One command is asked at a time; the methods may be called from any goroutine.
// After an error that is Fatal the program is dead, and each Ask returns that
// error again.
type Client struct {
	name   string // as it was called
	cmd    *exec.Cmd
	in     *os.File
	out    *os.File
	talk   *tail
	heard  chan heard    // what the program says; closed after its end
	lines  chan string   // of the response that streams, before it is heard
	stream atomic.Int64  // the id of that command; 0 for none
	exited chan struct{} // closed when the process has been waited for
	stop   context.CancelFunc
	all    sync.WaitGroup

	mu   sync.Mutex // of whoever asks
	id   int64
	dead error
}

type heard struct {
	Response
	err error
}

// ParseLine takes a command line apart into the program and its arguments, as a
// shell would: quotes and backslashes are understood, variables and patterns
// are not.
func ParseLine(line string) ([]string, error) {
	words, err := shlex.Split(line)
	if err != nil {
		return nil, fmt.Errorf("the command line %.100q cannot be taken apart: %w; look at its quotes", line, err)
	}
	if len(words) == 0 || words[0] == "" {
		return nil, errors.New("the command line names no program")
	}
	return words, nil
}

// Start starts the program of a command line; see ParseLine and Find. It gets a
// process group of its own, which is killed as a whole when ctx ends or Close is
// called, and its standard error is kept for what errors say, not shown. A
// program that cannot be started is a *StartError.
func Start(ctx context.Context, line string) (*Client, error) {
	words, err := ParseLine(line)
	if err == nil {
		words[0], err = Find(words[0])
	}
	if err != nil {
		return nil, &StartError{Line: line, Err: err}
	}
	ctx, stop := context.WithCancel(ctx)
	c := &Client{name: words[0], talk: &tail{}, heard: make(chan heard, 4), lines: make(chan string), exited: make(chan struct{}), stop: stop}
	c.cmd = exec.CommandContext(ctx, words[0], words[1:]...)
	c.cmd.Stderr = c.talk
	c.cmd.WaitDelay = dying // for what a grandchild keeps open
	ownGroup(c.cmd)
	c.cmd.Cancel = func() error { return killGroup(c.cmd) }
	if err := c.start(); err != nil {
		stop()
		return nil, &StartError{Line: line, Err: err}
	}
	c.all.Go(c.wait)
	c.all.Go(func() { c.read(ctx) })
	return c, nil
}

// start opens the pipes and starts the process.
func (c *Client) start() error {
	theirIn, in, err := os.Pipe()
	if err != nil {
		return err
	}
	defer theirIn.Close()
	out, theirOut, err := os.Pipe()
	if err != nil {
		_ = in.Close() // nothing was written
		return err
	}
	defer theirOut.Close()
	c.in, c.out, c.cmd.Stdin, c.cmd.Stdout = in, out, theirIn, theirOut
	if err := c.cmd.Start(); err != nil {
		_ = in.Close() // likewise
		_ = out.Close()
		return err
	}
	return nil
}

// wait waits for the process, ends what it left behind, and sees to it that read
// ends.
func (c *Client) wait() {
	_ = c.cmd.Wait()     // how it ended is in ProcessState
	_ = killGroup(c.cmd) // its children, if there are any
	_ = c.in.Close()     // nobody reads it
	close(c.exited)      // from now on ProcessState stands
	end := time.Now().Add(dying)
	_ = c.out.SetReadDeadline(end) // somebody outside of the group may keep it open
}

// read hands on what the program says until it ends.
func (c *Client) read(ctx context.Context) {
	defer close(c.heard)
	defer c.out.Close()
	r := NewResponseReader(c.out)
	r.To = func(head Response) func(string) {
		if !head.HasID || head.Failed || head.ID != c.stream.Load() {
			return nil
		}
		return func(line string) {
			select {
			case c.lines <- line:
			case <-ctx.Done():
			}
		}
	}
	for {
		resp, err := r.Next()
		select {
		case c.heard <- heard{resp, err}:
		default:
			// Nobody has asked for so much. What is in the channel says enough;
			// the rest must not make the program wait for ever.
			_, _ = io.Copy(io.Discard, c.out)
			return
		}
		if err != nil {
			if errors.Is(err, ErrSyntax) || limits.Exceeded(err) {
				_, _ = io.Copy(io.Discard, c.out)
			}
			return
		}
	}
}

// Ask has the program carry out a command and returns the text of its response.
// It waits for at most within. What the program refuses is a *RefusedError, and
// then it goes on; every other error is Fatal, and the program is killed: it
// took too long (*HangError), ended (*CrashError), or said what the protocol
// does not allow (*NonsenseError). When ctx ends, which kills it too, its cause
// is returned.
func (c *Client) Ask(ctx context.Context, within time.Duration, name string, args ...string) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	cmd, err := c.send(within, name, args)
	if err != nil {
		return "", err
	}
	timer := time.NewTimer(within)
	defer timer.Stop()
	select {
	case h, ok := <-c.heard:
		return c.judge(cmd, h, ok)
	case <-timer.C:
		return "", c.hangs(name, within)
	case <-ctx.Done():
		return "", c.fail(context.Cause(ctx))
	}
}

// Stream is Ask for what a program goes on saying until it is told to stop, as
// kata-analyze and lz-analyze do: each is given the lines as they come, until it
// wants no more or ctx ends. Then the program is told by an empty line, and has
// within to end its response; that it ended is no error. It lives on.
func (c *Client) Stream(ctx context.Context, within time.Duration, each func(line string) (more bool), name string, args ...string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stream.Store(c.id + 1)
	defer c.stream.Store(0)
	cmd, err := c.send(within, name, args)
	if err != nil {
		return err
	}
	late := time.NewTimer(within)
	late.Stop()
	defer late.Stop()
	enough, told := ctx.Done(), false
	for {
		more := true
		select {
		case line := <-c.lines:
			more = told || each(line)
		case h, ok := <-c.heard:
			_, err := c.judge(cmd, h, ok)
			return err
		case <-enough:
			more, enough = false, nil
		case <-late.C:
			return c.hangs("the end of "+name, within)
		}
		if !more && !told {
			told = true
			_ = c.in.SetWriteDeadline(time.Now().Add(min(within, writing)))
			_, _ = io.WriteString(c.in, "\n") // who does not read does not end either
			late.Reset(within)
		}
	}
}

// send writes a command, if the program lives and says nothing unasked.
func (c *Client) send(within time.Duration, name string, args []string) (Command, error) {
	if c.dead != nil {
		return Command{}, c.dead
	}
	select {
	case h, ok := <-c.heard: // before anything was asked
		return Command{}, c.unasked(h, ok)
	default:
	}
	c.id++
	cmd := NewCommand(name, args...).WithID(c.id)
	within = min(within, writing)
	_ = c.in.SetWriteDeadline(time.Now().Add(within))
	if _, err := io.WriteString(c.in, cmd.String()+"\n"); errors.Is(err, os.ErrDeadlineExceeded) {
		return Command{}, c.hangs(name, within)
	} // any other error is its end, which is told in a moment
	return cmd, nil
}

// hangs is the error of a program that takes longer than it has.
func (c *Client) hangs(command string, after time.Duration) error {
	return c.fail(&HangError{Program: c.name, Command: command, After: after, Talk: c.talk.lines()})
}

// judge says what a response is worth.
func (c *Client) judge(cmd Command, h heard, ok bool) (string, error) {
	switch {
	case !ok, h.err != nil && !errors.Is(h.err, ErrSyntax) && !limits.Exceeded(h.err):
		return "", c.ended(cmd.Name)
	case h.err != nil:
		return "", c.nonsense(cmd.Name, h.err.Error())
	case !h.HasID:
		return "", c.nonsense(cmd.Name, fmt.Sprintf("its response %q does not repeat the id %d", shorten(h.Text), cmd.ID))
	case h.ID != cmd.ID:
		return "", c.nonsense(cmd.Name, fmt.Sprintf("its response has the id %d instead of %d", h.ID, cmd.ID))
	case h.Failed:
		return "", &RefusedError{Program: c.name, Command: cmd.String(), Text: plain.Line(h.Text)}
	}
	return h.Text, nil
}

// unasked is the error of a program that spoke, or ended, without being asked.
func (c *Client) unasked(h heard, ok bool) error {
	switch {
	case !ok, h.err != nil && !errors.Is(h.err, ErrSyntax) && !limits.Exceeded(h.err):
		return c.ended("")
	case h.err != nil:
		return c.nonsense("", h.err.Error())
	}
	return c.nonsense("", fmt.Sprintf("it answers %q, which nobody asked", shorten(h.Text)))
}

func (c *Client) nonsense(command, what string) error {
	return c.fail(&NonsenseError{Program: c.name, Command: command, What: what, Talk: c.talk.lines()})
}

// ended is the error of a program whose output has ended.
func (c *Client) ended(command string) error {
	select {
	case <-c.exited:
	case <-time.After(politely):
		c.stop() // it closed its output and lives on
		<-c.exited
	}
	how := "it ended"
	if s := c.cmd.ProcessState; s != nil && !s.Success() {
		how = s.String()
	}
	return c.fail(&CrashError{Program: c.name, Command: command, How: how, Talk: c.talk.lines()})
}

// fail kills the program and keeps why.
func (c *Client) fail(err error) error {
	c.dead = err
	c.stop()
	return err
}

// Done is closed when the process has ended, of itself or not.
func (c *Client) Done() <-chan struct{} { return c.exited }

// Close asks the program to quit, kills it if it does not at once, and waits for
// its end.
func (c *Client) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dead == nil {
		c.dead = errors.New("the program was closed")
		_ = c.in.SetWriteDeadline(time.Now().Add(politely))
		_, _ = io.WriteString(c.in, "quit\n") // who does not read is killed
		_ = c.in.Close()
		select {
		case <-c.exited:
		case <-time.After(politely):
		}
	}
	c.stop()
	c.all.Wait()
}

// Talk returns the last lines that the program wrote on its standard error.
func (c *Client) Talk() []string { return c.talk.lines() }

// tail keeps the last lines of what is written to it.
type tail struct {
	mu   sync.Mutex
	done []string
	line []byte
}

// Limits of what is kept of a program's standard error.
const (
	tailLines = 5
	tailLine  = 300 // bytes
)

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, b := range p {
		switch {
		case b == '\n':
			if s := plain.Line(string(t.line)); s != "" {
				if len(t.done) == tailLines {
					t.done = t.done[1:]
				}
				t.done = append(t.done, s)
			}
			t.line = t.line[:0]
		case len(t.line) < tailLine:
			t.line = append(t.line, b)
		}
	}
	return len(p), nil
}

func (t *tail) lines() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := append([]string(nil), t.done...)
	if s := plain.Line(string(t.line)); s != "" {
		lines = append(lines, s)
	}
	return lines[max(0, len(lines)-tailLines):]
}

// shorten is text as an error quotes it.
func shorten(text string) string {
	return plain.Cut(strings.ReplaceAll(text, "\n", " "), 60)
}

// PID is the process id of the program.
func (c *Client) PID() int { return c.cmd.Process.Pid }
