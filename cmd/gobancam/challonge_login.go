package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/pkg/browser"
	"github.com/spf13/cobra"
	"golang.org/x/oauth2"
	"golang.org/x/term"

	"github.com/gobancam/gobancam/challonge"
	"github.com/gobancam/gobancam/internal/credentials"
	"github.com/gobancam/gobancam/internal/plain"
	"github.com/gobancam/gobancam/internal/qr"
)

// loginFlags are those of `challonge login`.
type loginFlags struct {
	way, client, redirect string
	scopes                []string
	noBrowser             bool
	wait                  time.Duration
}

func newChallongeLoginCommand(f *challongeFlags) *cobra.Command {
	var l loginFlags
	cmd := &cobra.Command{
		Use:   "login",
		Short: "Sign in to Challonge",
		Long: `Login signs in to Challonge in one of four ways:

  --way key          with the personal API key of https://challonge.com/settings/developer.
                     It is asked for, or taken from GOBANCAM_CHALLONGE_KEY
                     or the file that GOBANCAM_CHALLONGE_KEY_FILE names
  --way device       with a phone: it shows a code, and a QR code to scan
  --way code         with the browser of this machine
  --way application  as an application itself, for all tournaments made with it

All but the first need an application of your own, registered with Challonge:
its id by --client-id or GOBANCAM_CHALLONGE_CLIENT_ID, and its secret, if it has
one, by GOBANCAM_CHALLONGE_CLIENT_SECRET or GOBANCAM_CHALLONGE_CLIENT_SECRET_FILE.
docs/challonge.md shows how to register one. Without --way it is device when a
client id is given, else key.

The sign-in is kept in the system's key ring or, where there is none, in a file
that only you can read.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.login(cmd, &l) },
	}
	fl := cmd.Flags()
	fl.StringVar(&l.way, "way", "", "key, device, code or application")
	fl.StringVar(&l.client, "client-id", "", "`id` of an application registered with Challonge")
	fl.StringVar(&l.redirect, "redirect", challonge.DefaultRedirect, "`address` on this machine that is registered with the application")
	bind(fl, "client-id", "challonge.client_id")
	bind(fl, "redirect", "challonge.redirect")
	fl.StringSliceVar(&l.scopes, "scope", nil, "a further `scope` to ask for, such as "+challonge.CommunityScope)
	fl.BoolVar(&l.noBrowser, "no-browser", false, "only print the address of the page")
	fl.DurationVar(&l.wait, "timeout", 10*time.Minute, "how long to wait for the browser")
	return cmd
}

// login signs in, in one of the ways, and keeps what that brought.
func (f *challongeFlags) login(cmd *cobra.Command, l *loginFlags) error {
	way := l.way
	switch {
	case way == "" && l.client != "":
		way = challonge.WayDevice
	case way == "":
		way = challonge.WayKey
	case !slices.Contains([]string{challonge.WayKey, challonge.WayDevice, challonge.WayCode, challonge.WayApplication}, way):
		return withCode(exitUsage, fmt.Errorf("--way %s: key, device, code or application", way))
	}
	if way != challonge.WayKey && l.client == "" {
		return withCode(exitUsage, fmt.Errorf("--way %s needs the id of an application: --client-id", way))
	}
	app, err := f.app(l.client)
	if err != nil {
		return err
	}
	app.Redirect = l.redirect
	if len(l.scopes) > 0 {
		app.Scopes = slices.Concat(challonge.Scopes, l.scopes)
	}
	var token *oauth2.Token
	var key string
	switch way {
	case challonge.WayKey:
		key, err = f.askKey(cmd)
	case challonge.WayApplication:
		app.Scopes = slices.Concat([]string{challonge.ApplicationScope}, l.scopes)
		token, err = app.ClientCredentials(cmd.Context())
	case challonge.WayDevice:
		token, err = byPhone(cmd, app)
	case challonge.WayCode:
		token, err = byBrowser(cmd, app, l)
	}
	if err != nil {
		return err
	}
	store := credentialStore(cmd)
	name, err := f.keep(cmd, store, way, app, token, key)
	if err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "Signed in to Challonge as %s. The sign-in is kept in %s.\n", name, store.Place())
	return nil
}

// byPhone has a person confirm a code on another device.
func byPhone(cmd *cobra.Command, app *challonge.App) (*oauth2.Token, error) {
	g, err := app.Device(cmd.Context())
	if err != nil {
		return nil, err
	}
	if err := showDevice(cmd.OutOrStdout(), g); err != nil {
		return nil, err
	}
	return g.Wait(cmd.Context())
}

// byBrowser has a person answer a page of Challonge on this machine.
func byBrowser(cmd *cobra.Command, app *challonge.App, l *loginFlags) (*oauth2.Token, error) {
	ctx, cancel := context.WithTimeout(cmd.Context(), l.wait)
	defer cancel()
	return app.Authorize(ctx, func(address string) {
		fmt.Fprintf(cmd.OutOrStdout(), "Allow gobancam on this page:\n%s\n", address)
		if !l.noBrowser {
			// The address is there to be opened by hand.
			browser.Stdout, browser.Stderr = io.Discard, io.Discard
			_ = browser.OpenURL(address)
		}
	})
}

// askKey takes the personal key from the environment, or asks for it.
func (f *challongeFlags) askKey(cmd *cobra.Command) (string, error) {
	key, from, err := credentials.FromEnvironment(keyVariable)
	if err != nil || key != "" {
		if key != "" {
			fmt.Fprintf(cmd.ErrOrStderr(), "The key is taken from %s.\n", from)
		}
		return key, err
	}
	fmt.Fprint(cmd.ErrOrStderr(), "Paste the API key of https://challonge.com/settings/developer: ")
	if in, ok := cmd.InOrStdin().(*os.File); ok && term.IsTerminal(int(in.Fd())) {
		data, err := term.ReadPassword(int(in.Fd()))
		fmt.Fprintln(cmd.ErrOrStderr())
		if err != nil {
			return "", err
		}
		key = string(data)
	} else if key, err = f.line(cmd)(cmd.Context()); err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	if key = strings.TrimSpace(key); key == "" {
		return "", withCode(exitUsage, errors.New("no key was given"))
	}
	return key, nil
}

// showDevice shows what a person needs to sign in with a phone.
func showDevice(w io.Writer, g *challonge.DeviceGrant) error {
	code, err := qr.Text(g.Complete)
	if err != nil {
		return err
	}
	plain.Control(w, code)
	fmt.Fprintf(w, "\nScan this with a phone, or open %s and type\n\n    %s\n\n", g.Address, g.UserCode)
	if !g.Expires.IsZero() {
		fmt.Fprintf(w, "The code is good until %s. Waiting …\n", g.Expires.Local().Format("15:04:05"))
	}
	return nil
}

// app is an application registered with Challonge; its secret, if it has one, is
// in the environment.
func (f *challongeFlags) app(id string) (*challonge.App, error) {
	secret, _, err := credentials.FromEnvironment("GOBANCAM_CHALLONGE_CLIENT_SECRET")
	return &challonge.App{ID: id, Secret: secret, Endpoints: f.endpoints}, err
}

// keep checks what a sign-in brought, stores it, and says who it is.
func (f *challongeFlags) keep(cmd *cobra.Command, store *credentials.Store, way string, app *challonge.App, token *oauth2.Token, key string) (name string, err error) {
	auth := challonge.Key(key)
	if token != nil {
		auth = challonge.Bearer(oauth2.StaticTokenSource(token))
	}
	c, err := challonge.New(challonge.Options{API: f.endpoints.API, Auth: auth})
	if err != nil {
		return "", err
	}
	name = "the application " + app.ID
	if way != challonge.WayApplication {
		me, err := c.Me(cmd.Context())
		switch {
		case err == nil:
			name = me.Username
		case challonge.Temporary(err) && token != nil:
			// The token is good for days, and a second code is a nuisance.
			fmt.Fprintf(cmd.ErrOrStderr(), "Who this is could not be checked: %v\n", err)
			name = "somebody"
		default:
			return "", fmt.Errorf("this does not sign in to Challonge: %w", err)
		}
	}
	return name, challonge.Remember(store, f.endpoints, way, app, token, key)
}
