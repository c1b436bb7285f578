package main

import (
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/gobancam/gobancam/internal/config"
)

// The annotations of flags that stand for a key of the configuration: one that
// takes the key's value where it is not given, and one of which the command
// itself decides what it means that it is not given.
const (
	boundTo = "gobancam-bound-to"
	heedsOf = "gobancam-heeds"
)

// anyConfiguration is the annotation of a command that goes on where the
// configuration cannot be read.
const anyConfiguration = "gobancam-any-configuration"

// bind makes a flag take the value of a key where it is not given. It does not
// count as given, then.
func bind(fl *pflag.FlagSet, flag, key string) { annotate(fl, flag, boundTo, key) }

// heeds notes that a command heeds a key where a flag is not given.
func heeds(fl *pflag.FlagSet, flag, key string) { annotate(fl, flag, heedsOf, key) }

func annotate(fl *pflag.FlagSet, flag, kind, key string) {
	if config.Find(key) == nil {
		panic("there is no key " + key)
	}
	if err := fl.SetAnnotation(flag, kind, []string{key}); err != nil {
		panic(err)
	}
}

// keyOf is the key that a flag stands for, nil if it stands for none, and
// whether it takes its value.
func keyOf(f *pflag.Flag) (k *config.Key, takes bool) {
	if name := f.Annotations[boundTo]; len(name) > 0 {
		return config.Find(name[0]), true
	}
	if name := f.Annotations[heedsOf]; len(name) > 0 {
		return config.Find(name[0]), false
	}
	return nil, false
}

// heedsConfiguration reports whether a command has a flag of its own that stands
// for a key. One that has none goes on where the configuration cannot be read,
// without its log.
func heedsConfiguration(cmd *cobra.Command) (heeds bool) {
	common := cmd.Root().PersistentFlags()
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if k, takes := keyOf(f); k != nil && takes && common.Lookup(f.Name) == nil {
			heeds = true
		}
	})
	return heeds
}

// configure gives the flags that were not given on the command line what the
// environment or the file says. Where no flag stands for a key, neither is read.
func configure(fl *pflag.FlagSet) (err error) {
	var conf *config.Config
	fl.VisitAll(func(f *pflag.Flag) {
		k, takes := keyOf(f)
		if !takes || f.Changed || err != nil {
			return
		}
		if conf == nil {
			if conf, err = config.Read(); err != nil {
				return
			}
		}
		if conf.From(k.Name).Kind == config.FromDefault {
			return
		}
		if bad := f.Value.Set(k.Text(conf)); bad != nil {
			err = withCode(exitUsage, fmt.Errorf("%s, from %s: %w", k.Name, conf.From(k.Name), bad))
		}
	})
	return err
}
