package window

import (
	"fmt"
	"time"

	"github.com/gobancam/gobancam/game"
)

// readClock divides a clock's text into what is counting down and what is in
// reserve, and counts on while the server has not told anew. age is how old the
// text is. Below ten seconds it shows tenths.
func readClock(c game.Clock, age time.Duration) (now, spare string) {
	r, ok := c.Read(age)
	if !ok {
		return c.String(), ""
	}
	s := int(r.Left / time.Second)
	switch {
	case s < 10:
		return fmt.Sprintf("%d.%d", s, r.Left/(time.Second/10)%10), r.Reserve
	case s >= 48*3600:
		return fmt.Sprintf("%d d %d h", s/86400, s/3600%24), r.Reserve
	case s >= 3600:
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60), r.Reserve
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60), r.Reserve
}
