package recording

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/gobancam/gobancam/internal/limits"
)

// Item is a file of a recording.
type Item struct {
	Name string // below the recording, with forward slashes
	Size int64  // bytes
}

// Contents lists what Pack would put into a report, so that a user can look
// before sending it. A recording with a link in it is refused: somebody else
// may have made it, to have a file sent that is not theirs.
func Contents(dir string) ([]Item, error) {
	d, err := limits.OpenDir(dir)
	if err != nil {
		return nil, fmt.Errorf("the recording in %s cannot be listed: %w", dir, err)
	}
	defer d.Close()
	var items []Item
	for _, sub := range []string{".", "frames"} {
		entries, err := d.List(sub, limits.Files)
		if errors.Is(err, fs.ErrNotExist) && sub == "frames" {
			continue // no picture was kept
		}
		if err != nil {
			return nil, fmt.Errorf("the recording in %s cannot be listed: %w", dir, err)
		}
		for _, e := range entries {
			name := path.Join(sub, e.Name())
			if !belongs(name) {
				continue
			}
			info, err := e.Info()
			switch {
			case errors.Is(err, fs.ErrNotExist):
				continue // the ring has dropped it meanwhile
			case err == nil && info.Mode()&fs.ModeSymlink != 0:
				err = limits.ErrLink
			case err == nil && !info.Mode().IsRegular():
				err = limits.ErrSpecial
			}
			if err != nil {
				return nil, fmt.Errorf("the recording in %s is not packed: %s: %w", dir, name, err)
			}
			items = append(items, Item{name, info.Size()})
		}
	}
	slices.SortFunc(items, func(a, b Item) int { return strings.Compare(a.Name, b.Name) })
	return items, nil
}

// Picture reports whether the item is a picture of the camera.
func (i Item) Picture() bool { return strings.HasPrefix(i.Name, "frames/") }

// belongs reports whether a file is part of a recording; what a user put
// beside it is not sent along.
func belongs(name string) bool {
	frame, ok := strings.CutPrefix(name, "frames/")
	return name == "session.json" ||
		isLog(name) ||
		ok && !strings.Contains(frame, "/") && strings.HasSuffix(frame, ".jpg")
}

// Pack writes those items of the recording in dir as a zip that Open reads.
// extra adds files by name: versions, configuration, an SGF. A recording that
// is still being written is packed as far as it has come.
func Pack(dst io.Writer, dir string, items []Item, extra map[string][]byte) error {
	d, err := limits.OpenDir(dir)
	if err != nil {
		return fmt.Errorf("the recording in %s was not packed: %w", dir, err)
	}
	defer d.Close()
	z := zip.NewWriter(dst)
	for _, it := range items {
		if err := packFile(z, d, it.Name); err != nil {
			return fmt.Errorf("%s was not packed: %w", it.Name, err)
		}
	}
	names := make([]string, 0, len(extra))
	for n := range extra {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		f, err := z.Create(n)
		if err == nil {
			_, err = f.Write(extra[n])
		}
		if err != nil {
			return fmt.Errorf("%s was not packed: %w", n, err)
		}
	}
	return z.Close()
}

func packFile(z *zip.Writer, dir *limits.Dir, name string) error {
	src, err := dir.Open(name)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // the ring has dropped it meanwhile
		}
		return err
	}
	defer src.Close()
	h := &zip.FileHeader{Name: name, Method: zip.Deflate}
	if strings.HasSuffix(name, ".jpg") {
		h.Method = zip.Store // compressed already
	}
	dst, err := z.CreateHeader(h)
	if err != nil {
		return err
	}
	_, err = io.Copy(dst, src)
	return err
}
