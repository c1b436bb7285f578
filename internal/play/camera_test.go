package play

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestBoardCamera asks for pictures at once, and of the past.
func TestBoardCamera(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := NewBoardCamera(0)
		if c.wanted(time.Now()) || c.Newest() != nil {
			t.Error("a picture is made that nobody asked for")
		}
		if !c.wanted(time.Now()) {
			t.Error("no picture is made, though one was asked for")
		}
		c.keep(boardPicture{time.Now(), []byte{1}})
		if c.wanted(time.Now()) {
			t.Error("pictures are made without a pause")
		}
		time.Sleep(pictureEvery)
		if !c.wanted(time.Now()) || c.Newest()[0] != 1 {
			t.Error("the next picture is not made")
		}
		time.Sleep(pictureWaits)
		if c.wanted(time.Now()) {
			t.Error("nobody asks, and pictures are made")
		}
		time.Sleep(pictureWaits)
		if c.Newest() != nil {
			t.Error("an old picture is shown for a new one")
		}
	})
	synctest.Test(t, func(t *testing.T) {
		const delay = 10 * time.Minute
		c := NewBoardCamera(delay)
		made := map[byte]time.Time{}
		for n := range 3000 {
			if now := time.Now(); c.wanted(now) {
				made[byte(n)] = now
				c.keep(boardPicture{now, []byte{byte(n)}})
			}
			if p := c.Newest(); p != nil {
				if age := time.Since(made[p[0]]); age < delay || age > delay+c.every {
					t.Fatalf("a picture of %v ago is shown", age)
				}
			} else if n > 700 {
				t.Fatal("no picture is shown")
			}
			time.Sleep(time.Second)
		}
		if len(c.kept) > 125 {
			t.Errorf("%d pictures are kept", len(c.kept))
		}
	})
}
