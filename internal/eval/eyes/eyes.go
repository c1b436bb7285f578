// Package eyes gives eval gobancam's own eyes: it looks at pictures as the read
// command does, and at games as the replay command does.
package eyes

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/eval"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/limits"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/play"
	"github.com/gobancam/gobancam/internal/reading"
	"github.com/gobancam/gobancam/vision"
)

// Eyes look at single pictures.
type Eyes struct{}

// Look implements eval.Eyes.
func (Eyes) Look(file string, given *[4]grid.Pt, size int) (a eval.Answer, err error) {
	img, err := vision.ReadPicture(file)
	if err != nil {
		return a, err
	}
	defer img.Close()
	begun := eval.CPUTime()
	defer func() { a.CPU = eval.CPUTime() - begun }()
	var g *grid.Grid
	var points []reading.Evidence
	if given != nil {
		b, err := vision.ReadBoard(img, vision.BoardOptions{Corners: given, Size: size})
		if err != nil {
			return a, err
		}
		g, points, a.Confidence = b.Grid, b.Points, b.Confidence
	} else {
		found, err := vision.Find(img, vision.FindOptions{})
		if err != nil {
			return a, err
		}
		g, a.Confidence = found.Grid, found.Confidence
		if points, err = vision.NewReader().Read(img, g); err != nil && !errors.Is(err, grid.ErrCorners) {
			return a, err
		}
	}
	a.Size, a.Corners = g.Size(), g.Corners()
	r := reading.Reading{Size: a.Size, Points: points}
	a.Rows = r.Rows()
	a.Doubt = (&vision.Board{Grid: g, Points: points}).Doubt()
	return a, nil
}

// Players play games back.
type Players struct {
	// Place puts a grid where corners are in the first picture of a source.
	Place func(ctx context.Context, src vision.Source, corners [4]grid.Pt, size int) (vision.Source, *grid.Grid, error)
}

// Play implements eval.Players.
func (p Players) Play(ctx context.Context, g *eval.Game, given bool) (seen eval.Seen, err error) {
	src, err := gameSource(ctx, g)
	if err != nil {
		return seen, err
	}
	defer src.Close()
	rules, err := board.ParseRules("japanese")
	if err != nil {
		return seen, err
	}
	r := play.Replay{Source: src, Relay: match.RelayOptions{Setup: board.Setup{Size: g.Size, Rules: rules}}}
	if given {
		if r.Source, r.Eyes.Grid, err = p.Place(ctx, src, g.Corners, g.Size); err != nil {
			return seen, err
		}
		s := &r.Relay.Setup
		s.Black, s.White = g.Setup[0], g.Setup[1]
		if len(g.Moves) > 0 {
			s.First = g.Moves[0].Color
		}
	} else {
		// Nobody says which way it is turned.
		r.Relay.AsFound = len(g.Setup[0])+len(g.Setup[1]) > 0
	}
	var told []int // pictures after which the moves of the record were told
	r.Voice = func(e match.Event) {
		switch e.Kind {
		case match.EventMove:
			told = append(told, e.Frame)
		case match.EventUndo:
			told = told[:min(len(told), e.Number-1)]
			seen.Undone++
		case match.EventQuestion:
			seen.Questions++
		}
	}
	begun := eval.CPUTime()
	end, err := r.Run(ctx)
	if err != nil {
		return seen, err
	}
	seen.CPU = eval.CPUTime() - begun
	seen.Pictures = end.Frames
	if end.Game == nil {
		return seen, vision.ErrNoBoard
	}
	for i, m := range end.Game.Moves() {
		seen.Moves = append(seen.Moves, eval.SeenMove{Move: m, Frame: told[i]})
	}
	return seen, nil
}

// gameSource opens the pictures of a game, as far as they count.
func gameSource(ctx context.Context, g *eval.Game) (vision.Source, error) {
	if g.Video != "" {
		return vision.Open(ctx, g.Video, vision.OpenOptions{})
	}
	next := 0
	return vision.FromEncoded(func(context.Context) (vision.Encoded, error) {
		i := next
		if i >= len(g.Files) || g.Frames > 0 && i >= g.Frames {
			return vision.Encoded{}, io.EOF
		}
		next++
		data, err := limits.ReadFile(g.Files[i], limits.PictureBytes)
		if err != nil {
			return vision.Encoded{}, fmt.Errorf("%w: %w", vision.ErrNoSource, err)
		}
		at := time.Duration(i) * time.Second
		if len(g.Times) > 0 {
			at = g.Times[i]
		}
		return vision.Encoded{Data: data, Time: at, Name: g.Files[i]}, nil
	}), nil
}
