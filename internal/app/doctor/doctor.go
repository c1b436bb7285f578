// Package doctor looks at everything that a game needs, and says in a line each
// what is good and what is wrong, with the command that mends it.
package doctor

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/gobancam/gobancam/internal/app/account"
	"github.com/gobancam/gobancam/internal/mask"
)

// Grade is how good something is.
type Grade string

// The grades.
const (
	Good  Grade = "good"
	Note  Grade = "note"  // a game goes without it
	Wrong Grade = "wrong" // it has to be mended
)

// Finding is what was found about one thing.
type Finding struct {
	About string `json:"about"` // camera, display, …: one of the words of Report.Grade
	What  What   `json:"what,omitempty"`
	Grade Grade  `json:"grade"`
	Text  string `json:"text"`
	Mend  string `json:"mend,omitempty"` // the command that mends it

	Rates []Rate `json:"rates,omitempty"` // of a camera
}

// What names what can be mended by a command of gobancam, whose words the
// application does not know.
type What string

// What there is to be mended.
const (
	NoCamera     What = "no camera"
	Uncalibrated What = "uncalibrated"
	SignedOut    What = "signed out"
	BadConfig    What = "configuration"
	BadProfile   What = "profile"
)

// Rate is how many pictures a camera gives.
type Rate struct {
	Width  int     `json:"width"`
	Height int     `json:"height"`
	Rate   float64 `json:"pictures_per_s"`
}

// Options say what is looked at.
type Options struct {
	Camera string // the only camera that is looked at, by its name; "" for all of this computer, and the one used last
	Server account.Server
	// Mend returns the command for what it names, "" if there is none.
	Mend func(What) string
	// Limit is how long a thing may take, but for cameras; 0 for 4 s.
	Limit time.Duration
}

// Report is what was found.
type Report struct {
	Findings []Finding `json:"findings"`
	Board    bool      `json:"board"`  // a game can be played at the board
	Online   bool      `json:"online"` // and at the server
	Window   bool      `json:"window"` // and in the window
	Engine   bool      `json:"engine"` // and against a program that is installed
	OpenCV   string    `json:"opencv,omitempty"`
}

// check looks at one thing.
type check struct {
	about string
	limit time.Duration
	look  func(context.Context, Options) []Finding
}

// A camera is opened three times, and drivers take their time.
const cameraLimit = 25 * time.Second

var checks = []check{
	{"camera", cameraLimit, cameras},
	{"calibration", 0, profiles},
	{"display", 0, display},
	{"fonts", 0, fonts},
	{"sound", 0, sounds},
	{"voice", 0, voice},
	{"server", 0, server},
	{"sign-in", 0, signIn},
	{"key ring", 0, keyRing},
	{"programs", 0, engines},
	{"disk", 0, disks},
	{"OpenCV", 0, openCV},
	{"configuration", 0, configuration},
}

// Run looks at everything at once. What does not answer in its time is a
// finding; what was asked then may still be at it when Run returns, since neither
// OpenCV's drivers nor a key ring's can be interrupted.
func Run(ctx context.Context, o Options) Report { return run(ctx, o, checks) }

func run(ctx context.Context, o Options, checks []check) Report {
	if o.Limit == 0 {
		o.Limit = 4 * time.Second
	}
	all := make([][]Finding, len(checks))
	var wg sync.WaitGroup
	for i, c := range checks {
		wg.Go(func() { all[i] = c.within(ctx, o) })
	}
	wg.Wait()
	var r Report
	for i, c := range checks {
		for _, f := range all[i] {
			f.About, f.Text = c.about, mask.Text(f.Text)
			if f.Mend == "" && f.What != "" && o.Mend != nil {
				f.Mend = o.Mend(f.What)
			}
			f.Mend = mask.Text(f.Mend)
			r.Findings = append(r.Findings, f)
		}
	}
	fine := func(about string) bool { return r.Grade(about) != Wrong }
	r.Board = r.any("camera", Good) && fine("OpenCV") && fine("configuration") && fine("disk")
	r.Online = r.Board && fine("server") && r.Grade("sign-in") == Good
	r.Engine = r.Board && r.Grade("programs") == Good
	r.Window = r.Board && r.Grade("display") == Good
	return r
}

// within looks for as long as it may take.
func (c check) within(ctx context.Context, o Options) []Finding {
	limit := c.limit
	if limit == 0 {
		limit = o.Limit
	}
	ctx, stop := context.WithTimeout(ctx, limit)
	defer stop()
	done := make(chan []Finding, 1)
	go func() { done <- c.look(ctx, o) }()
	select {
	case f := <-done:
		return f
	case <-ctx.Done():
	}
	return []Finding{{Grade: Wrong, Text: fmt.Sprintf("no answer within %v", limit)}}
}

// Grade is the worst of what was found about a thing; but of several cameras one
// that is good will do.
func (r *Report) Grade(about string) Grade {
	worst := Good
	for _, f := range r.Findings {
		if f.About != about {
			continue
		}
		if f.Grade == Wrong || f.Grade == Note && worst == Good {
			worst = f.Grade
		}
	}
	if about == "camera" && r.any(about, Good) {
		return Good
	}
	return worst
}

// any reports whether something of that grade was found about a thing.
func (r *Report) any(about string, g Grade) bool {
	for _, f := range r.Findings {
		if f.About == about && f.Grade == g {
			return true
		}
	}
	return false
}
