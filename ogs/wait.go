package ogs

import (
	"fmt"
	"time"
)

// inWords writes how long to wait, as people say it, never too short.
func inWords(d time.Duration) string {
	in := func(of time.Duration, name string) string {
		n := max((d+of-1)/of, 1)
		if n == 1 {
			return "1 " + name
		}
		return fmt.Sprintf("%d %ss", n, name)
	}
	switch {
	case d >= 24*time.Hour: // beyond that, a server hardly means what it says
		return "a day or more"
	case d > 90*time.Minute:
		return in(time.Hour, "hour")
	case d > 90*time.Second:
		return in(time.Minute, "minute")
	}
	return in(time.Second, "second")
}
