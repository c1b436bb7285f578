package speech

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/patient"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func at(t *testing.T, name string, size int) board.Point {
	t.Helper()
	p, err := board.ParseGTP(name, size)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPointsAreNamedAsEachLanguageDoes(t *testing.T) {
	for _, c := range []struct {
		l    Lang
		name string
		want string
	}{
		{English, "Q16", "Q 16"}, {German, "A1", "A 1"}, {French, "J10", "J 10"},
		{Japanese, "Q16", "右上星"}, {Japanese, "K10", "天元"}, {Japanese, "R16", "3の四"}, {Japanese, "C3", "17の十七"}, {Japanese, "Q10", "右辺星"},
		{Korean, "D4", "좌하귀 화점"}, {Korean, "K10", "천원"}, {Korean, "R16", "17의 4"},
		{Chinese, "D16", "左上角星位"}, {Chinese, "C4", "3之十六"},
	} {
		if got := Point(c.l, at(t, c.name, 19), 19); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.l, c.name, got, c.want)
		}
	}
}

// No two points of a board may sound alike.
func TestPointsCanBeToldApart(t *testing.T) {
	for _, l := range Langs {
		for _, size := range []int{9, 13, 19} {
			seen := map[string]board.Point{}
			for y := range size {
				for x := range size {
					p := board.Point{X: int8(x), Y: int8(y)}
					name := Point(l, p, size)
					if q, ok := seen[name]; ok || name == "" {
						t.Errorf("%s: %v and %v on %d×%d are both %q", l, p, q, size, size, name)
					}
					seen[name] = p
				}
			}
		}
	}
}

func TestEveryLanguageSaysEverything(t *testing.T) {
	p, q := at(t, "Q16", 19), at(t, "R16", 19)
	base := match.Event{Size: 19, Color: board.White, Point: p, Points: []board.Point{p, q}, Say: "x"}
	var events []match.Event
	add := func(f func(*match.Event)) { e := base; f(&e); events = append(events, e) }
	for _, k := range []match.EventKind{match.EventSent, match.EventMove, match.EventRefused, match.EventResult} {
		add(func(e *match.Event) { e.Kind = k; e.Result = &game.Result{Winner: board.White} })
	}
	for _, s := range []match.State{match.StateOwed, match.StateMisplaced, match.StateUnexpected, match.StateTakeBack, match.StateMissing, match.StateCameraLost, match.StateBoardMoved, match.StateConnectionLost, match.StatePaused, match.StateUndoAsked, match.StateRemoval, match.StateYourTurn, match.StateCovered, match.StatePrisoners, match.StateSetup} {
		add(func(e *match.Event) { e.Kind = match.EventState; e.State = s })
	}
	for _, k := range []match.QuestionKind{match.AskMove, match.AskUndo, match.AskResign, match.AskTakeBack, match.AskThere, match.AskHandicap, match.AskBegun} {
		add(func(e *match.Event) {
			e.Kind = match.EventQuestion
			e.Question = &match.Question{Kind: k, Move: board.Move{Color: board.Black, Point: q}}
		})
	}
	add(func(e *match.Event) { e.Kind = match.EventSetup })
	add(func(e *match.Event) {
		e.Kind = match.EventQuestion
		e.Question = &match.Question{Kind: match.AskPass, Move: board.Move{Color: board.Black}, Moves: make([]board.Move, 2)}
	})
	add(func(e *match.Event) { e.Kind, e.State = match.EventAlarm, match.StateUnkept })
	add(func(e *match.Event) { e.Kind, e.State = match.EventNote, match.StateKept })
	for _, l := range Langs {
		for _, e := range events {
			s := Sentence(l, e, board.Black)
			if s == "" || strings.Contains(s, "%!") {
				t.Errorf("%s says %q for %s %s", l, s, e.Kind, e.State)
			}
		}
	}
	if s := Sentence(German, match.Event{Kind: match.EventMove, Size: 19, Color: board.White, Point: p, Points: []board.Point{q}}, board.Black); s != "Weiß Q 16, schlägt 1" {
		t.Errorf("German: %q", s)
	}
	quiet := match.Event{Kind: match.EventState, State: match.StateOwed, Points: []board.Point{p}, Size: 19}
	if s := Sentence(English, quiet, board.Black); s != "" {
		t.Errorf("a quiet state is spoken: %q", s)
	}
	if s := Sentence(English, match.Event{Kind: match.EventMove, Mine: true, Point: p, Size: 19}, board.Black); s != "" {
		t.Errorf("my own move is spoken twice: %q", s)
	}
}

func TestVoicesOfSystems(t *testing.T) {
	only := func(names ...string) func(string) (string, error) {
		return func(n string) (string, error) {
			for _, have := range names {
				if n == have {
					return n, nil
				}
			}
			return "", errors.New("none")
		}
	}
	for _, c := range []struct {
		goos string
		have []string
		l    Lang
		want string
	}{
		{"linux", []string{"espeak-ng", "spd-say"}, Chinese, "espeak-ng -v cmn -s 150 -- -rm x"},
		{"linux", []string{"spd-say"}, German, "spd-say --wait -r 0 -l de -- -rm x"},
		{"darwin", []string{"say"}, Japanese, "say -v Kyoko -r 150 -- -rm x"},
	} {
		e, err := findEngine(c.goos, usualRate, only(c.have...))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(e("-rm x", c.l), " "); got != c.want {
			t.Errorf("%s: %s, want %s", c.goos, got, c.want)
		}
	}
	if e, err := findEngine("windows", usualRate, only("powershell")); err != nil || strings.Contains(strings.Join(e("$(evil)", English), " "), "evil") {
		t.Errorf("windows: the text is part of a script, or %v", err)
	}
	if _, err := findEngine("linux", usualRate, only()); !errors.Is(err, ErrNoVoice) {
		t.Errorf("no voice: %v", err)
	}
}

// script stands in for a voice: it writes what it is to say into a file.
func script(t *testing.T, seconds string) (engine, func() string) {
	file := filepath.Join(t.TempDir(), "said")
	return func(text string, _ Lang) []string {
			return []string{"sh", "-c", `printf '%s\n' "$1" >> "$2"; exec sleep "$3"`, "sh", text, file, seconds}
		}, func() string {
			b, _ := os.ReadFile(file)
			return string(b)
		}
}

func eventually(t *testing.T, what string, f func() bool) {
	t.Helper()
	ctx, cancel := patient.Context(context.Background(), 20*time.Second)
	defer cancel()
	for !f() {
		select {
		case <-ctx.Done():
			t.Fatal("never: " + what)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func TestTheVoiceSpeaksInOrderAndIsCutOff(t *testing.T) {
	say, said := script(t, "0")
	v := start(English, false, func(s string) { t.Error(s) }, say)
	v.Say("one", false)
	v.Say("two", false)
	eventually(t, "both are said", func() bool { return said() == "one\ntwo\n" })
	v.Mute(true)
	v.Say("three", false)
	v.Again()
	eventually(t, "again is said", func() bool { return said() == "one\ntwo\nthree\n" })
	v.Close()

	say, said = script(t, "600")
	v = start(English, false, func(s string) { t.Error(s) }, say)
	v.Say("long", false)
	eventually(t, "it begins", func() bool { return said() == "long\n" })
	v.Say("dropped", false)
	v.Say("urgent", true)
	eventually(t, "what is urgent cuts it off", func() bool { return said() == "long\nurgent\n" })
	v.Close()
}

func TestABrokenVoiceSaysSoOnce(t *testing.T) {
	told := make(chan string, 9)
	v := start(English, false, func(s string) { told <- s }, func(string, Lang) []string {
		return []string{"sh", "-c", "echo no card >&2; exit 1"}
	})
	for range 3 {
		v.Say("x", false)
	}
	if s := <-told; !strings.Contains(s, "no card") {
		t.Errorf("told %q", s)
	}
	eventually(t, "all is tried", func() bool { v.mu.Lock(); defer v.mu.Unlock(); return len(v.queue) == 0 && v.stop == nil })
	v.Close()
	if len(told) > 0 {
		t.Errorf("told again: %q", <-told)
	}
	// And without any voice nothing happens at all.
	v = start(English, false, func(s string) { t.Error(s) }, nil)
	v.Say("x", true)
	v.Again()
	v.Close()
}

func TestTheCoachCountsDown(t *testing.T) {
	c := Coach{Lang: English}
	snap := func(n int, text string) *match.Snapshot {
		return &match.Snapshot{Me: board.Black, ToMove: board.Black, Phase: game.Playing, Number: n,
			Clocks: [2]game.Clock{{Text: text, Running: true}, {}}}
	}
	var said []string
	for i := 0; i <= 30; i++ { // told once, counted on
		if s, _ := c.Observe(snap(4, "3×30.0"), time.Duration(i)*time.Second); s != "" {
			said = append(said, s)
		}
		if s, _ := c.Observe(snap(4, "3×30.0"), time.Duration(i)*time.Second); s != "" {
			t.Errorf("%q is said twice", s)
		}
	}
	if got := strings.Join(said, " "); got != "20 seconds 10 9 8 7 6 5 4 3 2 1" {
		t.Errorf("said %q", got)
	}
	if s, _ := c.Observe(snap(4, "1×29.5"), 0); s != "last period" {
		t.Errorf("in the last period: %q", s)
	}
	if s, _ := c.Observe(snap(6, "0:10.0 + 3×30.0"), 0); s != "" {
		t.Errorf("with periods to come: %q", s)
	}
	if s, _ := c.Observe(snap(6, "0:11.0"), 0); s != "" {
		t.Errorf("too early: %q", s)
	}
	if s, _ := c.Observe(snap(6, "0:11.0"), time.Second); s != "10" {
		t.Errorf("in sudden death: %q", s)
	}
	other := snap(7, "9.0")
	other.ToMove = board.White
	if s, _ := c.Observe(other, 0); s != "" {
		t.Errorf("in the opponent's time: %q", s)
	}
}

func TestCountdownIsChosen(t *testing.T) {
	s := &match.Snapshot{Me: board.Black, ToMove: board.Black, Phase: game.Playing, Number: 4}
	s.Clocks[0] = game.Clock{Text: "1×30.0", Left: 30 * time.Second, Running: true}
	heard := func(steps []int) (out []string) {
		c := Coach{Lang: English, Steps: steps}
		for ms := range 300 {
			if say, _ := c.Observe(s, time.Duration(ms)*100*time.Millisecond); say != "" {
				out = append(out, say)
			}
		}
		return out
	}
	if got := strings.Join(heard([]int{20, 3}), ", "); got != "20 seconds, 3" {
		t.Errorf("with 20 and 3: %q", got)
	}
	if got := heard([]int{}); len(got) != 0 {
		t.Errorf("with none: %q", got)
	}
	if got := heard(nil); len(got) < 10 {
		t.Errorf("by itself: %q", got)
	}
}

func TestWhatIsSpokenIsPlain(t *testing.T) {
	say, said := script(t, "0")
	v := start(English, false, func(s string) { t.Error(s) }, say)
	v.Say("Eve\x1b[2J\x00\u202emoc\u200b\nx"+strings.Repeat("!", 9999), false)
	eventually(t, "it is said", func() bool { return said() != "" })
	v.Close()
	if got := said(); !strings.HasPrefix(got, "Eve[2Jmoc x!!!") || len(got) > 500 {
		t.Errorf("it said %q", got)
	}
}
