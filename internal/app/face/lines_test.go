package face

import (
	"context"
	"strings"
	"testing"
)

// TestLinesBetweenGames drops what is typed while no game is on.
func TestLinesBetweenGames(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	r := ReadLines(ctx, strings.NewReader("quit\nquit\n"))
	hush := r.Ignore(ctx)
	for range r.lines { // closed once all has been read, by whomever
	}
	hush()
}
