package gtp

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"
)

// StartError says that a program could not be started.
type StartError struct {
	Line string // that was to be started
	Err  error
}

func (e *StartError) Error() string {
	return fmt.Sprintf("the program %q does not start: %v", e.Line, e.Err)
}

func (e *StartError) Unwrap() error { return e.Err }

// RefusedError is a response with a question mark: the command was not carried
// out, and the program goes on.
type RefusedError struct {
	Program, Command string
	Text             string // the program's reason
}

func (e *RefusedError) Error() string {
	why := e.Text
	if why == "" {
		why = "no reason is given"
	}
	return fmt.Sprintf("%s refuses %q: %s", base(e.Program), e.Command, why)
}

// CrashError says that a program ended.
type CrashError struct {
	Program string
	Command string // that it was asked; "" for none
	How     string // "exit status 1", "signal: killed"
	Talk    []string
}

func (e *CrashError) Error() string {
	return fmt.Sprintf("%s has ended%s (%s)%s", base(e.Program), during(e.Command), e.How, last(e.Talk))
}

// HangError says that a program did not answer in time.
type HangError struct {
	Program string
	Command string
	After   time.Duration
	Talk    []string
}

func (e *HangError) Error() string {
	return fmt.Sprintf("%s has not answered %q within %v%s", base(e.Program), e.Command, e.After.Round(time.Second/10), last(e.Talk))
}

// NonsenseError says that a program does not keep to the protocol.
type NonsenseError struct {
	Program string
	Command string // that it was asked; "" for none
	What    string // it did, as a clause
	Talk    []string
}

func (e *NonsenseError) Error() string {
	return fmt.Sprintf("%s does not keep to the protocol%s: %s%s", base(e.Program), during(e.Command), e.What, last(e.Talk))
}

// Fatal reports whether an error of Start or Ask is the end of the program: all
// are but a *RefusedError.
func Fatal(err error) bool {
	var refused *RefusedError
	return err != nil && !errors.As(err, &refused)
}

func base(program string) string { return filepath.Base(program) }

func during(command string) string {
	if command == "" {
		return ""
	}
	return fmt.Sprintf(" when asked %q", command)
}

// last is what the program said last on its standard error.
func last(talk []string) string {
	if len(talk) == 0 {
		return ""
	}
	return "; it said last: " + strings.Join(talk, " / ")
}
