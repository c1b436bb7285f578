package voices

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/internal/match"
)

func TestAudibleConfiguration(t *testing.T) {
	var a Config
	if err := a.parse(`
[challenge."club evening"]
size = 19
[sound]
volume = 0.4
mute = ["stone", "low-time"]
[speech]
language = "de"
rate = 180
mute = ["mine", "pages"]
repeat = "40s"
countdown = [5, 30, 10]
`); err != nil {
		t.Fatal(err)
	}
	if a.Sound.Volume != 0.4 || a.Speech.Language != "de" || a.Speech.Rate != 180 || !slices.Equal(a.Speech.Countdown, []int{30, 10, 5}) {
		t.Errorf("read %+v", a)
	}
	if a.says("mine") || !a.says("moves") {
		t.Error("what is muted is spoken")
	}
	var o match.Options
	if a.Remind(&o); o.Tuning.Remind != 40*time.Second || o.Tuning.Dwell != match.Live().Dwell {
		t.Errorf("the referee is told %+v", o.Tuning)
	}
	for text, want := range map[string]string{
		"[sound]\nvolumne = 1":           "volume",
		"[sound]\nvolume = 2":            "0 to 1",
		"[sound]\nmute = [\"gong\"]":     "low-time",
		"[speech]\nlanguage = \"tlh\"":   "ja",
		"[speech]\nrate = 9000":          "500",
		"[speech]\nrepeat = \"soon\"":    "soon",
		"[speech]\nrepeat = \"-5s\"":     "negative",
		"[speech]\nmute = [\"nagging\"]": "countdown",
		"[speech]\ncountdown = [0]":      "300",
		"[sound":                         "configuration",
	} {
		var b Config
		b.Speech.Language = "auto"
		if err := b.parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want a word of %s", text, err, want)
		}
	}
}

func TestSpokenKinds(t *testing.T) {
	for _, c := range []struct {
		e    match.Event
		want string
	}{
		{match.Event{Kind: match.EventSent}, "mine"},
		{match.Event{Kind: match.EventMove}, "moves"},
		{match.Event{Kind: match.EventState, State: match.StateOwed}, "owed"},
		{match.Event{Kind: match.EventState, State: match.StateYourTurn}, "turn"},
		{match.Event{Kind: match.EventState, State: match.StateCameraLost}, "trouble"},
		{match.Event{Kind: match.EventAlarm}, "trouble"},
	} {
		if got := spokenKind(c.e); got != c.want || !slices.Contains(spoken, got) {
			t.Errorf("%v is %q, want %q", c.e, got, c.want)
		}
	}
}
