// Package version says which gobancam this is.
package version

// Version is the released version that this tree leads to.
const Version = "0.1.0"

// Address is where the project can be reached; servers see it in the
// User-Agent header.
const Address = "https://github.com/gobancam/gobancam"

// UserAgent is what every request of gobancam identifies itself with.
const UserAgent = "gobancam/" + Version + " (" + Address + ")"
