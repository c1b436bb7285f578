package eval

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// absent play nothing, and say with what they were asked.
type absent struct{ asked *[]string }

func (a absent) Play(_ context.Context, g *Game, given bool) (Seen, error) {
	*a.asked = append(*a.asked, fmt.Sprint(g.Name, " ", given))
	return Seen{}, nil
}

func TestMeasure(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	file("video.mp4", "")
	pictures, video := file("photos.json", photos), file("truth.json", videoTruth)
	for _, c := range []struct {
		o          Options
		told, play string
	}{
		{Options{Given: true, Alone: true}, "Report Report GameReport GameReport", "v true, v false"},
		{Options{Alone: true}, "Report GameReport", "v false"},
		{Options{Given: true}, "Report GameReport", "v true"},
	} {
		var told, asked []string
		c.o.Eyes, c.o.Players = blind{}, absent{&asked}
		c.o.Told = func(r Told) error {
			told = append(told, strings.TrimPrefix(fmt.Sprintf("%T", r), "eval."))
			return nil
		}
		// Games are told at the end, wherever they were named.
		if err := Measure(t.Context(), []string{video, pictures}, c.o); err != nil {
			t.Fatal(err)
		}
		if strings.Join(told, " ") != c.told || strings.Join(asked, ", ") != c.play {
			t.Errorf("told %q, played %q", told, asked)
		}
	}
	var wrong *LoadError
	if err := Measure(t.Context(), []string{file("x.json", "{")}, Options{}); !errors.As(err, &wrong) {
		t.Errorf("%v", err)
	}
}
