package lounge

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/app/programs"
	"github.com/gobancam/gobancam/internal/app/seat"
	"github.com/gobancam/gobancam/internal/engine"
	"github.com/gobancam/gobancam/internal/window"
)

// What can be chosen for a game with a program; the first of each is usual.
var (
	programSizes     = []int{9, 13, 19}
	programColors    = []board.Color{board.Black, board.White}
	programHandicaps = []int{0, 2, 3, 4, 5, 6, 7, 8, 9, -2, -3, -4, -5} // negative: put where Black likes
	programTimes     = []string{"none", "10m+5x30s", "30m", "10m+5m/20"}
)

// terms of a game with a program, as indices of the above.
type programTerms struct{ size, color, handicap, time int }

// next takes the next of what a key changes; ok is false for another key.
func (t *programTerms) next(key string) (ok bool) {
	step := func(i *int, n int) { *i = (*i + 1) % n }
	switch key {
	case "B":
		step(&t.size, len(programSizes))
	case "C":
		step(&t.color, len(programColors))
	case "H":
		step(&t.handicap, len(programHandicaps))
	case "T":
		step(&t.time, len(programTimes))
	default:
		return false
	}
	return true
}

func (t programTerms) String() string {
	size := programSizes[t.size]
	s := fmt.Sprintf("%d×%d · you are %s", size, size, programColors[t.color])
	switch h := programHandicaps[t.handicap]; {
	case h > 0:
		s += fmt.Sprintf(" · handicap %d", h)
	case h < 0:
		s += fmt.Sprintf(" · handicap %d, put freely", -h)
	default:
		s += " · no handicap"
	}
	if time := programTimes[t.time]; time == "none" {
		s += " · no clock"
	} else {
		s += " · " + time
	}
	return s
}

// programs chooses a program to play against, and the terms. No account and no
// network is needed for it.
func (l *Lounge) programs(ctx context.Context) (page, error) {
	list, found, err := programs.List()
	if err != nil {
		return l.trouble("The configuration cannot be used", err, l.programs, l.start, "Back"), nil
	}
	for {
		m := &window.Menu{Name: "programs", Title: "Play a program", Sub: l.terms.String(),
			Text:  "No account and no network is needed: the program plays on this computer.",
			Empty: "No program is found on this computer. GNU Go is in most distributions as gnugo; others are named in the configuration under [engines].",
			Buttons: []window.Choice{{Key: "Enter", Label: "Play", Lead: true, Off: len(list) == 0}, {Key: "B", Label: "Board"}, {Key: "C", Label: "Colour"},
				{Key: "H", Label: "Handicap"}, {Key: "T", Label: "Time"}, {Key: "Escape", Label: "Back"}}}
		for _, k := range found {
			if k.Line == "" && !slices.ContainsFunc(list, func(p programs.Program) bool { return strings.HasPrefix(p.Line, k.Name) }) {
				m.Text += fmt.Sprintf(" %s is installed, too: the configuration has to say its files.", k.Title)
			}
		}
		for _, p := range list {
			m.Items = append(m.Items, window.Item{Key: p.Name, Title: p.Title, Detail: p.Line})
			if p.Strength == "" {
				continue
			}
			for _, strength := range engine.Presets {
				m.Items = append(m.Items, window.Item{Key: p.Name + " " + strength, Title: p.Title + ", " + strength, Detail: p.Line})
			}
		}
		a, ok := l.ask(ctx, m)
		switch {
		case !ok:
			return nil, nil
		case a.Key == "Escape":
			return l.start, nil
		case l.terms.next(a.Key):
		case a.Item != "":
			return l.begin(a.Item), nil
		}
	}
}

// begin plays with the program of this name, or of this name and strength, on
// the terms that were chosen.
func (l *Lounge) begin(name string) page {
	name, strength, _ := strings.Cut(name, " ")
	return func(ctx context.Context) (page, error) {
		rules, err := board.ParseRules("japanese")
		g := seat.ProgramGame{Strength: strength}
		if err == nil {
			g.Time, err = engine.ParseTime(programTimes[l.terms.time])
		}
		if err == nil {
			g.Line, err = programs.Resolve(name, rules)
		}
		if err != nil {
			return l.trouble("There is no game", err, l.programs, nil, ""), nil
		}
		handicap := programHandicaps[l.terms.handicap]
		if handicap < 0 {
			rules.FreeHandicap, handicap = true, -handicap
		}
		g.Setup = board.Setup{Size: programSizes[l.terms.size], Rules: rules, Handicap: handicap, Komi: rules.KomiFor(handicap)}
		g.Me, g.You = programColors[l.terms.color], "You"
		if l.opt.ProgramGoesOn != nil {
			g.GoOn = l.opt.ProgramGoesOn(name, strength)
		}
		return l.withProgram(g), nil
	}
}

// withProgram plays a game against a program to its end.
func (l *Lounge) withProgram(g seat.ProgramGame) page {
	return func(ctx context.Context) (page, error) {
		l.window.Clear()
		l.window.ShowMenu(nil)
		if l.hush != nil {
			l.hush()
		}
		err := l.seat.PlayProgram(ctx, g)
		l.hush = l.seat.Lines.Ignore(l.ctx)
		l.seat.Eyes.Store(nil)
		switch {
		case l.window.Left() || ctx.Err() != nil, l.opt.Program != nil && err != nil:
			return nil, err
		case l.opt.Program != nil:
			return l.read(ctx, nil)
		case err != nil:
			return l.trouble("The game was left", err, l.programs, l.start, "Back"), nil
		}
		return l.read(ctx, l.programs)
	}
}
