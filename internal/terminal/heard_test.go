package terminal

import (
	"slices"
	"testing"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/match"
)

func TestHear(t *testing.T) {
	for line, want := range map[string]match.CommandKind{
		"Yes.": match.CmdAccept, "JA!": match.CmdAccept, "d’accord": match.CmdAccept, "はい。": match.CmdAccept, "네.": match.CmdAccept, "是的，": match.CmdAccept,
		"Nein, ": match.CmdDeny, "いいえ": match.CmdDeny, " no ": match.CmdDeny,
		"Ich passe.": match.CmdPass, "パス": match.CmdPass, "I resign": match.CmdResign, "认输": match.CmdResign,
		"J’abandonne !": match.CmdResign, "悔棋": match.CmdUndo, "Cancel.": match.CmdCancel, "doch nicht": match.CmdCancel,
		"It is there.": match.CmdThere, "It’s there!": match.CmdThere, "Der Stein liegt da.": match.CmdThere, "石はあります。": match.CmdThere,
		"So liegt es jetzt.": match.CmdBoard, "以棋盘为准。": match.CmdBoard, "back 12": match.CmdBack,
		"play Q16": match.CmdPlay, "accept-score": match.CmdAcceptScore,
	} {
		if c, ok := Hear(line, 19); !ok || c.Kind != want {
			t.Errorf("%q was heard as %q, %v", line, c.Kind, ok)
		}
	}
	if c, ok := Hear("Play D4, ", 19); !ok || !slices.Equal(c.Points, []board.Point{{X: 3, Y: 15}}) {
		t.Errorf("D4 was heard as %v, %v", c, ok)
	}
	for _, line := range []string{"", "...", "Yes I think so too", "is it my turn", "quit", "q", "There!", "Board!", "back", "no way", "passt schon", "はい、そうですね", "play"} {
		if c, ok := Hear(line, 19); ok {
			t.Errorf("%q was taken for %v", line, c.Kind)
		}
	}
}

func FuzzHear(f *testing.F) {
	f.Add("mode below 99%", 9)
	f.Add("mark A1 B2、", 19)
	f.Fuzz(func(t *testing.T, line string, size int) {
		if c, ok := Hear(line, 2+(size&0xff)%24); ok && c.Kind == "" {
			t.Errorf("%q is a command without a kind", line)
		}
	})
}
