package voices

import (
	"context"
	"slices"

	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/sound"
	"github.com/gobancam/gobancam/internal/speech"
)

// sentence is what was said last on another device.
type sentence struct {
	text string
	lang speech.Lang
}

// Outlet is another device that speaks and clicks.
type Outlet interface {
	// Say has a text spoken in a language, after a click: "stone", "alarm" or
	// none. One of the two may be "".
	Say(text, lang, click string)
	// Speaks reports whether somebody hears it, so that this computer need not
	// say the same.
	Speaks() bool
}

// Through has everything heard from another device as well; nil for none.
func (v *Voices) Through(o Outlet) {
	if o == nil {
		v.through.Store(nil)
		return
	}
	v.through.Store(&o)
}

// say sends a sentence to the other device, and reports whether it is heard there.
func (v *Voices) say(text string, l speech.Lang, click string) (heard bool) {
	o := v.through.Load()
	if o == nil {
		return false
	}
	if text != "" {
		v.last.Store(&sentence{text, l})
	}
	if (text != "" || click != "") && !v.muted.Load() {
		(*o).Say(text, string(l), click)
	}
	return (*o).Speaks()
}

// click is the sound that another device makes itself of an event; "" for none.
func (v *Voices) click(e match.Event) string {
	if v.conf.Sound.Off {
		return ""
	}
	n, ok := sound.For(e)
	if !ok || slices.ContainsFunc(v.conf.Sound.Mute, func(s string) bool { m, err := sound.ParseName(s); return err == nil && m == n }) {
		return ""
	}
	switch n {
	case sound.Stone, sound.Capture:
		return "stone"
	case sound.Warning:
		return "alarm"
	}
	return ""
}

// OpenElsewhere opens voices that are heard from another device only; see Through.
func (o Options) OpenElsewhere(ctx context.Context) (*Voices, error) {
	v, err := o.configured()
	if err != nil {
		return nil, err
	}
	go v.count(ctx)
	return v, nil
}
