package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/ogs"
)

func challengeID(s string) (ogs.ID, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n <= 0 {
		return 0, withCode(exitUsage, fmt.Errorf("%q is no number of a challenge; see 'gobancam challenge list'", s))
	}
	return ogs.ID(n), nil
}

func newChallengeAcceptCommand() *cobra.Command {
	var f ogsFlags
	var open bool
	var format string
	cmd := &cobra.Command{
		Use:   "accept [flags] CHALLENGE",
		Short: "Accept a challenge",
		Long: `Accept takes a challenge made to you, or with --open one that anybody may take,
and prints the number of the game that begins.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := challengeID(args[0])
			if err != nil {
				return err
			}
			if err := checkFormat(format); err != nil {
				return err
			}
			client, err := f.client(cmd)
			if err != nil {
				return err
			}
			ctx, cancel := context.WithTimeout(cmd.Context(), time.Minute)
			defer cancel()
			s, err := ogs.Connect(ctx, client)
			if err != nil {
				return err
			}
			defer s.Close()
			game, err := s.AcceptAndAwait(ctx, id, open)
			if err != nil {
				return err
			}
			return printGame(cmd.OutOrStdout(), format, game)
		},
	}
	f.register(cmd)
	cmd.Flags().BoolVar(&open, "open", false, "the challenge is one of 'gobancam challenge seeks'")
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	return cmd
}

func newChallengeDropCommand(name, short string) *cobra.Command {
	var f ogsFlags
	cmd := &cobra.Command{
		Use:   name + " CHALLENGE",
		Short: short,
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := challengeID(args[0])
			if err != nil {
				return err
			}
			client, err := f.client(cmd)
			if err != nil {
				return err
			}
			return client.Withdraw(cmd.Context(), id)
		},
	}
	f.register(cmd)
	return cmd
}
