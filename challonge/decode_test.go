package challonge

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"testing"
)

func TestMatchForms(t *testing.T) {
	const rel = `{"player1":{"data":{"id":"1","type":"participant"}},"player2":{"data":{"id":2}}}`
	for name, c := range map[string]struct{ text, want string }{
		"beside": {`{"id":"9","attributes":{"state":"open","round":1},"relationships":` + rel + `}`, "9 open 1-2"},
		"inside": {`{"id":9,"attributes":{"state":"open","round":"1","relationships":` + rel + `}}`, "9 open 1-2"},
		"both, one empty": {`{"id":"9","attributes":{"state":"open","relationships":` + rel + `},"relationships":{"player1":{"data":null},"player2":{"links":{}}}}`,
			"9 open 1-2"},
		"points only": {`{"id":"9","attributes":{"state":"open","points_by_participant":[{"participant_id":1,"scores":[]},{"participant_id":2,"scores":[]}]}}`, "9 open 1-2"},
		"attributes":  {`{"id":"9","attributes":{"state":"open","player1_id":1,"player2_id":"2"}}`, "9 open 1-2"},
		"points the other way round": {`{"id":"9","attributes":{"state":"complete","winner_id":1,"score_in_sets":[[0,3]],"points_by_participant":[{"participant_id":2,"scores":[0]},{"participant_id":"1","scores":[3]}]},"relationships":` + rel + `}`,
			"9 complete 1-2 3-0 won by 1"},
		"sets only": {`{"id":"9","attributes":{"state":"complete","winner_id":"2","score_in_sets":[[1,2],["0",3]]},"relationships":` + rel + `}`, "9 complete 1-2 1-2,0-3 won by 2"},
		"tie word":  {`{"id":"9","attributes":{"state":"complete","winner_id":"tie","scores":"0 - 0","score_in_sets":"odd"},"relationships":` + rel + `}`, "9 complete 1-2 tie"},
		"nothing":   {`{"id":"9","attributes":{"state":"pending","winner_id":null,"score_in_sets":null,"points_by_participant":[]},"relationships":null}`, "9 pending -"},
	} {
		var r resource
		if err := json.Unmarshal([]byte(c.text), &r); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		m, err := match(&r)
		got := fmt.Sprintf("%s %s %s-%s", m.ID, m.State, m.Player1, m.Player2)
		if s := m.Score(); s != "" {
			got += " " + s
		}
		if m.Winner != "" {
			got += " won by " + string(m.Winner)
		}
		if m.Tie {
			got += " tie"
		}
		if err != nil || got != c.want {
			t.Errorf("%s: got %q (%v), want %q", name, got, err, c.want)
		}
	}
}

func TestErrorForms(t *testing.T) {
	for text, want := range map[string]string{
		`{"errors":[{"status":422,"detail":"is taken","source":{"pointer":"/data/attributes/url"}}]}`: "[{is taken url}]",
		`{"errors":{"detail":"no","status":422,"source":{"pointer":"/data/attributes/name"}}}`:        "[{no name}]",
		`{"errors":["one","two"]}`:                                                     "[{one } {two }]",
		`{"errors":"alone"}`:                                                           "[{alone }]",
		`{"errors":{"name":["can't be blank"],"b":["x"]}}`:                             "[{x b} {can't be blank name}]",
		`{"error":"invalid_grant","error_description":"gone"}`:                         "[{invalid_grant } {gone }]",
		`{"errors":[{"title":"Not Found","detail":["a"],"source":{"parameter":"p"}}]}`: "[{a p}]",
		`{"errors":[null,1,{}]}`:                                                       "[]",
		`<html>`:                                                                       "[]",
		``:                                                                             "[]",
	} {
		if got := fmt.Sprint(parseErrors([]byte(text))); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

func TestIDForms(t *testing.T) {
	for text, want := range map[string]ID{`"12"`: "12", `12`: "12", `null`: "", `"slug_1"`: "slug_1", `""`: ""} {
		id := ID("before")
		if err := json.Unmarshal([]byte(text), &id); err != nil || id != want {
			t.Errorf("%s: %q %v", text, id, err)
		}
	}
	for _, text := range []string{`1.5`, `true`, `{}`, `[1]`, `1e3`} {
		var id ID
		if err := json.Unmarshal([]byte(text), &id); err == nil {
			t.Errorf("%s is the id %q", text, id)
		}
	}
}

// seeds are replies as they have been seen, one per file.
func seeds(f *testing.F) {
	files, err := filepath.Glob("testdata/replies/*.json")
	if err != nil || len(files) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(`{"data":[null,{"id":1,"attributes":{}}]}`))
	f.Add([]byte(`<!DOCTYPE html>`))
}

func FuzzReplies(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		if m, err := parseOne(data, match); err == nil {
			if m.ID == "" {
				t.Error("a match without id")
			}
		}
		parseOne(data, tournament)
		parseOne(data, participant)
		parseOne(data, user)
		parseOne(data, community)
		parseOne(data, attachment)
		if list, count, err := parseList(data, match); err == nil {
			for _, m := range list {
				if m.ID == "" {
					t.Error("a match without id")
				}
			}
			_ = count
		}
		parseList(data, tournament)
		parseList(data, participant)
		for _, d := range parseErrors(data) {
			if d == (Detail{}) {
				t.Error("an empty error")
			}
		}
		a := answering(func(url.Values) (int, string) { return 200, string(data) })
		if g, err := a.Device(t.Context()); err == nil && (g.UserCode == "" || g.got.DeviceCode == "" || g.got.Interval <= 0) {
			t.Errorf("%+v", g)
		}
		if tok, err := a.ClientCredentials(t.Context()); err == nil && tok.AccessToken == "" {
			t.Errorf("%+v", tok)
		}
	})
}
