package main

import (
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"github.com/gobancam/gobancam/internal/app/account"
)

// TestHangup closes the terminal under a program that offers a game: whoever
// reads what it says is gone, and the offer is withdrawn all the same.
func TestHangup(t *testing.T) {
	if signal.Ignored(syscall.SIGHUP) {
		t.Skip("these tests were started to outlive their terminal, and so would the program be")
	}
	for name, args := range map[string][]string{
		"an offer":                {"challenge", "--size", "9"},
		"a search":                {"challenge", "match", "--size", "19"},
		"a challenge to somebody": {"challenge", "--size", "9", "bob"},
	} {
		t.Run(name, func(t *testing.T) {
			srv, alice, _ := ogsWorld(t)
			t.Setenv(account.TokenVariable, srv.Token(alice))
			stands := func() bool { return len(srv.Open())+srv.Searching() > 0 }
			reader, writer, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command("gobancam", args...)
			cmd.Stdout, cmd.Stderr = writer, writer
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			defer cmd.Process.Kill()
			writer.Close()
			until(t, "the offer stands", stands)
			reader.Close()
			if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() != exitFailed {
				t.Errorf("ended with %v", err)
			}
			until(t, "nothing is left standing", func() bool { return !stands() })
		})
	}
}

// TestNohup starts a program that is to outlive its terminal: it does.
func TestNohup(t *testing.T) {
	nohup, err := exec.LookPath("nohup")
	if err != nil {
		t.Skip(err)
	}
	srv, alice, _ := ogsWorld(t)
	t.Setenv(account.TokenVariable, srv.Token(alice))
	cmd := exec.Command(nohup, "gobancam", "challenge", "--size", "9")
	cmd.Stdin, cmd.Stdout = strings.NewReader(""), io.Discard
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	until(t, "the offer stands", func() bool { return len(srv.Open()) > 0 })
	if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	alive := srv.Count("challenge/keepalive")
	until(t, "it goes on", func() bool { return srv.Count("challenge/keepalive") > alive+1 })
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	if n := len(srv.Open()); n != 0 {
		t.Errorf("%d offers are left standing", n)
	}
}
