package match

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// aTime is a time as clocks write it: "3d 4:00:00.0", "12:34.5", "9.8".
var aTime = regexp.MustCompile(`(?:(\d+)d )?(?:(\d+):)?(?:(\d+):)?(\d+)(?:\.(\d))?`)

// ClockReading is a clock's text taken apart.
type ClockReading struct {
	Left     time.Duration // until the main time or the period ends, to the tenth of a second, cut off
	Reserve  string        // what comes after it: "+ 5×30", "×3", "last"
	Overtime bool          // it is a period that is running down
}

// Read takes a clock's text apart and counts on from it: age is how long ago it
// was told. It returns false for a text without a time.
func (c Clock) Read(age time.Duration) (r ClockReading, ok bool) {
	head := strings.TrimSpace(c.Text)
	if i := strings.Index(head, " + "); i >= 0 { // main time, then periods
		head, r.Reserve = head[:i], tidy(head[i+1:])
	} else if i := strings.Index(head, "×"); i >= 0 { // in a period
		r.Overtime = true
		if r.Reserve = "×" + head[:i]; head[:i] == "1" {
			r.Reserve = "last"
		}
		head = head[i+len("×"):]
	}
	m := aTime.FindStringSubmatch(head)
	if m == nil {
		return ClockReading{}, false
	}
	n := func(s string) time.Duration { v, _ := strconv.Atoi(s); return time.Duration(v) }
	hours, minutes := n(m[2]), n(m[3])
	if m[3] == "" { // one colon parts minutes from seconds
		hours, minutes = 0, n(m[2])
	}
	r.Left = n(m[1])*24*time.Hour + hours*time.Hour + minutes*time.Minute + n(m[4])*time.Second + n(m[5])*time.Second/10
	if c.Running {
		r.Left = max(0, r.Left-max(0, age)).Truncate(time.Second / 10)
	}
	rest := tidy(strings.TrimSpace(head[strings.Index(head, m[0])+len(m[0]):]))
	r.Reserve = strings.TrimSpace(r.Reserve + " " + rest)
	return r, true
}

// tidy takes the tenths of seconds off, which nobody reads in reserve.
func tidy(s string) string { return strings.ReplaceAll(s, ".0", "") }
