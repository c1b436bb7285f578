package speech

import (
	"fmt"
	"slices"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/match"
)

// Coach counts the player's time down, as a timekeeper does in byo-yomi.
type Coach struct {
	Lang Lang
	// Steps are the numbers of seconds at which something is said, falling;
	// nil for the usual ones, empty for none.
	Steps []int

	number int
	spare  string
	said   int // the last number of seconds that was said
}

// CountdownSteps are the usual steps, a timekeeper's.
var CountdownSteps = []int{30, 20, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1}

// Observe looks at the clocks of a snapshot that is age old and returns what is
// to be said; empty for nothing. urgent is set where the time is a matter of
// seconds.
func (c *Coach) Observe(s *match.Snapshot, age time.Duration) (say string, urgent bool) {
	if s == nil || s.Me == board.Empty || s.ToMove != s.Me || s.Phase != game.Playing || s.Result != nil || s.Paused != nil {
		c.said = 0
		return "", false
	}
	clock := s.Clocks[s.Me-1]
	r, ok := clock.Read(age)
	if !ok || !clock.Running {
		return "", false
	}
	w, steps := vocabulary[c.Lang], c.Steps
	if steps == nil {
		steps = CountdownSteps
	}
	if len(steps) == 0 {
		return "", false
	}
	left := int(r.Left / time.Second)
	if s.Number != c.number || r.Reserve != c.spare {
		began := r.Overtime && r.Reserve == "last" && c.spare != "last" && s.Number == c.number
		c.number, c.spare, c.said = s.Number, r.Reserve, 0
		if began {
			return w.lastPeriod, true
		}
		if slices.Contains(steps, left) {
			c.said = left // a period of 30 seconds is known to have 30
		}
	}
	if r.Reserve != "" && !r.Overtime {
		return "", false // the main time runs out, and periods follow
	}
	for i := len(steps) - 1; i >= 0; i-- {
		step := steps[i]
		if left > step {
			continue
		}
		if c.said != 0 && step >= c.said {
			return "", false
		}
		c.said = step
		if left < step-1 {
			return "", false // too late to be true
		}
		if step <= 10 {
			return fmt.Sprint(step), true
		}
		return fmt.Sprintf(w.secondsLeft, step), true
	}
	return "", false
}
