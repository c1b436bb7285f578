package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/internal/app/account"
	"github.com/gobancam/gobancam/internal/credentials"
	"github.com/gobancam/gobancam/ogs"
)

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

` + application() + ` Registering one takes two
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
			server := f.at(cmd)
			id = server.App(id)
			if id == "" {
				return withCode(exitUsage, fmt.Errorf("--client-id is needed, or GOBANCAM_OGS_CLIENT_ID; see '%s --help' for how to get one", cmd.CommandPath()))
			}
			secret, _, err := credentials.FromEnvironment(account.SecretVariable)
			if err != nil {
				return err
			}
			app := ogs.App{ClientID: id, Secret: secret, Redirect: redirect}
			ctx, cancel := context.WithTimeoutCause(cmd.Context(), wait, fmt.Errorf("there was no answer from the browser within %v", wait))
			defer cancel()
			out := cmd.OutOrStdout()
			store := server.Store()
			me, err := server.SignIn(ctx, store, app, func(address string) {
				fmt.Fprintf(out, "Allow gobancam on this page:\n%s\n", address)
				if !noBrowser {
					_ = account.OpenPage(address) // the address is shown
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
	fl.StringVar(&id, "client-id", "", "`id` of the application registered at the server")
	fl.StringVar(&redirect, "redirect", ogs.DefaultRedirect, "`address` on this machine that is registered with the application, letter by letter")
	bind(fl, "client-id", "ogs.client_id")
	bind(fl, "redirect", "ogs.redirect")
	fl.BoolVar(&noBrowser, "no-browser", false, "only print the address of the page")
	fl.DurationVar(&wait, "timeout", 5*time.Minute, "how long to wait for the browser")
	return cmd
}

// application begins what is said of the application that asks.
func application() string {
	if account.HasApp() {
		return `The server wants to know the application that asks. For online-go.com this
gobancam comes with one, and there is nothing to do. One of your own may be used
instead.`
	}
	return "The server wants to know the application that asks."
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
			err := f.at(cmd).SignOut(cmd.Context())
			if errors.Is(err, credentials.ErrNone) {
				fmt.Fprintf(cmd.OutOrStdout(), "Nobody is signed in at %s.\n", f.server)
				return nil
			} else if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "Signed out of %s.\n", f.server)
			return nil
		},
	}
	f.register(cmd)
	return cmd
}

func newWhoamiCommand() *cobra.Command {
	var f ogsFlags
	cmd := &cobra.Command{
		Use:   "whoami",
		Short: "Print who is signed in to online-go.com",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, me, err := f.at(cmd).SignedIn(cmd.Context())
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
