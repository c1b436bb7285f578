package config

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/gobancam/gobancam/internal/match"
)

// ParseConfirm reads when a player wants to be asked before a move is sent:
// auto, ask, or a confidence between 0 and 1.
func ParseConfirm(s string) (match.Options, error) {
	switch s {
	case "auto":
		return match.Options{Mode: match.Auto}, nil
	case "ask":
		return match.Options{Mode: match.Ask}, nil
	}
	if p, err := strconv.ParseFloat(s, 64); err == nil && p > 0 && p < 1 {
		return match.Options{Mode: match.AskBelow, Below: p}, nil
	}
	return match.Options{}, fmt.Errorf("%q is neither auto, ask, nor a number between 0 and 1", s)
}

// Reference is the table of all keys in Markdown, as docs/configuration.md has
// it.
func Reference() string {
	var b strings.Builder
	d := defaults()
	b.WriteString("| key | environment | flag | takes | default | what it does |\n| --- | --- | --- | --- | --- | --- |\n")
	for i := range Keys {
		k := &Keys[i]
		name, env, flag, def := "`"+k.Name+"`", "`"+k.Env()+"`", "", ""
		if k.at != nil {
			def = "`" + k.TOML(d) + "`"
		}
		if k.Flag != "" {
			word, of, _ := strings.Cut(k.Flag, " ")
			flag = strings.TrimSpace("`" + word + "` " + of)
		}
		if k.at == nil {
			name = ""
		}
		if k.Secret() {
			env += ", or the name of a file in `" + k.Env() + "_FILE`"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", name, env, flag, k.Takes, def, k.Doc)
	}
	return b.String()
}

// Template is a file in which every key stands as a comment, with what it does.
func Template() string {
	var b strings.Builder
	b.WriteString("# gobancam's configuration. What is commented out is the default.\n# 'gobancam config show' prints what holds, and 'gobancam config check' looks for faults.\n")
	d := defaults()
	table := ""
	for i := range Keys {
		k := &Keys[i]
		if k.at == nil || k.Hidden {
			continue
		}
		t, key, _ := strings.Cut(k.Name, ".")
		if t != table {
			table = t
			fmt.Fprintf(&b, "\n[%s]\n", t)
		}
		fmt.Fprintf(&b, "\n# %s It takes %s.\n#%s = %s\n", k.Doc, k.Takes, key, k.TOML(d))
	}
	b.WriteString(`
# Programs to play against: a name, and a command line.
[engines]
#katago = "katago gtp -model /opt/katago/model.bin.gz -config /opt/katago/gtp.cfg"

# Offers with a name, for 'gobancam challenge --preset NAME'; docs/ogs.md has the keys.
#[challenge."club evening"]
#size = 19
#time = "20m+5x30s"
`)
	return b.String()
}
