package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/ogs/ogstest"
)

// ogstestFaults are the misbehaviours that can be asked for by name.
var ogstestFaults = map[string]ogstest.Kind{
	"lose-move": ogstest.LoseMove, "swallow-ack": ogstest.SwallowAck, "swallow-echo": ogstest.SwallowEcho, "swallow-both": ogstest.SwallowBoth,
	"drop-before": ogstest.DropBefore, "drop-after": ogstest.DropAfter, "refuse-move": ogstest.RefuseMove, "delay-move": ogstest.DelayMove,
	"delay-echo": ogstest.DelayEcho, "duplicate-echo": ogstest.DuplicateEcho, "garbage-echo": ogstest.GarbageEcho, "skip-event": ogstest.SkipEvent,
	"skip-clock": ogstest.SkipClock, "reorder": ogstest.Reorder, "status": ogstest.Status, "html-500": ogstest.HTML500, "html-200": ogstest.HTML200,
	"stall": ogstest.Stall, "cut": ogstest.Cut, "no-gamedata": ogstest.NoGameData, "bad-gamedata": ogstest.BadGameData,
	"double-move": ogstest.DoubleMove, "bad-stones": ogstest.BadStones, "tiny-board": ogstest.TinyBoard, "oblong-board": ogstest.OblongBoard,
	"other-size": ogstest.OtherSize, "far-move": ogstest.FarMove, "absurd-clock": ogstest.AbsurdClock, "swapped-players": ogstest.SwappedPlayers,
	"lose-append": ogstest.LoseAppend, "double-append": ogstest.DoubleAppend, "reorder-append": ogstest.ReorderAppend,
	"delay-append": ogstest.DelayAppend, "drop-before-append": ogstest.DropBeforeAppend, "drop-after-append": ogstest.DropAfterAppend,
	"skip-review-event": ogstest.SkipReviewEvent, "no-full-state": ogstest.NoFullState, "bad-full-state": ogstest.BadFullState,
}

func newOGSTestCommand() *cobra.Command {
	t := &testServer{}
	cmd := &cobra.Command{
		Use:   "ogstest",
		Short: "Run a server that speaks what online-go.com speaks, for tests",
		Long: `Ogstest runs a server on this machine that speaks OGS's protocol: OAuth2, the REST
interface and the real-time socket. It keeps clocks and rules, refuses what OGS
refuses, and says what a client did that a well-behaved one does not do. Any OGS
client can be tested with it.

It prints its address and, for each account, an access token and a token for the
socket, as JSON lines. With --game it starts a game of the first account, whose
opponent plays at random, passes when the board is half full, and agrees to any
score; at the end it prints the game's record.

  gobancam ogstest --game
  export GOBANCAM_OGS_SERVER=ADDRESS GOBANCAM_OGS_TOKEN=TOKEN
  gobancam play --camera sim:

Commands are lines on standard input:

  fault NAME [TIMES] [DELAY]  misbehave at the next occasion; the names are
                              ` + wrapNames(slices.Sorted(maps.Keys(ogstestFaults)), 30, 46) + `
  drop                        break all sockets off
  hush                        stop hearing and speaking, with sockets open
  heal                        take back the faults that have not happened
  restart DURATION            close the port for a while
  expire tokens|jwts          end all access tokens, or the socket's
  nonsense NAME               send the game data of such a fault, unasked
  raw TEXT                    send a frame as it is to all sockets
  game                        start another game
  demo                        make a demo board of the first account
  group                       make a group in which it keeps tournament records
  reviews                     print all demo boards and reviews as they are
  control NUMBER USER         hand the control of one to an account
  draw NUMBER MOVES           have somebody else draw on one: all moves, as pddp
  record                      print everything that was received
  violations                  print what clients did wrong
  quit                        print the violations and end (so does Ctrl-C)

The exit code is 1 if there were violations.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return t.run(cmd) },
	}
	fl := cmd.Flags()
	fl.StringVar(&t.opt.Addr, "addr", "127.0.0.1:0", "loopback `address` to listen at; port 0 takes a free one")
	fl.StringSliceVar(&t.names, "user", []string{"alice", "bob"}, "accounts to make")
	fl.BoolVar(&t.begin, "game", false, "start a game of the first account against the second")
	fl.BoolVar(&t.passive, "passive", false, "the second account does not play by itself")
	fl.IntVar(&t.size, "size", 9, "the game's board")
	fl.IntVar(&t.handicap, "handicap", 0, "the game's handicap")
	fl.StringVar(&t.rules, "rules", "japanese", "the game's rules")
	fl.StringVar(&t.color, "color", "black", "the first account's colour")
	fl.BoolVar(&t.opt.OldForms, "old-forms", false, "write numbers and strings where older servers did")
	fl.BoolVar(&t.opt.PhaseLast, "phase-last", false, "tell the end of play after the last pass, not before it")
	fl.BoolVar(&t.opt.NewGameID, "new-game-id", false, "give an accepted challenge a game with another number than announced")
	fl.BoolVar(&t.opt.NoReviewEcho, "no-review-echo", false, "tell a message of a review to all but the connection that it came from")
	fl.DurationVar(&t.opt.TokenLife, "token-life", 0, "life of access tokens; 30 days without it")
	fl.DurationVar(&t.opt.JWTLife, "jwt-life", 0, "life of the socket's tokens; a day without it")
	return cmd
}

// run serves until it is told to quit.
func (t *testServer) run(cmd *cobra.Command) error {
	if len(t.names) < 2 {
		return withCode(exitUsage, errors.New("a game takes two accounts"))
	}
	srv, err := ogstest.New(t.opt)
	if err != nil {
		return withCode(exitUsage, err)
	}
	defer srv.Close()
	t.srv, t.out = srv, json.NewEncoder(cmd.OutOrStdout())
	t.out.Encode(map[string]any{"server": srv.URL()})
	for _, name := range t.names {
		u := srv.AddUser(name)
		t.users = append(t.users, u)
		t.out.Encode(map[string]any{"user": u.Name, "id": u.ID, "token": srv.Token(u), "jwt": srv.JWT(u)})
	}
	if t.begin {
		if err := t.start(); err != nil {
			return withCode(exitUsage, err)
		}
	}
	t.serve(cmd.Context(), cmd.InOrStdin(), cmd.ErrOrStderr())
	return t.verdict()
}

// serve carries out the lines of an input until quit or until ctx ends.
func (t *testServer) serve(ctx context.Context, in io.Reader, complain io.Writer) {
	lines := make(chan string)
	go func() {
		defer close(lines)
		scan := bufio.NewScanner(in)
		for scan.Scan() {
			select {
			case lines <- scan.Text():
			case <-ctx.Done():
				return
			}
		}
		// Without standard input the server runs until it is stopped.
		<-ctx.Done()
	}()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for quit := false; !quit; {
		select {
		case <-ctx.Done():
			quit = true
		case line := <-lines:
			quit = t.command(complain, line)
		case <-tick.C:
			t.finished()
		}
	}
	t.finished()
}

// verdict prints what clients did wrong, which makes an error.
func (t *testServer) verdict() error {
	v := t.srv.Violations()
	for _, s := range v {
		t.out.Encode(map[string]any{"violation": s})
	}
	if len(v) > 0 {
		return withCode(exitFailed, fmt.Errorf("clients did %d things that a well-behaved one does not do", len(v)))
	}
	return nil
}

// wrapNames lists names in lines of at most width, indented but for the first.
func wrapNames(names []string, indent, width int) string {
	var b strings.Builder
	n := 0
	for i, name := range names {
		if i > 0 {
			b.WriteString(",")
			if n+len(name) > width {
				b.WriteString("\n" + strings.Repeat(" ", indent))
				n = 0
			} else {
				b.WriteString(" ")
			}
		}
		b.WriteString(name)
		n += len(name) + 2
	}
	return b.String()
}

// testServer is a running ogstest command.
type testServer struct {
	opt            ogstest.Options
	names          []string // of the accounts
	begin          bool     // a game at once
	srv            *ogstest.Server
	out            *json.Encoder
	users          []*ogstest.User
	games          []*ogstest.Game
	size, handicap int
	rules, color   string
	passive        bool
}

func (t *testServer) start() error {
	s := ogstest.Setup{Black: t.users[0], White: t.users[1], Size: t.size, Handicap: t.handicap, Rules: t.rules}
	if t.color == "white" {
		s.Black, s.White = s.White, s.Black
	}
	g, err := t.srv.StartGame(s)
	if err != nil {
		return err
	}
	t.games = append(t.games, g)
	if !t.passive {
		g.SetOpponent(t.users[1], ogstest.Opponent{Move: randomPlayer, AcceptUndo: true, Delay: 300 * time.Millisecond})
	}
	return t.out.Encode(map[string]any{"game": g.ID, "black": s.Black.Name, "white": s.White.Name})
}

// randomPlayer plays anywhere, does not fill its own eyes, and passes when the
// opponent does or the board is half full.
func randomPlayer(v *ogstest.View) ogstest.Reply {
	n := v.Game.Size()
	last, ok := v.Game.LastMove()
	if v.Game.MoveCount() >= n*n/2 || ok && last.Point.IsPass() {
		return ogstest.Reply{Point: board.Pass}
	}
	pos := v.Game.Position()
	for range 200 {
		p := board.Point{X: int8(rand.IntN(n)), Y: int8(rand.IntN(n))}
		eye := !slices.ContainsFunc(pos.Neighbours(p), func(q board.Point) bool { return pos.At(q) != v.Color })
		if !eye && v.Game.Legal(board.Move{Color: v.Color, Point: p}) {
			return ogstest.Reply{Point: p}
		}
	}
	return ogstest.Reply{Point: board.Pass}
}

// finished prints the records of games that have ended.
func (t *testServer) finished() {
	t.games = slices.DeleteFunc(t.games, func(g *ogstest.Game) bool {
		if g.Phase() != "finished" {
			return false
		}
		outcome, winner := g.Outcome()
		t.out.Encode(map[string]any{"finished": g.ID, "outcome": outcome, "winner": winner.String(), "moves": g.Moves()})
		return true
	})
}

// command carries out one line; true for quit.
func (t *testServer) command(complain io.Writer, line string) bool {
	words := strings.Fields(line)
	if len(words) == 0 {
		return false
	}
	if words[0] == "quit" {
		return true
	}
	do, ok := testCommands[words[0]]
	err := fmt.Errorf("there is no command %q", words[0])
	if ok {
		rest := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), words[0]))
		err = do(t, rest, append(words[1:], "", "", "")) // so that each has the arguments it may have
	}
	if err != nil {
		fmt.Fprintln(complain, "ogstest:", err)
	}
	return false
}

// testCommands are the lines by their first word; they are given what follows
// it, as it is and in words.
var testCommands = map[string]func(t *testServer, rest string, words []string) error{
	"drop":       func(t *testServer, _ string, _ []string) error { t.srv.DropConnections(); return nil },
	"hush":       func(t *testServer, _ string, _ []string) error { t.srv.Hush(); return nil },
	"heal":       func(t *testServer, _ string, _ []string) error { t.srv.Heal(); return nil },
	"raw":        func(t *testServer, rest string, _ []string) error { t.srv.SendRaw([]byte(rest), false); return nil },
	"game":       func(t *testServer, _ string, _ []string) error { return t.start() },
	"demo":       (*testServer).startDemo,
	"group":      (*testServer).startGroup,
	"reviews":    (*testServer).reviews,
	"control":    (*testServer).control,
	"draw":       (*testServer).draw,
	"restart":    (*testServer).restart,
	"expire":     (*testServer).expire,
	"fault":      (*testServer).fault,
	"nonsense":   (*testServer).nonsense,
	"record":     (*testServer).record,
	"violations": (*testServer).violations,
}

func (t *testServer) restart(_ string, words []string) error {
	d, err := time.ParseDuration(words[0])
	if err != nil {
		return err
	}
	return t.srv.Restart(d)
}

func (t *testServer) expire(_ string, words []string) error {
	switch words[0] {
	case "tokens":
		t.srv.ExpireTokens()
	case "jwts":
		t.srv.ExpireJWTs()
	default:
		return errors.New("expire tokens, or expire jwts")
	}
	return nil
}

func (t *testServer) fault(_ string, words []string) (err error) {
	kind, ok := ogstestFaults[words[0]]
	if !ok {
		return fmt.Errorf("there is no fault %q", words[0])
	}
	f := ogstest.Fault{Kind: kind, Times: 1}
	if words[1] != "" {
		if f.Times, err = strconv.Atoi(words[1]); err != nil {
			return err
		}
	}
	if words[2] != "" {
		if f.Delay, err = time.ParseDuration(words[2]); err != nil {
			return err
		}
	}
	t.srv.Inject(f)
	return nil
}

func (t *testServer) nonsense(_ string, words []string) error {
	kind, ok := ogstestFaults[words[0]]
	if !ok || !slices.Contains(ogstest.Nonsense(), kind) {
		return fmt.Errorf("%q is not a kind of game data", words[0])
	}
	for _, g := range t.games {
		g.TellNonsense(kind)
	}
	return nil
}

func (t *testServer) record(string, []string) error {
	for _, r := range t.srv.Records() {
		t.out.Encode(map[string]any{"at": r.At, "connection": r.Conn, "user": r.User, "command": r.Command, "data": string(r.Data)})
	}
	return nil
}

func (t *testServer) violations(string, []string) error {
	for _, v := range t.srv.Violations() {
		t.out.Encode(map[string]any{"violation": v})
	}
	return nil
}
