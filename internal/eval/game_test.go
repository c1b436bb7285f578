package eval

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
)

// game reads moves such as "B A1"; the k-th is seen in picture 10k and clear
// in the one after.
func game(t *testing.T, moves ...string) *Game {
	t.Helper()
	g := &Game{Name: "g", Size: 9}
	for k, s := range seen(t, moves...) {
		g.Moves = append(g.Moves, Move{Move: s.Move, Frame: 10 * k, Clear: 10*k + 1})
	}
	for i := range 10*len(moves) + 10 {
		g.Times = append(g.Times, time.Duration(i)*200*time.Millisecond)
	}
	return g
}

// seen has each move told two pictures after it is clear.
func seen(t *testing.T, moves ...string) (out []SeenMove) {
	t.Helper()
	for k, m := range moves {
		p, err := board.ParseGTP(m[2:], 9)
		if err != nil {
			t.Fatal(err)
		}
		c := board.Black
		if m[0] == 'W' {
			c = board.White
		}
		out = append(out, SeenMove{board.Move{Color: c, Point: p}, 10*k + 3})
	}
	return out
}

func TestJudgeGame(t *testing.T) {
	played := []string{"B C3", "W G7", "B C7", "W G3"}
	for name, c := range map[string]struct {
		seen           []string
		missing, extra int
	}{
		"exact":          {played, 0, 0},
		"nothing":        {nil, 4, 0},
		"one missing":    {[]string{"B C3", "W G7", "W G3"}, 1, 0},
		"one extra":      {[]string{"B C3", "W G7", "B E5", "B C7", "W G3"}, 0, 1},
		"another point":  {[]string{"B C3", "W G7", "B C6", "W G3"}, 1, 1},
		"another colour": {[]string{"B C3", "W G7", "W C7", "W G3"}, 1, 1},
		"another order":  {[]string{"B C7", "W G7", "B C3", "W G3"}, 2, 2},
	} {
		r := JudgeGame(game(t, played...), Seen{Moves: seen(t, c.seen...), Pictures: 50}, true)
		if r.Missing != c.missing || r.Extra != c.extra || r.Right != (c.missing+c.extra == 0) || len(r.Mistakes) != c.missing+c.extra {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

func TestJudgeGameTurned(t *testing.T) {
	g := game(t, "B C3", "W G7", "B C8")
	for q := range 4 {
		var s Seen
		for k, m := range g.turned(q) {
			s.Moves = append(s.Moves, SeenMove{m.Move, 10 * k})
		}
		if r := JudgeGame(g, s, false); !r.Right {
			t.Errorf("turned by %d quarters: %+v", q, r)
		}
		if r := JudgeGame(g, s, true); r.Right != (q == 0) {
			t.Errorf("turned by %d quarters against given corners: %+v", q, r)
		}
	}
}

func TestOrderThatNobodyKnowsIsNoMistake(t *testing.T) {
	g := game(t, "B C3", "W G7", "B C7", "W G3")
	g.Moves[1].Unsure, g.Moves[2].Unsure, g.Moves[2].Frame = true, true, g.Moves[1].Frame
	swapped := Seen{Moves: seen(t, "B C3", "B C7", "W G7", "W G3")}
	if r := JudgeGame(g, swapped, true); !r.Right {
		t.Errorf("%+v", r)
	}
	g.Moves[2].Frame++ // seen one after the other, then
	if r := JudgeGame(g, swapped, true); r.Right {
		t.Errorf("%+v", r)
	}
}

func TestDelay(t *testing.T) {
	g := game(t, "B C3", "W G7")
	s := Seen{Moves: seen(t, "B C3", "W G7")}
	s.Moves[1].Frame = 5 // before the hand was gone
	r := JudgeGame(g, s, true)
	if !slices.Equal(r.Delays, []float64{0.4, 0}) {
		t.Errorf("%v", r.Delays)
	}
	sum := NewGameReport(true, []GameResult{r, {Error: "no board", Moves: 7, Missing: 7}}).Summary
	if sum.Games != 2 || sum.Right != 1 || sum.Missing != 7 || sum.Moves != 9 || sum.Latest != 0.4 {
		t.Errorf("%+v", sum)
	}
}

const videoTruth = `{"name":"v","size":9,"fps":5,"setup":{"B":[[2,2]],"W":[]},"states":[],"moves":[
	{"n":1,"color":"W","row":4,"col":5,"release":1,"clear":2},{"n":2,"color":"B","pass_":true,"release":2,"clear":2}],
	"frames":3,"frame":[{"t":0,"corners":[[0,0],[80,0],[80,80],[0,80]]},{"t":0.2},{"t":0.4}]}`

func TestDecodeVideo(t *testing.T) {
	g, err := DecodeGame([]byte(videoTruth))
	if err != nil {
		t.Fatal(err)
	}
	want := Move{Move: board.Move{Color: board.White, Point: board.Point{X: 5, Y: 4}}, Frame: 1, Clear: 2}
	if len(g.Moves) != 1 || g.Moves[0] != want || len(g.Setup[0]) != 1 || g.Times[2] != 400*time.Millisecond || g.Corners[2].X != 80 {
		t.Errorf("%+v", g)
	}
}

// photographs is a sequence on a board of five lines.
func photographs(t *testing.T, more map[string]any, positions ...string) []byte {
	t.Helper()
	var frames []map[string]any
	for _, p := range positions {
		f := map[string]any{"file": "a.jpg", "corners": [][2]float64{{0, 0}, {40, 0}, {40, 40}, {0, 40}}, "truth": nil}
		if p != "" {
			f["truth"] = strings.Fields(p)
		}
		frames = append(frames, f)
	}
	doc := map[string]any{"name": "s", "board_size": 5, "frames": frames}
	for k, v := range more {
		doc[k] = v
	}
	data, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestMovesOfASequenceFollowFromItsLabels(t *testing.T) {
	g, err := DecodeGame(photographs(t, nil,
		"..... ..... ..... ..... .....",
		"",
		"..... ..... ..X.. ..... .....",
		"..... ..O.. ..X.. ...X. .....",
		"..... XXX.. XXX.. ...X. ....."))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range g.Moves {
		got = append(got, m.Point.GTP(5))
	}
	if strings.Join(got, " ") != "C3 C4 D2" || g.Moves[1].Frame != 3 || g.Moves[1].Unsure || g.Frames != 4 {
		t.Errorf("moves %v of %+v", got, g)
	}
}

func TestSequenceWithAList(t *testing.T) {
	list := map[string]any{
		"moves":               []map[string]any{{"frame": 1, "colour": "X", "row": 0, "col": 0, "order_sure": false}, {"frame": 2, "colour": "O", "row": 1, "col": 1, "order_sure": true}},
		"unexplained_changes": []map[string]any{{"frame": 2}},
	}
	g, err := DecodeGame(photographs(t, list,
		"..... ..... ..X.. .O... .....",
		"X.... ..... ..X.. .O... .....",
		"XXXX. ..... ..X.. .O... ....."))
	if err != nil {
		t.Fatal(err)
	}
	// The two stones of the first picture were played before it.
	if len(g.Moves) != 3 || g.Moves[0].Frame != 0 || !g.Moves[2].Unsure || g.Frames != 2 {
		t.Errorf("%+v", g)
	}
}

func TestSequenceThatBeginsInTheMiddle(t *testing.T) {
	g, err := DecodeGame(photographs(t, nil,
		"XX.OO XX.OO ..... ..... .....",
		"XX.OO XX.OO ..... ..X.. ....."))
	if err != nil || len(g.Setup[0]) != 4 || len(g.Setup[1]) != 4 || len(g.Moves) != 1 || g.Moves[0].Frame != 1 {
		t.Errorf("%+v, %v", g, err)
	}
}

func TestNoGames(t *testing.T) {
	for _, text := range []string{``, `[]`, `{}`, `{"size":9}`, `{"size":9,"frame":[]}`, `{"board_size":9,"frames":3}`,
		strings.Replace(videoTruth, `"row":4`, `"row":9`, 1),
		strings.Replace(videoTruth, `"color":"W"`, `"color":"G"`, 1),
		strings.Replace(videoTruth, `"release":1,"clear":2`, `"release":1,"clear":4`, 1),
		strings.Replace(videoTruth, `[0,0],[80,0],`, ``, 1),
		strings.Replace(string(photographs(t, nil, "")), "a.jpg", "../a.jpg", 1),
	} {
		if g, err := DecodeGame([]byte(text)); !errors.Is(err, ErrManifest) {
			t.Errorf("%s: %+v, %v", text, g, err)
		}
	}
}

func TestGameReport(t *testing.T) {
	r := NewGameReport(false, []GameResult{{Game: "g", Moves: 3, Missing: 1, Mistakes: []string{"B C3 of picture 4 is missing"}}, {Game: "h", Error: "no board"}})
	var b bytes.Buffer
	if err := r.WriteText(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"1 missing", "B C3 of picture 4", "h, board found by itself: no board", "0 of 2 games"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
}

func FuzzDecodeGame(f *testing.F) {
	f.Add([]byte(videoTruth))
	f.Add([]byte(`{"board_size":5,"frames":[{"file":"a.jpg","t":1,"corners":[[0,0],[1,0],[1,1],[0,1]],"truth":[".....",".....","..X..",".....","....."]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		g, err := DecodeGame(data)
		if err != nil {
			return
		}
		for _, m := range g.Moves {
			if int(m.Point.X) >= g.Size || int(m.Point.Y) >= g.Size || m.Point.X < 0 || m.Point.Y < 0 || m.Clear < m.Frame {
				t.Errorf("%+v", m)
			}
		}
		JudgeGame(g, Seen{}, false)
	})
}
