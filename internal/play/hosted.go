package play

import (
	"context"

	"golang.org/x/sync/errgroup"

	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/vision"
)

// Hosted is one game at one real board whose other side is in this program: a
// match.Server of any kind, which keeps the game's record itself.
type Hosted struct {
	Source vision.Source // of pictures; closed by whoever opened it
	Eyes   EyesOptions   // with the size of the game's board
	Server match.Server  // runs by itself

	Options  match.Options      // its Journal is filled in from Journal
	Journal  *match.FileJournal // nil for none; closed by whoever opened it
	Commands <-chan match.Command
	Voice    func(match.Event)
	Publish  func(*match.Snapshot) // as in match.Ports
	Tape     *Tape                 // records everything; may be nil
	Eyed     func(*Eyes)           // is given the eyes before they open, for Eyes.Use
}

// Play plays until the game is over, the user quits, the pictures end, or ctx
// does.
func (h *Hosted) Play(ctx context.Context) error {
	opt := h.Options
	ports := match.Ports{Server: h.Server, Commands: h.Commands, Publish: h.Publish}
	if h.Journal != nil {
		ports.Journal, opt.Journal = h.Journal, h.Journal.Open()
	}
	look, voice := h.Eyes, h.Voice
	referee := match.New(opt)
	if h.Tape != nil {
		ports.Recorder = h.Tape
		h.Tape.Follow(referee)
		look.Seen = h.Tape.beside(look.Seen)
		voice = Voices(h.Tape, voiceFunc(voice))
	}
	ports.Voice = voiceFunc(voice)
	eyes := NewEyes(h.Source, look)
	if h.Eyed != nil {
		h.Eyed(eyes)
	}
	ports.Eyes = eyes

	// The referee decides when it is over; the eyes then have to stop.
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return notCanceled(eyes.Run(ctx)) })
	group.Go(func() error {
		defer stop()
		return notCanceled(match.Run(ctx, referee, ports))
	})
	return group.Wait()
}
