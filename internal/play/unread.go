package play

import (
	"context"

	"github.com/gobancam/gobancam/vision"
)

// unread is a source that has one picture put back.
type unread struct {
	vision.Source
	first *vision.Frame
}

// Unread returns a source that yields first and then the rest of src. Closing
// it closes both.
func Unread(src vision.Source, first *vision.Frame) vision.Source {
	return &unread{src, first}
}

func (u *unread) Next(ctx context.Context) (*vision.Frame, error) {
	if f := u.first; f != nil {
		u.first = nil
		return f, nil
	}
	return u.Source.Next(ctx)
}

func (u *unread) Close() error {
	u.first.Close()
	return u.Source.Close()
}
