package main

import (
	"context"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/sound"
	"github.com/gobancam/gobancam/internal/speech"
)

// voiceFlags say what is to be heard.
type voiceFlags struct {
	mute    bool
	noSound bool
	speak   string
	changed func(flag string) bool
}

func (f *voiceFlags) register(cmd *cobra.Command) {
	fl := cmd.Flags()
	f.changed = fl.Changed
	fl.BoolVar(&f.mute, "mute", false, "begin without sound and speech")
	fl.BoolVar(&f.noSound, "no-sound", false, "no sounds, only speech")
	fl.StringVar(&f.speak, "speech", "auto", "speak en, de, fr, ja, ko or zh; auto takes the system's language, off is silent")
	completeWith(cmd, "speech", "auto", "off", "en", "de", "fr", "ja", "ko", "zh")
}

// language returns "" for no speech.
func (f *voiceFlags) language(config string) (speech.Lang, error) {
	speak := f.speak
	if !f.changed("speech") {
		speak = config
	}
	switch speak {
	case "off":
		return "", nil
	case "auto":
		for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
			if v := os.Getenv(name); v != "" {
				return speech.ParseLang(v), nil
			}
		}
		return speech.English, nil
	}
	for _, l := range speech.Langs {
		if speak == string(l) {
			return l, nil
		}
	}
	return "", withCode(exitUsage, fmt.Errorf("--speech %s: auto, off, en, de, fr, ja, ko or zh", f.speak))
}

// voices are sound and speech. All that is nil is silent.
type voices struct {
	conf   *audible
	sounds *sound.Player
	speech *speech.Voice
	coach  *speech.Coach
	alarms bool // nothing else is to be heard, but questions
	shown  atomic.Pointer[heardOf]
}

// heardOf is a snapshot and when it came.
type heardOf struct {
	snap *match.Snapshot
	at   time.Time
}

// newVoices opens what is to be heard until ctx ends; note is told what is not
// there.
func (f *voiceFlags) newVoices(ctx context.Context, note func(string)) (*voices, error) {
	conf, err := readAudible()
	if err != nil {
		return nil, err
	}
	l, err := f.language(conf.Speech.Language)
	if err != nil {
		return nil, err
	}
	v := &voices{conf: conf}
	if !f.noSound && !conf.Sound.Off {
		v.sounds = sound.NewPlayer(f.mute, note)
		v.sounds.Volume(conf.Sound.Volume)
		for _, name := range conf.Sound.Mute {
			n, _ := sound.ParseName(name) // it was checked
			v.sounds.Silence(n)
		}
	}
	if l != "" {
		v.speech = speech.New(l, conf.Speech.Rate, f.mute, note)
		v.coach = &speech.Coach{Lang: l, Steps: conf.Speech.Countdown}
	}
	go v.count(ctx)
	return v, nil
}

// newAlarms is newVoices for people who look at their board and not at a screen:
// only what must not be missed is heard. Where nothing can be heard, that is on
// the screen.
func (f *voiceFlags) newAlarms(ctx context.Context) (*voices, error) {
	v, err := f.newVoices(ctx, func(string) {})
	if v != nil {
		v.alarms = true
	}
	return v, err
}

// count counts the player's time down.
func (v *voices) count(ctx context.Context) {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	coach := v.coach
	if coach == nil {
		coach = &speech.Coach{Lang: speech.English, Steps: v.conf.Speech.Countdown}
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		h := v.shown.Load()
		if h == nil {
			continue
		}
		say, urgent := coach.Observe(h.snap, time.Since(h.at))
		if say == "" {
			continue
		}
		if v.sounds != nil {
			v.sounds.Play(sound.LowTime)
		}
		if v.speech != nil && v.conf.says("countdown") {
			v.speech.Say(say, urgent)
		}
	}
}

func (v *voices) announce(e match.Event) {
	begun := e.Kind == match.EventQuestion && e.Question != nil && e.Question.Kind == match.AskBegun
	if v.alarms && e.Kind != match.EventAlarm && e.Kind != match.EventSetup && e.State != match.StateKept && !begun {
		return
	}
	if v.sounds != nil {
		v.sounds.Announce(e)
	}
	if v.speech != nil && v.conf.says(spokenKind(e)) {
		v.speech.Announce(e)
	}
}

func (v *voices) show(s *match.Snapshot) {
	if v.alarms {
		return
	}
	v.shown.Store(&heardOf{s, time.Now()})
	if v.speech != nil && s.Me != board.Empty {
		v.speech.Me(s.Me)
	}
}

func (v *voices) mute(off bool) {
	if v.sounds != nil {
		v.sounds.Mute(off)
	}
	if v.speech != nil {
		v.speech.Mute(off)
	}
}

func (v *voices) again() {
	if v.speech != nil {
		v.speech.Again()
	}
}

// tell says what the window has to tell, which it does in English.
func (v *voices) tell(text string) {
	if v.speech != nil && v.conf.says("pages") {
		v.speech.SayIn(speech.English, text, true)
	}
}

func (v *voices) close() {
	if v.speech != nil {
		v.speech.Close()
	}
}
