package live

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/limits"
)

// someGame is a game of nothing but chance, that uses every field.
func someGame(r *rand.Rand) *Game {
	size := board.MinSize + r.IntN(board.MaxSize-board.MinSize+1)
	text := func() string { return []string{"", "Anna", "青木", "a <b>&\" b", "Ünal"}[r.IntN(5)] }
	colour := func() board.Color { return board.Color(r.IntN(3)) }
	moment := func() time.Time {
		if r.IntN(4) == 0 {
			return time.Time{}
		}
		return time.UnixMilli(r.Int64N(1 << 41)).UTC()
	}
	span := func() time.Duration { return time.Duration(r.IntN(1e7)) * time.Millisecond }
	points := func() (ps []board.Point) {
		var set board.PointSet
		for range r.IntN(4) {
			set.Add(board.Point{X: int8(r.IntN(size)), Y: int8(r.IntN(size))})
		}
		if set.IsEmpty() {
			return nil
		}
		return set.Points()
	}
	clock := func() game.Clock {
		if r.IntN(3) == 0 {
			return game.Clock{}
		}
		return game.Clock{System: []game.ClockSystem{game.MainTime, game.ByoYomi, game.Canadian}[r.IntN(3)],
			Left: span() - time.Second, Main: span(), Period: span(), Periods: r.IntN(9), Stones: r.IntN(25), Overtime: r.IntN(2) == 0, Running: r.IntN(2) == 0, Out: r.IntN(2) == 0}
	}
	g := &Game{Steps: make([]Step, r.IntN(9)),
		Head: Head{ID: text(), Size: size, Black: points(), White: points(), First: colour(), Handicap: r.IntN(5), Komi: float64(r.IntN(20)) / 2, Rules: text(),
			Players: [2]game.Player{{Name: text(), Rank: text()}, {Name: text()}}, Name: text(), Event: text(), Round: text(), Place: text(), Began: moment()},
		Status: Status{Phase: []game.Phase{"", game.Playing, game.StoneRemoval, game.Over}[r.IntN(4)], ToMove: colour(), Captures: [2]int{r.IntN(99), r.IntN(99)},
			Dead: points(), Result: text(), Ending: text(), Clocks: [2]game.Clock{clock(), clock()}, ClocksAt: moment(), Camera: text()}}
	for i := range g.Steps {
		s := Step{At: span(), Note: []string{"", "doubtful", "two\nlines"}[r.IntN(3)]}
		switch r.IntN(4) {
		case 0:
			s.Setup = &Setup{points(), points(), points(), colour()}
		case 1:
			s.Color, s.Point = board.White, board.Pass
		default:
			s.Color, s.Point, s.Taken = board.Black, board.Point{X: int8(r.IntN(size)), Y: int8(r.IntN(size))}, points()
		}
		g.Steps[i] = s
	}
	return g
}

// TestWire writes and reads events of every kind, and compares what comes out.
func TestWire(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for i := range 2000 {
		g := someGame(r)
		e := Event{Number: int64(i), Time: time.UnixMilli(int64(i) * 12345).UTC(), Size: g.Size}
		switch r.IntN(4) {
		case 0:
			e.Game = g
		case 1:
			e.Head = &g.Head
		case 2:
			e.Course = &Course{r.IntN(400), g.Steps}
		case 3:
			e.Status, e.Head = &g.Status, &g.Head
		}
		text, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		var again Event
		if err := json.Unmarshal(text, &again); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if !reflect.DeepEqual(e, again) {
			t.Fatalf("written was\n%+v\nread is\n%+v\n%s", e, again, text)
		}
	}
}

// TestWireIsWhatIsDocumented holds the names of docs/live.md.
func TestWireIsWhatIsDocumented(t *testing.T) {
	at := func(s string) board.Point {
		p, err := board.ParseGTP(s, 19)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	g := &Game{
		Head: Head{ID: "x", Size: 19, Black: []board.Point{at("D4")}, First: board.Black, Komi: 6.5, Rules: "japanese", Players: [2]game.Player{{Name: "Anna", Rank: "3k"}, {Name: "Ben"}},
			Began: time.Date(2026, 11, 28, 10, 0, 0, 0, time.UTC)},
		Steps: []Step{
			{Color: board.Black, Point: at("Q16"), Taken: []board.Point{at("J1")}, At: 12300 * time.Millisecond, Note: "n"},
			{Color: board.White, Point: board.Pass},
			{Setup: &Setup{Black: []board.Point{at("D4")}, Empty: []board.Point{at("Q16")}, ToMove: board.White}},
		},
		Status: Status{Phase: game.Playing, ToMove: board.Black, Captures: [2]int{0, 1}, Dead: []board.Point{at("C3")}, Result: "B+R", Ending: "Black wins by resignation",
			Clocks: [2]game.Clock{{System: game.ByoYomi, Left: 750 * time.Second, Main: 10 * time.Minute, Period: 30 * time.Second, Periods: 5}}, Camera: "A hand is over the board."},
	}
	for _, c := range []struct {
		event Event
		want  string
	}{
		{Event{Number: 12, Time: time.Date(2026, 11, 28, 10, 0, 0, 123e6, time.UTC), Size: 19, Game: g},
			`{"number":12,"time":"2026-11-28T10:00:00.123Z","game":{"head":{"id":"x","size":19,"black":["D4"],"first":"B","handicap":0,"komi":6.5,"rules":"japanese","players":[{"name":"Anna","rank":"3k"},{"name":"Ben"}],"began":"2026-11-28T10:00:00Z"},` +
				`"steps":[{"color":"B","point":"Q16","taken":["J1"],"at":12.3,"note":"n"},{"color":"W","point":"pass"},{"setup":{"black":["D4"],"empty":["Q16"],"toMove":"W"}}],` +
				`"status":{"phase":"play","toMove":"B","captures":[0,1],"dead":["C3"],"result":"B+R","ending":"Black wins by resignation","clocks":[{"system":"byoyomi","left":750,"main":600,"period":30,"periods":5,"stones":0,"overtime":false,"running":false,"out":false,"text":"10:00.0 + 5×30.0"},null],"camera":"A hand is over the board."}}}`},
		{Event{Number: 13, Time: time.Unix(0, 0), Size: 19, Course: &Course{From: 1}},
			`{"number":13,"time":"1970-01-01T00:00:00Z","size":19,"course":{"from":1,"steps":[]}}`},
	} {
		text, err := json.Marshal(c.event)
		if err != nil {
			t.Fatal(err)
		}
		if string(text) != c.want {
			t.Errorf("written is\n%s, not\n%s", text, c.want)
		}
	}
}

// TestWireRefuses reads what no game can be.
func TestWireRefuses(t *testing.T) {
	change := func(s string) string { return `{"number":1,"time":"2026-11-28T10:00:00Z","size":9,` + s + `}` }
	whole := func(head string) string {
		return `{"number":1,"time":"2026-11-28T10:00:00Z","game":{"head":{"id":"",` + head + `,"players":[{},{}]},"steps":[],"status":{"captures":[0,0]}}}`
	}
	for _, text := range []string{
		``, `null7`, `[]`, `{}`, `{"number":-1,"time":"2026-11-28T10:00:00Z","size":9,"status":{}}`,
		change(`"course":{"from":-1,"steps":[]}`), change(`"course":{"from":0,"steps":[{"color":"B"}]}`), change(`"course":{"from":0,"steps":[{"color":"X","point":"A1"}]}`),
		change(`"course":{"from":0,"steps":[{"point":"A1"}]}`), change(`"course":{"from":0,"steps":[{"color":"B","point":"K1"}]}`),
		change(`"course":{"from":0,"steps":[{"color":"B","point":"A1","taken":["pass"]}]}`), change(`"course":{"from":0,"steps":[{"color":"B","point":"A1","taken":["A2","A2"]}]}`),
		change(`"course":{"from":0,"steps":[{"color":"B","point":"A1","setup":{}}]}`), change(`"course":{"from":0,"steps":[{"color":"B","point":"A1","at":-3}]}`),
		change(`"course":{"from":0,"steps":[{"color":"B","point":"A1","at":1e300}]}`), change(`"course":{"from":0,"steps":[{"setup":{"black":["Z9"]}}]}`),
		change(`"status":{"phase":"tea"}`), change(`"status":{"captures":[-1,0]}`), change(`"status":{"dead":["I1"]}`), change(`"status":{"clocks":[{"system":"sand"},null]}`),
		change(`"status":{"clocks":[{"system":"byoyomi","periods":-1},null]}`), change(`"head":{"size":13}`),
		`{"number":1,"time":"2026-11-28T10:00:00Z","size":-9,"status":{"phase":"play"}}`,
		whole(`"size":26`), whole(`"size":1`), whole(`"size":9,"komi":1e9`), whole(`"size":9,"handicap":82`), whole(`"size":9,"black":["A1","A1"]`),
		change(`"course":{"from":0,"steps":[` + strings.TrimSuffix(strings.Repeat(`{"color":"B","point":"A1"},`, limits.LiveSteps+1), ",") + `]}`),
		change(`"x":` + strings.Repeat("[", 200) + strings.Repeat("]", 200)),
		change(`"x":"` + strings.Repeat("x", limits.LiveEvent) + `"`),
	} {
		e := Event{Number: 77}
		if err := json.Unmarshal([]byte(text), &e); err == nil {
			t.Errorf("%.200s was read as %+v", text, e)
		} else if e.Number != 77 {
			t.Errorf("%.200s: an error changed the event", text)
		}
	}
	var e Event
	if err := json.Unmarshal([]byte(change(`"status":{"ending":"a\u001b[2Jb","captures":[0,0]}`)), &e); err != nil || e.Status.Ending != "a[2Jb" {
		t.Errorf("%v, %+v", err, e.Status)
	}
}

// FuzzWire: what is read can be written, and reads back the same; and a game
// that was read is one whose positions can be asked for.
func FuzzWire(f *testing.F) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 20 {
		g := someGame(r)
		for _, e := range []Event{{Number: 1, Size: g.Size, Game: g}, {Number: 2, Size: g.Size, Head: &g.Head, Course: &Course{0, g.Steps}, Status: &g.Status}} {
			text, err := json.Marshal(e)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(text)
		}
	}
	f.Add([]byte(`{"number":1,"time":"9999-12-31T23:59:59-23:59","size":0,"status":{}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var e, again Event
		if json.Unmarshal(text, &e) != nil {
			return
		}
		written, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(written, &again); err != nil {
			t.Fatalf("%v\n%s", err, written)
		}
		second, err := json.Marshal(again)
		if err != nil || !bytes.Equal(written, second) {
			t.Fatalf("%v\n%s\n%s", err, written, second)
		}
		start := &Game{Head: Head{Size: e.Size}}
		if g, err := start.After(e); err == nil && g.Size > 0 {
			for n := range len(g.Steps) + 1 {
				_ = fmt.Sprint(g.Position(n))
			}
		}
	})
}
