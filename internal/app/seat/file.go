package seat

import (
	"fmt"

	"github.com/gobancam/gobancam/internal/app/face"
	"github.com/gobancam/gobancam/internal/app/state"
	"github.com/gobancam/gobancam/internal/gamefile"
)

// OpenRecord takes the file of a game's record. Where the record cannot be in
// it, it is kept in one of the spare places (state.Spares), and the face told.
func OpenRecord(o gamefile.Options, f *face.Face) (*gamefile.Keeper, error) {
	o.Spares, o.Locks = state.Spares(), state.Locks()
	o.Voice = f.Announce
	return gamefile.Open(o)
}

// closeRecord closes the record of a game that ended with err. One that is not
// in its file is an error: what is nowhere on a disk is printed.
func closeRecord(record *gamefile.Keeper, f *face.Face, err error) error {
	kept := record.Close()
	if f.Kept.Store(nil); kept.Path != "" {
		f.Kept.Store(&kept.Path)
	}
	problem := kept.Problem()
	if problem == nil {
		return err
	}
	if kept.Path == "" {
		f.Print(kept.Data)
		problem = fmt.Errorf("%w; it is printed above as SGF: keep that", problem)
	}
	if err == nil {
		return problem
	}
	return &unkeptError{err, problem}
}

// unkeptError is the end of a game whose record is not in its file. It counts as
// what the game ended with.
type unkeptError struct{ end, record error }

func (e *unkeptError) Error() string {
	if e.end.Error() == "" { // all has been said of it
		return e.record.Error()
	}
	return e.end.Error() + "; and " + e.record.Error()
}

func (e *unkeptError) Unwrap() []error { return []error{e.end, e.record} }
