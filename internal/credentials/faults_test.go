package credentials

import (
	"errors"
	"fmt"
	"io/fs"
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

// Whenever the program or the power dies while sign-ins are stored: after a
// removal that said nil, nothing on the disk holds a secret any more, not even
// after another loss of power.
func TestNothingIsLeftAfterARemoval(t *testing.T) {
	faulty.Check(t, func(t *rapid.T) {
		d := faulty.New(rapid.Uint64().Draw(t, "seed"))
		k := Key{Service: "ogs", Server: "https://online-go.com"}
		open := func() *Store {
			return &Store{dir: "creds", fs: d, notice: func(string) {}, now: time.Now, told: map[string]bool{}}
		}
		s := open()
		for range rapid.IntRange(1, 6).Draw(t, "writes") {
			if rapid.Bool().Draw(t, "trouble") {
				d.Trouble(t)
			}
			if rapid.Bool().Draw(t, "broken") {
				_ = s.setAside(k, "creds/"+k.file(), []byte("half a secret"), errors.New("broken"))
			} else {
				_ = s.put(k, Credential{Secret: "a secret"})
			}
			if d.Dead() {
				d.Revive(t)
				s = open()
			}
		}
		d.Mend()
		d.Revive(t)
		if err := open().remove(k); err != nil {
			t.Fatal(err)
		}
		d.PowerLoss()
		list, err := d.ReadDir("creds")
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		for _, f := range list {
			t.Errorf("%s is left", f.Name())
		}
	})
}
