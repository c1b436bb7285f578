//go:build !unix

package gtp

import "os/exec"

// ownGroup does nothing: there are no groups of processes here.
func ownGroup(*exec.Cmd) {}

// killGroup kills the process; its children are left to themselves.
func killGroup(cmd *exec.Cmd) error { return cmd.Process.Kill() }
