package main

import (
	"os"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"github.com/gobancam/gobancam/internal/version"
)

// newManualCommand makes the man pages, for packages.
func newManualCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "manual DIR",
		Short:  "Write a man page for every command into a directory",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return err
			}
			root := newRootCommand()
			for _, c := range commands(root) {
				c.DisableAutoGenTag = true // the same bytes from the same commit
			}
			h := &doc.GenManHeader{Section: "1", Source: "gobancam " + version.Version, Manual: "gobancam"}
			date, err := time.Parse(time.RFC3339, version.Date())
			if err != nil {
				date = time.Unix(0, 0).UTC() // no page shows it
			}
			h.Date = &date
			return doc.GenManTree(root, h, args[0])
		},
	}
}

// commands lists a command and all below it.
func commands(c *cobra.Command) []*cobra.Command {
	list := []*cobra.Command{c}
	for _, sub := range c.Commands() {
		list = append(list, commands(sub)...)
	}
	return list
}
