package main

import (
	"context"
	"fmt"

	"github.com/gobancam/gobancam/grid"
	"github.com/gobancam/gobancam/play"
	"github.com/gobancam/gobancam/vision"
)

// placeCorners snaps corners to the crossings in the first picture of src, and
// returns a source that begins with that picture again.
func placeCorners(ctx context.Context, src vision.Source, corners [4]grid.Pt, size int) (vision.Source, *grid.Grid, error) {
	f, err := src.Next(ctx)
	if err != nil {
		return src, nil, sourceError(fmt.Errorf("the first picture: %w", err))
	}
	g, _, err := vision.GridFromCorners(f.Img, corners, size)
	if err != nil {
		f.Close()
		return src, nil, sourceError(err)
	}
	return play.Unread(src, f), g, nil
}
