package main

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/gobancam/gobancam/internal/match"
)

// TestOrdersAreOfOneGame leaves a game twice: the second "leave" is not for the
// next game.
func TestOrdersAreOfOneGame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var o orders
		leave := match.Command{Kind: match.CmdQuit}
		if o.on() || o.give(t.Context(), leave) {
			t.Error("a command was taken before the game")
		}
		first, end := o.begin()
		for range cap(first) + 1 {
			go o.give(t.Context(), leave)
		}
		synctest.Wait()
		<-first
		synctest.Wait() // the last one has found room
		end()
		if o.on() || o.give(t.Context(), leave) {
			t.Error("a command was taken between the games")
		}
		second, end := o.begin()
		defer end()
		synctest.Wait()
		if n := len(second); n != 0 {
			t.Errorf("%d commands were left over for the second game", n)
		}
		if !o.give(t.Context(), leave) || len(second) != 1 {
			t.Error("the second game takes no commands")
		}
	})
}

// TestOrdersDoNotWait has a game end while a command waits for room.
func TestOrdersDoNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var o orders
		commands, end := o.begin()
		for range cap(commands) {
			o.give(t.Context(), match.Command{Kind: match.CmdLook})
		}
		taken := make(chan bool, 1)
		go func() { taken <- o.give(t.Context(), match.Command{Kind: match.CmdQuit}) }()
		synctest.Wait()
		end()
		if <-taken {
			t.Error("a command was taken by a game that was over")
		}
	})
}

// TestLinesBetweenGames drops what is typed while no game is on.
func TestLinesBetweenGames(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	r := readLines(ctx, strings.NewReader("quit\nquit\n"))
	hush := r.ignore(ctx)
	for range r.lines { // closed once all has been read, by whomever
	}
	hush()
}
