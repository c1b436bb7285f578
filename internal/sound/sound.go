// Package sound makes the few sounds of a game and plays them. Each is computed,
// none recorded.
package sound

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ebitengine/oto/v3"

	"github.com/gobancam/gobancam/internal/match"
)

// Name is one of the sounds.
type Name uint8

// The sounds.
const (
	Stone   Name = iota // a stone is set
	Capture             // and stones are taken
	Turn                // it is the player's turn
	Warning             // something is not as it should be
	LowTime             // time is running out
	Names
)

// Rate is how many samples a second Wave has.
const Rate = 44100

// Wave returns a sound, mono, −1 to 1.
func Wave(n Name) []float32 {
	switch n {
	case Stone:
		return click(0.22, 1)
	case Capture:
		w := click(0.75, 1)
		for i, at := range []float64{0.11, 0.19, 0.25, 0.34} { // stones into the lid
			mix(w, at, click(0.3, uint64(i)+2), 0.35-0.05*float32(i))
		}
		return w
	case Turn:
		w := make([]float32, seconds(0.5))
		mix(w, 0, tone(659.3, 0.35), 0.35)
		mix(w, 0.11, tone(987.8, 0.38), 0.35)
		return w
	case Warning:
		w := make([]float32, seconds(0.6))
		mix(w, 0, tone(392, 0.3), 0.5)
		mix(w, 0.2, tone(311.1, 0.4), 0.5)
		return w
	case LowTime:
		return tone(1318.5, 0.12)
	}
	return nil
}

func seconds(s float64) int { return int(s * Rate) }

func mix(dst []float32, at float64, src []float32, gain float32) {
	for i, v := range src {
		if j := seconds(at) + i; j < len(dst) {
			dst[j] += gain * v
		}
	}
}

// tone is a soft note that dies away.
func tone(hz, length float64) []float32 {
	w := make([]float32, seconds(length))
	for i := range w {
		t := float64(i) / Rate
		attack := min(1, t/0.008)
		fade := math.Exp(-5 * t / length)
		tail := min(1, (length-t)/0.02)
		v := math.Sin(2*math.Pi*hz*t) + 0.3*math.Sin(4*math.Pi*hz*t) + 0.1*math.Sin(6*math.Pi*hz*t)
		w[i] = float32(0.6 * v * attack * fade * tail)
	}
	return w
}

// click is slate on wood: a burst of noise that rings in the board.
func click(length float64, seed uint64) []float32 {
	rng := rand.New(rand.NewPCG(seed, 9))
	w := make([]float32, seconds(length))
	bend := 1 + 0.06*rng.NormFloat64()
	for i := range w {
		t := float64(i) / Rate
		v := 0.5 * rng.NormFloat64() * math.Exp(-t/0.0012)
		for _, mode := range []struct{ hz, gain, fade float64 }{{2750, 0.35, 0.006}, {1480, 0.45, 0.011}, {620, 0.35, 0.022}, {210, 0.4, 0.04}} {
			v += mode.gain * math.Sin(2*math.Pi*mode.hz*bend*t) * math.Exp(-t/mode.fade)
		}
		w[i] = float32(max(-1, min(1, 0.8*v*min(1, t/0.0004))))
	}
	return w
}

// For returns the sound of an event, if it has one.
func For(e match.Event) (Name, bool) {
	switch e.Kind {
	case match.EventMove:
		if e.Point.IsPass() {
			return Turn, !e.Mine
		}
		if len(e.Points) > 0 {
			return Capture, true
		}
		return Stone, true
	case match.EventState:
		switch e.State {
		case match.StateMisplaced, match.StateMissing, match.StateUnexpected, match.StateBoardMoved, match.StateCameraLost, match.StateConnectionLost:
			return Warning, e.Say != ""
		case match.StateUndoAsked, match.StateRemoval:
			return Turn, true
		}
	case match.EventQuestion, match.EventResult:
		return Turn, true
	case match.EventAlarm, match.EventRefused:
		return Warning, true
	}
	return 0, false
}

// Player plays sounds. On a machine without a sound card it says so once and
// stays silent.
type Player struct {
	note   func(string)
	silent [Names]bool
	volume float64

	mu     sync.Mutex
	muted  bool
	opened bool
	card   *oto.Context // nil until it is ready
	waves  [Names][]byte
	live   []*oto.Player
}

// NewPlayer returns a Player that opens the sound card with the first sound.
// note is told, once, when there is none.
func NewPlayer(muted bool, note func(string)) *Player {
	return &Player{note: note, muted: muted, volume: 1}
}

// Silence turns some sounds off. It is called before any is played.
func (p *Player) Silence(names ...Name) {
	for _, n := range names {
		p.silent[n] = true
	}
}

// Volume sets how loud sounds are, 0 to 1. It is called before any is played.
func (p *Player) Volume(v float64) { p.volume = max(0, min(v, 1)) }

// words are the sounds as a configuration names them.
var words = [Names]string{"stone", "capture", "turn", "warning", "low-time"}

// ParseName reads a sound's name.
func ParseName(s string) (Name, error) {
	if i := slices.Index(words[:], s); i >= 0 {
		return Name(i), nil
	}
	return 0, fmt.Errorf("there is no sound %q; there are %s", s, strings.Join(words[:], ", "))
}

// Mute switches the sounds off or on.
func (p *Player) Mute(off bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.muted = off
}

// Announce plays the sound of an event. It implements match.Voice.
func (p *Player) Announce(e match.Event) {
	if n, ok := For(e); ok {
		p.Play(n)
	}
}

// Play plays a sound and does not wait for it.
func (p *Player) Play(n Name) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.muted || n >= Names || p.silent[n] {
		return
	}
	if !p.opened {
		p.opened = true
		go p.open(n)
		return
	}
	p.play(n)
}

// open opens the sound card, which may take a moment, and plays the sound that
// it was wanted for.
func (p *Player) open(n Name) {
	if !mayHaveCard() {
		if p.note != nil {
			p.note("There is no sound: this computer has no sound card.")
		}
		return
	}
	card, ready, err := oto.NewContext(&oto.NewContextOptions{SampleRate: Rate, ChannelCount: 1, Format: oto.FormatSignedInt16LE, BufferSize: 50 * time.Millisecond})
	if err == nil {
		select {
		case <-ready:
			err = card.Err()
		case <-time.After(5 * time.Second):
			err = fmt.Errorf("it does not answer")
		}
	}
	if err != nil {
		if p.note != nil {
			p.note("There is no sound: " + err.Error() + ".")
		}
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.card = card
	p.play(n)
}

// ErrNoCard says that there is nothing to play sounds with.
var ErrNoCard = errors.New("there is no sound card, and no sound server runs")

// Card says whether there is something to play sounds with, without opening it.
func Card() error {
	if !mayHaveCard() {
		return ErrNoCard
	}
	return nil
}

// mayHaveCard reports whether it is worth trying to open a sound card: ALSA's
// library, without one, fills the terminal with complaints.
func mayHaveCard() bool {
	if runtime.GOOS != "linux" || os.Getenv("PULSE_SERVER") != "" {
		return true
	}
	run := os.Getenv("XDG_RUNTIME_DIR")
	for _, socket := range []string{"pulse/native", "pipewire-0"} {
		if _, err := os.Stat(filepath.Join(run, socket)); run != "" && err == nil {
			return true
		}
	}
	cards, err := os.ReadFile("/proc/asound/cards")
	return err == nil && !bytes.Contains(cards, []byte("no soundcards"))
}

func (p *Player) play(n Name) {
	if p.card == nil || p.card.Err() != nil {
		return
	}
	if p.waves[n] == nil {
		p.waves[n] = pcm(Wave(n))
	}
	var playing []*oto.Player
	for _, old := range p.live {
		if old.IsPlaying() {
			playing = append(playing, old)
		}
	}
	player := p.card.NewPlayer(bytes.NewReader(p.waves[n]))
	player.SetVolume(p.volume)
	player.Play()
	p.live = append(playing, player) // or it would be collected while it plays
}

// pcm turns samples into 16 bits each.
func pcm(w []float32) []byte {
	b := make([]byte, 0, 2*len(w))
	for _, v := range w {
		b = binary.LittleEndian.AppendUint16(b, uint16(int16(max(-1, min(1, v))*32767)))
	}
	return b
}
