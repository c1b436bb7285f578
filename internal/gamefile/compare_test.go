package gamefile

import (
	"strings"
	"testing"
)

func TestCompare(t *testing.T) {
	for name, tt := range map[string]struct {
		ours, theirs, words string
	}{
		"same":           {"(;SZ[9];B[cg];W[gc])", "(;SZ[9]KM[6.5];B[cg]BL[20];W[gc])", ""},
		"one more":       {"(;SZ[9];B[cg])", "(;SZ[9];B[cg];W[gc])", "move 2"},
		"size":           {"(;SZ[9];B[cg])", "(;SZ[13];B[cg])", "13×13"},
		"fixed handicap": {"(;SZ[9]HA[2]AB[cg][gc];W[ee])", "(;SZ[9]HA[2]AB[gc][cg];W[ee])", ""},
		"free handicap":  {"(;SZ[9]HA[2]AB[cg][gc];W[ee])", "(;SZ[9]HA[2];B[gc];B[cg];W[ee])", ""},
		"other stones":   {"(;SZ[9]HA[2]AB[cg][gg];W[ee])", "(;SZ[9]HA[2]AB[gc][cg];W[ee])", "different stones"},
		"passes":         {"(;SZ[9];B[cg];W[];B[])", "(;SZ[9];B[cg];W[tt];B[])", ""},
	} {
		diff, err := Compare([]byte(tt.ours), []byte(tt.theirs))
		if err != nil || (diff == "") != (tt.words == "") || !strings.Contains(diff, tt.words) {
			t.Errorf("%s: %q, %v", name, diff, err)
		}
	}
	if _, err := Compare([]byte("(;SZ[9])"), []byte("<html>")); err == nil {
		t.Error("a page was compared")
	}
}
