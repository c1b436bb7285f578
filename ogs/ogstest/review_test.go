package ogstest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"github.com/gobancam/gobancam/board"
)

// post sends a command that gets no reply.
func (r *rude) post(command, data string) {
	r.t.Helper()
	if err := r.ws.WriteMessage(websocket.TextMessage, []byte(`["`+command+`",`+data+`]`)); err != nil {
		r.t.Fatal(err)
	}
	synctest.Wait()
}

// in is a rude client that is signed in at its socket.
func (r *rude) in() {
	r.t.Helper()
	r.dial()
	r.say("authenticate", `{"jwt":"`+r.srv.JWT(r.u)+`","client":"rude"}`)
}

func TestNotesRudeReviewers(t *testing.T) { synctest.Test(t, testNotesRudeReviewers) }

func testNotesRudeReviewers(t *testing.T) {
	r, bob := newRude(t, Options{})
	d := r.srv.AddDemo(r.u, DemoSetup{Size: 9})
	theirs := r.srv.AddDemo(bob, DemoSetup{Size: 9})
	r.dial()
	r.say("review/connect", fmt.Sprintf(`{"review_id":%d}`, d.ID))
	r.violation("before it was signed in")
	r.say("authenticate", `{"jwt":"`+r.srv.JWT(r.u)+`","client":"rude"}`)
	append_ := func(of *Review, fields string) {
		r.say("review/append", fmt.Sprintf(`{"review_id":%d%s}`, of.ID, fields))
		time.Sleep(200 * time.Millisecond)
	}
	append_(d, `,"f":0,"m":"cc"`)
	r.violation("before its full state was asked for")
	r.say("review/connect", `{"review_id":"x"}`)
	r.violation("without a review_id")
	for _, of := range []*Review{d, theirs} {
		r.say("review/connect", fmt.Sprintf(`{"review_id":%d}`, of.ID))
	}
	for fields, words := range map[string]string{
		``:                  "it says nothing",
		`,"f":0`:            "f and m belong together",
		`,"m":"cc"`:         "f and m belong together",
		`,"f":-1,"m":"cc"`:  "f is to be a whole number",
		`,"f":0.5,"m":"cc"`: "f is to be a whole number",
		`,"f":"0","m":"cc"`: "f is to be a whole number",
		`,"f":0,"m":"c"`:    "no line of moves",
		`,"f":0,"m":"cz"`:   "no line of moves",
		`,"f":0,"m":"tt"`:   "no line of moves",
		`,"f":0,"m":"!3cc"`: "no line of moves",
		`,"f":0,"m":"!1.."`: "no line of moves",
		`,"f":0,"m":"!1c"`:  "no line of moves",
		`,"f":0,"m":"cccc"`: "played onto a stone",
		`,"t":5`:            "t is to be a string",
		`,"t+":"` + strings.Repeat("x", 20_001) + `"`: "at most 20000 characters",
		`,"t":"` + strings.Repeat("x", 70_000) + `"`:  "too long",
		`,"k":[1]`:        "k is to hold points",
		`,"k":{"A":1}`:    "k is to hold points",
		`,"delete":true`:  "delete is to be 1",
		`,"controller":7`: "there is no player 7",
		`,"gamedata":{}`:  `nothing is known of "gamedata"`,
		`,"owner":5`:      `nothing is known of "owner"`,
		`,"chat":{}`:      `nothing is known of "chat"`,
	} {
		append_(d, fields)
		r.violation(words)
	}
	append_(d, `,"f":0,"m":"","delete":1`)
	r.violation("the trunk cannot be deleted")
	append_(theirs, `,"f":0,"m":"cc"`)
	r.violation("which bob controls")
	append_(theirs, fmt.Sprintf(`,"controller":%d`, r.u.ID))
	if theirs.Controller() != bob || theirs.MainLine() != "" || d.Shown() != "" {
		t.Errorf("%s controls, drawn are %q and %q", theirs.Controller().Name, theirs.MainLine(), d.MainLine())
	}
	for range maxReviewPace + 1 {
		r.say("review/append", fmt.Sprintf(`{"review_id":%d,"f":0,"m":"cc"}`, d.ID))
	}
	r.violation("more than 10 messages")
	r.say("review/chat", fmt.Sprintf(`{"review_id":%d}`, d.ID))
	r.violation("review/chat without")
	r.say("review/dance", fmt.Sprintf(`{"review_id":%d}`, d.ID))
	r.violation(`no command "review/dance"`)
	if got := d.Log(); len(got) != maxReviewPace+1 {
		t.Errorf("the log has %q", got)
	}
}

func TestReviewIsTold(t *testing.T) { synctest.Test(t, testReviewIsTold) }

func testReviewIsTold(t *testing.T) {
	r, bob := newRude(t, Options{})
	d := r.srv.AddDemo(r.u, DemoSetup{Size: 9, Black: "Anna", BlackRank: 27, Private: true})
	name := fmt.Sprintf("review/%d/", d.ID)
	event := func(r *rude, what string) string {
		r.t.Helper()
		return string(r.read(`"` + name + what + `"`)[1])
	}
	id := fmt.Sprintf(`{"review_id":%d}`, d.ID)
	b := &rude{t: t, srv: r.srv, u: bob}
	r.in()
	b.in()
	b.post("review/connect", id)
	if got := event(b, "error"); got != `"This is a protected review"` {
		t.Errorf("bob is told %s", got)
	}
	d.Admit(bob)
	for _, who := range []*rude{r, b} {
		who.post("review/connect", id)
		var log []map[string]json.RawMessage
		if err := json.Unmarshal([]byte(event(who, "full_state")), &log); err != nil || len(log) != 1 || log[0]["gamedata"] == nil || log[0]["owner"] == nil || log[0]["controller"] == nil {
			t.Fatalf("the full state is %v, %v", log, err)
		}
	}
	r.post("review/append", fmt.Sprintf(`{"review_id":%d,"f":0,"m":"cc","t":"x","k":{"A":"cc"}}`, d.ID))
	for _, who := range []*rude{r, b} {
		if got := event(who, "r"); !strings.Contains(got, `"m":"cc"`) || !strings.Contains(got, `"ts":`) || strings.Contains(got, "review_id") {
			t.Errorf("told is %s", got)
		}
	}
	if reply := r.say("review/append", fmt.Sprintf(`{"review_id":%d,"f":0,"m":"ccdd"}`, d.ID)); len(reply) != 1 {
		t.Errorf("answered with %s", reply)
	}
	d.GiveControl(bob)
	event(b, "r")
	if got := event(b, "r"); !strings.Contains(got, fmt.Sprintf(`"controller":{"id":%d`, bob.ID)) {
		t.Errorf("told is %s", got)
	}
	b.post("review/append", fmt.Sprintf(`{"review_id":%d,"f":0,"m":"ccdd..","t+":"y"}`, d.ID))
	r.post("review/disconnect", id)
	if d.Watchers() != 1 || d.Tree() != `cc"x" dd .."y"` || d.ToMove() != board.White || len(d.Texts()) != 2 || d.Text() != "y" {
		t.Errorf("%d watch %s, %v to move, %q", d.Watchers(), d.Tree(), d.ToMove(), d.Texts())
	}
	r.post("review/append", fmt.Sprintf(`{"review_id":%d,"controller":%d}`, d.ID, r.u.ID)) // has left
	r.violation("before its full state")
	r.post("review/connect", id)
	r.post("review/append", fmt.Sprintf(`{"review_id":%d,"controller":%d}`, d.ID, r.u.ID))
	if d.Controller() != r.u {
		t.Error("the owner cannot take the control back")
	}
}

// TestReviewSketch holds the tree against positions that were worked out by hand.
func TestReviewSketch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRude(t, Options{})
		d := r.srv.AddDemo(r.u, DemoSetup{Size: 4})
		for _, step := range []struct{ line, board, tree string }{
			{"ba aa", "OX../..../..../....", "ba aa"},
			{"ba aa dd .. ab", ".X../X.../..../...X", "ba aa dd .. ab"},
			{"ba aa !2dd !0ba", "O.../..../..../...O", "ba aa(dd .. ab)(!2dd !0ba)"},
			{"ba .. ab aa", ".X../X.../..../....", "ba(aa(dd .. ab)(!2dd !0ba))(.. ab aa)"},
		} {
			if err := d.Draw(0, step.line, ""); err != nil {
				t.Fatal(err)
			}
			pos := d.Board()
			if got := strings.Join(pos.Rows(), "/"); got != step.board || d.Tree() != step.tree || d.Shown() != step.line {
				t.Errorf("after %s: %s, tree %s", step.line, got, d.Tree())
			}
		}
		if d.MainLine() != "ba aa dd .. ab" {
			t.Errorf("the main line is %s", d.MainLine())
		}
		if err := d.Draw(0, "aa aa", ""); err == nil {
			t.Error("two stones lie on one point")
		}
	})
}

func TestNotesRudeDemos(t *testing.T) { synctest.Test(t, testNotesRudeDemos) }

func testNotesRudeDemos(t *testing.T) {
	r, bob := newRude(t, Options{})
	const good = `{"name":"x","rules":"japanese","width":9,"height":9,"black_name":"A","black_ranking":5,"black_pro":0,"white_name":"B","white_ranking":37,"white_pro":1,"private":false,"komi_auto":"automatic"}`
	const agent = "rude/1 (test)"
	if code, body := r.request("POST", "/api/v1/demos", good, agent); code != http.StatusOK || !strings.Contains(body, `"id":`) {
		t.Fatalf("%d %s", code, body)
	}
	for _, f := range demoFields {
		code, _ := r.request("POST", "/api/v1/demos", strings.Replace(good, `"`+f+`"`, `"no_`+f+`"`, 1), agent)
		if code != http.StatusInternalServerError {
			t.Errorf("without %s: %d", f, code)
		}
		r.violation("a demo board without " + f)
	}
	for from, to := range map[string]string{`"width":9`: `"width":0`, `"height":9`: `"height":13`, `"japanese"`: `"chess"`, `"name":"x"`: `"name":""`,
		`"white_pro":1`: `"white_pro":2`, `"private":false`: `"private":false,"tournament_record_id":5`} {
		if code, _ := r.request("POST", "/api/v1/demos", strings.Replace(good, from, to, 1), agent); code != http.StatusBadRequest {
			t.Errorf("with %s: %d", to, code)
		}
	}
	for from, words := range map[string]string{`"white_ranking":37|"white_ranking":1037`: "1000 is to be taken off", `"automatic"|"custom"`: "komi_auto", `"black_pro":0|"black_pro":null`: "null"} {
		before, after, _ := strings.Cut(from, "|")
		r.request("POST", "/api/v1/demos", strings.Replace(good, before, after, 1), agent)
		r.violation(words)
	}
	private := r.srv.AddDemo(bob, DemoSetup{Size: 9, Private: true})
	mine := r.srv.AddDemo(r.u, DemoSetup{Size: 9})
	group := r.srv.AddGroup("Another", bob)
	for _, c := range []struct {
		method, path, body string
		code               int
	}{
		{"GET", fmt.Sprintf("reviews/%d/sgf", private.ID), "", http.StatusForbidden},
		{"GET", fmt.Sprintf("reviews/%d", mine.ID), "", http.StatusOK},
		{"GET", "reviews/7", "", http.StatusNotFound},
		{"PATCH", fmt.Sprintf("reviews/%d", private.ID), `{"name":"mine"}`, http.StatusForbidden},
		{"PATCH", fmt.Sprintf("reviews/%d", mine.ID), `{"title":"mine"}`, http.StatusBadRequest},
		{"PATCH", fmt.Sprintf("reviews/%d", mine.ID), `{"rules":"chess"}`, http.StatusBadRequest},
		{"PATCH", fmt.Sprintf("reviews/%d", mine.ID), `{"white_player_pro":1,"white_player_rank":40,"outcome":"B+R"}`, http.StatusOK},
		{"POST", fmt.Sprintf("reviews/%d/acl", mine.ID), fmt.Sprintf(`{"player_id":%d}`, bob.ID), http.StatusOK},
		{"POST", fmt.Sprintf("reviews/%d/acl", mine.ID), `{"player_id":7}`, http.StatusBadRequest},
		{"POST", "tournament_records/", `{"name":"x"}`, http.StatusBadRequest},
		{"POST", "tournament_records/", fmt.Sprintf(`{"name":"x","group":%d}`, group), http.StatusForbidden},
		{"POST", "tournament_records/7/rounds", `{"name":"x","notes":""}`, http.StatusNotFound},
		{"GET", "tournament_records/7", "", http.StatusNotFound},
		{"DELETE", fmt.Sprintf("reviews/%d", private.ID), "", http.StatusForbidden},
		{"DELETE", fmt.Sprintf("reviews/%d", mine.ID), "", http.StatusNoContent},
		{"GET", fmt.Sprintf("reviews/%d", mine.ID), "", http.StatusNotFound},
	} {
		if code, body := r.request(c.method, "/api/v1/"+c.path, c.body, agent); code != c.code {
			t.Errorf("%s %s %s: %d, want %d: %s", c.method, c.path, c.body, code, c.code, body)
		}
	}
	if d := mine.Setup(); !d.WhitePro || d.WhiteRank != 40 || d.Outcome != "B+R" {
		t.Errorf("now %+v", d)
	}
	r.violation("PATCH of a review with title")
	r.violation("without group and name")
}

func TestNotesRudeRecords(t *testing.T) { synctest.Test(t, testNotesRudeRecords) }

func testNotesRudeRecords(t *testing.T) {
	r, _ := newRude(t, Options{})
	const agent = "rude/1 (test)"
	group := r.srv.AddGroup("Club", r.u)
	_, body := r.request("POST", "/api/v1/tournament_records/", fmt.Sprintf(`{"name":"x","group":%d}`, group), agent)
	var made struct{ ID int64 }
	if json.Unmarshal([]byte(body), &made) != nil || r.srv.Record(made.ID) == nil {
		t.Fatal(body)
	}
	at := fmt.Sprintf("/api/v1/tournament_records/%d", made.ID)
	for _, c := range []struct{ method, path, body, words string }{
		{"PUT", at, `{"name":"y"}`, "fields missing"},
		{"POST", at + "/rounds", `{"name":"y"}`, "POST tournament_records/#/rounds with fields missing"},
		{"POST", at + "/players/", `{"name":"y"}`, "a rank that there is not"},
		{"POST", at + "/players/", `{"name":"y","rank":50}`, "a rank that there is not"},
		{"POST", at + "/players/", `{"rank":5}`, "POST tournament_records/#/players with fields missing"},
		{"POST", at + "/round/7/", `{"url":"x"}`, "POST tournament_records/#/round/# with fields missing"},
		{"POST", at + "/rounds", `[]`, "no JSON of the right form"},
	} {
		if code, _ := r.request(c.method, c.path, c.body, agent); code != http.StatusBadRequest {
			t.Errorf("%s %s: %d", c.method, c.path, code)
		}
		r.violation(c.words)
	}
	if rec := r.srv.Record(made.ID); rec.Name != "x" || len(rec.Rounds)+len(rec.Players) > 0 {
		t.Errorf("it is %+v", rec)
	}
}
