package web

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestCheckAddress(t *testing.T) {
	for address, ok := range map[string]bool{
		"https://online-go.com": true, "http://127.0.0.1:80/x": true, "http://localhost:1": true, "http://[::1]:9": true,
		"http://online-go.com": false, "ftp://127.0.0.1": false, "https://": false, "https://:443": false, "": false, "online-go.com": false,
		"https://user:hush@online-go.com": false, "http://hush@127.0.0.1": false, "http://127.0.0.1.example.org": false,
		"http://localhost.example.org": false, "https://a b": false, "https://hush:hush/": false, "http://[::1%25lo]": false,
	} {
		u, err := CheckAddress(address, "https", "http")
		if (err == nil) != ok {
			t.Errorf("%q: %v %v", address, u, err)
		}
		if err != nil && strings.Contains(err.Error(), "//hush") {
			t.Errorf("%q is in its error: %v", address, err)
		}
	}
	if u, err := CheckAddress(" https://x/y?token=hush#z ", "https", "http"); err != nil || u.String() != "https://x/y" {
		t.Errorf("%v %v", u, err)
	}
}

func TestSameOrigin(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"https://x/a", "https://X:443/b?c", true}, {"http://x:80", "http://x", true}, {"https://x", "http://x", false},
		{"https://x", "https://x:8443", false}, {"https://x", "https://a.x", false}, {"https://x:80", "http://x", false},
		{"http://[::1]:1", "http://[::1]:1/", true}, {"http://[::1]:1", "http://127.0.0.1:1/", false},
	} {
		a, _ := url.Parse(c.a)
		b, _ := url.Parse(c.b)
		if SameOrigin(a, b) != c.same || SameOrigin(b, a) != c.same {
			t.Errorf("%s and %s: want %v", a, b, c.same)
		}
	}
}

// A secret in a header, a form or the address goes to no other origin.
func TestSecretsStayWithTheirServer(t *testing.T) {
	var stray []string
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { stray = append(stray, r.URL.String()) }))
	defer other.Close()
	secure := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL+r.URL.Path, http.StatusTemporaryRedirect) // from TLS to plain
	}))
	defer secure.Close()
	var here *httptest.Server
	here = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch to := r.FormValue("to"); to {
		case "":
			io.WriteString(w, "arrived "+r.Header.Get("Authorization"))
		case "circle":
			http.Redirect(w, r, r.URL.String(), http.StatusFound)
		case "hops": // within the origin first, then away
			http.Redirect(w, r, here.URL+"/?to="+url.QueryEscape(other.URL), http.StatusFound)
		default:
			http.Redirect(w, r, to, http.StatusTemporaryRedirect)
		}
	}))
	defer here.Close()
	c := Client(secure.Client())
	defer c.CloseIdleConnections()
	do := func(method, address string) (string, error) {
		req, _ := http.NewRequest(method, address, strings.NewReader("client_secret=hush"))
		req.Header.Set("Authorization", "hush")
		resp, err := c.Do(req)
		if err != nil {
			return "", err
		}
		defer resp.Body.Close()
		b, _ := io.ReadAll(resp.Body)
		return fmt.Sprint(resp.StatusCode, " ", string(b)), nil
	}
	same := strings.Replace(here.URL, "127.0.0.1", "localhost", 1)
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut} {
		for _, address := range []string{here.URL + "/?to=" + other.URL, here.URL + "/?to=" + same, here.URL + "/?to=hops", secure.URL + "/x?token=hush"} {
			got, err := do(method, address)
			var refused *RedirectError
			if method == http.MethodGet && (!errors.As(err, &refused) || strings.Contains(refused.Error(), "hush")) ||
				method != http.MethodGet && (err != nil || !strings.HasPrefix(got, "30")) {
				t.Errorf("%s %s: %q %v", method, address, got, err)
			}
		}
	}
	if len(stray) > 0 {
		t.Errorf("the other server was asked for %q", stray)
	}
	if got, err := do(http.MethodGet, here.URL+"/?to=/elsewhere"); err != nil || got != "200 arrived hush" {
		t.Errorf("within the server: %q %v", got, err)
	}
	if _, err := do(http.MethodGet, here.URL+"/?to=circle"); err == nil || !strings.Contains(err.Error(), "circles") {
		t.Errorf("a circle: %v", err)
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"0": 0, "5": 5 * time.Second, " 5 ": 5 * time.Second, "1.5": 1500 * time.Millisecond,
		"9223372036854775807": LongestWait, "1e300": LongestWait, "Inf": LongestWait, "99999999999999999999999": LongestWait,
		"Sat, 28 Nov 2026 12:01:00 GMT": time.Minute, "Sat, 28 Nov 2020 12:01:00 GMT": 0, "Fri, 31 Dec 9999 23:59:59 GMT": LongestWait,
		"": -1, "-1": -1, "-1e300": -1, "NaN": -1, "soon": -1, "5 s": -1,
	} {
		got, asked := RetryAfter(http.Header{"Retry-After": {header}}, now)
		if asked != (want >= 0) || asked && got != want || !asked && got != 0 {
			t.Errorf("%q: %v %v, want %v", header, got, asked, want)
		}
	}
}

func TestBody(t *testing.T) {
	if b, err := Body(strings.NewReader("12345"), 5); err != nil || string(b) != "12345" {
		t.Errorf("%q %v", b, err)
	}
	if _, err := Body(strings.NewReader("123456"), 5); !errors.Is(err, ErrTooLarge) {
		t.Errorf("%v", err)
	}
}

func TestCheckDepth(t *testing.T) {
	deep := strings.Repeat("[", 1<<20)
	for text, ok := range map[string]bool{
		`{"a":[{"b":[]}]}`: true, `"` + deep + `"`: true, `{"a\"":"\\","b":"` + deep + `"}`: true,
		deep: false, strings.Repeat(`{"a":`, 65): false, strings.Repeat("[]", 1000): true, strings.Repeat("[", 64) + strings.Repeat("]", 64): true, "]": true,
	} {
		if err := CheckDepth([]byte(text), 64); (err == nil) != ok || err != nil && !errors.Is(err, ErrTooLarge) {
			t.Errorf("%.20q: %v", text, err)
		}
	}
}

func TestIsHTML(t *testing.T) {
	for _, c := range []struct {
		kind, body string
		want       bool
	}{
		{"application/json", `{}`, false}, {"text/html", `{"a":1}`, false}, {"text/html", `oops`, true}, {"text/html", ``, true},
		{"application/json", " <html>", true}, {"", "", false}, {"text/plain", "oops", false},
	} {
		if got := IsHTML(c.kind, []byte(c.body)); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}
