// Package gtp speaks the Go Text Protocol, version 2: what its vertices,
// colours, commands and responses look like, and, in Client, how a program that
// speaks it is started and asked.
//
// The protocol is that of Gunnar Farnebäck, "Specification of the Go Text
// Protocol, version 2, draft 2". Where engines in use are laxer than it, what is
// read here is laxer too, as long as it can mean one thing only; what is written
// is the specification's. docs/gtp.md lists both.
//
// Everything that is read comes from a program that may do anything, so each
// reader has limits and each refusal a sentence.
package gtp
