package main

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/internal/version"
	"github.com/gobancam/gobancam/vision"
)

// about is what `version` says.
type about struct {
	Version   string `json:"version"`
	Commit    string `json:"commit"`
	Date      string `json:"date"`
	Installed string `json:"installed"`
	Go        string `json:"go"`
	System    string `json:"system"`
	OpenCV    string `json:"opencv"`
}

func newVersionCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the versions of gobancam, Go and OpenCV, and how this came here",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a := about{version.Version, version.Commit(), version.Date(), version.Installed(), runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH, vision.OpenCVVersion()}
			switch format {
			case "json":
				return writeJSON(cmd.OutOrStdout(), a)
			case "text":
				_, err := fmt.Fprintf(cmd.OutOrStdout(), "gobancam %s\ncommit %s of %s\n%s\n%s %s\nOpenCV %s\n",
					a.Version, a.Commit, a.Date, a.Installed, a.Go, a.System, a.OpenCV)
				return err
			}
			return withCode(exitUsage, fmt.Errorf("--format %s: text or json", format))
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	completeWith(cmd, "format", "text", "json")
	return cmd
}
