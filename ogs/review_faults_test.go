package ogs_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gobancam/gobancam/ogs"
	"github.com/gobancam/gobancam/ogs/ogstest"
)

// TestReviewFaults has appends lost, doubled, reordered and cut off. What Expected
// promises is what the server has after the state was asked for, or the
// difference is seen and mended by sending again.
func TestReviewFaults(t *testing.T) {
	for kind := ogstest.LoseAppend; kind <= ogstest.SkipReviewEvent; kind++ {
		for at := range 4 {
			t.Run(fmt.Sprint(kind-ogstest.LoseAppend, " at ", at), func(t *testing.T) {
				both(t, func(t *testing.T, o ogstest.Options) { mendReview(t, o, kind, at) })
			})
		}
	}
}

func mendReview(t *testing.T, o ogstest.Options, kind ogstest.Kind, at int) {
	w := newWorld(t, o)
	sr := w.srv.AddDemo(w.alice, ogstest.DemoSetup{Size: 9})
	v := w.review(w.connect(), sr.ID)
	// The record: a wrong stone, its correction, and the game that goes on.
	steps := []func(*ogs.ReviewState) error{
		func(st *ogs.ReviewState) error {
			return v.r.Append(st.Epoch, ogs.ReviewAppend{Moves: moves(t, 9, "cc gg cg ge")})
		},
		func(st *ogs.ReviewState) error { return v.r.Remove(st.Epoch, 0, moves(t, 9, "cc gg cg ge")) },
		func(st *ogs.ReviewState) error {
			return v.r.Append(st.Epoch, ogs.ReviewAppend{Moves: moves(t, 9, "cc gg cg gd")})
		},
		func(st *ogs.ReviewState) error {
			return v.r.Append(st.Epoch, ogs.ReviewAppend{Moves: moves(t, 9, "cc gg cg gd ee")})
		},
	}
	for i, step := range steps {
		if i == at {
			w.srv.Inject(ogstest.Fault{Kind: kind, Delay: time.Second})
		}
		for {
			st := v.r.State()
			err := step(st)
			if err == nil {
				break
			}
			var not *ogs.NotSentError
			if errors.As(err, &not) && not.Why != ogs.NotConnected && not.Why != ogs.OutOfDate {
				t.Fatalf("step %d: %v", i, err)
			}
			v.until("the connection", func(u ogs.ReviewUpdate) bool { return u.State.Live })
		}
		time.Sleep(300 * time.Millisecond)
		synctest.Wait()
	}
	const want = "cc gg cg gd ee"
	for try := 0; ; try++ {
		time.Sleep(5 * time.Second)
		st := v.refreshed()
		if shown(st.Tree) == want && words(st.Tree.Line(st.Tree.MainEnd())) == want && st.Tree.Len() == 6 {
			break
		}
		if try > 3 {
			t.Fatalf("it was not mended: %s", sr.Tree())
		}
		// What is no part of the record goes, then the record comes.
		record := moves(t, 9, want)
		id, known := st.Tree.Find(record)
		for {
			for _, c := range st.Tree.Children(id) {
				if n := st.Tree.Node(c); known == len(record) || !n.Move.Same(record[known]) {
					if err := v.r.Remove(st.Epoch, 0, st.Tree.Line(c)); err != nil {
						t.Fatal(err)
					}
				}
			}
			if id == 0 {
				break
			}
			id, known = st.Tree.Node(id).Parent, known-1
		}
		if err := v.r.Append(st.Epoch, ogs.ReviewAppend{Moves: record}); err != nil {
			t.Fatal(err)
		}
	}
	if sr.Tree() != want {
		t.Errorf("the server has %s", sr.Tree())
	}
	if w.srv.Pending() > 0 {
		t.Error("the fault did not happen")
	}
}

// TestReviewRemovesNothingElse: whatever becomes of the two messages that remove a
// node, the line above it stays, and what else hangs there.
func TestReviewRemovesNothingElse(t *testing.T) {
	for kind := ogstest.LoseAppend; kind <= ogstest.SkipReviewEvent; kind++ {
		for second := range 2 {
			t.Run(fmt.Sprint(kind-ogstest.LoseAppend, " of message ", second+1), func(t *testing.T) {
				bubble(t, func(t *testing.T) {
					w := newWorld(t, ogstest.Options{})
					sr := w.srv.AddDemo(w.alice, ogstest.DemoSetup{Size: 9})
					v := w.review(w.connect(), sr.ID)
					v.draw("cc gg cg ge")
					v.draw("cc gg dd ee")
					synctest.Wait()
					w.srv.Inject(ogstest.Fault{Kind: kind, Delay: time.Second, After: second})
					if err := v.r.Remove(1, 0, moves(t, 9, "cc gg cg")); err != nil {
						t.Log(err) // the connection may have broken
					}
					time.Sleep(time.Minute)
					synctest.Wait()
					if got := sr.Tree(); !strings.HasPrefix(got, "cc gg") || !strings.Contains(got, "dd ee") {
						t.Errorf("left is %s", got)
					}
					if w.srv.Pending() > 0 {
						t.Error("the fault did not happen")
					}
				})
			})
		}
	}
}
