// Package limits says how much gobancam takes from files, cameras and servers
// that it does not trust, and refuses the rest: every number stands here, and
// every refusal is an *Error, whose text says what was too much, and what to do.
//
// A limit is beyond what is met in earnest. It is there so that a file of a few
// kilobytes cannot cost gigabytes, minutes, or a screen for ever.
package limits

import (
	"errors"
	"fmt"
	"io"
)

// Sizes in bytes.
const (
	kB = 1 << 10
	MB = 1 << 20
	GB = 1 << 30
)

// Pictures, wherever they come from.
const (
	Pixels       = 64 * MB // of a picture; a telephone's largest usual ones have 50 million
	PictureBytes = 64 * MB // of its file
	Scans        = 200     // of a progressive JPEG, which all have to be decoded; about ten are usual
)

// Text that is read as a whole.
const (
	Config   = 1 * MB  // a configuration, a profile, a list of names
	Manifest = 64 * MB // labels of pictures
	Record   = 16 * MB // a game record
	Depth    = 100     // of values within values in JSON
)

// Recordings.
const (
	Header       = 1 * MB  // session.json
	Line         = 16 * MB // of the log: what a server may say in one message
	Log          = 4 * GB  // the whole log: days of play
	Lines        = 10_000_000
	Damaged      = 10_000  // lines that cannot be read before the rest is given up
	Files        = 200_000 // a picture a second for two days
	Directory    = 32 * MB // of a packed recording: its list of files
	Packed       = 64 * MB // a packed log may unpack to this, however small its file,
	PackedFactor = 400     // or to so many times its file
)

// What is printed of a foreign file.
const (
	Notes     = 20      // damaged lines; the rest is counted
	Remarks   = 1_000   // of the eyes
	Events    = 100_000 // sentences of a replay
	Shown     = 200     // lines of a configuration
	Moves     = 10_000  // of one game
	Mistrusts = 1_000   // sentences that a replay says and the recording does not
)

// A review at a server, as it is followed.
const (
	ReviewNodes = 50_000 // moves in all variations
	ReviewText  = 4 * MB // of all their texts
)

// Games that are told while they are played.
const (
	LiveEvent    = 8 * MB  // of JSON: a whole game of so many steps, with a note at each
	LiveSteps    = 10_000  // of one game
	LiveWatchers = 2_000   // connections to the page of one machine; the next one is told to come again
	LiveBacklog  = 64      // events that a slow watcher may be behind, before it is told the whole game anew
	LiveHeader   = 16 * kB // of a request; a browser's has one
	LivePictures = 120     // of the board, kept where they are shown later
)

// What a go-playing program, or whoever controls one, says.
const (
	EngineLine     = 64 * kB // a line
	EngineResponse = 1 * MB  // one response
	EngineLines    = 10_000  // of it
)

// Phones whose browser is the camera.
const (
	PhonePicture     = 8 * MB  // a JPEG; one of 4K has two to four
	PhonePixels      = 16 * MB // of it
	PhoneRate        = 40      // pictures a second
	PhoneMessage     = 16 * kB // what the page says in words,
	PhoneMessages    = 30      // a second
	PhonePair        = 4 * kB  // what a phone says that wants to be let in
	PhoneHeader      = 16 * kB // of a request
	PhonePages       = 8       // that are open
	PhoneConnections = 64      // of all browsers
	PhonesKnown      = 16      // the one that was here longest ago is forgotten
)

// Cameras on the network.
const (
	Preamble = 1 * MB // of a stream before its first picture, or between two
)

// Error says that something is beyond a limit.
type Error struct {
	What string // is too much, as a clause: "its log unpacks to more than 64 MB"
	Todo string // what it means, what to do; may be empty
}

func (e *Error) Error() string {
	if e.Todo == "" {
		return e.What
	}
	return e.What + "; " + e.Todo
}

// Exceeded reports whether err is about a limit.
func Exceeded(err error) bool {
	var e *Error
	return errors.As(err, &e)
}

// Exceed makes an *Error; todo may be empty.
func Exceed(todo, what string, args ...any) error {
	return &Error{What: fmt.Sprintf(what, args...), Todo: todo}
}

// Size writes a number of bytes as people read it.
func Size(n int64) string {
	switch {
	case n >= GB && n%GB == 0:
		return fmt.Sprintf("%d GB", n/GB)
	case n >= MB:
		return fmt.Sprintf("%d MB", n/MB)
	case n >= kB:
		return fmt.Sprintf("%d kB", n/kB)
	}
	return fmt.Sprintf("%d bytes", n)
}

// Read reads all of r, which must not be larger than limit. name is what the
// error calls it.
func Read(r io.Reader, name string, limit int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(b)) > limit {
		return nil, Exceed("it is not read", "%s is larger than %s", name, Size(limit))
	}
	return b, err
}

// Nested refuses JSON with more than Depth values within each other. It is no
// check of the JSON.
func Nested(text []byte) error {
	if Deeper(text, Depth) {
		return Exceed("it is not read", "it holds values within values, more than %d deep", Depth)
	}
	return nil
}

// Deeper reports whether JSON has objects and lists nested more than limit deep,
// before a decoder that goes through it once a level spends its time on it.
func Deeper(text []byte, limit int) bool {
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[' || c == '{':
			if depth++; depth > limit {
				return true
			}
		case c == ']' || c == '}':
			depth--
		}
	}
	return false
}
