package play

import (
	"context"
	"io"
	"iter"

	"github.com/gobancam/gobancam/record"
	"github.com/gobancam/gobancam/vision"
)

// Pictures is a source of the pictures that a recording kept, with their times.
// It must be closed before the session.
func Pictures(s *record.Session) vision.Source {
	next, stop := iter.Pull2(s.Entries())
	src := vision.FromEncoded(func(context.Context) (vision.Encoded, error) {
		for {
			e, err, ok := next()
			switch {
			case !ok:
				return vision.Encoded{}, io.EOF
			case err != nil:
				return vision.Encoded{}, err
			case e.Kind != record.KindFrame:
				continue
			}
			f, err := e.Frame()
			if err != nil {
				return vision.Encoded{}, err
			}
			data, err := s.Picture(f)
			return vision.Encoded{Data: data, Time: e.At, Name: f.File}, err
		}
	})
	return &pictures{src, stop}
}

type pictures struct {
	vision.Source
	stop func()
}

func (p *pictures) Close() error {
	p.stop()
	return p.Source.Close()
}
