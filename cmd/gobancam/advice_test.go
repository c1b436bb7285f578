package main

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/gobancam/gobancam/ogs"
)

func TestAdvice(t *testing.T) {
	for want, err := range map[string]error{
		"sign in with 'gobancam login'": fmt.Errorf("connecting: %w", &ogs.APIError{Status: http.StatusUnauthorized}),
		"see 'gobancam challenge list'": fmt.Errorf("offering: %w", ogs.ErrUnnamedOffer),
		"":                              errors.New("something else"),
	} {
		if got := adviceFor(err); got != want {
			t.Errorf("%v: %q, want %q", err, got, want)
		}
	}
}
