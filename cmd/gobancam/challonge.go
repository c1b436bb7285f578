package main

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/adrg/xdg"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/gobancam/gobancam/challonge"
	"github.com/gobancam/gobancam/internal/club/desk"
	"github.com/gobancam/gobancam/internal/club/outbox"
	"github.com/gobancam/gobancam/internal/club/site"
	"github.com/gobancam/gobancam/internal/credentials"
)

// challongeFlags are what every command about Challonge takes.
type challongeFlags struct {
	endpoints   challonge.Endpoints
	server      string
	community   string
	application bool
	format      string
	yes         bool
	quotaAgain  bool

	lines func(context.Context) (string, error)
}

// register adds all flags to a command and to those below it.
func (f *challongeFlags) register(cmd *cobra.Command) {
	p := cmd.PersistentFlags()
	f.registerConnection(p)
	p.BoolVar(&f.application, "application", false, "all tournaments made with the application that is signed in")
	p.StringVar(&f.format, "format", "text", "text or json")
	p.BoolVar(&f.yes, "yes", false, "answer yes to questions about deleting and resetting")
	p.BoolVar(&f.quotaAgain, "retry-quota", false, "ask again although the quota was used up")
}

// registerConnection adds the flags that say where Challonge is and for which
// community, which is what a command needs that only seats players.
func (f *challongeFlags) registerConnection(p *pflag.FlagSet) {
	p.StringVar(&f.server, "challonge", "", "`address` of a server that answers for all of Challonge, such as a test server")
	bind(p, "challonge", "challonge.server")
	d := challonge.DefaultEndpoints
	for _, e := range []struct {
		to              *string
		name, key, addr string
	}{
		{&f.endpoints.API, "api-url", "api_url", d.API}, {&f.endpoints.Authorize, "authorize-url", "authorize_url", d.Authorize},
		{&f.endpoints.Token, "token-url", "token_url", d.Token}, {&f.endpoints.Device, "device-url", "device_url", d.Device},
		{&f.endpoints.DeviceToken, "device-token-url", "device_token_url", d.DeviceToken},
	} {
		p.StringVar(e.to, e.name, e.addr, "one `address` of Challonge")
		p.MarkHidden(e.name)
		bind(p, e.name, "challonge."+e.key)
	}
	p.StringVar(&f.community, "community", "", "the community that owns the tournament, by its `subdomain`")
	bind(p, "community", "challonge.community")
}

// check completes the flags once they are parsed.
func (f *challongeFlags) check() error {
	f.format = cmp.Or(f.format, "text")
	if f.format != "text" && f.format != "json" {
		return withCode(exitUsage, fmt.Errorf("--format %s: text or json", f.format))
	}
	if f.server != "" {
		f.endpoints = challonge.EndpointsAt(f.server)
	}
	return nil
}

// stateDir is where outbox and quota are kept, apart for each server.
func (f *challongeFlags) stateDir() string {
	host := f.endpoints.API
	if u, err := url.Parse(host); err == nil {
		host = u.Host
	}
	host = strings.Map(func(r rune) rune {
		if r == '.' || r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, host)
	return filepath.Join(xdg.StateHome, "gobancam", "challonge", host)
}

func (f *challongeFlags) outbox() (*outbox.Outbox, error) {
	return outbox.Open(filepath.Join(f.stateDir(), "outbox"))
}

// keyVariable holds a personal key for scripts; with _FILE behind it, the name
// of a file that does.
const keyVariable = "GOBANCAM_CHALLONGE_KEY"

// client signs in with the key of the environment, or as stored.
func (f *challongeFlags) client(cmd *cobra.Command) (*challonge.Client, error) {
	return f.clientFor(cmd, f.community)
}

func (f *challongeFlags) clientFor(cmd *cobra.Command, community string) (*challonge.Client, error) {
	key, _, err := credentials.FromEnvironment(keyVariable)
	if err != nil {
		return nil, err
	}
	auth := challonge.Key(key)
	if key == "" {
		way := ""
		if auth, way, err = challonge.Stored(cmd.Context(), credentialStore(cmd), f.endpoints, nil); err != nil {
			return nil, advised(err)
		}
		f.application = f.application || way == challonge.WayApplication
	}
	quota := challonge.NewQuota(filepath.Join(f.stateDir(), "quota.json"))
	if f.quotaAgain {
		quota.Forget()
	}
	c, err := challonge.New(challonge.Options{API: f.endpoints.API, Auth: advisedAuth{auth}, Quota: quota})
	if err != nil {
		return nil, withCode(exitUsage, err)
	}
	if f.application {
		return c.Application(), nil
	}
	return c.Community(community), nil
}

// connect serves the reports in the outbox.
func (f *challongeFlags) connect(cmd *cobra.Command) outbox.Connect {
	return func(_ context.Context, r outbox.Report) (outbox.Sender, error) {
		if r.API != f.endpoints.API {
			return nil, fmt.Errorf("this result is for %s", r.API)
		}
		c, err := f.clientFor(cmd, r.Community)
		return site.Challonge{Client: c}, err
	}
}

// desk is the desk of a club for a command that seats players. line reads an
// answer; nil reads the command's input.
func (f *challongeFlags) desk(cmd *cobra.Command, line func(context.Context) (string, error)) (*desk.Desk, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	c, err := f.client(cmd)
	if err != nil {
		return nil, err
	}
	box, err := f.outbox()
	if err != nil {
		return nil, err
	}
	if line == nil {
		line = f.line(cmd)
	}
	return &desk.Desk{Site: site.Challonge{Client: c}, Community: f.community, Outbox: box, Hints: f.hints(), Ask: &desk.Terminal{Out: cmd.ErrOrStderr(), Line: line},
		Tell: func(s string) { fmt.Fprintln(cmd.ErrOrStderr(), s) }}, nil
}

// line reads answers from the command's input.
func (f *challongeFlags) line(cmd *cobra.Command) func(context.Context) (string, error) {
	if f.lines == nil {
		in := bufio.NewReader(cmd.InOrStdin())
		f.lines = func(ctx context.Context) (string, error) {
			if err := ctx.Err(); err != nil {
				return "", err
			}
			text, err := in.ReadString('\n')
			if err != nil && text == "" {
				return "", err
			}
			return strings.TrimRight(text, "\r\n"), nil
		}
	}
	return f.lines
}

// remind tells of results that Challonge does not have yet.
func (f *challongeFlags) remind(cmd *cobra.Command) error {
	if cmd.Name() == "report" {
		return nil // that is what it shows
	}
	if _, err := os.Stat(f.stateDir()); err != nil {
		return nil
	}
	box, err := f.outbox()
	if err != nil {
		return err
	}
	left, err := box.Unsent()
	if err != nil {
		return err
	}
	if n := len(left); n > 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), "%s for Challonge on this machine: gobancam challonge report --send, or --waiting\n", plural(n, "result waits", "results wait"))
	}
	return nil
}

func newChallongeCommand() *cobra.Command {
	f := &challongeFlags{}
	cmd := &cobra.Command{
		Use:   "challonge",
		Short: "Run tournaments on Challonge, and report results",
		Long: `Challonge commands run a club's tournament on challonge.com.

  gobancam challonge login                       sign in
  gobancam challonge create "Club evening" --participants Anna,Ben,Chie,Doyun
  gobancam challonge start TOURNAMENT            draw the first round
  gobancam record --match TOURNAMENT/A           play match A at this board
  gobancam challonge report TOURNAMENT A --winner Anna
  gobancam challonge finalize TOURNAMENT         fix the final ranks

TOURNAMENT is the last part of the tournament's address, or its id. Results wait
in an outbox on this machine until Challonge has taken them, each once.

A free account of Challonge has about 500 requests a month: nothing here polls.`,
		PersistentPreRunE:  func(*cobra.Command, []string) error { return f.check() },
		PersistentPostRunE: func(cmd *cobra.Command, _ []string) error { return f.remind(cmd) },
	}
	f.register(cmd)
	cmd.AddCommand(
		newChallongeLoginCommand(f),
		newChallongeLogoutCommand(f),
		newChallongeWhoamiCommand(f),
		newChallongeTournamentsCommand(f),
		newChallongeCreateCommand(f),
		newChallongeParticipantsCommand(f),
		newChallongeMatchesCommand(f),
		newChallongeStepCommand(f, "start", challonge.Start, "Start a tournament, or what comes after its groups: draw the first round", ""),
		newChallongeReportCommand(f),
		newChallongeStepCommand(f, "finalize", challonge.Finalize, "Finish a tournament: fix the final ranks", ""),
		newChallongeStepCommand(f, "reset", challonge.Reset, "Take a tournament back to before its start",
			"Resetting %s deletes all its matches and results (%d of them so far)."),
		newChallongeCommunitiesCommand(f),
	)
	return cmd
}
