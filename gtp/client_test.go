//go:build unix

package gtp

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// fakeVariable makes the test binary a program that misbehaves as it says.
const fakeVariable = "GOBANCAM_TEST_GTP"

func TestMain(m *testing.M) {
	if how := os.Getenv(fakeVariable); how != "" {
		misbehave(how)
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// misbehave is a program of one bad habit, which shows when it is asked "go".
func misbehave(how string) {
	fmt.Fprintf(os.Stderr, "noise\nI am the fake that does %s\n", how)
	if how == "speak first" {
		fmt.Print("= hello\n\n")
	}
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		c, _, _ := ParseCommand(in.Text())
		if c.Name == "quit" {
			if how != "deaf" {
				fmt.Print(string(c.Success("").Bytes()))
				return
			}
			continue
		}
		if c.Name == "look" {
			watch(c, how, in)
			continue
		}
		if c.Name != "go" {
			fmt.Print(string(c.Success(c.Name).Bytes()))
			continue
		}
		answer(c, how)
	}
	if how == "deaf" {
		time.Sleep(time.Hour)
	}
}

// watch goes on telling what it sees until a line comes, or as its habit is.
func watch(c Command, how string, in *bufio.Scanner) {
	switch how {
	case "refuse":
		fmt.Print(string(c.Failure("I see nothing").Bytes()))
		return
	case "wrong id":
		c.ID++
	case "prose":
		fmt.Print("I see...\n\n")
		return
	}
	fmt.Printf("=%d\nseen 1\r\n\tseen 2\n", c.ID)
	switch how {
	case "twice": // by itself
		fmt.Println()
		return
	case "crash":
		os.Exit(7)
	case "endless line":
		for {
			if _, err := fmt.Print(strings.Repeat("x", 1000)); err != nil {
				os.Exit(9)
			}
		}
	case "flood":
		for i := 3; ; i++ {
			if _, err := fmt.Println("seen", i); err != nil {
				os.Exit(9)
			}
		}
	case "long":
		fmt.Println(strings.Repeat("seen ", 100_000)) // half a megabyte
	case "hang":
		time.Sleep(time.Hour)
	}
	in.Scan()
	fmt.Print("seen last\n\n")
}

func answer(c Command, how string) {
	switch how {
	case "well":
		fmt.Print(string(c.Success("gone").Bytes()))
	case "refuse":
		fmt.Print(string(c.Failure("I \x1b[31mwill not").Bytes()))
	case "no id":
		fmt.Print("= gone\n\n")
	case "wrong id":
		fmt.Printf("=%d gone\n\n", c.ID+1)
	case "huge id":
		fmt.Print("=123456789012345678901234567890 gone\n\n")
	case "prose":
		fmt.Print("Thinking...\n\n")
	case "twice":
		fmt.Printf("=%d gone\n\n=%d gone\n\n", c.ID, c.ID)
	case "endless line":
		for {
			if _, err := fmt.Print(strings.Repeat("x", 1000)); err != nil {
				os.Exit(9)
			}
		}
	case "endless response":
		for fmt.Printf("=%d x\n", c.ID); ; {
			if _, err := fmt.Print("y\n"); err != nil {
				os.Exit(9)
			}
		}
	case "flood":
		for {
			if _, err := fmt.Printf("=%d gone\n\n", c.ID); err != nil {
				os.Exit(9)
			}
		}
	case "half":
		fmt.Printf("=%d go", c.ID)
		os.Exit(3)
	case "crash":
		fmt.Fprintln(os.Stderr, "it hurts")
		os.Exit(7)
	case "die":
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		time.Sleep(time.Minute)
	case "stop":
		_ = syscall.Kill(os.Getpid(), syscall.SIGSTOP)
	case "hang", "deaf":
		time.Sleep(time.Hour)
	case "close":
		_ = os.Stdout.Close()
		time.Sleep(time.Hour)
	case "child": // which keeps the output open, and would live on
		child := exec.Command("sleep", "1000")
		child.Stdout, child.Stderr = os.Stdout, os.Stderr
		if err := child.Start(); err != nil {
			os.Exit(8)
		}
		fmt.Printf("=%d %d\n\n", c.ID, child.Process.Pid)
	case "orphan": // dies and leaves a child
		child := exec.Command("sleep", "1000")
		child.Stdout = os.Stdout
		if err := child.Start(); err != nil {
			os.Exit(8)
		}
		os.Exit(4)
	case "binary":
		_, _ = io.CopyN(os.Stdout, randomBytes{}, 1<<16)
		fmt.Print("\n\n")
	}
}

type randomBytes struct{}

func (randomBytes) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(i*7 + i>>3)
	}
	return len(p), nil
}

func start(t *testing.T, how string) *Client {
	t.Helper()
	t.Setenv(fakeVariable, how)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c, err := Start(t.Context(), strconv.Quote(self))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// TestMisbehaviour: whatever a program does is an error of its kind, with a
// sentence, in bounded time, and nothing of it is left over.
func TestMisbehaviour(t *testing.T) {
	crash := func(err error) bool { var e *CrashError; return errors.As(err, &e) }
	hang := func(err error) bool { var e *HangError; return errors.As(err, &e) }
	nonsense := func(err error) bool { var e *NonsenseError; return errors.As(err, &e) }
	for how, want := range map[string]struct {
		is   func(error) bool
		says string
	}{
		"no id":            {nonsense, "does not repeat the id 2"},
		"wrong id":         {nonsense, "the id 3 instead of 2"},
		"huge id":          {nonsense, "beyond"},
		"prose":            {nonsense, "Thinking..."},
		"endless line":     {nonsense, "longer than 64 kB"},
		"endless response": {nonsense, "longer than 10000 lines"},
		"half":             {crash, "exit status 3"},
		"crash":            {crash, "it hurts"},
		"die":              {crash, "signal: killed"},
		"orphan":           {crash, "exit status 4"},
		"close":            {crash, "has ended"},
		"stop":             {hang, `has not answered "go" within 1s`},
		"hang":             {hang, "I am the fake that does hang"},
		"binary":           {nonsense, "protocol"},
	} {
		t.Run(how, func(t *testing.T) {
			c := start(t, how)
			if text, err := c.Ask(t.Context(), 20*time.Second, "name"); err != nil || text != "name" {
				t.Fatal(text, err)
			}
			within := 20 * time.Second
			if how == "stop" || how == "hang" {
				within = time.Second
			}
			_, err := c.Ask(t.Context(), within, "go")
			if !want.is(err) || !strings.Contains(err.Error(), want.says) || !Fatal(err) {
				t.Errorf("%T: %v", err, err)
			}
			if strings.ContainsAny(err.Error(), "\x1b\n") || len(err.Error()) > 2000 {
				t.Errorf("a sentence of %d bytes: %q", len(err.Error()), err)
			}
			if _, again := c.Ask(t.Context(), time.Second, "name"); again != err {
				t.Errorf("then %v", again)
			}
		})
	}
}

// TestStream: what a program goes on saying comes line by line, and ends when it
// is to, whatever the program thinks of that.
func TestStream(t *testing.T) {
	for how, want := range map[string]struct {
		more int // lines that are wanted; 0: until the time is up
		is   func(error) bool
		says string
	}{
		"well":         {2, func(err error) bool { return err == nil }, ""},
		"long":         {3, func(err error) bool { return err == nil }, ""},
		"twice":        {0, func(err error) bool { return err == nil }, ""},
		"refuse":       {0, func(err error) bool { return err != nil && !Fatal(err) }, "I see nothing"},
		"speak late":   {0, func(err error) bool { return err == nil }, ""},
		"wrong id":     {0, Fatal, "instead of 1"},
		"prose":        {0, Fatal, "I see..."},
		"crash":        {0, Fatal, "exit status 7"},
		"endless line": {0, Fatal, "longer than 1 MB"},
		"flood":        {5, Fatal, "the end of look"},
		"hang":         {2, Fatal, "the end of look"},
	} {
		t.Run(how, func(t *testing.T) {
			c := start(t, how)
			ctx, enough := context.WithTimeout(t.Context(), 20*time.Second)
			defer enough()
			if how == "wrong id" || how == "speak late" {
				ctx, enough = context.WithTimeout(t.Context(), 300*time.Millisecond)
				defer enough()
			}
			within := 20 * time.Second
			if how == "flood" || how == "hang" {
				within = 500 * time.Millisecond
			}
			var seen []string
			err := c.Stream(ctx, within, func(line string) bool {
				seen = append(seen, line)
				return len(seen) != want.more
			}, "look", "around")
			if !want.is(err) || err != nil && !strings.Contains(err.Error(), want.says) {
				t.Fatalf("%T: %v", err, err)
			}
			switch {
			case how == "wrong id" || how == "prose" || how == "refuse":
				if len(seen) > 0 {
					t.Errorf("seen is %q", seen)
				}
			case len(seen) < 2 || seen[0] != "seen 1" || seen[1] != " seen 2" || want.more > 0 && len(seen) != want.more:
				t.Errorf("seen is %q", shorten(strings.Join(seen, "|")))
			}
			// It lives on if it did nothing wrong.
			if text, after := c.Ask(t.Context(), 20*time.Second, "name"); Fatal(err) != (after != nil) || after == nil && text != "name" {
				t.Errorf("then %q, %v", text, after)
			}
		})
	}
}

func TestGoodProgram(t *testing.T) {
	c := start(t, "well")
	for range 50 {
		if text, err := c.Ask(t.Context(), 20*time.Second, "go"); err != nil || text != "gone" {
			t.Fatal(text, err)
		}
	}
	c.Close()
	select {
	case <-c.Done():
	default:
		t.Error("a closed program goes on")
	}
	if _, err := c.Ask(t.Context(), time.Second, "go"); err == nil {
		t.Error("a closed program was asked")
	}

	c = start(t, "refuse")
	var refused *RefusedError
	if _, err := c.Ask(t.Context(), 20*time.Second, "go"); !errors.As(err, &refused) || Fatal(err) || refused.Text != "I [31mwill not" {
		t.Error(err)
	}
	if text, err := c.Ask(t.Context(), 20*time.Second, "name"); err != nil || text != "name" {
		t.Error("after a refusal:", text, err)
	}
}

// TestUnasked: a response that nobody asked for is not taken for the next one.
func TestUnasked(t *testing.T) {
	for _, how := range []string{"speak first", "twice", "flood"} {
		c := start(t, how)
		var nonsense *NonsenseError
		var err error
		for range 3 {
			if _, err = c.Ask(t.Context(), 20*time.Second, "go"); err != nil {
				break
			}
		}
		if how == "speak first" && err == nil || err != nil && !errors.As(err, &nonsense) {
			t.Errorf("%s: %v", how, err)
		}
		if how != "speak first" && err == nil {
			t.Errorf("%s passed for good behaviour", how)
		}
		c.Close()
	}
}

// TestChildrenEnd: what a program has started ends with it.
func TestChildrenEnd(t *testing.T) {
	c := start(t, "child")
	text, err := c.Ask(t.Context(), 20*time.Second, "go")
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	for range 100 {
		if err := syscall.Kill(pid, 0); err != nil {
			return
		}
		if stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); err == nil && strings.Contains(string(stat), ") Z ") {
			return // nobody has waited for it; it does nothing any more
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Error("a child of the program lives on")
}

// TestContext: when the context ends, so does the program, in the middle of an
// answer or deaf to everything.
func TestContext(t *testing.T) {
	t.Setenv(fakeVariable, "deaf")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	c, err := Start(ctx, strconv.Quote(self)+` "an argument"`)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	asked := make(chan error)
	go func() {
		_, err := c.Ask(ctx, time.Hour, "go")
		asked <- err
	}()
	stop()
	var crash *CrashError
	if err := <-asked; !errors.Is(err, context.Canceled) && !errors.As(err, &crash) {
		t.Error(err)
	}
	<-c.Done()
}

func TestLines(t *testing.T) {
	for line, want := range map[string]string{
		`gnugo --mode gtp`:                       "gnugo|--mode|gtp",
		`"/opt/Kata Go/katago" gtp -model 'a b'`: "/opt/Kata Go/katago|gtp|-model|a b",
		`a\ b $HOME *`:                           "a b|$HOME|*",
	} {
		if words, err := ParseLine(line); err != nil || strings.Join(words, "|") != want {
			t.Errorf("%s is %q, %v", line, words, err)
		}
	}
	for _, line := range []string{"", "  ", `gnugo "--mode`, `""`} {
		if words, err := ParseLine(line); err == nil {
			t.Errorf("%q is %q", line, words)
		}
	}
	var start *StartError
	if _, err := Start(t.Context(), "/nowhere/at/all --mode gtp"); !errors.As(err, &start) || !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}
