package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/gobancam/gobancam/internal/app/account"
	"github.com/gobancam/gobancam/internal/credentials"
	"github.com/gobancam/gobancam/internal/version"
	"github.com/gobancam/gobancam/ogs"
)

// How far this clock may be from the server's. The game itself goes by the
// server's; sign-ins and the times in records go by this one.
const (
	astray  = 5 * time.Second
	useless = 5 * time.Minute
)

// server asks the server for the time of day.
func server(ctx context.Context, o Options) []Finding {
	if _, err := ogs.NewClient(o.Server.Options(nil)); err != nil {
		return one(Wrong, err.Error(), "")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, o.Server.Address, nil)
	if err != nil {
		return one(Wrong, err.Error(), "")
	}
	req.Header.Set("User-Agent", version.UserAgent)
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	begun := time.Now()
	resp, err := client.Do(req)
	took := time.Since(begun)
	var failed *url.Error
	switch {
	case errors.As(err, &failed):
		text := fmt.Sprintf("%s does not answer: %v; games at the board and against a program need no network", o.Server.Address, failed.Err)
		if proxy, _ := http.ProxyFromEnvironment(req); proxy != nil {
			text += "; the proxy " + proxy.Host + " is used"
		}
		return one(Wrong, text, "")
	case err != nil:
		return one(Wrong, err.Error(), "")
	}
	resp.Body.Close()
	if resp.StatusCode >= 500 {
		return one(Wrong, fmt.Sprintf("%s is in trouble: %s", o.Server.Address, resp.Status), "")
	}
	text := fmt.Sprintf("%s answers in %d ms", o.Server.Address, took.Milliseconds())
	date, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		return one(Good, text, "")
	}
	return drifted(text, begun.Add(took/2).Sub(date.Add(time.Second/2))) // the header has whole seconds
}

// drifted adds to a text how far apart the clocks are.
func drifted(text string, apart time.Duration) []Finding {
	by := fmt.Sprintf("%s; this computer's clock is %v off", text, apart.Abs().Round(time.Second))
	switch {
	case apart.Abs() >= useless:
		return one(Wrong, by+", and sign-ins fail with such a clock", "sudo timedatectl set-ntp true")
	case apart.Abs() >= astray:
		return one(Note, by, "sudo timedatectl set-ntp true")
	}
	return one(Good, text+", and the clocks agree", "")
}

// signIn says whether somebody is signed in, without using it.
func signIn(_ context.Context, o Options) []Finding {
	for _, name := range []string{account.TokenVariable, account.JWTVariable} {
		if _, from, err := credentials.FromEnvironment(name); err != nil {
			return one(Wrong, err.Error(), "")
		} else if from != "" || os.Getenv(name) != "" {
			return one(Good, "by "+name, "")
		}
	}
	server := o.Server
	server.Notice = func(string) {} // told of the key ring
	store := server.Store()
	switch _, err := store.Get(server.Key()); {
	case errors.Is(err, credentials.ErrNone):
		return []Finding{{What: SignedOut, Grade: Note, Text: "nobody is signed in at " + o.Server.Address}}
	case err != nil:
		return []Finding{{What: SignedOut, Grade: Wrong, Text: err.Error()}}
	}
	return one(Good, "somebody is signed in at "+strings.TrimRight(o.Server.Address, "/")+"; it is kept in "+store.Place(), "")
}

func keyRing(context.Context, Options) []Finding {
	store := credentials.New(credentials.Options{Notice: func(string) {}})
	if err := store.Ring(); err != nil {
		return one(Note, err.Error()+"; sign-ins are kept in "+store.Dir()+", readable by you alone", "")
	}
	return one(Good, "sign-ins are kept in "+credentials.Keyring, "")
}
