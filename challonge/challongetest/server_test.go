package challongetest_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/gobancam/gobancam/challonge/challongetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// ask sends a request as a client would that was written without this package
// in mind.
func ask(t *testing.T, s *challongetest.Server, method, path, body string, header ...string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := s.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(data)
}

func TestTheServerIsStrict(t *testing.T) {
	s := challongetest.New()
	defer s.Close()
	u := s.AddUser("organiser")
	const agent, accept, kind, scheme, auth = "User-Agent", "Accept", "Content-Type", "Authorization-Type", "Authorization"
	api := "application/vnd.api+json"
	good := []string{agent, "test/1", accept, "application/json", kind, api, scheme, "v1", auth, u.Key}
	with := func(name, value string) []string {
		h := append([]string{}, good...)
		for i := 0; i < len(h); i += 2 {
			if h[i] == name {
				h[i+1] = value
			}
		}
		return h
	}
	const tournament = `{"data":{"type":"Tournaments","attributes":{"name":"x","tournament_type":"swiss"}}}`
	for _, c := range []struct {
		name, method, path, body string
		header                   []string
		want                     int
		violation                string
	}{
		{"as it should be", "GET", "/v2.1/me.json", "", good, 200, ""},
		{"no Accept", "GET", "/v2.1/me.json", "", with(accept, "*/*"), 406, "Accept"},
		{"plain JSON", "GET", "/v2.1/me.json", "", with(kind, "application/json"), 415, "Content-Type"},
		{"no name", "GET", "/v2.1/me.json", "", with(agent, ""), 200, "User-Agent"},
		{"no scheme", "GET", "/v2.1/me.json", "", with(scheme, ""), 401, "Authorization-Type"},
		{"a key as a bearer", "GET", "/v2.1/me.json", "", with(auth, "Bearer "+u.Key), 401, ""},
		{"a key as a token", "GET", "/v2.1/me.json", "", with(scheme, "v2"), 401, ""},
		{"no .json", "GET", "/v2.1/me", "", good, 404, ".json"},
		{"no such route", "GET", "/v2.1/you.json", "", good, 404, ""},
		{"no tournament", "GET", "/v2.1/tournaments/1/matches.json", "", good, 404, ""},
		{"a tournament", "POST", "/v2.1/tournaments.json", tournament, good, 201, ""},
		{"another method", "PATCH", "/v2.1/tournaments.json", tournament, good, 405, ""},
		{"no document", "POST", "/v2.1/tournaments.json", `{"name":"x"}`, good, 400, "JSON:API"},
		{"another type", "POST", "/v2.1/tournaments.json", strings.Replace(tournament, "Tournaments", "Match", 1), good, 400, "type"},
		{"no name of it", "POST", "/v2.1/tournaments.json", strings.Replace(tournament, `"x"`, `""`, 1), good, 422, ""},
		{"no kind of it", "POST", "/v2.1/tournaments.json", strings.Replace(tournament, "swiss", "chess", 1), good, 422, ""},
		{"not built", "POST", "/v2.1/tournaments.json", strings.Replace(tournament, "swiss", "free for all", 1), good, 422, ""},
	} {
		before := len(s.Violations())
		status, text := ask(t, s, c.method, c.path, c.body, c.header...)
		if status != c.want {
			t.Errorf("%s: %d, want %d: %s", c.name, status, c.want, text)
		}
		if after := s.Violations()[before:]; (c.violation == "") != (len(after) == 0) || c.violation != "" && !strings.Contains(after[0], c.violation) {
			t.Errorf("%s: violations %q", c.name, after)
		}
	}
}

func TestScopes(t *testing.T) {
	s := challongetest.New()
	defer s.Close()
	s.AddApp("app", "secret")
	token := func(scope string) string {
		_, text := ask(t, s, "POST", "/oauth/token", "grant_type=client_credentials&client_id=app&client_secret=secret&scope="+scope,
			"Content-Type", "application/x-www-form-urlencoded", "User-Agent", "test/1")
		_, rest, _ := strings.Cut(text, `"access_token":"`)
		token, _, _ := strings.Cut(rest, `"`)
		return token
	}
	header := func(token string) []string {
		return []string{"User-Agent", "test/1", "Accept", "application/json", "Content-Type", "application/vnd.api+json", "Authorization-Type", "v2", "Authorization", "Bearer " + token}
	}
	for scope, want := range map[string]int{"application:manage": 200, "tournaments:read": 403, "": 403} {
		if status, text := ask(t, s, "GET", "/v2.1/application/tournaments.json", "", header(token(scope))...); status != want {
			t.Errorf("%q: %d %s", scope, status, text)
		}
	}
	tok := token("tournaments:read")
	if status, _ := ask(t, s, "GET", "/v2.1/tournaments.json", "", header(tok)...); status != 200 {
		t.Errorf("reading: %d", status)
	}
	if status, _ := ask(t, s, "POST", "/v2.1/tournaments.json", "{}", header(tok)...); status != 403 {
		t.Errorf("writing: %d", status)
	}
	s.Advance(challongetest.TokenLife + time.Second)
	if status, _ := ask(t, s, "GET", "/v2.1/tournaments.json", "", header(tok)...); status != 401 {
		t.Errorf("a week later: %d", status)
	}
}

func TestPollingTooFast(t *testing.T) {
	s := challongetest.New()
	defer s.Close()
	s.AddApp("app", "")
	form := []string{"Content-Type", "application/x-www-form-urlencoded", "User-Agent", "test/1"}
	_, text := ask(t, s, "POST", "/oauth/authorize_device", "client_id=app&scope=me", form...)
	_, rest, _ := strings.Cut(text, `"device_code":"`)
	code, _, _ := strings.Cut(rest, `"`)
	poll := "grant_type=urn:ietf:params:oauth:grant-type:device_code&client_id=app&device_code=" + code
	if _, text := ask(t, s, "POST", "/oauth/token", poll, form...); !strings.Contains(text, "slow_down") {
		t.Errorf("at once: %s", text)
	}
	if v := s.Violations(); len(v) != 1 || !strings.Contains(v[0], "polled after") {
		t.Errorf("%q", v)
	}
}

func Example() {
	s := challongetest.New()
	defer s.Close()
	u := s.AddUser("organiser")
	s.Break(challongetest.Fault{Path: "/me", Status: 503, HTML: true})
	for range 2 {
		req, _ := http.NewRequest("GET", s.URL+"/v2.1/me.json", nil)
		req.Header = http.Header{"Accept": {"application/json"}, "Content-Type": {"application/vnd.api+json"},
			"User-Agent": {"club/1"}, "Authorization-Type": {"v1"}, "Authorization": {u.Key}}
		resp, err := s.Client().Do(req)
		if err != nil {
			fmt.Println(err)
			return
		}
		resp.Body.Close()
		fmt.Println(resp.StatusCode)
	}
	fmt.Println(len(s.Violations()))
	// Output:
	// 503
	// 200
	// 0
}
