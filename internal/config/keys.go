package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/challonge"
	"github.com/gobancam/gobancam/internal/engine"
	"github.com/gobancam/gobancam/internal/logs"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/sound"
	"github.com/gobancam/gobancam/internal/speech"
	"github.com/gobancam/gobancam/ogs"
)

// Key is one thing that can be configured.
type Key struct {
	Name   string // table and key, as "sound.volume"
	Takes  string // what it may be, for people
	Doc    string // what it does, and what that costs
	Flag   string // the flag of commands that counts more, as "--confirm"; "" for none
	Hidden bool   // it is for test servers, and in no list but the reference's

	at    func(*Config) any   // where its value is; nil for a secret, which is never in the file
	def   func(*Config)       // sets the default, where that is not the type's zero
	check func(*Config) error // of the value that was set
}

// Env is the environment variable of a key.
func (k *Key) Env() string {
	if k.Name == "review.with" {
		return "GOBANCAM_REVIEW" // older than the table
	}
	return "GOBANCAM_" + strings.ToUpper(strings.ReplaceAll(k.Name, ".", "_"))
}

// Secret reports whether a key is given by its environment variable alone, or
// by the file that the variable with _FILE behind it names.
func (k *Key) Secret() bool { return k.at == nil && k.Name != Keyring }

// Keyring is the key of which internal/credentials reads the variable itself: a
// file of gobancam must not decide where gobancam's secrets are looked for.
const Keyring = "keyring"

// Find returns a key by its name; nil if there is none.
func Find(name string) *Key {
	i := slices.IndexFunc(Keys, func(k Key) bool { return k.Name == name })
	if i < 0 {
		return nil
	}
	return &Keys[i]
}

// tableNames are the tables of the file, in the order of Keys.
func tableNames() []string {
	var names []string
	for i := range Keys {
		if table, _, ok := strings.Cut(Keys[i].Name, "."); ok && !slices.Contains(names, table) {
			names = append(names, table)
		}
	}
	return append(names, "engines", "challenge")
}

// keyNames are the keys of a table that may stand in the file.
func keyNames(table string) []string {
	var names []string
	for i := range Keys {
		if t, key, _ := strings.Cut(Keys[i].Name, "."); t == table && Keys[i].at != nil && !Keys[i].Hidden {
			names = append(names, key)
		}
	}
	return names
}

// Spoken are the kinds of things that are said.
var Spoken = []string{"mine", "moves", "turn", "owed", "trouble", "questions", "result", "countdown", "pages"}

// Keys are all keys, but for the tables [engines] and [challenge.NAME], whose
// keys are the user's.
var Keys = slices.Concat(heardKeys, gameKeys, serverKeys, challongeKeys, logKeys)

var heardKeys = []Key{
	{Name: "sound.off", Takes: "true or false", Flag: "--no-sound", Doc: "No sounds, only speech.",
		at: func(c *Config) any { return &c.Sound.Off }},
	{Name: "sound.volume", Takes: "a number from 0 to 1", Doc: "How loud the sounds are.",
		at: func(c *Config) any { return &c.Sound.Volume }, def: func(c *Config) { c.Sound.Volume = 1 },
		check: func(c *Config) error { return within(c.Sound.Volume, 0, 1) }},
	{Name: "sound.mute", Takes: "a list of stone, capture, turn, warning, low-time", Doc: "Sounds that are not played.",
		at: func(c *Config) any { return &c.Sound.Mute },
		check: func(c *Config) (err error) {
			for _, name := range c.Sound.Mute {
				_, bad := sound.ParseName(name)
				err = errors.Join(err, bad)
			}
			return err
		}},

	{Name: "speech.language", Takes: "auto, off, en, de, fr, ja, ko or zh", Flag: "--speech", Doc: "What is spoken; auto takes the system's language, off is silent.",
		at: func(c *Config) any { return &c.Speech.Language }, def: func(c *Config) { c.Speech.Language = "auto" },
		check: func(c *Config) error {
			if l := c.Speech.Language; l != "auto" && l != "off" && !slices.Contains(speech.Langs, speech.Lang(l)) {
				return fmt.Errorf("nobody speaks %q: auto, off, en, de, fr, ja, ko or zh", l)
			}
			return nil
		}},
	{Name: "speech.rate", Takes: "50 to 500, or 0 for the voice's own", Doc: "Words a minute.",
		at: func(c *Config) any { return &c.Speech.Rate },
		check: func(c *Config) error {
			if c.Speech.Rate == 0 {
				return nil
			}
			return within(c.Speech.Rate, 50, 500)
		}},
	{Name: "speech.mute", Takes: "a list of " + strings.Join(Spoken, ", "), Doc: "What is not said. `mine` is what you play, `pages` what the window's pages read out.",
		at: func(c *Config) any { return &c.Speech.Mute },
		check: func(c *Config) error {
			for _, kind := range c.Speech.Mute {
				if !slices.Contains(Spoken, kind) {
					return fmt.Errorf("nothing that is spoken is called %q; there are %s", kind, strings.Join(Spoken, ", "))
				}
			}
			return nil
		}},
	{Name: "speech.repeat", Takes: "a time, as 15s; 0s for never", Doc: "How long until a stone that is still to be put down is named again.",
		at: func(c *Config) any { return &c.Speech.Repeat }, def: func(c *Config) { c.Speech.Repeat = match.Live().Remind }},
	{Name: "speech.countdown", Takes: "a list of 1 to 300; [] for none", Doc: "The seconds of your own time that are said.",
		at: func(c *Config) any { return &c.Speech.Countdown }, def: func(c *Config) { c.Speech.Countdown = slices.Clone(speech.CountdownSteps) },
		check: func(c *Config) error {
			for _, s := range c.Speech.Countdown {
				if s < 1 || s > 300 {
					return fmt.Errorf("it has %d: 1 to 300 seconds", s)
				}
			}
			slices.SortFunc(c.Speech.Countdown, func(x, y int) int { return y - x })
			return nil
		}},

	{Name: "window.light", Takes: "true or false", Flag: "--light", Doc: "The window begins with the light colours.",
		at: func(c *Config) any { return &c.Window.Light }},
}

var gameKeys = []Key{
	{Name: "referee.confirm", Takes: "auto, ask, or a number between 0 and 1", Flag: "--confirm",
		Doc: "When you are asked before your move is sent: only in doubt, always, or below that confidence. `ask` costs a yes for every move; 0.9999 asks below 9999 to 1, and a number below that of referee.bound changes nothing.",
		at:  func(c *Config) any { return &c.Referee.Confirm }, def: func(c *Config) { c.Referee.Confirm = "auto" },
		check: func(c *Config) error { _, err := ParseConfirm(c.Referee.Confirm); return err }},
	{Name: "referee.dwell", Takes: "a time from 700ms to 10s", Doc: "How long a stone must have lain in plain view before it is sent. Every move of yours reaches the server later by as much, and your clock pays for it. A shorter one is not offered: nothing shorter has been measured.",
		at: func(c *Config) any { return &c.Referee.Dwell }, def: func(c *Config) { c.Referee.Dwell = match.Live().Dwell },
		check: func(c *Config) error { return within(c.Referee.Dwell, match.Live().Dwell, 10*time.Second) }},
	{Name: "referee.bound", Takes: "a number from 1000 to 100000", Doc: "The odds to one at which a move is sent without asking. Measured: false moves were last seen at 100; at 10000 one true move in 128 was asked about, at 100000 every one (docs/decisions.md).",
		at: func(c *Config) any { return &c.Referee.Bound }, def: func(c *Config) { c.Referee.Bound = match.Live().Bound },
		check: func(c *Config) error { return within(c.Referee.Bound, 1000, 100_000) }},
	{Name: "referee.ask_after", Takes: "a time from 1s to 1m", Doc: "How long a move that is in doubt has lain before you are asked about it. A shorter one asks about stones that you are still straightening.",
		at: func(c *Config) any { return &c.Referee.AskAfter }, def: func(c *Config) { c.Referee.AskAfter = match.Live().Ponder },
		check: func(c *Config) error { return within(c.Referee.AskAfter, time.Second, time.Minute) }},
	{Name: "referee.wrong_after", Takes: "a time from 1s to 1m", Doc: "How long a stone on a wrong point is left alone before it is named. A longer one nags less, and tells you of a slip later.",
		at: func(c *Config) any { return &c.Referee.WrongAfter }, def: func(c *Config) { c.Referee.WrongAfter = match.Live().Grace },
		check: func(c *Config) error { return within(c.Referee.WrongAfter, time.Second, time.Minute) }},
	{Name: "referee.lost_after", Takes: "a time from 1s to 1m", Doc: "How long pictures may stay away, or the board be hidden, before that is said. A phone that stutters wants a longer one; your clock runs meanwhile.",
		at: func(c *Config) any { return &c.Referee.LostAt }, def: func(c *Config) { c.Referee.LostAt = match.Live().Blind },
		check: func(c *Config) error { return within(c.Referee.LostAt, time.Second, time.Minute) }},

	{Name: "phone.address", Takes: "HOST:PORT", Flag: "--phone-address", Doc: "Where a phone that is the camera finds its page; empty for all addresses of this computer, at the port used last.",
		at: func(c *Config) any { return &c.Phone.Address }},
	{Name: "phone.cert", Takes: "a file", Flag: "--phone-cert", Doc: "The page's certificate, of your own, of which browsers do not warn. phone.key belongs to it.",
		at: func(c *Config) any { return &c.Phone.Cert }},
	{Name: "phone.key", Takes: "a file", Flag: "--phone-key", Doc: "The key of phone.cert.",
		at: func(c *Config) any { return &c.Phone.Key }},

	{Name: "live.delay", Takes: "a time, as 10m", Flag: "--delay", Doc: "With --live: the page shows the game as it was so long ago.",
		at: func(c *Config) any { return &c.Live.Delay }},
	{Name: "live.camera", Takes: "true or false", Flag: "--live-camera", Doc: "With --live: the page shows the camera's picture of the board, too. Hands over the board are seen.",
		at: func(c *Config) any { return &c.Live.Camera }},

	{Name: "record.rules", Takes: "aga, chinese, ing, japanese, korean or nz", Flag: "--rules of record", Doc: "The rules of a game between two people.",
		at: func(c *Config) any { return &c.Record.Rules }, def: func(c *Config) { c.Record.Rules = "japanese" },
		check: func(c *Config) error { _, err := board.ParseRules(c.Record.Rules); return err }},
	{Name: "program.name", Takes: "a name", Flag: "--name", Doc: "Your name in the record of a game against a program.",
		at: func(c *Config) any { return &c.Program.Name }, def: func(c *Config) { c.Program.Name = "You" }},
	{Name: "program.rules", Takes: "aga, chinese, ing, japanese, korean or nz", Flag: "--rules of play", Doc: "The rules of a game against a program.",
		at: func(c *Config) any { return &c.Program.Rules }, def: func(c *Config) { c.Program.Rules = "japanese" },
		check: func(c *Config) error { _, err := board.ParseRules(c.Program.Rules); return err }},
	{Name: "program.time", Takes: "none, 30m, 10m+5x30s (byo-yomi) or 10m+5m/20 (20 stones in each 5 minutes)", Flag: "--time of play", Doc: "The clock of a game against a program.",
		at: func(c *Config) any { return &c.Program.Time }, def: func(c *Config) { c.Program.Time = "none" },
		check: func(c *Config) error { _, err := engine.ParseTime(c.Program.Time); return err }},
	{Name: "program.strength", Takes: "easy, medium, hard, or the program's own terms", Flag: "--strength", Doc: "How strong a program plays; empty for as it comes.",
		at: func(c *Config) any { return &c.Program.Strength }},
	{Name: "program.think", Takes: "a time from 1s", Flag: "--think", Doc: "Without a clock: the longest that a program may take for a move before it is started again.",
		at: func(c *Config) any { return &c.Program.Think }, def: func(c *Config) { c.Program.Think = 5 * time.Minute },
		check: func(c *Config) error { return within(c.Program.Think, time.Second, 24*time.Hour) }},

	{Name: "review.with", Takes: "a command line", Flag: "--with", Doc: "The program in which `gobancam review` opens records.",
		at: func(c *Config) any { return &c.Review.With }},
	{Name: "review.engine", Takes: "a command line", Flag: "--engine of review", Doc: "The engine that judges games, by kata-analyze or lz-analyze.",
		at: func(c *Config) any { return &c.Review.Engine }},
	{Name: "review.visits", Takes: "a number from 1", Flag: "--visits", Doc: "Visits that the engine makes at each move. Twice as many take twice as long; from few, small differences are noise.",
		at: func(c *Config) any { return &c.Review.Visits }, def: func(c *Config) { c.Review.Visits = 200 },
		check: func(c *Config) error { return within(c.Review.Visits, 1, 1_000_000_000) }},
	{Name: "review.time", Takes: "a time, as 10s", Flag: "--time of review", Doc: "The longest that the engine looks at each move.",
		at: func(c *Config) any { return &c.Review.Time }, def: func(c *Config) { c.Review.Time = 10 * time.Second },
		check: func(c *Config) error { return within(c.Review.Time, time.Millisecond, 24*time.Hour) }},
}

var serverKeys = []Key{
	{Name: "ogs.server", Takes: "an address", Flag: "--server", Doc: "The server that games are played at.",
		at: func(c *Config) any { return &c.OGS.Server }, def: func(c *Config) { c.OGS.Server = ogs.DefaultServer }},
	{Name: "ogs.socket", Takes: "an address", Flag: "--socket", Doc: "The server's socket, if it does not follow from ogs.server.",
		at: func(c *Config) any { return &c.OGS.Socket }},
	{Name: "ogs.client_id", Takes: "the id of an application", Flag: "--client-id of login", Doc: "The application that asks to play for you. Without one it is that of the last sign-in, or the one that came with this gobancam.",
		at: func(c *Config) any { return &c.OGS.ClientID }},
	{Name: "ogs.redirect", Takes: "an address on this machine", Flag: "--redirect of login", Doc: "Where the browser comes back to, letter by letter as it was registered with the application.",
		at: func(c *Config) any { return &c.OGS.Redirect }, def: func(c *Config) { c.OGS.Redirect = ogs.DefaultRedirect }},
	{Name: "ogs.client_secret", Takes: "a secret", Doc: "The secret of a confidential application."},
	{Name: "ogs.token", Takes: "a secret", Doc: "An access token, for scripts and bots."},
	{Name: "ogs.jwt", Takes: "a secret", Doc: "A token of the socket itself, for bots. With it alone, what needs HTTP does not work."},
}

var challongeKeys = []Key{
	{Name: "challonge.server", Takes: "an address", Flag: "--challonge", Doc: "A server that answers for all of Challonge, such as a test server.",
		at: func(c *Config) any { return &c.Challonge.Server }},
	{Name: "challonge.community", Takes: "a subdomain", Flag: "--community", Doc: "The community that owns the tournaments.",
		at: func(c *Config) any { return &c.Challonge.Community }},
	{Name: "challonge.client_id", Takes: "the id of an application", Flag: "--client-id of challonge login", Doc: "An application that is registered with Challonge.",
		at: func(c *Config) any { return &c.Challonge.ClientID }},
	{Name: "challonge.redirect", Takes: "an address on this machine", Flag: "--redirect of challonge login", Doc: "Where the browser comes back to, as registered with the application.",
		at: func(c *Config) any { return &c.Challonge.Redirect }, def: func(c *Config) { c.Challonge.Redirect = challonge.DefaultRedirect }},
	{Name: "challonge.client_secret", Takes: "a secret", Doc: "The secret of the application."},
	{Name: "challonge.key", Takes: "a secret", Doc: "A personal API key, for scripts."},
	{Name: "challonge.api_url", Takes: "an address", Flag: "--api-url", Hidden: true, Doc: "One address of Challonge.",
		at: func(c *Config) any { return &c.Challonge.API }, def: func(c *Config) { c.Challonge.API = challonge.DefaultEndpoints.API }},
	{Name: "challonge.authorize_url", Takes: "an address", Flag: "--authorize-url", Hidden: true, Doc: "One address of Challonge.",
		at: func(c *Config) any { return &c.Challonge.Authorize }, def: func(c *Config) { c.Challonge.Authorize = challonge.DefaultEndpoints.Authorize }},
	{Name: "challonge.token_url", Takes: "an address", Flag: "--token-url", Hidden: true, Doc: "One address of Challonge.",
		at: func(c *Config) any { return &c.Challonge.Token }, def: func(c *Config) { c.Challonge.Token = challonge.DefaultEndpoints.Token }},
	{Name: "challonge.device_url", Takes: "an address", Flag: "--device-url", Hidden: true, Doc: "One address of Challonge.",
		at: func(c *Config) any { return &c.Challonge.Device }, def: func(c *Config) { c.Challonge.Device = challonge.DefaultEndpoints.Device }},
	{Name: "challonge.device_token_url", Takes: "an address", Flag: "--device-token-url", Hidden: true, Doc: "One address of Challonge.",
		at: func(c *Config) any { return &c.Challonge.DeviceToken }, def: func(c *Config) { c.Challonge.DeviceToken = challonge.DefaultEndpoints.DeviceToken }},
	{Name: Keyring, Takes: "off", Doc: "With off, sign-ins are kept in files that only you can read, even where there is a key ring. It is never read from the file."},
}

var logKeys = []Key{
	{Name: "log.file", Takes: "a path", Flag: "--log", Doc: "Writes down what gobancam does, without secrets, in a file that only you can read. At 10 MB a new one is begun; four older ones are kept beside it.",
		at: func(c *Config) any { return &c.Log.File }},
	{Name: "log.level", Takes: "debug, info, warn or error", Flag: "--log-level", Doc: "How much is written there: events and notes by info, names and chat among them; by debug also the doings of the client.",
		at: func(c *Config) any { return &c.Log.Level }, def: func(c *Config) { c.Log.Level = "info" },
		check: func(c *Config) error { _, err := logs.ParseLevel(c.Log.Level); return err }},
	{Name: "log.debug_addr", Takes: "an address of the loopback, as 127.0.0.1:6060", Flag: "--debug-addr", Doc: "Serves profiles (pprof) and numbers (expvar) of the running program, to this machine alone: to every user of it.",
		at: func(c *Config) any { return &c.Log.Debug }},
}

// within says that a value is not between two others.
func within[T int | float64 | time.Duration](v, least, most T) error {
	if v >= least && v <= most {
		return nil
	}
	return fmt.Errorf("it is %v: %v to %v", v, least, most)
}
