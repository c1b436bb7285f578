package terminal

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/plain"
)

func at(t *testing.T, gtp string, size int) board.Point {
	t.Helper()
	p, err := board.ParseGTP(gtp, size)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func snapshot(t *testing.T) *match.Snapshot {
	b, w := board.Black, board.White
	return &match.Snapshot{
		Size: 5, Name: "club evening", Text: "White D3 is to be put down.",
		Position: board.MustPosition(
			".....",
			".X.O.",
			"...O.",
			".....",
			"....."),
		HasLast: true, Last: match.Stone{Color: w, Point: at(t, "D3", 5)}, Number: 3,
		Owed:       []match.Stone{{Color: w, Point: at(t, "D3", 5)}},
		Prisoners:  []match.Stone{{Color: b, Point: at(t, "E3", 5)}},
		Unexpected: []match.Stone{{Color: b, Point: at(t, "A1", 5)}},
		Phase:      game.Playing, ToMove: b,
		Players:  [2]game.Player{{Name: "Ada", Rank: "5k"}, {Name: "Bo"}},
		Clocks:   [2]game.Clock{{Text: "12:34"}, {Text: "0:30 ×3"}},
		Captures: [2]int{0, 1},
		Online:   true, Camera: true, Locked: true, Covered: 0.12,
		Questions: []match.Question{{Text: "Agree to take back move 3?"}},
	}
}

func TestBoardShowsWhatIsToBeDone(t *testing.T) {
	want := strings.TrimPrefix(`
    A B C D E      club evening
 5  . . . . .  5   >X Ada 5k  12:34
 4  . X . O .  4       0 captured
 3  . . .[O]X- 3    O Bo  0:30 ×3
 2  . . . . .  2       1 captured
 1 !X!. . . .  1   move 3
    A B C D E      online, 12 % covered
                   ? Agree to take back move 3?
                   [ ]  to be put down
                   - -  to be taken off
                   ! !  not as it should be
White D3 is to be put down.
`, "\n")
	if d := cmp.Diff(want, Board(snapshot(t))); d != "" {
		t.Error(d)
	}
}

func TestPositionMarksHoshi(t *testing.T) {
	got := Position(board.NewPosition(9))
	if strings.Count(got, "+") != 5 || !strings.Contains(got, "   A B C D E F G H J") {
		t.Errorf("five hoshi and no I expected:\n%s", got)
	}
}

func TestCommands(t *testing.T) {
	for line, want := range map[string]match.Command{
		"pass":           {Kind: match.CmdPass},
		"  YES ":         {Kind: match.CmdAccept},
		"no":             {Kind: match.CmdDeny},
		"play q16":       {Kind: match.CmdPlay, Points: []board.Point{{X: 15, Y: 3}}},
		"mark a1 t19":    {Kind: match.CmdMark, Points: []board.Point{{X: 0, Y: 18}, {X: 18, Y: 0}}},
		"trust":          {Kind: match.CmdTrust},
		"there":          {Kind: match.CmdThere},
		"mode auto":      {Kind: match.CmdMode, Mode: match.Auto},
		"mode below 97%": {Kind: match.CmdMode, Mode: match.AskBelow, Below: 0.97},
		"mode below .9":  {Kind: match.CmdMode, Mode: match.AskBelow, Below: 0.9},
	} {
		got, err := ParseCommand(line, 19)
		if err != nil {
			t.Errorf("%q: %v", line, err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%q: %s", line, d)
		}
	}
	for line, says := range map[string]string{
		"":             "help",
		"pas":          `no command "pas"`,
		"resign now":   "stands alone",
		"play":         "needs a point",
		"play pass":    "to pass, say pass",
		"play i5":      "",
		"play z99":     "",
		"mark":         "needs a point",
		"mode":         "mode below P",
		"mode below 2": "between 0 and 1",
	} {
		if got, err := ParseCommand(line, 19); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q gave %v, %v; want an error with %q", line, got, err, says)
		}
	}
}

func TestCommandsBeforeTheBoardIsFound(t *testing.T) {
	for _, line := range []string{"play d4", "mark d4", "trust d4"} {
		if c, err := ParseCommand(line, 0); err == nil || !strings.Contains(err.Error(), "not been found") {
			t.Errorf("%q gave %v, %v", line, c, err)
		}
	}
	for _, line := range []string{"trust", "quit", "pass"} {
		if _, err := ParseCommand(line, 0); err != nil {
			t.Errorf("%q: %v", line, err)
		}
	}
}

func FuzzParseCommand(f *testing.F) {
	for _, s := range []string{"pass", "play q16", "mode below 97%", "mark a1 a2", "\x00", "play \xff"} {
		f.Add(s, 19)
	}
	f.Fuzz(func(t *testing.T, line string, size int) {
		if size < 2 || size > 25 {
			return
		}
		c, err := ParseCommand(line, size)
		if err != nil {
			return
		}
		for _, p := range c.Points {
			if !p.On(size) {
				t.Fatalf("%q names %v on a board of %d", line, p, size)
			}
		}
	})
}

func TestLiveBoardIsDrawnInPlace(t *testing.T) {
	var out bytes.Buffer
	face := NewText(&out, true)
	s := snapshot(t)
	face.Show(s)
	drawn := strings.Count(out.String(), "\n")
	out.Reset()
	face.Show(s)
	if out.Len() != 0 {
		t.Errorf("an unchanged board was redrawn: %q", out.String())
	}
	face.Announce(match.Event{Kind: match.EventMove, At: 1500 * time.Millisecond, Text: "White plays D3."})
	got := out.String()
	if !strings.HasPrefix(got, "\x1b["+strconv.Itoa(drawn)+"A\x1b[J") {
		t.Errorf("%d lines drawn, wiped with %q", drawn, got[:min(len(got), 12)])
	}
	if !strings.Contains(got, "   1.5 s  White plays D3.\n") || !strings.HasSuffix(got, Board(s)) {
		t.Errorf("sentence, then board expected: %q", got)
	}
}

func TestPlainOutputHasNoEscapes(t *testing.T) {
	var out bytes.Buffer
	face := NewText(&out, false)
	face.Show(snapshot(t))
	face.Announce(match.Event{Text: "Your turn.", Kind: match.EventState})
	face.Announce(match.Event{Text: "Your turn.", Kind: match.EventState})
	face.Announce(match.Event{Text: "White C1, takes 3.", Kind: match.EventMove})
	face.Announce(match.Event{Text: "White C1.", Kind: match.EventState})
	face.Announce(match.Event{Text: "White C11, takes 3.", Kind: match.EventMove})
	face.Announce(match.Event{Text: "White C1.", Kind: match.EventState})
	want := "   0.0 s  Your turn.\n   0.0 s  White C1, takes 3.\n   0.0 s  White C11, takes 3.\n   0.0 s  White C1.\n"
	if got := out.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestTheBoardIsRedrawnThroughTheFence keeps the cursor's movements, which are
// ours, and takes out what names would do; the data of JSON stay what they are.
func TestTheBoardIsRedrawnThroughTheFence(t *testing.T) {
	const hostile = "Eve\x1b[2J\u202emoc"
	var b bytes.Buffer
	text := NewText(plain.NewWriter(&b), true)
	text.Show(&match.Snapshot{Size: 9, Players: [2]game.Player{{Name: hostile}, {Name: hostile}}})
	text.Say(0, hostile)
	got := b.String()
	if strings.Contains(got, "\x1b[2J") || strings.Contains(got, "\u202e") || !strings.Contains(got, "Eve[2Jmoc") || !strings.Contains(got, "A\x1b[J") {
		t.Errorf("%q", got)
	}
	b.Reset()
	NewJSON(plain.NewWriter(&b)).Line(map[string]string{"text": hostile})
	var line map[string]string
	if err := json.Unmarshal(b.Bytes(), &line); err != nil || line["text"] != hostile || strings.Contains(b.String(), "\u202e") {
		t.Errorf("%s: %v", b.String(), err)
	}
}

// TestHelpListsCommands parses what the lists of commands offer.
func TestHelpListsCommands(t *testing.T) {
	example := strings.NewReplacer("POINT...", "c3 d4", "[POINT...]", "", "POINT", "c3", " N", " 3", "auto|ask|below P", "ask")
	for name, help := range map[string]string{"at a server": Help, "at one board": BoardHelp, "against a program": ProgramHelp, "for a controller": ControllerHelp} {
		for line := range strings.Lines(help) {
			offered, _, _ := strings.Cut(line, "  ")
			for _, c := range strings.Split(offered, ", ") {
				switch word, _, _ := strings.Cut(c, " "); strings.TrimSpace(word) {
				case "help", "corners", "phone": // not the referee's
					continue
				}
				if _, err := ParseCommand(example.Replace(c), 9); err != nil {
					t.Errorf("%s, %q: %v", name, c, err)
				}
			}
		}
	}
}
