package phone

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gobancam/gobancam/internal/disk"
	"github.com/gobancam/gobancam/internal/limits"
	"github.com/gobancam/gobancam/internal/plain"
)

// knownFile keeps the known phones, and what else is the same next evening.
const knownFile = "phones.json"

// memory is that file.
type memory struct {
	Port   int          `json:"port"`  // that was used last
	House  string       `json:"house"` // tells our cookie from that of another gobancam on this machine
	Phones []knownPhone `json:"phones"`
	fsys   disk.FS      // where it is kept
	dir    string       //
	warn   func(string) // is told when it cannot be kept
	failed bool         // it has been told
}

// knownPhone is a phone that was let in.
type knownPhone struct {
	ID    string    `json:"id"`
	Name  string    `json:"name"`
	Hint  string    `json:"hint,omitempty"` // by which the same phone is recognised that comes to another address of this machine
	Keys  []hash    `json:"keys"`           // of its cookies, one for each address at which it was let in
	First time.Time `json:"first"`
	Last  time.Time `json:"last"`
}

// hash is the SHA-256 of what a cookie says; the cookie itself is kept nowhere.
type hash string

func hashOf(secret string) hash {
	sum := sha256.Sum256([]byte(secret))
	return hash(base64.RawURLEncoding.EncodeToString(sum[:]))
}

func (h hash) is(o hash) bool { return subtle.ConstantTimeCompare([]byte(h), []byte(o)) == 1 }

// maxKeys are the addresses of this machine at which one phone is known.
const maxKeys = 4

// openMemory reads what is known. A file that cannot be read is told of, and
// what was in it is forgotten: every phone has to scan again.
func openMemory(fsys disk.FS, dir string, warn func(string)) *memory {
	m := &memory{fsys: fsys, dir: dir, warn: warn}
	text, err := limits.ReadFile(filepath.Join(dir, knownFile), limits.Config)
	if err == nil {
		err = json.Unmarshal(text, m)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		warn(fmt.Sprintf("The phones that were known cannot be read: %v. Each has to scan the code again.", err))
		m.Phones, m.Port, m.House = nil, 0, ""
	}
	m.Phones = slices.DeleteFunc(m.Phones, func(p knownPhone) bool { return !IsID(p.ID) || len(p.Keys) == 0 })
	for i := range m.Phones {
		m.Phones[i].Name = plain.Name(m.Phones[i].Name)
	}
	m.Phones = m.Phones[:min(len(m.Phones), limits.PhonesKnown)]
	if !IsID(m.House) {
		m.House, m.Port = newID(), 0
	}
	return m
}

// keep writes it down.
func (m *memory) keep() error {
	text, err := json.MarshalIndent(m, "", "  ")
	if err == nil {
		err = m.fsys.MkdirAll(m.dir, 0o700)
	}
	if err == nil {
		err = disk.WriteFile(m.fsys, filepath.Join(m.dir, knownFile), append(text, '\n'), 0o600)
	}
	if err != nil && !m.failed {
		m.failed = true
		m.warn(fmt.Sprintf("This phone cannot be remembered for the next evening: %v. It is the camera until gobancam ends.", err))
	}
	return err
}

// find returns the phone with a cookie, nil for none. All are compared, so that
// the time it takes tells nothing.
func (m *memory) find(key hash) (found *knownPhone) {
	for i := range m.Phones {
		for _, k := range m.Phones[i].Keys {
			if k.is(key) {
				found = &m.Phones[i]
			}
		}
	}
	return found
}

func (m *memory) byID(id string) *knownPhone {
	i := slices.IndexFunc(m.Phones, func(p knownPhone) bool { return p.ID == id })
	if i < 0 {
		return nil
	}
	return &m.Phones[i]
}

// admit lets a phone in with a new cookie. One whose old cookie is known, or
// whose hint is that of a phone that is not here, stays the same phone; here
// says which ids are.
func (m *memory) admit(old, key hash, name, hint string, here func(id string) bool, now time.Time) *knownPhone {
	p := m.find(old)
	if p != nil {
		p.Keys = slices.DeleteFunc(p.Keys, old.is)
	} else if hint != "" {
		if i := slices.IndexFunc(m.Phones, func(p knownPhone) bool { return p.Hint == hint && !here(p.ID) }); i >= 0 {
			p = &m.Phones[i]
		}
	}
	if p == nil {
		if len(m.Phones) >= limits.PhonesKnown { // the one that was here longest ago is forgotten
			oldest := slices.MinFunc(m.Phones, func(a, b knownPhone) int {
				return cmp.Or(cmp.Compare(btoi(here(a.ID)), btoi(here(b.ID))), a.Last.Compare(b.Last))
			})
			m.forget(oldest.ID)
		}
		m.Phones = append(m.Phones, knownPhone{ID: newID(), First: now})
		p = &m.Phones[len(m.Phones)-1]
	}
	p.Name, p.Hint, p.Last = name, hint, now
	p.Keys = append(p.Keys, key)
	p.Keys = p.Keys[max(0, len(p.Keys)-maxKeys):]
	return p
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (m *memory) forget(id string) bool {
	n := len(m.Phones)
	m.Phones = slices.DeleteFunc(m.Phones, func(p knownPhone) bool { return p.ID == id })
	return len(m.Phones) < n
}

// letters are those of an id: no two look alike.
const letters = "abcdefghjkmnpqrstuvwxyz"

// idLength is that of an id, in letters.
const idLength = 10

func newID() string {
	b := make([]byte, idLength)
	for i := range b {
		for {
			var one [1]byte
			_, _ = rand.Read(one[:]) // never fails
			if int(one[0]) < 256/len(letters)*len(letters) {
				b[i] = letters[int(one[0])%len(letters)]
				break
			}
		}
	}
	return string(b)
}

// IsID reports whether s can be the id of a phone.
func IsID(s string) bool {
	return len(s) == idLength && strings.Trim(s, letters) == ""
}

// newSecret returns random bytes as text.
func newSecret(bytes int) string {
	b := make([]byte, bytes)
	_, _ = rand.Read(b) // never fails
	return base64.RawURLEncoding.EncodeToString(b)
}

// android finds the model in what a browser says of itself.
var android = regexp.MustCompile(`Android [^;)]*; ([^;)]+?)(?: Build/[^;)]*)?[;)]`)

// nameOf calls a phone by what its browser says of itself; model is what its
// page said, "" for nothing.
func nameOf(agent, model string) string {
	device := plain.Cut(model, 40)
	switch {
	case device != "":
	case strings.Contains(agent, "iPhone"):
		device = "iPhone"
	case strings.Contains(agent, "iPad"):
		device = "iPad"
	case strings.Contains(agent, "Android"):
		device = "Android phone"
		if m := android.FindStringSubmatch(agent); m != nil && m[1] != "K" && !strings.HasPrefix(m[1], "rv:") && m[1] != "Mobile" && m[1] != "Tablet" {
			device = m[1]
		}
	case strings.Contains(agent, "Macintosh"):
		device = "Mac or iPad"
	case strings.Contains(agent, "Linux"), strings.Contains(agent, "Windows"):
		device = "computer"
	default:
		device = "phone"
	}
	for _, b := range []struct{ mark, name string }{
		{"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"}, {"EdgA/", "Edge"}, {"EdgiOS/", "Edge"}, {"SamsungBrowser/", "Samsung Internet"},
		{"CriOS/", "Chrome"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"},
	} {
		if strings.Contains(agent, b.mark) {
			device += " (" + b.name + ")"
			break
		}
	}
	return plain.Name(device)
}
