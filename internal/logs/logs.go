// Package logs writes down what a program does for whoever looks for a fault
// afterwards: into a file that does not grow without end, without secrets, and
// on request the insides of the running program for this machine alone.
package logs

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"gopkg.in/natefinch/lumberjack.v2"

	"github.com/gobancam/gobancam/internal/mask"
)

// How much is kept: the file and this many before it, of so many MB each.
const (
	fileSize = 10
	backups  = 4
)

// Levels are the names of how much is written, from all to little.
var Levels = []string{"debug", "info", "warn", "error"}

// ParseLevel reads one of Levels.
func ParseLevel(s string) (slog.Level, error) {
	for i, level := range []slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelWarn, slog.LevelError} {
		if s == Levels[i] {
			return level, nil
		}
	}
	return 0, fmt.Errorf("%q is none of debug, info, warn, error", s)
}

// File is a log that is being written.
type File struct {
	slog.Handler
	out *lumberjack.Logger
}

// Open goes on with a log file, or begins it, readable by the user alone. When it
// has 10 MB it gets the time into its name and a new one is begun; four such are
// kept beside it.
func Open(path string, level slog.Level) (*File, error) {
	path, err := filepath.Abs(path) // the program may change its directory
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the log cannot be written: %w", err)
	}
	info, err := f.Stat()
	f.Close()
	if err != nil {
		return nil, fmt.Errorf("the log cannot be written: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("the log cannot be written: %s is no regular file", path)
	}
	out := &lumberjack.Logger{Filename: path, MaxSize: fileSize, MaxBackups: backups}
	return &File{slog.NewTextHandler(out, &slog.HandlerOptions{Level: level, ReplaceAttr: withoutSecrets}), out}, nil
}

// Close ends the log.
func (f *File) Close() error { return f.out.Close() }

// withoutSecrets masks what looks like one, in the message and in every value.
func withoutSecrets(_ []string, a slog.Attr) slog.Attr {
	switch v := a.Value.Any().(type) {
	case string:
		a.Value = slog.StringValue(mask.Text(v))
	case error:
		a.Value = slog.StringValue(mask.Text(v.Error()))
	case fmt.Stringer:
		if a.Value.Kind() == slog.KindAny {
			a.Value = slog.StringValue(mask.Text(v.String()))
		}
	}
	return a
}
