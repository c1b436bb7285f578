package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/credentials"
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

// connect signs in and opens the session, once; else it returns the page that
// says why not.
func (l *lounge) connect(ctx context.Context) page {
	if l.session != nil {
		select {
		case <-l.session.Done():
			l.session = nil
		default:
			return nil
		}
	}
	var out signedOutError
	client, err := l.f.ogs.client(l.cmd, l.seat.log)
	if errors.As(err, &out) {
		return l.signIn
	}
	if err == nil {
		l.window.ShowMenu(&window.Menu{Name: "connecting", Title: "One moment", Text: "Connecting to " + hostName(client.Server()) + "."})
		l.client = client
		l.session, err = ogs.Connect(l.ctx, client)
	}
	switch {
	case ctx.Err() != nil:
		return func(context.Context) (page, error) { return nil, nil }
	case errors.Is(err, ogs.ErrSignIn):
		return l.trouble("The sign-in is not taken any more", err, l.signIn, l.cameras, "Cameras")
	case err != nil:
		return l.trouble("Not connected", err, l.games, l.cameras, "Cameras")
	}
	return nil
}

// signIn gets leave to play with the user's account.
func (l *lounge) signIn(ctx context.Context) (page, error) {
	host := hostName(l.f.ogs.server)
	id := os.Getenv("GOBANCAM_OGS_CLIENT_ID")
	if old, err := credentialStore(l.cmd).Get(l.f.ogs.key()); id == "" && err == nil {
		id = old.ClientID
	}
	m := &window.Menu{Name: "sign in", Title: "Sign in", Sub: "Nobody is signed in at " + host,
		Text:    "Gobancam plays with your account at " + host + " and never sees your password: you allow it in your browser.",
		Buttons: []window.Choice{{Key: "Enter", Label: "Sign in", Lead: true}, {Key: "Escape", Label: "Cameras"}}}
	if id == "" {
		m.Text = "Once, the server wants to know the application that plays for you. Make a new one on the page below: any name, client type public, grant type authorization code, redirect address " +
			ogs.DefaultRedirect + ". Type its client id here; Ctrl+V pastes."
		m.Address = strings.TrimRight(l.f.ogs.server, "/") + "/oauth2/applications/"
		m.Field = "Client id"
	}
	for {
		a, ok := l.ask(ctx, m)
		switch {
		case !ok:
			return nil, nil
		case a.Key == "Escape":
			return l.cameras, nil
		case id == "" && a.Text == "":
			openPage(m.Address)
			continue
		case id == "":
			id = a.Text
		}
		break
	}
	secret, _, err := credentials.FromEnvironment(ogsSecretVariable)
	if err != nil {
		return l.trouble("Not signed in", err, l.signIn, l.cameras, "Cameras"), nil
	}
	left, err := l.during(ctx, "allow", func(ctx context.Context) error {
		ctx, stop := context.WithTimeoutCause(ctx, 5*time.Minute, errors.New("there was no answer from the browser within 5 minutes"))
		defer stop()
		_, err := l.f.ogs.signIn(ctx, l.cmd, credentialStore(l.cmd), ogs.App{ClientID: id, Secret: secret, Redirect: ogs.DefaultRedirect}, func(address string) {
			l.window.ShowMenu(&window.Menu{Name: "allow", Title: "Allow gobancam in your browser", Sub: host,
				Text: "The browser should have opened this page. If it has not, open it on this computer.", Address: address,
				Buttons: []window.Choice{{Key: "Escape", Label: "Cancel"}}})
			openPage(address)
		})
		return err
	})
	switch {
	case err == nil:
		return l.games, nil
	case left:
		return l.signIn, nil
	}
	return l.trouble("Not signed in", err, l.signIn, l.cameras, "Cameras"), nil
}

// games lists what can be played: running games, and challenges.
func (l *lounge) games(ctx context.Context) (page, error) {
	if next := l.connect(ctx); next != nil {
		return next, nil
	}
	if l.fixed {
		id, err := l.f.choose(ctx, l.client)
		if err != nil {
			return nil, err
		}
		return l.game(id), nil
	}
	me := l.session.Me()
	sub := l.session.Subscribe()
	defer sub.Close()
	games, err := activeGames(ctx, l.client, me.ID)
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
	last := lastGames()[l.client.Server()]
	for {
		l.window.ShowMenu(l.gamesMenu(me, games, challenges, last))
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
			switch a.Key {
			case "N":
				return l.newGame, nil
			case "R":
				return l.games, nil
			case "K":
				l.force = true
				return l.calibrate, nil
			case "A":
				return l.account, nil
			case "Escape":
				return l.cameras, nil
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
func (l *lounge) gamesMenu(me ogs.Player, games []ogs.ActiveGame, challenges []ogs.PendingChallenge, last ogs.ID) *window.Menu {
	m := &window.Menu{Name: "games", Title: "Choose a game",
		Sub:   fmt.Sprintf("Signed in as %s at %s", me.WithRank(), hostName(l.client.Server())),
		Empty: "No game is running, and nobody challenges you. Offer a game: N.",
		Buttons: []window.Choice{{Key: "N", Label: "New game", Lead: len(games)+len(challenges) == 0}, {Key: "R", Label: "Refresh"}, {Key: "K", Label: "Calibrate"},
			{Key: "A", Label: "Account"}, {Key: "Escape", Label: "Cameras"}}}
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
			if left := time.Until(g.Expiration).Truncate(10 * time.Second); left > 0 {
				it.Note += " · " + strings.TrimSuffix(game.FormatDuration(left), ".0") + " left"
			}
		}
		if g.ID == last {
			it.Detail += " · played last"
		}
		m.Items = append(m.Items, it)
	}
	for _, c := range challenges {
		it := window.Item{Key: fmt.Sprintf("challenge %d", c.ID), Title: c.From.WithRank() + " challenges you", Note: "Challenge", Lead: true, Detail: terms(c)}
		if c.From.ID == me.ID {
			it.Title, it.Note, it.Lead = "Your challenge to anybody", "Waiting", false
			if c.To.ID != 0 {
				it.Title = "Your challenge to " + c.To.WithRank()
			}
		}
		m.Items = append(m.Items, it)
	}
	return m
}

// terms says what a challenge is about.
func terms(c ogs.PendingChallenge) string {
	s := fmt.Sprintf("%d×%d · %s · %s rules", c.Width, c.Height, c.Time, c.Rules)
	if c.Handicap > 0 {
		s += fmt.Sprintf(" · handicap %d", c.Handicap)
	}
	return s + " · " + rankedWord(c.Ranked) + " · " + c.Name
}

// challenge asks what to do about a challenge.
func (l *lounge) challenge(c ogs.PendingChallenge, me ogs.ID) page {
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

// newGame offers a game of a kind that has a name.
func (l *lounge) newGame(ctx context.Context) (page, error) {
	all, err := presets()
	if err != nil {
		return l.trouble("The configuration cannot be used", err, l.newGame, l.games, "Games"), nil
	}
	m := &window.Menu{Name: "new game", Title: "Offer a game", Text: "What kind of game? The configuration can have kinds of your own.",
		Buttons: []window.Choice{{Key: "Enter", Label: "To anybody", Lead: true}, {Key: "P", Label: "To a player"}, {Key: "Escape", Label: "Games"}}}
	kinds := map[string]ogs.Challenge{}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		c, p := ogs.NewChallenge(19), all[name]
		if err := errors.Join(p.Apply(&c), c.Check()); err != nil {
			continue // told by presets
		}
		kinds[name] = c
		m.Items = append(m.Items, window.Item{Key: name, Title: name, Detail: fmt.Sprintf("%d×%d · %s · %s rules · %s", c.Width, c.Height, c.Time, c.Rules, rankedWord(c.Ranked)), Note: p.Description})
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
func (l *lounge) opponent(c ogs.Challenge) page {
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
func (l *lounge) wait(c ogs.Challenge, to ogs.Player) page {
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
			id, err = offerIn(ctx, l.session, c, to.ID)
			return err
		})
		switch {
		case err == nil:
			return l.game(id), nil // though it may just have been about to be withdrawn
		case withdrawn:
			return l.games, nil
		}
		return l.trouble("There is no game", err, l.newGame, l.games, "Games"), nil
	}
}

// game plays a game to its end.
func (l *lounge) game(id ogs.ID) page {
	return func(ctx context.Context) (page, error) {
		game, err := l.session.Join(ctx, id)
		if err != nil {
			return l.failed("The game does not open", err), nil
		}
		l.window.Clear()
		l.window.ShowMenu(nil)
		if l.hush != nil {
			l.hush()
		}
		err = l.seat.play(ctx, l.client, l.session, game)
		l.hush = l.seat.lines.ignore(l.ctx)
		l.seat.eyes.Store(nil)
		switch {
		case l.window.Left() || ctx.Err() != nil:
			return nil, err
		case l.fixed:
			return nil, err
		case err != nil:
			return l.failed("The game was left", err), nil
		}
		return l.read(ctx, l.games)
	}
}

// failed ends the program where one game was asked for, else tells why and goes
// back.
func (l *lounge) failed(title string, err error) page {
	if l.fixed {
		return func(context.Context) (page, error) { return nil, err }
	}
	return l.trouble(title, err, l.games, l.cameras, "Cameras")
}
