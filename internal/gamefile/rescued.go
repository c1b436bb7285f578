package gamefile

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gobancam/gobancam/board"
)

// tellRescued says which files in the spare directories have more of the game
// than its own file: the program was ended while that one could not be written.
func (k *Keeper) tellRescued() {
	var had []board.Move
	if k.found != nil {
		had = k.found.Game.Moves()
	}
	ext := filepath.Ext(k.path)
	stem := strings.TrimSuffix(filepath.Base(k.path), ext)
	for _, dir := range k.opt.Spares {
		if dir == filepath.Dir(k.path) {
			continue
		}
		files, err := k.fs.ReadDir(dir)
		if err != nil {
			continue // there is none
		}
		for _, file := range files {
			// The name itself, or NAME-2.sgf where there was one already.
			number, ok := strings.CutPrefix(strings.TrimSuffix(file.Name(), ext), stem)
			if !ok || filepath.Ext(file.Name()) != ext || strings.Trim(number, "-0123456789") != "" {
				continue
			}
			name := filepath.Join(dir, file.Name())
			f, err := Read(k.fs, name)
			if err != nil || f == nil || !f.Own || k.found != nil && f.Game.Size() != k.found.Game.Size() {
				continue
			}
			if moves := f.Game.Moves(); len(moves) > len(had) && slices.Equal(had, moves[:len(had)]) {
				k.note(fmt.Sprintf("%s has %s of this game, and %s has %d: it could not be written when the program was ended. To go on with all of it, give that file.",
					name, moveCount(len(moves)), k.path, len(had)))
			}
		}
	}
}
