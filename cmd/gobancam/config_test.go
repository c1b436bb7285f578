package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/gobancam/gobancam/internal/app/apptest"
	"github.com/gobancam/gobancam/internal/config"
)

// The table of keys says which flags count more, and the flags which key they
// stand for: both say the same, and have the same defaults.
func TestFlagsOfTheConfiguration(t *testing.T) {
	apptest.Home(t)
	conf, err := config.Read()
	if err != nil {
		t.Fatal(err)
	}
	bound := map[string][]string{}
	for _, c := range commands(newRootCommand()) {
		path := strings.TrimPrefix(c.CommandPath(), "gobancam ")
		visit := func(f *pflag.Flag) {
			k, takes := keyOf(f)
			if k == nil {
				return
			}
			word, of, _ := strings.Cut(k.Flag, " of ")
			if word != "--"+f.Name || of != "" && of != path {
				t.Errorf("%s --%s stands for %s, of which the table says %q", path, f.Name, k.Name, k.Flag)
			}
			if takes && f.DefValue != k.Text(conf) {
				t.Errorf("%s --%s is %q by default, and %s is %q", path, f.Name, f.DefValue, k.Name, k.Text(conf))
			}
			bound[k.Name] = append(bound[k.Name], path)
		}
		c.LocalFlags().VisitAll(visit)
	}
	for i := range config.Keys {
		if k := &config.Keys[i]; k.Flag != "" && len(bound[k.Name]) == 0 {
			t.Errorf("no command has %s for %s", k.Flag, k.Name)
		}
	}
	if !slices.Contains(bound["referee.confirm"], "play") || !slices.Contains(bound["ogs.server"], "whoami") {
		t.Errorf("found %v", bound)
	}
}
