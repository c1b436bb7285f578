package match

import (
	"testing"
	"time"
)

func TestClocksAreReadAndCountedOn(t *testing.T) {
	for _, c := range []struct {
		text    string
		running bool
		age     time.Duration
		want    ClockReading
	}{
		{"10:00.0 + 5×30.0", false, time.Minute, ClockReading{10 * time.Minute, "+ 5×30", false}},
		{"10:00.0 + 5×30.0", true, 2300 * time.Millisecond, ClockReading{597700 * time.Millisecond, "+ 5×30", false}},
		{"3×12.4", true, 3 * time.Second, ClockReading{9400 * time.Millisecond, "×3", true}},
		{"1×12.4", true, time.Minute, ClockReading{0, "last", true}},
		{"1:02:03.9", false, 0, ClockReading{3723900 * time.Millisecond, "", false}},
		{"3d 4:00:00.0", false, 0, ClockReading{76 * time.Hour, "", false}},
		{"0.0 (time is up)", true, time.Hour, ClockReading{0, "(time is up)", false}},
		{"9.8", true, -time.Second, ClockReading{9800 * time.Millisecond, "", false}},
		{"9.8", true, 1234 * time.Millisecond, ClockReading{8500 * time.Millisecond, "", false}},
	} {
		got, ok := Clock{Text: c.text, Running: c.running}.Read(c.age)
		if !ok || got != c.want {
			t.Errorf("%q after %v: %+v, want %+v", c.text, c.age, got, c.want)
		}
	}
	if _, ok := (Clock{Text: "no clock"}).Read(0); ok {
		t.Error("a time was read out of words")
	}
}
