package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/gobancam/gobancam/gtp"
	"github.com/gobancam/gobancam/internal/config"
	"github.com/gobancam/gobancam/internal/disk"
	"github.com/gobancam/gobancam/internal/limits"
	"github.com/gobancam/gobancam/internal/mask"
)

func newConfigCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Show, edit and check the configuration",
		Long: `Config is about the one file that configures gobancam, and about the environment
variables that stand for its keys. A flag counts more than a variable, that more
than the file, and that more than the default. docs/configuration.md lists every
key with what it costs; so does the file that 'config edit' begins with.`,
		Args: cobra.NoArgs,
	}
	cmd.AddCommand(newConfigShowCommand(), newConfigPathCommand(), newConfigEditCommand(), newConfigCheckCommand())
	return cmd
}

func newConfigPathCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "path",
		Short: "Print where the configuration is",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(cmd.OutOrStdout(), config.File())
			return err
		},
	}
}

func newConfigCheckCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check [FILE]",
		Short: "Say what is wrong with the configuration",
		Long: `Check reads the configuration, or a FILE that is to become it, together with the
environment, and says all that is wrong.

Exit code 0: nothing is. 2: something is.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			file, err := config.File(), error(nil)
			if len(args) == 0 {
				_, err = config.Read()
			} else {
				var text []byte
				if text, err = limits.ReadFile(args[0], limits.Config); err != nil {
					return withCode(exitUsage, err)
				}
				file = args[0]
				_, err = config.Parse(file, string(text), os.Getenv)
			}
			if err != nil {
				return err
			}
			if _, gone := os.Stat(file); errors.Is(gone, fs.ErrNotExist) {
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "There is no %s, which is well: the defaults hold.\n", file)
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "Nothing is wrong with %s.\n", file)
			return err
		},
	}
}

func newConfigEditCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "edit",
		Short: "Open the configuration in your editor, and check it afterwards",
		Long: `Edit opens the configuration in the editor that VISUAL or EDITOR names, else in
sensible-editor, nano or vi. A file that is not there begins with every key as a
comment. Afterwards it says what is wrong with it.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			editor, err := findEditor()
			if err != nil {
				return withCode(exitUsage, err)
			}
			file := config.File()
			if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
				if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
					return err
				}
				if err := disk.WriteFile(disk.OS, file, []byte(config.Template()), 0o600); err != nil {
					return err
				}
			}
			p := exec.CommandContext(cmd.Context(), editor[0], append(editor[1:], file)...)
			p.Stdin, p.Stdout, p.Stderr = cmd.InOrStdin(), os.Stdout, os.Stderr // an editor wants the terminal itself
			if err := p.Run(); err != nil {
				return fmt.Errorf("the editor %s ended with %w; the configuration is %s", editor[0], err, file)
			}
			if _, err := config.Read(); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "Nothing is wrong with %s.\n", file)
			return nil
		},
	}
}

// findEditor returns the command line of the user's editor.
func findEditor() ([]string, error) {
	if line := cmp.Or(os.Getenv("VISUAL"), os.Getenv("EDITOR")); line != "" {
		return gtp.ParseLine(line)
	}
	for _, name := range []string{"sensible-editor", "nano", "vi", "notepad.exe"} {
		if _, err := exec.LookPath(name); err == nil {
			return []string{name}, nil
		}
	}
	return nil, fmt.Errorf("no editor was found: name one in EDITOR, or write %s by hand", config.File())
}

func newConfigShowCommand() *cobra.Command {
	var all bool
	var format string
	cmd := &cobra.Command{
		Use:   "show [flags] [COMMAND...]",
		Short: "Print what holds, and where each value comes from",
		Long: `Show prints the configuration as it holds, as a file that could be the
configuration: each value with what it comes from, be it the file, an environment
variable or the default. Behind COMMAND, a command of gobancam with its flags, it
shows what that would use. Secrets are not shown, only that they are there.`,
		Example: `  gobancam config show
  gobancam config show --all
  gobancam config show play --confirm ask`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if format != "text" && format != "json" {
				return withCode(exitUsage, fmt.Errorf("--format %s: text or json", format))
			}
			conf, err := config.Read()
			if err != nil {
				return err
			}
			given, err := givenFlags(cmd.Root(), args)
			if err != nil {
				return err
			}
			list := configured(conf, given)
			if format == "json" {
				return writeJSON(cmd.OutOrStdout(), list)
			}
			return printConfig(cmd.OutOrStdout(), conf, list, all)
		},
	}
	cmd.Flags().SetInterspersed(false) // what follows COMMAND is its own
	cmd.Flags().BoolVar(&all, "all", false, "the defaults, too")
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	completeWith(cmd, "format", "text", "json")
	return cmd
}

// givenFlags are the flags of a command line, by the key for which they stand.
func givenFlags(root *cobra.Command, args []string) (map[string]*pflag.Flag, error) {
	given := map[string]*pflag.Flag{}
	if len(args) == 0 {
		return given, nil
	}
	c, rest, err := root.Find(args)
	if err != nil || c == root {
		return nil, withCode(exitUsage, fmt.Errorf("there is no command %q; 'gobancam --help' lists all", args[0]))
	}
	if err := c.ParseFlags(rest); err != nil {
		return nil, withCode(exitUsage, flagError(err))
	}
	c.Flags().Visit(func(f *pflag.Flag) {
		if k, _ := keyOf(f); k != nil {
			given[k.Name] = f
		}
	})
	return given, nil
}

// setting is one key as it holds.
type setting struct {
	Key    string `json:"key"`
	Value  string `json:"value"` // as in the file
	From   string `json:"from"`
	Source string `json:"source,omitempty"`
}

// configured lists what holds; given are the flags that count more.
func configured(c *config.Config, given map[string]*pflag.Flag) []setting {
	var list []setting
	for i := range config.Keys {
		k := &config.Keys[i]
		s := setting{Key: k.Name}
		if k.Secret() || k.Name == config.Keyring {
			for _, name := range []string{k.Env(), k.Env() + "_FILE"} {
				if os.Getenv(name) != "" {
					s.Value, s.From, s.Source = "set", string(config.FromEnvironment), name
					list = append(list, s)
				}
			}
			continue
		}
		from := c.From(k.Name)
		s.Value, s.From, s.Source = mask.Text(k.TOML(c)), string(from.Kind), from.Name
		if f := given[k.Name]; f != nil {
			s.Value, s.From, s.Source = f.Value.String(), string(config.FromFlag), "--"+f.Name
			if _, err := strconv.ParseFloat(s.Value, 64); err != nil && s.Value != "true" && s.Value != "false" {
				s.Value = strconv.Quote(mask.Text(s.Value))
			}
		}
		list = append(list, s)
	}
	return list
}

// printConfig prints a list as a file that could be the configuration.
func printConfig(w io.Writer, c *config.Config, list []setting, all bool) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n", config.File())
	table := ""
	for _, s := range list {
		t, key, ok := strings.Cut(s.Key, ".")
		hidden := config.Find(s.Key).Hidden || !all
		switch {
		case s.From == string(config.FromDefault) && hidden:
			continue
		case s.Value == "set" || !ok:
			fmt.Fprintf(&b, "# %s is set by %s\n", s.Key, s.Source)
			continue
		case t != table:
			table = t
			fmt.Fprintf(&b, "\n[%s]\n", t)
		}
		from := s.From
		if s.From != string(config.FromFile) && s.Source != "" {
			from += " " + s.Source
		}
		fmt.Fprintf(&b, "%-32s # %s\n", key+" = "+s.Value, from)
	}
	if len(c.Engines) > 0 {
		b.WriteString("\n[engines]\n")
		for _, name := range slices.Sorted(maps.Keys(c.Engines)) {
			fmt.Fprintf(&b, "%-32s # file\n", name+" = "+strconv.Quote(mask.Text(c.Engines[name])))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Challenge)) {
		fmt.Fprintf(&b, "\n# [challenge.%q] is in the file; 'gobancam challenge presets' shows it\n", name)
	}
	if !all {
		b.WriteString("\n# All else is as by default; --all shows that, too.\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}
