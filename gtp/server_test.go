package gtp

import (
	"context"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/gobancam/gobancam/board"
)

func echo(_ context.Context, args []string) (string, error) { return strings.Join(args, " "), nil }

func served(ctx context.Context, s *Server, in io.Reader) (string, error) {
	var out strings.Builder
	err := s.Serve(ctx, in, &out)
	return out.String(), err
}

func TestServer(t *testing.T) {
	s := &Server{Name: "x", Version: "1.0"}
	s.Handle("echo", echo)
	s.Handle("lines", func(context.Context, []string) (string, error) { return "\na\n\nb", nil })
	s.Handle("fail", func(context.Context, []string) (string, error) { return "", errors.New("no\n\nway") })
	for in, want := range map[string]string{
		"":                                       "",
		"\n#x\n1 name\n":                         "=1 x\n\n",
		"0 version":                              "=0 1.0\n\n",
		"protocol_version\r\n":                   "= 2\n\n",
		"list_commands\n":                        "= echo\nfail\nknown_command\nlines\nlist_commands\nname\nprotocol_version\nquit\nversion\n\n",
		"2 known_command echo x":                 "?2 syntax error\n\n",
		"known_command quit":                     "= true\n\n",
		"3 quit\n4 name\n":                       "=3\n\n",
		"lines\n5 fail\n":                        "=\na\n \nb\n\n?5 no\n \nway\n\n",
		"6\n7 nothing\n":                         "?6 syntax error\n\n?7 unknown command\n\n",
		"8 echo\ta # b\nquit\nquit":              "=8 a\n\n=\n\n",
		strings.Repeat("x", 70_000) + "\n9 name": "? a line is longer than 64 kB; it is passed over\n\n=9 x\n\n",
	} {
		if got, err := served(t.Context(), s, strings.NewReader(in)); got != want || err != nil {
			t.Errorf("%.40q: %q, %v", in, got, err)
		}
	}
	r, w := io.Pipe()
	r.Close()
	if err := s.Serve(t.Context(), strings.NewReader("name\n"), w); err == nil {
		t.Error("an output that is gone is no error")
	}
	broken := errors.New("broken")
	if _, err := served(t.Context(), s, io.MultiReader(strings.NewReader("name\n"), brokenReader{broken})); !errors.Is(err, broken) {
		t.Error(err)
	}
}

type brokenReader struct{ err error }

func (b brokenReader) Read([]byte) (int, error) { return 0, b.err }

// TestWhoeverWaits: commands keep their order; quit, the end of the input and
// that of the program end the wait.
func TestWhoeverWaits(t *testing.T) {
	for end, want := range map[string]string{
		"echo a\nquit\n": "?1 interrupted by quit\n\n= a\n\n?2 interrupted by quit\n\n=\n\n",
		"echo a\n":       "?1 interrupted: the input has ended\n\n= a\n\n?2 interrupted: the input has ended\n\n",
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &Server{}
			s.Handle("echo", echo)
			s.Handle("wait", func(ctx context.Context, _ []string) (string, error) {
				<-ctx.Done()
				return "", context.Cause(ctx)
			})
			in, w := io.Pipe()
			var out strings.Builder
			done := make(chan error)
			go func() { done <- s.Serve(t.Context(), in, &out) }()
			io.WriteString(w, "1 wait\n")
			synctest.Wait()
			if out.Len() > 0 {
				t.Errorf("%q", out.String())
			}
			io.WriteString(w, strings.Replace(end, "echo a\n", "echo a\n2 wait\n", 1))
			w.Close()
			if err := <-done; err != nil || out.String() != want {
				t.Errorf("%q, %v", out.String(), err)
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		s := &Server{}
		s.Handle("wait", func(ctx context.Context, _ []string) (string, error) { <-ctx.Done(); return "", context.Cause(ctx) })
		in, w := io.Pipe()
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		var out strings.Builder
		go func() { done <- s.Serve(ctx, in, &out) }()
		io.WriteString(w, "wait\n")
		synctest.Wait()
		stop()
		if err := <-done; !errors.Is(err, context.Canceled) || out.String() != "? context canceled\n\n" {
			t.Errorf("%q, %v", out.String(), err)
		}
		w.Close()
	})
}

// TestFixedHandicap: the stones are those of GNU Go, on every board.
func TestFixedHandicap(t *testing.T) {
	path, err := exec.LookPath("gnugo")
	if err != nil {
		if path, err = exec.LookPath("/usr/games/gnugo"); err != nil {
			t.Skip("GNU Go, the independent oracle, is not installed (Debian package gnugo)")
		}
	}
	var script strings.Builder
	type board2 struct{ size, n int }
	var all []board2
	for size := 5; size <= 19; size++ {
		for n := 0; n <= 10; n++ {
			all = append(all, board2{size, n})
			c := NewCommand("boardsize", itoa(size)).String() + "\nclear_board\n" + NewCommand("fixed_handicap", itoa(n)).String() + "\n"
			script.WriteString(c)
		}
	}
	cmd := exec.Command(path, "--mode", "gtp")
	cmd.Stdin = strings.NewReader(script.String())
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	answers := NewResponseReader(strings.NewReader(string(out)))
	for _, b := range all {
		answers.Next()
		answers.Next()
		a, err := answers.Next()
		if err != nil {
			t.Fatal(err)
		}
		want, _ := ParseVertices(a.Text, b.size)
		if a.Failed {
			want = nil
		}
		got := FixedHandicap(b.size, b.n)
		if board.SetOf(got...) != board.SetOf(want...) || len(got) != len(want) || (got == nil) != a.Failed {
			t.Errorf("%d stones on %d×%d: %s, GNU Go has %q", b.n, b.size, b.size, FormatVertices(got, b.size), a.Text)
		}
	}
}

func itoa(n int) string {
	digits := []byte{}
	for ; n > 0 || len(digits) == 0; n /= 10 {
		digits = append(digits, byte('0'+n%10))
	}
	slices.Reverse(digits)
	return string(digits)
}

// FuzzServer: whatever comes, each command has one response with its id, and
// nothing else is written.
func FuzzServer(f *testing.F) {
	f.Add("1 echo a\n# x\n2\nquit\n3 name")
	f.Add("echo \x00\x7f\n\n\n=1\n? x\n")
	f.Fuzz(func(t *testing.T, in string) {
		s := &Server{Name: "x"}
		s.Handle("echo", echo)
		out, err := served(t.Context(), s, strings.NewReader(in))
		if err != nil {
			t.Fatal(err)
		}
		commands, answers := NewCommandReader(strings.NewReader(in)), NewResponseReader(strings.NewReader(out))
		for {
			c, err := commands.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			a, bad := answers.Next()
			if bad != nil || a.HasID != c.HasID || a.ID != c.ID || err != nil && !a.Failed {
				t.Fatalf("%q: %+v answers %+v (%v, %v)", in, a, c, err, bad)
			}
			if err == nil && c.Name == "quit" {
				break
			}
		}
		if a, err := answers.Next(); err != io.EOF {
			t.Fatalf("%q: %+v is not asked for", in, a)
		}
	})
}
