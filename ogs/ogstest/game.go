package ogstest

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/gobancam/gobancam/board"
)

// Setup is what a game is started with.
type Setup struct {
	Name         string
	Black, White *User
	Size         int    // 19 if 0
	Rules        string // japanese if empty
	Komi         *float64
	Handicap     int
	Ranked       bool
	Time         TimeControl
	// SetupBlack and SetupWhite stand at the beginning, in the server's
	// spelling ("ddpp"); First moves first then ("black" if empty).
	SetupBlack, SetupWhite, First string
}

// Game is a game on the server. Its methods may be called from any goroutine.
type Game struct {
	ID int64

	s           *Server
	spec        Setup
	uuid        string
	players     [3]*User
	board       *board.Game
	rules       board.Rules
	clock       *clock
	phase       string
	started     time.Time
	ended       time.Time
	times       []int64 // ms before each move
	removed     string
	accepted    [3]*string
	undo        *undo
	outcome     string
	winner      board.Color
	annulled    bool
	score       *board.Score
	version     int
	opponents   [3]*Opponent
	timer       *time.Timer
	gone        [3]*time.Timer
	removalEnds time.Time
	pausesLeft  [3]int
	misled      map[*socket]bool // false game data that can be believed was sent there
	told        map[*socket]int  // version of the last game data sent there
	tried       map[int64]*try   // last move tried, by user
	log         []string         // what counted, in order
	chatLog     []map[string]any
	moveCount   int // messages game/move received
}

type undo struct {
	number, count int
	by            *User
}

// try is a game/move that was received.
type try struct {
	base    int  // moves before it
	looked  bool // game data was sent to the user since
	refused bool
}

// StartGame begins a game between two accounts.
func (s *Server) StartGame(spec Setup) (*Game, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.nextID++
	return s.startGame(spec, s.nextID)
}

func (s *Server) startGame(spec Setup, id int64) (*Game, error) {
	if spec.Size == 0 {
		spec.Size = 19
	}
	if spec.Rules == "" {
		spec.Rules = "japanese"
	}
	if spec.Name == "" {
		spec.Name = "Friendly Match"
	}
	if spec.Time.System == "" {
		spec.Time = TimeControl{System: "fischer", Main: 10 * time.Minute, Increment: 10 * time.Second, Max: 20 * time.Minute}
	}
	if spec.Time.Speed == "" {
		spec.Time.Speed = "live"
	}
	if spec.Black == nil || spec.White == nil || spec.Black == spec.White {
		return nil, errors.New("ogstest: a game has two players")
	}
	rules, err := board.ParseRules(spec.Rules)
	if err != nil {
		return nil, fmt.Errorf("ogstest: %w", err)
	}
	if board.HandicapPoints(spec.Size, 2) == nil || spec.Size != 9 && spec.Size != 13 && spec.Size != 19 {
		rules.FreeHandicap = true
	}
	setup := board.Setup{Size: spec.Size, Rules: rules, Komi: rules.KomiFor(spec.Handicap), Handicap: spec.Handicap}
	if spec.Komi != nil {
		setup.Komi = *spec.Komi
	}
	if spec.SetupBlack+spec.SetupWhite != "" {
		var err1, err2 error
		setup.Black, err1 = board.ParseOGSPoints(spec.SetupBlack, spec.Size)
		setup.White, err2 = board.ParseOGSPoints(spec.SetupWhite, spec.Size)
		if err := errors.Join(err1, err2); err != nil {
			return nil, fmt.Errorf("ogstest: %w", err)
		}
		setup.First = board.Black
		if spec.First == "white" {
			setup.First = board.White
		}
	}
	b, err := board.NewGame(setup)
	if err != nil {
		return nil, fmt.Errorf("ogstest: %w", err)
	}
	now := time.Now()
	g := &Game{ID: id, s: s, spec: spec, uuid: secret(), players: [3]*User{board.Black: spec.Black, board.White: spec.White},
		board: b, rules: rules, clock: newClock(spec.Time, now), phase: "play", started: now,
		pausesLeft: [3]int{board.Black: 5, board.White: 5}, told: map[*socket]int{}, misled: map[*socket]bool{}, tried: map[int64]*try{}}
	s.games[id] = g
	g.changed()
	for c := range s.sockets {
		if c.games[id] { // who waits for the game to begin
			g.sendData(c)
		}
	}
	for _, u := range g.players[board.Black:] {
		s.notify(u, "gameStarted", map[string]any{"game_id": id, "black": s.player(g.players[board.Black]), "white": s.player(g.players[board.White]), "name": spec.Name})
	}
	g.setTimer()
	g.wakeOpponent()
	return g, nil
}

// Moves returns the moves that count, as "pd" or "..".
func (g *Game) Moves() []string {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	var list []string
	for _, m := range g.board.Moves() {
		list = append(list, m.Point.OGS())
	}
	return list
}

// Board returns a copy of the game on the server's board.
func (g *Game) Board() *board.Game {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	return g.board.Clone()
}

// Phase returns play, stone removal or finished.
func (g *Game) Phase() string {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	return g.phase
}

// Outcome returns how the game ended, and who won.
func (g *Game) Outcome() (outcome string, winner board.Color) {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	return g.outcome, g.winner
}

// Log returns what counted in the game, in order: "move 1 pd alice",
// "undo 2 bob", "accept aabb alice", "end 12.5 points".
func (g *Game) Log() []string {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	return slices.Clone(g.log)
}

// Record returns what clients sent for this game, in order.
func (g *Game) Record() []Received {
	var list []Received
	for _, r := range g.s.Records() {
		var d struct {
			Game int64 `json:"game_id"`
		}
		if r.Conn > 0 && json.Unmarshal(r.Data, &d) == nil && d.Game == g.ID {
			list = append(list, r)
		}
	}
	return list
}

func (g *Game) note(format string, args ...any) { g.log = append(g.log, fmt.Sprintf(format, args...)) }

// color is the side that u plays; Empty for a spectator.
func (g *Game) color(u *User) board.Color {
	for _, c := range []board.Color{board.Black, board.White} {
		if u != nil && g.players[c] == u {
			return c
		}
	}
	return board.Empty
}

func (g *Game) stopTimers() {
	for _, t := range []*time.Timer{g.timer, g.gone[1], g.gone[2]} {
		if t != nil {
			t.Stop()
		}
	}
}

// setTimer makes the server act when the time is up.
func (g *Game) setTimer() {
	if g.timer != nil {
		g.timer.Stop()
		g.timer = nil
	}
	now := time.Now()
	var wait time.Duration
	switch {
	case g.phase == "stone removal":
		wait = g.removalEnds.Sub(now)
	case g.phase != "play" || len(g.clock.pauses) > 0:
		return
	case g.clock.start:
		wait = g.clock.last.Add(g.s.opt.StartClock).Sub(now)
	default:
		var ok bool
		if wait, ok = g.clock.left(g.board.ToMove(), now); !ok {
			return
		}
	}
	g.timer = time.AfterFunc(max(wait, 0)+20*time.Millisecond, func() {
		g.s.mu.Lock()
		defer g.s.mu.Unlock()
		if !g.s.closed {
			g.timeUp()
		}
	})
}

// timeUp ends what has run out, if anything has.
func (g *Game) timeUp() {
	now := time.Now()
	switch {
	case g.phase == "stone removal" && !now.Before(g.removalEnds):
		g.acceptedBy(nil, g.removed)
	case g.phase != "play" || len(g.clock.pauses) > 0:
	case g.clock.start:
		if now.Sub(g.clock.last) >= g.s.opt.StartClock {
			g.annulled = true
			g.end("Cancellation", board.Empty)
		}
	default:
		if left, ok := g.clock.left(g.board.ToMove(), now); ok && left <= 0 {
			g.end("Timeout", g.board.ToMove().Opponent())
		}
	}
}

// left starts the countdown for a player whose last socket is gone.
func (g *Game) left(u *User) {
	side := g.color(u)
	if side == board.Empty || g.phase == "finished" || g.spec.Time.Speed == "correspondence" || g.gone[side] != nil || g.s.closed {
		return
	}
	for c := range g.s.sockets {
		if c.user == u && c.games[g.ID] {
			return
		}
	}
	ends := time.Now().Add(g.s.opt.AutoResign)
	g.toAll("auto_resign", map[string]any{"game_id": g.ID, "player_id": u.ID, "expiration": ms(ends)})
	g.gone[side] = time.AfterFunc(g.s.opt.AutoResign, func() {
		g.s.mu.Lock()
		defer g.s.mu.Unlock()
		if !g.s.closed && g.phase != "finished" && g.gone[side] != nil {
			g.end("Disconnection", side.Opponent())
		}
	})
}

// back ends the countdown.
func (g *Game) back(u *User) {
	side := g.color(u)
	if side != board.Empty && g.gone[side] != nil {
		g.gone[side].Stop()
		g.gone[side] = nil
		g.toAll("clear_auto_resign", map[string]any{"game_id": g.ID, "player_id": u.ID})
	}
}

// toAll sends an event of the game to everybody connected to it.
func (g *Game) toAll(event string, data any) { g.toBut(nil, event, data) }

func (g *Game) toBut(not *socket, event string, data any) {
	for c := range g.s.sockets {
		if c != not && c.games[g.ID] {
			c.send(fmt.Sprintf("game/%d/%s", g.ID, event), data)
		}
	}
}

// changed tells both players that one of their games has changed.
func (g *Game) changed() {
	g.version++
	for _, u := range g.players[board.Black:] {
		g.s.to(u, "active_game", g.entry())
	}
}
