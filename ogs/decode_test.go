package ogs

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
)

func TestDecodeFrame(t *testing.T) {
	for text, want := range map[string]frame{
		`["net/pong",{"client":1}]`:           {event: "net/pong", data: json.RawMessage(`{"client":1}`)},
		`["HUP"]`:                             {event: "HUP"},
		`["x",null]`:                          {event: "x"},
		`[7,{"id":1}]`:                        {id: 7, data: json.RawMessage(`{"id":1}`)},
		`[7]`:                                 {id: 7},
		`[7,null,{"code":"c","message":"m"}]`: {id: 7, err: &ServerError{"c", "m"}},
		`[7,null,"no"]`:                       {id: 7, err: &ServerError{"", "no"}},
		`[7,null,{"errcode":12}]`:             {id: 7, err: &ServerError{"12", ""}},
		`[7,{"a":1},null]`:                    {id: 7, data: json.RawMessage(`{"a":1}`)},
	} {
		got, err := decodeFrame([]byte(text))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %+v, %v; want %+v", text, got, err, want)
		}
	}
	for _, bad := range []string{``, `{}`, `[]`, `[null]`, `[true,1]`, `[-1,2]`, `[1.5,2]`, `["",1]`, `"x"`, `[1,2`, "\x00"} {
		if got, err := decodeFrame([]byte(bad)); err == nil {
			t.Errorf("%q was read as %+v", bad, got)
		}
	}
}

func TestLooseValues(t *testing.T) {
	var v struct {
		A, B, C ID
		D, E, F flag
		G, H    number
		I, J    instant
		K       text
	}
	if err := json.Unmarshal([]byte(`{"A":"12","B":12.0,"C":null,"D":1,"E":"true","F":0,"G":"7.50","H":6.5,"I":1700000000,"J":1700000000000,"K":5}`), &v); err != nil {
		t.Fatal(err)
	}
	if v.A != 12 || v.B != 12 || v.C != 0 || !bool(v.D) || !bool(v.E) || bool(v.F) || v.G != 7.5 || v.H != 6.5 || !v.I.Equal(v.J.Time) || v.K != "5" {
		t.Errorf("%+v", v)
	}
	for _, bad := range []string{`{"A":1.5}`, `{"A":"x"}`, `{"A":[]}`, `{"A":1e300}`, `{"G":"NaN"}`} {
		if err := json.Unmarshal([]byte(bad), &v); err == nil {
			t.Errorf("%s was read", bad)
		}
	}
}

func TestPlayedMove(t *testing.T) {
	q16 := board.Point{X: 15, Y: 3}
	for text, want := range map[string]PlayedMove{
		`[15,3,1200]`:                {Point: q16, Elapsed: 1200 * time.Millisecond},
		`[15,3]`:                     {Point: q16, Elapsed: -1},
		`[15,3,-1,null,{"blur":5}]`:  {Point: q16, Elapsed: -1},
		`[-1,-1,10]`:                 {Point: board.Pass, Elapsed: 10 * time.Millisecond},
		`["15","3","10.5"]`:          {Point: q16, Elapsed: 10500 * time.Microsecond},
		`[15,3,0,2]`:                 {Point: q16, Color: board.White, Edited: true},
		`[15,3,0,{"played_by":1}]`:   {Point: q16},
		`{"x":15,"y":3}`:             {Point: q16, Elapsed: -1},
		`{"x":15,"y":3,"color":"1"}`: {Point: q16, Elapsed: -1, Color: board.Black, Edited: true},
	} {
		var got PlayedMove
		if err := json.Unmarshal([]byte(text), &got); err != nil || got != want {
			t.Errorf("%s is %+v, %v; want %+v", text, got, err, want)
		}
	}
	for _, bad := range []string{`[]`, `[1]`, `["pd"]`, `"pd"`, `[25,0]`, `[-1,3]`, `[0.5,3]`, `{"x":1}`, `{}`, `null`, `7`} {
		var got PlayedMove
		if err := json.Unmarshal([]byte(bad), &got); err == nil {
			t.Errorf("%s was read as %+v", bad, got)
		}
	}
	var list moveList
	if err := json.Unmarshal([]byte(`"pd..!2ddzz"`), &list); err != nil || len(list) != 4 || list[0].Point != q16 ||
		!list[1].Point.IsPass() || list[2].Color != board.White || !list[3].Point.IsPass() {
		t.Errorf("a string of moves is %+v, %v", list, err)
	}
}

// gameText is game data as a server sends it.
const gameText = `{"game_id":42,"game_name":"Club","width":9,"height":9,"rules":"japanese","ranked":0,"phase":"play","black_player_id":7,"white_player_id":8,
"players":{"black":{"id":"7","username":"ann","rank":24.3,"professional":0},"white":{"id":8,"username":"bea","rank":26}},
"initial_player":"black","handicap":0,"komi":"6.50","moves":[[2,2,1000],[6,6,2000],[-1,-1,10]],"initial_state":{"black":"","white":""},
"time_control":{"system":"fischer","time_control":"fischer","speed":"live","initial_time":300,"time_increment":10,"max_time":600,"pause_on_weekends":false},
"clock":{"current_player":8,"black_player_id":7,"white_player_id":8,"last_move":1700000000000,"expiration":1700000300000,
"black_time":{"thinking_time":300,"skip_bonus":false},"white_time":{"thinking_time":299.5,"skip_bonus":false}},
"undo_requested":3,"allow_self_capture":true,"superko_algorithm":"psk","allow_superko":false,"state_version":9,"unknown":[{"x":1}]}`

func TestGameData(t *testing.T) {
	st, err := decodeGameData([]byte(gameText), 8)
	if err != nil {
		t.Fatal(err)
	}
	if st.ID != 42 || st.Me != board.White || st.Komi != 6.5 || st.Players[board.Black] != (Player{7, "ann", 24.3, false}) || st.Ranked {
		t.Errorf("%+v", st)
	}
	if !st.Rules.Suicide || st.Rules.Ko != board.PositionalSuperko {
		t.Errorf("the game's switches do not count: %+v", st.Rules)
	}
	if len(st.Moves) != 3 || st.Moves[2].Color != board.Black || st.ToMove() != board.White || st.Undo == nil || *st.Undo != (game.Undo{Number: 3, Count: 1}) {
		t.Errorf("moves %+v, undo %+v", st.Moves, st.Undo)
	}
	if st.MyTurn() {
		t.Error("it is my turn before the state is live")
	}
	st.Live = true
	if !st.MyTurn() {
		t.Error("it is not my turn")
	}
	for name, change := range map[string]func(string) string{
		"no id":         func(s string) string { return strings.Replace(s, `"game_id":42,`, "", 1) },
		"no size":       func(s string) string { return strings.Replace(s, `"width":9,`, "", 1) },
		"no phase":      func(s string) string { return strings.Replace(s, `"phase":"play",`, "", 1) },
		"strange phase": func(s string) string { return strings.Replace(s, `"phase":"play"`, `"phase":"dreaming"`, 1) },
		"strange move":  func(s string) string { return strings.Replace(s, `[2,2,1000]`, `[2,99,1000]`, 1) },
		"no JSON":       func(s string) string { return "<html>" + s },
		"wide":          func(s string) string { return strings.Replace(s, `"width":9`, `"width":99`, 1) },
	} {
		if st, err := decodeGameData([]byte(change(gameText)), 8); err == nil {
			t.Errorf("%s: read as %+v", name, st)
		}
	}
	// What can be watched but not played says so.
	for name, change := range map[string]func(string) string{
		"two stones on one point": func(s string) string { return strings.Replace(s, `[6,6,2000]`, `[2,2,2000]`, 1) },
		"not square":              func(s string) string { return strings.Replace(s, `"width":9`, `"width":13`, 1) },
	} {
		st, err := decodeGameData([]byte(change(gameText)), 8)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		st.Live = true
		if _, err := st.Game(); err == nil || st.MyTurn() {
			t.Errorf("%s: can be played", name)
		}
	}
}

func TestResult(t *testing.T) {
	ids := [3]ID{board.Black: 7, board.White: 8}
	for text, want := range map[string]string{
		`{"outcome":"12.5 points","winner":8,"score":{"black":{"total":1},"white":{"total":13.5}}}`: "W+12.5",
		`{"outcome":"Resignation","winner":7}`:                                                      "B+R",
		`{"outcome":"Timeout","winner":"white"}`:                                                    "W+T",
		`{"outcome":"Resignation","black_lost":true,"white_lost":false}`:                            "W+R",
		`{"outcome":"0 points","winner":0,"score":{"black":{},"white":{}}}`:                         "Draw",
		`{"outcome":"Cancellation","annulled":1,"winner":7}`:                                        "B+F (Cancellation), annulled",
		`{"outcome":"Moderator Decision","black_lost":true,"white_lost":true}`:                      "no result (Moderator Decision)",
		`{}`: "no result",
	} {
		var w wireResult
		if err := json.Unmarshal([]byte(text), &w); err != nil {
			t.Fatal(err)
		}
		if got, _ := w.result(ids); got.String() != want {
			t.Errorf("%s is %q, want %q", text, got, want)
		}
	}
}

// Every way in which a game ends at the server is a result that SGF knows, and
// is read again as the same.
func TestResultAsSGF(t *testing.T) {
	for want, r := range map[string]game.Result{
		"B+12.5": resultOf(board.Black, "12.5 points", true, false), "W+0.5": resultOf(board.White, "0.5 points", false, false),
		"W+R": resultOf(board.White, "Resignation", false, false), "B+T": resultOf(board.Black, "Timeout", false, false),
		"W+F": resultOf(board.White, "Disqualification", false, false), "B+F": resultOf(board.Black, "Disconnection", false, false),
		"B+": resultOf(board.Black, "", false, false), "W+": resultOf(board.White, "0 points", false, false),
		"0": resultOf(board.Empty, "0 points", true, false), "Void": resultOf(board.Empty, "Moderator Decision", false, false),
	} {
		if got := r.SGF().String(); got != want {
			t.Errorf("%+v is %s, want %s", r, got, want)
		}
	}
	for _, winner := range []board.Color{board.Empty, board.Black, board.White} {
		for _, outcome := range []string{"", "12.5 points", "1 points", "0 points", "-3 points", "NaN points", "Inf points", "1e300 points", "x points",
			"Resignation", "Timeout", "Cancellation", "Disqualification", "Disconnection", "Moderator Decision", "Abandonment", "]RE["} {
			for _, is := range []struct{ counted, annulled bool }{{}, {counted: true}, {annulled: true}, {counted: true, annulled: true}} {
				r := resultOf(winner, outcome, is.counted, is.annulled)
				if again, err := board.ParseResult(r.SGF().String()); err != nil || again != r.SGF() {
					t.Errorf("%+v is %s, which is read as %+v, %v", r, r.SGF(), again, err)
				}
				if is.annulled && r.SGF().By != board.Void {
					t.Errorf("an annulled game is %s", r.SGF())
				}
				// A recording brings back the same, but for words that are odd.
				text, err := json.Marshal(r)
				var read game.Result
				if err = errors.Join(err, json.Unmarshal(text, &read)); err != nil || read.String() != r.String() || read.Winner != r.Winner || read.Words != r.Words {
					t.Errorf("%+v is recorded as %s and read as %+v, %v", r, text, read, err)
				}
			}
		}
	}
}

func TestErrorMessage(t *testing.T) {
	for text, want := range map[string]string{
		`{"detail":"Not found."}`:           "Not found.",
		`{"error":"No such player"}`:        "No such player",
		`{"name":["is needed"],"size":"?"}`: "name: is needed; size: ?",
		`<h1>Server Error (500)</h1>`:       "Server Error (500)",
		`<html><style>b{}</style><script>x()</script><p>Down` + "\n" + `for now</p>`: "Down for now",
		"\xff\xfe":        "2 bytes that are no text",
		"a\x1b[31mb\x07c": "a[31mbc",
	} {
		if got := errorMessage([]byte(text)); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestPlayerOfJWT(t *testing.T) {
	for jwt, want := range map[string]ID{
		"eyJhbGciOiJub25lIn0.eyJpZCI6NX0.x":                5,
		"eyJhbGciOiJub25lIn0.eyJ1c2VyIjp7ImlkIjoiOSJ9fQ.x": 9,
		"opaque": 0, "a.b.c": 0, "": 0,
	} {
		if got := playerOfJWT(jwt); got != want {
			t.Errorf("%q is of player %d, want %d", jwt, got, want)
		}
	}
}

func FuzzFrame(f *testing.F) {
	f.Add([]byte(`["game/42/move",{"move_number":1,"move":[2,2,1]}]`))
	f.Add([]byte(`[7,null,{"code":"c","message":"m"}]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		fr, err := decodeFrame(b)
		if err == nil && fr.event != "" && fr.id != 0 {
			t.Errorf("%q is an event and a reply", b)
		}
	})
}

func FuzzGameData(f *testing.F) {
	f.Add([]byte(gameText))
	f.Fuzz(func(t *testing.T, b []byte) {
		st, err := decodeGameData(b, 8)
		if err != nil {
			return
		}
		if g, err := st.Game(); err == nil {
			if g.MoveCount() != len(st.Moves) || g.Size() != st.Width {
				t.Errorf("%d moves on %d became %d on %d", len(st.Moves), st.Width, g.MoveCount(), g.Size())
			}
			for i, m := range st.Moves {
				if g.Move(i).Point != m.Point || g.Move(i).Color != m.Color {
					t.Errorf("move %d differs", i+1)
				}
			}
		}
		r := st.Clock.At(time.UnixMilli(1_700_000_000_000), st.Time)
		_ = r.Sides[board.Black].String() + r.Sides[board.White].String() + st.Result.String()
		if st.MyTurn() {
			t.Error("my turn in a state that is not live")
		}
	})
}

// FuzzGameEvents feeds a game with two events of any kind: it must neither
// panic nor come to a state that contradicts itself.
func FuzzGameEvents(f *testing.F) {
	f.Add("move", []byte(`{"game_id":42,"move_number":4,"move":[3,3,100]}`), "clock", []byte(`{"current_player":7,"black_player_id":7,"white_player_id":8}`))
	f.Add("undo_requested", []byte(`{"move_number":3,"requested_by":7,"undo_move_count":2}`), "undo_accepted", []byte(`{"move_number":3,"undo_move_count":2}`))
	f.Add("undo_requested", []byte(`"3"`), "undo_accepted", []byte(`3`))
	f.Add("phase", []byte(`"stone removal"`), "removed_stones", []byte(`{"removed":true,"stones":"aabb","all_removed":"aabb"}`))
	f.Add("removed_stones", []byte(`{"removed":true,"stones":"aabb"}`), "removed_stones_accepted", []byte(`{"player_id":0,"stones":"aabb","phase":"finished","winner":7,"outcome":"3 points"}`))
	f.Add("auto_resign", []byte(`{"player_id":7,"expiration":1700000000000}`), "clear_auto_resign", []byte(`{"player_id":7}`))
	f.Add("chat", []byte(`{"channel":"main","line":{"chat_id":"a","body":"hi","username":"ann","player_id":7}}`), "error", []byte(`"This is a protected game"`))
	f.Add("gamedata", []byte(gameText), "reset", []byte(`{}`))
	f.Fuzz(func(t *testing.T, name1 string, data1 []byte, name2 string, data2 []byte) {
		c, err := NewClient(Options{Server: "http://127.0.0.1:1"})
		if err != nil {
			t.Fatal(err)
		}
		g := &Game{s: &Session{c: c, log: c.log, games: map[ID]*Game{}}, id: 42, first: make(chan error, 1), chats: map[string]bool{}, looking: true}
		g.s.me.ID = 8
		g.out = newMailbox[Update](0, nil)
		defer g.out.shut()
		g.event("gamedata", json.RawMessage(gameText))
		for _, e := range []gameEvent{{nil, name1, data1}, {nil, name2, data2}} {
			if len(e.data) > 0 && !json.Valid(e.data) {
				return // a frame with it would not have come so far
			}
			g.take(e)
			if st := g.st; st.game != nil && st.game.MoveCount() != len(st.Moves) {
				t.Fatalf("after %s the board has %d moves, the list %d", e.name, st.game.MoveCount(), len(st.Moves))
			}
			g.due(time.Now().Add(time.Hour))
		}
	})
}

func FuzzLists(f *testing.F) {
	f.Add([]byte(`[{"challenge_id":5,"user_id":7,"username":"ann","width":19,"height":19,"komi":null,"time_control_parameters":{"system":"simple","per_move":30}},{"challenge_id":6,"delete":1}]`))
	f.Add([]byte(`{"id":42,"phase":"play","black":{"id":7},"white":{"id":8},"player_to_move":"7","move_number":3,"clock_expiration":1700000000000}`))
	f.Add([]byte(`{"id":"7:abc","type":"gameOfferRejected","game_id":42,"message":"busy"}`))
	f.Add([]byte(`{"id":9,"challenger":{"id":7},"challenged":null,"game":{"id":42,"time_control_parameters":"{\"system\":\"fischer\",\"initial_time\":1}"}}`))
	f.Add([]byte(`{"uuid":"u","game_id":42}`))
	f.Fuzz(func(_ *testing.T, b []byte) {
		decodeSeeks(b)
		for _, v := range []any{new(ActiveGame), new(Notification), new(PendingChallenge), new(AutomatchEvent), new(TimeControl), new(Player), new(wireClock)} {
			_ = json.Unmarshal(b, v)
		}
		_ = errorMessage(b)
	})
}

func FuzzTimeControl(f *testing.F) {
	for _, s := range []string{"20m+5x30s", "fischer 5m+10s max 10m", "canadian 10m+5m/25", "simple 30s", "absolute 15m", "none"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := ParseTimeControl(s)
		if err != nil {
			return
		}
		if err := a.Check(); err != nil {
			t.Errorf("%q was read as %v, which is not possible: %v", s, a, err)
		}
		b, err := ParseTimeControl(a.String())
		if err != nil || b.System != a.System || b.Periods != a.Periods || b.Stones != a.Stones || (b.Main-a.Main).Abs() > time.Microsecond {
			t.Errorf("%q prints as %q, which is read as %+v, %v", s, a, b, err)
		}
	})
}
