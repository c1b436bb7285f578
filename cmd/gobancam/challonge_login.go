package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
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

func newChallongeLoginCommand(f *challongeFlags) *cobra.Command {
	var way, client, redirect string
	var scopes []string
	var noBrowser bool
	var wait time.Duration
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

What was got is kept in the system's key ring, or where there is none in a file
that only you can read.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if way == "" {
				way = challonge.WayKey
				if client != "" {
					way = challonge.WayDevice
				}
			}
			app, err := f.app(client)
			if err != nil {
				return err
			}
			app.Redirect = redirect
			if len(scopes) > 0 {
				app.Scopes = append(append([]string{}, challonge.Scopes...), scopes...)
			}
			if way != challonge.WayKey && client == "" {
				return withCode(exitUsage, fmt.Errorf("--way %s needs the id of an application: --client-id", way))
			}
			ctx, out := cmd.Context(), cmd.OutOrStdout()
			var token *oauth2.Token
			var key string
			switch way {
			case challonge.WayKey:
				key, err = f.askKey(cmd)
			case challonge.WayApplication:
				app.Scopes = append([]string{challonge.ApplicationScope}, scopes...)
				token, err = app.ClientCredentials(ctx)
			case challonge.WayDevice:
				var g *challonge.DeviceGrant
				if g, err = app.Device(ctx); err == nil {
					if err = showDevice(out, g); err == nil {
						token, err = g.Wait(ctx)
					}
				}
			case challonge.WayCode:
				ctx, cancel := context.WithTimeout(ctx, wait)
				defer cancel()
				token, err = app.Authorize(ctx, func(address string) {
					fmt.Fprintf(out, "Allow gobancam on this page:\n%s\n", address)
					if !noBrowser {
						// The address is there to be opened by hand.
						browser.Stdout, browser.Stderr = io.Discard, io.Discard
						_ = browser.OpenURL(address)
					}
				})
			default:
				return withCode(exitUsage, fmt.Errorf("--way %s: key, device, code or application", way))
			}
			if err != nil {
				return err
			}
			store := credentialStore(cmd)
			name, err := f.keep(cmd, store, way, app, token, key)
			if err != nil {
				return err
			}
			fmt.Fprintf(out, "Signed in to Challonge as %s. The sign-in is kept in %s.\n", name, store.Place())
			return nil
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&way, "way", "", "key, device, code or application")
	fl.StringVar(&client, "client-id", os.Getenv("GOBANCAM_CHALLONGE_CLIENT_ID"), "`id` of an application registered with Challonge")
	fl.StringVar(&redirect, "redirect", cmp.Or(os.Getenv("GOBANCAM_CHALLONGE_REDIRECT"), challonge.DefaultRedirect), "`address` on this machine that is registered with the application")
	fl.StringSliceVar(&scopes, "scope", nil, "a further `scope` to ask for, such as "+challonge.CommunityScope)
	fl.BoolVar(&noBrowser, "no-browser", false, "only print the address of the page")
	fl.DurationVar(&wait, "timeout", 10*time.Minute, "how long to wait for the browser")
	return cmd
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
			fmt.Fprintf(cmd.ErrOrStderr(), "It could not be checked who this is: %v\n", err)
			name = "somebody"
		default:
			return "", fmt.Errorf("this does not sign in to Challonge: %w", err)
		}
	}
	return name, challonge.Remember(store, f.endpoints, way, app, token, key)
}

func newChallongeLogoutCommand(f *challongeFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "logout",
		Short: "Forget the sign-in on this machine",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			store := credentialStore(cmd)
			if err := store.Delete(challonge.StoreKey(f.endpoints)); err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), "Signed out here. Challonge itself ends a token or a key on https://challonge.com/settings/developer.")
			return nil
		},
	}
}

func newChallongeWhoamiCommand(f *challongeFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "whoami",
		Short: "Say who is signed in, and what is left of the month's requests",
		Args:  cobra.NoArgs,
		RunE: f.with(func(cmd *cobra.Command, c *challonge.Client, _ []string) error {
			type answer struct {
				challonge.User
				Server   string    `json:"server"`
				Requests int       `json:"requests_this_month"`
				Spent    time.Time `json:"quota_spent_until,omitzero"`
			}
			a := answer{Server: f.endpoints.API}
			if f.application {
				if _, err := c.Tournaments(cmd.Context(), challonge.TournamentFilter{State: challonge.ListInProgress}); err != nil {
					return err
				}
				a.Username = "(an application)"
			} else {
				var err error
				if a.User, err = c.Me(cmd.Context()); err != nil {
					return err
				}
			}
			a.Requests = c.Quota().Requests()
			if until, spent := c.Quota().Spent(); spent {
				a.Spent = until
			}
			return f.print(cmd, a, func(w io.Writer) {
				fmt.Fprintf(w, "%s at %s\n%s this month from this machine; a free account has about 500\n", a.Username, a.Server, plural(a.Requests, "request", "requests"))
			})
		}),
	}
}

func newChallongeCommunitiesCommand(f *challongeFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "communities",
		Short: "List the account's communities",
		Args:  cobra.NoArgs,
		RunE: f.with(func(cmd *cobra.Command, c *challonge.Client, _ []string) error {
			list, err := c.Communities(cmd.Context())
			if err != nil {
				return err
			}
			return f.print(cmd, list, func(w io.Writer) {
				t := table{head: []string{"COMMUNITY", "NAME"}}
				for _, x := range list {
					t.add(cmp.Or(x.Subdomain, string(x.ID)), x.Name)
				}
				t.write(w)
			})
		}),
	}
}
