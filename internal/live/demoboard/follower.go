package demoboard

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/gobancam/gobancam/internal/live"
)

// Times of a Follower.
const (
	// Gap is between two messages: at most two and a half a second go out (a
	// removal is two, and has twice the gap behind it). No
	// limit is documented; a person who draws variations makes more, and a whole
	// game that is caught up with takes one message and one for each note.
	Gap = 400 * time.Millisecond
	// echoWait is how long the server may take to repeat what was sent. After
	// it, the demo board is read again. A server that does not repeat a sender's
	// own messages is asked less and less often, as long as all is there.
	echoWait     = 5 * time.Second
	echoWaitMost = time.Minute
	// answerWait is how long the server may take to tell all it has.
	answerWait = 15 * time.Second
	// compareEvery is how often what the server has is compared though nothing
	// seems to be wrong.
	compareEvery = 10 * time.Minute
	// vainWait is before a message that came to nothing is sent once more; it
	// doubles each time.
	vainWait     = 2 * time.Second
	vainWaitMost = time.Minute
	// behindWait is how long the demo board may be behind before that is said.
	behindWait = 15 * time.Second
)

const (
	textTries = 10 // times a text is sent, before it is left
	staleMost = 64 // wrong lines that are remembered
	textsMost = 8  // texts that are remembered of a node
	otherGame = 4  // moves on a demo board, none of them ours, that make it another game's
)

// Input is one thing that happened. At most one field besides Epoch is set; none
// is a tick of the clock.
type Input struct {
	Game    *live.Game
	Offline bool     // the server cannot be heard
	State   *State   // all that the server has: after each connection, and when it was asked for. The Follower keeps it
	Said    *Message // a change that the server told since
	Refused *Refusal // the server does not want what was asked; a final one counts whatever its Epoch
	Labeled *Labels  // the server has these labels
	// Unlabeled says, in a sentence, that the server does not want the labels; it
	// is not asked again.
	Unlabeled string
	// Epoch is that of the State, and of the last one before Said and Refused.
	// Each State has one, larger than those before.
	Epoch int
}

// Refusal is an error that the server told.
type Refusal struct {
	Text string
	// Final says that it will not heal: the demo board is gone, or not ours.
	Final bool
}

// RequestKind names a Request.
type RequestKind uint8

// The requests.
const (
	Append  RequestKind = iota // points at the end of Moves, making what does not exist, and sets its Text unless it is nil
	Remove                     // removes the node at the end of Moves and all that follows it
	Refresh                    // asks for a State
	Label                      // sets Labels
)

// Request is one thing to ask of the server, once. What draws rests on the State
// of its Epoch, and must not be sent where that is not the last one. Label goes
// by another way, and rests on none.
type Request struct {
	Kind   RequestKind
	Epoch  int
	Moves  []string
	Text   *string
	Labels Labels
}

// Output is what one input led to.
type Output struct {
	Requests []Request
	Notes    []string // sentences for who sits at the board
	// Keep is set when what has to survive a crash (Memory) has changed. It is
	// to be kept before the requests go out.
	Keep bool
}

// Memory is what a Follower has to remember from one start to the next besides
// what the server has.
type Memory struct {
	Made    bool       `json:"made,omitzero"`    // the demo board was made for this game
	Sent    bool       `json:"sent,omitzero"`    // something was sent
	Long    bool       `json:"long,omitzero"`    // ... of several moves, which no start of the program forgets
	Stale   [][]string `json:"stale,omitzero"`   // lines that were sent and are wrong by now
	Labeled *Labels    `json:"labeled,omitzero"` // labels that the server has
	// Texts are those that were sent, by the moves to their node, the last one
	// last: what else is to be read there is somebody else's.
	Texts map[string][]string `json:"texts,omitzero"`
}

// Follower decides what to send. It belongs to one goroutine.
type Follower struct {
	readable func(string) string
	memory   Memory

	now   time.Time
	game  *live.Game // nil until one is known
	plies []Ply      // its main line
	sent  []string   // the longest line that was sent, or was there, and agrees with plies

	epoch   int       // of the last State
	has     *State    // what the server has, as far as is known; nil while it cannot be heard
	read    time.Time // when it was told last
	doubt   bool      // it may be otherwise
	asked   time.Time // for it; zero when no answer is awaited
	unheard []Message // what was sent and the server has not repeated
	last    time.Time // when the last message went out
	oldest  time.Time // since when one of them is waited for
	wait    time.Duration

	vain  vain
	shy   shy
	tries map[string]int // how often the text of a node was sent

	labeling  bool   // a request is on its way
	unlabeled bool   // it is not asked again
	gone      string // why nothing is sent any more
	checked   bool   // the demo board is known to hold this game
	told      told
}

// vain counts messages that came to nothing.
type vain struct {
	what  string // the message
	times int
	until time.Time
}

// shy counts what the server refused.
type shy struct {
	times int
	until time.Time
}

// NewFollower returns the Follower of a demo board. m is what an earlier one
// remembered; zero for a new board. readable is how the server has a text that
// it is sent; nil for as it is.
func NewFollower(m Memory, readable func(string) string) *Follower {
	if readable == nil {
		readable = func(text string) string { return text }
	}
	f := &Follower{readable: readable, memory: m, wait: echoWait, tries: map[string]int{}}
	f.memory.Texts = map[string][]string{}
	maps.Copy(f.memory.Texts, m.Texts)
	return f
}

// Memory is what has to survive a crash.
func (f *Follower) Memory() Memory {
	m := f.memory
	m.Stale, m.Texts = slices.Clone(m.Stale), maps.Clone(m.Texts)
	return m
}

// Step is told what happened at now, and says what to do. Unless something
// happens it wants to be told the time at Wake.
func (f *Follower) Step(now time.Time, in Input) (out Output) {
	f.now = now
	switch {
	case in.Game != nil:
		f.follow(in.Game, &out)
	case in.Labeled != nil:
		f.labeling = false
		l := *in.Labeled
		f.memory.Labeled, out.Keep = &l, true
	case in.Unlabeled != "":
		f.labeling, f.unlabeled = false, true
		out.Notes = append(out.Notes, textUnlabeled(in.Unlabeled))
	case in.Refused != nil && in.Refused.Final:
		f.gone = in.Refused.Text
	case in.Offline:
		f.has, f.asked, f.unheard, f.doubt = nil, time.Time{}, nil, false
	case in.State != nil && in.Epoch > f.epoch:
		f.epoch = in.Epoch
		f.compare(in.State)
	case in.Epoch != f.epoch || f.has == nil:
		// of what is over
	case in.Said != nil:
		f.hear(*in.Said)
	case in.Refused != nil:
		f.refused()
	}
	f.label(&out)
	f.send(&out)
	f.tell(&out)
	return out
}

// follow takes the game as it is to be.
func (f *Follower) follow(g *live.Game, out *Output) {
	if g.Size == 0 {
		return
	}
	plies := LineOf(g)
	for i := range plies {
		plies[i].Text = f.readable(plies[i].Text)
	}
	line := moves(plies)
	if n := common(f.sent, line); n < len(f.sent) {
		// What was sent after the branch is wrong by now, and may yet turn up.
		f.stale(f.sent)
		f.sent, out.Keep = f.sent[:n:n], true
	}
	f.game, f.plies = g, plies
	if f.has != nil && !f.checked {
		f.checkGame(f.has.Root.MainLine(), line)
	}
	for at := range f.memory.Texts {
		if !strings.HasPrefix(strings.Join(line, ""), at) {
			delete(f.memory.Texts, at) // its node goes, or is gone
		}
	}
	f.memory.Stale = slices.DeleteFunc(f.memory.Stale, func(s []string) bool { return common(s, line) == len(s) })
}

// stale remembers a line that is wrong.
func (f *Follower) stale(line []string) {
	if slices.ContainsFunc(f.memory.Stale, func(s []string) bool { return slices.Equal(s, line) }) {
		return
	}
	f.memory.Stale = append(f.memory.Stale, slices.Clone(line))
	if n := len(f.memory.Stale); n > staleMost {
		f.memory.Stale = slices.Clone(f.memory.Stale[n-staleMost:])
	}
}

// compare takes what the server has.
func (f *Follower) compare(s *State) {
	if s.Root == nil {
		s.Root = &Node{}
	}
	proven := len(f.unheard) > 0 && f.has != nil && f.next(s) == nil
	if proven {
		f.wait = min(2*f.wait, echoWaitMost) // it does not repeat, but takes
	} else if len(f.unheard) > 0 {
		f.wait = echoWait
	}
	f.has, f.read, f.asked, f.doubt, f.unheard = s, f.now, time.Time{}, false, nil
	line, main := moves(f.plies), s.Root.MainLine()
	if n := common(line, main); n > len(f.sent) {
		f.sent = slices.Clone(line[:n])
	}
	f.checkGame(main, line)
}

// checkGame makes sure that the demo board is not of another game, which would
// be overwritten.
func (f *Follower) checkGame(main, line []string) {
	switch {
	case f.game == nil:
	case f.has.Begun:
		f.gone = textBegun
	case f.has.Size != 0 && f.has.Size != f.game.Size:
		f.gone = textOtherSize(f.has.Size, f.game.Size)
	case !f.checked && !f.memory.Made && !f.memory.Sent && len(main) >= otherGame && common(main, line) == 0:
		f.gone = textOtherGame(len(main))
	default:
		f.checked = true
	}
}

// hear takes a change that the server tells.
func (f *Follower) hear(m Message) {
	if i := slices.IndexFunc(f.unheard, m.equal); i >= 0 {
		f.unheard = slices.Delete(f.unheard, i, i+1)
		f.doubt = f.doubt || i > 0 // it took them in another order
		f.wait, f.oldest = echoWait, f.now
		return
	}
	f.doubt = f.has.Apply(m) || f.doubt
}

func (f *Follower) refused() {
	f.doubt = true
	f.shy.until = f.now.Add(pause(f.shy.times))
	f.shy.times++
}

// pause is how long to wait after so many vain attempts before.
func pause(times int) time.Duration {
	return min(vainWait<<min(times, 10), vainWaitMost)
}

// controls reports whether the account that relays may draw.
func (f *Follower) controls() bool { return f.has.Controller == 0 || f.has.Controller == f.has.Me }

// Gone says why nothing is sent any more; "" while it is.
func (f *Follower) Gone() string { return f.gone }

// Done reports whether the server has all there is to tell, as far as that can
// be known.
func (f *Follower) Done() bool {
	return f.gone != "" || f.proven() && (f.unlabeled || f.memory.Labeled != nil && *f.memory.Labeled == LabelsOf(f.game))
}

// proven reports whether what the server has is known, and is the game.
func (f *Follower) proven() bool {
	return f.game != nil && f.has != nil && !f.doubt && len(f.unheard) == 0 && f.asked.IsZero() && f.next(f.has) == nil
}

// Behind is how many moves the demo board lacks, or shows that were taken back.
func (f *Follower) Behind() int {
	if f.game == nil {
		return 0
	}
	line := f.plies
	if f.has == nil {
		return max(played(line)-played(line[:len(f.sent)]), 0)
	}
	main := f.has.Root.MainLine()
	n := common(main, moves(line))
	return max(played(line[n:]), len(main)-n)
}
