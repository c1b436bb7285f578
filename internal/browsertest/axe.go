package browsertest

import (
	_ "embed"
	"fmt"
	"strings"
)

// axe-core 4.14.1, © Deque Systems, under the MPL 2.0, whose text lies beside it.
//
//go:embed testdata/axe/axe.min.js
var axe string

// violation is what axe-core says of a page, as far as it is of use here.
type violation struct {
	ID     string `json:"id"`
	Impact string `json:"impact"`
	Help   string `json:"help"`
	Nodes  []struct {
		HTML           string `json:"html"`
		FailureSummary string `json:"failureSummary"`
	} `json:"nodes"`
}

// Axe has axe-core look at the page, and returns what it finds to be a serious
// or critical barrier, a line each.
func (tab *Tab) Axe() []string {
	tab.t.Helper()
	if !Read[bool](tab, "typeof axe === 'object'") {
		Read[bool](tab, axe+"\n;true")
	}
	var lines []string
	for _, v := range Read[[]violation](tab, "axe.run(document).then((r) => JSON.parse(JSON.stringify(r.violations)))") {
		if v.Impact != "serious" && v.Impact != "critical" {
			continue
		}
		for _, n := range v.Nodes {
			lines = append(lines, fmt.Sprintf("%s (%s): %s: %s %s", v.ID, v.Impact, v.Help, n.HTML, strings.Join(strings.Fields(n.FailureSummary), " ")))
		}
	}
	return lines
}
