package lounge

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/ogs"
)

// What ends a game is told with its unit, and what it is.
func TestTimeLeft(t *testing.T) {
	for _, c := range []struct {
		moves int
		per   time.Duration
		left  time.Duration
		want  string
	}{
		{0, time.Minute, 4*time.Minute + 25*time.Second, " · cancelled in 4:20 without a move"},
		{1, time.Minute, 59 * time.Second, " · cancelled in 50 s without a move"},
		{2, time.Minute, 59 * time.Second, " · 50 s left"},
		{30, time.Minute, 9*time.Minute + 51*time.Second, " · 9:50 left"},
		{0, 24 * time.Hour, 3 * time.Hour, " · 3:00:00 left"},
		{30, time.Minute, 9 * time.Second, ""},
		{30, time.Minute, -time.Hour, ""},
	} {
		if got := timeLeft(ogs.ActiveGame{MoveNumber: c.moves, PerMove: c.per}, c.left); got != c.want {
			t.Errorf("%v after %d moves is %q", c.left, c.moves, got)
		}
	}
}

func TestEndedIsTold(t *testing.T) {
	me := ogs.ID(1)
	g := ogs.ActiveGame{ID: 7, MoveNumber: 1, Players: [3]ogs.Player{board.Black: {ID: me, Username: "me"}, board.White: {ID: 2, Username: "bob"}}}
	over := ogs.ActiveGame{ID: 7, Phase: game.Over}
	if s := ended([]ogs.ActiveGame{g}, over, me); !strings.Contains(s, "bob") || !strings.Contains(s, "before it began") {
		t.Errorf("a cancelled game: %q", s)
	}
	g.MoveNumber = 80
	if s := ended([]ogs.ActiveGame{g}, over, me); !strings.Contains(s, "bob") || !strings.Contains(s, "is over") {
		t.Errorf("a game: %q", s)
	}
	for _, e := range []ogs.ActiveGame{{ID: 8, Phase: game.Over}, g} {
		if s := ended([]ogs.ActiveGame{g}, e, me); s != "" {
			t.Errorf("nothing ended, and %q", s)
		}
	}
}

// Without a browser nobody is told that one opened.
func TestAllowMenu(t *testing.T) {
	const address = "https://online-go.com/oauth2/authorize?x"
	m := allowMenu("online-go.com", address, errors.New("no browser"))
	if m.Address != address || strings.Contains(m.Text, "Your browser") || !strings.Contains(m.Text, "Copy the address") {
		t.Errorf("without a browser: %+v", m)
	}
}
