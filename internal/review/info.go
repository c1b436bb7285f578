package review

import (
	"math"
	"strconv"
	"strings"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/gtp"
)

// Candidate is a move that an engine thinks about, as seen by the player to move.
type Candidate struct {
	Point  board.Point
	Visits int
	Win    float64 // 0 to 1
	Score  float64 // points ahead; only if Scored
	Scored bool
	Order  int // 0 is the engine's choice
	PV     []board.Point
}

// maxCandidates bounds what is read of one line, maxPV how far a variation is.
const (
	maxCandidates = 400
	maxPV         = 60
)

// ParseInfo reads a line of kata-analyze or lz-analyze: "info move D4 visits 12
// winrate 0.53 scoreLead 1.5 order 0 pv D4 Q16 info move …". A candidate that
// makes no sense is left out; what is not known is passed over. lz says that win
// rates are counted in ten-thousandths, as Leela Zero does.
//
// The forms are those of KataGo's GTP_Extensions.md and of Leela Zero's README.
func ParseInfo(line string, size int, lz bool) []Candidate {
	var all []Candidate
	words := strings.Fields(line)
	for i := 0; i < len(words) && len(all) < maxCandidates; {
		if words[i] != "info" {
			i++
			continue
		}
		end := i + 1
		for end < len(words) && words[end] != "info" && words[end] != "rootInfo" {
			end++
		}
		if c, ok := parseCandidate(words[i+1:end], size, lz); ok {
			all = append(all, c)
		}
		i = end
	}
	return all
}

// parseCandidate reads the pairs of one candidate.
func parseCandidate(words []string, size int, lz bool) (c Candidate, ok bool) {
	var move, win bool
	var err error
	for i := 0; i+1 < len(words); i += 2 {
		key, value := words[i], words[i+1]
		switch key {
		case "move":
			c.Point, err = gtp.ParseVertex(value, size)
			move = err == nil
		case "visits":
			if c.Visits, err = strconv.Atoi(value); err != nil || c.Visits < 0 {
				return c, false
			}
		case "order":
			if c.Order, err = strconv.Atoi(value); err != nil || c.Order < 0 {
				return c, false
			}
		case "winrate":
			c.Win, err = strconv.ParseFloat(value, 64)
			if lz {
				c.Win /= 10_000
			}
			win = err == nil && c.Win >= 0 && c.Win <= 1
		case "scoreLead", "scoreMean": // the same to KataGo; scoreMean is the older name
			v, err := strconv.ParseFloat(value, 64)
			if err != nil || math.IsNaN(v) || math.Abs(v) > 2*board.MaxSize*board.MaxSize {
				return c, false
			}
			c.Score, c.Scored = v, true
		case "pv":
			c.PV = parsePV(words[i+1:], size)
			return c, move && win
		}
	}
	return c, move && win
}

// parsePV reads vertices up to the first word that is none.
func parsePV(words []string, size int) []board.Point {
	var pv []board.Point
	for _, w := range words {
		p, err := gtp.ParseVertex(w, size)
		if err != nil || len(pv) == maxPV {
			break
		}
		pv = append(pv, p)
	}
	return pv
}

// Best is the engine's choice: that of the lowest order, and of those the one
// with most visits.
func Best(all []Candidate) (best Candidate, ok bool) {
	for _, c := range all {
		if !ok || c.Order < best.Order || c.Order == best.Order && c.Visits > best.Visits {
			best, ok = c, true
		}
	}
	return best, ok
}

// visits counts those of all candidates.
func visits(all []Candidate) int {
	n := 0
	for _, c := range all {
		n = min(n+c.Visits, math.MaxInt32)
	}
	return n
}
