package board

import (
	"fmt"
	"strings"
)

// Ko says which repetitions of a position are forbidden.
type Ko uint8

// The kinds of ko rule, from the laxest.
const (
	// KoFree forbids no repetition.
	KoFree Ko = iota
	// SimpleKo forbids to restore the position before the opponent's move.
	// Longer cycles are allowed; under Japanese and Korean rules they end a
	// game without result, which the players agree on.
	SimpleKo
	// SituationalSuperko also forbids any earlier position of the game with
	// the same player to move.
	SituationalSuperko
	// PositionalSuperko also forbids any earlier position of the game.
	PositionalSuperko
)

// String names the rule.
func (k Ko) String() string {
	switch k {
	case KoFree:
		return "no ko rule"
	case SimpleKo:
		return "simple ko"
	case SituationalSuperko:
		return "situational superko"
	case PositionalSuperko:
		return "positional superko"
	}
	return fmt.Sprintf("Ko(%d)", uint8(k))
}

// Rules are the rules of a game where sets of rules differ. The fields follow
// the flags that online-go.com sends with a game; a set is got from ParseRules
// and its fields may then be changed. (That server compares a position with
// the last 30 only; here superko looks at the whole game. Its komi for Ing is
// 7.5, where Ing's book has 8.) The zero value has no name and is simple
// ko without suicide, fixed handicap and nothing but territory scored.
type Rules struct {
	Name string // japanese, chinese, aga, korean, ing or nz

	Komi    float64 // without handicap; with one, see KomiFor
	Ko      Ko
	Suicide bool // a move that captures only its own chain is legal

	// FreeHandicap lets Black put the handicap stones where he likes, as his
	// first moves in a row; otherwise they stand on the hoshi.
	FreeHandicap bool

	// What counts besides territory.
	ScoreStones     bool // living stones: area scoring
	ScorePrisoners  bool // stones captured and dead: territory scoring
	ScoreHandicap   bool // White gets a point for every handicap stone
	HandicapLessOne bool // ... but the first (AGA)
	TerritoryInSeki bool // eyes of groups in seki count

	// WhitePassesLast asks for a third pass when White was first to pass.
	WhitePassesLast bool
	// OpponentResumes gives the first move to the opponent of the player who
	// wants to go on after both passed.
	OpponentResumes bool
}

// The rule sets, in the order in which online-go.com lists them.
var ruleSets = [...]Rules{
	{Name: "aga", Komi: 7.5, Ko: SituationalSuperko, ScoreStones: true,
		ScoreHandicap: true, HandicapLessOne: true, TerritoryInSeki: true, WhitePassesLast: true},
	{Name: "chinese", Komi: 7.5, Ko: PositionalSuperko, FreeHandicap: true, ScoreStones: true,
		ScoreHandicap: true, TerritoryInSeki: true},
	{Name: "ing", Komi: 7.5, Ko: PositionalSuperko, Suicide: true, FreeHandicap: true, ScoreStones: true,
		ScoreHandicap: true, TerritoryInSeki: true},
	{Name: "japanese", Komi: 6.5, Ko: SimpleKo, ScorePrisoners: true, OpponentResumes: true},
	{Name: "korean", Komi: 6.5, Ko: SimpleKo, ScorePrisoners: true, OpponentResumes: true},
	{Name: "nz", Komi: 7, Ko: SituationalSuperko, Suicide: true, FreeHandicap: true, ScoreStones: true,
		TerritoryInSeki: true},
}

// ParseRules returns the set of rules of this name, as online-go.com or SGF
// writes it, in any case.
func ParseRules(name string) (Rules, error) {
	s := strings.ToLower(strings.TrimSpace(name))
	switch s {
	case "new zealand", "new_zealand", "nzl":
		s = "nz"
	case "goe":
		s = "ing"
	case "jp":
		s = "japanese"
	case "cn":
		s = "chinese"
	}
	names := make([]string, len(ruleSets))
	for i, r := range ruleSets {
		if r.Name == s {
			return r, nil
		}
		names[i] = r.Name
	}
	return Rules{}, fmt.Errorf("rules %q are not known: there are %s", name, strings.Join(names, ", "))
}
