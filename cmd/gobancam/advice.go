package main

import (
	"errors"

	"github.com/gobancam/gobancam/ogs"
)

// advice is what to type next after an error of a library, which knows of no
// command line; empty where there is nothing to add.
func advice(err error) string {
	switch {
	case errors.Is(err, ogs.ErrSignIn):
		return "; sign in with 'gobancam login'"
	case errors.Is(err, ogs.ErrUnnamedOffer):
		return "; see 'gobancam challenge list'"
	}
	return ""
}
