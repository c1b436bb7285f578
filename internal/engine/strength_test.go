package engine

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/gtp"
)

// listener is a program that lists some commands, and refuses some strengths.
type listener struct {
	list    []string
	refuses string
	asked   []string
}

func (l *listener) Ask(_ context.Context, _ time.Duration, name string, args ...string) (string, error) {
	line := strings.Join(append([]string{name}, args...), " ")
	switch {
	case name == "list_commands":
		return strings.Join(l.list, "\n"), nil
	case name == "protocol_version":
		return "2", nil
	case name == "name" || name == "version":
		return name, nil
	case l.refuses != "" && strings.Contains(line, l.refuses):
		return "", &gtp.RefusedError{Program: "p", Command: name, Text: "no such strength"}
	}
	l.asked = append(l.asked, line)
	return "", nil
}

func (l *listener) Close() {}

func TestStrengths(t *testing.T) {
	for _, c := range []struct {
		strength, list, refuses string
		want                    string // "": it refuses to begin
	}{
		{"3", "level", "", "level 3"},
		{"easy", "level", "", "level 1"},
		{" Hard ", "level", "", "level 10"},
		{"medium", "kata-set-param level", "", "kata-set-param maxVisits 30"},
		{"easy", "lz-setoption", "", "lz-setoption name visits value 1"},
		{"hard", "uct_param_player", "", "uct_param_player max_games 10000"},
		{"9K", "kata-set-param", "", "kata-set-param humanSLProfile rank_9k"},
		{"9k", "kata-set-param", "humanSLProfile", ""},
		{"9k", "level", "", ""},
		{"31k", "kata-set-param", "", ""},
		{"easy", "", "", ""},
		{"strongest", "level", "", ""},
	} {
		l := &listener{list: strings.Fields(c.list), refuses: c.refuses}
		d := &driver{start: func() (Program, error) { return l, nil }, strength: c.strength, say: func(s string) { t.Error(s) }}
		err := d.begin(t.Context())
		if c.want == "" {
			if !errors.Is(err, errStrength) || len(l.asked) > 0 {
				t.Errorf("%q with %q: %v, asked %q", c.strength, c.list, err, l.asked)
			}
		} else if err != nil || !slices.Equal(l.asked, []string{c.want}) {
			t.Errorf("%q with %q: %v, asked %q, not %q", c.strength, c.list, err, l.asked, c.want)
		}
	}
}
