package lounge

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/app/failure"
	"github.com/gobancam/gobancam/internal/limits"
	"github.com/gobancam/gobancam/internal/plain"
	"github.com/gobancam/gobancam/internal/review"
	"github.com/gobancam/gobancam/internal/window"
)

// Reviewing is what a game is looked at with.
type Reviewing struct {
	Path   string // of the record that was asked for; empty to choose one
	Number int    // of the game in it, from 1; 0 to choose one, if there are several
	Dir    string // where games are kept
	Engine string // command line of an engine that can analyse; empty for none
	Effort review.Effort
}

// mostKept is how many kept games are listed.
const mostKept = 200

// keptGames lists the records of a directory, newest first.
func keptGames(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	type kept struct {
		name string
		at   time.Time
	}
	var list []kept
	for _, e := range entries {
		if info, err := e.Info(); err == nil && e.Type().IsRegular() && strings.HasSuffix(e.Name(), ".sgf") && !strings.HasSuffix(e.Name(), ".server.sgf") {
			list = append(list, kept{e.Name(), info.ModTime()})
		}
	}
	slices.SortFunc(list, func(a, b kept) int { return cmp.Or(b.at.Compare(a.at), cmp.Compare(b.name, a.name)) })
	var names []string
	for _, k := range list[:min(len(list), mostKept)] {
		names = append(names, filepath.Join(dir, k.name))
	}
	return names, nil
}

// reviews lists the kept games, to look at one.
func (l *Lounge) reviews(ctx context.Context) (page, error) {
	files, err := keptGames(l.opt.Review.Dir)
	if err != nil {
		return l.trouble("The games cannot be listed", err, l.reviews, l.start, "Back"), nil
	}
	m := &window.Menu{Name: "reviews", Title: "Which game would you like to look at?", Sub: l.opt.Review.Dir, Empty: "No game is kept yet.",
		Buttons: []window.Choice{{Key: "Enter", Label: "Look at it", Lead: true, Off: len(files) == 0}, {Key: "Escape", Label: "Back"}}}
	for _, path := range files {
		item := window.Item{Key: path, Title: filepath.Base(path), Detail: "cannot be read"}
		if games, err := readGames(path); err == nil {
			item.Title, item.Detail = players(games[0]), about(games[0], filepath.Base(path))
			if len(games) > 1 {
				item.Title = fmt.Sprintf("%d games, the first %s", len(games), item.Title)
			}
		}
		m.Items = append(m.Items, item)
	}
	a, ok := l.ask(ctx, m)
	switch {
	case !ok:
		return nil, nil
	case a.Key == "Escape" || a.Item == "":
		return l.start, nil
	}
	return l.review(a.Item, l.reviews), nil
}

// review shows a record to be stepped through; of several games in a file one is
// chosen first.
func (l *Lounge) review(path string, next page) page {
	return func(ctx context.Context) (page, error) {
		games, err := readGames(path)
		if n := l.opt.Review.Number; err == nil && path == l.opt.Review.Path && n > 0 {
			if n > len(games) {
				return nil, failure.As(failure.Misuse, fmt.Errorf("%s holds %d games, and none of the number %d", path, len(games), n))
			}
			games = games[n-1 : n]
		}
		switch {
		case err == nil && len(games) == 1:
			return l.study(path, games[0], next)(ctx)
		case err == nil:
			return l.chooseGame(path, games, next)(ctx)
		case next == nil:
			return nil, failure.As(failure.Misuse, err)
		}
		return l.trouble("The game cannot be read", err, l.review(path, next), next, "Back"), nil
	}
}

// chooseGame chooses one of the games of a file.
func (l *Lounge) chooseGame(path string, games []*board.Node, next page) page {
	var self page
	self = func(ctx context.Context) (page, error) {
		m := &window.Menu{Name: "collection", Title: "Which game would you like to look at?", Sub: path, Text: fmt.Sprintf("The file holds %d games.", len(games)),
			Buttons: []window.Choice{{Key: "Enter", Label: "Look at it", Lead: true}, {Key: "Escape", Label: "Back"}}}
		for i, root := range games {
			m.Items = append(m.Items, window.Item{Key: fmt.Sprint(i), Title: fmt.Sprintf("%d. %s", i+1, players(root)), Detail: about(root, "")})
		}
		a, ok := l.ask(ctx, m)
		i, err := strconv.Atoi(a.Item)
		switch {
		case !ok:
			return nil, nil
		case a.Key == "Escape" || err != nil || i < 0 || i >= len(games):
			if next == nil {
				l.window.Leave()
			}
			return next, nil
		}
		return l.study(fmt.Sprintf("%s, game %d", path, i+1), games[i], self)(ctx)
	}
	return self
}

// study shows a game to be stepped through, with an engine if there is one,
// which ends with the page. Its variations are looked at, made and dropped; the
// file stays as it is.
func (l *Lounge) study(name string, root *board.Node, next page) page {
	return func(ctx context.Context) (page, error) {
		tree, err := review.NewTree(root)
		switch {
		case err != nil && next == nil:
			return nil, failure.As(failure.Misuse, err)
		case err != nil:
			return l.trouble("The game cannot be followed", err, next, next, "Back"), nil
		}
		s := &study{tree: tree, show: l.window.ShowWalk, game: tree.Game(),
			about: window.Walk{Name: name, Title: players(root), Sub: about(root, filepath.Base(name)), Size: tree.Game().Size()}}
		if err := tree.Err(); err != nil {
			s.engine, s.alarm = sentence(err)+" It is shown as far as that.", true
		}
		judging, stop := context.WithCancel(ctx)
		var engine sync.WaitGroup
		defer func() { stop(); engine.Wait(); l.window.ShowWalk(nil) }()
		if l.opt.Review.Engine != "" && !s.alarm {
			s.engine = "The engine is being started."
			engine.Go(func() { s.judge(judging, l.opt.Review) })
		}
		s.paint()
		l.window.ShowMenu(nil)
		for {
			select {
			case a := <-l.window.Answers():
				if a.Menu == "walk" && a.Key == "Escape" {
					if next == nil {
						l.window.Leave()
					}
					return next, nil
				}
				if a.Menu == "walk" && a.Item == name {
					s.take(a)
				}
			case <-ctx.Done():
				return nil, nil
			}
		}
	}
}

// readGames reads the games of a record, one at least.
func readGames(path string) ([]*board.Node, error) {
	data, err := limits.ReadFile(path, limits.Record)
	if err != nil {
		return nil, err
	}
	games, err := board.ParseSGF(data)
	if err == nil && len(games) == 0 {
		err = errors.New("it holds no game")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return games, nil
}

// players are who played a game.
func players(root *board.Node) string {
	return player(root, "PB", "BR", "Black") + " – " + player(root, "PW", "WR", "White")
}

func player(root *board.Node, name, rank, nobody string) string {
	who := nobody
	if root.Text(name) != "" {
		who = plain.Name(root.Text(name))
	}
	if root.Text(rank) != "" {
		who += " " + plain.Name(root.Text(rank))
	}
	return who
}

// about says of a game how large and long it is, how it came out, when it was,
// and in which file.
func about(root *board.Node, file string) string {
	var parts []string
	if g, _ := root.Game(); g != nil {
		parts = append(parts, fmt.Sprintf("%d×%d", g.Size(), g.Size()), fmt.Sprintf("%d moves", g.MoveCount()))
	}
	for _, id := range []string{"RE", "DT"} {
		if root.Text(id) != "" {
			parts = append(parts, plain.Name(root.Text(id)))
		}
	}
	if file != "" {
		parts = append(parts, file)
	}
	return strings.Join(parts, " · ")
}
