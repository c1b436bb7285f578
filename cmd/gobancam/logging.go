package main

import (
	"fmt"
	"log"
	"log/slog"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/gobancam/gobancam/internal/logs"
	"github.com/gobancam/gobancam/internal/version"
	"github.com/gobancam/gobancam/vision"
)

// logging is what a whole run writes down, where that is wanted.
type logging struct {
	path, level, debug string

	file *logs.File // nil for none
	page *logs.Debug
}

func (l *logging) register(fl *pflag.FlagSet) {
	fl.StringVar(&l.path, "log", "", "write down what is done in `FILE`, without secrets; at 10 MB a new one is begun")
	fl.StringVar(&l.level, "log-level", "info", "how much is written there: debug, info, warn or error")
	fl.StringVar(&l.debug, "debug-addr", "", "serve profiles and numbers of the running program at an `ADDRESS` of this machine alone, as 127.0.0.1:6060")
	bind(fl, "log", "log.file")
	bind(fl, "log-level", "log.level")
	bind(fl, "debug-addr", "log.debug_addr")
}

// begin opens what is wanted, once the flags are known.
func (l *logging) begin(cmd *cobra.Command) error {
	level, err := logs.ParseLevel(l.level)
	if err != nil {
		return withCode(exitUsage, fmt.Errorf("--log-level: %w", err))
	}
	if l.path != "" {
		if l.file, err = logs.Open(l.path, level); err != nil {
			return withCode(exitUsage, fmt.Errorf("--log: %w", err))
		}
		// What is a warning still comes to the terminal, as it does without a log.
		slog.SetDefault(logTo(slog.NewTextHandler(cmd.ErrOrStderr(), &slog.HandlerOptions{Level: slog.LevelWarn}), l.file))
		slog.Info("gobancam begins", "command", cmd.CommandPath(), "version", version.Version, "commit", version.Commit(), "opencv", vision.OpenCVVersion())
	}
	if l.debug != "" {
		if l.page, err = logs.ListenDebug(cmd.Context(), l.debug); err != nil {
			return withCode(exitUsage, fmt.Errorf("--debug-addr: %w", err))
		}
		fmt.Fprintf(cmd.ErrOrStderr(), "Profiles at %s\n", l.page.Address)
	}
	return nil
}

// end closes what begin opened.
func (l *logging) end(err error) {
	if l.page != nil {
		l.page.Close()
	}
	if l.file == nil {
		return
	}
	if err == nil {
		slog.Info("gobancam ends", "code", exitOK)
	} else {
		slog.Info("gobancam ends", "code", codeOf(err), "error", err)
	}
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, nil)))
	log.SetOutput(os.Stderr)
	if err := l.file.Close(); err != nil {
		fmt.Fprintln(os.Stderr, "gobancam: the log: "+err.Error())
	}
	l.file = nil
}

// logTo writes to a handler and to others, or to where everything is written
// where there are none.
func logTo(h slog.Handler, others ...slog.Handler) *slog.Logger {
	if len(others) == 0 {
		others = fileOf(slog.Default().Handler())
	}
	if len(others) == 0 {
		return slog.New(h)
	}
	return slog.New(&both{slog.NewMultiHandler(append(others, h)...), others})
}

// both is a handler that remembers which of its parts write to the file.
type both struct {
	*slog.MultiHandler
	files []slog.Handler
}

// fileOf are the handlers of the default logger that write to a file.
func fileOf(h slog.Handler) []slog.Handler {
	if b, ok := h.(*both); ok {
		return b.files
	}
	return nil
}
