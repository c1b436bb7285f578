package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/eval"
	"github.com/gobancam/gobancam/internal/limits"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/play"
	"github.com/gobancam/gobancam/vision"
)

// players play games back as the replay command does.
type players struct{}

func (players) Play(ctx context.Context, g *eval.Game, given bool) (seen eval.Seen, err error) {
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
		if r.Source, r.Eyes.Grid, err = placeCorners(ctx, src, g.Corners, g.Size); err != nil {
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
