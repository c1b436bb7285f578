package ogs

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// A Preset is a part of a challenge: what it leaves out stays as it was. In a
// configuration its keys are those of PresetKeys.
type Preset struct {
	Name        *string // of the game
	Size        *int
	Time        *string // as ParseTimeControl reads it
	Rules       *string
	Handicap    *string // a number, or "automatic"
	Komi        *string // a number, or "automatic"
	Color       *string
	Ranked      *bool
	Private     *bool
	Analysis    *bool
	InviteOnly  *bool   `toml:"invite_only"`
	Weekends    *bool   `toml:"pause_on_weekends"`
	MinRank     *string `toml:"min_rank"` // "12k", "3d" or "any"
	MaxRank     *string `toml:"max_rank"`
	Description string  `toml:"description"`
}

// BuiltinPresets are there without a configuration.
func BuiltinPresets() map[string]Preset {
	p := func(size int, time, words string) Preset { return Preset{Size: &size, Time: &time, Description: words} }
	return map[string]Preset{
		"club evening": p(19, "20m+5x30s", "a game as in the club"),
		"long evening": p(19, "45m+5x1m", "with time to think"),
		"lunch break":  p(13, "10m+5x20s", "13×13, about half an hour"),
		"quick":        p(9, "5m+5x20s", "9×9, about a quarter of an hour"),
	}
}

// PresetKeys are the keys of a preset as a configuration has them.
func PresetKeys() []string {
	var keys []string
	for f := range reflect.TypeFor[Preset]().Fields() {
		keys = append(keys, cmp.Or(f.Tag.Get("toml"), strings.ToLower(f.Name)))
	}
	return keys
}

// Check says why no challenge can be made of a preset; nil if one can.
func (p *Preset) Check() error {
	c := NewChallenge(19)
	return errors.Join(p.Apply(&c), c.Check())
}

// FindPreset finds a preset by its name, in any case; the beginning of a name
// will do if it is of only one.
func FindPreset(presets map[string]Preset, name string) (Preset, error) {
	var found []string
	for _, n := range slices.Sorted(maps.Keys(presets)) {
		if strings.EqualFold(n, name) {
			return presets[n], nil
		}
		if len(name) <= len(n) && strings.EqualFold(n[:len(name)], name) {
			found = append(found, n)
		}
	}
	if len(found) == 1 {
		return presets[found[0]], nil
	}
	return Preset{}, fmt.Errorf("there is no challenge %q; there are %s", name, strings.Join(slices.Sorted(maps.Keys(presets)), ", "))
}

// Apply changes c as p says.
func (p *Preset) Apply(c *Challenge) error {
	var errs []error
	set(&c.Name, p.Name)
	if p.Size != nil {
		c.Width, c.Height = *p.Size, *p.Size
	}
	if p.Time != nil {
		t, err := ParseTimeControl(*p.Time)
		errs = append(errs, err)
		t.PauseOnWeekends = c.Time.PauseOnWeekends
		c.Time = t
	}
	set(&c.Rules, p.Rules)
	if p.Handicap != nil {
		n, err := strconv.Atoi(*p.Handicap)
		if strings.EqualFold(*p.Handicap, "automatic") {
			n, err = -1, nil
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("handicap %q is neither a number nor \"automatic\"", *p.Handicap))
		}
		c.Handicap = n
	}
	if p.Komi != nil {
		if strings.EqualFold(*p.Komi, "automatic") {
			c.Komi = nil
		} else if k, err := strconv.ParseFloat(*p.Komi, 64); err == nil {
			c.Komi = &k
		} else {
			errs = append(errs, fmt.Errorf("komi %q is neither a number nor \"automatic\"", *p.Komi))
		}
	}
	set(&c.Color, p.Color)
	set(&c.Ranked, p.Ranked)
	set(&c.Private, p.Private)
	set(&c.InviteOnly, p.InviteOnly)
	set(&c.Time.PauseOnWeekends, p.Weekends)
	if p.Analysis != nil {
		c.NoAnalysis = !*p.Analysis
	}
	for _, r := range []struct {
		to   *int
		from *string
		any  int
	}{{&c.MinRank, p.MinRank, AnyMinRank}, {&c.MaxRank, p.MaxRank, AnyMaxRank}} {
		if r.from == nil {
			continue
		}
		if strings.EqualFold(*r.from, "any") {
			*r.to = r.any
			continue
		}
		rank, err := ParseRank(*r.from)
		errs = append(errs, err)
		*r.to = rank
	}
	return errors.Join(errs...)
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// ParseRank reads "12k" or "3d" as the server's number: 0 is 30 kyu, 29 is 1
// kyu, 30 is 1 dan.
func ParseRank(s string) (int, error) {
	s = strings.ToLower(strings.TrimSpace(s))
	if s != "" {
		n, err := strconv.Atoi(s[:len(s)-1])
		switch {
		case err != nil:
		case s[len(s)-1] == 'k' && n >= 1 && n <= 30:
			return 30 - n, nil
		case s[len(s)-1] == 'd' && n >= 1 && n <= 9:
			return 29 + n, nil
		}
	}
	return 0, fmt.Errorf("%q is no rank like 12k or 3d", s)
}

// FormatRank is the server's number as a rank: "12k", "3d".
func FormatRank(r float64) string {
	switch n := int(r); {
	case r <= -900 || r >= 900:
		return "any"
	case n < 30:
		return fmt.Sprintf("%dk", min(30-n, 30))
	default:
		return fmt.Sprintf("%dd", min(n-29, 9))
	}
}
