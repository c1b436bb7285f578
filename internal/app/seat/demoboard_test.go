package seat

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/app/apptest"
	"github.com/gobancam/gobancam/internal/app/face"
	"github.com/gobancam/gobancam/internal/gamefile"
	"github.com/gobancam/gobancam/internal/live"
	"github.com/gobancam/gobancam/internal/live/demoboard"
	"github.com/gobancam/gobancam/internal/patient"
	"github.com/gobancam/gobancam/ogs"
	"github.com/gobancam/gobancam/ogs/ogstest"
)

// table is a game at a board that is told without a camera.
type table struct {
	*apptest.World
	feed *live.Feed
	game *board.Game
	id   string
	name string
	over *board.Result
	page apptest.Page
	demo *DemoBoard
}

func newTable(t *testing.T, handicap int) *table {
	t.Helper()
	b := &table{World: apptest.NewWorld(t), id: "a"}
	b.demo = &DemoBoard{Client: b.Client(t), Again: func(id ogs.ID, file string) string { return fmt.Sprint("again ", id) }}
	b.begin(t, handicap)
	return b
}

func (b *table) begin(t *testing.T, handicap int) {
	t.Helper()
	rules, _ := board.ParseRules("japanese")
	var err error
	if b.game, err = board.NewGame(board.Setup{Size: 9, Rules: rules, Komi: 0.5, Handicap: handicap}); err != nil {
		t.Fatal(err)
	}
}

func (b *table) now() *live.Game {
	g := gamefile.Live(nil, b.game, gamefile.Labels{Black: game.Player{Name: "Anna", Rank: "3k"}, White: game.Player{Name: b.name, Rank: "2d"}, Result: b.over})
	g.ID = b.id
	return g
}

func (b *table) play(t *testing.T, points ...string) {
	t.Helper()
	for _, p := range points {
		at, err := board.ParseGTP(p, 9)
		if err == nil {
			err = b.game.Play(board.Move{Color: b.game.ToMove(), Point: at})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	b.feed.Tell(b.now())
}

// show begins to show the game; the function it returns ends that.
func (b *table) show(t *testing.T, began bool) (end func()) {
	b.feed = live.NewFeed()
	return b.demo.show(t.Context(), b.feed, nil, began, face.New(&b.page, true))
}

// line is the game as a demo board writes it.
func (b *table) line() string {
	var moves []string
	for _, p := range demoboard.LineOf(b.now()) {
		moves = append(moves, p.Move)
	}
	return strings.Join(moves, " ")
}

// quoted are texts in a tree; what is in brackets outside of them are variations.
var quoted = regexp.MustCompile(`"[^"]*"`)

// agrees waits until the demo board shows the game.
func (b *table) agrees(t *testing.T, r *ogstest.Review) {
	t.Helper()
	want := b.line()
	for asked := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		if r.MainLine() == want && r.Shown() == want && !strings.Contains(quoted.ReplaceAllString(r.Tree(), ""), "(") && r.Board() == b.game.Position() {
			return
		}
		if patient.Over(asked, 40*time.Second) {
			t.Fatalf("the demo board shows\n%s\n(%s)\nand the game is\n%s", r.Tree(), r.Shown(), want)
		}
	}
}

func (b *table) board(t *testing.T) *ogstest.Review {
	t.Helper()
	b.page.Expect(t, `"event":"demo-board"`)
	all := b.Reviews()
	return all[len(all)-1]
}

// A whole game: names, handicap, moves, captures, a correction, a set-up, the
// result.
func TestDemoBoard(t *testing.T) {
	b := newTable(t, 2)
	b.name = "Ben"
	end := b.show(t, false)
	b.play(t)
	r := b.board(t)
	b.agrees(t, r)
	if s := r.Setup(); s.Black != "Anna" || s.White != "Ben" || s.BlackRank != 27 || s.WhiteRank != 31 || s.Name != "Anna – Ben" || s.Size != 9 || *s.Komi != 0.5 || s.Private {
		t.Errorf("made was %+v", s)
	}
	b.play(t, "E5")
	b.agrees(t, r)
	if r.ToMove() != board.Black {
		t.Error("after White's first move it is not Black's turn")
	}
	b.play(t, "E4", "D4", "F5", "A1")
	b.agrees(t, r)
	b.game.Undo()
	b.game.Undo()
	b.play(t, "E6")
	b.agrees(t, r)
	pos := b.game.Position()
	pos.Set(board.Point{X: 8, Y: 8}, board.White)
	pos.Set(board.Point{X: 4, Y: 4}, board.Empty)
	if err := b.game.Edit(pos, board.Black, "Set up by hand."); err != nil {
		t.Fatal(err)
	}
	b.play(t, "J9", "pass", "pass")
	b.agrees(t, r)
	b.over = &board.Result{Winner: board.Black, By: board.ByResignation}
	b.play(t)
	end()
	b.agrees(t, r)
	if s := r.Setup(); s.Outcome != "B+R" {
		t.Errorf("the outcome is %q", s.Outcome)
	}
	texts := fmt.Sprint(r.Texts())
	for _, want := range []string{"Set up by hand.", "Black wins by resignation (B+R)"} {
		if !strings.Contains(texts, want) {
			t.Errorf("%q is not in %s", want, texts)
		}
	}
	if n := len(b.Reviews()); n != 1 {
		t.Errorf("%d demo boards", n)
	}
}

// The same game goes on where it was shown; another one gets another demo board,
// whether in the same start or in the next.
func TestDemoBoardGoesOn(t *testing.T) {
	b := newTable(t, 0)
	end := b.show(t, false)
	b.play(t, "E5", "E4")
	first := b.board(t)
	b.agrees(t, first)
	end()
	end = b.show(t, true)
	b.game.Undo()
	b.play(t, "D4")
	if b.board(t) != first {
		t.Fatal("the game has two demo boards")
	}
	b.agrees(t, first)
	tree := first.Tree()
	b.id = "b"
	b.begin(t, 0)
	b.play(t, "C3")
	second := b.board(t)
	if first == second {
		t.Fatal("two games have one demo board")
	}
	b.agrees(t, second)
	end()
	if first.Tree() != tree {
		t.Errorf("the old game is now %s", first.Tree())
	}
	// One that is named and holds another game stays as it is.
	end = b.show(t, false)
	b.demo.ID = ogs.ID(second.ID)
	b.begin(t, 0)
	for _, p := range []string{"A1", "B2", "D4", "E5"} {
		if err := second.Draw(0, strings.ReplaceAll(second.Shown(), " ", "")+point9(t, p), ""); err != nil {
			t.Fatal(err)
		}
	}
	tree = second.Tree()
	b.play(t, "J1")
	b.page.Expect(t, "moves of another game, which stay")
	end()
	if second.Tree() != tree {
		t.Errorf("another game was drawn over: %s", second.Tree())
	}
}

// A game that ended before all of it was there is shown by naming its file again.
func TestDemoBoardOfAGameThatIsOver(t *testing.T) {
	b := newTable(t, 0)
	file := filepath.Join(t.TempDir(), "over.sgf")
	if err := os.WriteFile(file, []byte("(;GM[1]FF[4]SZ[9]KM[6.5]PB[Anna]PW[Ben]RE[W+2.5];B[ee];W[cg];B[];W[])"), 0o600); err != nil {
		t.Fatal(err)
	}
	table := Board{SGF: file, Demo: b.demo, Face: face.New(&b.page, true)}
	for range 2 {
		if err := table.Play(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	all := b.Reviews()
	if len(all) != 1 || all[0].MainLine() != "ee cg .. .." || all[0].Setup().Outcome != "W+2.5" || all[0].Text() != "White wins by 2.5 points (W+2.5)" {
		t.Errorf("%d demo boards, the first of which has %s", len(all), all[0].Tree())
	}
}

func point9(t *testing.T, gtp string) string {
	t.Helper()
	p, err := board.ParseGTP(gtp, 9)
	if err != nil {
		t.Fatal(err)
	}
	return p.OGS()
}

// Somebody else is given control: nothing is sent, and it goes on when it is
// given back. ogstest minds every message that comes meanwhile.
func TestDemoBoardInOtherHands(t *testing.T) {
	b := newTable(t, 0)
	end := b.show(t, false)
	b.play(t, "E5", "E4")
	r := b.board(t)
	b.agrees(t, r)
	r.GiveControl(b.Bob)
	b.page.Expect(t, "Somebody else draws on the demo board now")
	log := len(r.Log())
	b.play(t, "D4")
	time.Sleep(time.Second)
	if n := len(r.Log()); n != log {
		t.Errorf("%d messages while somebody else had control", n-log)
	}
	r.GiveControl(b.Alice)
	b.page.Expect(t, "You have control of the demo board again")
	b.agrees(t, r)
	end()
}

// A sign-in that is not taken any more is named, with what to do about it.
func TestDemoBoardSignedOut(t *testing.T) {
	b := newTable(t, 0)
	end := b.show(t, false)
	b.play(t, "E5")
	b.agrees(t, b.board(t))
	b.ExpireTokens()
	b.ExpireJWTs()
	b.DropConnections()
	b.page.Expect(t, "The demo board waits: not signed in")
	b.page.Expect(t, "new sign-in")
	end()
}

// A server that was away all the time: it is said how there will be a demo board.
func TestDemoBoardNeverMade(t *testing.T) {
	b := newTable(t, 0)
	b.Close()
	end := b.show(t, false)
	b.play(t, "E5")
	b.page.Expect(t, "cannot be made yet")
	end()
	b.page.Expect(t, "could not be reached in time. again 0")
}

// Everything goes wrong that can at the server while a game is played, taken
// back and corrected.
func TestDemoBoardThroughFaults(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for a server that is away")
	}
	b := newTable(t, 0)
	b.Inject(ogstest.Fault{Kind: ogstest.HTML500, Times: 2})
	end := b.show(t, false)
	b.play(t)
	r := b.board(t)
	rnd := rand.New(rand.NewPCG(11, 3))
	faults := []ogstest.Kind{ogstest.LoseAppend, ogstest.DoubleAppend, ogstest.ReorderAppend, ogstest.DelayAppend, ogstest.DropBeforeAppend, ogstest.DropAfterAppend,
		ogstest.SkipReviewEvent, ogstest.NoFullState, ogstest.BadFullState}
	for i := range 40 {
		if rnd.IntN(2) == 0 {
			b.Inject(ogstest.Fault{Kind: faults[i%len(faults)], Times: 1})
		}
		switch rnd.IntN(8) {
		case 0:
			b.DropConnections()
		case 1, 2:
			b.game.Undo()
			if rnd.IntN(2) == 0 {
				b.game.Undo()
			}
		}
		for range 50 {
			m := board.Move{Color: b.game.ToMove(), Point: board.Point{X: int8(rnd.IntN(9)), Y: int8(rnd.IntN(9))}}
			if b.game.Legal(m) {
				b.play(t, m.Point.GTP(9))
				break
			}
		}
		time.Sleep(time.Duration(rnd.IntN(1200)) * time.Millisecond)
	}
	b.Heal()
	b.agrees(t, r)
	b.over = &board.Result{Winner: board.White, By: board.ByResignation}
	b.play(t)
	end()
	b.agrees(t, r)
	if s := r.Setup(); s.Outcome != "W+R" {
		t.Errorf("the outcome is %q", s.Outcome)
	}
	t.Logf("%d messages for %d moves", len(r.Log()), b.game.MoveCount())
}
