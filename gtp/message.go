package gtp

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Command is one line from a controller to an engine.
type Command struct {
	ID    int64 // of the command, which its response repeats
	HasID bool
	Name  string // "genmove"; never empty in one that was read
	Args  []string
}

// maxID is the largest id: the protocol's integers are unsigned, of 31 bits.
const maxID = math.MaxInt32

// NewCommand makes a command without an id.
func NewCommand(name string, args ...string) Command { return Command{Name: name, Args: args} }

// WithID returns the command with an id, 0 to 2^31−1.
func (c Command) WithID(id int64) Command {
	c.ID, c.HasID = id, true
	return c
}

// String writes the command on one line, without the line's end. What cannot
// stand in one is taken out of it, as the other side would: control characters,
// and what follows a "#".
func (c Command) String() string {
	words := append([]string{c.Name}, c.Args...)
	line := strings.Join(words, " ")
	if c.HasID {
		line = strconv.FormatInt(c.ID, 10) + " " + line
	}
	return strings.TrimSpace(cleanCommand(line))
}

// ParseCommand reads one line of a controller. ok is false for a line without a
// command: an empty one, or a comment. The error wraps ErrSyntax; the command
// then has the id, if there was one to be answered.
func ParseCommand(line string) (c Command, ok bool, err error) {
	f := strings.Fields(cleanCommand(line))
	if len(f) == 0 {
		return Command{}, false, nil
	}
	if digits(f[0]) {
		id, err := strconv.ParseInt(f[0], 10, 64)
		if err != nil || id > maxID {
			return Command{}, true, fmt.Errorf("the id %.20s is beyond %d: %w", f[0], int64(maxID), ErrSyntax)
		}
		c.ID, c.HasID = id, true
		f = f[1:]
	}
	if len(f) == 0 {
		return c, true, fmt.Errorf("no command follows the id %d: %w", c.ID, ErrSyntax)
	}
	c.Name = f[0]
	if len(f) > 1 {
		c.Args = f[1:]
	}
	return c, true, nil
}

// Response is what an engine answers to one command.
type Response struct {
	ID     int64
	HasID  bool
	Failed bool   // "?": Text says why
	Text   string // of one or more lines parted by "\n", none of them empty but the first
}

// Success is the response to c with this text.
func (c Command) Success(text string) Response {
	return Response{ID: c.ID, HasID: c.HasID, Text: text}
}

// Failure is the response to c that says why it was not carried out.
func (c Command) Failure(text string) Response {
	return Response{ID: c.ID, HasID: c.HasID, Failed: true, Text: text}
}

// Bytes writes the response with the empty line that ends it. What would break
// the form is taken out of the text: control characters, and empty lines, of
// which each becomes one with a space.
func (r Response) Bytes() []byte {
	var b strings.Builder
	b.WriteByte('=')
	if r.Failed {
		b.Reset()
		b.WriteByte('?')
	}
	if r.HasID {
		b.WriteString(strconv.FormatInt(r.ID, 10))
	}
	for i, line := range strings.Split(strings.TrimRight(r.Text, "\r\n\t "), "\n") {
		line = strings.TrimRight(clean(line), " ")
		switch {
		case i == 0 && line != "":
			b.WriteByte(' ')
		case i > 0:
			b.WriteByte('\n')
			if line == "" {
				line = " "
			}
		}
		b.WriteString(line)
	}
	b.WriteString("\n\n")
	return []byte(b.String())
}

// parseHead reads the first line of a response, which is clean already.
func parseHead(line string) (r Response, err error) {
	if line == "" || line[0] != '=' && line[0] != '?' {
		return r, fmt.Errorf("%.60q begins no response, which begins with = or ?: %w", line, ErrSyntax)
	}
	r.Failed = line[0] == '?'
	rest := line[1:]
	n := 0
	for n < len(rest) && rest[n] >= '0' && rest[n] <= '9' {
		n++
	}
	if n > 0 {
		id, err := strconv.ParseInt(rest[:n], 10, 64)
		if err != nil || id > maxID {
			return r, fmt.Errorf("the id of the response %.60q is beyond %d: %w", line, int64(maxID), ErrSyntax)
		}
		r.ID, r.HasID = id, true
	}
	if rest = rest[n:]; rest != "" && rest[0] != ' ' {
		return r, fmt.Errorf("the response %.60q has neither an id nor a space after its %c: %w", line, line[0], ErrSyntax)
	}
	r.Text = strings.TrimSpace(rest)
	return r, nil
}

// clean does to a line what the protocol asks of whoever reads one: a tab
// becomes a space, and other control characters go, a carriage return too.
func clean(line string) string {
	plain := true
	for i := range len(line) {
		if line[i] < ' ' || line[i] == 0x7f {
			plain = false
			break
		}
	}
	if plain {
		return line
	}
	b := make([]byte, 0, len(line))
	for i := range len(line) {
		switch c := line[i]; {
		case c == '\t':
			b = append(b, ' ')
		case c >= ' ' && c != 0x7f:
			b = append(b, c)
		}
	}
	return string(b)
}

// cleanCommand also takes the comment off.
func cleanCommand(line string) string {
	line, _, _ = strings.Cut(line, "#")
	return clean(line)
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
