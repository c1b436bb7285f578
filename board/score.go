package board

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Tally is what one player has at the end.
type Tally struct {
	Stones    int // living stones, if they count
	Territory int // points surrounded
	Prisoners int // stones captured and dead stones of the opponent, if they count
	Handicap  int // compensation for handicap stones
	Komi      float64
}

// Total returns the sum.
func (t Tally) Total() float64 {
	return float64(t.Stones+t.Territory+t.Prisoners+t.Handicap) + t.Komi
}

// Score is the count of a game.
type Score struct {
	Black, White Tally
	// The points that count for each: territory, and living stones where
	// stones count. The rest is dame, or the eyes of a seki.
	BlackPoints, WhitePoints PointSet
}

// Margin returns by how much Black is ahead; it is negative when White is.
func (s Score) Margin() float64 { return s.Black.Total() - s.White.Total() }

// Result returns who won, and by how much.
func (s Score) Result() Result {
	switch m := s.Margin(); {
	case m > 0:
		return Result{Winner: Black, Points: m}
	case m < 0:
		return Result{Winner: White, Points: -m}
	}
	return Result{By: ByPoints}
}

// Score counts the game as it stands under its rules, given what the players
// removed: stones in removed are dead, empty points in removed are dame.
//
// Territory is an empty region that only stones of one colour border, once the
// dead are off. Where the rules give no territory in seki, a group that
// touches dame and has not two eyes is taken to be in seki, and its eyes count
// for nothing; a group is made of chains that share a region, and a region has
// two eyes if it has three points and is not a square of four. So dame should
// be filled, and false eyes too, before the score is asked for; what the
// players see differently they mark as dame. On a server, the server's count
// is the one that counts.
func (g *Game) Score(removed PointSet) Score {
	return CountScore(g.pos, g.setup.Rules, removed, g.setup.Komi, g.setup.Handicap, g.Captures(Black), g.Captures(White))
}

// CountScore counts a position as Game.Score does. blackCaptures are the
// stones that Black captured, whiteCaptures those that White did.
func CountScore(pos Position, rules Rules, removed PointSet, komi float64, handicap, blackCaptures, whiteCaptures int) Score {
	var s Score
	s.White.Komi = komi
	if rules.ScoreHandicap && handicap > 0 {
		s.White.Handicap = handicap
		if rules.HandicapLessOne {
			s.White.Handicap--
		}
	}
	var dame PointSet // said to be so by the players
	prisoners := [3]int{Black: blackCaptures, White: whiteCaptures}
	for p := range removed.All() {
		switch c := pos.At(p); {
		case c != Empty:
			prisoners[c.Opponent()]++
			pos.Set(p, Empty)
		default:
			dame.Add(p)
		}
	}
	if rules.ScorePrisoners {
		s.Black.Prisoners, s.White.Prisoners = prisoners[Black], prisoners[White]
	}
	own := territory(&pos, dame, rules.TerritoryInSeki)
	s.Black.Territory, s.White.Territory = own[Black].Len(), own[White].Len()
	s.BlackPoints, s.WhitePoints = own[Black], own[White]
	if rules.ScoreStones {
		black, white := pos.Stones(Black), pos.Stones(White)
		s.Black.Stones, s.White.Stones = black.Len(), white.Len()
		s.BlackPoints, s.WhitePoints = s.BlackPoints.Union(black), s.WhitePoints.Union(white)
	}
	return s
}

// territory returns the empty points that belong to each colour.
func territory(pos *Position, dame PointSet, inSeki bool) (own [3]PointSet) {
	type region struct {
		points, border PointSet
		owner          Color
	}
	var regions []region
	neutral := dame
	// The points marked as dame are taken off the board by a stone of neither
	// colour while regions are filled.
	const wall = White + 1
	marked := *pos
	for p := range dame.All() {
		marked.Set(p, wall)
	}
	var done PointSet
	for p := range pos.Points() {
		if marked.At(p) != Empty || done.Has(p) {
			continue
		}
		r := region{}
		r.points, r.border = marked.Group(p)
		done = done.Union(r.points)
		var touches [wall + 1]bool
		for q := range r.border.All() {
			touches[marked.At(q)] = true
		}
		switch {
		case touches[Black] && !touches[White]:
			r.owner = Black
		case touches[White] && !touches[Black]:
			r.owner = White
		default:
			neutral = neutral.Union(r.points)
			continue
		}
		regions = append(regions, r)
	}
	if inSeki {
		for _, r := range regions {
			own[r.owner] = own[r.owner].Union(r.points)
		}
		return own
	}
	counted := make([]bool, len(regions))
	for i := range regions {
		if counted[i] {
			continue
		}
		// The group of this region: its chains, their other regions, and so on.
		color, chains := regions[i].owner, PointSet{}
		var eyespace, around PointSet
		eyes, grown := 0, true
		for border := regions[i].border; grown; {
			for q := range border.All() {
				if pos.At(q) == color && !chains.Has(q) {
					chain, next := pos.Group(q)
					chains, around = chains.Union(chain), around.Union(next)
				}
			}
			grown = false
			for j, r := range regions {
				if touching := r.border.Intersect(chains); r.owner != color || counted[j] || touching.IsEmpty() {
					continue
				}
				counted[j], grown = true, true
				eyespace, border = eyespace.Union(r.points), border.Union(r.border)
				eyes += eyesIn(r.points)
			}
		}
		if touched := around.Intersect(neutral); eyes >= 2 || touched.IsEmpty() {
			own[color] = own[color].Union(eyespace)
		}
	}
	return own
}

// eyesIn says whether a region of an agreed position is good for one eye or
// for two.
func eyesIn(region PointSet) int {
	n := region.Len()
	if n < 3 {
		return 1
	}
	if n == 4 {
		for c := range region.cells() {
			if c+MaxSize+1 < cells && region.has(c+1) && region.has(c+MaxSize) && region.has(c+MaxSize+1) {
				return 1
			}
			break
		}
	}
	return 2
}

// EndedBy says how a game was decided.
type EndedBy uint8

// The ways to end a game, as SGF's RE knows them.
const (
	ByPoints EndedBy = iota
	ByResignation
	ByTime
	ByForfeit
	ByUnknown // won by an amount that is not known
	Void      // no result
)

// Result is the outcome of a game. Winner is Empty for a draw and for Void.
type Result struct {
	Winner Color
	By     EndedBy
	Points float64 // the margin, with ByPoints
}

// String returns the result as SGF writes it: "B+3.5", "W+R", "W+T", "B+F",
// "0" for a draw, "Void" for none.
func (r Result) String() string {
	if r.By == Void {
		return "Void"
	}
	if r.Winner != Black && r.Winner != White {
		return "0"
	}
	s := r.Winner.letter() + "+"
	switch r.By {
	case ByResignation:
		return s + "R"
	case ByTime:
		return s + "T"
	case ByForfeit:
		return s + "F"
	case ByPoints:
		return s + strconv.FormatFloat(r.Points, 'f', -1, 64)
	}
	return s
}

// letter returns the colour as SGF names its player.
func (c Color) letter() string {
	if c == White {
		return "W"
	}
	return "B"
}

// ErrResult is wrapped by the error of ParseResult.
var ErrResult = errors.New("not a result")

// ParseResult reads a result as SGF writes it, with the words that servers put
// in place of letters ("W+Resign", "B+Time").
func ParseResult(s string) (Result, error) {
	t := strings.ToLower(strings.TrimSpace(s))
	switch t {
	case "0", "draw", "jigo":
		return Result{}, nil
	case "void":
		return Result{By: Void}, nil
	}
	r := Result{Winner: Black}
	side, by, ok := strings.Cut(t, "+")
	switch side {
	case "b", "black":
	case "w", "white":
		r.Winner = White
	default:
		ok = false
	}
	if !ok {
		return Result{}, fmt.Errorf("%.40q: %w: B+3.5, W+R or 0 are results", s, ErrResult)
	}
	switch by {
	case "r", "resign", "resignation":
		r.By = ByResignation
	case "t", "time", "timeout":
		r.By = ByTime
	case "f", "forfeit":
		r.By = ByForfeit
	case "":
		r.By = ByUnknown
	default:
		p, err := strconv.ParseFloat(by, 64)
		if err != nil || !(p > 0) || math.IsInf(p, 0) {
			return Result{}, fmt.Errorf("%.40q: %w: %q is not a number of points", s, ErrResult, by)
		}
		r.Points = p
	}
	return r, nil
}
