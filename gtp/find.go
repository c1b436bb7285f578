package gtp

import (
	"os/exec"
	"path/filepath"
	"runtime"
)

// gamesDirs are where distributions put games, which not everybody's PATH has.
var gamesDirs = []string{"/usr/games", "/usr/local/games"}

// Find is exec.LookPath that looks for games, too.
func Find(program string) (string, error) {
	path, err := exec.LookPath(program)
	if err == nil || runtime.GOOS == "windows" || filepath.Base(program) != program {
		return path, err
	}
	for _, dir := range gamesDirs {
		if at, err := exec.LookPath(filepath.Join(dir, program)); err == nil {
			return at, nil
		}
	}
	return "", err
}
