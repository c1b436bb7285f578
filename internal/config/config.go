// Package config knows the configuration: one file, environment variables and
// what holds without either. Every key stands in one table (Keys), from which
// the file is read and checked, docs/configuration.md is written, and 'gobancam
// config' answers. What a flag says counts more than an environment variable,
// that more than the file, that more than the default; flags are known to cmd/
// alone.
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/adrg/xdg"

	"github.com/gobancam/gobancam/internal/app/failure"
	"github.com/gobancam/gobancam/internal/limits"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/ogs"
)

// Config is the configuration as it holds: file and environment over the
// defaults. What each field means, and what it may be, stands in Keys.
type Config struct {
	Sound struct {
		Off    bool
		Volume float64
		Mute   []string
	}
	Speech struct {
		Language  string
		Rate      int
		Mute      []string
		Repeat    time.Duration // 0 for never
		Countdown []int         // falling
	}
	Window  struct{ Light bool }
	Referee struct {
		Confirm                             string
		Dwell, AskAfter, WrongAfter, LostAt time.Duration
		Bound                               float64
	}
	Phone struct{ Address, Cert, Key string }
	Live  struct {
		Delay  time.Duration
		Camera bool
	}
	Record  struct{ Rules string }
	Program struct {
		Name, Rules, Time, Strength string
		Think                       time.Duration
	}
	Review struct {
		With, Engine string
		Visits       int
		Time         time.Duration
	}
	OGS       struct{ Server, Socket, ClientID, Redirect string }
	Challonge struct {
		Server, API, Authorize, Token, Device, DeviceToken string
		Community, ClientID, Redirect                      string
	}
	Log       struct{ File, Level, Debug string }
	Engines   map[string]string     // a name, and a command line that speaks GTP
	Challenge map[string]ogs.Preset // those of the file

	from map[string]Source // by key; nothing for a default
}

// Source says where a value comes from.
type Source struct {
	Kind Kind
	Name string // of the variable, the file or the flag; "" for a default
}

// Kind is one of the places from which a value can come.
type Kind string

// The kinds, the one that counts most last.
const (
	FromDefault     Kind = "default"
	FromFile        Kind = "file"
	FromEnvironment Kind = "environment"
	FromFlag        Kind = "flag"
)

func (s Source) String() string {
	if s.Name == "" {
		return string(s.Kind)
	}
	return string(s.Kind) + " " + s.Name
}

// Error says what is wrong with the configuration, each fault on a line of its
// own where there are several.
type Error struct {
	File   string // that was read; a fault may be one of the environment all the same
	Faults []error
}

func (e *Error) Error() string {
	if len(e.Faults) == 1 {
		return fmt.Sprintf("the configuration, %s: %v", e.File, e.Faults[0])
	}
	return fmt.Sprintf("the configuration, %s, has %d faults:\n%v", e.File, len(e.Faults), errors.Join(e.Faults...))
}

func (e *Error) Unwrap() []error { return e.Faults }

// File is the user's configuration, whether it is there or not.
func File() string { return filepath.Join(xdg.ConfigHome, "gobancam", "config.toml") }

// Read returns the configuration as it is now. A file that is not there is an
// empty one. Its error is an *Error, of the kind Misuse.
func Read() (*Config, error) {
	text, err := limits.ReadFile(File(), limits.Config)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, failure.As(failure.Misuse, &Error{File(), []error{fmt.Errorf("the file cannot be read: %w", err)}})
	}
	return Parse(File(), string(text), os.Getenv)
}

// Parse returns the configuration that a file of this text makes together with
// the environment. Its error is an *Error that has all that is wrong.
func Parse(file, text string, env func(string) string) (*Config, error) {
	c := defaults()
	faults := c.decode(file, text)
	for i := range Keys {
		k := &Keys[i]
		v := ""
		if k.at != nil {
			v = env(k.Env())
		}
		if v == "" {
			continue
		}
		if err := k.set(c, v); err != nil {
			faults = append(faults, fmt.Errorf("%s is %q: %w", k.Env(), v, err))
			continue
		}
		c.from[k.Name] = Source{FromEnvironment, k.Env()}
	}
	if len(faults) > 0 {
		return nil, failure.As(failure.Misuse, &Error{file, faults})
	}
	return c, nil
}

// defaults is what holds where nothing is said.
func defaults() *Config {
	c := &Config{Challenge: map[string]ogs.Preset{}, from: map[string]Source{}}
	for i := range Keys {
		if k := &Keys[i]; k.at != nil && k.def != nil {
			k.def(c)
		}
	}
	return c
}

// From says where the value of a key comes from.
func (c *Config) From(name string) Source {
	if s, ok := c.from[name]; ok {
		return s
	}
	return Source{Kind: FromDefault}
}

// Tune gives a referee the patience that is configured. A referee whose
// patience is the usual one is left alone, so that its recordings say nothing
// of it.
func (c *Config) Tune(o *match.Options) {
	usual, r := match.Live(), &c.Referee
	t := o.Tuning
	if t == (match.Tuning{}) {
		t = usual
	}
	t.Dwell, t.Bound, t.Ponder, t.Grace, t.Blind = r.Dwell, r.Bound, r.AskAfter, r.WrongAfter, r.LostAt
	t.Remind = c.Speech.Repeat
	if t.Remind == 0 {
		t.Remind = never
	}
	if o.Tuning != (match.Tuning{}) || t != usual {
		o.Tuning = t
	}
}

// never is longer than any game, and a time that a recording may hold.
const never = 10 * 365 * 24 * time.Hour

// Presets are the offers with a name: ours and the user's.
func (c *Config) Presets() map[string]ogs.Preset {
	all := ogs.BuiltinPresets()
	for name, p := range c.Challenge {
		all[name] = p
	}
	return all
}
