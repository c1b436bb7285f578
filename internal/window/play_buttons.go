package window

import (
	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/match"
)

// buttonsOf lists what can be done now: three buttons for what is going on,
// and those that are always there behind them, so that what does not change
// stays in its place.
func (f *playFace) buttonsOf(u *ui) []button {
	first := f.firstButtons(u)
	for len(first) < 3 {
		first = append(first, button{off: true})
	}
	at := f.cells(u)
	b := append(first, f.steadyButtons(u)...)
	b = b[:min(len(b), len(at))]
	for i := range b {
		if b[i].label != "" {
			b[i].rect = at[i]
			b[i].focus = b[i].label == f.focus && !b[i].off
		}
	}
	return b
}

// firstButtons answer the open question, or say what can be done in this phase
// of the game.
func (f *playFace) firstButtons(u *ui) []button {
	s := u.state.snap
	if q, ok := question(s); ok {
		return questionButtons(q)
	}
	switch {
	case s != nil && s.Phase == game.StoneRemoval && s.Result == nil:
		mine := s.Me != board.Empty && s.Accepted[s.Me-1]
		return []button{
			{label: "Agree", key: "A", cap: "A", lead: !mine, off: mine},
			{label: "Play on", key: "O", cap: "O"},
			{label: "Suggest", key: "E", cap: "E"},
		}
	case s != nil && s.Result != nil:
		label := "Close"
		if u.w.opt.Games {
			label = "Games"
		}
		return []button{{label: label, key: "Q", cap: "Q", lead: true}}
	}
	return f.turnButtons(s)
}

// questionButtons answer q.
func questionButtons(q match.Question) []button {
	yes, no := "Yes", "No"
	switch q.Kind {
	case match.AskResign:
		yes, no = "Resign", "Play on"
	case match.AskUndo:
		yes, no = "Agree", "Refuse"
	case match.AskMove:
		yes, no = "Play it", "Not mine"
	case match.AskPass:
		yes, no = "Pass", "Play"
	case match.AskTakeBack:
		yes, no = "Take back", "No"
	case match.AskThere:
		yes, no = "It is there", "No"
	case match.AskHandicap:
		yes, no = "Take them", "No"
	}
	return []button{
		{label: yes, key: "Enter", cap: "Enter", lead: true},
		{label: no, key: "Escape", cap: "Esc"},
	}
}

// turnButtons are those of a game that is being played, or not there yet.
func (f *playFace) turnButtons(s *match.Snapshot) []button {
	playing := s != nil && s.Phase == game.Playing
	online := playing && s.Online
	pass := button{label: "Pass", key: "P", cap: "P", off: !online || !s.MyTurn, lead: f.armed == "P"}
	if f.armed == "P" {
		pass.label = "Really pass?"
	}
	undo := button{label: "Undo", key: "U", cap: "U", off: !online || s.Number == 0}
	if playing && s.Undo != nil && s.Undo.By == s.Me && s.Me != board.Empty {
		undo.label = "Keep move"
	}
	if playing && s.Me == board.Empty { // two players at the board, who need no server to pause
		return []button{pass, undo, {label: "As it lies", key: "K", cap: "K"}}
	}
	pause := button{label: "Pause", key: "Space", cap: "Space", off: !online}
	if playing && s.Paused != nil {
		pause.label, pause.lead = "Go on", true
	}
	return []button{pass, undo, pause}
}

// steadyButtons are there in every phase of a game.
func (f *playFace) steadyButtons(u *ui) []button {
	s, opt := u.state.snap, &u.w.opt
	playing := s != nil && s.Phase == game.Playing && s.Result == nil
	online := s != nil && s.Online && s.Result == nil && (s.Phase == game.Playing || s.Phase == game.StoneRemoval)
	q, asked := question(s)
	right := button{label: "Board OK", key: "B", cap: "B", off: !playing || len(s.Unexpected)+len(s.Missing) == 0 && s.Misplaced == nil}
	if asked && q.Kind == match.AskTakeBack {
		right.label, right.off = "It is there", false
	}
	resign := button{label: "Resign", key: "R", cap: "R", off: !online || asked && q.Kind == match.AskResign}
	if f.armed == "R" {
		resign.label, resign.lead = "Really?", true
	}
	if s != nil && s.Result != nil && opt.Reviews {
		resign.label, resign.off = "Review", false
	}
	b := []button{
		resign,
		{label: "Look again", key: "L", cap: "L", off: !playing},
		right,
	}
	if opt.Corners != nil {
		b = append(b, button{label: "Corners", key: "C", cap: "C", off: u.state.picture == nil})
	}
	b = append(b, button{label: "Projector", key: "V", cap: "V", off: s == nil || s.Size == 0})
	if len(u.state.watch) > 0 {
		b = append(b, button{label: "Watch", key: "W", cap: "W"})
	}
	b = append(b, button{label: "Log", key: "H", cap: "H"})
	if opt.Mute != nil {
		label := "Mute"
		if u.state.muted {
			label = "Sound on"
		}
		b = append(b, button{label: label, key: "M", cap: "M", on: u.state.muted})
	}
	b = append(b,
		button{label: map[bool]string{true: "Light", false: "Dark"}[u.theme == dark], key: "T", cap: "T"},
		button{label: "Fullscreen", key: "F", cap: "F"})
	if opt.Games && (s == nil || s.Result == nil) {
		label := "Games"
		if s != nil && s.Me == board.Empty {
			label = "Leave"
		}
		b = append(b, button{label: label, key: "G", cap: "G"})
	}
	return b
}
