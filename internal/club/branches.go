package club

import "slices"

// Branches lists the matches that have a result and would lose it if the
// result of m went away: in an elimination those that its players came to
// through m, in Swiss every later round, in round robin none.
func Branches(t Tournament, matches []Match, m Match) []Match {
	matches = slices.DeleteFunc(slices.Clone(matches), func(x Match) bool { return x.Group != m.Group })
	var lost []Match
	switch t.FormOf(m) {
	case RoundRobin, FreeForAll:
		return nil
	case Swiss:
		for _, x := range matches {
			if x.Round > m.Round && x.State == Complete {
				lost = append(lost, x)
			}
		}
		return lost
	}
	seen := map[string]bool{m.ID: true}
	var follow func(m Match)
	follow = func(m Match) {
		for _, p := range []string{m.Player1, m.Player2} {
			// The next match of each: losers go on too, in double
			// elimination and to the match for the third place.
			best := -1
			for i, x := range matches {
				after := x.PlayOrder > m.PlayOrder
				if x.PlayOrder == 0 || m.PlayOrder == 0 {
					after = x.Round > m.Round
				}
				if after && x.Has(p) && (best < 0 || x.PlayOrder < matches[best].PlayOrder) {
					best = i
				}
			}
			if best >= 0 && !seen[matches[best].ID] && matches[best].State == Complete {
				seen[matches[best].ID] = true
				lost = append(lost, matches[best])
				follow(matches[best])
			}
		}
	}
	follow(m)
	return lost
}
