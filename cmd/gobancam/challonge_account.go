package main

import (
	"cmp"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/challonge"
	"github.com/gobancam/gobancam/internal/plain"
)

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
			fmt.Fprintln(cmd.OutOrStdout(), "Signed out on this machine. To end a token or a key at Challonge itself, go to https://challonge.com/settings/developer.")
			return nil
		},
	}
}

func newChallongeWhoamiCommand(f *challongeFlags) *cobra.Command {
	return f.command("whoami", "Say who is signed in, and what is left of the month's requests",
		func(cmd *cobra.Command, c *challonge.Client, _ []string) error {
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
		})
}

func newChallongeCommunitiesCommand(f *challongeFlags) *cobra.Command {
	return f.command("communities", "List the account's communities",
		func(cmd *cobra.Command, c *challonge.Client, _ []string) error {
			list, err := c.Communities(cmd.Context())
			if err != nil {
				return err
			}
			return f.print(cmd, list, func(w io.Writer) {
				t := plain.NewTable("COMMUNITY", "NAME")
				for _, x := range list {
					t.Add(cmp.Or(x.Subdomain, string(x.ID)), x.Name)
				}
				t.Write(w)
			})
		})
}
