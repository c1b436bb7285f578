package plain

import (
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	table := NewTable("NAME", "ID")
	table.Add("智恵", "7")
	table.Add("Anna", "")
	table.Add("Doyun", "12")
	var b strings.Builder
	table.Write(&b)
	if got := b.String(); got != "NAME   ID\n智恵   7\nAnna\nDoyun  12\n" {
		t.Errorf("\n%s", got)
	}
}
