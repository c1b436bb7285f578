//go:build !linux

package window

// Need is something that the window opens by name when it starts.
type Need struct {
	Name    string // of the library
	Package string // that has it
}

// Lacks lists what the window would not find: nothing, since here it uses what
// the system itself has.
func Lacks() []Need { return nil }

// Answers says why no window can be opened, or nil.
func Answers() error { return Available() }
