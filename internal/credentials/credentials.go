// Package credentials keeps what signs a person in to a server: one record per
// service and server, in the system's key ring where there is one, else in a
// file that only its owner can read. Its three promises: a token pair is
// replaced as a whole, a refreshed pair is on disk before anybody uses it, and
// nothing that cannot be read is thrown away.
package credentials

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/adrg/xdg"
	"github.com/zalando/go-keyring"
	"golang.org/x/oauth2"

	"github.com/gobancam/gobancam/internal/disk"
)

// ErrNone is returned by Get where nothing is stored under a key.
var ErrNone = errors.New("not signed in")

// Key names one record.
type Key struct {
	Service string // "ogs", "challonge", "camera"
	Server  string // base address, such as https://online-go.com; no secret in it
}

// String is the canonical form of k: two spellings of one server (case of the
// host, default port, trailing slash) give the same string.
func (k Key) String() string { return k.Service + " " + canonical(k.Server) }

func canonical(server string) string {
	u, err := url.Parse(strings.TrimSpace(server))
	if err != nil || u.Host == "" {
		return strings.TrimRight(strings.ToLower(strings.TrimSpace(server)), "/")
	}
	scheme, host, port := strings.ToLower(u.Scheme), strings.ToLower(u.Hostname()), u.Port()
	if strings.Contains(host, ":") {
		host = "[" + host + "]" // an IPv6 address
	}
	if port != "" && !(scheme == "https" && port == "443") && !(scheme == "http" && port == "80") {
		host += ":" + port
	}
	if u.User != nil {
		host = u.User.String() + "@" + host
	}
	path := strings.TrimRight(u.EscapedPath(), "/")
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	return scheme + "://" + host + path
}

// file is the name of k's file: readable, and unique by a digest of String.
func (k Key) file() string {
	host := canonical(k.Server)
	if _, rest, ok := strings.Cut(host, "://"); ok {
		host = rest
	}
	plain := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '.', r == '-':
			return r
		}
		return '_'
	}, strings.ToLower(k.Service)+"-"+host)
	if len(plain) > 60 {
		plain = plain[:60]
	}
	sum := sha256.Sum256([]byte(k.String()))
	return plain + "-" + hex.EncodeToString(sum[:4]) + ".json"
}

// Credential is one record. Its printed forms are masked; only the store
// writes the secrets out.
type Credential struct {
	// Token is the OAuth pair, access and refresh token together; nil where
	// the service is signed in to by a personal key alone (see Secret).
	Token *oauth2.Token
	// ClientID is the application the token was issued to: a refresh has to
	// name the same one.
	ClientID string
	// Secret is a secret that is no OAuth token: a personal API key, or the
	// secret of an application of one's own. Empty where there is none.
	Secret string
	// Extra holds what a service wants to remember beside it: the account's
	// name, how it was signed in to, its granted scopes.
	Extra map[string]string
	// Saved is when the record was written; the store sets it.
	Saved time.Time
}

// stored is the form on disk and in the key ring.
type stored struct {
	Version  int               `json:"version"`
	Key      string            `json:"key"` // Key.String, so that a file explains itself
	Token    *oauth2.Token     `json:"token,omitempty"`
	ClientID string            `json:"client_id,omitempty"`
	Secret   string            `json:"secret,omitempty"`
	Extra    map[string]string `json:"extra,omitempty"`
	Saved    time.Time         `json:"saved"`
}

const version = 1

func encode(k Key, c Credential) ([]byte, error) {
	return json.Marshal(stored{version, k.String(), c.Token, c.ClientID, c.Secret, c.Extra, c.Saved})
}

// errNewer is returned by decode for a record of a later version of the
// format: it is refused but sound.
var errNewer = errors.New("it was written by a newer version of gobancam; update this one, or sign out with that one")

func decode(k Key, data []byte) (Credential, error) {
	var s stored
	if err := json.Unmarshal(data, &s); err != nil {
		return Credential{}, fmt.Errorf("it is not the JSON that gobancam writes: %w", err)
	}
	switch {
	case s.Version > version:
		return Credential{}, errNewer
	case s.Version != version:
		return Credential{}, errors.New("it says no version that gobancam knows")
	case s.Key != k.String():
		return Credential{}, fmt.Errorf("it belongs to %q, not to %q", s.Key, k)
	case (s.Token == nil || s.Token.AccessToken == "" && s.Token.RefreshToken == "") && s.Secret == "":
		return Credential{}, errors.New("it holds neither token nor key")
	}
	return Credential{s.Token, s.ClientID, s.Secret, s.Extra, s.Saved}, nil
}

// A CorruptError says that a stored record could not be understood. It has
// been kept aside, so the next Get finds nothing and a new sign-in can begin.
type CorruptError struct {
	Place string // where it was found
	Kept  string // the file where it now lies; empty if it was left in place
	Err   error
}

func (e *CorruptError) Error() string {
	kept := "it was left where it is"
	if e.Kept != "" {
		kept = "it was kept as " + e.Kept
	}
	return fmt.Sprintf("the sign-in stored in %s cannot be used: %v; %s: sign in again", e.Place, e.Err, kept)
}

func (e *CorruptError) Unwrap() error { return e.Err }

// Options say how a Store behaves; the zero value is right for the program.
type Options struct {
	// Dir is where files are kept; empty for gobancam/credentials below the
	// XDG configuration directory. It is made with mode 0700.
	Dir string
	// NoKeyring keeps everything in files, even where there is a key ring.
	// The environment variable GOBANCAM_KEYRING=off does the same.
	NoKeyring bool
	// Notice is told, in a sentence, what the user should know although the
	// work went on: permissions that were mended, a key ring that is shut, a
	// token that could not be refreshed yet. Nil logs it as a warning.
	Notice func(sentence string)
}

// A Store keeps credentials. It may be used by several goroutines, and several
// processes may use the same place.
type Store struct {
	dir     string
	fs      disk.FS
	keyring bool
	notice  func(string)
	now     func() time.Time

	mu    sync.Mutex // guards told, and the files against this process
	told  map[string]bool
	place string // where the last Get or Put happened
}

// New returns a store. It touches nothing until it is used.
func New(o Options) *Store {
	s := &Store{dir: o.Dir, fs: disk.OS, keyring: !o.NoKeyring && os.Getenv("GOBANCAM_KEYRING") != "off",
		notice: o.Notice, now: time.Now, told: map[string]bool{}}
	if s.dir == "" {
		s.dir = filepath.Join(xdg.ConfigHome, "gobancam", "credentials")
	}
	if s.notice == nil {
		s.notice = func(sentence string) { slog.Warn(sentence) }
	}
	return s
}

// Keyring is the Place of a record in the system's key ring.
const Keyring = "the system's key ring"

// Place says where the record last read or written lies: Keyring, or the path
// of a file. Empty before the first use.
func (s *Store) Place() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.place
}

// ringService is the name under which the key ring lists our records.
const ringService = "gobancam"

// Get returns the record under k, ErrNone if there is none, or a CorruptError.
func (s *Store) Get(k Key) (Credential, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.get(k)
}

func (s *Store) get(k Key) (Credential, error) {
	var found []Credential
	var places []string
	var shut error
	if s.keyring {
		switch text, err := keyring.Get(ringService, k.String()); {
		case err == nil:
			c, err := decode(k, []byte(text))
			if err != nil {
				return Credential{}, s.setAside(k, Keyring, []byte(text), err)
			}
			found, places = append(found, c), append(places, Keyring)
		case !errors.Is(err, keyring.ErrNotFound):
			shut = err
		}
	}
	path := filepath.Join(s.dir, k.file())
	switch data, err := s.read(path); {
	case err == nil:
		c, err := decode(k, data)
		if err != nil {
			return Credential{}, s.setAside(k, path, data, err)
		}
		found, places = append(found, c), append(places, path)
	case !errors.Is(err, fs.ErrNotExist):
		return Credential{}, fmt.Errorf("the stored sign-in cannot be read: %w", err)
	}
	// Both hold one where the key ring was shut for a while: the later counts.
	best := -1
	for i, c := range found {
		if best < 0 || c.Saved.After(found[best].Saved) {
			best = i
		}
	}
	if best < 0 {
		// Who has a file was told when it was written; only where nothing is
		// found does it matter that there was a place not looked into.
		if shut != nil {
			s.keyringFailed(shut, "a sign-in kept in it is not found until it is unlocked")
		}
		return Credential{}, ErrNone
	}
	s.place = places[best]
	return found[best], nil
}

// Put stores c under k, replacing all that was there. When it returns without
// error, the record survives a crash.
func (s *Store) Put(k Key, c Credential) error {
	return s.exclusively(k, func() error { return s.put(k, c) })
}

// replace stores next under k in place of old. If the record is no longer old,
// because somebody signed out or in meanwhile, nothing is stored, and replace
// returns what is there now, or ErrNone.
func (s *Store) replace(k Key, old, next Credential) (Credential, error) {
	now := next
	err := s.exclusively(k, func() error {
		have, err := s.get(k)
		if err != nil {
			return err
		}
		if !have.same(old) {
			now = have
			return nil
		}
		return s.put(k, next)
	})
	return now, err
}

// same reports whether two records hold the same secrets.
func (c Credential) same(d Credential) bool {
	if (c.Token == nil) != (d.Token == nil) || c.Secret != d.Secret {
		return false
	}
	return c.Token == nil || c.Token.AccessToken == d.Token.AccessToken && c.Token.RefreshToken == d.Token.RefreshToken
}

// put is Put for a caller that has the record to itself.
func (s *Store) put(k Key, c Credential) error {
	c.Saved = s.now().UTC()
	data, err := encode(k, c)
	if err != nil {
		return fmt.Errorf("the sign-in cannot be stored: %w", err)
	}
	if _, err := decode(k, data); err != nil {
		return fmt.Errorf("the sign-in cannot be stored: %w", err)
	}
	path := filepath.Join(s.dir, k.file())
	if s.keyring {
		err := keyring.Set(ringService, k.String(), string(data))
		if err == nil {
			s.place = Keyring
			if err := s.removeFiles(k.file(), false); err != nil {
				s.notice(fmt.Sprintf("The sign-in is in the key ring now, but an older copy could not be removed: %v.", err))
			}
			return nil
		}
		if _, there := os.Stat(path); there != nil { // who has a file knows already
			s.once("keyring", fmt.Sprintf("%s, so sign-ins are kept in %s, readable by you alone.", keyringState(err), s.dir))
		}
	}
	if err := s.makeDir(); err != nil {
		return err
	}
	if err := disk.WriteFile(s.fs, path, data, 0o600); err != nil {
		return fmt.Errorf("the sign-in cannot be stored: %w; look whether the disk is full or the directory is not yours", err)
	}
	s.place = path
	return nil
}

// Delete removes the record under k from every place, with what was set aside
// of it. A missing one is no error. A refresh that is running in this process
// or in another one cannot store its result afterwards.
func (s *Store) Delete(k Key) error {
	_, err := s.Take(k)
	if errors.Is(err, ErrNone) {
		return nil
	}
	return err
}

// Take is Delete and returns what was removed. It is ErrNone where there was
// nothing, or nothing that could be understood, which is removed all the same.
func (s *Store) Take(k Key) (Credential, error) {
	var had Credential
	err := s.exclusively(k, func() error {
		c, err := s.get(k)
		if errors.Is(err, errNewer) {
			return err
		}
		if removing := s.remove(k); removing != nil {
			return removing
		}
		if err != nil {
			return ErrNone
		}
		had = c
		return nil
	})
	return had, err
}

func (s *Store) remove(k Key) error {
	if s.keyring {
		// A key ring that does not answer holds nothing that Get would return.
		if err := keyring.Delete(ringService, k.String()); err != nil && !errors.Is(err, keyring.ErrNotFound) {
			s.keyringFailed(err, "a sign-in kept in it is still there; unlock it and sign out again")
		}
	}
	if err := s.removeFiles(k.file(), true); err != nil {
		return fmt.Errorf("the stored sign-in cannot be removed: %w", err)
	}
	return nil
}

// removeFiles removes a file of the directory, with what writes of it that were
// cut off have left of the secret, and if aside is set what was set aside of
// it. When it returns nil, the names are gone from the disk. Missing files are
// no error.
func (s *Store) removeFiles(name string, aside bool) error {
	list, err := s.fs.ReadDir(s.dir)
	if err != nil {
		return present(err)
	}
	path := filepath.Join(s.dir, name)
	errs := []error{present(s.fs.Remove(path)), disk.Sweep(s.fs, path)}
	for _, f := range list {
		if aside && strings.HasPrefix(strings.TrimPrefix(f.Name(), "."), name+corruptSuffix) {
			errs = append(errs, present(s.fs.Remove(filepath.Join(s.dir, f.Name()))))
		}
	}
	return errors.Join(append(errs, s.fs.SyncDir(s.dir))...)
}

// present is err, but nil if it says that something is not there.
func present(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// corruptSuffix marks what could not be understood and was kept aside.
const corruptSuffix = ".corrupt-"

// setAside keeps data, which could not be understood, beside the files and
// empties the place it came from. A record of a newer version is left alone.
func (s *Store) setAside(k Key, place string, data []byte, cause error) error {
	e := &CorruptError{Place: place, Err: cause}
	if errors.Is(cause, errNewer) {
		return e
	}
	kept := filepath.Join(s.dir, k.file()+corruptSuffix+s.now().UTC().Format("20060102T150405.000000000Z"))
	if err := s.makeDir(); err != nil {
		return e
	}
	if err := disk.WriteFile(s.fs, kept, data, 0o600); err != nil {
		return e
	}
	e.Kept = kept
	if place == Keyring {
		if err := keyring.Delete(ringService, k.String()); err != nil {
			s.notice(fmt.Sprintf("The record in the key ring could not be removed: %v.", err))
		}
	} else if err := s.removeFiles(k.file(), false); err != nil {
		s.notice(fmt.Sprintf("The record could not be removed: %v.", err))
	}
	return e
}

// read returns the content of a file of ours and mends loose permissions.
func (s *Store) read(path string) ([]byte, error) {
	data, err := s.fs.ReadFile(path)
	if err != nil {
		return nil, err
	}
	s.tighten(s.dir, 0o700)
	s.tighten(path, 0o600)
	return data, nil
}

func (s *Store) makeDir() error {
	if err := s.fs.MkdirAll(s.dir, 0o700); err != nil {
		return fmt.Errorf("there is no place to store the sign-in: %w", err)
	}
	s.tighten(s.dir, 0o700)
	return nil
}

// tighten takes everybody else's rights to path away and says so.
func (s *Store) tighten(path string, want fs.FileMode) {
	if runtime.GOOS == "windows" {
		return // the user's profile is protected by access lists there
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm()&^want == 0 {
		return
	}
	was := info.Mode().Perm()
	if err := os.Chmod(path, want); err != nil {
		s.notice(fmt.Sprintf("Others on this machine can read %s (mode %04o) and that could not be changed: %v.", path, was, err))
		return
	}
	s.notice(fmt.Sprintf("Others on this machine could read %s (mode %04o); it is now %04o. If strangers use this machine, sign out and in again.", path, was, want))
}

// once tells a sentence the first time that topic comes up.
func (s *Store) once(topic, sentence string) {
	if !s.told[topic] {
		s.told[topic] = true
		s.notice(sentence)
	}
}
