package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/pkg/browser"
	"github.com/spf13/cobra"
	"golang.org/x/oauth2"

	"github.com/gobancam/gobancam/internal/app/state"
	"github.com/gobancam/gobancam/internal/credentials"
	"github.com/gobancam/gobancam/internal/version"
	"github.com/gobancam/gobancam/ogs"
)

// The environment variables that sign a script or a bot in. Each may have the
// suffix _FILE and then names a file.
const (
	ogsTokenVariable  = "GOBANCAM_OGS_TOKEN"         // an access token
	ogsJWTVariable    = "GOBANCAM_OGS_JWT"           // a token of the socket itself
	ogsSecretVariable = "GOBANCAM_OGS_CLIENT_SECRET" // of a confidential application
)

// ogsFlags say which server, and how its socket is reached.
type ogsFlags struct{ server, socket string }

func (f *ogsFlags) register(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.StringVar(&f.server, "server", cmp.Or(os.Getenv("GOBANCAM_OGS_SERVER"), ogs.DefaultServer), "base `address` of the server")
	fl.StringVar(&f.socket, "socket", os.Getenv("GOBANCAM_OGS_SOCKET"), "`address` of the server's socket, if it does not follow from --server")
}

func (f *ogsFlags) key() credentials.Key { return credentials.Key{Service: "ogs", Server: f.server} }

// options are a client's but for the sign-in.
func (f *ogsFlags) options(log *slog.Logger) ogs.Options {
	return ogs.Options{Server: f.server, Socket: f.socket, Name: "gobancam", Version: version.Version, Address: version.Address,
		DeviceID: state.DeviceID(), Log: log}
}

// credentialStore returns where sign-ins are kept; what the user should know is said on
// the command's error output.
func credentialStore(cmd *cobra.Command) *credentials.Store {
	return credentials.New(credentials.Options{Notice: func(s string) { fmt.Fprintln(cmd.ErrOrStderr(), s) }})
}

// client returns a client that is signed in: by the environment if it names a
// token, else by what login has stored.
func (f *ogsFlags) client(cmd *cobra.Command, log *slog.Logger) (*ogs.Client, error) {
	o := f.options(log)
	token, _, err := credentials.FromEnvironment(ogsTokenVariable)
	if err != nil {
		return nil, err
	}
	jwt, _, err := credentials.FromEnvironment(ogsJWTVariable)
	if err != nil {
		return nil, err
	}
	switch o.JWT = jwt; {
	case token != "":
		o.Tokens = ogs.Bearer(token)
	case jwt == "":
		store := credentialStore(cmd)
		c, err := store.Get(f.key())
		if errors.Is(err, credentials.ErrNone) {
			return nil, signedOutError(f.server)
		} else if err != nil {
			return nil, err
		}
		plain, err := ogs.NewClient(o) // for the refreshing, without a token of its own
		if err != nil {
			return nil, withCode(exitUsage, err)
		}
		app := ogs.App{ClientID: c.ClientID, Secret: c.Secret}
		source := store.Source(plain.Context(cmd.Context()), f.key(), credentials.Refresh(plain.OAuth(app)), 7*24*time.Hour)
		source.Discard = func(ctx context.Context, t *oauth2.Token) { // signed out while it was on its way
			if err := revoke(ctx, plain, app, t); err != nil {
				fmt.Fprintf(cmd.ErrOrStderr(), "A token that came after signing out could not be revoked (%v); %s lists it.\n", err, authorizedPage(f.server))
			}
		}
		o.Tokens = source
	}
	client, err := ogs.NewClient(o)
	if err != nil {
		return nil, withCode(exitUsage, err)
	}
	return client, nil
}

// signedIn returns a client and whom the server takes it for.
func (f *ogsFlags) signedIn(cmd *cobra.Command) (*ogs.Client, ogs.Player, error) {
	client, err := f.client(cmd, nil)
	if err != nil {
		return nil, ogs.Player{}, err
	}
	me, err := client.Me(cmd.Context())
	return client, me, err
}

// signedOutError says that nobody is signed in at a server.
type signedOutError string

func (e signedOutError) Error() string {
	return fmt.Sprintf("nobody is signed in at %s; sign in with 'gobancam login', or name a token in %s", string(e), ogsTokenVariable)
}

// signIn gets a token by the browser, keeps it, and tries it.
func (f *ogsFlags) signIn(ctx context.Context, cmd *cobra.Command, store *credentials.Store, app ogs.App, show func(address string)) (ogs.Player, error) {
	client, err := ogs.NewClient(f.options(nil))
	if err != nil {
		return ogs.Player{}, withCode(exitUsage, err)
	}
	token, err := client.SignIn(ctx, app, show)
	if err != nil {
		return ogs.Player{}, err
	}
	record := credentials.Credential{Token: token, ClientID: app.ClientID, Secret: app.Secret}
	if err := store.Put(f.key(), record); err != nil {
		return ogs.Player{}, err
	}
	signed, err := f.client(cmd, nil)
	if err != nil {
		return ogs.Player{}, err
	}
	me, err := signed.Me(ctx)
	if err != nil {
		return ogs.Player{}, fmt.Errorf("the sign-in was stored, but it could not be tried: %w", err)
	}
	return me, nil
}

// openPage opens an address in the browser. It is also shown, to be opened by
// hand where there is none.
func openPage(address string) {
	browser.Stdout, browser.Stderr = io.Discard, io.Discard
	_ = browser.OpenURL(address)
}

func newLoginCommand() *cobra.Command {
	var f ogsFlags
	var id, redirect string
	var noBrowser bool
	var wait time.Duration
	cmd := &cobra.Command{
		Use:   "login",
		Short: "Sign in to online-go.com",
		Long: `Login opens the browser, where you allow gobancam to play with your account, and
keeps what it gets in the system's key ring, or where there is none in a file
that only you can read. No password is asked for.

The server wants to know the application that asks. Registering one takes two
minutes, at https://online-go.com/oauth2/applications/ : any name, client type
"public", grant type "authorization code", and this redirect address:

    ` + ogs.DefaultRedirect + `

Its client id is given by --client-id or GOBANCAM_OGS_CLIENT_ID. A confidential
application's secret is taken from GOBANCAM_OGS_CLIENT_SECRET, or from the file
that GOBANCAM_OGS_CLIENT_SECRET_FILE names. docs/ogs.md has the details.

With --no-browser the address to open is only printed, on a line of its own. It
has to be opened on this machine: the answer comes to this machine's loopback,
so that an address scanned with a phone would lead nowhere.

Scripts and bots need no login: they give an access token in GOBANCAM_OGS_TOKEN,
or a token of the socket in GOBANCAM_OGS_JWT (or _FILE, the path of a file).`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			store := credentialStore(cmd)
			if old, err := store.Get(f.key()); id == "" && err == nil {
				id = old.ClientID
			}
			if id == "" {
				return withCode(exitUsage, fmt.Errorf("--client-id is needed, or GOBANCAM_OGS_CLIENT_ID; see '%s --help' for how to get one", cmd.CommandPath()))
			}
			secret, _, err := credentials.FromEnvironment(ogsSecretVariable)
			if err != nil {
				return err
			}
			app := ogs.App{ClientID: id, Secret: secret, Redirect: redirect}
			ctx, cancel := context.WithTimeoutCause(cmd.Context(), wait, fmt.Errorf("there was no answer from the browser within %v", wait))
			defer cancel()
			out := cmd.OutOrStdout()
			me, err := f.signIn(ctx, cmd, store, app, func(address string) {
				fmt.Fprintf(out, "Allow gobancam on this page:\n%s\n", address)
				if !noBrowser {
					openPage(address)
				}
			})
			if err != nil {
				return err
			}
			fmt.Fprintf(out, "Signed in as %s at %s. Kept in %s.\n", me.WithRank(), f.server, store.Place())
			return nil
		},
	}
	f.register(cmd)
	fl := cmd.Flags()
	fl.StringVar(&id, "client-id", os.Getenv("GOBANCAM_OGS_CLIENT_ID"), "`id` of the application registered at the server")
	fl.StringVar(&redirect, "redirect", cmp.Or(os.Getenv("GOBANCAM_OGS_REDIRECT"), ogs.DefaultRedirect), "`address` on this machine that is registered with the application, letter by letter")
	fl.BoolVar(&noBrowser, "no-browser", false, "only print the address of the page")
	fl.DurationVar(&wait, "timeout", 5*time.Minute, "how long to wait for the browser")
	return cmd
}

func newLogoutCommand() *cobra.Command {
	var f ogsFlags
	cmd := &cobra.Command{
		Use:   "logout",
		Short: "Sign out of online-go.com",
		Long: `Logout tells the server that the stored tokens are not to be taken any more, and
removes them from this machine. They are removed even if the server cannot be
reached; then they can be revoked on its page of authorized applications.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			store := credentialStore(cmd)
			client, err := ogs.NewClient(f.options(nil))
			if err != nil {
				return withCode(exitUsage, err)
			}
			// First here, so that a refresh that is running cannot keep its pair.
			c, err := store.Take(f.key())
			if errors.Is(err, credentials.ErrNone) {
				fmt.Fprintf(cmd.OutOrStdout(), "Nobody is signed in at %s.\n", f.server)
				return nil
			} else if err != nil {
				return err
			}
			if err := revoke(cmd.Context(), client, ogs.App{ClientID: c.ClientID, Secret: c.Secret}, c.Token); err != nil {
				return fmt.Errorf("the tokens are removed from this machine, but the server was not told: %w; revoke them at %s", err, authorizedPage(f.server))
			}
			fmt.Fprintf(cmd.OutOrStdout(), "Signed out of %s.\n", f.server)
			return nil
		},
	}
	f.register(cmd)
	return cmd
}

// revoke tells the server that a pair is not to be taken any more.
func revoke(ctx context.Context, client *ogs.Client, app ogs.App, t *oauth2.Token) error {
	if t == nil {
		return nil
	}
	var refresh error
	if t.RefreshToken != "" {
		refresh = client.Revoke(ctx, app, t.RefreshToken)
	}
	return errors.Join(refresh, client.Revoke(ctx, app, t.AccessToken))
}

// authorizedPage is where a person sees and ends the sign-ins of applications.
func authorizedPage(server string) string {
	return strings.TrimRight(server, "/") + "/oauth2/authorized_tokens/"
}

func newWhoamiCommand() *cobra.Command {
	var f ogsFlags
	cmd := &cobra.Command{
		Use:   "whoami",
		Short: "Print who is signed in to online-go.com",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, me, err := f.signedIn(cmd)
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s, player %d at %s\n", me.WithRank(), me.ID, f.server)
			return nil
		},
	}
	f.register(cmd)
	return cmd
}
