package ogstest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
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
	told        map[*socket]int // version of the last game data sent there
	tried       map[int64]*try  // last move tried, by user
	log         []string        // what counted, in order
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
		pausesLeft: [3]int{board.Black: 5, board.White: 5}, told: map[*socket]int{}, tried: map[int64]*try{}}
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

func (g *Game) side(c board.Color) map[string]any {
	u := g.players[c]
	m := map[string]any{"id": u.ID, "username": u.Name, "rank": u.Rank, "professional": false}
	if g.s.opt.OldForms {
		m["id"] = strconv.FormatInt(u.ID, 10)
	}
	if g.accepted[c] != nil {
		m["accepted_stones"], m["accepted_strict_seki_mode"] = *g.accepted[c], false
	}
	return m
}

// entry is the game in active_game.
func (g *Game) entry() map[string]any {
	e := map[string]any{"id": g.ID, "phase": g.phase, "name": g.spec.Name, "player_to_move": g.players[g.board.ToMove()].ID,
		"width": g.spec.Size, "height": g.spec.Size, "move_number": g.board.MoveCount(), "paused": len(g.clock.pauses) > 0, "private": false,
		"black": g.side(board.Black), "white": g.side(board.White), "time_per_move": 30, "ranked": g.spec.Ranked,
		"handicap": g.spec.Handicap, "komi": g.board.Setup().Komi, "bot_game": false}
	if left, ok := g.clock.left(g.board.ToMove(), time.Now()); ok {
		e["clock_expiration"] = ms(time.Now().Add(left))
	}
	if g.s.opt.OldForms {
		e["paused"], e["private"] = 0, 0
	}
	return e
}

// overview is the game in ui/overview.
func (g *Game) overview() map[string]any {
	return map[string]any{"id": g.ID, "name": g.spec.Name, "width": g.spec.Size, "height": g.spec.Size, "time_per_move": 30,
		"black": g.side(board.Black), "white": g.side(board.White), "json": g.data()}
}

// data is the game data.
func (g *Game) data() map[string]any {
	b, setup := g.board, g.board.Setup()
	moves := make([]any, 0, b.MoveCount())
	for i, m := range b.Moves() {
		moves = append(moves, []any{m.Point.X, m.Point.Y, g.times[i]})
	}
	first := "black"
	if setup.First == board.White {
		first = "white"
	}
	d := map[string]any{
		"game_id": g.ID, "game_name": g.spec.Name, "width": g.spec.Size, "height": g.spec.Size, "rules": g.spec.Rules,
		"ranked": g.spec.Ranked, "private": false, "rengo": false, "group_ids": []int{}, "phase": g.phase,
		"black_player_id": g.players[board.Black].ID, "white_player_id": g.players[board.White].ID,
		"players":        map[string]any{"black": g.side(board.Black), "white": g.side(board.White)},
		"initial_player": first, "handicap": g.spec.Handicap, "komi": setup.Komi, "moves": moves,
		"initial_state": map[string]string{"black": board.FormatOGSPoints(setup.Black), "white": board.FormatOGSPoints(setup.White)},
		"time_control":  g.spec.Time.params(), "clock": g.clockJSON(true), "latencies": map[string]any{},
		"disable_analysis": false, "pause_on_weekends": false, "start_time": g.started.Unix(), "removed": g.removed,
		"free_handicap_placement": g.rules.FreeHandicap, "allow_self_capture": g.rules.Suicide, "allow_ko": g.rules.Ko == board.KoFree,
		"allow_superko": g.rules.Ko == board.SimpleKo, "superko_algorithm": superko(g.rules.Ko),
		"score_territory": true, "score_stones": g.rules.ScoreStones, "score_prisoners": g.rules.ScorePrisoners, "score_passes": g.rules.WhitePassesLast,
		"score_handicap": g.rules.ScoreHandicap, "score_territory_in_seki": g.rules.TerritoryInSeki, "aga_handicap_scoring": g.rules.HandicapLessOne,
		"white_must_pass_last": g.rules.WhitePassesLast, "opponent_plays_first_after_resume": g.rules.OpponentResumes,
		"automatic_stone_removal": false, "state_version": g.version,
	}
	if len(g.clock.pauses) > 0 {
		d["pause_control"], d["paused_since"] = g.clock.pauses, ms(g.clock.since)
	}
	if g.undo != nil {
		d["undo_requested"] = g.undo.number
	}
	if g.phase == "finished" {
		d["outcome"], d["end_time"], d["winner"] = g.outcome, g.ended.Unix(), 0
		if g.winner != board.Empty {
			d["winner"] = g.players[g.winner].ID
		}
		if g.score != nil {
			d["score"] = scoreJSON(*g.score)
		}
		d["annulled"] = g.annulled
	}
	return d
}

func superko(k board.Ko) string {
	switch k {
	case board.PositionalSuperko:
		return "psk"
	case board.SituationalSuperko:
		return "ssk"
	}
	return "noresult"
}

func scoreJSON(s board.Score) map[string]any {
	side := func(t board.Tally, points board.PointSet) map[string]any {
		return map[string]any{"total": t.Total(), "stones": t.Stones, "territory": t.Territory, "prisoners": t.Prisoners,
			"handicap": t.Handicap, "komi": t.Komi, "scoring_positions": board.FormatOGSPoints(points.Points())}
	}
	return map[string]any{"black": side(s.Black, s.BlackPoints), "white": side(s.White, s.WhitePoints)}
}

func (g *Game) restRecord() map[string]any {
	params, _ := json.Marshal(g.spec.Time.params())
	date := func(t time.Time) any {
		if t.IsZero() {
			return nil
		}
		return t.UTC().Format(time.RFC3339Nano)
	}
	r := map[string]any{"id": g.ID, "name": g.spec.Name, "all_players": []int64{g.players[1].ID, g.players[2].ID},
		"players": map[string]any{"black": g.s.player(g.players[board.Black]), "white": g.s.player(g.players[board.White])},
		"black":   g.players[board.Black].ID, "white": g.players[board.White].ID, "creator": g.players[board.Black].ID, "mode": "game", "source": "play",
		"width": g.spec.Size, "height": g.spec.Size, "rules": g.spec.Rules, "ranked": g.spec.Ranked, "handicap": g.spec.Handicap,
		"komi": strconv.FormatFloat(g.board.Setup().Komi, 'f', 2, 64), "time_control": g.spec.Time.System, "time_control_parameters": string(params),
		"outcome": g.outcome, "black_lost": g.phase != "finished" || g.winner != board.Black, "white_lost": g.phase != "finished" || g.winner != board.White,
		"annulled": g.annulled, "annulment_reason": nil, "started": date(g.started), "ended": date(g.ended), "gamedata": g.data()}
	return r
}

func (g *Game) restState() map[string]any {
	rows := make([][]int, g.spec.Size)
	for y := range rows {
		rows[y] = make([]int, g.spec.Size)
		for x := range rows[y] {
			rows[y][x] = int(g.board.At(board.Point{X: int8(x), Y: int8(y)}))
		}
	}
	st := map[string]any{"board": rows, "move_number": g.board.MoveCount(), "last_move": map[string]int{"x": -1, "y": -1}}
	if m, ok := g.board.LastMove(); ok {
		st["last_move"] = map[string]int{"x": int(m.Point.X), "y": int(m.Point.Y)}
	}
	return st
}

func (g *Game) sgf() []byte {
	root, _ := g.board.SGF()
	root.SetText("PB", g.players[board.Black].Name)
	root.SetText("PW", g.players[board.White].Name)
	var b bytes.Buffer
	board.WriteSGF(&b, root)
	return b.Bytes()
}

// sendData sends the game data, and the clock as an event of its own.
func (g *Game) sendData(c *socket) {
	c.send(fmt.Sprintf("game/%d/gamedata", g.ID), g.data())
	c.send(fmt.Sprintf("game/%d/clock", g.ID), g.clockJSON(true))
	g.told[c] = g.version
	if t := g.tried[c.user.ID]; t != nil {
		t.looked = true
	}
}

// end finishes the game.
func (g *Game) end(outcome string, winner board.Color) {
	g.phase, g.outcome, g.winner, g.ended = "finished", outcome, winner, time.Now()
	g.undo = nil
	g.stopTimers()
	g.note("end %s", outcome)
	for c := range g.s.sockets {
		if c.games[g.ID] {
			g.sendData(c)
		}
	}
	g.toAll("phase", "finished")
	g.changed()
	for _, u := range g.players[board.Black:] {
		g.s.notify(u, "gameEnded", map[string]any{"game_id": g.ID, "outcome": outcome, "black_lost": winner == board.White,
			"white_lost": winner == board.Black, "annulled": g.annulled})
	}
}

// gameCommand handles game/… of a client.
func (c *socket) gameCommand(name string, body json.RawMessage, answer func(any, *refusal)) {
	s := c.s
	var d struct {
		ID         *int64 `json:"game_id"`
		Chat       *bool
		Move       *string
		MoveNumber *int     `json:"move_number"`
		Latency    *float64 `json:"latency"`
		Removed    *bool
		Stones     *string
		Strict     *bool `json:"strict_seki_mode"`
		Type       string
		Body       json.RawMessage
	}
	if err := json.Unmarshal(body, &d); err != nil || d.ID == nil {
		s.violation("game/%s without a usable game_id: %s", name, body)
		return
	}
	g := s.games[*d.ID]
	if name == "connect" {
		c.connectGame(*d.ID, g, d.Chat)
		return
	}
	if name == "disconnect" {
		if c.games[*d.ID] {
			delete(c.games, *d.ID)
			if g != nil {
				delete(g.told, c)
				g.left(c.user)
			}
		}
		return
	}
	if g == nil {
		answer(nil, &refusal{"not-found", "There is no such game."})
		return
	}
	if _, ok := g.told[c]; !ok {
		s.violation("game/%s for game %d on a connection that has not seen its game data", name, g.ID)
		answer(nil, &refusal{"not-connected", "Connect to the game first."})
		return
	}
	me := g.color(c.user)
	deny := func(code, message string) { answer(nil, &refusal{code, message}) }
	if me == board.Empty && name != "chat" {
		s.violation("game/%s by %s, who does not play in game %d", name, c.user.Name, g.ID)
		deny("not-a-player", "You are not a player of this game.")
		return
	}
	need := func(ok bool, field string) bool {
		if !ok {
			s.violation("game/%s without %s", name, field)
			deny("missing-field", field+" is required.")
		}
		return ok
	}
	inPhase := func(phase string) bool {
		if g.phase != phase {
			deny("wrong-phase", "The game is in the phase "+g.phase+".")
			return false
		}
		return true
	}
	now := time.Now()
	switch name {
	case "move":
		if need(d.Move != nil, "move") {
			c.move(g, me, *d.Move, answer)
		}
	case "resign":
		if g.phase == "finished" {
			inPhase("play")
			return
		}
		g.end("Resignation", me.Opponent())
		answer(map[string]any{}, nil)
	case "cancel":
		limit := 5 + 1
		if g.rules.FreeHandicap {
			limit = 5 + max(g.spec.Handicap, 1)
		}
		if !inPhase("play") {
			return
		}
		if g.board.MoveCount() >= limit {
			s.violation("game/cancel after %d moves", g.board.MoveCount())
			deny("too-late", "The game can no longer be cancelled.")
			return
		}
		g.annulled = true
		g.end("Cancellation", me.Opponent())
		answer(map[string]any{}, nil)
	case "undo/request":
		if !need(d.MoveNumber != nil, "move_number") || !inPhase("play") {
			return
		}
		if *d.MoveNumber != g.board.MoveCount() || *d.MoveNumber == 0 {
			s.violation("undo/request for move %d after %d moves", *d.MoveNumber, g.board.MoveCount())
			deny("out-of-date", "The game is at another move.")
			return
		}
		answer(map[string]any{}, nil)
		g.requestUndo(c.user)
	case "undo/accept", "undo/cancel":
		if !need(d.MoveNumber != nil, "move_number") || !inPhase("play") {
			return
		}
		if g.undo == nil || g.undo.number != *d.MoveNumber || (g.undo.by == c.user) != (name == "undo/cancel") {
			s.violation("%s of move %d, which this player cannot answer", name, *d.MoveNumber)
			deny("no-request", "There is no such request.")
			return
		}
		answer(map[string]any{}, nil)
		if name == "undo/cancel" {
			g.undo = nil
			g.toAll("undo_canceled", *d.MoveNumber)
		} else {
			g.acceptUndo(c.user)
		}
	case "pause":
		if !inPhase("play") {
			return
		}
		if g.pausesLeft[me] == 0 {
			deny("no-pauses", "You have no pauses left.")
			return
		}
		g.pausesLeft[me]--
		g.clock.pause("paused", map[string]any{"pausing_player_id": c.user.ID, "pauses_left": g.pausesLeft[me]}, now)
		answer(map[string]any{}, nil)
		g.tellClock()
	case "resume":
		g.clock.resume("paused", now)
		answer(map[string]any{}, nil)
		g.tellClock()
	case "timed_out":
		g.timeUp()
	case "removed_stones/set":
		if !need(d.Removed != nil, "removed") || !need(d.Stones != nil, "stones") || !inPhase("stone removal") {
			return
		}
		if g.setRemoved(c.user, *d.Stones, *d.Removed) {
			answer(map[string]any{}, nil)
		} else {
			s.violation("removed_stones/set with the points %q", *d.Stones)
			deny("bad-points", "These are no points of the board.")
		}
	case "removed_stones/accept":
		if !need(d.Stones != nil, "stones") || !need(d.Strict != nil, "strict_seki_mode") || !inPhase("stone removal") {
			return
		}
		if *d.Stones != g.removed {
			s.violation("removed_stones/accept with %q where the marked points are %q", *d.Stones, g.removed)
			deny("wrong-stones", "These are not the marked stones.")
			return
		}
		answer(map[string]any{}, nil)
		g.acceptedBy(c.user, *d.Stones)
	case "removed_stones/reject":
		if !inPhase("stone removal") {
			return
		}
		answer(map[string]any{}, nil)
		g.rejectRemoval(c.user)
	case "latency":
		if need(d.Latency != nil, "latency") {
			g.toBut(c, "latency", map[string]any{"player_id": c.user.ID, "latency": *d.Latency})
		}
	case "chat":
		if !need(d.Type != "" && d.MoveNumber != nil && len(d.Body) > 0, "type, move_number and body") {
			return
		}
		g.say(c.user, d.Type, *d.MoveNumber, d.Body)
		answer(map[string]any{}, nil)
	case "conditional_moves/set", "delayed_resign", "clear_delayed_resign":
		answer(map[string]any{}, nil)
	default:
		s.violation("there is no command game/%s", name)
	}
}

// connectGame subscribes a socket to a game, or to one that is still to begin.
func (c *socket) connectGame(id int64, g *Game, chat *bool) {
	s := c.s
	if chat == nil {
		s.violation("game/connect without chat")
	}
	if g == nil {
		for _, ch := range s.challenges {
			if ch.game == id {
				c.games[id] = true
				return
			}
		}
		c.send(fmt.Sprintf("game/%d/error", id), "This game does not exist.")
		return
	}
	c.games[id] = true
	g.back(c.user)
	switch f := s.dataFault(); {
	case f == nil:
		g.sendData(c)
		for _, line := range g.chatLog {
			c.send(fmt.Sprintf("game/%d/chat", id), line)
		}
	case f.Kind >= BadGameData:
		c.send(fmt.Sprintf("game/%d/gamedata", id), g.spoilt(f.Kind))
	}
}

// move handles game/move.
func (c *socket) move(g *Game, me board.Color, text string, answer func(any, *refusal)) {
	s := c.s
	g.moveCount++
	base := g.board.MoveCount()
	if t := g.tried[c.user.ID]; t != nil && t.base == base && !t.looked && !t.refused {
		s.violation("move %d of game %d was sent again without a look at the game data", base+1, g.ID)
	}
	t := &try{base: base}
	g.tried[c.user.ID] = t
	f := s.moveFault()
	if f != nil {
		switch f.Kind {
		case LoseMove:
			return
		case DropBefore:
			c.drop()
			return
		case RefuseMove:
			t.refused = true
			g.refuse(c, &refusal{"refused", "The server cannot take your move right now."}, answer)
			return
		case DelayMove:
			s.after(f.Delay, func() { c.playMove(g, me, text, nil, t, answer) })
			return
		}
	}
	c.playMove(g, me, text, f, t, answer)
}

// playMove plays a client's move, if it may be played now.
func (c *socket) playMove(g *Game, me board.Color, text string, f *Fault, t *try, answer func(any, *refusal)) {
	s := c.s
	deny := func(code, message string) {
		t.refused = true
		g.refuse(c, &refusal{code, message}, answer)
	}
	g.timeUp()
	if g.phase != "play" {
		deny("wrong-phase", "The game is in the phase "+g.phase+".")
		return
	}
	if _, paused := g.clock.pauses["paused"]; paused {
		s.violation("a move in game %d while it is paused", g.ID)
		deny("paused", "The game is paused.")
		return
	}
	point, err := board.ParseOGS(text, g.spec.Size)
	if err != nil {
		s.violation("game/move with the move %q", text)
		deny("bad-move", "This is no move.")
		return
	}
	if err := g.board.Check(board.Move{Color: me, Point: point}); err != nil {
		// A move that was found not played, and then was played after all,
		// may have crossed with its repetition.
		if t.base == g.board.MoveCount() && time.Since(g.clock.last) > 500*time.Millisecond {
			s.violation("an illegal move was sent: %v", err)
		}
		deny("illegal-move", "Illegal move: "+err.Error())
		return
	}
	var not *socket
	told := func() {
		if f == nil || f.Kind != SwallowAck && f.Kind != SwallowBoth && f.Kind != DropAfter {
			answer(map[string]any{}, nil)
		}
	}
	garbage := func() {
		c.queue(outgoing{1, []byte(`["game/` + strconv.FormatInt(g.ID, 10) + `/move", {"game_id":`)})
		c.queue(outgoing{2, []byte{0, 1, 2, 0xff}})
		c.queue(outgoing{1, []byte(`{"not":"an array"}`)})
		c.queue(outgoing{1, []byte(`[]`)})
		c.queue(outgoing{1, []byte(`[null, null, null]`)})
		c.queue(outgoing{1, []byte("\xff\xfe")})
	}
	times := 1
	if f != nil {
		switch f.Kind {
		case SwallowEcho, SwallowBoth, DropAfter:
			not = c
		case DelayEcho:
			not = c
			number := g.board.MoveCount() + 1
			s.after(f.Delay, func() {
				answer(map[string]any{}, nil)
				if c.games[g.ID] && g.board.MoveCount() >= number {
					c.send(fmt.Sprintf("game/%d/clock", g.ID), g.clockJSON(false))
					c.send(fmt.Sprintf("game/%d/move", g.ID), g.moveJSON(number))
				}
			})
			told = func() {}
		case DuplicateEcho:
			times = 2
		case GarbageEcho:
			garbage()
			defer garbage()
		}
	}
	told()
	g.play(point, c.user, not, times)
	if f != nil && f.Kind == DropAfter {
		c.drop()
	}
}

// refuse answers a bad move as Options.Refusal says.
func (g *Game) refuse(c *socket, r *refusal, answer func(any, *refusal)) {
	switch g.s.opt.Refusal {
	case ErrorReply:
		answer(nil, r)
	case ErrorEvent:
		c.send(fmt.Sprintf("game/%d/error", g.ID), r.message)
	}
}

func (g *Game) moveJSON(number int) map[string]any {
	m := g.board.Move(number - 1)
	return map[string]any{"game_id": g.ID, "move_number": number, "move": []any{m.Point.X, m.Point.Y, g.times[number-1], nil, map[string]any{"blur": 12}}}
}

// play plays a legal move and tells everybody but not.
func (g *Game) play(point board.Point, by *User, not *socket, times int) {
	now := time.Now()
	color := g.board.ToMove()
	spent := now.Sub(g.clock.last)
	if err := g.board.Play(board.Move{Color: color, Point: point}); err != nil {
		panic(err) // it was checked
	}
	g.clock.moved(color, now)
	g.times = append(g.times, spent.Milliseconds())
	number := g.board.MoveCount()
	g.undo = nil
	g.note("move %d %s %s", number, point.OGS(), by.Name)
	over := g.board.Ended()
	if over {
		g.phase = "stone removal"
		g.removed, g.accepted = "", [3]*string{}
		g.removalEnds = now.Add(g.s.opt.RemovalClock)
		g.clock.pause("stone-removal", true, now)
		if !g.s.opt.PhaseLast {
			g.toBut(not, "phase", g.phase)
		}
	}
	clock, move := g.clockJSON(false), g.moveJSON(number)
	g.clock.changed = false
	for c := range g.s.sockets {
		if !c.games[g.ID] || c == not {
			continue
		}
		var f *Fault
		if c.user != by {
			f = g.s.eventFault()
		}
		if f != nil && f.Kind == SkipEvent {
			continue
		}
		for range times {
			events := [][]any{{fmt.Sprintf("game/%d/clock", g.ID), clock}, {fmt.Sprintf("game/%d/move", g.ID), move}}
			if f != nil && f.Kind == SkipClock {
				events = events[1:]
			}
			if f != nil && f.Kind == Reorder {
				slices.Reverse(events)
			}
			for _, e := range events {
				c.send(e...)
			}
		}
	}
	if over && g.s.opt.PhaseLast {
		g.toBut(not, "phase", g.phase)
	}
	g.changed()
	if over {
		for _, u := range g.players[board.Black:] {
			g.s.notify(u, "gameEnteredStoneRemoval", map[string]any{"game_id": g.ID})
		}
	}
	g.setTimer()
	g.wakeOpponent()
}

func (g *Game) tellClock() {
	g.toAll("clock", g.clockJSON(false))
	g.clock.changed = false
	g.changed()
	g.setTimer()
	g.wakeOpponent()
}

func (g *Game) requestUndo(by *User) {
	count := 1
	if g.color(by) == g.board.ToMove() && g.board.MoveCount() > 1 {
		count = 2
	}
	g.undo = &undo{g.board.MoveCount(), count, by}
	if g.s.opt.OldForms {
		g.undo.count = 1
		g.toAll("undo_requested", strconv.Itoa(g.undo.number))
	} else {
		g.toAll("undo_requested", map[string]any{"move_number": g.undo.number, "requested_by": by.ID, "undo_move_count": count})
	}
	if o := g.opponents[g.color(by).Opponent()]; o != nil && o.AcceptUndo {
		u := g.players[g.color(by).Opponent()]
		g.s.after(o.Delay, func() {
			if g.undo != nil && g.undo.by == by {
				g.acceptUndo(u)
			}
		})
	}
}

func (g *Game) acceptUndo(by *User) {
	u := g.undo
	g.undo = nil
	for range u.count {
		g.board.Undo()
	}
	g.times = g.times[:g.board.MoveCount()]
	g.clock.last = time.Now()
	clear(g.tried)
	g.note("undo %d %s", u.count, by.Name)
	if g.s.opt.OldForms {
		g.toAll("undo_accepted", u.number)
	} else {
		g.toAll("undo_accepted", map[string]any{"move_number": u.number, "undo_move_count": u.count})
	}
	g.tellClock()
}

func (g *Game) setRemoved(by *User, stones string, removed bool) bool {
	points, err := board.ParseOGSPoints(stones, g.spec.Size)
	have, _ := board.ParseOGSPoints(g.removed, g.spec.Size)
	if err != nil || len(points) == 0 {
		return false
	}
	set := board.SetOf(have...)
	for _, p := range points {
		if removed {
			set.Add(p)
		} else {
			set.Remove(p)
		}
	}
	g.removed, g.accepted = board.FormatOGSPoints(set.Points()), [3]*string{}
	g.note("mark %v %s %s", removed, stones, by.Name)
	g.toAll("removed_stones", map[string]any{"removed": removed, "stones": stones, "all_removed": g.removed})
	return true
}

// acceptedBy notes an agreement; nil stands for the server, which agrees for
// both.
func (g *Game) acceptedBy(u *User, stones string) {
	who := int64(0)
	if u == nil {
		g.accepted = [3]*string{board.Black: &stones, board.White: &stones}
	} else {
		who = u.ID
		g.accepted[g.color(u)] = &stones
		g.note("accept %s %s", stones, u.Name)
	}
	agreed := g.accepted[board.Black] != nil && g.accepted[board.White] != nil && *g.accepted[board.Black] == *g.accepted[board.White]
	event := map[string]any{"player_id": who, "stones": stones, "strict_seki_mode": false, "phase": g.phase,
		"players": map[string]any{"black": g.side(board.Black), "white": g.side(board.White)}}
	if !agreed {
		g.toAll("removed_stones_accepted", event)
		if o := g.opponents[g.color(u).Opponent()]; o != nil {
			g.opponentAccepts(g.color(u).Opponent(), o)
		}
		return
	}
	points, _ := board.ParseOGSPoints(stones, g.spec.Size)
	score := g.board.Score(board.SetOf(points...))
	g.score = &score
	winner := board.Empty
	switch m := score.Margin(); {
	case m > 0:
		winner = board.Black
	case m < 0:
		winner = board.White
	}
	outcome := strconv.FormatFloat(math.Abs(score.Margin()), 'f', -1, 64) + " points"
	event["phase"], event["outcome"], event["score"], event["end_time"], event["winner"] = "finished", outcome, scoreJSON(score), time.Now().Unix(), 0
	if winner != board.Empty {
		event["winner"] = g.players[winner].ID
	}
	g.toAll("removed_stones_accepted", event)
	g.end(outcome, winner)
}

func (g *Game) rejectRemoval(by *User) {
	g.phase, g.removed, g.accepted = "play", "", [3]*string{}
	first := g.board.ToMove()
	if g.rules.OpponentResumes {
		first = g.color(by).Opponent()
	}
	g.board.Resume(first)
	g.clock.resume("stone-removal", time.Now())
	g.clock.last = time.Now()
	g.note("reject %s", by.Name)
	g.toAll("phase", "play")
	g.tellClock()
}

func (g *Game) say(by *User, kind string, number int, body json.RawMessage) {
	line := map[string]any{"channel": kind, "line": map[string]any{"chat_id": secret()[:10], "body": body, "date": time.Now().Unix(),
		"move_number": number, "username": by.Name, "player_id": by.ID}}
	g.chatLog = append(g.chatLog, line)
	g.toAll("chat", line)
}
