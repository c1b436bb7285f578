package recording

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/reading"
)

// Format is the version of the format that this package writes.
const Format = 1

// Header says what a recording is of. It is kept in session.json.
type Header struct {
	Format   int               `json:"format"`
	Created  time.Time         `json:"created"`
	Versions map[string]string `json:"versions,omitempty"` // of the program and its libraries
	Source   string            `json:"source,omitempty"`   // which camera, file or simulation
	Size     int               `json:"size,omitempty"`     // lines per side
	Width    int               `json:"width,omitempty"`    // of the pictures, pixels
	Height   int               `json:"height,omitempty"`
	Grid     *Grid             `json:"grid,omitempty"`   // where the board lay when recording began
	Game     json.RawMessage   `json:"game,omitempty"`   // its set-up, in its writer's words
	Config   json.RawMessage   `json:"config,omitempty"` // of the program
}

// Grid is a grid.Spec in the words of the format. Corners are the corner
// crossings in pixels, clockwise from the top left of the position.
type Grid struct {
	Size    int           `json:"size"`
	Width   int           `json:"width"`
	Height  int           `json:"height"`
	Corners [4][2]float64 `json:"corners"`
	K1      float64       `json:"k1,omitempty"`
	Aspect  float64       `json:"aspect,omitempty"`
	Focal   float64       `json:"focal,omitempty"`
}

// FromSpec puts a grid.Spec in the words of the format.
func FromSpec(s grid.Spec) *Grid {
	g := &Grid{Size: s.Size, Width: s.Width, Height: s.Height, K1: s.K1, Aspect: s.Aspect, Focal: s.Focal}
	for i, c := range s.Corners {
		g.Corners[i] = [2]float64{c.X, c.Y}
	}
	return g
}

// Spec is the inverse of FromSpec.
func (g *Grid) Spec() grid.Spec {
	s := grid.Spec{Size: g.Size, Width: g.Width, Height: g.Height, K1: g.K1, Aspect: g.Aspect, Focal: g.Focal}
	for i, c := range g.Corners {
		s.Corners[i] = grid.Pt{X: c[0], Y: c[1]}
	}
	return s
}

// The kinds of entries that belong to this package.
const (
	KindReading    = "reading"
	KindFrame      = "frame"
	KindTruth      = "truth"
	KindCheckpoint = "checkpoint"
	KindGap        = "gap"
)

// Entry is one line of the log.
type Entry struct {
	At   time.Duration   `json:"at"` // since the session began
	Kind string          `json:"kind"`
	Data json.RawMessage `json:"data,omitempty"`
}

// Frame is the data of a KindFrame entry.
type Frame struct {
	Frame  int    `json:"frame"` // number of the picture in its source, from 0
	File   string `json:"file"`  // below the recording, with forward slashes
	Width  int    `json:"width,omitempty"`
	Height int    `json:"height,omitempty"`
}

// Truth is what a picture really shows, where that is known.
type Truth struct {
	Frame   int           `json:"frame"`
	Corners [4][2]float64 `json:"corners"`           // as in Grid
	Rows    []string      `json:"rows"`              // '.', 'X' black, 'O' white; top row first
	Covered []string      `json:"covered,omitempty"` // '#' where a hand hides the point, else '.'; none: all clear
	Hand    bool          `json:"hand,omitempty"`    // a hand is in the picture
	Moving  bool          `json:"moving,omitempty"`  // board or camera is being moved
}

// wireReading is a reading.Reading in the words of the format.
type wireReading struct {
	Frame  int           `json:"frame"`
	Time   time.Duration `json:"time"`
	Size   int           `json:"size"`
	Lock   string        `json:"lock"`
	Bump   int           `json:"bump,omitempty"`
	Motion number        `json:"motion"`
	Points []byte        `json:"points,omitempty"` // base64 in JSON
}

// number is a float64 that JSON keeps exactly, NaN and infinities too.
type number float64

func (n number) MarshalJSON() ([]byte, error) {
	f := float64(n)
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return strconv.AppendQuote(nil, strconv.FormatFloat(f, 'g', -1, 64)), nil
	}
	return strconv.AppendFloat(nil, f, 'g', -1, 64), nil
}

func (n *number) UnmarshalJSON(b []byte) error {
	s := string(b)
	if len(s) >= 2 && s[0] == '"' {
		s = s[1 : len(s)-1]
	}
	f, err := strconv.ParseFloat(s, 64)
	*n = number(f)
	return err
}

func encodeReading(r *reading.Reading) ([]byte, error) {
	w := wireReading{Frame: r.Frame, Time: r.Time, Size: r.Size, Lock: r.Lock.String(), Bump: r.Bump, Motion: number(r.Motion)}
	if r.Points != nil {
		w.Points = make([]byte, 0, len(r.Points)*int(reading.States))
		for _, e := range r.Points {
			w.Points = append(w.Points, e[:]...)
		}
	}
	return json.Marshal(w)
}

// Reading decodes a KindReading entry, to the very reading that was written.
func (e Entry) Reading() (*reading.Reading, error) {
	if e.Kind != KindReading {
		return nil, fmt.Errorf("an entry of kind %q holds no reading", e.Kind)
	}
	var w wireReading
	if err := json.Unmarshal(e.Data, &w); err != nil {
		return nil, fmt.Errorf("a reading in the recording is damaged: %w", err)
	}
	r := &reading.Reading{Frame: w.Frame, Time: w.Time, Size: w.Size, Bump: w.Bump, Motion: float64(w.Motion)}
	switch w.Lock {
	case reading.Lost.String():
		r.Lock = reading.Lost
	case reading.Unsure.String():
		r.Lock = reading.Unsure
	case reading.Locked.String():
		r.Lock = reading.Locked
	default:
		return nil, fmt.Errorf("a reading in the recording has the unknown lock %q", w.Lock)
	}
	const per = int(reading.States)
	if n := len(w.Points); n > 0 {
		if w.Size < 1 || w.Size > 25 || n != w.Size*w.Size*per {
			return nil, fmt.Errorf("a reading in the recording holds %d bytes of evidence for a board of %d lines", n, w.Size)
		}
		r.Points = make([]reading.Evidence, n/per)
		for i := range r.Points {
			copy(r.Points[i][:], w.Points[i*per:])
		}
	}
	return r, nil
}

// Frame decodes a KindFrame entry.
func (e Entry) Frame() (f Frame, err error) {
	if e.Kind != KindFrame {
		return f, fmt.Errorf("an entry of kind %q holds no picture", e.Kind)
	}
	err = json.Unmarshal(e.Data, &f)
	return f, err
}

// Truth decodes a KindTruth entry.
func (e Entry) Truth() (t Truth, err error) {
	if e.Kind != KindTruth {
		return t, fmt.Errorf("an entry of kind %q holds no truth", e.Kind)
	}
	err = json.Unmarshal(e.Data, &t)
	return t, err
}
