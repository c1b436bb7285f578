// Package calibrate is the way from a camera picture to a grid that the user
// has accepted, and the profile in which that is kept.
package calibrate

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/adrg/xdg"

	"github.com/gobancam/gobancam/internal/disk"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/mask"
)

// profileVersion is raised when a field changes its meaning.
const profileVersion = 1

// maxProfile bounds what Load reads; a profile has less than 2 kB.
const maxProfile = 64 << 10

var (
	// ErrNone says that nothing has been saved for a camera.
	ErrNone = errors.New("this camera has not been calibrated")
	// ErrProfile is wrapped by the error for a file that is no usable profile.
	ErrProfile = errors.New("not a usable calibration")
)

// RGB is a colour as the camera saw it, 0 to 255 each.
type RGB [3]uint8

// Colours are those of the board and the stones when the profile was saved:
// a starting point for reading, which adapts by itself.
type Colours struct {
	Board RGB `json:"board"`
	Black RGB `json:"black"`
	White RGB `json:"white"`
}

// Profile is an accepted calibration of one camera.
type Profile struct {
	Camera  string    // the camera as the user names it: "0", "/dev/video2", "http://…"; no password, see Store.Keep
	Grid    grid.Spec // corners clockwise from the top left of the position as it is to be printed
	Fit     float64   // median reprojection error when it was accepted, in cells; 0 if unknown
	Colours *Colours  // nil if unknown
	// Exposure and Focus are what the camera is locked at, in its driver's
	// units; nil where it sees to them by itself.
	Exposure, Focus *float64
	Saved           time.Time
}

// profileJSON is the file's form.
type profileJSON struct {
	Gobancam string        `json:"gobancam"` // always "calibration"
	Version  int           `json:"version"`
	Camera   string        `json:"camera"`
	Width    int           `json:"width"`
	Height   int           `json:"height"`
	Size     int           `json:"size"`
	Corners  [4][2]float64 `json:"corners"`
	K1       float64       `json:"k1"`
	Aspect   float64       `json:"aspect"`
	Focal    float64       `json:"focal"`
	Fit      float64       `json:"fit,omitempty"`
	Colours  *Colours      `json:"colours,omitempty"`
	Exposure *float64      `json:"exposure,omitempty"`
	Focus    *float64      `json:"focus,omitempty"`
	Saved    time.Time     `json:"saved"`
}

// Encode returns the profile as the text of its file.
func (p *Profile) Encode() ([]byte, error) {
	if err := p.validate(); err != nil {
		return nil, err
	}
	j := profileJSON{
		Gobancam: "calibration", Version: profileVersion,
		Camera: p.Camera,
		Width:  p.Grid.Width, Height: p.Grid.Height, Size: p.Grid.Size,
		K1: p.Grid.K1, Aspect: p.Grid.Aspect, Focal: p.Grid.Focal,
		Fit: p.Fit, Colours: p.Colours, Exposure: p.Exposure, Focus: p.Focus, Saved: p.Saved.UTC().Truncate(time.Second),
	}
	for i, c := range p.Grid.Corners {
		j.Corners[i] = [2]float64{c.X, c.Y}
	}
	b, err := json.MarshalIndent(j, "", "  ")
	if err != nil {
		return nil, err
	}
	return append(b, '\n'), nil
}

// Decode reads what Encode wrote. Its errors wrap ErrProfile.
func Decode(b []byte) (*Profile, error) {
	var j profileJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrProfile, err)
	}
	switch {
	case j.Gobancam != "calibration":
		return nil, fmt.Errorf("%w: it is some other program's file", ErrProfile)
	case j.Version > profileVersion:
		return nil, fmt.Errorf("%w: a newer gobancam wrote it (version %d, this one knows %d)", ErrProfile, j.Version, profileVersion)
	case j.Version < 1:
		return nil, fmt.Errorf("%w: version %d does not exist", ErrProfile, j.Version)
	}
	p := &Profile{
		Camera: j.Camera,
		Grid: grid.Spec{Size: j.Size, Width: j.Width, Height: j.Height,
			K1: j.K1, Aspect: j.Aspect, Focal: j.Focal},
		Fit: j.Fit, Colours: j.Colours, Exposure: j.Exposure, Focus: j.Focus, Saved: j.Saved,
	}
	for i, c := range j.Corners {
		p.Grid.Corners[i] = grid.Pt{X: c[0], Y: c[1]}
	}
	if err := p.validate(); err != nil {
		return nil, err
	}
	return p, nil
}

func (p *Profile) validate() error {
	if p.Camera == "" {
		return fmt.Errorf("%w: it names no camera", ErrProfile)
	}
	g, err := grid.New(p.Grid)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrProfile, err)
	}
	// Corners may lie a little outside of the picture, under the frame's edge.
	for i, c := range g.Corners() {
		mx, my := float64(p.Grid.Width)/4, float64(p.Grid.Height)/4
		if c.X < -mx || c.Y < -my || c.X > float64(p.Grid.Width)+mx || c.Y > float64(p.Grid.Height)+my {
			return fmt.Errorf("%w: corner %d at %.0f,%.0f is outside of the %d×%d picture", ErrProfile, i+1, c.X, c.Y, p.Grid.Width, p.Grid.Height)
		}
	}
	return nil
}

// Store keeps profiles in a directory, one file a camera. A camera is known by
// its address with the passwords masked (mask.Address): no file and no name of
// one holds a secret.
type Store struct {
	Dir string
	// Keep stores the address of a camera, passwords and all, in a place made
	// for secrets. It is called for the profiles of earlier versions, which hold
	// such addresses, before they are rewritten without; where it is nil they
	// stay, readable by their owner alone.
	Keep func(name, address string) error
}

// DefaultStore is the user's: gobancam/cameras under the XDG configuration
// directory.
func DefaultStore() Store {
	return Store{Dir: filepath.Join(xdg.ConfigHome, "gobancam", "cameras")}
}

// Path returns the file of a camera's profile. Two cameras never share one, but
// for those whose addresses differ in nothing but the password.
func (s Store) Path(camera string) string { return s.path(mask.Address(camera)) }

func (s Store) path(camera string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return '-'
	}, camera)
	if len(name) > 40 {
		name = name[len(name)-40:]
	}
	sum := sha256.Sum256([]byte(camera))
	return filepath.Join(s.Dir, strings.Trim(name, "-")+"-"+hex.EncodeToString(sum[:4])+".json")
}

// Load returns the saved profile of a camera. The error wraps ErrNone when
// there is none, ErrProfile when the file is corrupt or foreign; the file is
// left as it is, unless it holds a password.
func (s Store) Load(camera string) (*Profile, error) {
	s.clean()
	if err := s.removeDamaged(camera); err != nil {
		return nil, err
	}
	camera = mask.Address(camera)
	path := s.path(camera)
	p, err := ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s", ErrNone, camera)
	}
	if err != nil {
		return nil, err
	}
	if p.Camera != camera {
		return nil, fmt.Errorf("%s: %w: it belongs to camera %q", path, ErrProfile, p.Camera)
	}
	return p, nil
}

// Cameras lists the cameras that have a profile, those calibrated last first.
// Files that are not profiles are ignored.
func (s Store) Cameras() []string {
	s.clean()
	files, _ := filepath.Glob(filepath.Join(s.Dir, "*.json"))
	var found []*Profile
	for _, f := range files {
		if p, err := ReadFile(f); err == nil && s.Path(p.Camera) == f {
			found = append(found, p)
		}
	}
	slices.SortStableFunc(found, func(a, b *Profile) int { return b.Saved.Compare(a.Saved) })
	names := make([]string, len(found))
	for i, p := range found {
		names[i] = p.Camera
	}
	return names
}

// ReadFile reads a profile from a file.
func ReadFile(path string) (*Profile, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("calibration: %w", err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxProfile+1))
	if err != nil {
		return nil, fmt.Errorf("calibration: %w", err)
	}
	if len(b) > maxProfile {
		return nil, fmt.Errorf("%s: %w: it is far too long; calibrate again", path, ErrProfile)
	}
	p, err := Decode(bytes.TrimSpace(b))
	if err != nil {
		return nil, fmt.Errorf("%s: %w; calibrate again, which replaces it", path, err)
	}
	return p, nil
}

// Save writes the profile in place of the camera's old one: the file is either
// the old or the new one, whatever happens meanwhile.
func (s Store) Save(p *Profile) error { return s.saveOn(disk.OS, p) }

func (s Store) saveOn(fsys disk.FS, p *Profile) error {
	clean := *p
	clean.Camera = mask.Address(p.Camera)
	b, err := clean.Encode()
	if err != nil {
		return err
	}
	if err := fsys.MkdirAll(s.Dir, 0o755); err != nil {
		return fmt.Errorf("the calibration could not be saved: %w", err)
	}
	if err := disk.WriteFile(fsys, s.Path(p.Camera), b, 0o600); err != nil {
		return fmt.Errorf("the calibration could not be saved: %w", err)
	}
	return nil
}
