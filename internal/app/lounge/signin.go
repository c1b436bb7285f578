package lounge

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/gobancam/gobancam/internal/app/account"
	"github.com/gobancam/gobancam/internal/config"
	"github.com/gobancam/gobancam/internal/credentials"
	"github.com/gobancam/gobancam/internal/qr"
	"github.com/gobancam/gobancam/internal/window"
	"github.com/gobancam/gobancam/ogs"
)

// connect signs in and opens the session, once; else it returns the page that
// says why not.
func (l *Lounge) connect(ctx context.Context) page {
	if l.session != nil {
		select {
		case <-l.session.Done():
			l.session = nil
		default:
			return nil
		}
	}
	var out *account.SignedOutError
	client, err := l.opt.Server.Client(l.life, l.seat.Log)
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

// allowMenu asks to allow gobancam on a page, which a browser opened unless err
// says why not. It has no code for a phone: the page leads back to this computer.
func allowMenu(host, address string, err error) *window.Menu {
	m := &window.Menu{Name: "allow", Title: "Allow gobancam in your browser", Sub: host, Address: address,
		Text:    "Your browser was asked to open this page. If it does not show it, copy the address and open it on this computer.",
		Buttons: []window.Choice{{Key: "Escape", Label: "Cancel"}}}
	if err != nil {
		m.Text = "No browser could be opened. Copy the address and open it in a browser on this computer; a phone does not do, since the page leads back to this computer."
	}
	return m
}

// signIn gets leave to play with the user's account.
func (l *Lounge) signIn(ctx context.Context) (page, error) {
	// Who does not sign in after all comes back to where it was wanted.
	back, away := l.cameras, "Cameras"
	if l.signedIn != nil {
		back, away = l.two, "Back"
	}
	host := hostName(l.opt.Server.Address)
	conf, err := config.Read()
	if err != nil {
		return l.trouble("The configuration cannot be used", err, l.signIn, back, away), nil
	}
	id, redirect := l.opt.Server.App(conf.OGS.ClientID), conf.OGS.Redirect
	m := &window.Menu{Name: "sign in", Title: "Sign in", Sub: "Nobody is signed in at " + host,
		Text:    "Gobancam plays with your account at " + host + " and never sees your password: you allow it in your browser.",
		Buttons: []window.Choice{{Key: "Enter", Label: "Sign in", Lead: true}, {Key: "Escape", Label: away}}}
	if id == "" {
		m.Text = "Once, the server wants to know the application that plays for you. Make a new one on the page below: any name, client type public, grant type authorization code, redirect address " +
			redirect + ". Type its client id here; Ctrl+V pastes."
		m.Address = strings.TrimRight(l.opt.Server.Address, "/") + "/oauth2/applications/"
		m.Field = "Client id"
		m.QR, _ = qr.Image(m.Address, 4) // it can be made on any device
	}
	for {
		a, ok := l.ask(ctx, m)
		switch {
		case !ok:
			return nil, nil
		case a.Key == "Escape":
			return back, nil
		case id == "" && a.Text == "":
			if err := account.OpenPage(m.Address); err != nil {
				bad := *m
				bad.Sub = "No browser could be opened: copy the address, or scan the code with a phone"
				m = &bad
			}
			continue
		case id == "":
			id = a.Text
		}
		break
	}
	secret, _, err := credentials.FromEnvironment(account.SecretVariable)
	if err != nil {
		return l.trouble("Not signed in", err, l.signIn, back, away), nil
	}
	left, err := l.during(ctx, "allow", func(ctx context.Context) error {
		ctx, stop := context.WithTimeoutCause(ctx, 5*time.Minute, errors.New("there was no answer from the browser within 5 minutes"))
		defer stop()
		_, err := l.opt.Server.SignIn(ctx, l.opt.Server.Store(), ogs.App{ClientID: id, Secret: secret, Redirect: redirect}, func(address string) {
			l.window.ShowMenu(allowMenu(host, address, account.OpenPage(address)))
		})
		return err
	})
	switch {
	case err == nil:
		next := l.signedIn
		if l.signedIn = nil; next == nil {
			next = l.games
		}
		return next, nil
	case left:
		return l.signIn, nil
	}
	return l.trouble("Not signed in", err, l.signIn, back, away), nil
}
