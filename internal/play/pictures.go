package play

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/gobancam/gobancam/internal/limits"
	"github.com/gobancam/gobancam/internal/recording"
	"github.com/gobancam/gobancam/vision"
)

// Pictures is a source of the pictures that a recording kept, with their times.
// A line of its log that cannot be read counts as a damaged picture. Where the
// rest of the log is beyond a limit, or a part of it cannot be read at all, the
// source ends with that error, as one that ends early. The session must stay open.
func Pictures(s *recording.Session) vision.Source {
	type picture struct {
		at  time.Duration
		f   recording.Frame
		err error // there is none
	}
	var kept []picture
	for e, err := range s.Entries() {
		var line *recording.LineError
		switch {
		case errors.As(err, &line):
			kept = append(kept, picture{err: lostPicture(err)})
		case err == nil && e.Kind == recording.KindFrame && len(kept) == limits.Files:
			err = limits.Exceed("the rest is not read", "the recording has more than %d pictures", limits.Files)
			fallthrough
		case err != nil:
			kept = append(kept, picture{err: fmt.Errorf("%w: %w", vision.ErrEndsEarly, err)})
		case e.Kind == recording.KindFrame:
			f, err := e.Frame()
			if err != nil {
				err = lostPicture(fmt.Errorf("an entry of the recording is damaged: %w", err))
			}
			kept = append(kept, picture{e.At, f, err})
		}
		if err != nil && line == nil {
			break
		}
	}
	return vision.FromEncoded(func(context.Context) (vision.Encoded, error) {
		if len(kept) == 0 {
			return vision.Encoded{}, io.EOF
		}
		p := kept[0]
		if p.err == nil || errors.Is(p.err, vision.ErrNotPictures) {
			kept = kept[1:]
		}
		if p.err != nil {
			return vision.Encoded{}, p.err
		}
		data, err := s.Picture(p.f)
		if err != nil { // this one is lost, not those behind it
			err = lostPicture(err)
		}
		return vision.Encoded{Data: data, Time: p.at, Name: p.f.File}, err
	})
}

// lostPicture makes an error that costs one picture.
func lostPicture(err error) error { return fmt.Errorf("%w: %w", vision.ErrNotPictures, err) }
