package plain

import (
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/width"
)

// Columns is how many columns of a terminal a text takes: letters of CJK are
// two wide.
func Columns(s string) int {
	n := 0
	for _, r := range s {
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

// Pad fills s with spaces up to a number of columns.
func Pad(s string, columns int) string {
	return s + strings.Repeat(" ", max(0, columns-Columns(s)))
}

// Table is a list for people, with a head.
type Table struct{ rows [][]string }

// NewTable returns a table with the names of its columns.
func NewTable(head ...string) *Table { return &Table{[][]string{head}} }

// Add adds a row of as many cells as the head has.
func (t *Table) Add(cells ...string) { t.rows = append(t.rows, cells) }

// Write writes the rows with their cells below each other.
func (t *Table) Write(w io.Writer) {
	wide := make([]int, len(t.rows[0]))
	for _, row := range t.rows {
		for i, cell := range row {
			wide[i] = max(wide[i], Columns(cell))
		}
	}
	for _, row := range t.rows {
		var b strings.Builder
		for i, cell := range row {
			b.WriteString(Pad(cell, wide[i]) + "  ")
		}
		fmt.Fprintln(w, strings.TrimRight(b.String(), " "))
	}
}
