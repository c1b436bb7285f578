package ogs

import (
	"math"
	"strings"
	"testing"
	"time"
)

func TestWaitsInWords(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-1: "1 second", 0: "1 second", time.Millisecond: "1 second", time.Second: "1 second", 1100 * time.Millisecond: "2 seconds", 90 * time.Second: "90 seconds",
		91 * time.Second: "2 minutes", time.Hour: "60 minutes", 2*time.Hour - time.Second: "2 hours", 24 * time.Hour: "a day or more",
		math.MaxInt64: "a day or more", 2562047*time.Hour + 47*time.Minute: "a day or more",
	} {
		if got := inWords(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
		if e := (&APIError{Status: 429, RetryAfter: max(d, 1)}).Error(); strings.Contains(e, "h47m") || !strings.Contains(e, "try again in "+inWords(max(d, 1))) {
			t.Errorf("%v: %s", d, e)
		}
	}
}
