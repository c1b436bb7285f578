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
group
demo
fault double-append
draw 1005 dp
draw 1005 dp pd
draw 7 dp
draw 1005
draw 1005 dpdp
control 1005 bob
control 1005 nobody
reviews
record

dance
violations
quit
fault after-the-end
`
	if code := run(t.Context(), []string{"ogstest", "--game", "--passive", "--size", "19"}, strings.NewReader(lines), &out, &errs); code != exitOK {
		t.Fatalf("exit code %d\n%s%s", code, &out, &errs)
	}
	contains(t, out.String(), `"server":"http://127.0.0.1:`, `"user":"alice"`, `"game":`)
	contains(t, errs.String(), `there is no fault "nothing"`, `parsing "x"`, "expire tokens, or expire jwts", `"soon"`, `"lose-move" is not a kind of game data`, `there is no command "dance"`,
		`there is no review "7"`, "all moves, as pddp", "played onto a stone", `there is no account "nobody"`)
	contains(t, out.String(), `"group":1004`, `"demo":1005`, `"main":"dp pd"`, `"controller":"bob"`)
	if n := strings.Count(errs.String(), "ogstest:"); n != 10 {
		t.Errorf("%d complaints:\n%s", n, &errs)
	}
}
