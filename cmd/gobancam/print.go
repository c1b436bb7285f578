package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/gobancam/gobancam/internal/disk"
	"github.com/gobancam/gobancam/internal/gamefile"
	"github.com/gobancam/gobancam/internal/plain"
)

// plural counts things in words.
func plural(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

func writeJSON(w io.Writer, v any) error {
	line, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = w.Write(append(plain.JSON(line), '\n'))
	return err
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
