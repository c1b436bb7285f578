package desk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/gobancam/gobancam/board"
)

// Terminal asks in a terminal.
type Terminal struct {
	Out io.Writer
	// Line returns the next line that was typed. Whoever reads commands from
	// the same terminal shares it.
	Line func(ctx context.Context) (string, error)
}

// Choose implements Asker: the options are numbered.
func (t *Terminal) Choose(ctx context.Context, question string, options []string) (int, error) {
	for {
		fmt.Fprintln(t.Out, question)
		for i, o := range options {
			fmt.Fprintf(t.Out, "  %d  %s\n", i+1, o)
		}
		fmt.Fprint(t.Out, "Number: ")
		line, err := t.Line(ctx)
		if err != nil {
			return 0, noAnswer(err)
		}
		if n, err := strconv.Atoi(strings.TrimSpace(line)); err == nil && n >= 1 && n <= len(options) {
			return n - 1, nil
		}
		fmt.Fprintf(t.Out, "%q is not one of the numbers.\n", strings.TrimSpace(line))
	}
}

// Confirm implements Asker: the players or the organiser stand for the result,
// or type another one.
func (t *Terminal) Confirm(ctx context.Context, r Review) (Verdict, error) {
	fmt.Fprintf(t.Out, "\n%s\n", r.Text)
	if r.Count != "" {
		fmt.Fprintln(t.Out, r.Count)
	}
	for {
		fmt.Fprintf(t.Out, "Report this to %s? p = yes, the players agree; o = yes, as the organiser; n = no; or the right result, such as W+3.5: ", r.Site)
		line, err := t.Line(ctx)
		if err != nil {
			return Verdict{}, noAnswer(err)
		}
		switch line = strings.TrimSpace(line); strings.ToLower(line) {
		case "p":
			return Verdict{By: "the players"}, nil
		case "o":
			return Verdict{By: "the organiser"}, nil
		case "n":
			return Verdict{}, nil
		}
		other, err := board.ParseResult(line)
		if err == nil {
			return Verdict{Instead: &other}, nil
		}
		fmt.Fprintf(t.Out, "%v.\n", err)
	}
}

func noAnswer(err error) error {
	if errors.Is(err, io.EOF) {
		return errors.New("nobody answered: the input has ended")
	}
	return err
}
