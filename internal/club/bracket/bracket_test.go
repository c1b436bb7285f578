package bracket

import (
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/internal/club"
)

func TestBracketsInTheMiddle(t *testing.T) {
	people := []club.Player{{ID: "1", Name: "A"}, {ID: "2", Name: "B"}, {ID: "3", Name: "C"}, {ID: "4", Name: "D"}, {ID: "5", Name: "E"}}
	ms := []club.Match{
		{ID: "11", Round: 1, PlayOrder: 1, Identifier: "A", State: club.Complete, Player1: "4", Player2: "5", Winner: "4", Sets: [][2]int{{1, 0}}},
		{ID: "12", Round: 2, PlayOrder: 2, Identifier: "B", State: club.Open, Player1: "1", Player2: "4", Underway: time.Now()},
		{ID: "13", Round: 2, PlayOrder: 3, Identifier: "C", State: club.Open, Player1: "2", Player2: "3"},
		{ID: "14", Round: 3, PlayOrder: 4, Identifier: "D", State: club.Pending},
	}
	for kind, want := range map[club.Form]string{
		club.SingleElimination: `
A ──────┐
        ├ B (being played)
D ─┐    │
   ├ D ─┘
E ─┘

B ─┐
   ├ C
C ─┘

? ─┐
   ├ D
? ─┘
`,
		club.Swiss: `
Round 1
    A  *D   1-0   E
Round 2
    B   A     –   D
    C   B     –   C
Round 3
    D   ?     –   ?
`,
	} {
		var out strings.Builder
		if err := Write(&out, club.Scene{Tournament: club.Tournament{Form: kind}, Players: people, Matches: ms}); err != nil {
			t.Fatal(err)
		}
		if got := "\n" + out.String(); got != want {
			t.Errorf("%s:%s", kind, got)
		}
	}
	var out strings.Builder
	if err := Write(&out, club.Scene{}); err != nil || out.Len() != 0 {
		t.Errorf("%q %v", out.String(), err)
	}
}
