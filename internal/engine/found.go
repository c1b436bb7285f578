package engine

import (
	"context"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/gtp"
)

// Known is a program that gobancam knows how to start.
type Known struct {
	Name  string // as it is called in the file system: "gnugo"
	Title string // as people call it
	// Line is its command line; "" where it does not start without more being
	// said, and then Needs tells what.
	Line  string
	Needs string
	// Strength says what a strength means to it; "" if it has none that can be
	// set.
	Strength string
}

// known are the programs that are looked for. The command lines are those of
// their manuals; only GNU Go's was tried.
var known = []Known{
	{Name: "gnugo", Title: "GNU Go", Line: "gnugo --mode gtp", Strength: "a level, 1 to 10"},
	{Name: "pachi", Title: "Pachi", Line: "pachi"},
	{Name: "fuego", Title: "Fuego", Line: "fuego", Strength: "simulated games a move"},
	{Name: "katago", Title: "KataGo", Needs: "katago gtp -model FILE -config FILE", Strength: "visits, or a rank like 9k with its human network"},
	{Name: "leelaz", Title: "Leela Zero", Needs: "leelaz --gtp --noponder -w FILE", Strength: "visits"},
}

// Installed returns the programs that are found on this computer.
func Installed() (found []Known) {
	for _, k := range known {
		if _, err := gtp.Find(k.Name); err == nil {
			found = append(found, k)
		}
	}
	return found
}

// KnownAs returns the program of this name.
func KnownAs(name string) (Known, bool) {
	for _, k := range known {
		if k.Name == name {
			return k, true
		}
	}
	return Known{}, false
}

// LineFor is the command line of a known program for a game by these rules:
// some can be told them nowhere else.
func (k Known) LineFor(r board.Rules) string {
	if k.Name == "gnugo" && r.ScoreStones {
		return k.Line + " --chinese-rules"
	}
	return k.Line
}

// Command returns what starts the program of a command line.
func Command(line string) func(context.Context) (Program, error) {
	return func(ctx context.Context) (Program, error) {
		c, err := gtp.Start(ctx, line)
		if err != nil {
			return nil, err // and no Program that is a nil
		}
		return c, nil
	}
}
