// Package speech says what happens in a game through the system's voice.
package speech

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/plain"
)

// ErrNoVoice says that the system has none.
var ErrNoVoice = errors.New("no voice is installed")

// engine builds the command that says a text.
type engine func(text string, l Lang) []string

// usualRate is how fast a voice speaks, in words a minute.
const usualRate = 150

// findEngine returns the voice of a system, speaking rate words a minute; look
// finds programs, as exec.LookPath does.
func findEngine(goos string, rate int, look func(string) (string, error)) (engine, error) {
	has := func(name string) bool { _, err := look(name); return err == nil }
	switch {
	case goos == "darwin" && has("say"):
		voices := map[Lang]string{German: "Anna", French: "Thomas", Japanese: "Kyoko", Korean: "Yuna", Chinese: "Tingting"}
		return func(text string, l Lang) []string {
			if v := voices[l]; v != "" {
				return []string{"say", "-v", v, "-r", strconv.Itoa(rate), "--", text}
			}
			return []string{"say", "-r", strconv.Itoa(rate), "--", text}
		}, nil
	case goos == "windows" && has("powershell"):
		// The text comes by the environment: no quoting can go wrong.
		// Its rates are −10 to 10, each a factor of some 1.1.
		script := `Add-Type -AssemblyName System.Speech;` +
			`$s = New-Object System.Speech.Synthesis.SpeechSynthesizer;` +
			`$s.Rate = ` + strconv.Itoa(max(-10, min((rate-usualRate)/15, 10))) + `;` +
			`try { $s.SelectVoiceByHints('NotSet', 'NotSet', 0, [Globalization.CultureInfo]::new($env:GOBANCAM_LANG)) } catch {};` +
			`$s.Speak($env:GOBANCAM_SAY)`
		return func(string, Lang) []string {
			return []string{"powershell", "-NoProfile", "-NonInteractive", "-Command", script}
		}, nil
	case has("espeak-ng"):
		return func(text string, l Lang) []string {
			v := string(l)
			if l == Chinese {
				v = "cmn"
			}
			return []string{"espeak-ng", "-v", v, "-s", strconv.Itoa(rate), "--", text}
		}, nil
	case has("spd-say"):
		return func(text string, l Lang) []string {
			return []string{"spd-say", "--wait", "-r", strconv.Itoa(max(-100, min((rate-usualRate)*2/3, 100))), "-l", string(l), "--", text}
		}, nil
	}
	return nil, ErrNoVoice
}

// Installed returns the command with which texts are spoken, or ErrNoVoice.
func Installed() (program string, err error) {
	say, err := findEngine(runtime.GOOS, usualRate, exec.LookPath)
	if err != nil {
		return "", err
	}
	return say("", English)[0], nil
}

// Voice says one thing after another. What is urgent cuts off what is being
// said; what has become old before its turn is left out.
type Voice struct {
	lang Lang
	note func(string)
	say  engine

	mu      sync.Mutex
	muted   bool
	queue   []utterance
	stop    context.CancelFunc // of what is being said
	last    utterance
	me      board.Color
	told    bool
	wake    chan struct{}
	closing context.CancelFunc
	done    chan struct{}
}

type utterance struct {
	text string
	lang Lang
	at   time.Time
}

// longest is how many characters of a sentence are spoken.
const longest = 400

// stale is how old a sentence may become before it is left out.
const stale = 8 * time.Second

// New returns a Voice that speaks a language, rate words a minute; 0 for the
// usual 150. note is told, once, when there is no voice. It must be closed.
func New(l Lang, rate int, muted bool, note func(string)) *Voice {
	if rate == 0 {
		rate = usualRate
	}
	say, err := findEngine(runtime.GOOS, rate, exec.LookPath)
	if note == nil {
		note = func(string) {}
	}
	if err != nil {
		note("Nothing will be spoken: " + err.Error() + " (espeak-ng or speech-dispatcher would be one).")
	}
	return start(l, muted, note, say)
}

func start(l Lang, muted bool, note func(string), say engine) *Voice {
	ctx, cancel := context.WithCancel(context.Background())
	v := &Voice{lang: l, note: note, say: say, muted: muted, wake: make(chan struct{}, 1), closing: cancel, done: make(chan struct{})}
	go v.run(ctx)
	return v
}

// Close stops speaking.
func (v *Voice) Close() error {
	v.closing()
	<-v.done
	return nil
}

// Mute switches the voice off or on; what is being said is cut off.
func (v *Voice) Mute(off bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.muted = off
	if off {
		v.queue = nil
		if v.stop != nil {
			v.stop()
		}
	}
}

// Me sets the player's colour.
func (v *Voice) Me(c board.Color) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.me = c
}

// Announce says an event. It implements match.Voice.
func (v *Voice) Announce(e match.Event) {
	v.mu.Lock()
	me := v.me
	v.mu.Unlock()
	if s := Sentence(v.lang, e, me); s != "" {
		v.Say(s, e.Kind == match.EventMove || e.Kind == match.EventAlarm)
	}
}

// Say says a text in the Voice's language.
func (v *Voice) Say(text string, urgent bool) { v.SayIn(v.lang, text, urgent) }

// SayIn says a text in another language.
func (v *Voice) SayIn(l Lang, text string, urgent bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.say == nil {
		return
	}
	v.last = utterance{text: plain.Cut(text, longest), lang: l}
	if v.muted {
		return
	}
	v.push(v.last, urgent)
}

func (v *Voice) push(u utterance, urgent bool) {
	if urgent {
		v.queue = nil
		if v.stop != nil {
			v.stop()
		}
	}
	u.at = time.Now()
	v.queue = append(v.queue, u)
	select {
	case v.wake <- struct{}{}:
	default:
	}
}

// Again repeats the last sentence, even if the voice is muted.
func (v *Voice) Again() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.say != nil && v.last.text != "" {
		v.push(v.last, true)
	}
}

func (v *Voice) run(ctx context.Context) {
	defer close(v.done)
	for {
		v.mu.Lock()
		var next *utterance
		for len(v.queue) > 0 && next == nil {
			if u := v.queue[0]; time.Since(u.at) < stale {
				next = &u
			}
			v.queue = v.queue[1:]
		}
		var one context.Context
		if next != nil {
			one, v.stop = context.WithTimeout(ctx, 20*time.Second)
		}
		v.mu.Unlock()
		if next == nil {
			select {
			case <-ctx.Done():
				return
			case <-v.wake:
			}
			continue
		}
		v.speak(one, *next)
		v.mu.Lock()
		v.stop()
		v.stop = nil
		v.mu.Unlock()
	}
}

func (v *Voice) speak(ctx context.Context, u utterance) {
	args := v.say(u.text, u.lang)
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env = append(os.Environ(), "GOBANCAM_SAY="+u.text, "GOBANCAM_LANG="+string(u.lang))
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	if err == nil || ctx.Err() != nil || v.told {
		return
	}
	v.told = true
	why := err.Error()
	if line, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n"); line != "" {
		why = line
	}
	v.note("The voice does not speak: " + why + ".")
}
