package voices

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"slices"
	"sync/atomic"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/app/failure"
	"github.com/gobancam/gobancam/internal/config"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/sound"
	"github.com/gobancam/gobancam/internal/speech"
)

// Options say what is to be heard.
type Options struct {
	Mute    bool   // begin without sound and speech
	NoSound bool   // no sounds, only speech
	Speech  string // a language, auto or off; "" for that of the configuration
}

// language returns "" for no speech.
func (o Options) language(config string) (speech.Lang, error) {
	speak := cmp.Or(o.Speech, config)
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
	return "", failure.As(failure.Misuse, fmt.Errorf("nobody speaks %s: auto, off, en, de, fr, ja, ko or zh", speak))
}

// Voices are sound and speech. All that is nil is silent.
type Voices struct {
	conf    *config.Config
	lang    speech.Lang // "" for no speech
	sounds  *sound.Player
	speech  *speech.Voice
	coach   *speech.Coach
	alarms  atomic.Bool // nothing else is to be heard, but questions
	muted   atomic.Bool
	through atomic.Pointer[Outlet]
	last    atomic.Pointer[sentence] // that went through
	shown   atomic.Pointer[heardOf]
}

// heardOf is a snapshot and when it came.
type heardOf struct {
	snap *match.Snapshot
	at   time.Time
}

// Open opens what is to be heard until ctx ends; note is told what is not
// there.
func (o Options) Open(ctx context.Context, note func(string)) (*Voices, error) {
	v, err := o.configured()
	if err != nil {
		return nil, err
	}
	conf := v.conf
	if !o.NoSound && !conf.Sound.Off {
		v.sounds = sound.NewPlayer(o.Mute, note)
		v.sounds.Volume(conf.Sound.Volume)
		for _, name := range conf.Sound.Mute {
			n, _ := sound.ParseName(name) // it was checked
			v.sounds.Silence(n)
		}
	}
	if v.lang != "" {
		v.speech = speech.New(v.lang, conf.Speech.Rate, o.Mute, note)
	}
	go v.count(ctx)
	return v, nil
}

// configured returns voices as they are configured, which are not heard yet.
func (o Options) configured() (*Voices, error) {
	conf, err := config.Read()
	if err != nil {
		return nil, err
	}
	l, err := o.language(conf.Speech.Language)
	if err != nil {
		return nil, err
	}
	v := &Voices{conf: conf, lang: l}
	if l != "" {
		v.coach = &speech.Coach{Lang: l, Steps: conf.Speech.Countdown}
	}
	v.muted.Store(o.Mute)
	return v, nil
}

// says reports whether a kind of things is to be spoken.
func (v *Voices) says(kind string) bool { return !slices.Contains(v.conf.Speech.Mute, kind) }

// OpenAlarms is Open for people who look at their board and not at a screen:
// only what must not be missed is heard. Where nothing can be heard, that is on
// the screen.
func (o Options) OpenAlarms(ctx context.Context) (*Voices, error) {
	v, err := o.Open(ctx, func(string) {})
	if v != nil {
		v.Quiet(true)
	}
	return v, err
}

// Quiet says whether only what must not be missed is heard from now on.
func (v *Voices) Quiet(on bool) { v.alarms.Store(on) }

// count counts the player's time down.
func (v *Voices) count(ctx context.Context) {
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
		text := ""
		if v.lang != "" && v.says("countdown") {
			text = say
		}
		if v.say(text, v.lang, "") {
			continue
		}
		if v.sounds != nil {
			v.sounds.Play(sound.LowTime)
		}
		if v.speech != nil && text != "" {
			v.speech.Say(text, urgent)
		}
	}
}

// Announce makes an event heard.
func (v *Voices) Announce(e match.Event) {
	begun := e.Kind == match.EventQuestion && e.Question != nil && e.Question.Kind == match.AskBegun
	if v.alarms.Load() && e.Kind != match.EventAlarm && e.Kind != match.EventSetup && e.State != match.StateKept && !begun {
		return
	}
	text := ""
	if v.lang != "" && v.says(spokenKind(e)) {
		text = speech.Sentence(v.lang, e, v.me())
	}
	if v.say(text, v.lang, v.click(e)) {
		return
	}
	if v.sounds != nil {
		v.sounds.Announce(e)
	}
	if v.speech != nil && v.says(spokenKind(e)) {
		v.speech.Announce(e)
	}
}

// me is the player's colour, as it was shown last.
func (v *Voices) me() board.Color {
	if h := v.shown.Load(); h != nil {
		return h.snap.Me
	}
	return board.Empty
}

// Show tells the voices what there is to show: the clock that they count down,
// and who the player is.
func (v *Voices) Show(s *match.Snapshot) {
	if v.alarms.Load() {
		return
	}
	v.shown.Store(&heardOf{s, time.Now()})
	if v.speech != nil && s.Me != board.Empty {
		v.speech.Me(s.Me)
	}
}

// Mute makes everything silent, or heard again.
func (v *Voices) Mute(off bool) {
	v.muted.Store(off)
	if v.sounds != nil {
		v.sounds.Mute(off)
	}
	if v.speech != nil {
		v.speech.Mute(off)
	}
}

// Again says the last thing once more.
func (v *Voices) Again() {
	if o, last := v.through.Load(), v.last.Load(); o != nil && last != nil && (*o).Speaks() {
		(*o).Say(last.text, string(last.lang), "")
		return
	}
	if v.speech != nil {
		v.speech.Again()
	}
}

// Tell says what the window has to tell, which it does in English.
func (v *Voices) Tell(text string) {
	if v.lang == "" || !v.says("pages") || v.say(text, speech.English, "") {
		return
	}
	if v.speech != nil {
		v.speech.SayIn(speech.English, text, true)
	}
}

// Close ends what is being said.
func (v *Voices) Close() {
	if v.speech != nil {
		v.speech.Close()
	}
}
