package lounge

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/gobancam/gobancam/internal/app/games"
	"github.com/gobancam/gobancam/internal/config"
	"github.com/gobancam/gobancam/internal/window"
	"github.com/gobancam/gobancam/ogs"
)

// newGame offers a game of a kind that has a name.
func (l *Lounge) newGame(ctx context.Context) (page, error) {
	conf, err := config.Read()
	if err != nil {
		return l.trouble("The configuration cannot be used", err, l.newGame, l.games, "Games"), nil
	}
	m := &window.Menu{Name: "new game", Title: "Offer a game", Text: "What kind of game? The configuration can have kinds of your own.",
		Buttons: []window.Choice{{Key: "Enter", Label: "To anybody", Lead: true}, {Key: "P", Label: "To a player"}, {Key: "Escape", Label: "Games"}}}
	all, kinds := conf.Presets(), map[string]ogs.Challenge{}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		c, p := ogs.NewChallenge(19), all[name]
		if err := errors.Join(p.Apply(&c), c.Check()); err != nil {
			continue // told when the configuration was read
		}
		kinds[name] = c
		m.Items = append(m.Items, window.Item{Key: name, Title: name, Detail: fmt.Sprintf("%d×%d · %s · %s rules · %s", c.Width, c.Height, c.Time, c.Rules, games.Ranked(c.Ranked)), Note: p.Description})
	}
	if has := l.calibrated(); has != 0 { // what can be played on the board that is there comes first
		slices.SortStableFunc(m.Items, func(a, b window.Item) int {
			other := func(i window.Item) int {
				if kinds[i.Key].Width == has {
					return 0
				}
				return 1
			}
			return other(a) - other(b)
		})
		m.Sub = fmt.Sprintf("Your board is %d×%d; its games come first", has, has)
	}
	a, ok := l.ask(ctx, m)
	switch {
	case !ok:
		return nil, nil
	case a.Key == "Escape":
		return l.games, nil
	}
	c := kinds[a.Item]
	if a.Key == "P" {
		return l.opponent(c), nil
	}
	return l.wait(c, ogs.Player{}), nil
}

// opponent asks whom to challenge.
func (l *Lounge) opponent(c ogs.Challenge) page {
	return func(ctx context.Context) (page, error) {
		m := &window.Menu{Name: "opponent", Title: "Offer a game", Text: "Whom do you challenge?", Field: "The player's name at " + hostName(l.client.Server()),
			Buttons: []window.Choice{{Key: "Enter", Label: "Challenge", Lead: true}, {Key: "Escape", Label: "Back"}}}
		a, ok := l.ask(ctx, m)
		switch {
		case !ok:
			return nil, nil
		case a.Key == "Escape" || a.Text == "":
			return l.newGame, nil
		}
		p, err := l.client.FindPlayer(ctx, a.Text)
		if err != nil {
			return l.trouble("No such player", err, l.opponent(c), l.games, "Games"), nil
		}
		return l.wait(c, p), nil
	}
}

// wait offers a game and waits until it begins.
func (l *Lounge) wait(c ogs.Challenge, to ogs.Player) page {
	return func(ctx context.Context) (page, error) {
		whom := "anybody"
		if to.ID != 0 {
			whom = to.WithRank()
		}
		m := &window.Menu{Name: "waiting", Title: "Waiting for an opponent", Text: fmt.Sprintf("Offered to %s: %d×%d, %s. The game begins when the offer is accepted.", whom, c.Width, c.Height, c.Time),
			Buttons: []window.Choice{{Key: "Escape", Label: "Withdraw"}}}
		l.window.ShowMenu(m)
		var id ogs.ID
		withdrawn, err := l.during(ctx, m.Name, func(ctx context.Context) (err error) {
			id, err = games.Offer(ctx, l.session, c, to.ID)
			return err
		})
		switch {
		case err == nil:
			return l.game(id), nil // though it may just have been about to be withdrawn
		case withdrawn:
			return l.games, nil
		}
		if l.opt.Advised != nil {
			err = l.opt.Advised(err)
		}
		return l.trouble("There is no game", err, l.newGame, l.games, "Games"), nil
	}
}
