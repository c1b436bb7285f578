package seat

import (
	"os"
	"time"

	"github.com/gobancam/gobancam/internal/play"
	"github.com/gobancam/gobancam/internal/recording"
)

// newFlight begins a session of the flight recorder. A game is played without
// one if need be: then nil is returned, and said why.
func newFlight(note func(string), begin func(dir string, opt recording.Options, alarm func(error)) (*play.Tape, error)) *play.Tape {
	dir, err := play.FlightDir(time.Now())
	var t *play.Tape
	if err == nil {
		if t, err = begin(dir, recording.Flight, func(err error) { note(err.Error()) }); err != nil {
			_ = os.Remove(dir) // if nothing is in it
		}
	}
	if err != nil {
		note("This session is not kept for a report: " + err.Error())
		return nil
	}
	return t
}
