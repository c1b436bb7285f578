package app

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/gobancam/gobancam/internal/app/camera"
	"github.com/gobancam/gobancam/internal/app/face"
	"github.com/gobancam/gobancam/internal/app/seat"
	"github.com/gobancam/gobancam/internal/app/voices"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/play"
	"github.com/gobancam/gobancam/internal/window"
)

// RecordOptions are how a game between two players is shown.
type RecordOptions struct {
	Voices voices.Options // as b.Face.Voices were opened
	Light  bool           // the window begins with the light colours
}

// Record writes down a game between two players, beside a window where one can
// be opened, until it ends or the window is closed.
func Record(ctx context.Context, b *seat.Board, o RecordOptions) error {
	if err := window.Available(); err != nil {
		return b.Play(ctx) // which needs none
	}
	var eyes atomic.Pointer[play.Eyes]
	b.Orders, b.Eyes = new(seat.Orders), &eyes
	corner := camera.Profiles()
	w := face.NewWindow(window.Options{
		Projector: &corner, Light: o.Light, Linger: time.Minute,
		Muted: o.Voices.Mute, Mute: b.Face.Voices.Mute, Again: b.Face.Voices.Again,
		Corners: func(at [4]grid.Pt, size int) {
			if e := eyes.Load(); e != nil {
				e.Use(at, size)
			}
		},
	})
	b.Face.Open(w)
	return face.Beside(ctx, w, b.Face.Note, func(ctx context.Context) error {
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		go func() {
			for {
				select {
				case <-ctx.Done():
					return
				case c := <-w.Commands():
					if !b.Orders.Give(ctx, c) && w.Left() {
						stop() // it was closed before the game
					}
				}
			}
		}()
		return b.Play(ctx)
	})
}
