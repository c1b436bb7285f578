package window

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/gobancam/gobancam/match"
)

// aTime is a time as clocks write it: "3d 4:00:00.0", "12:34.5", "9.8".
var aTime = regexp.MustCompile(`(?:(\d+)d )?(?:(\d+):)?(?:(\d+):)?(\d+)(?:\.\d)?`)

// readClock divides a clock's text into what is counting down and what is in
// reserve, and counts on while the server has not told anew. age is how old the
// text is.
func readClock(c match.Clock, age time.Duration) (now, spare string) {
	text := strings.TrimSpace(c.Text)
	head, tail := text, ""
	if i := strings.Index(text, " + "); i >= 0 { // main time, then periods
		head, tail = text[:i], tidy(text[i+1:])
	} else if i := strings.Index(text, "×"); i >= 0 { // in a period
		periods := text[:i]
		head, tail = text[i+len("×"):], "×"+periods
		if periods == "1" {
			tail = "last"
		}
	}
	at := aTime.FindStringSubmatchIndex(head)
	if at == nil {
		return text, ""
	}
	m := aTime.FindStringSubmatch(head)
	rest := strings.TrimSpace(head[at[1]:])
	if strings.Contains(rest, "time is up") {
		return "0:00", "time is up"
	}
	n := func(s string) time.Duration { v, _ := strconv.Atoi(s); return time.Duration(v) }
	hours, minutes := n(m[2]), n(m[3])
	if m[3] == "" { // one colon separates minutes from seconds
		hours, minutes = 0, n(m[2])
	}
	left := n(m[1])*24*time.Hour + hours*time.Hour + minutes*time.Minute + n(m[4])*time.Second
	if c.Running {
		left = max(0, left-max(0, age).Truncate(time.Second))
	}
	if tail == "" {
		tail = tidy(rest)
	} else if rest != "" {
		tail += " " + tidy(rest)
	}
	return clockText(left), tail
}

// tidy takes the tenths of seconds off, which nobody reads in reserve.
func tidy(s string) string { return strings.ReplaceAll(s, ".0", "") }

func clockText(d time.Duration) string {
	s := int(d / time.Second)
	switch {
	case s >= 48*3600:
		return fmt.Sprintf("%d d %d h", s/86400, s/3600%24)
	case s >= 3600:
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}
