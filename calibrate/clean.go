package calibrate

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"

	"github.com/gobancam/gobancam/internal/mask"
)

// clean takes the passwords out of what earlier versions saved: they wrote a
// camera's whole address into its profile, part of it into the file's name, and
// let everybody read it.
func (s Store) clean() {
	files, _ := filepath.Glob(filepath.Join(s.Dir, "*.json"))
	type profile struct {
		file string
		*Profile
	}
	var old []profile
	for _, f := range files {
		if p, err := ReadFile(f); err == nil && mask.HasSecret(p.Camera) {
			old = append(old, profile{f, p})
		}
	}
	// Where the password was changed, the later one counts.
	slices.SortStableFunc(old, func(a, b profile) int { return a.Saved.Compare(b.Saved) })
	for _, p := range old {
		if err := s.move(p.file, p.Profile); err != nil {
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
	to := s.Path(p.Camera)
	later, err := ReadFile(to)
	if file == to || err != nil || later.Saved.Before(p.Saved) {
		if err := s.Keep(mask.Address(p.Camera), p.Camera); err != nil {
			return err
		}
		if err := s.Save(p); err != nil {
			return err
		}
	}
	if file == to {
		return nil
	}
	if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
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
