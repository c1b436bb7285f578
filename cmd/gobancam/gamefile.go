package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/gobancam/gobancam/internal/app/state"
	"github.com/gobancam/gobancam/internal/disk"
	"github.com/gobancam/gobancam/internal/gamefile"
)

// openRecord takes the file of a game's record. Where the record cannot be in
// it, it is kept in gobancam/rescued under the XDG state directory, or in the
// directory for temporary files.
func openRecord(o gamefile.Options, face *face) (*gamefile.Keeper, error) {
	o.Spares, o.Locks = state.Spares(), state.Locks()
	o.Voice = face.announce
	return gamefile.Open(o)
}

// closeRecord closes the record of a game that ended with err. One that is not
// in its file makes the program fail: what is nowhere on a disk is printed.
func closeRecord(record *gamefile.Keeper, face *face, out io.Writer, err error) error {
	kept := record.Close()
	problem := kept.Problem()
	if problem == nil {
		return err
	}
	if kept.Path == "" {
		if face.json != nil {
			face.json.Line(map[string]any{"event": "record", "sgf": string(kept.Data)})
		} else {
			fmt.Fprintf(out, "\n%s\n", kept.Data)
		}
		problem = fmt.Errorf("%w; it is printed above as SGF: keep that", problem)
	}
	var e *exitError
	switch {
	case err == nil:
		return problem
	case errors.As(err, &e) && err.Error() == "":
		return withCode(e.code, problem)
	case errors.As(err, &e):
		return withCode(e.code, fmt.Errorf("%w; and %w", err, problem))
	}
	return fmt.Errorf("%w; and %w", err, problem)
}

// saveSGF writes a record that was asked for with an option. A file that is
// there and that gobancam did not write stays, unless it is to be replaced.
func saveSGF(path string, data []byte, replace bool) error {
	err := gamefile.Save(disk.OS, path, data, replace)
	if errors.Is(err, gamefile.ErrTaken) {
		return withCode(exitUsage, fmt.Errorf("%w: give another file", err))
	}
	if err != nil {
		return fmt.Errorf("the record cannot be written: %w", err)
	}
	return nil
}
