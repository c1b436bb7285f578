package ogs_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gobancam/gobancam/ogs"
	"github.com/gobancam/gobancam/ogs/ogstest"
)

// scribe brings a review to a record, as who relays a game does: what is no part
// of it goes, then it comes.
type scribe struct {
	*viewer
	record []ogs.ReviewMove
}

// step sends what is missing by the state that is expected, and waits as is
// polite; false if nothing is.
func (s *scribe) step() bool {
	s.t.Helper()
	st := s.r.State()
	var err error
	tree := st.Expected
	id, known := tree.Find(s.record)
	switch wrong := s.wrong(tree, id, known); {
	case wrong != nil:
		err = s.r.Remove(st.Epoch, 0, wrong)
	case known < len(s.record) || tree.Current() != id:
		err = s.r.Append(st.Epoch, ogs.ReviewAppend{Moves: s.record})
	default:
		return false
	}
	var not *ogs.NotSentError
	if errors.As(err, &not) && not.Why != ogs.NotConnected && not.Why != ogs.OutOfDate {
		s.t.Fatalf("%v; expected is %s", err, all(tree))
	}
	time.Sleep(300 * time.Millisecond)
	return true
}

// wrong is the line to the first node beside the record; nil if there is none.
func (s *scribe) wrong(tree *ogs.ReviewTree, id ogs.NodeID, known int) []ogs.ReviewMove {
	for ; ; id, known = tree.Node(id).Parent, known-1 {
		for _, c := range tree.Children(id) {
			if known == len(s.record) || !tree.Node(c).Move.Same(s.record[known]) {
				return tree.Line(c)
			}
		}
		if id == 0 {
			return nil
		}
	}
}

// change has something happen at the board.
func (s *scribe) change(r *rand.Rand) {
	next := slices.Clone(s.record)
	switch r.IntN(5) {
	case 0:
		next = next[:r.IntN(len(next)+1)]
	case 1:
		if len(next) > 0 {
			i := r.IntN(len(next))
			next[i] = anyMove(r)
		}
	default:
		for range 1 + r.IntN(3) {
			next = append(next, anyMove(r))
		}
	}
	var line ogs.ReviewMessage
	line.Pointed, line.Moves = true, ogs.FormatReviewMoves(next)
	if ogs.NewReviewTree(5).Apply(line) == nil { // else it cannot be played
		s.record = next
	}
}

func anyMove(r *rand.Rand) ogs.ReviewMove {
	p := string([]byte{'a' + byte(r.IntN(5)), 'a' + byte(r.IntN(5))})
	switch r.IntN(8) {
	case 0:
		p = ".."
	case 1:
		p = fmt.Sprintf("!%d%s", r.IntN(3), p)
	}
	list, err := ogs.ParseReviewMoves(p, 5)
	if err != nil {
		panic(err)
	}
	return list[0]
}

// TestReviewRandom relays random games with takings-back, corrections and set-ups
// to a server at which everything goes wrong that can. At the end, as soon as
// nothing goes wrong any more, it has the record, and nothing else.
func TestReviewRandom(t *testing.T) {
	games, sent := 40, 0
	if testing.Short() {
		games = 5
	}
	for seed := range games {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				r := rand.New(rand.NewPCG(uint64(seed), 7))
				w := newWorld(t, ogstest.Options{NoReviewEcho: seed%2 == 1, OldForms: seed%3 == 0})
				sr := w.srv.AddDemo(w.alice, ogstest.DemoSetup{Size: 5})
				s := &scribe{viewer: w.review(w.connect(), sr.ID)}
				go func() {
					for range s.r.Updates() {
					}
				}()
				for range 60 {
					s.change(r)
					switch r.IntN(6) {
					case 0:
						w.srv.Inject(ogstest.Fault{Kind: ogstest.LoseAppend + ogstest.Kind(r.IntN(int(ogstest.BadFullState-ogstest.LoseAppend)+1)), Delay: time.Second})
					case 1:
						w.srv.DropConnections()
					case 2:
						s.r.Refresh("now and then")
					}
					for range 3 {
						if !s.step() {
							break
						}
					}
					time.Sleep(time.Duration(r.IntN(3000)) * time.Millisecond)
				}
				w.srv.Heal()
				time.Sleep(5 * time.Second) // for what is late
				for range 20 {
					s.r.Refresh("to be certain")
					time.Sleep(2 * time.Second)
					synctest.Wait()
					for s.step() {
					}
				}
				if got, want := sr.Tree(), words(s.record); got != want || sr.Shown() != want || shown(s.r.State().Tree) != want {
					t.Errorf("the record is %q, the server has %s and shows %q", want, got, sr.Shown())
				}
				sent += w.srv.Count("review/append")
			})
		})
	}
	t.Logf("%d games, %d messages", games, sent)
}
