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

// Axe has axe-core look at the page, and returns what it finds to be a serious
// or critical barrier, a line each.
func (tab *Tab) Axe() []string {
	tab.t.Helper()
	tab.Read("typeof axe === 'undefined' && ("+fmt.Sprintf("%s, undefined", "(() => {"+axe+"\n})()")+")", nil)
	var found []struct {
		ID, Impact, Help string
		Nodes            []struct {
			HTML           string
			FailureSummary string
		}
	}
	tab.Read("axe.run(document).then((r) => r.violations.map(({id, impact, help, nodes}) => ({id, impact, help, nodes: nodes.map(({html, failureSummary}) => ({html, failureSummary}))})))", &found)
	var lines []string
	for _, v := range found {
		if v.Impact != "serious" && v.Impact != "critical" {
			continue
		}
		for _, n := range v.Nodes {
			lines = append(lines, fmt.Sprintf("%s (%s): %s: %s %s", v.ID, v.Impact, v.Help, n.HTML, strings.Join(strings.Fields(n.FailureSummary), " ")))
		}
	}
	return lines
}
