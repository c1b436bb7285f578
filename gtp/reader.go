package gtp

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/gobancam/gobancam/internal/limits"
)

// CommandReader reads the commands of a controller.
type CommandReader struct{ lines lines }

// NewCommandReader reads from r, and more of it than it has given back yet.
func NewCommandReader(r io.Reader) *CommandReader { return &CommandReader{newLines(r)} }

// Next returns the next command; empty lines and comments are passed over. An
// error that wraps ErrSyntax, or is about a limit (limits.Exceeded), concerns
// this line only: it wants a "?" (with the command's id, if it has one), and the
// next one can be read. Any other is the end: io.EOF when the controller is
// gone. A last line without an end is a command.
func (r *CommandReader) Next() (Command, error) {
	for {
		line, err := r.lines.next(limits.EngineLine)
		if err != nil {
			return Command{}, err
		}
		if c, ok, err := ParseCommand(line); ok || err != nil {
			return c, err
		}
	}
}

// ResponseReader reads the responses of an engine.
type ResponseReader struct {
	// To is asked at the head of each response where its lines go as they come;
	// nil, here or there, keeps them for its Text.
	To    func(head Response) func(line string)
	lines lines
}

// NewResponseReader reads from r, and more of it than it has given back yet.
func NewResponseReader(r io.Reader) *ResponseReader {
	l := newLines(r)
	l.once = true
	return &ResponseReader{lines: l}
}

// Next returns the next response; empty lines before it are passed over. An
// error that wraps ErrSyntax or is about a limit leaves the reader somewhere in
// the engine's output, so that what follows must not be believed. io.EOF is the
// end between two responses, io.ErrUnexpectedEOF that within one. A line that
// goes on at once (To) may be as long as a whole response otherwise is.
func (r *ResponseReader) Next() (Response, error) {
	head := ""
	for strings.TrimSpace(head) == "" {
		line, err := r.lines.next(limits.EngineLine)
		if err != nil {
			return Response{}, err
		}
		head = clean(line)
	}
	resp, err := parseHead(head)
	if err != nil {
		return resp, err
	}
	var to func(string)
	longest := limits.EngineLine
	if r.To != nil {
		to = r.To(resp)
	}
	if to != nil {
		longest = limits.EngineResponse
		if resp.Text != "" {
			to(resp.Text)
		}
		resp.Text = ""
	}
	var b strings.Builder
	b.WriteString(resp.Text)
	for n := 1; ; n++ {
		line, err := r.lines.next(longest)
		if errors.Is(err, io.EOF) {
			return resp, io.ErrUnexpectedEOF
		}
		if err != nil {
			return resp, err
		}
		if line == "" || line == "\r" {
			break
		}
		if to != nil {
			to(clean(line))
			continue
		}
		if n >= limits.EngineLines || b.Len()+len(line) > limits.EngineResponse {
			return resp, limits.Exceed("it is not read on", "a response of the program is longer than %d lines or %s", limits.EngineLines, limits.Size(limits.EngineResponse))
		}
		b.WriteByte('\n')
		b.WriteString(strings.TrimRight(clean(line), " "))
	}
	resp.Text = strings.TrimRight(b.String(), " \n")
	return resp, nil
}

// lines reads lines of a limited length.
type lines struct {
	r    *bufio.Reader
	once bool // a line that is too long is not read to its end, and nothing after it
}

func newLines(r io.Reader) lines { return lines{r: bufio.NewReaderSize(r, 4096)} }

// next returns a line without its end. One of more than longest bytes is an
// error; unless once is set it is read to its end, and the next can be read.
func (l lines) next(longest int) (string, error) {
	var line []byte
	long := false
	for {
		part, err := l.r.ReadSlice('\n')
		if !long {
			line = append(line, part...)
		}
		if len(line) > longest {
			long, line = true, nil
		}
		switch {
		case long && l.once:
			return "", limits.Exceed("it is not read on", "a line is longer than %s", limits.Size(int64(longest)))
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && !long && (len(line) == 0 || !errors.Is(err, io.EOF)):
			return "", err
		case err != nil && !errors.Is(err, io.EOF):
			return "", err
		case long:
			return "", limits.Exceed("it is passed over", "a line is longer than %s", limits.Size(int64(longest)))
		}
		return strings.TrimSuffix(string(line), "\n"), nil
	}
}

// Write writes a response.
func (r Response) Write(w io.Writer) error {
	if _, err := w.Write(r.Bytes()); err != nil {
		return fmt.Errorf("the response did not reach the controller: %w", err)
	}
	return nil
}
