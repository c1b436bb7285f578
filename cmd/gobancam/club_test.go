package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/challonge/challongetest"
	"github.com/gobancam/gobancam/internal/patient"
	"github.com/gobancam/gobancam/internal/sim"
)

// room is a goban that is not there, with a person on either side and a camera
// on the network above it.
type room struct {
	live   *sim.Live
	camera string
}

func newRoom(t *testing.T) *room { return newRoomOf(t, 9) }

// newRoomOf has a board of so many lines.
func newRoomOf(t *testing.T, size int) *room {
	t.Helper()
	world, err := sim.New(sim.Default(size))
	if err != nil {
		t.Fatal(err)
	}
	return newRoomWith(t, world, 10)
}

// newRoomWith has a board as it is, and so many pictures of it a second. It is
// there when the camera has its first picture: a program waits five seconds for
// one, and a test that is watched for races on a busy machine may need more.
func newRoomWith(t *testing.T, world *sim.World, fps float64) *room {
	t.Helper()
	r := &room{live: sim.NewLive(world, fps, 1)}
	ctx, stop := context.WithCancel(t.Context())
	srv := httptest.NewServer(r.live)
	var running sync.WaitGroup
	running.Go(func() { r.live.Run(ctx) })
	t.Cleanup(func() {
		stop()
		srv.CloseClientConnections()
		srv.Close()
		running.Wait()
	})
	r.camera = srv.URL + "/stream.mjpg"
	for {
		if _, ok := r.live.Shot(); ok {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	r.live.Do(func(w *sim.World) {
		for _, p := range []*sim.Player{w.Player(sim.South), w.Player(sim.North)} {
			p.Speed = 2.5
		}
	})
	return r
}

// put has a stone put down, by the player to whom it belongs.
func (r *room) put(t *testing.T, c board.Color, at string) {
	t.Helper()
	p, err := board.ParseGTP(at, 9)
	if err != nil {
		t.Fatal(err)
	}
	r.live.Do(func(w *sim.World) {
		w.Player(map[board.Color]sim.Seat{board.Black: sim.South, board.White: sim.North}[c]).Place(p, c)
	})
}

// program is gobancam as a process of its own.
type program struct {
	t    *testing.T
	cmd  *exec.Cmd
	in   io.WriteCloser
	done chan error

	mu   sync.Mutex
	said bytes.Buffer // both outputs
	news chan struct{}
	read int // how far expect has looked
}

func (p *program) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.said.Write(b)
	select {
	case p.news <- struct{}{}:
	default:
	}
	return len(b), nil
}

// text is what was said so far.
func (p *program) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.said.String()
}

// start runs gobancam in the home that the environment names.
func start(t *testing.T, args ...string) *program {
	t.Helper()
	return startCommand(t, exec.Command("gobancam", args...))
}

// startIn runs gobancam in a home of its own, so that tests may run in parallel.
func startIn(t *testing.T, home string, args ...string) *program {
	t.Helper()
	cmd := exec.Command("gobancam", args...)
	cmd.Env = homeIn(home)
	return startCommand(t, cmd)
}

// homeIn is the environment with all that is kept in a directory.
func homeIn(dir string) []string {
	env := os.Environ()
	for _, name := range []string{"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"} {
		env = append(env, name+"="+filepath.Join(dir, name))
	}
	return env
}

func startCommand(t *testing.T, cmd *exec.Cmd) *program {
	t.Helper()
	p := &program{t: t, cmd: cmd, done: make(chan error, 1), news: make(chan struct{}, 1)}
	p.cmd.Stdout, p.cmd.Stderr = p, p
	p.cmd.WaitDelay = 10 * time.Second
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { p.done <- p.cmd.Wait() }()
	t.Cleanup(func() { p.cmd.Process.Kill() })
	return p
}

// patience is how long the program may take to say something on a machine that
// has little else to do; only a test that fails waits that long.
const patience = 90 * time.Second

// tooLate reports whether a program that was asked for something at a time has
// had its patience.
func tooLate(asked time.Time) bool { return patient.Over(asked, patience) }

// expect waits for a text, behind the one that was waited for last.
func (p *program) expect(text string) {
	p.t.Helper()
	asked, look := time.Now(), time.NewTicker(time.Second)
	defer look.Stop()
	for {
		all := p.text()
		if i := strings.Index(all[p.read:], text); i >= 0 {
			p.read += i + len(text)
			return
		}
		select {
		case <-p.news:
		case err := <-p.done:
			p.done <- err
			if all := p.text(); !strings.Contains(all[p.read:], text) {
				p.t.Fatalf("gobancam ended (%v) without saying %q:\n%s", err, text, all)
			}
		case <-look.C:
			if tooLate(asked) {
				p.t.Fatalf("gobancam does not say %q:\n%s", text, all)
			}
		}
	}
}

func (p *program) enter(lines ...string) {
	p.t.Helper()
	if _, err := io.WriteString(p.in, strings.Join(lines, "\n")+"\n"); err != nil {
		p.t.Fatalf("typing %q: %v", lines, err)
	}
}

// ends waits for the program's end and checks its exit code.
func (p *program) ends(code int) string {
	p.t.Helper()
	p.in.Close()
	for asked, ended := time.Now(), false; !ended; {
		select {
		case err := <-p.done:
			p.done <- err
			ended = true
		case <-time.After(time.Second):
			if tooLate(asked) {
				p.t.Fatalf("gobancam does not end:\n%s", p.text())
			}
		}
	}
	if got := p.cmd.ProcessState.ExitCode(); got != code {
		p.t.Fatalf("exit code %d, want %d:\n%s", got, code, p.text())
	}
	return p.text()
}

// kill ends the program as a power cut would.
func (p *program) kill() {
	p.t.Helper()
	p.cmd.Process.Kill()
	<-p.done
	p.done <- errors.New("killed")
}

// Two people play a match of a tournament at one board, by the real program:
// from the list of open matches, over the agreed dead stones, to the result at
// Challonge.
func TestRecordedMatch(t *testing.T) {
	srv := clubSite(t)
	sgf := filepath.Join(t.TempDir(), "game.sgf")
	r := newRoom(t)
	p := start(t, "record", "--match", "/", "--camera", r.camera, "--sgf", sgf, "--rules", "chinese", "--komi", "6.5", "--headless")
	p.expect("Which match?")
	p.expect("2  Ben – Chie (round 1, match B)")
	p.enter("2")
	p.expect("Who has Black?")
	p.enter("2")
	p.expect("Club evening 9x9, round 1, match B: Chie (B) – Ben (W).")
	p.expect("found a 9×9 board")
	contains(t, do(t, exitOK, "", "matches", "club", "--state", "open"), "being played  Ben – Chie")
	for i, at := range strings.Fields("E5 E3 E7 G5 C4 C6") {
		r.put(t, board.Black+board.Color(i%2), at)
		p.expect(`"event":"move"`)
	}
	p.enter("accept-score")
	p.expect("Both players pass first")
	p.enter("pass", "pass", "mark E3 G5 C6")
	p.expect("B+74.5")
	p.enter("accept-score")
	p.expect("match B: Chie (B) – Ben (W), B+74.5: Chie wins")
	p.expect("6.5 komi")
	p.expect("Report this to Challonge?")
	// The result of the match is not what was counted: a wrong one is typed,
	// then the right one, and the players agree.
	p.enter("nonsense", "B+73.5")
	p.expect("Chie (B) – Ben (W), B+73.5: Chie wins")
	if n := len(puts(srv)); n != 0 {
		t.Fatalf("reported %d times before anybody stood for it", n)
	}
	p.enter("p")
	p.expect("Challonge has the result")
	p.ends(exitOK)

	if n := len(puts(srv)); n != 1 {
		t.Errorf("reported %d times", n)
	}
	contains(t, do(t, exitOK, "", "matches", "club", "--state", "complete"), "0-1    Chie")
	file, err := os.ReadFile(sgf)
	if err != nil {
		t.Fatal(err)
	}
	attached := do(t, exitOK, "", "matches", "attachments", "club", "B")
	for name, text := range map[string]string{"file": string(file), "attachment": attached} {
		contains(t, name+": "+text, "PB[Chie]", "PW[Ben]", "EV[Club evening 9x9]", "RO[1, match B]", "SZ[9]", "KM[6.5]", "RE[B+73.5]", ";B[ee]", ";W[cd]", ";B[]", ";W[]")
	}
	contains(t, do(t, exitOK, "", "report", "--trail"), "confirmed", "the players", "taken", "attached")
}

// A club with a knock-out of four under way and somebody signed in.
func clubSite(t *testing.T) *challongetest.Server {
	t.Helper()
	if testing.Short() {
		t.Skip("plays in real time")
	}
	srv, u := home(t)
	t.Setenv(keyVariable, u.Key)
	do(t, exitOK, "", "create", "Club evening 9x9", "--url", "club", "--participants", "Anna,Ben,Chie,Doyun")
	do(t, exitOK, "", "start", "club")
	return srv
}

// puts are the requests that reported a result, whether they were answered or
// not.
func puts(srv *challongetest.Server) (list []challongetest.Request) {
	for _, r := range srv.Requests() {
		if r.Method == http.MethodPut && strings.Contains(r.Path, "/matches/") && !strings.Contains(r.Path, "change_state") {
			list = append(list, r)
		}
	}
	return list
}

// Whatever is in the way of a result: it waits on disk, over the end of the
// program, and gets there once.
func TestRecordedMatchIsReportedLater(t *testing.T) {
	r := newRoom(t)
	sent := []string{"report", "--send"}
	for _, c := range []struct {
		name  string
		fault func(*challongetest.Server) // when the game is over
		mend  func(*challongetest.Server)
		code  int    // of record
		says  string // record, of the trouble
		send  []string
		puts  int // requests that reported the result
	}{
		{"no network", func(s *challongetest.Server) { s.Break(challongetest.Fault{Drop: challongetest.Before, Times: -1}) },
			(*challongetest.Server).Mend, exitUnsure, "no answer from Challonge", sent, 1},
		{"a lost answer", func(s *challongetest.Server) {
			s.Break(challongetest.Fault{Method: "PUT", Drop: challongetest.After})
		}, nil, exitUnsure, "no answer from Challonge", sent, 1},
		{"500 and a web page", func(s *challongetest.Server) { s.Break(challongetest.Fault{Method: "PUT", Status: 500, HTML: true}) },
			nil, exitUnsure, "web page", sent, 2},
		{"503 to everything", func(s *challongetest.Server) { s.Break(challongetest.Fault{Status: 503, Times: -1}) },
			(*challongetest.Server).Mend, exitUnsure, "503", sent, 1},
		{"half an answer", func(s *challongetest.Server) { s.Break(challongetest.Fault{Method: "PUT", Garble: true}) },
			nil, exitUnsure, "cannot be understood", sent, 1},
		{"a spent quota", func(s *challongetest.Server) { s.SetQuota(0) }, func(s *challongetest.Server) {
			n := len(s.Requests())
			contains(t, do(t, exitUnsure, "", sent...), "nothing is sent before")
			if len(s.Requests()) != n {
				t.Error("a spent quota was asked again")
			}
			s.SetQuota(-1)
		}, exitUnsure, "quota", []string{"report", "--send", "--retry-quota"}, 1},
		{"a quota that resets soon", func(s *challongetest.Server) {
			s.Break(challongetest.Fault{Status: 429, RetryAfter: 3 * time.Second})
		}, nil, exitUnsure, "429", []string{"report", "--send", "--wait"}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			srv := clubSite(t)
			p := r.gameOver(t, "club/A")
			c.fault(srv)
			p.enter("p")
			p.expect("The result is kept here")
			contains(t, p.ends(c.code), c.says)
			if c.mend != nil {
				c.mend(srv)
			}
			contains(t, do(t, exitOK, "", c.send...), "No result waits")
			contains(t, do(t, exitOK, "", "matches", "club", "--state", "complete"), "Anna – Doyun  0-1    Doyun")
			if n := len(puts(srv)); n != c.puts {
				t.Errorf("%d requests reported the result, want %d", n, c.puts)
			}
			contains(t, do(t, exitOK, "", "matches", "attachments", "club", "A"), "RE[W+R]")
			do(t, exitOK, "", sent...)
			if n := len(puts(srv)); n != c.puts {
				t.Error("it was reported again")
			}
		})
	}
}

// gameOver plays a match of which Anna, with Black, resigns at once, up to the
// question whether the result is right.
func (r *room) gameOver(t *testing.T, match string) *program {
	t.Helper()
	p := start(t, "record", "--match", match, "--black", "Anna", "--camera", r.camera, "--headless", "--sgf", filepath.Join(t.TempDir(), "game.sgf"))
	p.expect("Anna (B) – Doyun (W)")
	p.enter("resign")
	p.expect("W+R: Doyun wins")
	p.expect("Report this to Challonge?")
	return p
}

// The sign-in ends during the game: one that can be refreshed is, the other
// one is asked for.
func TestRecordedMatchAndTheSignIn(t *testing.T) {
	srv, u := home(t)
	srv.AddApp("board", "")
	srv.SetInterval(time.Second)
	signInByPhone(t, srv, u)
	do(t, exitOK, "", "create", "Club evening 9x9", "--url", "club", "--participants", "Anna,Ben,Chie,Doyun")
	do(t, exitOK, "", "start", "club")
	r := newRoom(t)
	p := r.gameOver(t, "club/A")
	srv.ExpireTokens()
	p.enter("o")
	p.expect("Challonge has the result")
	p.ends(exitOK)

	do(t, exitOK, "", "matches", "reopen", "club", "A", "--yes")
	p = r.gameOver(t, "club/A")
	srv.RevokeTokens()
	p.enter("o")
	p.expect("gobancam challonge login")
	p.ends(exitUnsure)
	contains(t, do(t, exitUnsure, "", "report", "--waiting"), "confirmed by the organiser", "gobancam challonge login")
	signInByPhone(t, srv, u)
	contains(t, do(t, exitOK, "", "report", "--send"), "No result waits")
	if n := len(puts(srv)); n != 2 {
		t.Errorf("two games were reported by %d requests", n)
	}
}

// A power cut while the result is on its way; the next match at this machine
// brings it there.
func TestRecordedMatchKilled(t *testing.T) {
	srv := clubSite(t)
	r := newRoom(t)
	p := r.gameOver(t, "club/A")
	srv.Break(challongetest.Fault{Method: "PUT", Delay: time.Minute})
	p.enter("p")
	for trail := ""; !strings.Contains(trail, "sending"); {
		time.Sleep(20 * time.Millisecond)
		trail = do(t, exitOK, "", "report", "--trail")
	}
	p.kill()
	contains(t, do(t, exitOK, "", "matches", "club", "--state", "open"), "Anna – Doyun", "1 result waits")

	p = start(t, "record", "--match", "club/B", "--black", "Ben", "--camera", r.camera, "--headless", "--sgf", filepath.Join(t.TempDir(), "b.sgf"))
	p.expect("Challonge has a result that waited here: round 1, match A: Anna (B) – Doyun (W), W+R: Doyun wins.")
	if n := len(puts(srv)); n != 1 {
		t.Errorf("%d requests reported the result", n)
	}
	// Ctrl-C in the middle of a game: nothing is reported, and it says what to
	// do about it.
	p.cmd.Process.Signal(os.Interrupt)
	contains(t, p.ends(exitUnsure), "left without a result", "gobancam challonge report club B --winner NAME --sgf ")

	// Nobody is there to answer.
	p = start(t, "record", "--match", "club/B", "--black", "Ben", "--camera", r.camera, "--headless", "--sgf", filepath.Join(t.TempDir(), "b.sgf"))
	p.expect("Ben (B)")
	p.enter("resign")
	p.expect("Report this to Challonge?")
	contains(t, p.ends(exitFailed), "nobody answered", "gobancam challonge report club B --winner NAME", "b.sgf")
	contains(t, do(t, exitOK, "", "matches", "club", "--state", "open"), "Ben – Chie")
	if n := len(puts(srv)); n != 1 {
		t.Errorf("%d requests reported results", n)
	}
}

// A power cut in the middle of a game, and another one while its result is
// looked at: the same command goes on.
func TestRecordedMatchGoesOn(t *testing.T) {
	srv := clubSite(t)
	r := newRoom(t)
	args := []string{"record", "--match", "club/A", "--camera", r.camera, "--headless"}
	p := start(t, append(args, "--black", "Anna")...)
	p.expect("the game is kept in ")
	p.expect("found a 9×9 board")
	moves := strings.Fields("E5 E3 E7 G5 C4 C6 G7")
	for i, at := range moves[:6] {
		r.put(t, board.Black+board.Color(i%2), at)
		p.expect(`"event":"move"`)
	}
	p.kill()
	r.put(t, board.Black, moves[6]) // while nobody looks
	time.Sleep(2 * time.Second)

	p = start(t, args...) // who has Black is known
	p.expect("Anna (B) – Doyun (W)")
	p.expect("going on with the game in ")
	p.expect(`"number":7,"color":"B","point":"G7"`)
	p.enter("resign")
	p.expect("The game is over: B+R.")
	p.expect("Report this to Challonge?")
	p.kill()

	p = start(t, args...)
	p.expect("This game was played here and ended B+R.")
	p.enter("1")
	p.expect("B+R: Anna wins")
	p.enter("p")
	p.expect("Challonge has the result")
	p.ends(exitOK)
	if n := len(puts(srv)); n != 1 {
		t.Errorf("reported %d times", n)
	}
	file := do(t, exitOK, "", "matches", "attachments", "club", "A")
	contains(t, file, "PB[Anna]", "RE[B+R]", ";B[ee]", ";W[cd]", ";B[gc]")
	if strings.Contains(file, "AB[") || strings.Count(file, ";B[")+strings.Count(file, ";W[") != 7 {
		t.Errorf("the record is %s", file)
	}
}

// A file with a game in it is gone on with, and never written over.
func TestRecordInAFileThatIsThere(t *testing.T) {
	dir := t.TempDir()
	over, other := filepath.Join(dir, "over.sgf"), filepath.Join(dir, "other.sgf")
	os.WriteFile(over, []byte("(;GM[1]SZ[9]RE[W+R];B[ee])"), 0o600)
	os.WriteFile(other, []byte("my diary"), 0o600)
	for file, want := range map[string]string{over: "is over (W+R)", other: "no record of a game"} {
		before, _ := os.ReadFile(file)
		var out, errs bytes.Buffer
		if code := run(t.Context(), []string{"record", "--camera", "sim:9", "--sgf", file}, strings.NewReader(""), &out, &errs); code != exitUsage {
			t.Errorf("%s: exit code %d", file, code)
		}
		contains(t, errs.String(), want)
		if after, _ := os.ReadFile(file); !bytes.Equal(before, after) {
			t.Errorf("%s is now %s", file, after)
		}
	}
	srv, u := home(t)
	t.Setenv(keyVariable, u.Key)
	do(t, exitOK, "", "create", "Open", "--url", "open", "--participants", "Anna,Ben")
	do(t, exitOK, "", "start", "open")
	os.WriteFile(other, []byte("(;GM[1]SZ[9]PB[Anna]PW[Chie]EV[Open];B[ee])"), 0o600)
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"record", "--match", "open/A", "--camera", "sim:9", "--sgf", other}, strings.NewReader(""), &out, &errs); code != exitUsage {
		t.Errorf("exit code %d", code)
	}
	contains(t, errs.String(), "is of another game: Anna – Chie")
	if n := len(puts(srv)); n != 0 {
		t.Errorf("%d reports", n)
	}
}

// Two simulated people play at --camera sim:, to try the relay without a board.
func TestRecordSimulatedBoard(t *testing.T) {
	home(t)
	file := filepath.Join(t.TempDir(), "game.sgf")
	p := start(t, "record", "--camera", "sim:9", "--headless", "--sgf", file)
	p.expect(`"number":3,"color":"B"`)
	p.enter("quit")
	p.expect("record --sgf " + file + " goes on with it")
	p.ends(exitOK)
}

// The server as a process of its own, as its help says to use it.
func TestChallongeTestServer(t *testing.T) {
	home(t)
	server := start(t, "challongetest")
	server.expect(`"server":"`)
	server.expect(`"key":"`)
	server.expect("\n")
	at := regexp.MustCompile(`"server":"([^"]+)"`).FindStringSubmatch(server.text())
	key := regexp.MustCompile(`"key":"([^"]+)"`).FindStringSubmatch(server.text())
	t.Setenv("GOBANCAM_CHALLONGE_SERVER", at[1])
	t.Setenv(keyVariable, key[1])
	do(t, exitOK, "", "create", "Club 9x9", "--url", "club", "--participants", "Anna,Ben")
	do(t, exitOK, "", "start", "club")
	contains(t, do(t, exitOK, "", "report", "club", "A", "--winner", "Anna", "--by", "us"), "Challonge has it")
	server.cmd.Process.Signal(os.Interrupt)
	server.ends(exitOK)
}
