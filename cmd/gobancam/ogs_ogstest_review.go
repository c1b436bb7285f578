package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/gobancam/gobancam/ogs/ogstest"
)

// startDemo makes a demo board of the first account.
func (t *testServer) startDemo(string, []string) error {
	r := t.srv.AddDemo(t.users[0], ogstest.DemoSetup{Size: t.size, Rules: t.rules, Black: "Black", White: "White"})
	return t.out.Encode(map[string]any{"demo": r.ID, "owner": t.users[0].Name})
}

// startGroup makes a group that the first account edits.
func (t *testServer) startGroup(string, []string) error {
	return t.out.Encode(map[string]any{"group": t.srv.AddGroup("Club", t.users[0]), "editor": t.users[0].Name})
}

// reviews prints all demo boards and reviews as they are.
func (t *testServer) reviews(string, []string) error {
	for _, r := range t.srv.Reviews() {
		d := r.Setup()
		pos := r.Board()
		t.out.Encode(map[string]any{"review": r.ID, "name": d.Name, "black": d.Black, "white": d.White, "outcome": d.Outcome, "main": r.MainLine(),
			"shown": r.Shown(), "tree": r.Tree(), "texts": r.Texts(), "board": pos.Rows(), "controller": r.Controller().Name, "watchers": r.Watchers()})
	}
	return nil
}

// reviewNamed finds the review that a number names.
func (t *testServer) reviewNamed(number string) (*ogstest.Review, error) {
	n, err := strconv.ParseInt(number, 10, 64)
	if r := t.srv.Review(n); err == nil && r != nil {
		return r, nil
	}
	return nil, fmt.Errorf("there is no review %q", number)
}

// control hands the control of a review to an account.
func (t *testServer) control(_ string, words []string) error {
	r, err := t.reviewNamed(words[0])
	if err != nil {
		return err
	}
	for _, u := range t.users {
		if strings.EqualFold(u.Name, words[1]) {
			r.GiveControl(u)
			return nil
		}
	}
	return fmt.Errorf("there is no account %q", words[1])
}

// draw has somebody else draw on a review.
func (t *testServer) draw(rest string, words []string) error {
	r, err := t.reviewNamed(words[0])
	if err != nil {
		return err
	}
	line := strings.TrimSpace(strings.TrimPrefix(rest, words[0]))
	if line == "" {
		return errors.New("draw NUMBER and all moves, as pddp")
	}
	return r.Draw(0, line, "")
}
