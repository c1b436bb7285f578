package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/internal/app/face"
	"github.com/gobancam/gobancam/internal/app/games"
	"github.com/gobancam/gobancam/internal/plain"
	"github.com/gobancam/gobancam/ogs"
)

func newChallengeCommand() *cobra.Command {
	var f ogsFlags
	var cf challengeFlags
	var format string
	cmd := &cobra.Command{
		Use:   "challenge [flags] [PLAYER]",
		Short: "Offer a game, or answer an offer",
		Long: `Challenge offers a game to a player (a bot, too), or without a name to anybody,
and waits until it begins. A live offer lasts as long as the command runs; ended
with Ctrl-C it is withdrawn. When the game begins its number is printed, on a
line of its own, for 'gobancam play --game'.

Offers with a name are kept in the configuration, as tables:

    [challenge."club evening"]
    size = 19
    time = "20m+5x30s"
    rules = "japanese"

  gobancam challenge --preset "club evening" alice
  gobancam challenge --size 9 --time 5m+5x20s`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkFormat(format); err != nil {
				return err
			}
			ch, err := cf.challenge()
			if err != nil {
				return err
			}
			client, err := f.client(cmd)
			if err != nil {
				return err
			}
			opponent := ogs.Player{}
			if len(args) > 0 {
				if opponent, err = client.FindPlayer(cmd.Context(), args[0]); err != nil {
					return err
				}
			}
			id, err := offer(cmd.Context(), cmd.ErrOrStderr(), client, ch, opponent)
			if err != nil {
				return err
			}
			return printGame(cmd.OutOrStdout(), format, id)
		},
	}
	f.register(cmd)
	cf.register(cmd)
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	cmd.AddCommand(newChallengeListCommand(), newChallengeAcceptCommand(), newChallengeDropCommand("decline", "Decline a challenge made to you"),
		newChallengeDropCommand("withdraw", "Take a challenge of yours back"), newChallengeSeeksCommand(), newChallengeMatchCommand(), newChallengePresetsCommand())
	return cmd
}

// checkFormat says which words --format takes.
func checkFormat(format string) error {
	if format != "text" && format != "json" {
		return withCode(exitUsage, fmt.Errorf("--format %s: text or json", format))
	}
	return nil
}

func printGame(w io.Writer, format string, id ogs.ID) error {
	if format == "json" {
		return json.NewEncoder(plain.JSONWriter(w)).Encode(map[string]any{"game": id})
	}
	_, err := fmt.Fprintln(w, id)
	return err
}

// offer makes a challenge, waits for its game, and withdraws it if ctx ends
// before.
func offer(ctx context.Context, w io.Writer, client *ogs.Client, ch ogs.Challenge, opponent ogs.Player) (ogs.ID, error) {
	s, err := games.ConnectPast(ctx, client) // it is needed after ctx, to withdraw
	if err != nil {
		return 0, err
	}
	defer s.Close()
	stop := showWaiting(w, "waiting for an opponent")
	id, err := games.Offer(ctx, s, ch, opponent.ID)
	stop()
	return id, err
}

// showWaiting shows on a terminal how long something takes, until the function
// that it returns is called.
func showWaiting(w io.Writer, what string) (stop func()) {
	quit, done := make(chan struct{}), make(chan struct{})
	began := time.Now()
	terminal := face.IsTerminal(w)
	if !terminal {
		fmt.Fprintf(w, "%s …\n", what)
	}
	go func() {
		defer close(done)
		t := time.NewTicker(time.Second)
		defer t.Stop()
		for {
			select {
			case <-quit:
				if terminal {
					plain.Control(w, "\r\x1b[K")
				}
				return
			case <-t.C:
				if terminal {
					plain.Control(w, "\r")
					fmt.Fprintf(w, "%s … %v (Ctrl-C ends it) ", what, time.Since(began).Round(time.Second))
				}
			}
		}
	}()
	return func() { close(quit); <-done }
}
