package game

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// aTime is a time as clocks write it: "3d 4:00:00.0", "12:34.5", "9.8".
var aTime = regexp.MustCompile(`(?:(\d+)d )?(?:(\d+):)?(?:(\d+):)?(\d+)(?:\.(\d))?`)

// readClockText takes the text of a clock apart that version 0.1 recorded, which
// wrote nothing else down. It returns false for a text without a time.
func readClockText(text string) (r ClockReading, ok bool) {
	head := strings.TrimSpace(text)
	if i := strings.Index(head, " + "); i >= 0 { // main time, then periods
		head, r.Reserve = head[:i], whole(head[i+1:])
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
	rest := whole(strings.TrimSpace(head[strings.Index(head, m[0])+len(m[0]):]))
	r.Reserve = strings.TrimSpace(r.Reserve + " " + rest)
	return r, true
}
