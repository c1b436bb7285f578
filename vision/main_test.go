package vision

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"
)

// openMats returns how many Mats are open and where they were made; only with
// the tag matprofile, without which gocv does not count.
var openMats func() (int, string)

// TestMain fails if tests leave goroutines or, with -tags matprofile, Mats
// behind.
func TestMain(m *testing.M) {
	code := m.Run()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	if openMats != nil && code == 0 {
		if n, where := openMats(); n != 0 {
			fmt.Fprintf(os.Stderr, "%d Mats were never closed:\n%s", n, where)
			code = 1
		}
	}
	os.Exit(code)
}
