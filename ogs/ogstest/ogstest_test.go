package ogstest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"github.com/gobancam/gobancam/board"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rude is a client that does what it is told, however wrong.
type rude struct {
	t   *testing.T
	srv *Server
	u   *User
	ws  *websocket.Conn
	n   int
}

func newRude(t *testing.T, o Options) (*rude, *User) {
	t.Helper()
	o.Memory = true
	srv, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(srv.Close)
	return &rude{t: t, srv: srv, u: srv.AddUser("alice")}, srv.AddUser("bob")
}

func (r *rude) request(method, path, body, agent string) (int, string) {
	r.t.Helper()
	req, err := http.NewRequest(method, r.srv.URL()+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	if agent != "" {
		req.Header.Set("User-Agent", agent)
	}
	req.Header.Set("Authorization", "Bearer "+r.srv.Token(r.u))
	req.Header.Set("Content-Type", "application/json")
	if strings.HasPrefix(path, "/oauth2/") {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: r.srv.Dial}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	if to := resp.Header.Get("Location"); to != "" {
		return resp.StatusCode, to
	}
	return resp.StatusCode, string(b)
}

func (r *rude) dial() {
	r.t.Helper()
	ws, _, err := (&websocket.Dialer{NetDialContext: r.srv.Dial}).Dial("ws"+strings.TrimPrefix(r.srv.URL(), "http")+"/", http.Header{"User-Agent": {"rude/1 (test)"}})
	if err != nil {
		r.t.Fatal(err)
	}
	r.ws = ws
	r.t.Cleanup(func() { ws.Close() })
}

// say sends a command and returns its reply.
func (r *rude) say(command, data string) []json.RawMessage {
	r.t.Helper()
	r.n++
	id := fmt.Sprint(r.n)
	if err := r.ws.WriteMessage(websocket.TextMessage, []byte(`["`+command+`",`+data+`,`+id+`]`)); err != nil {
		r.t.Fatal(err)
	}
	return r.read(id)
}

// read returns the first message that begins with what is wanted.
func (r *rude) read(want string) []json.RawMessage {
	r.t.Helper()
	r.ws.SetReadDeadline(time.Now().Add(2 * time.Minute))
	for {
		var parts []json.RawMessage
		if err := r.ws.ReadJSON(&parts); err != nil {
			r.t.Fatalf("waiting for %s: %v", want, err)
		}
		if string(parts[0]) == want {
			return parts
		}
	}
}

func (r *rude) violation(part string) {
	r.t.Helper()
	for _, v := range r.srv.Violations() {
		if strings.Contains(v, part) {
			return
		}
	}
	r.t.Errorf("%q was not noted; there are %q", part, r.srv.Violations())
}

func TestNotesRudeSockets(t *testing.T) { synctest.Test(t, testNotesRudeSockets) }

func testNotesRudeSockets(t *testing.T) {
	r, bob := newRude(t, Options{})
	g, err := r.srv.StartGame(Setup{Black: r.u, White: bob, Size: 9})
	if err != nil {
		t.Fatal(err)
	}
	r.dial()
	game := fmt.Sprintf(`{"game_id":%d`, g.ID)
	r.say("game/move", game+`,"move":"cc"}`)
	r.violation("before it was signed in")
	if reply := r.say("authenticate", `{"jwt":"","client":"rude"}`); len(reply) != 1 {
		t.Errorf("a guest was answered %s", reply)
	}
	if reply := r.say("authenticate", `{"jwt":"`+r.srv.JWT(r.u)+`","client":"rude"}`); len(reply) != 2 || !strings.Contains(string(reply[1]), "alice") {
		t.Errorf("the owner of a jwt was answered %s", reply)
	}
	if reply := r.say("game/move", game+`,"move":"cc"}`); len(reply) != 3 {
		t.Errorf("a move before game data was answered %s", reply)
	}
	r.violation("has not seen its game data")
	r.ws.WriteMessage(websocket.TextMessage, []byte(`["game/connect",`+game+`,"chat":false}]`))
	r.read(fmt.Sprintf(`"game/%d/gamedata"`, g.ID))

	for move, words := range map[string]string{"zz": `the move "zz"`, "Q16": `the move "Q16"`} {
		r.say("game/move", game+`,"move":"`+move+`"}`)
		r.violation(words)
	}
	r.say("game/move", game+`}`)
	r.violation("game/move without move")
	r.srv.Inject(Fault{Kind: LoseMove})
	r.ws.WriteMessage(websocket.TextMessage, []byte(`["game/move",`+game+`,"move":"cc"},90]`))
	r.say("game/move", game+`,"move":"cc"}`)
	r.violation("sent again without a look")
	if reply := r.say("game/move", game+`,"move":"dd"}`); len(reply) != 3 {
		t.Errorf("a move out of turn was answered %s", reply)
	}
	g.Play(bob, board.Point{X: 6, Y: 6})
	r.say("game/move", game+`,"move":".."}`)
	g.Play(bob, board.Pass)
	if g.Phase() != "stone removal" {
		t.Fatalf("the game is in %s", g.Phase())
	}
	r.say("game/removed_stones/accept", game+`,"stones":"cc","strict_seki_mode":false}`)
	r.violation(`removed_stones/accept with "cc"`)
	r.say("game/removed_stones/accept", game+`,"stones":""}`)
	r.violation("without strict_seki_mode")
	r.say("game/removed_stones/set", game+`,"removed":true,"stones":"c"}`)
	r.violation("removed_stones/set with the points")
	if got := strings.Join(g.Moves(), " "); got != "cc gg .. .." {
		t.Errorf("the game has %s", got)
	}
}

func TestNotesRudeRequests(t *testing.T) { synctest.Test(t, testNotesRudeRequests) }

func testNotesRudeRequests(t *testing.T) {
	r, bob := newRude(t, Options{Keepalive: 100 * time.Millisecond})
	good := map[string]any{"initialized": false, "min_ranking": -1000, "max_ranking": 1000, "challenger_color": "automatic", "rengo_auto_start": 0}
	game := map[string]any{"name": "x", "rules": "chinese", "ranked": false, "width": 9, "height": 9, "handicap": 0, "komi_auto": "automatic",
		"disable_analysis": false, "initial_state": nil, "private": false, "rengo": false, "pause_on_weekends": false, "time_control": "simple",
		"time_control_parameters": map[string]any{"system": "simple", "time_control": "simple", "speed": "live", "pause_on_weekends": false, "per_move": 30}}
	post := func(leave string) (int, string) {
		g := map[string]any{}
		for k, v := range game {
			if k != leave {
				g[k] = v
			}
		}
		good["game"] = g
		b, _ := json.Marshal(good)
		return r.request("POST", fmt.Sprintf("/api/v1/players/%d/challenge", bob.ID), string(b), "polite/1 (test)")
	}
	if status, body := post(""); status != 200 || !strings.Contains(body, `"challenge"`) {
		t.Fatalf("a good challenge: %d %s", status, body)
	}
	for field := range game {
		if status, body := post(field); status != 500 || !strings.Contains(body, "<h1>") {
			t.Errorf("a challenge without %s: %d %s", field, status, body)
		}
		r.violation("without game." + field)
	}
	time.Sleep(time.Second)
	if n := len(r.srv.Open()); n > 0 {
		t.Errorf("%d challenges stand that nobody keeps alive", n)
	}
	r.request("GET", "/api/v1/me", "", "")
	r.violation("names no program")
	r.srv.Inject(Fault{Kind: Status, Delay: 2 * time.Second})
	if status, _ := r.request("GET", "/api/v1/me", "", "polite/1 (test)"); status != 429 {
		t.Errorf("status %d", status)
	}
	r.request("GET", "/api/v1/me", "", "polite/1 (test)")
	r.violation("Retry-After")
}

func TestOAuthChecks(t *testing.T) { synctest.Test(t, testOAuthChecks) }

func testOAuthChecks(t *testing.T) {
	r, _ := newRude(t, Options{Clients: []OAuthClient{{ID: "app", Redirect: "http://127.0.0.1:9/back"}}})
	challenge := "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM" // RFC 7636, appendix B
	verifier := "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	authorize := func(change url.Values) (int, string) {
		q := url.Values{"response_type": {"code"}, "client_id": {"app"}, "redirect_uri": {"http://127.0.0.1:9/back"}, "state": {"s"},
			"scope": {"read write"}, "code_challenge": {challenge}, "code_challenge_method": {"S256"}}
		for k, v := range change {
			q[k] = v
		}
		return r.request("GET", "/oauth2/authorize/?"+q.Encode(), "", "")
	}
	for name, tt := range map[string]struct {
		change url.Values
		want   string
	}{
		"plain":    {url.Values{"code_challenge_method": {"plain"}}, "error=invalid_request"},
		"no state": {url.Values{"state": {""}}, "error=invalid_request"},
		"scope":    {url.Values{"scope": {"everything"}}, "error=invalid_scope"},
		"redirect": {url.Values{"redirect_uri": {"http://127.0.0.1:10/back"}}, "not registered"},
		"client":   {url.Values{"client_id": {"other"}}, "not registered"},
	} {
		if _, got := authorize(tt.change); !strings.Contains(got, tt.want) {
			t.Errorf("%s: %s", name, got)
		}
	}
	redeem := func(verifier string) string {
		_, to := authorize(nil)
		back, err := url.Parse(to)
		if err != nil || back.Query().Get("state") != "s" {
			t.Fatalf("%s, %v", to, err)
		}
		form := url.Values{"grant_type": {"authorization_code"}, "code": {back.Query().Get("code")}, "redirect_uri": {"http://127.0.0.1:9/back"},
			"client_id": {"app"}, "code_verifier": {verifier}}
		_, body := r.request("POST", "/oauth2/token/", form.Encode(), "polite/1 (test)")
		_, again := r.request("POST", "/oauth2/token/", form.Encode(), "polite/1 (test)")
		if !strings.Contains(again, "invalid_grant") {
			t.Errorf("a code was taken twice: %s", again)
		}
		return body
	}
	if got := redeem(strings.Repeat("x", 43)); !strings.Contains(got, "invalid_grant") {
		t.Errorf("a wrong verifier: %s", got)
	}
	if got := redeem(verifier); !strings.Contains(got, "refresh_token") {
		t.Errorf("a right verifier: %s", got)
	}
}

// TestClocks lets time run out under every system, and only then.
func TestClocks(t *testing.T) {
	ms := time.Millisecond
	for name, tt := range map[string]struct {
		tc   TimeControl
		life time.Duration // of the player who does not move
	}{
		"fischer":  {TimeControl{System: "fischer", Main: 150 * ms, Increment: 50 * ms, Max: 300 * ms}, 150 * ms},
		"byoyomi":  {TimeControl{System: "byoyomi", Main: 50 * ms, Period: 50 * ms, Periods: 3}, 200 * ms},
		"canadian": {TimeControl{System: "canadian", Main: 100 * ms, Period: 100 * ms, Stones: 5}, 200 * ms},
		"simple":   {TimeControl{System: "simple", Main: 150 * ms}, 150 * ms},
		"absolute": {TimeControl{System: "absolute", Main: 150 * ms}, 150 * ms},
		"none":     {TimeControl{System: "none"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, bob := newRude(t, Options{})
				g, err := r.srv.StartGame(Setup{Black: r.u, White: bob, Size: 9, Time: tt.tc})
				if err != nil {
					t.Fatal(err)
				}
				if !g.Play(r.u, board.Point{X: 2, Y: 2}) {
					t.Fatal("the first move is not possible")
				}
				if tt.life == 0 {
					time.Sleep(time.Hour)
					if outcome, _ := g.Outcome(); g.Phase() != "play" {
						t.Errorf("a game without a clock ended: %s", outcome)
					}
					return
				}
				time.Sleep(tt.life - ms)
				if g.Phase() != "play" {
					t.Error("the time was up too early")
				}
				time.Sleep(30 * ms) // the server looks 20 ms late
				if outcome, winner := g.Outcome(); outcome != "Timeout" || winner != board.Black {
					t.Errorf("ended %q, %v", outcome, winner)
				}
			})
		})
	}
}

func TestLoopbackOnly(t *testing.T) {
	for _, addr := range []string{":0", "0.0.0.0:0", "example.org:0", "nonsense"} {
		if srv, err := New(Options{Addr: addr}); err == nil {
			srv.Close()
			t.Errorf("it listens at %s", addr)
		}
	}
}
