package face

import (
	"bytes"
	"context"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/app/apptest"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/phone"
)

// handset is a phone that is not there.
type handset struct {
	shown    []phone.Screen
	said     []phone.Sentence
	status   phone.Status
	commands chan string
	allowed  []string
}

func (h *handset) Show(s phone.Screen)     { h.shown = append(h.shown, s) }
func (h *handset) Say(s phone.Sentence)    { h.said = append(h.said, s) }
func (h *handset) Status() phone.Status    { return h.status }
func (h *handset) Commands() <-chan string { return h.commands }
func (h *handset) Allow(id string, yes bool) {
	h.allowed = append(h.allowed, map[bool]string{true: "yes ", false: "no "}[yes]+id)
}

// TestScreenOfAGame has the states of a game shown: the buttons are those that do
// something.
func TestScreenOfAGame(t *testing.T) {
	playing := match.Snapshot{Size: 9, Phase: game.Playing, Me: board.Black, Text: "Your turn.", Players: [2]game.Player{{Name: "Anna"}, {Name: "Ben"}},
		HasLast: true, Last: board.Move{Color: board.White, Point: board.Point{X: 3, Y: 5}},
		Clocks: [2]game.Clock{{System: game.ByoYomi, Main: 65 * time.Second, Period: 30 * time.Second, Periods: 3, Running: true}, {System: game.NoClock}}}
	for name, c := range map[string]struct {
		change  func(*match.Snapshot)
		buttons string
	}{
		"my turn":    {func(*match.Snapshot) {}, "pass undo pause resign"},
		"paused":     {func(s *match.Snapshot) { s.Paused = &game.Pause{} }, "resume resign"},
		"two people": {func(s *match.Snapshot) { s.Me = board.Empty }, "pass undo resign"},
		"asked": {func(s *match.Snapshot) {
			s.Questions = []match.Question{{Kind: match.AskResign, Text: "Do you really want to resign?"}}
		}, "yes no pass undo pause resign"},
		"dead stones": {func(s *match.Snapshot) { s.Phase = game.StoneRemoval }, "accept-score reject-score"},
		"over":        {func(s *match.Snapshot) { s.Phase, s.Result = game.Over, &game.Result{} }, ""},
		"no game yet": {func(s *match.Snapshot) { *s = match.Snapshot{} }, ""},
	} {
		s := playing
		c.change(&s)
		if got := strings.Join(screenOf(&s).Buttons, " "); got != c.buttons {
			t.Errorf("%s: the buttons are %q, want %q", name, got, c.buttons)
		}
	}
	got := screenOf(&playing)
	if got.Mode != "play" || got.Last != "D4" || got.LastColor != "white" || got.Title != "Anna – Ben" || got.Turn != "Your turn." || got.Advice != "" {
		t.Errorf("it shows %+v", got)
	}
	if want := []phone.Clock{{Color: "black", Name: "Anna", Text: "1:05.0 + 3×30", Left: 65, Running: true}}; !reflect.DeepEqual(got.Clocks, want) {
		t.Errorf("the clocks are %+v", got.Clocks)
	}
	playing.Last.Point, playing.State, playing.Text = board.Pass, match.StateBoardMoved, "The board was moved."
	if got = screenOf(&playing); got.Last != "pass" || got.Advice != "The board was moved." {
		t.Errorf("after a pass and a bump it shows %+v", got)
	}
}

// TestAClockIsNotToldAgain while the phone counts it as it is.
func TestAClockIsNotToldAgain(t *testing.T) {
	a := phone.Screen{Clocks: []phone.Clock{{Color: "black", Left: 60, Running: true, Text: "1:00.0"}, {Color: "white", Left: 30, Text: "30.0"}}}
	b := phone.Screen{Clocks: slices.Clone(a.Clocks)}
	b.Clocks[0].Left, b.Clocks[0].Text = 58, "58.0"
	if !same(a, b, 2*time.Second) {
		t.Error("it is told although it runs as it should")
	}
	if same(a, b, 4*time.Second) {
		t.Error("it is not told although the phone's is two seconds ahead")
	}
	b.Clocks[0].Running = false
	if same(a, b, 2*time.Second) {
		t.Error("it is not told that it stands")
	}
	c := a
	c.Turn = "White to play."
	if same(a, c, 0) {
		t.Error("another turn is the same")
	}
}

// TestAPhoneIsAFace speaks, shows and commands by a phone, in a game for a program
// that has no voices of its own.
func TestAPhoneIsAFace(t *testing.T) {
	apptest.Home(t)
	t.Setenv("LC_ALL", "en_US.UTF-8")
	var out bytes.Buffer
	f := New(&out, true)
	h := &handset{commands: make(chan string, 8)}
	h.commands <- "resign" // of the game before
	ctx, stop := context.WithCancel(t.Context())
	held := f.hold(ctx, h)
	f.Show(&match.Snapshot{Size: 9, Phase: game.Playing, Me: board.Black, Text: "Your turn."})
	f.Announce(match.Event{Kind: match.EventMove, Size: 9, Color: board.White, Point: board.Point{X: 3, Y: 5}, Text: "White D4."})
	if len(h.shown) != 2 || h.shown[1].Turn != "Your turn." {
		t.Errorf("it showed %+v", h.shown)
	}
	if len(h.said) != 1 || !strings.HasPrefix(h.said[0].Text, "white ") || h.said[0].Lang != "en" || h.said[0].Click != "stone" {
		t.Errorf("it said %+v", h.said)
	}
	commands, done := make(chan match.Command, 8), make(chan struct{})
	var shown atomic.Pointer[match.Snapshot]
	go func() { defer close(done); held.Command(ctx, commands, &shown, 9) }()
	time.Sleep(50 * time.Millisecond) // what was said before the game is gone then
	for _, words := range []string{"quit", "nonsense", "pass"} {
		h.commands <- words
	}
	if c := <-commands; c.Kind != match.CmdPass {
		t.Errorf("it commanded %v", c.Kind)
	}
	h.status.Asking = &phone.Phone{ID: "abcdefghjk", Name: "Other"}
	f.answerPhone("maybe")
	f.answerPhone("no")
	if !slices.Equal(h.allowed, []string{"no abcdefghjk"}) {
		t.Errorf("the owner's answer came as %q", h.allowed)
	}
	stop()
	<-done
	held.Release()
	f.Announce(match.Event{Kind: match.EventMove, Size: 9, Color: board.White, Text: "White D5."})
	if len(h.said) != 1 {
		t.Error("it speaks after the game")
	}
	for _, want := range []string{"the phone leaves no game", `there is no command \"nonsense\"`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("nobody says %q:\n%s", want, out.String())
		}
	}
}
