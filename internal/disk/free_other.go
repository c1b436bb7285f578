//go:build unix && !linux && !darwin && !freebsd

package disk

import (
	"errors"
	"io/fs"
)

func free(name string) (int64, error) {
	return 0, &fs.PathError{Op: "free", Path: name, Err: errors.ErrUnsupported}
}
