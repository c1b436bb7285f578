package desk

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/gobancam/gobancam/board"
)

func typed(lines ...string) (*Terminal, *strings.Builder) {
	var out strings.Builder
	return &Terminal{Out: &out, Line: func(context.Context) (string, error) {
		if len(lines) == 0 {
			return "", io.EOF
		}
		line := lines[0]
		lines = lines[1:]
		return line, nil
	}}, &out
}

func TestTerminal(t *testing.T) {
	term, out := typed("x", "3", " 2 ")
	if i, err := term.Choose(t.Context(), "Who has Black?", []string{"Anna", "Ben"}); i != 1 || err != nil {
		t.Errorf("%d %v", i, err)
	}
	if !strings.Contains(out.String(), `"3" is not one of the numbers`) || !strings.Contains(out.String(), "  2  Ben") {
		t.Errorf("shown: %s", out)
	}
	if _, err := term.Choose(t.Context(), "?", []string{"a", "b"}); err == nil || !strings.Contains(err.Error(), "nobody answered") {
		t.Errorf("%v", err)
	}
	for line, want := range map[string]string{"p": "the players", "O": "the organiser", "n": ""} {
		term, _ := typed("what?", line)
		if v, err := term.Confirm(t.Context(), Review{Text: "x"}); err != nil || v.By != want || v.Instead != nil {
			t.Errorf("%s: %+v %v", line, v, err)
		}
	}
	term, out = typed("w+3.5")
	v, err := term.Confirm(t.Context(), Review{Site: "Challonge", Text: "Anna wins", Count: "Black 40"})
	if err != nil || v.Instead == nil || *v.Instead != (board.Result{Winner: board.White, Points: 3.5}) || !strings.Contains(out.String(), "Black 40\nReport this to Challonge? p = yes") {
		t.Errorf("%+v %v %s", v, err, out)
	}
}
