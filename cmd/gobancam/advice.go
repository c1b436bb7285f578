package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/gobancam/gobancam/challonge"
	"github.com/gobancam/gobancam/internal/app/account"
	"github.com/gobancam/gobancam/internal/app/camera"
	"github.com/gobancam/gobancam/internal/app/games"
	"github.com/gobancam/gobancam/internal/app/seat"
	"github.com/gobancam/gobancam/internal/club/desk"
	"github.com/gobancam/gobancam/internal/club/outbox"
	"github.com/gobancam/gobancam/internal/config"
	"github.com/gobancam/gobancam/ogs"
)

// advisedError is an error that says what to type.
type advisedError struct {
	err    error
	advice string
}

func (e *advisedError) Error() string { return e.err.Error() + "; " + e.advice }
func (e *advisedError) Unwrap() error { return e.err }

// advised adds to an error of a library, which knows no command line, what to
// type to get further. An error without such an advice comes back as it is.
func advised(err error) error {
	var already *advisedError
	if err == nil || errors.As(err, &already) {
		return err
	}
	if advice := adviceFor(err); advice != "" {
		return &advisedError{err, advice}
	}
	return err
}

func adviceFor(err error) string {
	var spent *challonge.QuotaError
	var other *outbox.ErrOther
	var none *desk.NoMatchError
	var over *desk.OverError
	var absent *camera.NoneError
	var away *camera.AwayError
	var out *account.SignedOutError
	var stands *games.StandsError
	var many games.ManyError
	var number *games.NumberError
	var faulty *config.Error
	switch {
	case errors.As(err, &faulty):
		return "'gobancam config edit' opens it"
	case errors.As(err, &out):
		return "sign in with 'gobancam login', or name a token in " + account.TokenVariable
	case errors.As(err, &stands):
		return "see 'gobancam games' and 'gobancam challenge list'"
	case errors.As(err, &number), errors.Is(err, games.ErrOver):
		return "see 'gobancam games'"
	case errors.Is(err, games.ErrNone):
		return "offer one with 'gobancam challenge'"
	case errors.As(err, &many):
		return "see 'gobancam games' and name one"
	case errors.Is(err, seat.ErrNoPicture):
		return "give --corners, or show the whole board"
	case errors.Is(err, ogs.ErrSignIn):
		return "sign in with 'gobancam login'"
	case errors.Is(err, ogs.ErrUnnamedOffer):
		return "see 'gobancam challenge list'"
	case errors.As(err, &absent):
		return "name it by --camera or in the window; 'gobancam doctor' says what is wrong with each"
	case errors.As(err, &away):
		return "'gobancam doctor' with the same --camera looks further"
	case errors.Is(err, challonge.ErrSignIn):
		return "sign in with 'gobancam challonge login'"
	case errors.Is(err, challonge.ErrNoSecret):
		return "set GOBANCAM_CHALLONGE_CLIENT_SECRET, or GOBANCAM_CHALLONGE_CLIENT_SECRET_FILE"
	case errors.As(err, &spent):
		return "reports wait in the outbox, and 'gobancam challonge whoami --retry-quota' asks at once"
	case errors.As(err, &other):
		return fmt.Sprintf("'gobancam challonge report --withdraw %s' does", other.Report.ID)
	case errors.As(err, &none):
		return fmt.Sprintf("'gobancam challonge matches %s' lists them", none.Tournament.Short)
	case errors.As(err, &over):
		return fmt.Sprintf("'gobancam challonge matches reopen %s %s' does", over.Tournament.Short, over.Match.Label())
	case errors.Is(err, challonge.ErrNotFound):
		return "name the community with --community"
	}
	return ""
}

// advisedAuth has the error of a sign-in that has ended say what to type,
// wherever it is kept or shown.
type advisedAuth struct{ challonge.Auth }

// Sign implements challonge.Auth.
func (a advisedAuth) Sign(ctx context.Context, h http.Header) error {
	return advised(a.Auth.Sign(ctx, h))
}

// hints are what the user of the commands does by hand.
func (f *challongeFlags) hints() desk.Hints {
	return desk.Hints{Report: f.byHand, Held: "gobancam challonge report --waiting", Send: "gobancam challonge report --send"}
}

// byHand is the command that reports the result of a table.
func (f *challongeFlags) byHand(t *desk.Table) string {
	at := ""
	if f.community != "" {
		at = " --community " + f.community
	}
	return fmt.Sprintf("gobancam challonge report %s %s --winner NAME%s", t.Tournament.Short, t.Match.Label(), at)
}
