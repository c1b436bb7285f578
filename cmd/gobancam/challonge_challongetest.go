package main

import (
	"encoding/json"
	"errors"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/challonge/challongetest"
)

func newChallongeTestCommand() *cobra.Command {
	var users, communities []string
	var app, secret string
	quota := -1
	cmd := &cobra.Command{
		Use:   "challongetest",
		Short: "Run a server that speaks what challonge.com speaks, for tests",
		Long: `Challongetest runs a Challonge on this machine until Ctrl-C: the API, OAuth, and
brackets that advance. It prints its address and the key of each account as
JSON lines, and at the end what clients did against Challonge's rules. All it
knows is lost then.

  gobancam challongetest
  export GOBANCAM_CHALLONGE_SERVER=ADDRESS GOBANCAM_CHALLONGE_KEY=KEY
  gobancam challonge create "Club 9x9" --url club --participants Anna,Ben
  gobancam challonge start club
  gobancam record --match club/A --camera sim:9

The exit code is 1 if there were violations.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			srv := challongetest.New()
			defer srv.Close()
			out := json.NewEncoder(cmd.OutOrStdout())
			out.Encode(map[string]string{"server": srv.URL})
			for _, name := range users {
				out.Encode(map[string]string{"user": name, "key": srv.AddUser(name).Key})
			}
			for _, name := range communities {
				srv.AddCommunity(name)
			}
			if app != "" {
				srv.AddApp(app, secret)
			}
			srv.SetQuota(quota)
			<-cmd.Context().Done()
			wrong := srv.Violations()
			for _, v := range wrong {
				out.Encode(map[string]string{"violation": v})
			}
			if len(wrong) > 0 {
				return withCode(exitFailed, errors.New("clients did "+plural(len(wrong), "thing", "things")+" that a well-behaved one does not do"))
			}
			return nil
		},
	}
	fl := cmd.Flags()
	fl.StringSliceVar(&users, "user", []string{"organiser"}, "accounts to make")
	fl.StringSliceVar(&communities, "community", nil, "communities to make")
	fl.StringVar(&app, "client-id", "", "`id` of an application, which signs in by client credentials")
	fl.StringVar(&secret, "client-secret", "", "its secret")
	fl.IntVar(&quota, "quota", -1, "requests until 429 is answered; -1 for any number")
	return cmd
}
