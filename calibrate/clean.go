package calibrate

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/gobancam/gobancam/internal/mask"
)

// clean takes the passwords out of what earlier versions saved: they wrote a
// camera's whole address into its profile, part of it into the file's name, and
// let everybody read it.
func (s Store) clean() {
	files, _ := filepath.Glob(filepath.Join(s.Dir, "*.json"))
	for _, f := range files {
		p, err := ReadFile(f)
		if err != nil || !mask.HasSecret(p.Camera) {
			continue
		}
		if err := s.move(f, p); err != nil {
			slog.Warn("the password of a camera is still in its calibration", "camera", mask.Address(p.Camera), "error", mask.Text(err.Error()))
		}
	}
}

// move replaces a profile that holds a password by one that does not. The
// password is stored first: whatever fails leaves it in one place at least.
func (s Store) move(file string, p *Profile) error {
	if err := os.Chmod(file, 0o600); err != nil {
		return err
	}
	if s.Keep == nil {
		return errors.New("there is no place to keep it")
	}
	if err := s.Keep(mask.Address(p.Camera), p.Camera); err != nil {
		return err
	}
	// A profile under the new name is a later one.
	if _, err := os.Stat(s.Path(p.Camera)); errors.Is(err, fs.ErrNotExist) {
		if err := s.Save(p); err != nil {
			return err
		}
	}
	if file == s.Path(p.Camera) {
		return s.Save(p)
	}
	return os.Remove(file)
}

// removeDamaged removes the profile that an earlier version saved for a camera
// with a password, if it is damaged: nothing in it is of use, and where the
// password stands in it cannot be known.
func (s Store) removeDamaged(camera string) error {
	file := s.path(camera)
	if file == s.Path(camera) {
		return nil
	}
	_, err := ReadFile(file)
	if !errors.Is(err, ErrProfile) {
		return nil
	}
	if gone := os.Remove(file); gone != nil {
		return fmt.Errorf("%w: the damaged calibration of %s, with its password, cannot be removed: %s", ErrProfile, mask.Address(camera), mask.Text(gone.Error()))
	}
	return fmt.Errorf("%w: that of %s was damaged and has been removed, since it held the password; calibrate again", ErrProfile, mask.Address(camera))
}
