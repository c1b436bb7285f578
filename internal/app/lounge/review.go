package lounge

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
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
		if k, _, err := readWalk(path); err == nil {
			item.Title, item.Detail = k.Title, fmt.Sprintf("%d×%d · %d moves · %s", k.Size, k.Size, k.Steps[len(k.Steps)-1].Number, k.Sub)
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

// review shows a record to be stepped through, with an engine if there is one,
// which ends with the page.
func (l *Lounge) review(path string, next page) page {
	return func(ctx context.Context) (page, error) {
		k, game, err := readWalk(path)
		if err != nil {
			if next == nil {
				return nil, failure.As(failure.Misuse, err)
			}
			return l.trouble("The game cannot be read", err, l.review(path, next), next, "Back"), nil
		}
		judging, stop := context.WithCancel(ctx)
		var engine sync.WaitGroup
		defer func() { stop(); engine.Wait(); l.window.ShowWalk(nil) }()
		if l.opt.Review.Engine != "" && !k.Alarm {
			k.Engine = "The engine is being started."
			l.window.ShowWalk(k)
			engine.Go(func() { l.judge(judging, *k, game) })
		} else {
			l.window.ShowWalk(k)
		}
		l.window.ShowMenu(nil)
		for {
			select {
			case a := <-l.window.Answers():
				if a.Menu == "walk" {
					if next == nil {
						l.window.Leave()
					}
					return next, nil
				}
			case <-ctx.Done():
				return nil, nil
			}
		}
	}
}

// judge has the engine look at every position, and shows what it makes of them
// as it comes.
func (l *Lounge) judge(ctx context.Context, k window.Walk, g *board.Game) {
	show := func(r *review.Review, engine string, alarm bool) {
		now := k
		now.Steps = slices.Clone(k.Steps)
		now.Engine, now.Alarm = engine, alarm
		if r != nil {
			now.Swings, now.Scored = r.Swings, r.Scored
			for n, p := range r.Positions {
				if n >= len(now.Steps) {
					break
				}
				s := &now.Steps[n]
				if s.Words = r.Words(n); !p.Unknown {
					s.Judged, s.Win, s.Score, s.Next = true, p.Win, p.Score, p.Next
				}
			}
		}
		if ctx.Err() == nil {
			l.window.ShowWalk(&now)
		}
	}
	engine, err := review.Open(ctx, l.opt.Review.Engine, l.opt.Review.Effort)
	if err != nil {
		show(nil, sentence(err), true)
		return
	}
	defer engine.Close()
	all := g.MoveCount()
	r, err := review.Follow(ctx, g, engine, func(r *review.Review) {
		show(r, fmt.Sprintf("The engine has looked at %d of %d moves.", len(r.Positions)-1, all), false)
	})
	switch {
	case err != nil:
		show(r, sentence(err), true)
	case len(r.Swings) == 0:
		show(r, fmt.Sprintf("The engine has looked at all %d moves; none cost much.", all), false)
	default:
		show(r, fmt.Sprintf("The engine has looked at all %d moves.", all), false)
	}
}

// readWalk reads a record. One that cannot be followed to its end is shown as
// far as it can, and says so.
func readWalk(path string) (*window.Walk, *board.Game, error) {
	data, err := limits.ReadFile(path, limits.Record)
	if err != nil {
		return nil, nil, err
	}
	trees, err := board.ParseSGF(data)
	if err == nil && len(trees) == 0 {
		err = errors.New("it holds no game")
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	root := trees[0]
	g, err := root.Game()
	if g == nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	k := walkOf(root, g)
	k.Name, k.Title = path, player(root, "PB", "BR", "Black")+" – "+player(root, "PW", "WR", "White")
	var about []string
	for _, id := range []string{"RE", "DT"} {
		if text := plain.Name(root.Text(id)); root.Text(id) != "" {
			about = append(about, text)
		}
	}
	k.Sub = strings.Join(append(about, filepath.Base(path)), " · ")
	if err != nil {
		k.Engine, k.Alarm = sentence(err)+" It is shown as far as that.", true
	}
	return k, g, nil
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

// walkOf has the positions of a game, and what its record says about them.
func walkOf(root *board.Node, g *board.Game) *window.Walk {
	k := &window.Walk{Size: g.Size()}
	at := g.Clone()
	for at.MoveCount() > 0 || len(at.Edits()) > 0 {
		s := window.Step{Number: at.MoveCount()}
		if _, edited := at.Edited(); !edited {
			s.Move = at.Move(at.MoveCount() - 1)
		}
		k.Steps = append(k.Steps, stand(at, s))
		at.Undo()
	}
	k.Steps = append(k.Steps, stand(at, window.Step{}))
	slices.Reverse(k.Steps)
	first := map[int]int{} // step at which a move was made
	for i, s := range k.Steps {
		if _, known := first[s.Number]; !known {
			first[s.Number] = i
		}
	}
	n := 0
	for _, node := range root.MainLine() {
		for _, p := range node.Props {
			if p.ID == "B" || p.ID == "W" {
				n++
			}
		}
		i, shown := first[n]
		if text := node.Text("C"); text != "" && shown {
			k.Steps[i].Comment = strings.TrimSpace(k.Steps[i].Comment + "\n" + text)
		}
	}
	return k
}

// stand is a step with where the game stands.
func stand(g *board.Game, s window.Step) window.Step {
	s.Board, s.Captures = g.Position(), [2]int{g.Captures(board.Black), g.Captures(board.White)}
	return s
}
