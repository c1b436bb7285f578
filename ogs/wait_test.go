package ogs

import (
	"math"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestRetryAfterHeader(t *testing.T) {
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"1": time.Second, "0.5": 500 * time.Millisecond, "0": 0, "86400": 24 * time.Hour,
		"99999999999999999999": maxWait, "1e300": maxWait, "Inf": maxWait,
		"Sat, 28 Nov 2026 12:00:30 GMT": 30 * time.Second, "Sat, 28 Nov 2026 11:00:00 GMT": 0,
		"Fri, 31 Dec 9999 23:59:59 GMT": maxWait,
		"":                              -1, "-1": -1, "NaN": -1, "soon": -1,
	} {
		got, ok := retryAfter(http.Header{"Retry-After": {header}}, now)
		if ok != (want >= 0) || ok && got != want {
			t.Errorf("%q: %v, %v; want %v", header, got, ok, want)
		}
	}
}

func TestWaitsInWords(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-1: "1 second", 0: "1 second", time.Millisecond: "1 second", time.Second: "1 second", 1100 * time.Millisecond: "2 seconds", 90 * time.Second: "90 seconds",
		91 * time.Second: "2 minutes", time.Hour: "60 minutes", 2*time.Hour - time.Second: "2 hours", maxWait: "a day or more",
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
