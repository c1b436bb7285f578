package camera

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"

	"github.com/gobancam/gobancam/calibrate"
	"github.com/gobancam/gobancam/internal/credentials"
	"github.com/gobancam/gobancam/internal/mask"
)

// A camera's address may hold a password. From the moment it is read, the
// program knows the camera by its name, which is the address with its secrets
// masked: that is what stands in profiles, recordings, messages and on the
// screen. address gives the address back where the camera is opened.
var addresses struct {
	sync.Mutex
	known map[string]string // name → address, as given to this process
}

// Name returns the name of the camera at an address.
func Name(address string) string {
	name := mask.Address(address)
	if name != address {
		addresses.Lock()
		defer addresses.Unlock()
		if addresses.known == nil {
			addresses.known = map[string]string{}
		}
		addresses.known[name] = address
	}
	return name
}

// address returns the address of the camera with a name: as it was given
// to this process, else as it is stored.
func address(name string) (string, error) {
	if !strings.Contains(name, mask.Mark) {
		return name, nil
	}
	addresses.Lock()
	known, ok := addresses.known[name]
	addresses.Unlock()
	if ok {
		return known, nil
	}
	c, err := store().Get(key(name))
	switch {
	case err == nil:
		return c.Secret, nil
	case !strings.Contains(name, "://"):
		return name, nil // a file of that name
	case errors.Is(err, credentials.ErrNone):
		return "", fmt.Errorf("the password of the camera at %s is not stored here; give its address again, with the password", name)
	}
	return "", fmt.Errorf("the password of the camera at %s cannot be read (%w); give its address again, with the password", name, err)
}

func key(name string) credentials.Key {
	return credentials.Key{Service: "camera", Server: name}
}

func store() *credentials.Store {
	return credentials.New(credentials.Options{Notice: func(s string) { fmt.Fprintln(os.Stderr, s) }})
}

// keepAddress stores the address of a camera, for later starts.
func keepAddress(name, address string) error {
	store, key := store(), key(name)
	if c, err := store.Get(key); err == nil && c.Secret == address {
		return nil
	}
	return store.Put(key, credentials.Credential{Secret: address})
}

// Keep stores the address of a camera that is to be found again by its
// name. Without it the address has to be given again at the next start.
func Keep(name string) {
	addresses.Lock()
	address, ok := addresses.known[name]
	addresses.Unlock()
	if !ok {
		return
	}
	if err := keepAddress(name, address); err != nil {
		slog.Warn("the password of a camera was not stored: it has to be given again", "camera", name, "error", err)
	}
}

// Profiles is where the calibrations of this user's cameras are kept.
func Profiles() calibrate.Store {
	s := calibrate.DefaultStore()
	s.Keep = keepAddress
	return s
}
