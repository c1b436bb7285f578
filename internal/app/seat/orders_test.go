package seat

import (
	"testing"
	"testing/synctest"

	"github.com/gobancam/gobancam/internal/match"
)

// TestOrdersAreOfOneGame leaves a game twice: the second "leave" is not for the
// next game.
func TestOrdersAreOfOneGame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var o Orders
		leave := match.Command{Kind: match.CmdQuit}
		if o.On() || o.Give(t.Context(), leave) {
			t.Error("a command was taken before the game")
		}
		first, end := o.Begin()
		for range cap(first) + 1 {
			go o.Give(t.Context(), leave)
		}
		synctest.Wait()
		<-first
		synctest.Wait() // the last one has found room
		end()
		if o.On() || o.Give(t.Context(), leave) {
			t.Error("a command was taken between the games")
		}
		second, end := o.Begin()
		defer end()
		synctest.Wait()
		if n := len(second); n != 0 {
			t.Errorf("%d commands were left over for the second game", n)
		}
		if !o.Give(t.Context(), leave) || len(second) != 1 {
			t.Error("the second game takes no commands")
		}
	})
}

// TestOrdersDoNotWait has a game end while a command waits for room.
func TestOrdersDoNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var o Orders
		commands, end := o.Begin()
		for range cap(commands) {
			o.Give(t.Context(), match.Command{Kind: match.CmdLook})
		}
		taken := make(chan bool, 1)
		go func() { taken <- o.Give(t.Context(), match.Command{Kind: match.CmdQuit}) }()
		synctest.Wait()
		end()
		if <-taken {
			t.Error("a command was taken by a game that was over")
		}
	})
}
