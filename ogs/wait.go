package ogs

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// maxWait is the longest pause that a server can ask for: a day. What it says
// beyond that is a mistake of its own.
const maxWait = 24 * time.Hour

// retryAfter reads the Retry-After header, in seconds or as a date.
func retryAfter(h http.Header, now time.Time) (time.Duration, bool) {
	v := h.Get("Retry-After")
	if v == "" {
		return 0, false
	}
	if n, err := strconv.ParseFloat(v, 64); err == nil {
		if n >= 0 {
			return time.Duration(min(n, maxWait.Seconds()) * float64(time.Second)), true
		}
		return 0, false // nor for what is no number
	}
	if t, err := http.ParseTime(v); err == nil {
		return min(max(t.Sub(now), 0), maxWait), true
	}
	return 0, false
}

// inWords writes how long to wait, as people say it, never too short.
func inWords(d time.Duration) string {
	unit := func(n time.Duration, name string) string {
		if n == 1 {
			return fmt.Sprintf("1 %s", name)
		}
		return fmt.Sprintf("%d %ss", n, name)
	}
	up := func(of time.Duration) time.Duration { return (d + of - 1) / of }
	switch {
	case d >= maxWait:
		return "a day or more"
	case d > 90*time.Minute:
		return unit(up(time.Hour), "hour")
	case d > 90*time.Second:
		return unit(up(time.Minute), "minute")
	}
	return unit(max(up(time.Second), 1), "second")
}
