package play

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/gobancam/gobancam/internal/limits"
	"github.com/gobancam/gobancam/internal/recording"
	"github.com/gobancam/gobancam/vision"
)

// Pictures is a source of the pictures that a recording kept, with their times.
// What cannot be read of its log is passed over, and so is what is beyond
// limits.Files. The session must stay open.
func Pictures(s *recording.Session) vision.Source {
	type picture struct {
		at time.Duration
		f  recording.Frame
	}
	var kept []picture
	for e, err := range s.Entries() {
		if err != nil || e.Kind != recording.KindFrame {
			continue
		}
		if f, err := e.Frame(); err == nil {
			kept = append(kept, picture{e.At, f})
		}
		if len(kept) == limits.Files {
			break
		}
	}
	return vision.FromEncoded(func(context.Context) (vision.Encoded, error) {
		if len(kept) == 0 {
			return vision.Encoded{}, io.EOF
		}
		p := kept[0]
		kept = kept[1:]
		data, err := s.Picture(p.f)
		if err != nil { // this one is lost, not those behind it
			err = fmt.Errorf("%w: %w", vision.ErrNotPictures, err)
		}
		return vision.Encoded{Data: data, Time: p.at, Name: p.f.File}, err
	})
}
