package recording

import (
	"archive/zip"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Item is a file of a recording.
type Item struct {
	Name string // below the recording, with forward slashes
	Size int64  // bytes
}

// Contents lists what Pack would put into a report, so that a user can look
// before sending it.
func Contents(dir string) ([]Item, error) {
	var items []Item
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !belongs(name) {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		items = append(items, Item{name, info.Size()})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("the recording in %s cannot be listed: %w", dir, err)
	}
	return items, nil
}

// Picture reports whether the item is a picture of the camera.
func (i Item) Picture() bool { return strings.HasPrefix(i.Name, "frames/") }

// belongs reports whether a file is part of a recording; what a user put
// beside it is not sent along.
func belongs(name string) bool {
	frame, ok := strings.CutPrefix(name, "frames/")
	return name == "session.json" ||
		strings.HasPrefix(name, "log-") && strings.HasSuffix(name, ".jsonl") ||
		ok && !strings.Contains(frame, "/") && strings.HasSuffix(frame, ".jpg")
}

// Pack writes those items of the recording in dir as a zip that Open reads.
// extra adds files by name: versions, configuration, an SGF. A recording that
// is still being written is packed as far as it has come.
func Pack(dst io.Writer, dir string, items []Item, extra map[string][]byte) error {
	z := zip.NewWriter(dst)
	for _, it := range items {
		if err := packFile(z, dir, it.Name); err != nil {
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

func packFile(z *zip.Writer, dir, name string) error {
	src, err := os.Open(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		if os.IsNotExist(err) {
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
