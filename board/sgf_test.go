package board

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// outline writes a tree on one line, to compare.
func outline(n *Node) string {
	var b strings.Builder
	for ; n != nil; n = n.next() {
		b.WriteString(";")
		for _, p := range n.Props {
			b.WriteString(p.ID)
			for _, v := range p.Values {
				b.WriteString("[" + string(v) + "]")
			}
		}
		if len(n.Children) > 1 {
			for _, c := range n.Children {
				b.WriteString("(" + outline(c) + ")")
			}
			break
		}
	}
	return b.String()
}

// outlines writes the trees below each other. (cmp takes forever on trees as
// deep as games are long.)
func outlines(games []*Node) string {
	var b strings.Builder
	for _, g := range games {
		b.WriteString(outline(g) + "\n")
	}
	return b.String()
}

func parseOne(t testing.TB, s string) *Node {
	t.Helper()
	games, err := ParseSGF([]byte(s))
	if err != nil || len(games) != 1 {
		t.Fatalf("%q: %d games, %v", s, len(games), err)
	}
	return games[0]
}

func TestParseSGF(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"plain", "(;FF[4]GM[1];B[aa];W[bb])", ";FF[4]GM[1];B[aa];W[bb]"},
		{"variations", "(;A[1](;B[aa];W[bb])(;B[cc]))", ";A[1](;B[aa];W[bb])(;B[cc])"},
		{"one child in parentheses", "(;A[1](;B[aa]))", ";A[1];B[aa]"},
		{"white space everywhere", " \n( ; FF [4]\n ; B\t[aa] [bb]\n )\n", ";FF[4];B[aa][bb]"},
		{"mail before and after", "Dear all (see below),\n(;B[aa]) regards (me)", ";B[aa]"},
		{"byte order mark", "\xef\xbb\xbf(;B[aa])", ";B[aa]"},
		{"small letters", "(;GaMe[1]Black[aa]pb[x])", ";GM[1]B[aa]PB[x]"},
		{"brackets and parentheses in text", `(;C[a (b; c\] \\])`, `;C[a (b; c\] \\]`},
		{"no semicolon", "(B[aa];W[bb](W[cc])(W[dd]))", ";B[aa];W[bb](;W[cc])(;W[dd])"},
		{"stray text in the tree", "(;B[aa] hello 12 ;W[bb])", ";B[aa];W[bb]"},
		{"empty nodes", "(;;;B[])", ";;;B[]"},
		{"two roots", "((;B[aa])(;B[bb]))", ";B[aa];B[bb]"},
		{"Latin-1 without CA", "(;PB[Andr\xe9])", ";PB[André]CA[UTF-8]"},
		{"UTF-8 without CA", "(;PB[André])", ";PB[André]CA[UTF-8]"},
		{"GB2312", "(;CA[gb2312]PB[\xbf\xc2\xbd\xe0])", ";CA[UTF-8]PB[柯洁]"},
		{"Shift JIS with a bracket's byte in a character", "(;CA[Shift_JIS]C[\x83\x5c\x83\x5d]B[aa])", ";CA[UTF-8]C[ソゾ]B[aa]"},
		{"unknown CA", "(;CA[klingon]C[x])", ";CA[UTF-8]C[x]"},
		{"UTF-8 with rubbish", "(;CA[UTF-8]C[柯洁\xff])", ";CA[UTF-8]C[柯洁\uFFFD]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			root := parseOne(t, tt.in)
			if got := outline(root); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
	games, err := ParseSGF([]byte("(;B[aa])\n\n(;B[bb]) x (;B[cc])"))
	if err != nil || len(games) != 3 {
		t.Errorf("%d games, %v", len(games), err)
	}
}

func TestParseSGFBroken(t *testing.T) {
	for in, games := range map[string]int{"": 0, "hello": 0, "<html>404</html>": 0, "((((": 0, ")": 0, "(;B[aa]": 1,
		"(;B[aa];C[never closed": 1, "(;B[aa])(;C[x": 2, "(;C[\\": 1} {
		got, err := ParseSGF([]byte(in))
		if !errors.Is(err, ErrSGF) || len(got) != games {
			t.Errorf("%q: %d games, %v", in, len(got), err)
		}
	}
	deep := strings.Repeat("(;B[aa]", maxSGFDepth) + strings.Repeat(")", maxSGFDepth)
	if games, err := ParseSGF([]byte(deep)); err != nil || len(games[0].MainLine()) != maxSGFDepth {
		t.Errorf("a deep tree: %v", err)
	} else if err := WriteSGF(&bytes.Buffer{}, games...); err != nil {
		t.Error(err)
	}
}

// TestSGFLimits reads files that are made to keep a reader busy: each is
// refused, or read, in a moment, and the error names the limit.
func TestSGFLimits(t *testing.T) {
	for _, tt := range []struct{ in, why string }{
		{strings.Repeat("(;)", 1_000_000), "100000 games"},
		{"(;" + strings.Repeat(";", maxSGFNodes+2), "524288 nodes"},
		{"(;" + strings.Repeat("(", maxSGFDepth+2), "65536 deep"},
		{"(;" + strings.Repeat("(;)", maxSGFNodes) + ")", "524288 nodes"},
		{"(;" + strings.Repeat("A[]", maxSGFValues+1) + ")", "1048576 values"},
		{"(;A" + strings.Repeat("[]", maxSGFValues+1) + ")", "1048576 values"},
		{"(;" + strings.Repeat("a", maxSGFBytes), "16 MB"},
		{"(;" + strings.Repeat("a", maxSGFBytes-2), "the file is cut"},
		{"(;C[" + strings.Repeat("\\", maxSGFBytes-4), "the file is cut"},
		{"(;C[" + strings.Repeat("\xe9", maxSGFBytes-4), "the file is cut"},
		{strings.Repeat("(", maxSGFBytes), "no game"},
		{strings.Repeat("(a", maxSGFBytes/2), "no game"},
		{"(;" + strings.Repeat("a ", maxSGFBytes/2-1), "the file is cut"},
		{strings.Repeat("CA[", maxSGFBytes/3), "no game"},
	} {
		began := time.Now()
		games, err := ParseSGF([]byte(tt.in))
		if !errors.Is(err, ErrSGF) || !strings.Contains(err.Error(), tt.why) {
			t.Errorf("%.10q…: %v, where %s is expected", tt.in, err, tt.why)
		}
		if testing.Verbose() {
			t.Logf("%.10q…: %v, %d games: %v", tt.in, time.Since(began), len(games), err)
		}
	}
	// A property that stands a million times is one with a million values.
	games, err := ParseSGF([]byte("(;SZ[9]" + strings.Repeat("AB[aa]AP[x]", maxSGFValues/2-1) + ")"))
	if err != nil || len(games[0].Values("AB")) != maxSGFValues/2-1 || games[0].Text("AP") != "x" {
		t.Errorf("a property many times: %v", err)
	} else if g, err := games[0].Game(); err != nil || g.Size() != 9 {
		t.Errorf("a property many times: %v", err)
	}
	root := &Node{}
	for node, i := root, 0; i < 20_000; i++ {
		node = node.Add(Property{[]string{"B", "W"}[i%2], []Value{"tt"}})
	}
	if _, err := root.Game(); !errors.Is(err, ErrSGF) || !strings.Contains(err.Error(), "more than") {
		t.Errorf("20000 moves: %v", err)
	}
}

// TestTruncatedSGF cuts a record after every byte: what is left is never taken
// for a whole game.
func TestTruncatedSGF(t *testing.T) {
	whole := "(;FF[4]GM[1]CA[UTF-8]SZ[9]PB[柯洁]KM[6.5]AB[cc][gg]C[a (small\\] game)];W[ee];B[ec]BL[590.5];W[ge]C[good];B[]GBCT[12](;W[])(;W[aa]))"
	games, err := ParseSGF([]byte(whole + "\n"))
	if err != nil || len(games) != 1 {
		t.Fatal(err)
	}
	most := 0
	for n := range len(whole) {
		games, err := ParseSGF([]byte(whole[:n]))
		var cut *Truncated
		if !errors.Is(err, ErrSGF) || n >= 2 && !errors.As(err, &cut) {
			t.Fatalf("%q: %v", whole[:n], err)
		}
		if n < 2 {
			continue
		}
		if len(games) != 1 || cut.Game != games[0] || cut.Moves < most || cut.Line != 1 {
			t.Fatalf("%q: %d games, %+v", whole[:n], len(games), cut)
		}
		most = cut.Moves
		if g, err := cut.Game.Game(); n > 60 && (err != nil || g.MoveCount() != cut.Moves) {
			t.Fatalf("%q: %v", whole[:n], err)
		}
	}
	if most != 5 {
		t.Errorf("%d moves were left at most", most)
	}
	_, err = ParseSGF([]byte("(;SZ[9];B[aa])\n(;SZ[9];B[aa];W[bb]\n;B[cc"))
	if want := "SGF: the file is cut in the middle of a game: it ends in line 3, after move 2, in the value of B"; err == nil || err.Error() != want {
		t.Errorf("%v", err)
	}
}

func TestSGFBegun(t *testing.T) {
	for sgf, want := range map[string]bool{"(;)": false, "(;SZ[9]KM[6.5]PB[Anna]C[x])": false, "(;;;C[x])": false,
		"(;AB[aa])": true, "(;SZ[9](;C[x])(;W[aa]))": true, "(;B[])": true, "(;SZ[9];;AW[aa])": true} {
		if got := parseOne(t, sgf).Begun(); got != want {
			t.Errorf("%s: %v", sgf, got)
		}
	}
	var order []string
	for n := range parseOne(t, "(;A[1](;A[2];A[3])(;A[4]))").All() {
		order = append(order, n.Text("A"))
	}
	if got := strings.Join(order, ""); got != "1234" {
		t.Error(got)
	}
}

func TestSGFText(t *testing.T) {
	for raw, want := range map[Value]string{
		`plain`: "plain", `a\]b`: "a]b", `a\\b`: `a\b`, "a\\\nb": "ab", "a\\\r\nb": "ab",
		"a\r\nb\rc\n\rd\ne": "a\nb\nc\nd\ne", `\a\:`: "a:", "": "", `é\é`: "éé", `end\`: "end",
	} {
		if got := raw.Text(); got != want {
			t.Errorf("%q is %q, want %q", raw, got, want)
		}
	}
	if s := Value(" a\n\tb ").SimpleText(); s != "a  b" {
		t.Errorf("simple text %q", s)
	}
	if l, r, ok := Value(`a\:b:c`).Compose(); l != `a\:b` || r != "c" || !ok {
		t.Errorf("%q %q %v", l, r, ok)
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		v := Escape(text)
		want := strings.NewReplacer("\r\n", "\n", "\n\r", "\n", "\r", "\n").Replace(text)
		if !v.sound() || v.Text() != want {
			t.Fatalf("%q becomes %q becomes %q", text, v, v.Text())
		}
	})
}

// rewrite writes games and reads them again.
func rewrite(t interface{ Fatalf(string, ...any) }, games []*Node) []*Node {
	var b bytes.Buffer
	if err := WriteSGF(&b, games...); err != nil {
		t.Fatalf("%v", err)
	}
	again, err := ParseSGF(b.Bytes())
	if err != nil {
		t.Fatalf("%v in\n%s", err, b.Bytes())
	}
	return again
}

func TestSGFRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(
			rapid.Map(rapid.StringN(0, 12, -1), Escape),
			rapid.SampledFrom([]Value{"aa", "", "aa:cc", `\]`, `\\`, "(;", ")", "x\\\ny"}))
		n := 0
		var tree func(depth int) *Node
		tree = func(depth int) *Node {
			node := &Node{}
			for range rapid.IntRange(0, 3).Draw(t, "props") {
				node.Props = append(node.Props, Property{
					rapid.StringMatching("[A-Z]{1,3}").Filter(func(s string) bool { return s != "CA" }).Draw(t, "id"),
					rapid.SliceOfN(value, 1, 3).Draw(t, "values")})
			}
			for n++; depth > 0 && n < 40 && rapid.IntRange(0, 3).Draw(t, "more") > 0; depth-- {
				node.Children = append(node.Children, tree(depth-1))
			}
			return node
		}
		games := []*Node{tree(4)}
		games[0].Set("CA", "UTF-8")
		again := rewrite(t, games)
		if diff := cmp.Diff(outlines(games), outlines(again)); diff != "" {
			t.Fatalf("%s", diff)
		}
	})
}

func TestWriteSGFMendsWhatIsNotEscaped(t *testing.T) {
	root := &Node{}
	root.Set("C", `a]b\`)
	root.Set("PB", "André")
	again := rewrite(t, []*Node{root})
	if again[0].Text("C") != `a]b\` || again[0].Text("PB") != "André" || again[0].Text("CA") != "UTF-8" {
		t.Errorf("%s", outline(again[0]))
	}
}

func TestNodeSet(t *testing.T) {
	n := parseOne(t, "(;A[1]B[aa]A[2]C[x])")
	if vs := n.Values("A"); len(vs) != 2 {
		t.Errorf("%q", vs)
	}
	n.Set("A", "3")
	n.SetText("C", "y]")
	n.SetReal("BL", 12.5)
	n.Set("B")
	if got := outline(n); got != `;A[3]C[y\]]BL[12.5]` {
		t.Errorf("%s", got)
	}
	if n.Has("B") || n.Text("Z") != "" {
		t.Error("Has, Text")
	}
}

func TestSGFGame(t *testing.T) {
	for _, tt := range []struct {
		name, sgf, board string
		first, toMove    Color
		moves, handicap  int
		komi             float64
		err              bool
	}{
		{name: "moves", sgf: "(;SZ[3]KM[6.5];B[aa];W[bb])", board: "X..\n.O.\n...", first: Black, toMove: Black, moves: 2, komi: 6.5},
		{name: "set up with rectangles", sgf: "(;SZ[3]AB[aa:bb]AE[ab]AW[cc]PL[W];W[ca])", board: "XXO\n.X.\n..O", first: White, toMove: Black, moves: 1},
		{name: "set up over two nodes", sgf: "(;SZ[3]AB[aa];AW[bb];W[cc])", board: "X..\n.O.\n..O", first: White, toMove: Black, moves: 1},
		{name: "handicap", sgf: "(;SZ[3]HA[2]AB[aa][cc];W[bb])", board: "X..\n.O.\n..X", first: White, toMove: Black, moves: 1, handicap: 2},
		{name: "free handicap as moves", sgf: "(;SZ[3]HA[2]RU[Chinese];B[aa];B[cc];W[bb])", board: "X..\n.O.\n..X", first: Black, toMove: Black, moves: 3, handicap: 2},
		{name: "passes", sgf: "(;SZ[3];B[tt];W[];B[aa])", board: "X..\n...\n...", first: Black, toMove: White, moves: 3},
		{name: "White first", sgf: "(;SZ[3];W[aa])", board: "O..\n...\n...", first: White, toMove: Black, moves: 1},
		{name: "Fox komi, move in the root", sgf: "(;SZ[3]KM[375]AB[cc]W[aa])", board: "O..\n...\n..X", first: White, toMove: Black, moves: 1, komi: 7.5},
		{name: "retaken ko stays as it was", sgf: "(;SZ[4]AB[ba][ab][bc]AW[ca][bb][db][cc];B[cb];W[bb])", board: ".XO.\nXO.O\n.XO.\n....", first: Black, toMove: Black, moves: 2},
		{name: "on a stone", sgf: "(;SZ[3];B[aa];W[aa];B[bb])", board: "X..\n...\n...", first: Black, toMove: White, moves: 1, err: true},
		{name: "off the board", sgf: "(;SZ[3];B[aa];W[ss])", board: "X..\n...\n...", first: Black, toMove: White, moves: 1, err: true},
		{name: "edited in the middle", sgf: "(;SZ[3];B[aa];AW[bb])", board: "X..\n.O.\n...", first: Black, toMove: White, moves: 1},
		{name: "edited before a move of the same colour", sgf: "(;SZ[3];B[aa];AE[aa]AW[bb];B[cc])", board: "...\n.O.\n..X", first: Black, toMove: White, moves: 2},
		{name: "edited, and no liberty is left", sgf: "(;SZ[3];B[aa];AW[ab][ba])", board: "X..\n...\n...", first: Black, toMove: White, moves: 1, err: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g, err := parseOne(t, tt.sgf).Game()
			if (err != nil) != tt.err || err != nil && !errors.Is(err, ErrSGF) {
				t.Fatal(err)
			}
			if g.Position() != MustPosition(tt.board) || g.ToMove() != tt.toMove || g.MoveCount() != tt.moves ||
				g.Setup().First != tt.first || g.Setup().Handicap != tt.handicap || g.Setup().Komi != tt.komi {
				t.Errorf("%v to move, %d moves, %+v\n%v", g.ToMove(), g.MoveCount(), g.Setup(), g.Position())
			}
		})
	}
	for _, s := range []string{"(;GM[2])", "(;SZ[99])", "(;SZ[9:13])", "(;SZ[x])", "(;SZ[3]AB[zz])", "(;SZ[3]AB[tt])", "(;SZ[2]AB[aa]AW[ab][ba])"} {
		if _, err := parseOne(t, s).Game(); !errors.Is(err, ErrSGF) {
			t.Errorf("%s: %v", s, err)
		}
	}
}

// TestGameToSGF writes random games and reads them back.
func TestGameToSGF(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules := rapid.SampledFrom(ruleSets[:]).Draw(t, "rules")
		size := rapid.SampledFrom([]int{5, 9, 13, 19, 25}).Draw(t, "size")
		handicap := rapid.IntRange(0, 4).Draw(t, "handicap")
		g, err := NewGame(Setup{Size: size, Rules: rules, Komi: rules.KomiFor(handicap), Handicap: handicap})
		if err != nil {
			t.Fatal(err)
		}
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 9))
		for range rng.IntN(120) {
			g.Play(randomMove(rng, g))
		}
		root, nodes := g.SGF()
		if len(nodes) != g.MoveCount() {
			t.Fatalf("%d nodes for %d moves", len(nodes), g.MoveCount())
		}
		for i, n := range nodes {
			n.SetReal("BL", float64(i)+0.25)
			n.SetText("C", "move [1]: \\")
		}
		again, err := rewrite(t, []*Node{root})[0].Game()
		if err != nil {
			t.Fatal(err)
		}
		if again.Position() != g.Position() || again.Setup().Komi != g.Setup().Komi || again.Setup().Rules.Name != rules.Name {
			t.Fatalf("got\n%v\nwant\n%v", again.Position(), g.Position())
		}
		free := g.MoveCount() - again.MoveCount()
		if free != 0 && free != g.free || g.HandicapLeft() == 0 && again.ToMove() != g.ToMove() {
			t.Fatalf("%d moves, %v to move; were %d, %v", again.MoveCount(), again.ToMove(), g.MoveCount(), g.ToMove())
		}
	})
}

// TestRealSGF reads games that servers and engines wrote, where they are at
// hand.
func TestRealSGF(t *testing.T) {
	dir := os.Getenv("GOBANCAM_PRIVATE")
	if dir == "" {
		dir = "../../shared"
	}
	files, _ := filepath.Glob(filepath.Join(dir, "render-gen", "sgf", "*.sgf"))
	if len(files) == 0 {
		t.Skip("no private set of games: GOBANCAM_PRIVATE names the directory that holds render-gen/sgf")
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		games, err := ParseSGF(data)
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(f), err)
			continue
		}
		if diff := cmp.Diff(outlines(games), outlines(rewrite(t, games))); diff != "" {
			t.Errorf("%s: %s", filepath.Base(f), diff)
		}
		for _, root := range games {
			g, err := root.Game()
			if err != nil || g.MoveCount() == 0 {
				t.Errorf("%s: %v", filepath.Base(f), err)
			}
		}
	}
}

func FuzzParseSGF(f *testing.F) {
	for _, s := range []string{
		"(;FF[4]GM[1]SZ[9]HA[2]AB[cc][gg]RU[Japanese]KM[0.5];W[ee]C[hi \\] there];B[dd])",
		"(;A[1](;B[aa];W[bb])(;B[cc]))", "(;CA[Shift_JIS]C[\x83\x5c])", "((((;B[aa", "(;SZ[25]AB[aa:yy])",
		"\xef\xbb\xbf(;C[\\", "(B[aa]))(;W[tt])", "(;CA[UTF-16]C[x])", "(;CA[gb18030]C[\x84])",
		"(;SZ[2];B[aa];W[bb];B[ab];W[ba])", "(;SZ[5]HA[3];B[aa];W[bb])", "(;SZ[5]HA[3];W[aa];W[bb])",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		games, err := ParseSGF(data)
		if err != nil && !errors.Is(err, ErrSGF) {
			t.Fatal(err)
		}
		for _, root := range games {
			g, err := root.Game()
			if err != nil && !errors.Is(err, ErrSGF) {
				t.Fatal(err)
			}
			if g != nil {
				tree, _ := g.SGF()
				if again, err := tree.Game(); err != nil || again.Position() != g.Position() {
					t.Fatalf("%v: %s", err, outline(tree))
				}
			}
		}
		if len(games) > 0 {
			if a, b := outlines(games), outlines(rewrite(t, games)); a != b {
				t.Fatal(cmp.Diff(a, b))
			}
		}
	})
}

func BenchmarkParseSGF(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	g := newGame(b, Setup{Size: 19, Rules: mustRules(b, "japanese")})
	for range 300 {
		g.Play(randomMove(rng, g))
	}
	root, nodes := g.SGF()
	for i, n := range nodes {
		n.SetReal("BL", float64(1000-i))
	}
	var buf bytes.Buffer
	if err := WriteSGF(&buf, root); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(buf.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseSGF(buf.Bytes()); err != nil {
			b.Fatal(err)
		}
	}
}
