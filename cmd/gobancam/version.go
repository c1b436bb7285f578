package main

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/internal/version"
	"github.com/gobancam/gobancam/vision"
)

func newVersionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the versions of gobancam, Go and OpenCV",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "gobancam %s\n%s %s/%s\nOpenCV %s\n",
				version.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH, vision.OpenCVVersion())
			return err
		},
	}
}
