package lounge

import (
	"context"
	"errors"
	"fmt"

	"github.com/gobancam/gobancam/challonge"
	"github.com/gobancam/gobancam/internal/config"
	"github.com/gobancam/gobancam/internal/credentials"
	"github.com/gobancam/gobancam/internal/qr"
	"github.com/gobancam/gobancam/internal/window"
)

// account shows who is signed in, and where.
func (l *Lounge) account(ctx context.Context) (page, error) {
	store := l.opt.Server.Store()
	where, err := l.opt.Challonge()
	if err != nil {
		return l.trouble("The configuration cannot be used", err, l.games, nil, ""), nil
	}
	challongeSays := "Not signed in"
	if _, err := store.Get(challonge.StoreKey(where)); err == nil {
		challongeSays = "Signed in"
	} else if !errors.Is(err, credentials.ErrNone) {
		challongeSays = sentence(err)
	}
	me := l.session.Me()
	m := &window.Menu{Name: "account", Title: "Account",
		Items: []window.Item{
			{Key: "ogs", Title: hostName(l.client.Server()), Detail: "Signed in as " + me.WithRank(), Note: "Sign in anew"},
			{Key: "challonge", Title: "challonge.com", Detail: challongeSays + "; results of club games go there", Note: "Sign in by phone"}},
		Buttons: []window.Choice{{Key: "Escape", Label: "Games"}}}
	if place := store.Place(); place != "" {
		m.Sub = "Sign-ins are kept in " + place
	}
	a, ok := l.ask(ctx, m)
	switch {
	case !ok:
		return nil, nil
	case a.Key == "Escape":
		return l.games, nil
	case a.Item == "challonge":
		return l.challonge, nil
	}
	l.session.Close()
	return l.signIn, nil
}

// challonge signs in to Challonge with a phone.
func (l *Lounge) challonge(ctx context.Context) (page, error) {
	conf, err := config.Read()
	if err != nil {
		return l.trouble("The configuration cannot be used", err, l.challonge, l.account, "Account"), nil
	}
	id := conf.Challonge.ClientID
	if id == "" {
		m := &window.Menu{Name: "challonge", Title: "Sign in to Challonge",
			Text:    "Challonge wants to know the application: register one on the page below and type its client id. With a personal API key instead, use " + l.opt.KeySignIn + ".",
			Address: "https://connect.challonge.com", Field: "Client id",
			Buttons: []window.Choice{{Key: "Enter", Label: "Go on", Lead: true}, {Key: "Escape", Label: "Back"}}}
		a, ok := l.ask(ctx, m)
		switch {
		case !ok:
			return nil, nil
		case a.Key == "Escape" || a.Text == "":
			return l.account, nil
		}
		id = a.Text
	}
	secret, _, err := credentials.FromEnvironment("GOBANCAM_CHALLONGE_CLIENT_SECRET")
	if err != nil {
		return l.trouble("Not signed in", err, l.challonge, l.account, "Account"), nil
	}
	where, err := l.opt.Challonge()
	if err != nil {
		return l.trouble("Not signed in", err, l.challonge, l.account, "Account"), nil
	}
	app := &challonge.App{ID: id, Secret: secret, Endpoints: where}
	l.window.ShowMenu(&window.Menu{Name: "asking", Title: "One moment", Text: "Asking Challonge for a code."})
	grant, err := app.Device(ctx)
	if err != nil {
		return l.trouble("Not signed in", err, l.challonge, l.account, "Account"), nil
	}
	m, err := DeviceMenu(grant)
	if err != nil {
		return l.trouble("Not signed in", err, l.challonge, l.account, "Account"), nil
	}
	l.window.ShowMenu(m)
	left, err := l.during(ctx, m.Name, func(ctx context.Context) error {
		token, err := grant.Wait(ctx)
		if err != nil {
			return err
		}
		return challonge.Remember(l.opt.Server.Store(), where, challonge.WayDevice, app, token, "")
	})
	if err != nil && !left {
		return l.trouble("Not signed in", err, l.challonge, l.account, "Account"), nil
	}
	return l.account, nil
}

// DeviceMenu shows what a person needs to sign in with a phone.
func DeviceMenu(g *challonge.DeviceGrant) (*window.Menu, error) {
	img, err := qr.Image(g.Complete, 4)
	if err != nil {
		return nil, err
	}
	m := &window.Menu{Name: "device", Title: "Sign in to Challonge", Text: "Scan the code with a phone; or open this page on any device and type the letters.",
		Address: g.Address, Code: g.UserCode, QR: img, Buttons: []window.Choice{{Key: "Escape", Label: "Cancel"}}}
	if !g.Expires.IsZero() {
		m.Sub = fmt.Sprintf("The code is good until %s", g.Expires.Local().Format("15:04:05"))
	}
	return m, nil
}
