package main

import (
	"bytes"
	"strings"
	"testing"
)

// What is typed into the test server is carried out, or complained about.
func TestOGSTestCommands(t *testing.T) {
	var out, errs bytes.Buffer
	lines := `fault lose-move 2 10ms
fault nothing
fault lose-move x
expire tokens
expire milk
restart soon
nonsense lose-move
raw [1,2]
heal
record

dance
violations
quit
fault after-the-end
`
	if code := run(t.Context(), []string{"ogstest", "--game", "--passive"}, strings.NewReader(lines), &out, &errs); code != exitOK {
		t.Fatalf("exit code %d\n%s%s", code, &out, &errs)
	}
	contains(t, out.String(), `"server":"http://127.0.0.1:`, `"user":"alice"`, `"game":`)
	contains(t, errs.String(), `there is no fault "nothing"`, `parsing "x"`, "expire tokens, or expire jwts", `"soon"`, `"lose-move" is not a kind of game data`, `there is no command "dance"`)
	if n := strings.Count(errs.String(), "ogstest:"); n != 6 {
		t.Errorf("%d complaints:\n%s", n, &errs)
	}
}
