package main

import (
	"fmt"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/play"
	"github.com/gobancam/gobancam/internal/reading"
	"github.com/gobancam/gobancam/internal/recording"
)

// writeFlight puts a session of the flight recorder below a state directory, as
// it is on any machine, however busy: what comes from the server is written down
// with the time at which it came.
func writeFlight(t *testing.T, state string) {
	synctest.Test(t, func(t *testing.T) {
		if err := flight(state); err != nil {
			t.Fatal(err)
		}
	})
}

// flight puts a session of the flight recorder below a state directory: a
// referee that sends black E5, with a ring that has dropped how it began.
func flight(state string) error {
	dir := filepath.Join(state, "gobancam", "flights", "20260102-030405.000")
	tape, err := play.NewTape(dir, "http://me:pa55word@camera/video", match.Options{}, recording.Options{KeepFor: 10 * time.Second}, func(error) {})
	if err != nil {
		return err
	}
	referee := match.New(match.Options{})
	tape.Follow(referee)
	at := time.Duration(0)
	step := func(in match.Input) {
		at += 100 * time.Millisecond
		time.Sleep(100 * time.Millisecond) // by the clock of the bubble
		in.At = at
		tape.Record(in)
		for _, e := range referee.Step(in).Events {
			tape.Announce(e)
		}
	}
	rules, err := board.ParseRules("japanese")
	if err != nil {
		return err
	}
	step(match.Input{Server: game.Data{Epoch: 1, ID: 7, Setup: board.Setup{Size: 9, Rules: rules}, Phase: game.Playing, Me: board.Black, ToMove: board.Black}})
	e5 := board.Move{Color: board.Black, Point: board.Point{X: 4, Y: 4}}
	pos := board.NewPosition(9)
	look := func(n int) {
		for range n {
			r := &reading.Reading{Time: at, Size: 9, Lock: reading.Locked}
			for p := range pos.Points() {
				ll := [reading.States]float64{-12, -12, -12, -9}
				ll[pos.At(p)] = 0
				r.Points = append(r.Points, reading.NewEvidence(ll))
			}
			step(match.Input{Look: &match.Look{Reading: r}})
		}
	}
	look(200)
	r := &reading.Reading{Time: at, Size: 9, Lock: reading.Locked}
	for range 81 {
		r.Points = append(r.Points, reading.NewEvidence([reading.States]float64{-9, -9, -9, 0}))
	}
	step(match.Input{Look: &match.Look{Reading: r}})
	pos.Set(e5.Point, e5.Color)
	look(20)
	tape.Wire(true, fmt.Appendf(nil, `["authenticate",{"jwt":%q}]`, "s3cret.s3cret"))
	step(match.Input{Server: game.Played{Number: 1, Move: e5}})
	look(5)
	return tape.Close()
}
