package ogs_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/limits"
	"github.com/gobancam/gobancam/ogs"
)

// apply works messages, as JSON, into a tree. It returns the errors of those that
// made no sense.
func apply(t *testing.T, tree *ogs.ReviewTree, messages ...string) (errs []string) {
	t.Helper()
	for _, text := range messages {
		var m ogs.ReviewMessage
		err := json.Unmarshal([]byte(text), &m)
		if err == nil {
			err = tree.Apply(m)
		}
		if err != nil {
			errs = append(errs, err.Error())
		}
	}
	return errs
}

// all writes a tree as ogstest does.
func all(t *ogs.ReviewTree) string {
	var b strings.Builder
	var walk func(id ogs.NodeID)
	walk = func(id ogs.NodeID) {
		n, kids := t.Node(id), t.Children(id)
		if id != 0 {
			b.WriteString(n.Move.String())
		}
		if n.Text != "" {
			fmt.Fprintf(&b, "%q", n.Text)
		}
		for _, k := range kids {
			switch {
			case len(kids) > 1:
				b.WriteString("(")
				walk(k)
				b.WriteString(")")
			case id != 0 || n.Text != "":
				b.WriteString(" ")
				walk(k)
			default:
				walk(k)
			}
		}
	}
	walk(0)
	return b.String()
}

func TestReviewTree(t *testing.T) {
	for name, tt := range map[string]struct {
		messages []string
		tree     string
		shown    string
		board    string // rows, as they are shown; "" for any
		toMove   board.Color
		bad      int
	}{
		"nothing":                     {nil, "", "", "", board.Black, 0},
		"a line":                      {[]string{`{"f":0,"m":"aabb"}`}, "aa bb", "aa bb", "X.../.O../..../....", board.Black, 0},
		"step by step":                {[]string{`{"f":0,"m":"aa"}`, `{"f":0,"m":"aabb"}`, `{"f":0,"m":"aabb"}`}, "aa bb", "aa bb", "", board.Black, 0},
		"a shorter line":              {[]string{`{"f":0,"m":"aabb"}`, `{"f":0,"m":"aa"}`}, "aa bb", "aa", "X.../..../..../....", board.White, 0},
		"a variation":                 {[]string{`{"f":0,"m":"aabb"}`, `{"f":0,"m":"aacc"}`}, "aa(bb)(cc)", "aa cc", "", board.Black, 0},
		"a pass":                      {[]string{`{"f":0,"m":"..bb"}`}, ".. bb", ".. bb", "..../.O../..../....", board.Black, 0},
		"a capture":                   {[]string{`{"f":0,"m":"baaadd.."}`, `{"f":0,"m":"baaadd..ab"}`}, "ba aa dd .. ab", "ba aa dd .. ab", ".X../X.../..../...X", board.White, 0},
		"suicide":                     {[]string{`{"f":0,"m":"ba..abaa"}`}, "ba .. ab aa", "ba .. ab aa", ".X../X.../..../....", board.Black, 0},
		"ko at once":                  {[]string{`{"f":0,"m":"baaa..ca.."}`}, "ba aa .. ca ..", "ba aa .. ca ..", "", board.White, 0},
		"set-ups":                     {[]string{`{"f":0,"m":"!1aa!2bb!1cc!0aacd"}`}, "!1aa !2bb !1cc !0aa cd", "!1aa !2bb !1cc !0aa cd", "..../.O../..X./..X.", board.White, 0},
		"a stone over one":            {[]string{`{"f":0,"m":"aa!2aa"}`}, "aa !2aa", "aa !2aa", "O.../..../..../....", board.White, 0},
		"edits are told apart":        {[]string{`{"f":0,"m":"!1aa"}`, `{"f":0,"m":"!2aa"}`}, "(!1aa)(!2aa)", "!2aa", "", board.Black, 0},
		"a stone put down and played": {[]string{`{"f":0,"m":"!1aabb"}`, `{"f":0,"m":"aa"}`}, "aa bb", "aa", "", board.White, 0},
		"a text":                      {[]string{`{"f":0,"m":"aa","t":"one"}`, `{"t+":" two"}`, `{"t+":"\nthree"}`}, "aa\"one two\\nthree\"", "aa", "", board.White, 0},
		"a text too early":            {[]string{`{"t":"lost"}`, `{"f":0,"m":"aa"}`}, "aa", "aa", "", board.White, 1},
		"a text of the root":          {[]string{`{"f":0,"m":"","t":"it"}`, `{"f":0,"m":"aa"}`}, "\"it\" aa", "aa", "", board.White, 0},
		"a text replaced":             {[]string{`{"f":0,"m":"aa","t":"one"}`, `{"f":0,"m":"aa","t":""}`}, "aa", "aa", "", board.White, 0},
		"deleted":                     {[]string{`{"f":0,"m":"aabbcc"}`, `{"f":0,"m":"aabb"}`, `{"delete":1}`}, "aa", "aa", "", board.White, 0},
		"deleted by name":             {[]string{`{"f":0,"m":"aabb"}`, `{"f":0,"m":"aacc"}`, `{"f":0,"m":"aabb","delete":1}`}, "aa cc", "aa", "", board.White, 0},
		"deleted twice":               {[]string{`{"f":0,"m":"aabb"}`, `{"f":0,"m":"aabb","delete":1}`, `{"f":0,"m":"aabb","delete":1}`}, "aa", "aa", "", board.White, 0},
		"the root deleted":            {[]string{`{"f":0,"m":"aa"}`, `{"f":0,"m":""}`, `{"delete":1}`}, "aa", "", "", board.Black, 1},
		"and drawn again":             {[]string{`{"f":0,"m":"aabb","t":"x"}`, `{"f":0,"m":"aa"}`, `{"delete":1}`, `{"f":0,"m":"ddaa"}`}, "dd aa", "dd aa", "O.../..../..../...X", board.Black, 0},
		"onto a stone":                {[]string{`{"f":0,"m":"aabb"}`, `{"f":0,"m":"aabbaa"}`}, "aa bb", "", "", board.Black, 1},
		"onto a stone later":          {[]string{`{"f":0,"m":"ccddcc"}`}, "cc dd", "", "", board.Black, 1},
		"beyond the board":            {[]string{`{"f":0,"m":"zz"}`}, "..", "..", "", board.White, 0},
		"no letters":                  {[]string{`{"f":0,"m":"aa"}`, `{"f":0,"m":"aab"}`, `{"f":0,"m":"aa!3bb"}`, `{"f":0,"m":"aa!1b"}`, `{"f":0,"m":"aa\u0000b"}`, `{"f":0,"m":"A1"}`}, "aa", "aa", "", board.White, 5},
		"capitals":                    {[]string{`{"f":0,"m":"AABB"}`}, "aa bb", "aa bb", "", board.Black, 0},
		"not of use":                  {[]string{`{"f":-1,"m":"aa"}`, `{"f":"x","m":"aa"}`, `{"f":1e9,"m":"aa"}`, `{"f":0.5,"m":"aa"}`, `7`, `null`, `[]`, ``}, "", "", "", board.Black, 8},
		"nothing in it":               {[]string{`{}`, `{"m":"aa"}`, `{"f":0}`, `{"f":0,"m":5}`, `{"chat":{}}`, `{"k":5}`, `{"pp":[1,2]}`, `{"controller":0}`}, "", "", "", board.Black, 0},
		"f into a branch":             {[]string{`{"f":0,"m":"aabb"}`, `{"f":1,"m":"cc"}`, `{"f":9,"m":"dd"}`}, "aa(bb dd)(cc)", "aa bb dd", "", board.White, 0},
		"official moves":              {[]string{`{"om":[0,0,1000]}`, `{"f":0,"m":"bb"}`, `{"om":[1,1,5]}`, `{"undo":1}`, `{"om":[2,2,1]}`}, "(aa cc)(bb)", "aa cc", "", board.Black, 0},
		"the branch is the trunk now": {[]string{`{"f":0,"m":"aabb"}`, `{"om":[0,0,1000]}`}, "aa bb", "aa", "", board.White, 0},
		"a board": {[]string{`{"f":0,"m":"aa"}`, `{"gamedata":{"width":5,"height":5,"initial_player":"white","initial_state":{"black":"aabb","white":"cc"},"moves":[[3,3,0],[4,4,0]]}}`, `{"f":1,"m":"ee"}`},
			"dd ee", "dd ee", "X..../.X.../..O../...O./....X", board.White, 0},
		"handicap": {[]string{`{"gamedata":{"width":5,"height":5,"handicap":2,"free_handicap_placement":true,"moves":"aabbcc"}}`}, "aa bb cc", "aa bb cc", "X..../.X.../..O../...../.....", board.Black, 0},
		"boards that cannot be": {[]string{`{"f":0,"m":"aa"}`, `{"gamedata":{"width":5,"height":6}}`, `{"gamedata":{"width":1,"height":1}}`, `{"gamedata":{"width":26,"height":26}}`, `{"gamedata":{"width":5,"height":5,"moves":"aaaa"}}`,
			`{"gamedata":{"width":5,"height":5,"initial_state":{"black":"zz"}}}`, `{"gamedata":7}`}, "aa", "aa", "", board.White, 6},
	} {
		t.Run(name, func(t *testing.T) {
			tree := ogs.NewReviewTree(4)
			errs := apply(t, tree, tt.messages...)
			cur := tree.Current()
			pos := tree.Position(cur)
			if got := all(tree); got != tt.tree {
				t.Errorf("the tree is %s, want %s", got, tt.tree)
			}
			if got := shown(tree); got != tt.shown {
				t.Errorf("shown is %q, want %q", got, tt.shown)
			}
			if got := strings.Join(pos.Rows(), "/"); tt.board != "" && got != tt.board {
				t.Errorf("the board is %s, want %s", got, tt.board)
			}
			if got := tree.Node(cur).ToMove; got != tt.toMove {
				t.Errorf("to move is %v, want %v", got, tt.toMove)
			}
			if len(errs) != tt.bad {
				t.Errorf("%d messages were refused, want %d: %q", len(errs), tt.bad, errs)
			}
		})
	}
}

// TestReviewTreeKeeps: a tree that was handed out does not change with its copy.
func TestReviewTreeKeeps(t *testing.T) {
	tree := ogs.NewReviewTree(9)
	apply(t, tree, `{"f":0,"m":"aabb","t":"x"}`, `{"f":0,"m":"aacc"}`, `{"f":0,"m":"ddaa"}`)
	r := rand.New(rand.NewPCG(3, 4))
	for range 400 {
		before := all(tree)
		copied := tree.Clone()
		apply(t, copied, randomMessage(r, 3))
		if got := all(tree); got != before {
			t.Fatalf("the tree changed with its copy: %s, was %s", got, before)
		}
		tree = copied
	}
}

// randomMessage is a message on a small board, mostly of good sense.
func randomMessage(r *rand.Rand, size int) string {
	var b strings.Builder
	for range r.IntN(7) {
		p := string([]byte{'a' + byte(r.IntN(size)), 'a' + byte(r.IntN(size))})
		switch r.IntN(8) {
		case 0:
			b.WriteString("..")
		case 1:
			fmt.Fprintf(&b, "!%d%s", r.IntN(3), p)
		default:
			b.WriteString(p)
		}
	}
	switch r.IntN(10) {
	case 0:
		return `{"delete":1}`
	case 1:
		return fmt.Sprintf(`{"f":0,"m":%q,"delete":1}`, b.String())
	case 2:
		return fmt.Sprintf(`{"f":0,"m":%q,"t":"%d"}`, b.String(), r.IntN(100))
	case 3:
		return fmt.Sprintf(`{"t+":"%d"}`, r.IntN(10))
	}
	return fmt.Sprintf(`{"f":0,"m":%q}`, b.String())
}

// sound checks what has to hold in every tree.
func sound(t *testing.T, tree *ogs.ReviewTree) {
	t.Helper()
	n, deepest := 0, 0
	var walk func(id ogs.NodeID, depth int)
	seen := map[ogs.NodeID]bool{}
	walk = func(id ogs.NodeID, depth int) {
		node := tree.Node(id)
		if seen[id] || node.Number != depth || node.ID != id || id != 0 && depth > 10_000 {
			t.Fatalf("node %+v at depth %d, seen before: %v", node, depth, seen[id])
		}
		seen[id] = true
		n, deepest = n+1, max(deepest, depth)
		for _, k := range tree.Children(id) {
			if tree.Node(k).Parent != id {
				t.Fatalf("node %d hangs on %d, and says on %d", k, id, tree.Node(k).Parent)
			}
			walk(k, depth+1)
		}
	}
	walk(0, 0)
	if n != tree.Len() || n > limits.ReviewNodes {
		t.Fatalf("%d nodes are there, counted are %d", n, tree.Len())
	}
	if !seen[tree.Current()] || !seen[tree.TrunkEnd()] || !seen[tree.MainEnd()] {
		t.Fatal("a pointer points out of the tree")
	}
	for _, id := range []ogs.NodeID{tree.Current(), tree.MainEnd()} {
		line := tree.Line(id)
		if at, known := tree.Find(line); known != len(line) || words(tree.Line(at)) != words(line) {
			t.Fatalf("the line %q is found up to %d", words(line), known)
		}
		pos := tree.Position(id)
		if pos.Size() != tree.Size() {
			t.Fatal("the position has another size")
		}
	}
}

func FuzzReviewTree(f *testing.F) {
	f.Add([]byte(`[{"gamedata":{"width":9,"height":9,"initial_state":{"black":"aa","white":""},"moves":[[2,2,0]]},"owner":{"id":5,"username":"x"},"controller":5},{"f":1,"m":"bb!1cc!0bb..","t":"text","k":{"A":"aa"}},{"t+":"more"},{"delete":1},{"om":[3,3,5]},{"undo":1}]`))
	f.Add([]byte(`[{"f":0,"m":"aa"},{"f":0,"m":"aabbaa"},{"f":0,"m":"!2aa!2aa"},{"controller":"7"},null,3]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var log []json.RawMessage
		if json.Unmarshal(data, &log) != nil {
			return
		}
		tree := ogs.NewReviewTree(5)
		for _, raw := range log {
			var m ogs.ReviewMessage
			if json.Unmarshal(raw, &m) != nil {
				continue
			}
			before, kept := all(tree), tree.Clone()
			if err := tree.Apply(m); err != nil && !strings.Contains(err.Error(), "cannot be played") && m.Data == nil && m.Official == nil && !m.Pointed && all(tree) != before {
				t.Fatalf("refused with %v, and changed all the same", err)
			}
			if all(kept) != before {
				t.Fatal("a copy changed with the tree")
			}
			sound(t, tree)
		}
	})
}

func TestReviewTreeBounds(t *testing.T) {
	tree := ogs.NewReviewTree(25)
	var line strings.Builder
	for range 4000 {
		line.WriteString("..")
	}
	bad := 0
	for i := range 20 {
		first := string([]byte{'a' + byte(i), 'a'})
		bad += len(apply(t, tree, fmt.Sprintf(`{"f":0,"m":"%s%s"}`, first, line.String())))
	}
	if tree.Len() > limits.ReviewNodes || bad == 0 {
		t.Errorf("%d nodes, %d lines refused", tree.Len(), bad)
	}
	sound(t, tree)
	if errs := apply(t, tree, `{"f":0,"m":"`+strings.Repeat("..", 10_001)+`"}`); len(errs) != 1 {
		t.Errorf("a line without end was taken: %q", errs)
	}
	text := strings.Repeat("x", 1<<20)
	bad = 0
	for i := range 8 {
		bad += len(apply(t, tree, fmt.Sprintf(`{"f":0,"m":"%sa","t":%q}`, string('a'+rune(i)), text)))
	}
	if bad != 4 {
		t.Errorf("of 8 MB of text %d were refused", bad)
	}
	if got := len(tree.Node(tree.Current()).Text); got > 20_010 {
		t.Errorf("a text of %d bytes is shown", got)
	}
}

// TestReviewTreeIsThePages compares the tree with what the engine of OGS's own
// page (npm goban 8.3.64) made of random logs: its tree, where it points, and the
// stones there.
func TestReviewTreeIsThePages(t *testing.T) {
	data, err := os.ReadFile("testdata/review/engine.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Size     int
		Messages []json.RawMessage
		Tree     string
		Shown    string
		Rows     []string
		ToMove   int
	}
	if err := json.Unmarshal(data, &cases); err != nil || len(cases) < 50 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	for i, c := range cases {
		tree := ogs.NewReviewTree(c.Size)
		for _, raw := range c.Messages {
			apply(t, tree, string(raw))
		}
		pos := tree.Position(tree.Current())
		if all(tree) != c.Tree || shown(tree) != c.Shown || strings.Join(pos.Rows(), "/") != strings.Join(c.Rows, "/") || int(tree.Node(tree.Current()).ToMove) != c.ToMove {
			t.Errorf("log %d: the page has\n%s\nshows %q, %d to move\n%s\nthe tree is\n%s\nshows %q, %d to move\n%v\nafter %s", i, c.Tree, c.Shown, c.ToMove, strings.Join(c.Rows, "\n"),
				all(tree), shown(tree), tree.Node(tree.Current()).ToMove, pos, c.Messages)
			break
		}
	}
}

// BenchmarkReviewLog works in the log of a whole game, each move of which came as
// the whole line.
func BenchmarkReviewLog(b *testing.B) {
	var log []ogs.ReviewMessage
	var line strings.Builder
	r := rand.New(rand.NewPCG(1, 1))
	for _, i := range r.Perm(300) {
		line.WriteString(board.Point{X: int8(i % 19), Y: int8(i / 19)}.OGS())
		log = append(log, ogs.ReviewMessage{Pointed: true, Moves: line.String()})
	}
	for b.Loop() {
		tree := ogs.NewReviewTree(19)
		for _, m := range log {
			if err := tree.Apply(m); err != nil {
				b.Fatal(err)
			}
		}
	}
}
