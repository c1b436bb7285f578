package ogstest

import (
	"fmt"
	"slices"

	"github.com/gobancam/gobancam/board"
)

// TellNonsense sends game data of the kind k, unasked, to everybody who is
// connected to the game.
func (g *Game) TellNonsense(k Kind) {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	for c := range g.s.sockets {
		if c.games[g.ID] {
			c.send(fmt.Sprintf("game/%d/gamedata", g.ID), g.spoilt(k))
		}
	}
}

// spoilt is the game data with the fault k.
func (g *Game) spoilt(k Kind) map[string]any {
	d := g.data()
	size, moves := g.spec.Size, slices.Clip(d["moves"].([]any))
	switch k {
	case BadGameData:
		return map[string]any{"game_id": g.ID, "moves": "!", "width": "wide", "phase": []int{}}
	case DoubleMove:
		again := []any{0, 0, 100}
		d["moves"] = append(moves, again, again)
		for i, m := range g.board.Moves() {
			if !m.Point.IsPass() {
				d["moves"] = append(moves, moves[i])
			}
		}
	case BadStones:
		d["initial_state"] = map[string]string{"black": "aabb", "white": "bbcc"}
	case TinyBoard:
		d["width"], d["height"] = 1, 1
	case OblongBoard:
		d["height"] = size + 4
	case OtherSize:
		d["width"], d["height"] = size+4, size+4
	case FarMove:
		d["moves"] = append(moves, []any{size, size, 100})
	case AbsurdClock:
		clock := g.clockJSON(true)
		absurd := map[string]any{"thinking_time": 1e18, "periods": -7, "period_time": 1e300, "moves_left": 1 << 30, "block_time": -1e18}
		clock["black_time"], clock["white_time"], clock["expiration"] = absurd, absurd, 1e300
		d["clock"] = clock
	case SwappedPlayers:
		d["black_player_id"], d["white_player_id"] = g.players[board.White].ID, g.players[board.Black].ID
		d["players"] = map[string]any{"black": g.side(board.White), "white": g.side(board.Black)}
	}
	return d
}
