package main

import (
	"bytes"
	"encoding/json"
	"image/jpeg"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/recording"
)

const sets = "../../../testdata/images"

// The committed sets must be what they say: every picture is there, every
// truth lies on a board that a camera can see, and the truths go through the
// positions of the game in order.
func TestSetsAreSound(t *testing.T) {
	dirs, err := filepath.Glob(filepath.Join(sets, "*", "session.json"))
	if err != nil || len(dirs) != 9 {
		t.Fatal(dirs, err)
	}
	for _, d := range dirs {
		d = filepath.Dir(d)
		t.Run(filepath.Base(d), func(t *testing.T) { sound(t, d) })
	}
}

func sound(t *testing.T, dir string) {
	text, err := os.ReadFile(filepath.Join(dir, "game.sgf"))
	if err != nil {
		t.Fatal(err)
	}
	roots, err := board.ParseSGF(text)
	if err != nil {
		t.Fatal(err)
	}
	g, err := roots[0].Game()
	if err != nil {
		t.Fatal(err)
	}
	s, err := recording.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	frames, hands, move := 0, 0, 0
	for e, err := range s.Entries() {
		if err != nil {
			t.Fatal(err)
		}
		switch e.Kind {
		case recording.KindFrame:
			f, err := e.Frame()
			if err != nil {
				t.Fatal(err)
			}
			b, err := s.Picture(f)
			if err != nil {
				t.Fatal(err)
			}
			c, err := jpeg.DecodeConfig(bytes.NewReader(b))
			if err != nil || c.Width != s.Header.Width || c.Height != s.Header.Height {
				t.Fatal(f, c, err)
			}
			frames++
		case recording.KindTruth:
			tr, err := e.Truth()
			if err != nil {
				t.Fatal(err)
			}
			spec := s.Header.Grid.Spec()
			for i, c := range tr.Corners {
				spec.Corners[i] = grid.Pt{X: c[0], Y: c[1]}
			}
			if _, err := grid.New(spec); err != nil {
				t.Errorf("picture %d: %v", tr.Frame, err)
			}
			if tr.Hand {
				hands++
				continue // prisoners are on their way
			}
			for move <= g.MoveCount() {
				if pos := g.PositionAt(move); slices.Equal(pos.Rows(), tr.Rows) {
					break
				}
				move++
			}
			if move > g.MoveCount() {
				t.Fatalf("picture %d shows no position of the game: %q", tr.Frame, tr.Rows)
			}
		}
	}
	if frames < 25 || hands < 5 || move != g.MoveCount() {
		t.Errorf("%d pictures, %d with hands, %d of %d moves", frames, hands, move, g.MoveCount())
	}
}

func TestManifestNamesPictures(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(sets, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var ps []picture
	if err := json.Unmarshal(text, &ps); err != nil || len(ps) < 30 {
		t.Fatal(len(ps), err)
	}
	for _, p := range ps {
		b, err := os.ReadFile(filepath.Join(sets, filepath.FromSlash(p.File)))
		if err != nil {
			t.Fatal(err)
		}
		if c, err := jpeg.DecodeConfig(bytes.NewReader(b)); err != nil || c.Width != p.Width || c.Height != p.Height {
			t.Errorf("%s: %v, %v", p.File, c, err)
		}
		if _, err := board.ParsePosition(p.Truth...); err != nil || len(p.Truth) != p.BoardSize {
			t.Errorf("%s: %v", p.File, err)
		}
	}
}
