package voices

import "github.com/gobancam/gobancam/internal/match"

// spokenKind says which of config.Spoken an event is.
func spokenKind(e match.Event) string {
	switch e.Kind {
	case match.EventSent:
		return "mine"
	case match.EventMove:
		return "moves"
	case match.EventQuestion:
		return "questions"
	case match.EventResult:
		return "result"
	case match.EventState:
		switch e.State {
		case match.StateYourTurn:
			return "turn"
		case match.StateOwed, match.StateSetup, match.StatePrisoners, match.StateTakeBack:
			return "owed"
		}
	}
	return "trouble"
}
