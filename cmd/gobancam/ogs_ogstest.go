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
}

func newOGSTestCommand() *cobra.Command {
	var o ogstest.Options
	var users []string
	var size, handicap int
	var rules, color string
	var game, passive bool
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
  record                      print everything that was received
  violations                  print what clients did wrong
  quit                        print the violations and end (so does Ctrl-C)

The exit code is 1 if there were violations.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if len(users) < 2 {
				return withCode(exitUsage, errors.New("a game takes two accounts"))
			}
			srv, err := ogstest.New(o)
			if err != nil {
				return withCode(exitUsage, err)
			}
			defer srv.Close()
			t := &testServer{srv: srv, out: json.NewEncoder(cmd.OutOrStdout()), size: size, handicap: handicap, rules: rules, color: color, passive: passive}
			t.out.Encode(map[string]any{"server": srv.URL()})
			for _, name := range users {
				u := srv.AddUser(name)
				t.users = append(t.users, u)
				t.out.Encode(map[string]any{"user": u.Name, "id": u.ID, "token": srv.Token(u), "jwt": srv.JWT(u)})
			}
			if game {
				if err := t.start(); err != nil {
					return withCode(exitUsage, err)
				}
			}
			t.serve(cmd.Context(), cmd.InOrStdin(), cmd.ErrOrStderr())
			return t.verdict()
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&o.Addr, "addr", "127.0.0.1:0", "loopback `address` to listen at; port 0 takes a free one")
	fl.StringSliceVar(&users, "user", []string{"alice", "bob"}, "accounts to make")
	fl.BoolVar(&game, "game", false, "start a game of the first account against the second")
	fl.BoolVar(&passive, "passive", false, "the second account does not play by itself")
	fl.IntVar(&size, "size", 9, "the game's board")
	fl.IntVar(&handicap, "handicap", 0, "the game's handicap")
	fl.StringVar(&rules, "rules", "japanese", "the game's rules")
	fl.StringVar(&color, "color", "black", "the first account's colour")
	fl.BoolVar(&o.OldForms, "old-forms", false, "write numbers and strings where older servers did")
	fl.BoolVar(&o.PhaseLast, "phase-last", false, "tell the end of play after the last pass, not before it")
	fl.BoolVar(&o.NewGameID, "new-game-id", false, "give an accepted challenge a game with another number than announced")
	fl.DurationVar(&o.TokenLife, "token-life", 0, "life of access tokens; 30 days without it")
	fl.DurationVar(&o.JWTLife, "jwt-life", 0, "life of the socket's tokens; a day without it")
	return cmd
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
	arg := func(i int) string {
		if i < len(words) {
			return words[i]
		}
		return ""
	}
	var err error
	switch words[0] {
	case "quit":
		return true
	case "drop":
		t.srv.DropConnections()
	case "hush":
		t.srv.Hush()
	case "heal":
		t.srv.Heal()
	case "restart":
		var d time.Duration
		if d, err = time.ParseDuration(arg(1)); err == nil {
			err = t.srv.Restart(d)
		}
	case "expire":
		switch arg(1) {
		case "tokens":
			t.srv.ExpireTokens()
		case "jwts":
			t.srv.ExpireJWTs()
		default:
			err = errors.New("expire tokens, or expire jwts")
		}
	case "raw":
		t.srv.SendRaw([]byte(strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), "raw"))), false)
	case "fault":
		kind, ok := ogstestFaults[arg(1)]
		if !ok {
			err = fmt.Errorf("there is no fault %q", arg(1))
			break
		}
		f := ogstest.Fault{Kind: kind, Times: 1}
		if arg(2) != "" {
			f.Times, err = strconv.Atoi(arg(2))
		}
		if arg(3) != "" && err == nil {
			f.Delay, err = time.ParseDuration(arg(3))
		}
		if err == nil {
			t.srv.Inject(f)
		}
	case "nonsense":
		kind, ok := ogstestFaults[arg(1)]
		if !ok || !slices.Contains(ogstest.Nonsense(), kind) {
			err = fmt.Errorf("%q is no kind of game data", arg(1))
			break
		}
		for _, g := range t.games {
			g.TellNonsense(kind)
		}
	case "game":
		err = t.start()
	case "record":
		for _, r := range t.srv.Records() {
			t.out.Encode(map[string]any{"at": r.At, "connection": r.Conn, "user": r.User, "command": r.Command, "data": string(r.Data)})
		}
	case "violations":
		for _, v := range t.srv.Violations() {
			t.out.Encode(map[string]any{"violation": v})
		}
	default:
		err = fmt.Errorf("there is no command %q", words[0])
	}
	if err != nil {
		fmt.Fprintln(complain, "ogstest:", err)
	}
	return false
}
