package challongetest

import (
	"slices"
	"sort"
)

// points counts a win as 2, a tie or a free round as 1 (of Swiss: 2).
func (st *stage) points(p *participant) int {
	n, rounds := 0, map[int]bool{}
	last := 0
	for _, m := range st.matches {
		last = max(last, m.round)
		if !slices.Contains(m.players[:], p) {
			continue
		}
		rounds[m.round] = true
		switch {
		case m.won() == p:
			n += 2
		case m.done && m.tie:
			n++
		}
	}
	if st.kind == "swiss" {
		n += 2 * (last - len(rounds))
	}
	return n
}

// standings orders the players by points, then by seed.
func (st *stage) standings() []*participant {
	table := slices.Clone(st.players)
	sort.SliceStable(table, func(i, j int) bool {
		if a, b := st.points(table[i]), st.points(table[j]); a != b {
			return a > b
		}
		return table[i].seed < table[j].seed
	})
	return table
}

// ranked is a player with a place, which others may share.
type ranked struct {
	who   *participant
	place int
}

// ranked orders the players of a stage that is over.
func (st *stage) ranked() (list []ranked) {
	if st.kind == "round robin" || st.kind == "swiss" {
		for i, p := range st.standings() {
			place := i + 1
			if i > 0 && st.points(list[i-1].who) == st.points(p) {
				place = list[i-1].place
			}
			list = append(list, ranked{p, place})
		}
		return list
	}
	// In an elimination whoever falls later is before those who fell earlier;
	// those who fall for good in one round share a place.
	fell := map[*participant]int{} // how late each did
	var third *match
	var champion *participant
	for _, m := range st.matches {
		late := m.round
		switch {
		case m.name == "3P":
			third = m
			continue
		case m.round < 0:
			late = -m.round
		case st.kind == "double elimination":
			late = 1 << 10 // the last one that could be lost
		}
		if m.done && m.round > 0 {
			champion = m.won()
		}
		if p := m.lost(); p != nil {
			fell[p] = late
		}
	}
	fell[champion] = 1 << 20
	players := slices.Clone(st.players)
	sort.SliceStable(players, func(i, j int) bool { return fell[players[i]] > fell[players[j]] })
	for i, p := range players {
		place := i + 1
		if i > 0 && fell[players[i-1]] == fell[p] {
			place = list[i-1].place
		}
		list = append(list, ranked{p, place})
	}
	if third != nil {
		for i := range list {
			switch list[i].who {
			case third.won():
				list[i].place = 3
			case third.lost():
				list[i].place = 4
			}
		}
	}
	return list
}

// rank gives everybody a final rank: who did not come through the groups stands
// behind those who did.
func (t *tournament) rank() {
	last := t.stages[len(t.stages)-1]
	for _, r := range last.ranked() {
		r.who.rank = r.place
	}
	for _, st := range t.stages[:len(t.stages)-1] {
		for _, r := range st.ranked() {
			if r.who.rank == 0 {
				r.who.rank = len(last.players) + 1
			}
		}
	}
}
