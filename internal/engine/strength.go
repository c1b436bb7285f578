package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gobancam/gobancam/gtp"
	"github.com/gobancam/gobancam/internal/plain"
)

// errStrength is wrapped by errors about a strength that a program does not
// have.
var errStrength = errors.New("it has no such strength")

// Presets are the strengths that need no knowledge of a program, from weak to
// strong; the last is about what programs play at when nothing is said.
var Presets = []string{"easy", "medium", "hard"}

// presets are what these are in a program's own terms, by the command that sets
// them. A single visit of a strong network is still a dan player's move.
var presets = map[string][]string{
	"level":            {"1", "5", "10"},
	"kata-set-param":   {"1", "30", "500"},
	"lz-setoption":     {"1", "100", "1600"},
	"uct_param_player": {"100", "1000", "10000"},
}

// setStrength makes the program as strong as was asked for, with what it lists:
// a level (GNU Go), visits or the likeness of a person's rank (KataGo, which
// needs its human network for that), visits (Leela Zero), simulated games
// (Fuego); or one of the presets.
func (d *driver) setStrength(ctx context.Context) error {
	s := strings.ToLower(strings.TrimSpace(d.strength))
	if s == "" {
		return nil
	}
	if i := slices.Index(Presets, s); i >= 0 {
		for _, name := range []string{"kata-set-param", "level", "lz-setoption", "uct_param_player"} {
			if d.can[name] {
				s = presets[name][i]
				break
			}
		}
	}
	_, notNumber := strconv.Atoi(s)
	var name string
	var args []string
	switch {
	case d.can["kata-set-param"] && notNumber != nil && isRank(s):
		name, args = "kata-set-param", []string{"humanSLProfile", "rank_" + s}
	case notNumber != nil:
	case d.can["kata-set-param"]:
		name, args = "kata-set-param", []string{"maxVisits", s}
	case d.can["level"]:
		name, args = "level", []string{s}
	case d.can["lz-setoption"]:
		name, args = "lz-setoption", []string{"name", "visits", "value", s}
	case d.can["uct_param_player"]:
		name, args = "uct_param_player", []string{"max_games", s}
	}
	if name == "" {
		return fmt.Errorf("%s cannot be made as strong as %q: %w; leave the strength away, or say it in the program's own command line", d.name, plain.Cut(d.strength, 20), errStrength)
	}
	_, err := d.ask(ctx, handling, name, args...)
	if err != nil && !gtp.Fatal(err) {
		return fmt.Errorf("%w; %w", err, errStrength)
	}
	return err
}

// isRank reports whether s is a rank as people say it: "9k", "3d".
func isRank(s string) bool {
	n, err := strconv.Atoi(strings.TrimRight(s, "kd"))
	return err == nil && n >= 1 && n <= 30 && len(s) >= 2 && len(s) <= 3 && (strings.HasSuffix(s, "k") || strings.HasSuffix(s, "d"))
}
