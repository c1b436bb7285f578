package lounge

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/app/games"
	"github.com/gobancam/gobancam/internal/app/state"
	"github.com/gobancam/gobancam/internal/window"
	"github.com/gobancam/gobancam/ogs"
)

// hostName is a server's name, as people say it.
func hostName(server string) string {
	if u, err := url.Parse(server); err == nil && u.Host != "" {
		return u.Host
	}
	return server
}

// games lists what can be played: running games, and challenges.
func (l *Lounge) games(ctx context.Context) (page, error) {
	if next := l.connect(ctx); next != nil {
		return next, nil
	}
	if l.opt.Game != nil {
		id, err := games.Choose(ctx, l.client, *l.opt.Game)
		if err != nil {
			return nil, err
		}
		return l.game(id), nil
	}
	me := l.session.Me()
	sub := l.session.Subscribe()
	defer sub.Close()
	games, err := games.Active(ctx, l.client, me.ID)
	var challenges []ogs.PendingChallenge
	if err == nil {
		challenges, err = l.client.Challenges(ctx)
	}
	switch {
	case ctx.Err() != nil:
		return nil, nil
	case err != nil:
		return l.trouble("Not connected", err, l.games, l.cameras, "Cameras"), nil
	}
	tick := time.NewTicker(10 * time.Second) // what is left of the clocks
	defer tick.Stop()
	last := state.LastGame(l.client.Server())
	told := "" // of games that are not there any more
	for {
		m := l.gamesMenu(me, games, challenges, last)
		m.Text = told
		l.window.ShowMenu(m)
		select {
		case <-ctx.Done():
			return nil, nil
		case <-tick.C:
		case e, ok := <-sub.Events():
			if !ok {
				return l.games, nil
			}
			switch e := e.(type) {
			case ogs.ActiveGame:
				if gone := ended(games, e, me.ID); gone != "" {
					told = gone
				}
				games = updated(games, e, me.ID)
			case ogs.Notification:
				if strings.HasPrefix(e.Type, "challenge") || strings.HasPrefix(e.Type, "game") {
					if list, err := l.client.Challenges(ctx); err == nil {
						challenges = list
					}
				}
			}
		case a := <-l.window.Answers():
			if a.Menu != "games" {
				continue
			}
			if next := l.gamesButton(a.Key); next != nil {
				return next, nil
			}
			kind, number, _ := strings.Cut(a.Item, " ")
			n, err := strconv.ParseInt(number, 10, 64)
			if err != nil {
				continue
			}
			if kind == "game" {
				return l.game(ogs.ID(n)), nil
			}
			for _, c := range challenges {
				if c.ID == ogs.ID(n) {
					return l.challenge(c, me.ID), nil
				}
			}
		}
	}
}

// gamesButton is where a button of the list of games leads; nil for no button.
func (l *Lounge) gamesButton(key string) page {
	switch key {
	case "N":
		return l.newGame
	case "R":
		return l.games
	case "K":
		l.force = true
		return l.calibrate
	case "A":
		return l.account
	case "Escape":
		return l.start
	}
	return nil
}

// ended says that a game of the list is over, empty if it is not.
func ended(games []ogs.ActiveGame, g ogs.ActiveGame, me ogs.ID) string {
	i := slices.IndexFunc(games, func(old ogs.ActiveGame) bool { return old.ID == g.ID })
	if i < 0 || g.Phase != game.Over {
		return ""
	}
	was := games[i]
	other := was.Players[was.Side(me).Opponent()].WithRank()
	if max(g.MoveNumber, was.MoveNumber) < 2 {
		return "The game against " + other + " has ended before it began: its first moves were not made in time, or it was cancelled."
	}
	return "The game against " + other + " is over."
}

// updated puts what the server tells of a game into the list.
func updated(games []ogs.ActiveGame, g ogs.ActiveGame, me ogs.ID) []ogs.ActiveGame {
	games = slices.Clone(games)
	i := slices.IndexFunc(games, func(old ogs.ActiveGame) bool { return old.ID == g.ID })
	switch {
	case i >= 0 && g.Phase == game.Over:
		return slices.Delete(games, i, i+1)
	case i >= 0:
		games[i] = g
	case g.Phase != game.Over && g.Side(me) != 0:
		games = append(games, g)
	}
	return games
}

// gamesMenu is the page of the games: the one played last comes first.
func (l *Lounge) gamesMenu(me ogs.Player, games []ogs.ActiveGame, challenges []ogs.PendingChallenge, last ogs.ID) *window.Menu {
	m := &window.Menu{Name: "games", Title: "Choose a game",
		Sub:   fmt.Sprintf("Signed in as %s at %s", me.WithRank(), hostName(l.client.Server())),
		Empty: "No game is running, and nobody challenges you. Offer a game: N.",
		Buttons: []window.Choice{{Key: "N", Label: "New game", Lead: len(games)+len(challenges) == 0}, {Key: "R", Label: "Refresh"}, {Key: "K", Label: "Calibrate"},
			{Key: "A", Label: "Account"}, {Key: "Escape", Label: "Back"}}}
	games = slices.Clone(games)
	slices.SortStableFunc(games, func(a, b ogs.ActiveGame) int {
		rank := func(g ogs.ActiveGame) int {
			switch {
			case g.ID == last:
				return 0
			case g.ToMove == me.ID:
				return 1
			}
			return 2
		}
		return rank(a) - rank(b)
	})
	for _, c := range challenges { // they wait for an answer
		m.Items = append(m.Items, challengeItem(c, me.ID))
	}
	for _, g := range games {
		side := g.Side(me.ID)
		other := g.Players[side.Opponent()]
		it := window.Item{Key: fmt.Sprintf("game %d", g.ID), Title: other.WithRank(),
			Detail: fmt.Sprintf("%d×%d · you are %s · move %d · %s", g.Width, g.Height, side, g.MoveNumber, g.Name)}
		switch {
		case g.Phase == game.StoneRemoval:
			it.Note, it.Lead = "Agree on dead stones", true
		case g.Paused:
			it.Note = "Paused"
		case g.ToMove == me.ID:
			it.Note, it.Lead = "Your turn", true
		default:
			it.Note = "Opponent's turn"
		}
		if !g.Expiration.IsZero() && !g.Paused {
			it.Note += timeLeft(g, time.Until(g.Expiration))
		}
		if g.ID == last {
			it.Detail += " · played last"
		}
		m.Items = append(m.Items, it)
	}
	return m
}

// timeLeft is what is left before a game is lost, or cancelled: a live game whose
// first moves are not made is, and its clocks stand.
func timeLeft(g ogs.ActiveGame, left time.Duration) string {
	if left = left.Truncate(10 * time.Second); left <= 0 {
		return ""
	}
	text := strings.TrimSuffix(game.FormatDuration(left), ".0")
	if left < time.Minute {
		text += " s"
	}
	if g.Phase != game.StoneRemoval && g.MoveNumber < 2 && (g.PerMove == 0 || g.PerMove < time.Hour) {
		return " · cancelled in " + text + " without a move"
	}
	return " · " + text + " left"
}

// challengeItem is a challenge in the list of games.
func challengeItem(c ogs.PendingChallenge, me ogs.ID) window.Item {
	it := window.Item{Key: fmt.Sprintf("challenge %d", c.ID), Title: c.From.WithRank() + " challenges you", Note: "Challenge", Lead: true, Detail: terms(c)}
	if c.From.ID == me {
		it.Title, it.Note, it.Lead = "Your challenge to anybody", "Waiting", false
		if c.To.ID != 0 {
			it.Title = "Your challenge to " + c.To.WithRank()
		}
	}
	return it
}

// terms says what a challenge is about.
func terms(c ogs.PendingChallenge) string {
	s := fmt.Sprintf("%d×%d · %s · %s rules", c.Width, c.Height, c.Time, c.Rules)
	if c.Handicap > 0 {
		s += fmt.Sprintf(" · handicap %d", c.Handicap)
	}
	return s + " · " + games.Ranked(c.Ranked) + " · " + c.Name
}

// challenge asks what to do about a challenge.
func (l *Lounge) challenge(c ogs.PendingChallenge, me ogs.ID) page {
	return func(ctx context.Context) (page, error) {
		m := &window.Menu{Name: fmt.Sprintf("challenge %d", c.ID), Title: c.From.WithRank() + " challenges you", Text: terms(c) + ".",
			Buttons: []window.Choice{{Key: "Enter", Label: "Accept", Lead: true}, {Key: "D", Label: "Decline"}, {Key: "Escape", Label: "Games"}}}
		if c.From.ID == me {
			m.Title = "Your challenge"
			m.Buttons = []window.Choice{{Key: "W", Label: "Withdraw"}, {Key: "Escape", Label: "Games"}}
		}
		a, ok := l.ask(ctx, m)
		if !ok {
			return nil, nil
		}
		var err error
		switch a.Key {
		case "D", "W":
			err = l.client.Withdraw(ctx, c.ID)
		case "Enter":
			l.window.ShowMenu(&window.Menu{Name: "accepting", Title: "One moment", Text: "The game is being set up."})
			var id ogs.ID
			waiting, stop := context.WithTimeout(ctx, time.Minute)
			defer stop()
			if id, err = l.session.AcceptAndAwait(waiting, c.ID, false); err == nil {
				return l.game(id), nil
			}
		}
		if err != nil && ctx.Err() == nil {
			return l.trouble("That did not work", err, l.games, nil, ""), nil
		}
		return l.games, nil
	}
}

// game plays a game to its end.
func (l *Lounge) game(id ogs.ID) page {
	return func(ctx context.Context) (page, error) {
		game, err := l.session.Join(ctx, id)
		if err != nil {
			return l.failed("The game does not open", err), nil
		}
		if next, stay := l.otherBoard(ctx, game.State().Width, id); stay {
			game.Leave()
			return next, nil
		}
		l.window.Clear()
		l.window.ShowMenu(nil)
		if l.hush != nil {
			l.hush()
		}
		err = l.seat.Play(ctx, l.client, l.session, game)
		game.Leave() // it may be chosen again
		l.hush = l.seat.Lines.Ignore(l.ctx)
		l.seat.Eyes.Store(nil)
		switch {
		case l.window.Left() || ctx.Err() != nil:
			return nil, err
		case l.opt.Game != nil:
			return nil, err
		case err != nil:
			return l.failed("The game was left", err), nil
		}
		return l.read(ctx, l.games)
	}
}

// failed ends the program where one game was asked for, else tells why and goes
// back.
func (l *Lounge) failed(title string, err error) page {
	if l.opt.Game != nil {
		return func(context.Context) (page, error) { return nil, err }
	}
	return l.trouble(title, err, l.games, l.cameras, "Cameras")
}
