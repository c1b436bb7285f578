package lounge

import (
	"context"

	"github.com/gobancam/gobancam/internal/window"
)

// Items of the page that the games begin from.
const (
	itemOnline  = "online"
	itemProgram = "program"
	itemTwo     = "two"
	itemReview  = "review"
)

// start asks what is to be played.
func (l *Lounge) start(ctx context.Context) (page, error) {
	switch {
	case l.opt.Program != nil:
		return l.withProgram(*l.opt.Program), nil
	case l.opt.Game != nil:
		return l.games, nil
	}
	m := &window.Menu{Name: "start", Title: "What would you like to play?", Sub: "Camera: " + l.cameraTitle(),
		Items: []window.Item{
			{Key: itemOnline, Title: "A game at " + hostName(l.opt.Server.Address), Detail: "you on this board, your opponent anywhere"},
			{Key: itemProgram, Title: "A program on this computer", Detail: "without an account and without a network"},
			{Key: itemTwo, Title: "Two players at this board", Detail: "their game is written down, and can be watched while they play"},
			{Key: itemReview, Title: "A game that was played", Detail: "step through it, with an engine's opinion if there is one", Symbol: window.Stones},
		},
		Buttons: []window.Choice{{Key: "Enter", Label: "Choose", Lead: true}, {Key: "K", Label: "Calibrate"}, {Key: "Escape", Label: "Cameras"}}}
	a, ok := l.ask(ctx, m)
	switch {
	case !ok:
		return nil, nil
	case a.Key == "Escape":
		return l.cameras, nil
	case a.Key == "K":
		l.force = true
		return l.calibrate, nil
	case a.Item == itemProgram:
		return l.programs, nil
	case a.Item == itemTwo:
		return l.two, nil
	case a.Item == itemReview:
		return l.reviews, nil
	}
	return l.games, nil
}
