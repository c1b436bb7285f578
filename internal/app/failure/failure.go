// Package failure tells the errors of the application apart by what scripts
// want to know of them: whether they asked for what cannot be, or whether a
// board was not surely seen. An error of neither kind is one of its own: what
// was asked for went wrong.
package failure

import "errors"

// Kind says what an error means to whoever called the program.
type Kind int

// The kinds.
const (
	Other  Kind = iota // what was asked for went wrong
	Misuse             // it was asked for wrongly, or names what cannot be read
	Unsure             // a board was not found, or not surely
)

// kindError is an error with its kind.
type kindError struct {
	kind Kind
	err  error
}

func (e *kindError) Error() string { return e.err.Error() }
func (e *kindError) Unwrap() error { return e.err }

// As returns err as an error of a kind, with the same words.
func As(kind Kind, err error) error { return &kindError{kind, err} }

// Of returns the kind of an error.
func Of(err error) Kind {
	var e *kindError
	if errors.As(err, &e) {
		return e.kind
	}
	return Other
}
