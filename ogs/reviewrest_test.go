package ogs_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/ogs"
	"github.com/gobancam/gobancam/ogs/ogstest"
)

func demo() ogs.DemoSettings {
	komi := 0.5
	return ogs.DemoSettings{Name: "Final", Rules: "japanese", Size: 19, Komi: &komi,
		Black: ogs.DemoPlayer{Name: "Anna", Rank: 27}, White: ogs.DemoPlayer{Name: "Cho", Rank: 45, Professional: true}}
}

func TestCreateDemo(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, ogstest.Options{})
		c := w.client(nil)
		id, err := c.CreateDemo(w.ctx, demo())
		if err != nil {
			t.Fatal(err)
		}
		r := w.srv.Review(int64(id))
		got := r.Setup()
		if *got.Komi != 0.5 || got.Name != "Final" || got.Black != "Anna" || got.BlackRank != 27 || got.BlackPro || got.White != "Cho" || got.WhiteRank != 45 || !got.WhitePro || got.Private || r.Owner() != w.alice {
			t.Errorf("made was %+v", got)
		}
		if page := c.DemoPage(id); page != w.srv.URL()+"/demo/"+id.String() {
			t.Errorf("its page is %s", page)
		}
		plain := ogs.DemoSettings{Rules: "chinese", Size: 9, Private: true}
		if id, err = c.CreateDemo(w.ctx, plain); err != nil {
			t.Fatal(err)
		}
		if got := w.srv.Review(int64(id)).Setup(); got.Komi != nil || got.Name != "Demo Board" || !got.Private || got.Size != 9 || got.Rules != "chinese" {
			t.Errorf("made was %+v", got)
		}
	})
}

func TestDemoNotMade(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, ogstest.Options{})
		c := w.client(nil)
		for what, change := range map[string]func(*ogs.DemoSettings){
			"rules":           func(d *ogs.DemoSettings) { d.Rules = "chess" },
			"size":            func(d *ogs.DemoSettings) { d.Size = 26 },
			"komi":            func(d *ogs.DemoSettings) { k := 6.25; d.Komi = &k },
			"rank":            func(d *ogs.DemoSettings) { d.Black.Rank = 39 },
			"rank below":      func(d *ogs.DemoSettings) { d.Black.Rank = -1 },
			"professional":    func(d *ogs.DemoSettings) { d.White.Rank = 30 },
			"a record only":   func(d *ogs.DemoSettings) { d.Record = 5 },
			"a round only":    func(d *ogs.DemoSettings) { d.Round = 5 },
			"negative number": func(d *ogs.DemoSettings) { d.Record, d.Round = -5, -5 },
		} {
			d := demo()
			change(&d)
			if id, err := c.CreateDemo(w.ctx, d); err == nil || id != 0 {
				t.Errorf("%s: made as %d", what, id)
			}
		}
		if n := w.srv.Count("POST /api/v1/demos"); n != 0 {
			t.Errorf("%d requests were made for what cannot be", n)
		}
		d := demo()
		d.Record, d.Round = 77, 78
		var api *ogs.APIError
		if _, err := c.CreateDemo(w.ctx, d); !errors.As(err, &api) || api.Status != http.StatusBadRequest || !strings.Contains(err.Error(), "tournament record") {
			t.Errorf("in a round that there is not: %v", err)
		}
		for _, f := range []struct {
			fault   ogstest.Fault
			unnamed bool
			made    int
		}{
			{ogstest.Fault{Kind: ogstest.HTML500}, false, 0},
			{ogstest.Fault{Kind: ogstest.HTML200}, true, 0},
			{ogstest.Fault{Kind: ogstest.Cut}, true, 0},
			{ogstest.Fault{Kind: ogstest.Status, Status: 503}, false, 0},
			{ogstest.Fault{Kind: ogstest.Status, Delay: 2 * time.Second}, false, 1}, // 429: it is asked again
		} {
			f.fault.Path = "/api/v1/demos"
			w.srv.Inject(f.fault)
			before := len(w.srv.Reviews())
			_, err := c.CreateDemo(w.ctx, demo())
			if errors.Is(err, ogs.ErrUnnamedDemo) != f.unnamed || (err == nil) != (f.made == 1) || len(w.srv.Reviews())-before != f.made {
				t.Errorf("%+v: %v, %d made", f.fault, err, len(w.srv.Reviews())-before)
			}
		}
	})
}

func TestUpdateReview(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, ogstest.Options{})
		c := w.client(nil)
		r := w.srv.AddDemo(w.alice, ogstest.DemoSetup{Size: 9, Black: "A", White: "B"})
		name, outcome, komi, rules := "Round 1", "W+3.5", 7.5, "aga"
		p := ogs.DemoPlayer{Name: "Ben", Rank: 38, Professional: true}
		if err := c.UpdateReview(w.ctx, ogs.ID(r.ID), ogs.ReviewSettings{Name: &name, Outcome: &outcome, Komi: &komi, Rules: &rules, White: &p}); err != nil {
			t.Fatal(err)
		}
		got := r.Setup()
		if got.Name != name || got.Outcome != outcome || *got.Komi != komi || got.Rules != rules || got.White != "Ben" || got.WhiteRank != 38 || !got.WhitePro || got.Black != "A" {
			t.Errorf("now %+v", got)
		}
		wrong := "chess"
		if err := c.UpdateReview(w.ctx, ogs.ID(r.ID), ogs.ReviewSettings{Rules: &wrong}); err == nil {
			t.Error("rules of chess were taken")
		}
		sgf, err := c.ReviewSGF(w.ctx, ogs.ID(r.ID), true)
		if err != nil || !strings.Contains(string(sgf), "RE[W+3.5]") {
			t.Errorf("%v: %s", err, sgf)
		}
		r.Draw(0, "cc !2gg", "a note")
		if sgf, err = c.ReviewSGF(w.ctx, ogs.ID(r.ID), false); err != nil || strings.Contains(string(sgf), "a note") || !strings.Contains(string(sgf), ";B[cc];AW[gg]") {
			t.Errorf("%v: %s", err, sgf)
		}
		if sgf, err = c.ReviewSGF(w.ctx, ogs.ID(r.ID), true); err != nil || !strings.Contains(string(sgf), "C[a note]") {
			t.Errorf("%v: %s", err, sgf)
		}
		theirs := w.srv.AddDemo(w.bob, ogstest.DemoSetup{Size: 9, Private: true})
		for what, call := range map[string]func() error{
			"change": func() error { return c.UpdateReview(w.ctx, ogs.ID(theirs.ID), ogs.ReviewSettings{Name: &name}) },
			"delete": func() error { return c.DeleteReview(w.ctx, ogs.ID(theirs.ID)) },
			"read":   func() error { _, err := c.ReviewSGF(w.ctx, ogs.ID(theirs.ID), true); return err },
		} {
			var api *ogs.APIError
			if err := call(); !errors.As(err, &api) || api.Status != http.StatusForbidden {
				t.Errorf("%s: %v", what, err)
			}
		}
		if err := c.DeleteReview(w.ctx, ogs.ID(r.ID)); err != nil || w.srv.Review(r.ID) != nil {
			t.Errorf("delete: %v", err)
		}
		var api *ogs.APIError
		if err := c.DeleteReview(w.ctx, ogs.ID(r.ID)); !errors.As(err, &api) || api.Status != http.StatusNotFound {
			t.Errorf("delete again: %v", err)
		}
	})
}

func TestDemoRanks(t *testing.T) {
	for s, want := range map[string]int{"30k": 0, "1k": 29, "1D": 30, " 9d ": 38, "1p": 1037, "9p": 1045} {
		rank, pro, err := ogs.ParseDemoRank(s)
		if pro {
			rank += 1000
		}
		if err != nil || rank != want {
			t.Errorf("%q is %d, %v", s, rank, err)
		}
		if got := ogs.FormatDemoRank(rank%1000, pro); got != strings.ToLower(strings.TrimSpace(s)) {
			t.Errorf("%q comes back as %q", s, got)
		}
	}
	for _, s := range []string{"", "p", "0p", "10p", "31k", "0k", "x", "1", "-1k", "1kp"} {
		if rank, pro, err := ogs.ParseDemoRank(s); err == nil {
			t.Errorf("%q is %d, %v", s, rank, pro)
		}
	}
}

func TestTournamentRecord(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, ogstest.Options{})
		c, group := w.client(nil), ogs.ID(w.srv.AddGroup("Club", w.alice))
		id, err := c.CreateRecord(w.ctx, group, "Club \x1b[2Jchampionship")
		if err != nil {
			t.Fatal(err)
		}
		name, about, place := "Championship", "Two\nlines", "Town hall"
		if err := c.EditRecord(w.ctx, id, ogs.RecordSettings{Description: &about}); err != nil {
			t.Fatal(err)
		}
		if err := c.EditRecord(w.ctx, id, ogs.RecordSettings{Name: &name, Location: &place}); err != nil {
			t.Fatal(err)
		}
		round, err := c.AddRound(w.ctx, id, "Round 1", "on Friday")
		if err != nil || round.ID == 0 || round.Name != "Round 1" {
			t.Fatalf("%+v, %v", round, err)
		}
		second, err := c.AddRound(w.ctx, id, "Round 2", "")
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range []ogs.RecordPlayer{{Name: "Anna", Rank: 27}, {Name: "Cho", Rank: 45, Professional: true}} {
			if number, err := c.AddPlayer(w.ctx, id, p); err != nil || number == 0 {
				t.Fatal(err)
			}
		}
		d := demo()
		d.Record, d.Round = id, round.ID
		board, err := c.CreateDemo(w.ctx, d)
		if err != nil {
			t.Fatal(err)
		}
		g := w.start(ogstest.Setup{}, nil)
		for _, page := range []string{c.DemoPage(board), "https://online-go.com/game/" + ogs.ID(g.ID).String()} {
			if entry, err := c.Link(w.ctx, id, second.ID, page, "a note"); err != nil || entry == 0 {
				t.Fatal(err)
			}
		}
		r, err := c.Record(w.ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		if r.ID != id || r.Name != "Championship" || r.Description != "Two\nlines" || r.Location != "Town hall" || r.Group != group || !r.Editable || len(r.Players) != 2 || len(r.Rounds) != 2 {
			t.Fatalf("%+v", r)
		}
		if p := r.Players; p[0].Name != "Anna" || p[0].Rank != 27 || p[0].Professional || p[1].Rank != 45 || !p[1].Professional {
			t.Errorf("the players are %+v", p)
		}
		if e := r.Rounds[1].Entries; len(e) != 1 || e[0].Review != board || e[0].Black.Username != "Anna" || r.Rounds[1].Notes != "on Friday" {
			t.Errorf("the first round is %+v", r.Rounds[1])
		}
		if e := r.Rounds[0].Entries; len(e) != 2 || e[0].Game != ogs.ID(g.ID) || e[1].Review != board || e[0].Notes != "a note" {
			t.Errorf("the second round is %+v", e)
		}
		if page := c.RecordPage(id); !strings.HasSuffix(page, "/tournament-record/"+id.String()) {
			t.Errorf("its page is %s", page)
		}
		recordRefusals(t, w, c, id, round.ID)
	})
}

func recordRefusals(t *testing.T, w *world, c *ogs.Client, id, round ogs.ID) {
	t.Helper()
	theirs := ogs.ID(w.srv.AddGroup("Another", w.bob))
	for what, call := range map[string]func() error{
		"no group":          func() error { _, err := c.CreateRecord(w.ctx, 0, "x"); return err },
		"no name":           func() error { _, err := c.CreateRecord(w.ctx, theirs, " "); return err },
		"a group of others": func() error { _, err := c.CreateRecord(w.ctx, theirs, "x"); return err },
		"an unknown group":  func() error { _, err := c.CreateRecord(w.ctx, 7, "x"); return err },
		"no such record":    func() error { _, err := c.Record(w.ctx, 7); return err },
		"edit without name": func() error { return c.EditRecord(w.ctx, id, ogs.RecordSettings{Name: new(string)}) },
		"a round's name":    func() error { _, err := c.AddRound(w.ctx, id, "1", ""); return err },
		"a player's name":   func() error { _, err := c.AddPlayer(w.ctx, id, ogs.RecordPlayer{Name: "x"}); return err },
		"no link":           func() error { _, err := c.Link(w.ctx, id, round, " ", ""); return err },
		"a link to nothing": func() error { _, err := c.Link(w.ctx, id, round, "https://example.org/x", ""); return err },
		"no such round":     func() error { _, err := c.Link(w.ctx, id, 7, c.DemoPage(1), ""); return err },
	} {
		if err := call(); err == nil {
			t.Errorf("%s: nothing was said", what)
		}
	}
	w.srv.Inject(ogstest.Fault{Kind: ogstest.HTML200, Path: "/api/v1/tournament_records/"})
	if _, err := c.AddRound(w.ctx, id, "Round 3", ""); !errors.Is(err, ogs.ErrUnnamedRecord) {
		t.Errorf("an answer that says nothing: %v", err)
	}
	w.srv.Inject(ogstest.Fault{Kind: ogstest.HTML200, Path: "/api/v1/tournament_records/"})
	if _, err := c.Record(w.ctx, id); err == nil || !strings.Contains(err.Error(), "no tournament record") {
		t.Errorf("an answer that is none: %v", err)
	}
}

// FuzzTournamentRecord reads any answer: nothing of it that a person sees is
// other than plain.
func FuzzTournamentRecord(f *testing.F) {
	f.Add([]byte(`{"id":5,"name":"x","description":"a\nb","location":null,"group":{"id":3},"editable_by_current_user":1,"players":[{"id":"1","name":"A","rank":1040},7],"rounds":[{"id":1,"name":"R","notes":5,"entries":[{"id":1,"url":"/game/1","game_id":1,"black":{"id":1,"username":"b"}},null]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var r ogs.TournamentRecord
		if json.Unmarshal(data, &r) != nil {
			return
		}
		see := func(texts ...string) {
			for _, s := range texts {
				if strings.ContainsAny(s, "\x1b\x00\x07\r\u202e") {
					t.Errorf("%q is not plain", s)
				}
			}
		}
		see(r.Name, r.Description, r.Location)
		for _, p := range r.Players {
			see(p.Name, ogs.FormatDemoRank(p.Rank, p.Professional))
			if p.Rank < 0 || p.Rank > 45 {
				t.Errorf("a player of rank %d", p.Rank)
			}
		}
		for _, round := range r.Rounds {
			see(round.Name, round.Notes)
			for _, e := range round.Entries {
				see(e.Name, e.URL, e.Notes, e.Black.Username, e.White.Username)
			}
		}
	})
}
