package lounge

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/app/account"
	"github.com/gobancam/gobancam/internal/app/audience"
	"github.com/gobancam/gobancam/internal/app/camera"
	"github.com/gobancam/gobancam/internal/app/seat"
	"github.com/gobancam/gobancam/internal/window"
	"github.com/gobancam/gobancam/ogs"
)

// pairing is a game between two players at the board as it is chosen on its page. It
// stays for the next game.
type pairing struct {
	black, white string
	size         int // 0: as the camera sees it
	rules        board.Rules
	komi         string // "" for the rules' own
	handicap     int
	page         bool   // shown on a page of this machine
	demo         string // and on a demo board of the server: one of demos
}

// demos are the kinds of demo board.
var demos = []string{"no", "yes", "yes, a private one"}

// named takes a name apart that may have a rank behind it: "Anna 3k".
func named(text string) (name, rank string) {
	if i := strings.LastIndexAny(text, " ,("); i > 0 {
		rank = strings.Trim(text[i:], " ,()")
		if _, _, err := ogs.ParseDemoRank(rank); err == nil && rank != "" {
			return strings.TrimRight(text[:i], " ,("), rank
		}
	}
	return text, ""
}

func (p *pairing) setup() board.Setup {
	s := board.Setup{Size: p.size, Rules: p.rules, Handicap: p.handicap, Komi: p.rules.KomiFor(p.handicap)}
	if k, ok := parseKomi(p.komi); ok {
		s.Komi = k
	}
	return s
}

// parseKomi reads komi as people write it, with a point or a comma.
func parseKomi(text string) (komi float64, ok bool) {
	komi, err := strconv.ParseFloat(strings.ReplaceAll(text, ",", "."), 64)
	return komi, err == nil && math.Abs(komi) <= board.MaxSize*board.MaxSize
}

// The rules and sizes that can be chosen, in turn.
var (
	ruleNames = []string{"japanese", "chinese", "aga", "korean", "ing", "nz"}
	sizes     = []int{0, 19, 13, 9}
)

// Items of the page of two players.
const (
	twoBlack    = "black"
	twoWhite    = "white"
	twoSize     = "size"
	twoRules    = "rules"
	twoHandicap = "handicap"
	twoKomi     = "komi"
	twoPage     = "page"
	twoDemo     = "demo"
)

// two asks who plays, and how.
func (l *Lounge) two(ctx context.Context) (page, error) {
	l.signedIn = nil // what was to follow is begun from here again
	p := &l.pairing
	if p.rules.Name == "" {
		p.rules, _ = board.ParseRules(ruleNames[0])
	}
	for {
		a, ok := l.ask(ctx, l.twoMenu(p))
		switch {
		case !ok:
			return nil, nil
		case a.Key == "Escape":
			return l.start, nil
		case a.Key == "B":
			return l.board, nil
		}
		switch a.Item {
		case twoBlack, twoWhite, twoKomi:
			if ok := l.typed(ctx, p, a.Item); !ok {
				return nil, nil
			}
		case twoSize:
			p.size = after(sizes, p.size)
		case twoRules:
			p.rules, _ = board.ParseRules(after(ruleNames, p.rules.Name))
		case twoHandicap:
			p.handicap = max(2, p.handicap+1) % 10
		case twoPage:
			p.page = !p.page
		case twoDemo:
			p.demo = after(demos, cmp.Or(p.demo, demos[0]))
		}
	}
}

// after is what follows v in a list, in a circle.
func after[T comparable](list []T, v T) T { return list[(slices.Index(list, v)+1)%len(list)] }

// twoMenu is the page: each line says what is chosen, and Enter changes it.
func (l *Lounge) twoMenu(p *pairing) *window.Menu {
	name := func(s string) string {
		if s == "" {
			return "no name"
		}
		return s
	}
	size, handicap := "as the camera sees it", "none"
	if p.size != 0 {
		size = fmt.Sprintf("%d×%d", p.size, p.size)
	}
	if p.handicap > 0 {
		handicap = fmt.Sprintf("%d stones", p.handicap)
	}
	m := &window.Menu{Name: "two", Title: "Two players at this board", Sub: "Enter changes a line; B begins",
		Items: []window.Item{
			{Key: twoBlack, Title: "Black", Note: name(p.black)},
			{Key: twoWhite, Title: "White", Note: name(p.white)},
			{Key: twoSize, Title: "Board", Note: size},
			{Key: twoRules, Title: "Rules", Note: p.rules.Name},
			{Key: twoHandicap, Title: "Handicap", Note: handicap},
			{Key: twoKomi, Title: "Komi", Note: strconv.FormatFloat(p.setup().Komi, 'g', -1, 64)},
		},
		Buttons: []window.Choice{{Key: "B", Label: "Begin", Lead: true}, {Key: "Enter", Label: "Change"}, {Key: "Escape", Label: "Back"}}}
	onOff := map[bool]string{true: "yes", false: "no"}
	page := window.Item{Key: twoPage, Title: "Show it on a page of this computer", Detail: "for everybody in this network; W shows where", Note: onOff[p.page || l.opt.Audience != nil]}
	if l.opt.Audience != nil {
		page.Key = ""
	}
	m.Items = append(m.Items, page,
		window.Item{Key: twoDemo, Title: "Show it on a demo board", Detail: "at " + hostName(l.opt.Server.Address) + ", for everybody; it takes an account there", Note: cmp.Or(p.demo, demos[0])})
	return m
}

// typed asks for what is written rather than chosen; false when the window was
// closed.
func (l *Lounge) typed(ctx context.Context, p *pairing, item string) (ok bool) {
	m := &window.Menu{Name: "two: " + item, Title: "Two players at this board",
		Buttons: []window.Choice{{Key: "Enter", Label: "Use it", Lead: true}, {Key: "Escape", Label: "Back"}}}
	into := &p.black
	switch item {
	case twoBlack:
		m.Text, m.Field = "Who has Black? A rank may stand behind the name.", "Name, such as Anna 3k"
	case twoWhite:
		m.Text, m.Field, into = "Who has White? A rank may stand behind the name.", "Name, such as Ben 1d", &p.white
	case twoKomi:
		m.Text, m.Field, into = "How many points does White get? Leave it empty for the komi of the rules.", "Komi, such as 6.5", &p.komi
	}
	m.Typed = *into
	for {
		a, ok := l.ask(ctx, m)
		text := strings.TrimSpace(a.Text)
		switch {
		case !ok:
			return false
		case a.Key == "Escape":
			return true
		case item == twoKomi && text != "":
			if _, ok := parseKomi(text); !ok {
				bad := *m
				bad.Alarm, bad.Typed = true, a.Text
				bad.Text = "That is no number of points: komi is one such as 6.5, 0 or -3."
				m = &bad
				continue
			}
		}
		*into = text
		return true
	}
}

// board writes down a game between two players until it ends.
func (l *Lounge) board(ctx context.Context) (page, error) {
	p := &l.pairing
	var client *ogs.Client
	if show := cmp.Or(p.demo, demos[0]) != demos[0]; show {
		var out *account.SignedOutError
		var err error
		switch client, err = l.opt.Server.Client(l.life, l.seat.Log); {
		case errors.As(err, &out):
			l.signedIn = l.board
			return l.signIn, nil
		case err != nil:
			return l.trouble("There is no demo board", err, l.board, l.two, "Back"), nil
		}
	}
	l.window.Clear()
	l.window.ShowMenu(nil)
	if l.hush != nil {
		l.hush()
	}
	b := l.opt.Board
	l.voices.Quiet(true) // they look at their board
	defer l.voices.Quiet(false)
	b.Camera, b.Setup = l.seat.Camera, p.setup()
	b.Black, b.Ranks[0] = named(p.black)
	b.White, b.Ranks[1] = named(p.white)
	b.Face, b.Lines, b.Orders, b.Eyes, b.Listen = l.seat.Face, l.seat.Lines, &l.seat.Orders, &l.seat.Eyes, l.seat.Listen
	watched := l.opt.Audience
	if watched == nil && p.page {
		var err error
		if watched, err = audience.Open(audience.Options{Title: strings.Trim(b.Black+" – "+b.White, " –")}); err != nil {
			return l.trouble("There is no page to watch", err, l.board, l.two, "Back"), nil
		}
		defer func() { watched.Close(ctx, l.seat.Face.Note); l.seat.Face.Unwatched() }()
		watched.Tell(l.seat.Face)
	}
	b.Live, b.Seen = watched.Feed(), watched.Seen()
	if client != nil {
		b.Demo = &seat.DemoBoard{Client: client, Private: p.demo == demos[2], Again: l.opt.DemoAgain}
	}
	err := b.Play(ctx)
	l.hush = l.seat.Lines.Ignore(l.ctx)
	l.seat.Eyes.Store(nil)
	switch {
	case l.window.Left() || ctx.Err() != nil:
		return nil, err
	case err != nil:
		return l.trouble("The game was left", err, l.board, l.start, "Back"), nil
	}
	return l.read(ctx, l.start)
}

// cameraTitle is the camera in words.
func (l *Lounge) cameraTitle() string { return camera.Title(l.seat.Camera.Name) }
