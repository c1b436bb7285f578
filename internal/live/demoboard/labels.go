package demoboard

import (
	"cmp"
	"strings"

	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/live"
)

// Labels are what a demo board says of the game as a whole. What is empty is
// left as it is.
type Labels struct {
	Name    string    `json:"name,omitzero"`
	Rules   string    `json:"rules,omitzero"`
	Komi    float64   `json:"komi"`
	Players [2]Player `json:"players"`          // Black, White
	Outcome string    `json:"outcome,omitzero"` // as SGF writes it, "B+R"
}

// Player is a name and a rank as players say it, "3k"; empty where they are not
// known.
type Player struct {
	Name string `json:"name,omitzero"`
	Rank string `json:"rank,omitzero"`
}

// LabelsOf returns what a demo board of g is to say.
func LabelsOf(g *live.Game) Labels {
	l := Labels{Name: title(g), Rules: g.Rules, Komi: g.Komi, Outcome: g.Result}
	for i, p := range g.Players {
		l.Players[i] = Player{Name: p.Name, Rank: p.Rank}
	}
	return l
}

// title is the name of a game; "" for one of which nothing is known.
func title(g *live.Game) string {
	if g.Name != "" {
		return g.Name
	}
	var parts []string
	for _, s := range [...]string{g.Event, g.Round, pair(g.Players)} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, ", ")
}

func pair(p [2]game.Player) string {
	if p[0].Name == "" && p[1].Name == "" {
		return ""
	}
	return cmp.Or(p[0].Name, "Black") + " – " + cmp.Or(p[1].Name, "White")
}

// label asks for the labels to be set, if they are not.
func (f *Follower) label(out *Output) {
	if f.game == nil || f.gone != "" || f.labeling || f.unlabeled || f.has == nil || !f.checked || !f.controls() {
		return
	}
	want := LabelsOf(f.game)
	if f.memory.Labeled != nil && *f.memory.Labeled == want {
		return
	}
	f.labeling = true
	out.Requests = append(out.Requests, Request{Kind: Label, Labels: want})
}
