package match

import (
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
)

// A program is not called a server, whatever is said of it; a server is called
// what it was always called.
func TestTheOtherSideIsCalledByItsName(t *testing.T) {
	m := board.Move{Color: board.Black, Point: board.Point{X: 2, Y: 2}}
	game13, err := board.NewGame(board.Setup{Size: 13})
	if err != nil {
		t.Fatal(err)
	}
	all := func(other string) []string {
		r := New(Options{Other: other})
		r.data, r.begun, r.game = game.Data{Setup: board.Setup{Size: 9}}, true, game13
		said := []string{r.textNoEcho(m), r.textLost(m), r.textLost(board.Move{Color: board.White, Point: board.Pass}), r.textOtherMove(m, m), r.textMissingMoves(3, 4),
			r.textMoveRefused(m, "no"), r.textRefused("no"), r.textNonsense("what"), r.textAnew(&r.data, game13), r.textOddMove(board.ErrTurn), r.textOutOfStep(3, 2),
			r.textSizeAsked(9, 13), r.of(textAskPass), r.textRecordCounts()}
		for _, state := range []func(){func() { r.game = nil }, func() { r.offline, r.senseless = 1, true }, func() { r.senseless = false },
			func() { r.online, r.game, r.askedSync = true, game13, -time.Hour }, func() { r.nonsense = "what" }} {
			state()
			s, ok := r.standServer()
			if !ok {
				t.Errorf("nothing is said with %+v", r.offline)
			}
			said = append(said, s.text)
		}
		return said
	}
	for i, s := range all("program") {
		was := all("")[i]
		if strings.Contains(s, "server") || strings.Contains(s, "website") || !strings.Contains(was, "server") || !strings.Contains(s, "program") && i != 13 {
			t.Errorf("%q is said where of a server it is %q", s, was)
		}
	}
}
