package config_test

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/internal/config"
	"github.com/gobancam/gobancam/internal/match"
)

var update = flag.Bool("update", false, "write the table into docs/configuration.md")

func none(string) string { return "" }

func parse(t *testing.T, text string) *config.Config {
	t.Helper()
	c, err := config.Parse("config.toml", text, none)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// What files held before there was one reader still holds.
func TestFilesOfTheFirstVersions(t *testing.T) {
	c := parse(t, `
[challenge."club evening"]
size = 13
time = "15m+5x20s"
min_rank = "15k"
[Sound]
Volume = 0.4
mute = ["stone", "low-time"]
[speech]
language = "de"
rate = 180
mute = ["mine", "pages"]
repeat = "40s"
countdown = [5, 30, 10]
[engines]
Katago = "katago gtp -model 'a b'"
[review]
with = "sabaki"
engine = "katago gtp"
`)
	if c.Sound.Volume != 0.4 || !slices.Equal(c.Sound.Mute, []string{"stone", "low-time"}) || c.Speech.Language != "de" || c.Speech.Rate != 180 ||
		!slices.Equal(c.Speech.Countdown, []int{30, 10, 5}) || c.Speech.Repeat != 40*time.Second || c.Review.With != "sabaki" || c.Review.Engine != "katago gtp" {
		t.Errorf("read %+v", c)
	}
	if c.Engines["Katago"] != "katago gtp -model 'a b'" {
		t.Errorf("the engines are %v", c.Engines)
	}
	all := c.Presets()
	if p := all["club evening"]; p.Size == nil || *p.Size != 13 || len(all) < 4 {
		t.Errorf("the offers are %+v", all)
	}
	if c := parse(t, ""); c.Sound.Volume != 1 || c.Speech.Language != "auto" || c.OGS.Server == "" {
		t.Errorf("an empty file is %+v", c)
	}
	if c := parse(t, "[speech]\ncountdown = []\n"); c.Speech.Countdown == nil || len(c.Speech.Countdown) != 0 {
		t.Errorf("no countdown is %#v", c.Speech.Countdown)
	}
}

func TestFaultsAreTold(t *testing.T) {
	for text, words := range map[string][]string{
		"[sound]\nvolumne = 1":            {"volumne", "did you mean volume?"},
		"[sound]\nvolume = 2":             {"0 to 1", "sound.volume"},
		"[sound]\nvolume = \"loud\"":      {"sound.volume", "a number from 0 to 1"},
		"[sound]\nmute = [\"gong\"]":      {"low-time"},
		"[speech]\nlanguage = \"tlh\"":    {"ja"},
		"[speech]\nrate = 9000":           {"500"},
		"[speech]\nrepeat = \"soon\"":     {"15s"},
		"[speech]\nrepeat = 15":           {"15s"},
		"[speech]\nrepeat = \"-5s\"":      {"speech.repeat"},
		"[speech]\nmute = [\"nagging\"]":  {"countdown"},
		"[speech]\ncountdown = [0]":       {"300"},
		"[sound":                          {"line 1"},
		"\n\n[sound]\nvolume = = 3":       {"line 4"},
		"[spech]\nrate = 100":             {"[spech]", "did you mean [speech]?"},
		"[xyzzyplugh]\n":                  {"there are", "[referee]"},
		"sound = 1":                       {"[sound]"},
		"[referee]\ndwell = \"100ms\"":    {"700ms"},
		"[referee]\nbound = 3":            {"1000"},
		"[referee]\nconfirm = \"maybe\"":  {"auto, ask"},
		"[ogs]\ntoken = \"hush\"":         {"secret", "GOBANCAM_OGS_TOKEN_FILE"},
		"[challenge.x]\nsise = 9":         {"did you mean size?", `"x"`},
		"[challenge.x]\ntime = \"never\"": {`"x"`},
		"[challenge.x]\nsize = \"big\"":   {"size"},
		"[engines]\nx = 1":                {"katago gtp"},
		"[engines]\n\"a b\" = \"x\"":      {"one word"},
		"[engines]\nx = \"'open\"":        {"[engines], x"},
	} {
		_, err := config.Parse("config.toml", text, none)
		if err == nil {
			t.Errorf("%q is taken", text)
			continue
		}
		for _, w := range append(words, "config.toml") {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%q: %v, which does not say %q", text, err, w)
			}
		}
		if strings.Contains(err.Error(), "hush") {
			t.Errorf("a secret is told: %v", err)
		}
	}
	_, err := config.Parse("config.toml", "[sound]\nvolume = 2\nof = true\n[speach]\n", func(name string) string {
		return map[string]string{"GOBANCAM_REFEREE_DWELL": "soon"}[name]
	})
	if err == nil || strings.Count(err.Error(), "\n") != 4 || !strings.Contains(err.Error(), "4 faults") || !strings.Contains(err.Error(), "GOBANCAM_REFEREE_DWELL") {
		t.Errorf("not all faults are told: %v", err)
	}
}

// Each key can be said by its variable, which counts more than the file.
func TestPrecedence(t *testing.T) {
	env := map[string]string{"GOBANCAM_SOUND_VOLUME": "0.25", "GOBANCAM_SPEECH_MUTE": "mine,turn", "GOBANCAM_SPEECH_COUNTDOWN": "5 3",
		"GOBANCAM_SOUND_OFF": "yes", "GOBANCAM_REVIEW": "q5go", "GOBANCAM_SPEECH_REPEAT": "1m", "GOBANCAM_OGS_SERVER": "http://127.0.0.1:1"}
	c, err := config.Parse("f", "[sound]\nvolume = 0.5\n[review]\nvisits = 7\n", func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	if c.Sound.Volume != 0.25 || !c.Sound.Off || !slices.Equal(c.Speech.Mute, []string{"mine", "turn"}) || !slices.Equal(c.Speech.Countdown, []int{5, 3}) ||
		c.Review.With != "q5go" || c.Review.Visits != 7 || c.Speech.Repeat != time.Minute || c.OGS.Server != "http://127.0.0.1:1" {
		t.Errorf("read %+v", c)
	}
	for key, want := range map[string]string{"sound.volume": "environment GOBANCAM_SOUND_VOLUME", "review.visits": "file f", "sound.mute": "default"} {
		if got := c.From(key).String(); got != want {
			t.Errorf("%s comes from %s, not %s", key, got, want)
		}
	}
}

func TestTune(t *testing.T) {
	var o match.Options
	if parse(t, "").Tune(&o); o.Tuning != (match.Tuning{}) {
		t.Errorf("the usual patience is told as %+v", o.Tuning)
	}
	parse(t, "[referee]\ndwell = \"2s\"\nbound = 5000\n[speech]\nrepeat = \"0s\"").Tune(&o)
	if o.Tuning.Dwell != 2*time.Second || o.Tuning.Bound != 5000 || o.Tuning.Echo != match.Live().Echo || o.Tuning.Remind < 1000*time.Hour {
		t.Errorf("the referee is told %+v", o.Tuning)
	}
	if err := o.Tuning.Validate(); err != nil {
		t.Error(err)
	}
}

// The template with its comments taken off says the defaults, and is taken.
func TestTemplate(t *testing.T) {
	text := regexp.MustCompile(`(?m)^#([a-z_]+ = |\[)`).ReplaceAllString(config.Template(), "$1")
	c, d := parse(t, text), parse(t, "")
	for i := range config.Keys {
		k := &config.Keys[i]
		if k.Hidden || !reflect.ValueOf(k).Elem().FieldByName("at").IsValid() || reflect.ValueOf(k).Elem().FieldByName("at").IsNil() {
			continue
		}
		if k.Text(c) != k.Text(d) {
			t.Errorf("%s is %s in the template, and by default %s", k.Name, k.Text(c), k.Text(d))
		}
		if c.From(k.Name).Kind != config.FromFile {
			t.Errorf("%s is not in the template", k.Name)
		}
	}
	parse(t, config.Template())
}

// The reference in the documents is the table.
func TestReference(t *testing.T) {
	const page = "../../docs/configuration.md"
	b, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	const from, to = "<!-- internal/config -->\n", "<!-- end -->"
	before, rest, ok := strings.Cut(string(b), from)
	is, after, ok2 := strings.Cut(rest, to)
	if !ok || !ok2 {
		t.Fatalf("%s has no marks", page)
	}
	if *update {
		if err := os.WriteFile(page, []byte(before+from+config.Reference()+to+after), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if is != config.Reference() {
		t.Errorf("%s has another table than the code: go test ./internal/config -run Reference -update", page)
	}
}

// Every variable that the program reads stands in the table.
func TestEveryVariableIsDocumented(t *testing.T) {
	known := map[string]bool{
		"GOBANCAM_SAY": true, "GOBANCAM_LANG": true, // from this program to a voice of its own
		"GOBANCAM_FAULTS": true, // of internal/disk/faulty, which only tests use
	}
	for i := range config.Keys {
		k := &config.Keys[i]
		if known[k.Env()] {
			t.Errorf("%s is there twice", k.Env())
		}
		known[k.Env()], known[k.Env()+"_FILE"] = true, k.Secret()
	}
	variable := regexp.MustCompile(`GOBANCAM_[A-Z_]*[A-Z]`)
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasPrefix(path, "../../train") {
			return err
		}
		b, err := os.ReadFile(path)
		for _, name := range variable.FindAllString(string(b), -1) {
			if !known[name] {
				t.Errorf("%s has %s, which is not in the table", path, name)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func FuzzConfig(f *testing.F) {
	f.Add([]byte("[challenge.\"club\"]\nsize = 13\ntime = \"20m+5x30s\"\nkomi = \"0.5\"\nhandicap = \"automatic\"\nmin_rank = \"12k\"\n"))
	f.Add([]byte(config.Template()))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := config.Parse("f", string(b), none)
		if err != nil {
			return
		}
		for name, p := range c.Challenge {
			if err := p.Check(); err != nil {
				t.Errorf("%q was accepted and cannot be used: %v", name, err)
			}
		}
		var o match.Options
		c.Tune(&o)
		if err := o.Tuning.Validate(); o.Tuning != (match.Tuning{}) && err != nil {
			t.Errorf("%+v: %v", c.Referee, err)
		}
	})
}
