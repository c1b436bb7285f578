package play

import (
	"sync"
	"time"

	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/limits"
	"github.com/gobancam/gobancam/internal/reading"
	"github.com/gobancam/gobancam/vision"
)

// Times of a BoardCamera.
const (
	pictureEvery = 700 * time.Millisecond // at most so often one is made
	pictureWaits = 10 * time.Second       // after nobody has asked for so long, none is made
	pictureSide  = 720                    // pixels
)

// BoardCamera keeps pictures of the board, and of nothing else, for those who
// watch. One is made only while somebody asks for them.
type BoardCamera struct {
	delay time.Duration // by which they see the past
	every time.Duration

	mu    sync.Mutex
	asked time.Time
	made  time.Time
	kept  []boardPicture // the oldest first
}

type boardPicture struct {
	at   time.Time
	jpeg []byte
}

// NewBoardCamera returns a camera whose pictures are shown with a delay.
func NewBoardCamera(delay time.Duration) *BoardCamera {
	return &BoardCamera{delay: delay, every: max(pictureEvery, delay/limits.LivePictures)}
}

// Seen takes in a picture, for EyesOptions.Seen. It is called by one goroutine.
func (c *BoardCamera) Seen(f *vision.Frame, g *grid.Grid, _ *reading.Reading) {
	now := time.Now()
	if g == nil || !c.wanted(now) {
		return
	}
	jpeg, err := vision.EncodeBoard(f.Img, g, pictureSide)
	if err != nil {
		return // the next one is as good
	}
	c.keep(boardPicture{now, jpeg})
}

func (c *BoardCamera) keep(p boardPicture) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.made = p.at
	c.kept = append(c.kept, p)
	// All that are too old to be shown again but one.
	n := 0
	for n+1 < len(c.kept) && p.at.Sub(c.kept[n+1].at) >= c.delay {
		n++
	}
	c.kept = append([]boardPicture(nil), c.kept[n:]...)
}

// wanted reports whether a picture is to be made. Those that are shown later
// are, whether anybody watches now or not.
func (c *BoardCamera) wanted(now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return now.Sub(c.made) >= c.every && (c.delay > 0 || now.Sub(c.asked) < pictureWaits)
}

// Newest is the newest picture that may be shown, as JPEG; nil while there is
// none, or none that is not long out of date.
func (c *BoardCamera) Newest() []byte {
	now := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked = now
	for i := len(c.kept) - 1; i >= 0; i-- {
		age := now.Sub(c.kept[i].at) - c.delay
		if age < 0 {
			continue
		}
		if age > pictureWaits+2*c.every {
			return nil
		}
		return c.kept[i].jpeg
	}
	return nil
}
