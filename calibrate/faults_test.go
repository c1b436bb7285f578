package calibrate

import (
	"errors"
	"io/fs"
	"testing"

	"pgregory.net/rapid"

	"github.com/gobancam/gobancam/internal/disk/faulty"
)

// Whatever happens to the disk and whenever the program or the power dies, the
// profile is the last that was said to be saved, or one that was being saved
// since; and it is never half of one.
func TestProfileUnderFaults(t *testing.T) {
	faulty.Check(t, func(t *rapid.T) {
		d := faulty.New(rapid.Uint64().Draw(t, "seed"))
		s := Store{Dir: "cameras"}
		said := 0
		maybe := map[int]bool{}
		for i := 1; i <= rapid.IntRange(1, 20).Draw(t, "steps"); i++ {
			if rapid.Bool().Draw(t, "trouble") {
				d.Trouble(t)
			}
			p := sample()
			p.Fit = float64(i) / 64
			if s.saveOn(d, p) == nil {
				said = i
				clear(maybe)
			} else {
				maybe[i] = true
			}
			if d.Dead() {
				d.Revive(t)
			}
		}
		d.Mend()
		d.Revive(t)
		text, err := d.ReadFile(s.Path(sample().Camera))
		if errors.Is(err, fs.ErrNotExist) && said == 0 {
			return
		}
		p, derr := Decode(text)
		if err != nil || derr != nil {
			t.Fatal(err, derr)
		}
		if got := int(p.Fit * 64); got != said && !maybe[got] {
			t.Fatalf("profile %d is saved, %d was said to be", got, said)
		}
	})
}
