package main

import (
	"errors"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/gobancam/gobancam/internal/config"
	"github.com/gobancam/gobancam/ogs"
)

// challengeFlags are the options of a challenge.
type challengeFlags struct {
	preset                                                     string
	name, time, rules, handicap, komi, color, minRank, maxRank string
	size                                                       int
	ranked, private, noAnalysis, inviteOnly, weekends          bool
	flags                                                      *pflag.FlagSet
}

func (f *challengeFlags) register(cmd *cobra.Command) {
	fl := cmd.Flags()
	f.flags = fl
	fl.StringVar(&f.preset, "preset", "", "`name` of a challenge that 'gobancam challenge presets' lists")
	fl.StringVar(&f.name, "name", "Friendly game", "what the game is called")
	fl.IntVar(&f.size, "size", 19, "the board's size")
	fl.StringVar(&f.time, "time", "20m+5x30s", "`clock`: 20m+5x30s (byo-yomi), 5m+10s or \"5m+10s max 10m\" (Fischer), 10m+5m/25 (Canadian), \"simple 30s\", \"absolute 15m\", none")
	fl.StringVar(&f.rules, "rules", "japanese", "japanese, chinese, aga, korean, ing or nz")
	fl.StringVar(&f.handicap, "handicap", "0", "handicap stones, or \"automatic\" for what the ranks ask for")
	fl.StringVar(&f.komi, "komi", "automatic", "komi, or \"automatic\" for that of the rules")
	fl.StringVar(&f.color, "color", "automatic", "your colour: automatic, black, white or random")
	fl.BoolVar(&f.ranked, "ranked", false, "the game counts for the ranks")
	fl.BoolVar(&f.private, "private", false, "only the players see the game")
	fl.BoolVar(&f.noAnalysis, "no-analysis", false, "neither player may try variations on the server")
	fl.BoolVar(&f.inviteOnly, "invite-only", false, "only who has the link sees the challenge")
	fl.BoolVar(&f.weekends, "pause-on-weekends", false, "the clock of a correspondence game stands on weekends")
	fl.StringVar(&f.minRank, "min-rank", "any", "weakest `rank` that may accept, such as 12k")
	fl.StringVar(&f.maxRank, "max-rank", "any", "strongest `rank` that may accept, such as 3d")
}

// challenge works out the challenge: the defaults, then the preset, then what
// was said on the command line.
func (f *challengeFlags) challenge() (ogs.Challenge, error) {
	c := ogs.NewChallenge(19)
	if f.preset != "" {
		conf, err := config.Read()
		if err != nil {
			return c, err
		}
		p, err := ogs.FindPreset(conf.Presets(), f.preset)
		if err == nil {
			err = p.Apply(&c)
		}
		if err != nil {
			return c, withCode(exitUsage, err)
		}
	}
	analysis := !f.noAnalysis
	var p ogs.Preset
	for name, take := range map[string]func(){
		"name": func() { p.Name = &f.name }, "size": func() { p.Size = &f.size }, "time": func() { p.Time = &f.time },
		"rules": func() { p.Rules = &f.rules }, "handicap": func() { p.Handicap = &f.handicap }, "komi": func() { p.Komi = &f.komi },
		"color": func() { p.Color = &f.color }, "ranked": func() { p.Ranked = &f.ranked }, "private": func() { p.Private = &f.private },
		"no-analysis": func() { p.Analysis = &analysis }, "invite-only": func() { p.InviteOnly = &f.inviteOnly },
		"pause-on-weekends": func() { p.Weekends = &f.weekends }, "min-rank": func() { p.MinRank = &f.minRank }, "max-rank": func() { p.MaxRank = &f.maxRank },
	} {
		if f.flags.Changed(name) {
			take()
		}
	}
	if err := errors.Join(p.Apply(&c), c.Check()); err != nil {
		return c, withCode(exitUsage, err)
	}
	return c, nil
}
