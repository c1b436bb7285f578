package match

import (
	"bufio"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/reading"
)

// TestScenarios plays the stories of testdata/scenarios. A story is a text of
// one step a line; # begins a comment. It opens with what the game is:
//
//	size 9 | me black | rules japanese | handicap 3 [free] | mode ask | below 0.9
//	record E5 C3       moves that were played before, and lie on the board
//	bare               ... but do not lie there
//	relay [found]      no server: two people at one board, relayed
//	relay resumed      ... who go on with what is in the record
//	start
//
// and goes on with what happens:
//
//	wait 2s
//	put black E5 [lifting D4 C4]   by hand; also several stones: put black E5 white C3
//	take E5                        by hand
//	appear black E5 | vanish E5    without one
//	hand E5 | away                 a hand comes to rest; goes
//	cup J1                         a thing lies on points
//	misread E5 white | flicker E5 white | see                 all is read right again
//	bump | lamp | camera gone | camera back | grid unsure | grid lost | grid fits
//	opponent E5 | opponent pass | opponent resigns | opponent asks undo [2] | opponent cancels undo
//	opponent agrees undo | opponent pauses | opponent resumes | opponent agrees score | opponent plays on
//	line dead | line back | swallow ack | swallow echo | swallow move | refuse | slow 1s
//	crash | crash at 2             the program is killed: now, or at the 2nd chance while sending
//	do pass | do play E5 | ...     a command
//
// with what must come of it:
//
//	state owed [C3]                the state now, and the points it names
//	until owed 5s                  it comes within that time
//	record is E5 C3                the server's moves
//	shows black E5 C3 white D4     the stones of the record's position (relay)
//	set-ups 1                      how many the record has (relay)
//	same                           the record's position is that of the board (relay)
//	sent 2                         moves that reached the server, in all
//	told owed [text]               an event of that kind, or state, since the last told
//	untold question                none such since the last told
//	said text                      a voice said it since the last told
//	asks move | asks nothing       the open question
//	prisoners D4 | prisoners       stones to be lifted
func TestScenarios(t *testing.T) {
	files, _ := filepath.Glob("testdata/scenarios/*.txt")
	if len(files) == 0 {
		t.Fatal("no scenarios")
	}
	ways := waysOut{}
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".txt"), func(t *testing.T) {
			s := &scenario{t: t, setup: board.Setup{Size: 9, Komi: 6.5}, me: black, rules: "japanese", ways: ways}
			file, err := os.Open(f)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			lines := bufio.NewScanner(file)
			for n := 1; lines.Scan(); n++ {
				line, _, _ := strings.Cut(lines.Text(), "#")
				if words := strings.Fields(line); len(words) > 0 {
					s.line = strconv.Itoa(n) + ": " + strings.Join(words, " ")
					s.step(words)
				}
			}
			s.line = "end"
			if s.world == nil {
				t.Fatal("the story never starts")
			}
			s.check()
		})
	}
	ways.check(t)
}

// waysOut tells what led out of each state in the stories.
type waysOut map[State]map[string]bool

// check sees that each state is reached and left: by what happens on the board
// or at the server, and, where it is not for others to end it, by a command.
func (w waysOut) check(t *testing.T) {
	for _, state := range []State{StateStarting, StateConnectionLost, StateRemoval, StatePaused, StateCameraLost, StateBoardMoved,
		StateUndoAsked, StateTakeBack, StateSetup, StateMisplaced, StateOwed, StateMissing, StateUnexpected, StateCovered,
		StatePrisoners, StateSending, StateYourTurn, StateOpponentsTurn} {
		out := w[state]
		if !out["board"] && !out["server"] {
			t.Errorf("no story leaves %q without a command", state)
		}
		switch state {
		case StateStarting, StateConnectionLost, StateCameraLost, StateSending, StateOpponentsTurn:
		default:
			if !out["command"] {
				t.Errorf("no story leaves %q by a command", state)
			}
		}
		t.Logf("%-16s is left by %v", state, slices.Sorted(maps.Keys(out)))
	}
}

// commanded is for how long what happens counts as led to by a command.
const commanded = time.Second

// leaves notes what led out of the state that held before in.
func (s *scenario) leaves(in Input) {
	if now := s.ref.Snapshot().State; now != s.state {
		why := s.cause
		if s.now-s.told <= commanded && s.commands > 0 {
			why = "command"
		}
		if s.ways[s.state] == nil {
			s.ways[s.state] = map[string]bool{}
		}
		s.ways[s.state][why] = true
		s.state = now
	}
	switch s.cause = "board"; {
	case in.Command != nil:
		s.told, s.commands = s.now, s.commands+1
	case in.Server != nil:
		s.cause = "server"
	}
}

type scenario struct {
	*world
	t              *testing.T
	line           string
	setup          board.Setup
	rules          string
	free           bool
	me             board.Color
	moves          []string
	bare           bool
	relayed, found bool
	resumed        bool
	mode           Mode
	below          float64
	from           int // events before this one were asked about

	ways     waysOut
	state    State // before the last input
	cause    string
	told     time.Duration // when the last command came
	commands int
}

func (s *scenario) fail(format string, args ...any) {
	s.t.Helper()
	story := ""
	if s.world != nil {
		story = s.world.story() + "\n" + s.world.board.String()
		snap := s.world.ref.Snapshot()
		if snap.Candidate != nil {
			story += "\ncandidate: " + snap.Candidate.Move.Point.GTP(snap.Size) + " " + snap.Candidate.Why
		}
	}
	s.t.Fatalf("line %s\n"+format+"\n%s", append(append([]any{s.line}, args...), story)...)
}

func color(word string) board.Color {
	switch word {
	case "black":
		return black
	case "white":
		return white
	}
	return board.Empty
}

func (s *scenario) duration(word string) time.Duration {
	d, err := time.ParseDuration(word)
	if err != nil {
		s.fail("%v", err)
	}
	return d
}

func (s *scenario) points(words []string) []board.Point {
	var ps []board.Point
	for _, w := range words {
		ps = append(ps, s.pt(w))
	}
	return ps
}

// open handles the lines before the start; it reports whether it did.
func (s *scenario) open(w []string) bool {
	switch w[0] {
	case "size":
		s.setup.Size, _ = strconv.Atoi(w[1])
	case "me":
		s.me = color(w[1])
	case "rules":
		s.rules = w[1]
	case "handicap":
		s.setup.Handicap, _ = strconv.Atoi(w[1])
		s.free = len(w) > 2
	case "mode":
		s.mode = Mode(w[1])
	case "below":
		s.mode = AskBelow
		s.below, _ = strconv.ParseFloat(w[1], 64)
	case "record":
		s.moves = w[1:]
	case "bare":
		s.bare = true
	case "relay":
		s.relayed, s.found, s.resumed = true, slices.Contains(w, "found"), slices.Contains(w, "resumed")
	case "start":
		s.setup.Rules, _ = board.ParseRules(s.rules)
		s.setup.Rules.FreeHandicap = s.free
		s.world = newWorldOf(s.t, s.setup, s.me)
		s.opt = Options{Mode: s.mode, Below: s.below}
		for _, m := range s.moves {
			g := s.srv.game
			if err := g.Play(board.Move{Color: g.ToMove(), Point: s.pt(m)}); err != nil {
				s.fail("%v", err)
			}
		}
		if !s.bare {
			s.board = s.srv.game.Position()
		}
		if s.relayed {
			var err error
			o := RelayOptions{Setup: s.setup, AsFound: s.found}
			if s.resumed {
				o.Begun = s.srv.game
			}
			if s.world.relay, err = NewRelay(o); err != nil {
				s.fail("%v", err)
			}
		}
		s.state = StateStarting
		if !s.relayed {
			s.tap = s.leaves
		}
		s.start()
	default:
		return false
	}
	return true
}

func (s *scenario) step(w []string) {
	if s.world == nil {
		if !s.open(w) {
			s.fail("before the start?")
		}
		return
	}
	switch w[0] {
	case "wait":
		s.run(s.duration(w[1]))
	case "put":
		s.puts(w[1:])
	case "take":
		for _, p := range s.points(w[1:]) {
			s.take(p)
		}
	case "appear":
		s.board.Set(s.pt(w[2]), color(w[1]))
	case "vanish":
		s.board.Set(s.pt(w[1]), board.Empty)
	case "hand":
		s.reach(s.pt(w[1]))
	case "away":
		s.away()
	case "cup":
		for _, p := range s.points(w[1:]) {
			s.hand.Add(p)
		}
	case "misread", "flicker":
		state := reading.State(color(w[2]))
		if w[2] == "covered" {
			state = reading.Covered
		}
		if w[0] == "misread" {
			s.misread[s.pt(w[1])] = state
		} else {
			s.flicker[s.pt(w[1])] = state
		}
	case "see":
		clear(s.misread)
		clear(s.flicker)
	case "bump":
		s.bump++
	case "lamp":
		s.motion = 0.9
		s.world.step()
		s.motion = 0
	case "camera":
		s.dark, s.camErr = w[1] == "gone", nil
		if w[1] == "unplugged" {
			s.camErr = errors.New("the device is gone")
		}
	case "grid":
		s.lock = map[string]reading.Lock{"unsure": reading.Unsure, "lost": reading.Lost, "fits": reading.Locked}[w[1]]
	case "opponent":
		s.opponent(w[1:])
	case "line":
		if w[1] == "dead" {
			s.srv.disconnect()
		} else {
			s.srv.connect()
		}
	case "swallow":
		switch w[1] {
		case "ack":
			s.srv.swallowAck++
		case "echo":
			s.srv.swallowEcho++
		case "move":
			s.srv.swallowMove++
		}
	case "refuse":
		s.srv.refuse++
	case "slow":
		s.srv.slow = s.duration(w[1])
	case "crash":
		if len(w) > 2 {
			s.kill, _ = strconv.Atoi(w[2])
		} else {
			s.start()
		}
	case "do":
		c := Command{Kind: CommandKind(w[1])}
		switch {
		case c.Kind == CmdMode:
			c.Mode = Mode(w[2])
		case c.Kind == CmdBack:
			c.Number, _ = strconv.Atoi(w[2])
		default:
			c.Points = s.points(w[2:])
		}
		s.feed(Input{At: s.now, Command: &c})
	default:
		s.want(w)
	}
}

func (s *scenario) puts(w []string) {
	var lift []board.Point
	if i := slices.Index(w, "lifting"); i >= 0 {
		lift = s.points(w[i+1:])
		w = w[:i]
	}
	for ; len(w) > 2; w = w[2:] {
		s.reach(s.pt(w[1]))
		s.run(300 * time.Millisecond)
		s.board.Set(s.pt(w[1]), color(w[0]))
		s.run(200 * time.Millisecond)
	}
	s.put(s.pt(w[1]), color(w[0]), lift...)
}

func (s *scenario) opponent(w []string) {
	srv := s.srv
	theirs := s.me.Opponent()
	switch what := strings.Join(w, " "); what {
	case "resigns":
		srv.phase = game.Over
		srv.result = &game.Result{Winner: s.me, By: board.ByResignation, Words: "Resignation"}
		srv.push(game.PhaseChanged{Phase: game.Over})
		srv.push(game.Finished{Result: *srv.result})
	case "asks undo", "asks undo 2":
		n := 1
		if len(w) > 2 {
			n = 2
		}
		srv.undo = &game.Undo{By: theirs, Number: srv.game.MoveCount(), Count: n}
		srv.push(game.UndoRequested{Undo: *srv.undo})
	case "cancels undo":
		srv.undo = nil
		srv.push(game.UndoCanceled{})
	case "agrees undo":
		srv.takeBack()
	case "pauses":
		srv.paused = &game.Pause{By: theirs}
		srv.push(game.PauseChanged{Pause: srv.paused})
	case "resumes":
		srv.paused = nil
		srv.push(game.PauseChanged{})
	case "agrees score":
		srv.push(game.RemovalAccepted{By: theirs})
	case "plays on":
		srv.phase = game.Playing
		srv.game.Resume(s.me)
		srv.push(game.PhaseChanged{Phase: game.Playing})
	default:
		if s.me == board.Empty {
			theirs = srv.game.ToMove()
		}
		srv.play(board.Move{Color: theirs, Point: s.pt(w[0])})
	}
}

// want checks what has come of it.
func (s *scenario) want(w []string) {
	snap := s.ref.Snapshot()
	switch w[0] {
	case "until":
		for end := s.now + s.duration(w[2]); s.ref.Snapshot().State != State(w[1]); s.world.step() {
			if s.now > end {
				s.fail("the state is %s: %s", s.ref.Snapshot().State, s.ref.Snapshot().Text)
			}
		}
	case "state":
		if snap.State != State(w[1]) {
			s.fail("the state is %s: %s", snap.State, snap.Text)
		}
		for _, p := range w[2:] {
			if !strings.Contains(snap.Text, p) {
				s.fail("the text %q does not name %s", snap.Text, p)
			}
		}
	case "record":
		var got []string
		g := s.srv.game
		if s.world.relay != nil {
			g = s.world.relay.Game()
		}
		for _, m := range g.Moves() {
			if m.Point.IsPass() {
				got = append(got, "pass")
				continue
			}
			got = append(got, m.Point.GTP(s.setup.Size))
		}
		if !slices.Equal(got, w[2:]) {
			s.fail("the record is %v", got)
		}
	case "shows":
		want, c := board.NewPosition(s.setup.Size), board.Empty
		for _, word := range w[1:] {
			if color(word) != board.Empty {
				c = color(word)
			} else {
				want.Set(s.pt(word), c)
			}
		}
		if got := s.world.relay.Game().Position(); got != want {
			s.fail("the record shows\n%v\nnot\n%v", got, want)
		}
	case "set-ups":
		if n, _ := strconv.Atoi(w[1]); len(s.world.relay.Game().Edits()) != n {
			s.fail("the record has %+v", s.world.relay.Game().Edits())
		}
	case "same":
		if got := s.world.relay.Game().Position(); got != s.board {
			s.fail("the record shows\n%v", got)
		}
	case "sent":
		if n, _ := strconv.Atoi(w[1]); s.srv.moves != n {
			s.fail("%d moves reached the server", s.srv.moves)
		}
	case "told", "untold", "said":
		text := strings.Join(w[min(2, len(w)):], " ")
		found := slices.ContainsFunc(s.events[s.from:], func(e Event) bool {
			if w[0] == "said" {
				return strings.Contains(strings.ToLower(e.Say), strings.ToLower(strings.Join(w[1:], " ")))
			}
			return (string(e.Kind) == w[1] || e.Kind == EventState && string(e.State) == w[1]) &&
				strings.Contains(strings.ToLower(e.Text), strings.ToLower(text))
		})
		if found == (w[0] == "untold") {
			s.fail("")
		}
		if w[0] == "told" {
			s.from = len(s.events)
		}
	case "asks":
		got := "nothing"
		if len(snap.Questions) > 0 {
			got = string(snap.Questions[0].Kind)
		}
		if got != w[1] {
			s.fail("it asks %s", got)
		}
	case "prisoners":
		if got := points(snap.Prisoners); !slices.Equal(got, s.points(w[1:])) {
			s.fail("the prisoners are %v", got)
		}
	case "candidate":
		if snap.Candidate == nil && len(w) == 1 {
			return
		}
		if snap.Candidate == nil || len(w) == 1 || snap.Candidate.Move.Point != s.pt(w[1]) {
			s.fail("the candidate is %+v", snap.Candidate)
		}
	default:
		s.fail("what is that?")
	}
}

// check is what must hold at the end of every story.
func (s *scenario) check() {
	for _, e := range s.events {
		if (e.Kind == EventState || e.Kind == EventQuestion) && e.Text == "" {
			s.fail("an event without a sentence: %+v", e)
		}
	}
}
