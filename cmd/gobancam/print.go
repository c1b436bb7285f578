package main

import (
	"encoding/json"
	"fmt"
	"io"

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
