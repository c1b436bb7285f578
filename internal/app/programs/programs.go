// Package programs knows which go-playing programs there are to play against:
// those of the configuration, and those that are found installed.
package programs

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/gtp"
	"github.com/gobancam/gobancam/internal/app/failure"
	"github.com/gobancam/gobancam/internal/app/state"
	"github.com/gobancam/gobancam/internal/engine"
	"github.com/gobancam/gobancam/internal/limits"
)

// Program is one that can be played against.
type Program struct {
	Name     string // to name it by
	Title    string
	Line     string // its command line
	Own      bool   // it is from the configuration
	Strength string // what a strength means to it; "" if that is not known
}

// List returns those of the configuration, by name, then those that are found
// installed and start without more being said. found are all that are
// installed.
func List() (list []Program, found []engine.Known, err error) {
	own, err := configured()
	if err != nil {
		return nil, nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(own)) {
		list = append(list, Program{Name: name, Title: name, Line: own[name], Own: true})
	}
	found = engine.Installed()
	for _, k := range found {
		if _, taken := own[k.Name]; k.Line != "" && !taken {
			list = append(list, Program{Name: k.Name, Title: k.Title, Line: k.Line, Strength: k.Strength})
		}
	}
	return list, found, nil
}

// Resolve turns what the user calls a program into its command line for a game
// by these rules: a name of the configuration, that of a known program, or a
// command line.
func Resolve(called string, rules board.Rules) (line string, err error) {
	called = strings.TrimSpace(called)
	words, err := gtp.ParseLine(called)
	if err != nil {
		return "", failure.As(failure.Misuse, err)
	}
	if len(words) > 1 {
		return called, nil
	}
	own, err := configured()
	if err != nil {
		return "", err
	}
	if line, ok := own[words[0]]; ok {
		return line, nil
	}
	if k, ok := engine.KnownAs(words[0]); ok {
		if k.Line == "" {
			return "", failure.As(failure.Misuse, fmt.Errorf("%s has to be told its files: give the whole command line, as in %q, or keep it in %s under [engines]", k.Title, k.Needs, state.ConfigFile()))
		}
		return k.LineFor(rules), nil
	}
	if _, err := engine.Find(words[0]); err != nil {
		return "", failure.As(failure.Misuse, fmt.Errorf("there is no program %q: neither under [engines] in %s nor among the installed ones; 'gobancam engines' lists those, and any other is given by its command line", called, state.ConfigFile()))
	}
	return called, nil
}

// configured reads the table [engines] of the configuration: a name, and a
// command line for it.
func configured() (map[string]string, error) {
	data, err := limits.ReadFile(state.ConfigFile(), limits.Config)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, failure.As(failure.Misuse, fmt.Errorf("the configuration cannot be read: %w", err))
	}
	own, err := parse(string(data))
	if err != nil {
		return nil, failure.As(failure.Misuse, fmt.Errorf("%s: %w", state.ConfigFile(), err))
	}
	return own, nil
}

func parse(text string) (map[string]string, error) {
	var c struct{ Engines map[string]string }
	if _, err := toml.Decode(text, &c); err != nil {
		return nil, fmt.Errorf(`the configuration cannot be read: %w; under [engines] stand lines like katago = "katago gtp -model FILE"`, err)
	}
	for name, line := range c.Engines {
		if _, err := gtp.ParseLine(line); err != nil {
			return nil, fmt.Errorf("under [engines], %s: %w", name, err)
		}
		if strings.ContainsAny(name, " \t") {
			return nil, fmt.Errorf("under [engines], %q: a name is one word", name)
		}
	}
	return c.Engines, nil
}
