package faulty

import (
	"os"
	"strconv"
	"syscall"
	"testing"

	"pgregory.net/rapid"
)

// Runs is how many sequences of faults a test is to try: usual, or as many as
// the environment variable GOBANCAM_FAULTS says (make soak-faults).
func Runs(usual int) int {
	if n, err := strconv.Atoi(os.Getenv("GOBANCAM_FAULTS")); err == nil && n > 0 {
		return n
	}
	return usual
}

// Check tries prop on Runs(1000) sequences of faults.
func Check(t *testing.T, prop func(*rapid.T)) {
	t.Helper()
	for range max(1, Runs(1000)/100) { // rapid tries each hundred
		rapid.Check(t, prop)
		if t.Failed() {
			return
		}
	}
}

// Trouble does something to the disk that disks suffer, now or soon; or mends
// it.
func (d *Disk) Trouble(t *rapid.T) {
	switch rapid.SampledFrom([]string{"mend", "full", "read-only", "broken", "kill", "power"}).Draw(t, "trouble") {
	case "mend":
		d.Mend()
	case "full":
		d.SetFree(rapid.Int64Range(0, 500).Draw(t, "free"))
	case "read-only":
		d.SetReadOnly(true)
	case "broken":
		op := rapid.SampledFrom([]Op{OpOpen, OpCreate, OpRead, OpWrite, OpSync, OpClose, OpTruncate, OpRename, OpRemove, OpSyncDir, OpStat, OpChmod})
		one, other := op.Draw(t, "broken"), op.Draw(t, "broken too")
		d.Hook(func(o Op, _ string) error {
			if o == one || o == other {
				return syscall.EIO
			}
			return nil
		})
	case "kill":
		d.KillAfter(rapid.IntRange(1, 15).Draw(t, "after"))
	case "power":
		d.KillAfter(1)
		_, _ = d.Stat(".")
	}
}

// Mend takes all faults away, but leaves dead who is dead.
func (d *Disk) Mend() {
	d.Hook(nil)
	d.SetFree(-1)
	d.SetReadOnly(false)
}

// Revive restarts what was cut off, by a kill or a loss of power.
func (d *Disk) Revive(t *rapid.T) {
	if rapid.Bool().Draw(t, "the power failed") {
		d.PowerLoss()
	} else {
		d.Restart()
	}
}
