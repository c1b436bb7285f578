package engine

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/match"
)

// What is left of any clock after any moves is read as it was written, to the
// tenth of a second.
func TestTimesAreReadAsWritten(t *testing.T) {
	chance := rand.New(rand.NewPCG(1, 2))
	for _, text := range []string{"30m", "10m+5x30s", "0+3x1s", "1m30s+1x45s", "10m+5m/20", "0+1m/3", "1h"} {
		of, err := ParseTime(text)
		if err != nil {
			t.Fatal(err)
		}
		for range 200 {
			e, err := New(Options{Setup: board.Setup{Size: 9}, Me: board.Black, Time: of})
			if err != nil {
				t.Fatal(err)
			}
			for i := range chance.IntN(40) {
				c := &e.clocks[i%2]
				if c.spend(time.Duration(chance.Int64N(int64(90 * time.Second)))); c.out {
					*c = newClock(of)
				}
				c.moved()
				if err := e.game.Play(board.Move{Color: board.Black + board.Color(i%2), Point: board.Point{X: int8(i % 9), Y: int8(i / 9 * 2)}}); err != nil {
					t.Fatal(err)
				}
				e.stamp(board.Black + board.Color(i%2))
			}
			root, _ := e.game.SGF()
			e.Sign(root)
			got, ok := TimesIn(root)
			if !ok || got.Time != of {
				t.Fatalf("%s is read as %v, %v", text, got.Time, ok)
			}
			for i, want := range e.clocks {
				has := got.left[i]
				if d := want.left() - has.left(); d < -time.Second || d > 100*time.Millisecond || has.over != want.over || has.periods != want.periods || has.stones != want.stones {
					t.Fatalf("%s: %+v is read as %+v", text, want, has)
				}
			}
		}
	}
}

// A record may say anything: what is read of it is a clock that can run.
func TestForeignTimes(t *testing.T) {
	for sgf, want := range map[string]string{
		"(;SZ[9];B[aa]BL[20])":                     "",
		"(;SZ[9]TM[0];B[aa]BL[20])":                "",
		"(;SZ[9]TM[-5])":                           "",
		"(;SZ[9]TM[NaN])":                          "",
		"(;SZ[9]TM[600]OT[as the club has it])":    "",
		"(;SZ[9]TM[600]OT[999999x30 byo-yomi])":    "",
		"(;SZ[9]TM[1e300])":                        "",
		"(;SZ[9]TM[600];B[aa]BL[1e9];W[bb]WL[-3])": "10m Black has 10:00.0, White 10:00.0",
		"(;SZ[9]TM[600];B[aa]BL[9999];W[bb]WL[0])": "10m Black has 10:00.0, White 1.0",
		"(;SZ[9]TM[600]OT[5x30 byo-yomi];B[aa]BL[12.5]OB[3];W[bb]WL[100]OW[none])":           "10m+5x30s Black has 3×12.5, White 1:40.0 + 5×30.0",
		"(;SZ[9]TM[600]OT[5x30 byo-yomi];B[aa]BL[900]OB[77])":                                "10m+5x30s Black has 5×30.0, White 10:00.0 + 5×30.0",
		"(;SZ[9]TM[60]OT[20/300 Canadian];B[aa]BL[100]OB[7](;W[bb]WL[9]OW[2])(;W[cc]WL[1]))": "1m+5m/20 Black has 1:40.0/7, White 9.0/2",
	} {
		trees, err := board.ParseSGF([]byte(sgf))
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if times, ok := TimesIn(trees[0]); ok {
			got = fmt.Sprint(times.Time, " ", times)
		}
		if got != want {
			t.Errorf("%s is %q, not %q", sgf, got, want)
		}
	}
}

// TestClocksGoOn leaves a game while a player thinks and goes on with it: what
// was thought away stays so, and what a taken back move had left is forgotten.
func TestClocksGoOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		th := &theatre{t: t, moves: []string{"C3", "G7", "G3"}}
		o := options(t, th, 9)
		o.Me, o.Time = board.Black, Time{System: game.ByoYomi, Main: 10 * time.Minute, Period: 30 * time.Second, Periods: 3}
		e, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		ctx, leave := context.WithCancel(t.Context())
		tb := &table{t: t, game: e, me: o.Me, ended: make(chan error, 1), agreed: map[board.Color]bool{}}
		go func() { tb.ended <- e.Run(ctx) }()
		tb.until("the game", tb.myTurn)
		tb.playAt("E5")
		tb.until("C3", tb.myTurn)
		time.Sleep(4 * time.Minute)
		tb.playAt("E6")
		tb.until("G7", tb.myTurn)
		root, _ := tb.g.SGF()
		if e.Sign(root); root.MainLine()[3].Text("BL") != "360" || root.MainLine()[4].Text("BL") != "" {
			t.Errorf("after move 3 Black has %q left", root.MainLine()[3].Text("BL"))
		}
		time.Sleep(100 * time.Second)
		leave()
		<-tb.ended
		root, _ = tb.g.SGF()
		e.Sign(root)
		times, ok := TimesIn(root)
		if !ok || times.left[0].main.Round(time.Second) != 260*time.Second || times.left[1].main != o.Time.Main {
			t.Fatalf("left is %v, %v", times, ok)
		}

		o.Time, o.Times, o.Moves = Time{}, &times, tb.g.Moves()
		tb = sit(t, o)
		tb.until("the clocks", func() bool { return tb.clocks[0].System == game.ByoYomi })
		if c := tb.clocks[0]; c.Main.Round(time.Second) != 260*time.Second || c.Running {
			t.Errorf("Black goes on with %+v", c)
		}
		tb.ask(match.ReqUndo, nil)
		tb.until("my move is gone", func() bool { return tb.g.MoveCount() == 2 })
		root, _ = tb.g.SGF()
		if tb.game.Sign(root); root.Text("TM") != "600" || root.MainLine()[2].Text("BL") != "" {
			t.Errorf("the record begins %+v", root.Props)
		}
	})
}
