package ogstest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gobancam/gobancam/board"
)

// DemoSetup is what a demo board shows. Zero values are defaults.
type DemoSetup struct {
	Name                 string // "Demo Board"
	Rules                string // japanese
	Size                 int    // 19
	Komi                 *float64
	Black, White         string // names
	BlackRank, WhiteRank int
	BlackPro, WhitePro   bool
	Private              bool
	Outcome              string
}

// A Review is a review or demo board on a server: a log of messages, and the tree
// that they make. Its methods may be called from any goroutine.
type Review struct {
	s          *Server
	ID         int64
	owner      *User
	controller *User
	handed     time.Time // when the control was last handed on
	admitted   []*User   // who sees it although it is private
	demo       bool
	game       *Game // that is reviewed; nil for a demo board
	setup      DemoSetup
	head       map[string]any // its gamedata
	log        []map[string]any
	tree       *sketch
	held       []func() // appends that wait for the next one
	struck     bool     // a fault has struck a message of it, so that later ones may not fit
}

// AddDemo makes a demo board, as POST demos does.
func (s *Server) AddDemo(owner *User, d DemoSetup) *Review {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addDemo(owner, d)
}

func (s *Server) addDemo(owner *User, d DemoSetup) *Review {
	if d.Name == "" {
		d.Name = "Demo Board"
	}
	if d.Rules == "" {
		d.Rules = "japanese"
	}
	if d.Size == 0 {
		d.Size = 19
	}
	r := &Review{s: s, owner: owner, controller: owner, demo: true, setup: d}
	r.tree = newSketch(d.Size, board.NewPosition(d.Size), board.Black, 0)
	r.head = map[string]any{"game_name": d.Name, "width": d.Size, "height": d.Size, "rules": d.Rules, "komi": d.komi(), "handicap": 0,
		"private": d.Private, "phase": "finished", "initial_player": "black", "initial_state": map[string]string{"black": "", "white": ""}, "moves": []any{}}
	r.name()
	s.nextID++
	r.ID = s.nextID
	s.reviews[r.ID] = r
	return r
}

// komi is that of the rules unless it was given.
func (d *DemoSetup) komi() float64 {
	if d.Komi != nil {
		return *d.Komi
	}
	switch d.Rules {
	case "chinese", "aga", "ing":
		return 7.5
	case "nz":
		return 7
	}
	return 6.5
}

// name writes the players, and what else can be changed, into the gamedata.
func (r *Review) name() {
	d := &r.setup
	name, pro := "name", "pro"
	if r.s.opt.OldForms || !r.demo {
		name, pro = "username", "professional"
	}
	r.head["players"] = map[string]any{
		"black": map[string]any{"id": 0, name: d.Black, "rank": d.BlackRank, pro: d.BlackPro},
		"white": map[string]any{"id": 0, name: d.White, "rank": d.WhiteRank, pro: d.WhitePro}}
	r.head["game_name"], r.head["rules"], r.head["komi"] = d.Name, d.Rules, d.komi()
	if d.Outcome != "" {
		r.head["outcome"] = d.Outcome
	}
}

// AddReview makes a review of a game, as POST games/<id>/reviews does.
func (s *Server) AddReview(owner *User, g *Game) *Review {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addReview(owner, g)
}

func (s *Server) addReview(owner *User, g *Game) *Review {
	r := &Review{s: s, owner: owner, controller: owner, game: g, head: g.data(), setup: DemoSetup{Name: g.spec.Name, Size: g.spec.Size}}
	setup, free := g.board.Setup(), 0
	pos := board.NewPosition(g.spec.Size)
	for c, points := range [...][]board.Point{board.Black: setup.Black, board.White: setup.White} {
		for _, p := range points {
			pos.Set(p, board.Color(c))
		}
	}
	if g.rules.FreeHandicap {
		free = g.spec.Handicap
	}
	r.tree = newSketch(g.spec.Size, pos, setup.First, free)
	for _, m := range g.board.Moves() {
		r.tree.extend(m.Point)
	}
	s.nextID++
	r.ID = s.nextID
	s.reviews[r.ID] = r
	return r
}

// Review returns a review or demo board, nil if there is none with this number.
func (s *Server) Review(id int64) *Review {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reviews[id]
}

// Reviews lists all reviews and demo boards, the oldest first.
func (s *Server) Reviews() []*Review {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []*Review
	for _, r := range s.reviews {
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b *Review) int { return int(a.ID - b.ID) })
	return list
}

// MainLine is where one comes to who always goes on: "pd dp .. !1qq".
func (r *Review) MainLine() string {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	return r.tree.root.mainEnd().line()
}

// Shown is the line that viewers are shown.
func (r *Review) Shown() string {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	return r.tree.now.line()
}

// Tree is the whole tree as text: `pd"a note" dp(cc dd)(qq)`.
func (r *Review) Tree() string {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	var b strings.Builder
	r.tree.root.all(&b)
	return b.String()
}

// Text is the text of the node that viewers are shown.
func (r *Review) Text() string {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	return r.tree.now.text
}

// Texts are those of the nodes on the main line that have one, the root's first.
func (r *Review) Texts() []string {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	var list []string
	for _, v := range append([]*vertex{r.tree.root}, r.tree.root.mainEnd().path()...) {
		if v.text != "" {
			list = append(list, v.text)
		}
	}
	return list
}

// Board is what lies on the board that viewers are shown.
func (r *Review) Board() board.Position {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	return r.tree.board(r.tree.now)
}

// ToMove is who plays next there.
func (r *Review) ToMove() board.Color {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	return r.tree.turn(r.tree.now)
}

// Setup is what stands beside the moves.
func (r *Review) Setup() DemoSetup {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	return r.setup
}

// Log is everything that was taken, in order, as it is told.
func (r *Review) Log() []string {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	var list []string
	for _, m := range r.log {
		b, _ := json.Marshal(m)
		list = append(list, string(b))
	}
	return list
}

// Owner is who made it.
func (r *Review) Owner() *User { return r.owner }

// Controller is whose messages count.
func (r *Review) Controller() *User {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	return r.controller
}

// GiveControl hands the control to a player, as its owner does.
func (r *Review) GiveControl(to *User) {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	r.take(map[string]any{"controller": r.person(to)}, nil, nil, 1)
}

// Admit lets a player see a private review.
func (r *Review) Admit(u *User) {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	r.admitted = append(r.admitted, u)
}

// Draw has somebody else draw: f is 0 in a demo board, line all moves from there,
// blanks in between or not.
func (r *Review) Draw(f int, line, text string) error {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	m := map[string]any{"f": f, "m": strings.ReplaceAll(line, " ", "")}
	if text != "" {
		m["t"] = text
	}
	return r.take(m, nil, nil, 1)
}

// Say sends a message of the log to all who watch, as it is; it changes nothing
// here.
func (r *Review) Say(message string) {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	r.toAll("r", json.RawMessage(message), nil)
}

// Complain sends an error to all who watch.
func (r *Review) Complain(text string) {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	r.toAll("error", text, nil)
}

// Watchers is how many sockets watch it.
func (r *Review) Watchers() int {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	n := 0
	for c := range r.s.sockets {
		if c.reviews[r.ID] {
			n++
		}
	}
	return n
}

// person is a player in a message.
func (r *Review) person(u *User) any {
	if r.s.opt.OldForms {
		return fmt.Sprint(u.ID)
	}
	return map[string]any{"id": u.ID, "username": u.Name}
}

// sees reports whether u may look at it.
func (r *Review) sees(u *User) bool {
	return !r.setup.Private || u == r.owner || slices.Contains(r.admitted, u)
}

// fullState is the log as it is told to who comes.
func (r *Review) fullState() []any {
	first := map[string]any{"gamedata": r.head}
	list := []any{first}
	switch {
	case r.s.opt.NoController:
		first["owner"] = r.person(r.owner)
	case r.s.opt.OldForms:
		list = append(list, map[string]any{"owner": r.person(r.owner)}, map[string]any{"controller": r.person(r.owner)})
	default:
		first["owner"], first["controller"] = r.person(r.owner), r.person(r.owner)
	}
	for _, m := range r.log {
		list = append(list, m)
	}
	return list
}

// event is the name of an event.
func (r *Review) event(name string) string { return fmt.Sprintf("review/%d/%s", r.ID, name) }

// toAll tells all who watch, but not one socket.
func (r *Review) toAll(name string, data any, but *socket) {
	for c := range r.s.sockets {
		if c.reviews[r.ID] && c != but {
			c.send(r.event(name), data)
		}
	}
}
