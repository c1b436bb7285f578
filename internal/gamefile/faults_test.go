package gamefile

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/disk"
	"github.com/gobancam/gobancam/internal/disk/faulty"
)

// TestFaultsAndKills plays random games over disks that fill up, turn
// read-only, fail, and lose power: in the end every move is in a file that was
// said to have it, or was said to be missing. What the files held before is
// still somewhere.
func TestFaultsAndKills(t *testing.T) {
	n := 300
	if testing.Short() {
		n = 50
	}
	kept, missing, killed := 0, 0, 0
	for seed := range uint64(n) {
		synctest.Test(t, func(t *testing.T) {
			s := &session{t: t, d: faulty.New(seed, "/games", "/state", "/tmp"), rng: rand.New(rand.NewPCG(seed, 1))}
			for range 3 {
				s.play()
			}
			kept, missing, killed = kept+s.kept, missing+s.missing, killed+s.killed
			if t.Failed() {
				t.Logf("seed %d", seed)
			}
		})
		if t.Failed() {
			return
		}
	}
	t.Logf("%d records were in their file, %d said to be missing, %d times killed", kept, missing, killed)
	if kept == 0 || missing == 0 || killed == 0 {
		t.Error("nothing was tried")
	}
}

// session is one person at one bad disk, over several runs of the program.
type session struct {
	t                     *testing.T
	d                     *faulty.Disk
	rng                   *rand.Rand
	kept, missing, killed int
}

// play runs the program once.
func (s *session) play() {
	s.t.Helper()
	asked := fmt.Sprintf("/games/%d.sgf", s.rng.IntN(2))
	var h heard
	o := Options{Path: asked, FS: s.d, Voice: h.voice, Spares: []string{"/state/rescued", "/tmp"}}
	k, err := Open(o)
	if err != nil {
		s.t.Fatalf("opening %s on a sound disk: %v", asked, err)
	}
	g := first(s.t, 0)
	if f := k.Found(); f != nil {
		g = f.Game.Clone()
		if s.rng.IntN(3) == 0 {
			k.Anew()
			g = first(s.t, 0)
		}
	}
	if s.rng.IntN(2) == 0 {
		s.d.KillAfter(1 + s.rng.IntN(60))
	}
	given := map[int]bool{} // numbers of moves
	old := g.Moves()
	if f := k.Found(); f != nil {
		old = f.Game.Moves()
	}
	var games [][]board.Move // as they were handed over
	sure := -1               // the last of them that was not said to be missing
	for range 2 + s.rng.IntN(8) {
		s.fault()
		s.move(g)
		given[g.MoveCount()] = true
		games = append(games, g.Moves())
		keep(s.t, k, g)
		synctest.Wait()
		if s.check(k, &h, g) {
			sure = len(games) - 1
		}
		time.Sleep(time.Duration(s.rng.IntN(20)) * time.Second)
		synctest.Wait()
		s.check(k, &h, g)
	}
	got := k.Close()
	s.d.Hook(nil)
	s.d.SetFree(-1)
	s.d.SetReadOnly(false)
	if s.d.Dead() {
		s.killed++
		if s.rng.IntN(2) == 0 {
			s.d.PowerLoss()
		} else {
			s.d.Restart()
		}
		if sure >= 0 && !slices.ContainsFunc(games[sure:], s.anywhere) {
			s.t.Errorf("killed, and a game of %d moves that was kept is gone\n%s", len(games[sure]), h.text())
		}
		if !s.anywhere(old) {
			s.t.Errorf("killed, and the game that was there is gone\n%s", h.text())
		}
		return
	}
	s.d.KillAfter(0)
	switch {
	case got.Err == nil:
		s.kept++
	default:
		s.missing++
	}
	if s.rng.IntN(2) == 0 {
		s.d.PowerLoss() // the program has ended: what it said still holds
	}
	if !s.anywhere(old) {
		s.t.Errorf("the game that was there is gone\n%s", h.text())
	}
	switch {
	case got.Path != "" && !s.holds(got.Path, g):
		s.t.Errorf("%s is said to have it, and has %d moves of %d", got.Path, inFile(s.d, got.Path), g.MoveCount())
	case got.Path == "" && got.Err == nil:
		s.t.Errorf("it is in no file, and nothing is said of that: %+v", got)
	case got.Older != "" && inFile(s.d, got.Older) != got.OlderMoves && !given[inFile(s.d, got.Older)]:
		// A write of which only the end failed may have come through.
		s.t.Errorf("%s is said to have %d moves, and has %d", got.Older, got.OlderMoves, inFile(s.d, got.Older))
	}
}

// anywhere reports whether a file has these moves, in the game or in a
// variation.
func (s *session) anywhere(moves []board.Move) bool {
	for _, dir := range []string{"/games", "/state/rescued", "/tmp"} {
		entries, err := s.d.ReadDir(dir)
		if err != nil {
			continue
		}
		for _, e := range entries {
			data, err := s.d.ReadFile(filepath.Join(dir, e.Name()))
			if err != nil {
				s.t.Fatal(err)
			}
			if f, err := parse(data); err == nil && has(f.Root, moves) {
				return true
			}
		}
	}
	return len(moves) == 0
}

// has reports whether a line that begins at a node has these moves.
func has(n *board.Node, left []board.Move) bool {
	if m := moves(n, 9); len(m) > 0 {
		if len(left) == 0 || m[0] != left[0] {
			return false
		}
		left = left[1:]
	}
	return len(left) == 0 || slices.ContainsFunc(n.Children, func(c *board.Node) bool { return has(c, left) })
}

// check looks, while the program runs, whether what nobody was warned of is
// kept, and reports whether something is.
func (s *session) check(k *Keeper, h *heard, g *board.Game) bool {
	if s.d.Dead() || h.alarmed() {
		return false
	}
	// The disk as it is now, without its faults.
	s.d.Hook(nil)
	if path := k.Path(); !s.holds(path, g) && !s.d.Dead() {
		data, err := s.d.ReadFile(path)
		s.t.Errorf("without a warning %s has %d moves of %d (%v)\n%s\n%s", path, inFile(s.d, path), g.MoveCount(), err, data, h.text())
	}
	return !s.d.Dead()
}

func (s *session) holds(path string, g *board.Game) bool {
	data, err := s.d.ReadFile(path)
	if err != nil {
		return false
	}
	f, err := parse(data)
	return err == nil && fmt.Sprint(f.Game.Moves()) == fmt.Sprint(g.Moves())
}

// fault changes what the disk is able to do.
func (s *session) fault() {
	s.d.Hook(nil)
	switch s.rng.IntN(7) {
	case 0:
		s.d.SetFree(int64(s.rng.IntN(600)))
	case 1:
		s.d.SetFree(-1)
	case 2:
		s.d.SetReadOnly(s.rng.IntN(2) == 0)
	case 3, 4:
		where := []string{"/games", "/state", "/"}[s.rng.IntN(3)]
		op := []faulty.Op{faulty.OpWrite, faulty.OpSync, faulty.OpRename, faulty.OpSyncDir, faulty.OpCreate, faulty.OpRead}[s.rng.IntN(6)]
		often := 1 + s.rng.IntN(3)
		chance := rand.New(rand.NewPCG(s.rng.Uint64(), 2))
		s.d.Hook(func(o faulty.Op, name string) error {
			if o == op && strings.HasPrefix(name, where) && chance.IntN(often) == 0 {
				return syscall.EIO
			}
			return nil
		})
	}
}

// move plays somewhere, or takes moves back.
func (s *session) move(g *board.Game) {
	if s.rng.IntN(6) == 0 {
		for range 1 + s.rng.IntN(3) {
			g.Undo()
		}
	}
	for {
		m := board.Move{Color: g.ToMove(), Point: board.Point{X: int8(s.rng.IntN(9)), Y: int8(s.rng.IntN(9))}}
		if g.Play(m) == nil {
			return
		}
	}
}

// A file of ours is whole at every moment, wherever the power goes: with the
// old moves or with the new, and the old version beside it.
func TestKilledAtEveryCall(t *testing.T) {
	old := composed(t, 5)
	for n := 1; ; n++ {
		done := false
		for seed := range uint64(4) {
			synctest.Test(t, func(t *testing.T) {
				d := faulty.New(seed, "/games")
				if err := disk.WriteFile(d, "/games/a.sgf", old, 0o644); err != nil {
					t.Fatal(err)
				}
				k := open(t, Options{Path: "/games/a.sgf", FS: d})
				d.KillAfter(n)
				keep(t, k, first(t, 6))
				synctest.Wait()
				done = !d.Dead()
				d.KillAfter(0)
				d.PowerLoss()
				if m := inFile(d, "/games/a.sgf"); m != 5 && m != 6 {
					t.Errorf("killed at call %d: %d moves", n, m)
				}
				k.Close()
			})
		}
		if done {
			t.Logf("%d calls", n)
			return
		}
	}
}
