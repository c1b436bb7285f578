package main

import (
	"cmp"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/gtp"
	"github.com/gobancam/gobancam/internal/config"
)

// viewers are programs that open a record that is named on their command line, in
// the order in which they are looked for.
func viewers() []string { return []string{"sabaki", "katrain", "q5go", "gogui", "lizzie", "ugo"} }

// reviewing is what the configuration says of reviews.
type reviewing struct{ With, Engine string }

// openWith opens a record in a program: the one that was asked for, that of the
// configuration, or the first that is installed.
func openWith(cmd *cobra.Command, asked, configured, path string) error {
	line := cmp.Or(asked, configured)
	if line == "" {
		for _, p := range viewers() {
			if _, err := exec.LookPath(p); err == nil {
				line = p
				break
			}
		}
	}
	if line == "" {
		return withCode(exitUsage, fmt.Errorf("none of %s is installed: name a program by --with, by %s, or as with in the table [review] of %s",
			strings.Join(viewers(), ", "), config.Find("review.with").Env(), config.File()))
	}
	words, err := gtp.ParseLine(line)
	if err != nil {
		return withCode(exitUsage, err)
	}
	p := exec.Command(words[0], append(words[1:], path)...) // it outlives this program
	if err := p.Start(); err != nil {
		return withCode(exitUsage, fmt.Errorf("the record is not opened: %w; it is in %s", err, path))
	}
	// One that ends at once did not open it.
	ended := make(chan error, 1)
	go func() { ended <- p.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			return fmt.Errorf("%s ended (%w) instead of showing %s", words[0], err, path)
		}
	case <-time.After(time.Second):
	case <-cmd.Context().Done():
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "%s shows %s.\n", words[0], path)
	return nil
}
