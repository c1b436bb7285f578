//go:build unix

package gtp

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// ownGroup has the process begin a group of its own, so that a Ctrl-C in the
// terminal is not for it, and its children can be ended with it.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// killGroup kills the process and its children. It works on stopped ones too.
func killGroup(cmd *exec.Cmd) error {
	err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	if errors.Is(err, syscall.ESRCH) {
		return os.ErrProcessDone
	}
	return err
}
