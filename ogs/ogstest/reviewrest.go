package ogstest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/gobancam/gobancam/board"
)

// demoFields are what the body of POST demos has to hold: OGS's page sends them
// all.
var demoFields = []string{"name", "rules", "width", "height", "black_name", "black_ranking", "black_pro",
	"white_name", "white_ranking", "white_pro", "private", "komi_auto"}

// postedDemo is the body of POST demos.
type postedDemo struct {
	Name, Rules   string
	Width, Height int
	BlackName     string   `json:"black_name"`
	BlackRank     *float64 `json:"black_ranking"`
	BlackPro      *float64 `json:"black_pro"`
	WhiteName     string   `json:"white_name"`
	WhiteRank     *float64 `json:"white_ranking"`
	WhitePro      *float64 `json:"white_pro"`
	Private       *bool
	KomiAuto      string `json:"komi_auto"`
	Komi          *float64
	Record        int64 `json:"tournament_record_id"`
	Round         int64 `json:"tournament_record_round_id"`
}

// parseDemo reads the body of a demo board; its error is what a well-behaved
// client does not do.
func parseDemo(body []byte) (*postedDemo, error) {
	p := new(postedDemo)
	var raw map[string]json.RawMessage
	if json.Unmarshal(body, &raw) != nil || json.Unmarshal(body, p) != nil {
		return nil, fmt.Errorf("a demo board that is no JSON of the right form: %.200s", body)
	}
	for _, f := range demoFields {
		if _, ok := raw[f]; !ok {
			return nil, fmt.Errorf("a demo board without %s", f)
		}
	}
	if p.BlackRank == nil || p.WhiteRank == nil || p.BlackPro == nil || p.WhitePro == nil || p.Private == nil {
		return nil, fmt.Errorf("a demo board with a rank or a switch that is null")
	}
	if _, has := raw["komi"]; p.KomiAuto != "automatic" && p.KomiAuto != "custom" || p.KomiAuto == "custom" && !has {
		return nil, fmt.Errorf("a demo board with komi_auto %q and komi there: %v", p.KomiAuto, has)
	}
	if *p.BlackRank > 1000 || *p.WhiteRank > 1000 {
		return nil, fmt.Errorf("a demo board with the ranks %v and %v: of a professional's, 1000 is to be taken off", *p.BlackRank, *p.WhiteRank)
	}
	return p, nil
}

// reviewRules are those that OGS knows.
var reviewRules = []string{"aga", "chinese", "ing", "japanese", "korean", "nz"}

// refused says in the server's words why a demo board that is in order is not made;
// empty if it is.
func (p *postedDemo) refused() string {
	switch {
	case p.Name == "" || len([]rune(p.Name)) > 200 || len([]rune(p.BlackName)) > 200 || len([]rune(p.WhiteName)) > 200:
		return "A name is missing or too long."
	case !slices.Contains(reviewRules, p.Rules):
		return "There are no such rules."
	case p.Width < 1 || p.Width > 25 || p.Height < 1 || p.Height > 25:
		return "Invalid board size."
	case p.Width != p.Height || p.Width < board.MinSize:
		return "This server has square boards only."
	case *p.BlackPro != 0 && *p.BlackPro != 1 || *p.WhitePro != 0 && *p.WhitePro != 1:
		return "A player is a professional or not."
	}
	return ""
}

func (s *Server) postDemo(w http.ResponseWriter, u *User, body []byte) {
	p, err := parseDemo(body)
	if err != nil {
		s.violation("%v", err)
		serverError(w)
		return
	}
	if why := p.refused(); why != "" {
		detail(w, http.StatusBadRequest, why)
		return
	}
	var round *RecordRound
	if p.Record != 0 || p.Round != 0 {
		t := s.records[p.Record]
		if t == nil || t.round(p.Round) == nil {
			detail(w, http.StatusBadRequest, "There is no such round of a tournament record.")
			return
		}
		if !t.edits(u) {
			detail(w, http.StatusForbidden, "You do not have permission to perform this action.")
			return
		}
		round = t.round(p.Round)
	}
	d := DemoSetup{Name: p.Name, Rules: p.Rules, Size: p.Width, Black: p.BlackName, White: p.WhiteName, BlackRank: int(*p.BlackRank),
		WhiteRank: int(*p.WhiteRank), BlackPro: *p.BlackPro == 1, WhitePro: *p.WhitePro == 1, Private: *p.Private}
	if p.KomiAuto == "custom" {
		d.Komi = p.Komi
	}
	r := s.addDemo(u, d)
	if round != nil {
		s.enter(round, r, nil, "")
	}
	reply(w, http.StatusOK, map[string]any{"id": r.ID, "name": d.Name})
}

// reviewOpen answers what anybody may ask about reviews and tournament records.
func (s *Server) reviewOpen(w http.ResponseWriter, req *http.Request, u *User, key string, part []string) bool {
	switch key {
	case "GET reviews/#", "GET reviews/#/sgf":
		r := s.reviews[number(part[1])]
		switch {
		case r == nil:
			detail(w, http.StatusNotFound, "Not found.")
		case !r.sees(u):
			detail(w, http.StatusForbidden, "You do not have permission to perform this action.")
		case len(part) == 3:
			w.Header().Set("Content-Type", "application/x-go-sgf")
			w.Write([]byte(r.sgf(req.URL.Query().Get("without-comments") == "")))
		default:
			reply(w, http.StatusOK, map[string]any{"id": r.ID, "name": r.setup.Name, "owner": s.player(r.owner), "private": r.setup.Private, "gamedata": r.head})
		}
	case "GET tournament_records/#":
		t := s.records[number(part[1])]
		if t == nil {
			detail(w, http.StatusNotFound, "Not found.")
			return true
		}
		reply(w, http.StatusOK, t.json(u))
	default:
		return false
	}
	return true
}

// reviewSigned answers what an account is needed for; false if it is none of it.
func (s *Server) reviewSigned(w http.ResponseWriter, u *User, key string, part []string, body []byte) bool {
	switch key {
	case "POST demos":
		s.postDemo(w, u, body)
		return true
	case "POST games/#/reviews":
		g := s.games[number(part[1])]
		if g == nil {
			detail(w, http.StatusNotFound, "Not found.")
			return true
		}
		reply(w, http.StatusOK, map[string]any{"id": s.addReview(u, g).ID})
		return true
	case "PATCH reviews/#", "DELETE reviews/#", "POST reviews/#/acl":
	default:
		return false
	}
	r := s.reviews[number(part[1])]
	switch {
	case r == nil:
		detail(w, http.StatusNotFound, "Not found.")
	case r.owner != u:
		detail(w, http.StatusForbidden, "You do not have permission to perform this action.")
	case strings.HasPrefix(key, "DELETE"):
		delete(s.reviews, r.ID)
		w.WriteHeader(http.StatusNoContent)
	case strings.HasPrefix(key, "PATCH"):
		r.patch(w, body)
	default:
		var d struct {
			Player int64 `json:"player_id"`
		}
		if json.Unmarshal(body, &d) != nil || s.user(d.Player) == nil {
			detail(w, http.StatusBadRequest, "There is no such player.")
			return true
		}
		r.admitted = append(r.admitted, s.user(d.Player))
		reply(w, http.StatusOK, map[string]any{"success": "Access granted"})
	}
	return true
}

// patch changes what stands beside the moves. Whoever watches is told with the
// next full state only: what OGS tells them is not known.
func (r *Review) patch(w http.ResponseWriter, body []byte) {
	d := r.setup
	var raw map[string]json.RawMessage
	if json.Unmarshal(body, &raw) != nil {
		r.s.violation("PATCH of a review that is no JSON object: %.80s", body)
		detail(w, http.StatusBadRequest, "Bad request.")
		return
	}
	flag := func(to *bool) func(json.RawMessage) error {
		return func(b json.RawMessage) error {
			if string(b) == "0" || string(b) == "1" {
				*to = string(b) == "1"
				return nil
			}
			return json.Unmarshal(b, to)
		}
	}
	into := func(to any) func(json.RawMessage) error {
		return func(b json.RawMessage) error { return json.Unmarshal(b, to) }
	}
	fields := map[string]func(json.RawMessage) error{
		"name": into(&d.Name), "outcome": into(&d.Outcome), "komi": into(&d.Komi), "rules": into(&d.Rules),
		"black_player_name": into(&d.Black), "black_player_rank": into(&d.BlackRank), "black_player_pro": flag(&d.BlackPro),
		"white_player_name": into(&d.White), "white_player_rank": into(&d.WhiteRank), "white_player_pro": flag(&d.WhitePro)}
	for name, b := range raw {
		set := fields[name]
		if set == nil || set(b) != nil {
			r.s.violation("PATCH of a review with %s: %.80s", name, b)
			detail(w, http.StatusBadRequest, "Bad request.")
			return
		}
	}
	if d.Name == "" || !slices.Contains(reviewRules, d.Rules) {
		detail(w, http.StatusBadRequest, "Bad request.")
		return
	}
	r.setup = d
	r.name()
	reply(w, http.StatusOK, map[string]any{"success": "Review updated"})
}

// sgf is the record of a review.
func (r *Review) sgf(texts bool) string {
	d := &r.setup
	var b strings.Builder
	quote := strings.NewReplacer(`\`, `\\`, `]`, `\]`)
	fmt.Fprintf(&b, "(;FF[4]CA[UTF-8]GM[1]SZ[%d]GN[%s]PB[%s]PW[%s]KM[%g]RU[%s]", d.Size, quote.Replace(d.Name), quote.Replace(d.Black), quote.Replace(d.White), d.komi(), d.Rules)
	if d.Outcome != "" {
		fmt.Fprintf(&b, "RE[%s]", quote.Replace(d.Outcome))
	}
	var node func(v *vertex)
	node = func(v *vertex) {
		if v.parent != nil {
			name := map[bool][]string{false: {"B", "B", "W"}, true: {"AE", "AB", "AW"}}[v.edited][v.color]
			fmt.Fprintf(&b, ";%s[%s]", name, v.point.SGF())
		}
		if texts && v.text != "" {
			fmt.Fprintf(&b, "C[%s]", quote.Replace(v.text))
		}
		for _, k := range v.kids {
			if len(v.kids) > 1 {
				b.WriteString("(")
			}
			node(k)
			if len(v.kids) > 1 {
				b.WriteString(")")
			}
		}
	}
	node(r.tree.root)
	b.WriteString(")\n")
	return b.String()
}
