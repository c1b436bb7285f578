package game

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
	for _, c := range []Clock{{Text: "no clock"}, {System: NoClock}, {}} {
		if _, ok := c.Read(0); ok {
			t.Errorf("a time was read out of %+v", c)
		}
	}
}

// TestClocksReadAsTheirTexts: a clock with values reads as one of which only
// the text is known.
func TestClocksReadAsTheirTexts(t *testing.T) {
	for _, c := range []Clock{
		{System: MainTime, Main: 3723*time.Second + 900*time.Millisecond},
		{System: MainTime, Main: 76 * time.Hour},
		{System: MainTime, Main: 9800 * time.Millisecond},
		{System: MainTime, Out: true},
		{System: ByoYomi, Main: 10 * time.Minute, Periods: 5, Period: 30 * time.Second},
		{System: ByoYomi, Overtime: true, Periods: 3, Period: 12400 * time.Millisecond},
		{System: ByoYomi, Overtime: true, Periods: 1, Period: 12400 * time.Millisecond},
		{System: Canadian, Main: time.Minute, Period: 5 * time.Minute, Stones: 20},
	} {
		for _, running := range []bool{false, true} {
			c.Running = running
			told := Clock{Text: c.String(), Running: running}
			for _, age := range []time.Duration{0, 2300 * time.Millisecond, time.Hour} {
				a, ok1 := c.Read(age)
				b, ok2 := told.Read(age)
				if a != b || !ok1 || !ok2 {
					t.Errorf("%s after %v reads %+v, its text %+v", c, age, a, b)
				}
			}
		}
	}
	c := Clock{System: Canadian, Overtime: true, Period: 299 * time.Second, Stones: 7}
	if r, _ := c.Read(0); r != (ClockReading{299 * time.Second, "/7", true}) {
		t.Errorf("%s reads %+v", c, r)
	}
}
