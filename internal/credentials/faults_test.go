package credentials

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gobancam/gobancam/internal/disk"
	"github.com/gobancam/gobancam/internal/disk/faulty"
)

// Whatever happens to the disk and whenever the program or the power dies, the
// record is the last that was said to be stored, or one that was being stored
// since; and it is never half of one.
func TestStoreUnderFaults(t *testing.T) {
	faulty.Check(t, func(t *rapid.T) {
		d := faulty.New(rapid.Uint64().Draw(t, "seed"))
		k := Key{Service: "ogs", Server: "https://online-go.com"}
		open := func(fsys disk.FS) *Store {
			return &Store{dir: "creds", fs: fsys, notice: func(string) {}, now: time.Now, told: map[string]bool{}}
		}
		s := open(d)
		said := ""
		maybe := map[string]bool{}
		for i := range rapid.IntRange(1, 20).Draw(t, "steps") {
			if rapid.Bool().Draw(t, "trouble") {
				d.Trouble(t)
			}
			secret := fmt.Sprint("secret ", i)
			if s.Put(k, Credential{Secret: secret}) == nil {
				said = secret
				clear(maybe)
			} else {
				maybe[secret] = true
			}
			if d.Dead() {
				d.Revive(t)
				s = open(d)
			}
		}
		d.Mend()
		d.Revive(t)
		c, err := open(d).Get(k)
		switch {
		case errors.Is(err, ErrNone) && said == "":
		case err != nil:
			t.Fatalf("%v; %q was said to be stored", err, said)
		case c.Secret != said && !maybe[c.Secret]:
			t.Fatalf("%q is stored, %q was said to be", c.Secret, said)
		}
	})
}
