package seat

import (
	"context"
	"sync"

	"github.com/gobancam/gobancam/internal/match"
)

// Orders carries commands to the game that is on. Each game has a channel of
// its own: what comes after its end is not for the next one, which a second
// "leave" would leave as well.
type Orders struct {
	mu   sync.Mutex
	game *gameOrders // nil while no game is on
}

type gameOrders struct {
	commands chan match.Command
	over     chan struct{} // closed when nobody takes commands any more
}

// Begin opens the channel of a game, which takes commands until end is called.
func (o *Orders) Begin() (commands chan match.Command, end func()) {
	g := &gameOrders{make(chan match.Command, 16), make(chan struct{})}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.game = g
	return g.commands, func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		if o.game == g {
			o.game = nil
		}
		close(g.over)
	}
}

// On reports whether a game is on.
func (o *Orders) On() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.game != nil
}

// Give hands c to the game that is on; false if none is, or if it ends before it
// takes c.
func (o *Orders) Give(ctx context.Context, c match.Command) bool {
	o.mu.Lock()
	g := o.game
	o.mu.Unlock()
	if g == nil {
		return false
	}
	select {
	case g.commands <- c:
		return true
	case <-g.over:
	case <-ctx.Done():
	}
	return false
}
