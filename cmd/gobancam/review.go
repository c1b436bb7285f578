package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/app"
	"github.com/gobancam/gobancam/internal/app/lounge"
	"github.com/gobancam/gobancam/internal/app/state"
	"github.com/gobancam/gobancam/internal/config"
	"github.com/gobancam/gobancam/internal/limits"
	"github.com/gobancam/gobancam/internal/review"
	"github.com/gobancam/gobancam/internal/window"
	"github.com/gobancam/gobancam/ogs"
)

// reviewFlags are what `review` can be told.
type reviewFlags struct {
	ogs        ogsFlags
	with       string
	upload     bool
	collection int64
	number     int
	engine     string
	visits     int
	time       time.Duration
	format     string
	write      string
	force      bool
	text       bool
	light      bool
}

// How long an engine looks at a position unless it is said.
const (
	reviewVisits = 200
	reviewTime   = 10 * time.Second
)

// gamesDir is where games are kept.
func gamesDir() string { return filepath.Dir(state.GamesFile("x")) }

func newReviewCommand() *cobra.Command {
	var f reviewFlags
	cmd := &cobra.Command{
		Use:   "review [flags] FILE|last",
		Short: "Look at a game that was played: in another program, or with an engine",
		Long: `Review shows the record of a game (last: the one that was kept last) in a window, to
be stepped through with the arrow keys, Home, End, the mouse's wheel, and clicks on
the graph or the slider; N numbers the stones, C goes to the next comment. V takes
another variation; a click on an empty point makes one, X drops it, G is the game
again; the file stays as it is. Without a display, with --text, or if a program is
set to open records in, it hands the record to that, or else to the first of sabaki,
katrain, q5go, gogui, lizzie and ugo that is installed. Set them in config.toml:

  [review]
  with = "sabaki"
  engine = "katago gtp -model model.bin.gz -config gtp.cfg"

With --engine it has an engine that can analyse (KataGo, Leela Zero, Sayuri and
others with kata-analyze or lz-analyze) judge every position, and shows win rate
and score over the moves, the three moves that changed most (keys 1, 2, 3), and what
it would have played: in the window as it goes on, with --text as a table; --write
puts them into the comments of a copy. With --upload the record goes into your library at
online-go.com.`,
		Example: `  gobancam review last
  gobancam review game.sgf --with katrain
  gobancam review last --engine "katago gtp -model model.bin.gz" --write judged.sgf
  gobancam review game.sgf --upload --collection 1234`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args[0]) },
	}
	f.ogs.register(cmd)
	fl := cmd.Flags()
	fl.BoolVar(&f.text, "text", false, "no window, even if there is a display")
	fl.BoolVar(&f.light, "light", false, "begin with the light colours")
	fl.StringVar(&f.with, "with", "", "open the record in this `program`")
	fl.BoolVar(&f.upload, "upload", false, "put the record into your library at the server")
	fl.Int64Var(&f.collection, "collection", 0, "the library's collection, by the `number` in its address; 0 is the top")
	fl.IntVar(&f.number, "number", 0, "of a file with several games the one of this `number`, from 1; the window asks, else it is the first")
	fl.StringVar(&f.engine, "engine", "", "judge the game with the engine of this `command` (default, with --write or --format json: that of the configuration)")
	fl.IntVar(&f.visits, "visits", reviewVisits, "visits that the engine makes at each move")
	fl.DurationVar(&f.time, "time", reviewTime, "the longest it looks at each move")
	fl.StringVar(&f.format, "format", "text", "text or json")
	fl.StringVar(&f.write, "write", "", "write the engine's judgement into the comments of a copy, in `FILE`")
	fl.BoolVar(&f.force, "force", false, "replace that file; what it held is kept as NAME~")
	bind(fl, "light", "window.light")
	bind(fl, "visits", "review.visits")
	bind(fl, "time", "review.time")
	heeds(fl, "with", "review.with")
	heeds(fl, "engine", "review.engine")
	completeWith(cmd, "format", "text", "json")
	completeWith(cmd, "with", viewers()...)
	return cmd
}

// reviewed is the record that is looked at.
type reviewed struct {
	path string
	data []byte
	root *board.Node
	game *board.Game
}

func (f *reviewFlags) run(cmd *cobra.Command, name string) error {
	if f.format != "text" && f.format != "json" {
		return withCode(exitUsage, fmt.Errorf("--format %s: text or json", f.format))
	}
	if f.visits < 1 || f.time <= 0 {
		return withCode(exitUsage, errors.New("--visits and --time: the engine has to look at least once"))
	}
	all, err := config.Read()
	if err != nil {
		return err
	}
	conf := reviewing{all.Review.With, all.Review.Engine}
	if f.inWindow(conf) {
		return f.show(cmd, name, conf)
	}
	rec, err := readReviewed(name, f.number)
	if err != nil {
		return err
	}
	judges := f.engine != "" || f.write != "" || f.format == "json"
	if judges {
		if f.engine == "" {
			f.engine = conf.Engine
		}
		if f.engine == "" {
			return withCode(exitUsage, errors.New("no engine is set: name one by --engine, or as engine in the table [review] of "+config.File()))
		}
		if err := f.judge(cmd, rec); err != nil {
			return err
		}
	}
	if f.upload {
		client, err := f.ogs.client(cmd)
		if err != nil {
			return err
		}
		if err := client.Upload(cmd.Context(), ogs.ID(f.collection), filepath.Base(rec.path), rec.data); err != nil {
			return err
		}
		fmt.Fprintf(cmd.ErrOrStderr(), "%s is in your library at %s.\n", filepath.Base(rec.path), client.Server())
	}
	if f.with == "" && (judges || f.upload) {
		return nil
	}
	return openWith(cmd, f.with, conf.With, rec.path)
}

// inWindow reports whether the game is shown in a window.
func (f *reviewFlags) inWindow(conf reviewing) bool {
	opens := f.with != "" || f.engine == "" && conf.With != ""
	return !f.text && !opens && !f.upload && f.write == "" && f.format == "text" && window.Available() == nil
}

// show opens the window; where it cannot be, the rest is done as with --text.
func (f *reviewFlags) show(cmd *cobra.Command, name string, conf reviewing) error {
	path, err := recordPath(name)
	if err != nil {
		return err
	}
	err = app.Review(cmd.Context(), app.PlayOptions{Light: f.light, In: strings.NewReader(""), Out: cmd.OutOrStdout(), Err: cmd.ErrOrStderr(), Log: slog.New(slog.DiscardHandler),
		Review: lounge.Reviewing{Path: path, Number: f.number, Dir: gamesDir(), Engine: cmp.Or(f.engine, conf.Engine), Effort: review.Effort{Visits: f.visits, Time: f.time}}})
	if errors.Is(err, window.ErrNoDisplay) {
		fmt.Fprintf(cmd.ErrOrStderr(), "No window: %v.\n", err)
		f.text = true
		return f.run(cmd, name)
	}
	return err
}

// recordPath is the file of the record that is meant.
func recordPath(name string) (path string, err error) {
	if path = name; name == "last" {
		if path, err = lastRecord(); err != nil {
			return "", err
		}
	}
	if path, err = filepath.Abs(path); err != nil {
		return "", withCode(exitUsage, err)
	}
	return path, nil
}

// readReviewed reads the record that is meant.
func readReviewed(name string, number int) (*reviewed, error) {
	path, err := recordPath(name)
	if err != nil {
		return nil, err
	}
	data, err := limits.ReadFile(path, limits.Record)
	if err != nil {
		return nil, withCode(exitUsage, err)
	}
	trees, err := board.ParseSGF(data)
	if err != nil {
		return nil, withCode(exitUsage, fmt.Errorf("%s: %w", path, err))
	}
	if number < 0 || number > len(trees) || len(trees) == 0 {
		return nil, withCode(exitUsage, fmt.Errorf("--number %d: %s holds %d games", number, path, len(trees)))
	}
	root := trees[max(number, 1)-1]
	g, err := root.Game()
	if err != nil {
		return nil, withCode(exitUsage, fmt.Errorf("%s: %w", path, err))
	}
	return &reviewed{path, data, root, g}, nil
}

// lastRecord is the record that was kept last.
func lastRecord() (string, error) {
	dir := gamesDir()
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", withCode(exitUsage, err)
	}
	last, at := "", time.Time{}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".sgf") || strings.HasSuffix(e.Name(), ".server.sgf") || !e.Type().IsRegular() {
			continue
		}
		if info, err := e.Info(); err == nil && !info.ModTime().Before(at) {
			last, at = e.Name(), info.ModTime()
		}
	}
	if last == "" {
		return "", withCode(exitUsage, fmt.Errorf("no game is kept in %s yet; give a file", dir))
	}
	return filepath.Join(dir, last), nil
}
