package credentials

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"github.com/zalando/go-keyring"
)

// Two locks belong to each record. The refresh lock is held while the server is
// asked for a new pair, so that only one process asks. The store lock is held
// for the moment in which a record is compared and written or removed: signing
// out never waits for the network, and a refresh that it overtook finds its
// record gone.
const (
	refreshLock = ".lock"
	storeLock   = ".store.lock"
)

// storeWithin bounds the wait for the store lock, which others hold for
// milliseconds, or as long as a key ring takes to answer.
const storeWithin = 10 * time.Second

// Lock waits until no other process (or goroutine) holds the refresh lock of
// k, takes it, and returns the unlock function.
func (s *Store) Lock(ctx context.Context, k Key) (unlock func(), err error) {
	s.mu.Lock()
	err = s.makeDir()
	s.mu.Unlock()
	if err != nil {
		return nil, err
	}
	unlock, err = s.lock(ctx, k, refreshLock)
	if err != nil {
		return nil, fmt.Errorf("another gobancam is refreshing the sign-in and did not finish: %w", err)
	}
	return unlock, nil
}

func (s *Store) lock(ctx context.Context, k Key, which string) (unlock func(), err error) {
	l := flock.New(filepath.Join(s.dir, k.file()+which), flock.SetPermissions(0o600))
	if _, err := l.TryLockContext(ctx, 20*time.Millisecond); err != nil {
		return nil, err
	}
	return func() { l.Unlock() }, nil
}

// exclusively calls f while nobody else, in this process or another, changes
// the record under k. A directory that cannot be written leaves f to say so.
func (s *Store) exclusively(k Key, f func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.makeDir(); err != nil {
		return f()
	}
	ctx, cancel := context.WithTimeout(context.Background(), storeWithin)
	defer cancel()
	unlock, err := s.lock(ctx, k, storeLock)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("another gobancam keeps the stored sign-in busy: nothing was changed; try again: %w", err)
	case err == nil:
		defer unlock()
	}
	return f()
}

// keyringState says in a clause why the key ring cannot be used. A system
// without one says so in several ways, none of which helps a user.
func keyringState(err error) string {
	slog.Debug("the key ring cannot be used", "error", err)
	if keyringAbsent(err) {
		return "This system has no key ring"
	}
	return "The key ring is locked or does not answer"
}

func keyringAbsent(err error) bool {
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
		return true
	}
	text := strings.ToLower(err.Error())
	for _, sign := range []string{
		"dbus-launch", "executable file not found", "session bus", "was not provided by any .service files",
		"no such file or directory", "connection refused", "unsupported platform", "no key ring",
	} {
		if strings.Contains(text, sign) {
			return true
		}
	}
	return false
}

// keyringFailed tells once that a key ring which is there could not be used. One
// that is not there has never held anything.
func (s *Store) keyringFailed(err error, means string) {
	state := keyringState(err)
	if !keyringAbsent(err) {
		s.once("keyring", state+": "+means+".")
	}
}

// Ring says in a clause why sign-ins are kept in files instead of the system's
// key ring; nil if they are kept in that. A key ring that waits for somebody to
// unlock it keeps Ring waiting.
func (s *Store) Ring() error {
	if !s.keyring {
		return errors.New("the key ring is switched off")
	}
	if _, err := keyring.Get(ringService, "nobody"); err != nil && !errors.Is(err, keyring.ErrNotFound) {
		return errors.New(strings.ToLower(keyringState(err)[:1]) + keyringState(err)[1:])
	}
	return nil
}

// Dir is where the files are kept.
func (s *Store) Dir() string { return s.dir }
