package main

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/gobancam/gobancam/internal/app/account"
	"github.com/gobancam/gobancam/internal/app/failure"
	"github.com/gobancam/gobancam/internal/app/games"
	"github.com/gobancam/gobancam/internal/app/seat"
	"github.com/gobancam/gobancam/ogs"
)

func TestAdvice(t *testing.T) {
	for want, err := range map[string]error{
		"sign in with 'gobancam login'":                                        fmt.Errorf("connecting: %w", &ogs.APIError{Status: http.StatusUnauthorized}),
		"see 'gobancam challenge list'":                                        fmt.Errorf("offering: %w", ogs.ErrUnnamedOffer),
		"sign in with 'gobancam login', or name a token in GOBANCAM_OGS_TOKEN": &account.SignedOutError{Server: "https://a.example"},
		"see 'gobancam games' and 'gobancam challenge list'":                   &games.StandsError{Challenge: 7, Err: ogs.ErrSignIn},
		"see 'gobancam games'":                                                 &games.NumberError{Number: 3, Running: 2},
		"see 'gobancam games' and name one":                                    games.ManyError(2),
		"offer one with 'gobancam challenge'":                                  games.ErrNone,
		"give --corners, or show the whole board":                              failure.As(failure.Unsure, seat.ErrNoPicture),
		"": errors.New("something else"),
	} {
		if got := adviceFor(err); got != want {
			t.Errorf("%v: %q, want %q", err, got, want)
		}
	}
}

// What kind an error is says how the program ends, wherever in it that stands.
func TestExitCodes(t *testing.T) {
	for _, c := range []struct {
		err  error
		code int
	}{
		{errors.New("it broke"), exitFailed},
		{failure.As(failure.Misuse, errors.New("no such file")), exitUsage},
		{fmt.Errorf("reading: %w", failure.As(failure.Unsure, errors.New("no board"))), exitUnsure},
		{advised(failure.As(failure.Unsure, seat.ErrNoPicture)), exitUnsure},
		{withCode(exitUnsure, failure.As(failure.Misuse, errSilent)), exitUnsure},
	} {
		if got := codeOf(c.err); got != c.code {
			t.Errorf("%v ends with %d, want %d", c.err, got, c.code)
		}
	}
}
