// Package voices makes heard what a game tells: sounds and speech, as the
// configuration and the options of a start have them.
package voices

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"github.com/gobancam/gobancam/internal/app/failure"
	"github.com/gobancam/gobancam/internal/app/state"
	"github.com/gobancam/gobancam/internal/limits"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/sound"
	"github.com/gobancam/gobancam/internal/speech"
)

// Config is what the configuration says of sound and speech.
type Config struct {
	Sound struct {
		Off    bool
		Volume float64 // 0 to 1
		Mute   []string
	}
	Speech struct {
		Language  string
		Rate      int // words a minute; 0 for the usual
		Mute      []string
		Repeat    span  // how long an owed stone waits before it is named again; "0s" for never
		Countdown []int // seconds that are said
	}
}

// span is a duration as people write it: "15s".
type span time.Duration

func (s *span) UnmarshalText(b []byte) error {
	d, err := time.ParseDuration(string(b))
	if err == nil && d < 0 {
		err = errors.New("it is negative")
	}
	*s = span(d)
	return err
}

// spoken are the kinds of things that are said, as the configuration names
// them.
var spoken = []string{"mine", "moves", "turn", "owed", "trouble", "questions", "result", "countdown", "pages"}

// spokenKind says which of spoken an event is.
func spokenKind(e match.Event) string {
	switch e.Kind {
	case match.EventSent:
		return "mine"
	case match.EventMove:
		return "moves"
	case match.EventQuestion:
		return "questions"
	case match.EventResult:
		return "result"
	case match.EventState:
		switch e.State {
		case match.StateYourTurn:
			return "turn"
		case match.StateOwed, match.StateSetup, match.StatePrisoners, match.StateTakeBack:
			return "owed"
		}
	}
	return "trouble"
}

// ReadConfig reads the tables [sound] and [speech] of the configuration; other
// tables are not its business.
func ReadConfig() (*Config, error) {
	a := &Config{}
	a.Sound.Volume = 1
	a.Speech.Language = "auto"
	a.Speech.Repeat = span(match.Live().Remind)
	data, err := limits.ReadFile(state.ConfigFile(), limits.Config)
	if errors.Is(err, fs.ErrNotExist) {
		return a, nil
	} else if err != nil {
		return nil, failure.As(failure.Misuse, fmt.Errorf("the configuration cannot be read: %w", err))
	}
	if err := a.parse(string(data)); err != nil {
		return nil, failure.As(failure.Misuse, fmt.Errorf("%s: %w", state.ConfigFile(), err))
	}
	return a, nil
}

func (a *Config) parse(text string) error {
	meta, err := toml.Decode(text, a)
	if err != nil {
		return fmt.Errorf("the configuration cannot be read: %w", err)
	}
	for _, key := range meta.Undecoded() {
		switch key[0] {
		case "sound":
			return fmt.Errorf("the configuration has %s; under sound there are off, volume, mute", key)
		case "speech":
			return fmt.Errorf("the configuration has %s; under speech there are language, rate, mute, repeat, countdown", key)
		}
	}
	var errs []error
	for _, name := range a.Sound.Mute {
		_, err := sound.ParseName(name)
		errs = append(errs, err)
	}
	for _, kind := range a.Speech.Mute {
		if !slices.Contains(spoken, kind) {
			errs = append(errs, fmt.Errorf("nothing that is spoken is called %q; there are %s", kind, strings.Join(spoken, ", ")))
		}
	}
	if v := a.Sound.Volume; !(v >= 0 && v <= 1) {
		errs = append(errs, fmt.Errorf("sound.volume is %g: 0 to 1", v))
	}
	if r := a.Speech.Rate; r != 0 && (r < 50 || r > 500) {
		errs = append(errs, fmt.Errorf("speech.rate is %d: 50 to 500 words a minute", r))
	}
	if l := a.Speech.Language; l != "auto" && l != "off" && !slices.Contains(speech.Langs, speech.Lang(l)) {
		errs = append(errs, fmt.Errorf("speech.language is %q: auto, off, en, de, fr, ja, ko or zh", l))
	}
	for _, s := range a.Speech.Countdown {
		if s < 1 || s > 300 {
			errs = append(errs, fmt.Errorf("speech.countdown has %d: 1 to 300 seconds", s))
		}
	}
	slices.SortFunc(a.Speech.Countdown, func(x, y int) int { return y - x })
	return errors.Join(errs...)
}

// Remind changes how often the referee has what is owed repeated.
func (a *Config) Remind(o *match.Options) {
	if o.Tuning == (match.Tuning{}) && a.Speech.Repeat == span(match.Live().Remind) {
		return // as it is anyway
	}
	if o.Tuning == (match.Tuning{}) {
		o.Tuning = match.Live()
	}
	o.Tuning.Remind = time.Duration(a.Speech.Repeat)
	if a.Speech.Repeat == 0 {
		o.Tuning.Remind = math.MaxInt64 / 4 // never
	}
}

// says reports whether a kind of things is to be spoken.
func (a *Config) says(kind string) bool { return !slices.Contains(a.Speech.Mute, kind) }
