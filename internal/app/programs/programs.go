// Package programs knows which go-playing programs there are to play against:
// those of the configuration, and those that are found installed.
package programs

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/gtp"
	"github.com/gobancam/gobancam/internal/app/failure"
	"github.com/gobancam/gobancam/internal/config"
	"github.com/gobancam/gobancam/internal/engine"
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
	conf, err := config.Read()
	if err != nil {
		return nil, nil, err
	}
	own := conf.Engines
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
	conf, err := config.Read()
	if err != nil {
		return "", err
	}
	if line, ok := conf.Engines[words[0]]; ok {
		return line, nil
	}
	if k, ok := engine.KnownAs(words[0]); ok {
		if k.Line == "" {
			return "", failure.As(failure.Misuse, fmt.Errorf("%s has to be told its files: give the whole command line, as in %q, or keep it in %s under [engines]", k.Title, k.Needs, config.File()))
		}
		return k.LineFor(rules), nil
	}
	if _, err := gtp.Find(words[0]); err != nil {
		return "", failure.As(failure.Misuse, fmt.Errorf("there is no program %q: neither under [engines] in %s nor among the installed ones; 'gobancam engines' lists those, and any other is given by its command line", called, config.File()))
	}
	return called, nil
}
