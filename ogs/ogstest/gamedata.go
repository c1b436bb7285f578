package ogstest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/gobancam/gobancam/board"
)

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

func (g *Game) moveJSON(number int) map[string]any {
	m := g.board.Move(number - 1)
	return map[string]any{"game_id": g.ID, "move_number": number, "move": []any{m.Point.X, m.Point.Y, g.times[number-1], nil, map[string]any{"blur": 12}}}
}
