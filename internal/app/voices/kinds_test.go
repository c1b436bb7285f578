package voices

import (
	"slices"
	"testing"

	"github.com/gobancam/gobancam/internal/config"
	"github.com/gobancam/gobancam/internal/match"
)

func TestSpokenKinds(t *testing.T) {
	for _, c := range []struct {
		e    match.Event
		want string
	}{
		{match.Event{Kind: match.EventSent}, "mine"},
		{match.Event{Kind: match.EventMove}, "moves"},
		{match.Event{Kind: match.EventState, State: match.StateOwed}, "owed"},
		{match.Event{Kind: match.EventState, State: match.StateYourTurn}, "turn"},
		{match.Event{Kind: match.EventState, State: match.StateCameraLost}, "trouble"},
		{match.Event{Kind: match.EventAlarm}, "trouble"},
	} {
		if got := spokenKind(c.e); got != c.want || !slices.Contains(config.Spoken, got) {
			t.Errorf("%v is %q, want %q", c.e, got, c.want)
		}
	}
}
