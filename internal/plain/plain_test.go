package plain

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestLine(t *testing.T) {
	for in, want := range map[string]string{
		"":                                      "",
		"Anna":                                  "Anna",
		"  Anna \t\r\n Berg ":                   "Anna Berg",
		"\x1b[31mEvil\x1b[0m":                   "[31mEvil[0m",
		"\x1b]0;title\x07x":                     "]0;titlex",
		"a\u009b2Jb":                            "a2Jb",
		"a\x9b2Jb":                              "a\ufffd2Jb",
		"a\x00\x08\x7fb":                        "ab",
		"win\u202egnp.exe":                      "wingnp.exe",
		"\u2066a\u2069\u200f\u061cb":            "ab",
		"a\u200bb\u2060c\ufeffd\u00ade":         "abcde",
		"a\u2028b\u2029c\u0085d":                "a b c d",
		"a\u3000b\u00a0c\u2800d\u3164e":         "a b c d e",
		"\U000e0041\U000e0042x":                 "x",
		"a\ue000\U000f0000b":                    "ab",
		"a\ufffe\uffffb\ufff9c\ufffcd":          "abcd",
		"e" + strings.Repeat("\u0301", 9) + "x": "e" + strings.Repeat("\u0301", 4) + "x",
		"\u0301x":                               "x",
		"Nguyễn Thị":                            "Nguyễn Thị",
		"a\u200db\u200cc":                       "abc",
		"می\u200cخواهم":                         "می\u200cخواهم",
		"क\u094d\u200dष":                        "क\u094d\u200dष",
		"👩\u200d💻 x":                            "👩\u200d💻 x",
		"❤\ufe0f\ufe0fx\ufe0f1\ufe0f\u20e3":     "❤\ufe0fx1\ufe0f\u20e3",
		"辻\U000e0100x":                          "辻\U000e0100x",
		"柯洁":                                    "柯洁",
		"אברהם":                                 "אברהם",
		strings.Repeat("柯", 1001):               strings.Repeat("柯", 999) + "…",
	} {
		if got := Line(in); got != want {
			t.Errorf("%q becomes %q, not %q", in, got, want)
		}
	}
	if got := Name("\u200b\u202e"); got != "?" {
		t.Errorf("a name of nothing is %q", got)
	}
	if got := Name(""); got != "" {
		t.Errorf("no name is %q", got)
	}
	if got := Text("\r\na \x1bb\r\n\r\nc\u2028d\n\n"); got != "a b\n\nc\nd" {
		t.Errorf("%q", got)
	}
}

func TestFileName(t *testing.T) {
	for in, want := range map[string]string{
		"Anna": "Anna", "../../etc/passwd": "etc-passwd", "..": "unnamed", "": "unnamed", ".bashrc": "bashrc", "-rf": "rf",
		"a/b\\c:d": "a-b-c-d", "CON": "-CON", "com1.sgf": "-com1.sgf", "company": "company", "a\x1b]0;x\x07\u202e": "a-0-x",
		"x. ": "x", "柯洁": "柯洁", "Ben (5k)": "Ben -5k", "$(reboot)": "reboot", "e\u0301": "é",
	} {
		if got := FileName(in); got != want {
			t.Errorf("%q becomes %q, not %q", in, got, want)
		}
	}
}

func TestWriter(t *testing.T) {
	var b bytes.Buffer
	w := NewWriter(&b)
	if NewWriter(w) != w || Unwrap(w) != io.Writer(&b) || Unwrap(&b) != io.Writer(&b) {
		t.Error("a Writer is put round a Writer")
	}
	for _, part := range []string{"one\ttwo\n", "\x1b[31mred\x1b[0m\r", "a\u202eb\x9b", "\xe6\x9f", "\xaf", "👩\u200d💻"} {
		if n, err := io.WriteString(w, part); n != len(part) || err != nil {
			t.Errorf("%q: %d, %v", part, n, err)
		}
	}
	if got := Visible("  a\x1b[2J\u202e b\xff "); got != "  a[2J b\ufffd " {
		t.Errorf("%q", got)
	}
	if err := Control(w, "\x1b[J"); err != nil {
		t.Error(err)
	}
	if got, want := b.String(), "one\ttwo\n[31mred[0mab\ufffd柯👩\u200d💻\x1b[J"; got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestJSON(t *testing.T) {
	in := map[string]string{"name": "a\x1b\u009b\u202e\u200b柯\U000e0041\U0001f469\u200d"}
	text, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	clean := JSON(text)
	if want := `{"name":"a\u001b\u009b\u202e\u200b柯\udb40\udc41👩` + "\u200d" + `"}`; string(clean) != want {
		t.Errorf("got  %s\nwant %s", clean, want)
	}
	var again map[string]string
	if json.Unmarshal(clean, &again) != nil || again["name"] != in["name"] {
		t.Errorf("%q", again)
	}
}

func FuzzPlain(f *testing.F) {
	for _, s := range []string{"Anna", "\x1b[31m\u009b\u202e\u200b", "a\u0301\u0301\u0301\u0301\u0301", "👩\u200d💻\ufe0f", "\xff\xc3", "../\u2028\U000e0041", strings.Repeat("می\u200c", 99)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		line := Cut(s, 80)
		if !utf8.ValidString(line) || utf8.RuneCountInString(line) > 80 || strings.TrimSpace(line) != line || Cut(line, 80) != line {
			t.Fatalf("%q becomes %q, then %q", s, line, Cut(line, 80))
		}
		for _, r := range line + FileName(s) {
			if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || unicode.Is(unicode.Co, r) || r >= 0xe0000 && r < 0xe0080 {
				t.Fatalf("%q leaves %U", s, r)
			}
		}
		name := FileName(s)
		if name == "" || len(name) > maxFileName+1 || strings.ContainsAny(name, "/\\:") || name[0] == '.' {
			t.Fatalf("%q becomes the file name %q", s, name)
		}
		var b bytes.Buffer
		w := NewWriter(&b)
		for _, c := range []byte(s) { // however the writes fall
			w.Write([]byte{c})
		}
		if strings.ContainsFunc(b.String(), func(r rune) bool {
			return unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Bidi_Control, r)
		}) || !utf8.ValidString(b.String()) {
			t.Fatalf("%q is written as %q", s, b.String())
		}
		text, _ := json.Marshal(s)
		var one, two string
		if clean := JSON(text); json.Unmarshal(text, &one) != nil || json.Unmarshal(clean, &two) != nil || one != two || strings.ContainsRune(string(clean), '\u202e') {
			t.Fatalf("%q as JSON is %q", s, clean)
		}
	})
}

func BenchmarkLine(b *testing.B) {
	for name, s := range map[string]string{"ASCII": "a name of somebody", "hostile": strings.Repeat("\x1b[31m柯\u202e", 100)} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				Line(s)
			}
		})
	}
}
