package match

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"path/filepath"
	"slices"
	"time"

	"github.com/gobancam/gobancam/internal/disk"
)

// FileJournal is a Journal in a file, one JSON object per line. Each line ends
// with a checksum: when power fails, what was written over a line that had been
// taken back may stand there with the rest of it, and still be JSON. One process
// at a time has the journal: two would each take the other's entries for
// settled.
type FileJournal struct {
	fsys   disk.FS
	f      disk.File
	size   int64 // of the entries that Append said are kept, and what was there before
	ragged bool  // what follows has to begin on a new line
	open   []Entry
	damage []string
	unlock func() error
}

// OpenJournal opens the journal at path, making it and its folder if needed.
// Settled entries are removed from the file. A file with lines that cannot be
// read is copied beside it first, and Damage tells. Its error is a *JournalInUse
// when another process has the journal.
func OpenJournal(fsys disk.FS, path string) (*FileJournal, error) {
	if err := fsys.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("there is no place for the journal of moves, without which none is sent: %w", err)
	}
	j := &FileJournal{fsys: fsys, unlock: func() error { return nil }}
	unlock, err := fsys.Lock(path + ".lock")
	var held *disk.Held
	switch {
	case err == nil:
		j.unlock = unlock
	case errors.As(err, &held):
		return nil, &JournalInUse{held}
	default:
		j.damage = append(j.damage, fmt.Sprintf("It cannot be told whether another gobancam plays this game (%v). See that none does: two would send the same moves.", err))
	}
	if err := j.begin(path); err != nil {
		return nil, errors.Join(err, j.unlock())
	}
	return j, nil
}

// JournalInUse says that another process keeps the journal of this game.
type JournalInUse struct{ held *disk.Held }

func (e *JournalInUse) Error() string {
	who := "another gobancam"
	if e.held.PID != 0 {
		who = fmt.Sprintf("another gobancam, process %d,", e.held.PID)
	}
	return who + " plays this game already; two would send the same moves. Go on there, or end it and try again"
}

func (e *JournalInUse) Unwrap() error { return e.held }

// begin reads what is there, tidies it up and opens it for more.
func (j *FileJournal) begin(path string) error {
	data, err := j.fsys.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the journal of moves, without which none is sent, cannot be read: %w", err)
	}
	var bad []badLine
	j.open, bad = openEntries(data)
	// What is in the file now may be either, and may end anywhere.
	j.ragged = !j.tidy(path, data, bad)
	if j.f, err = disk.Append(j.fsys, path, 0o600); err == nil {
		var i fs.FileInfo
		if i, err = j.f.Stat(); err == nil {
			j.size = i.Size()
			return nil
		}
		_ = j.f.Close()
	}
	return fmt.Errorf("the journal of moves, without which none is sent, cannot be written: %w", err)
}

// tidy leaves only open entries in the file, whole lines, and reports whether
// it did. If it cannot be written, or damaged lines cannot be kept beside it, it
// stays as it is: entries can be added to it all the same. What is right
// already is written anew as well: that it can be read does not say that a run
// before, which broke off, got it onto the disk.
func (j *FileJournal) tidy(path string, data []byte, bad []badLine) bool {
	if len(bad) > 0 {
		kept, err := disk.KeepBeside(j.fsys, path, "damaged", data)
		if err != nil {
			j.damage = append(j.damage, damageText(bad, path))
			return false
		}
		j.damage = append(j.damage, damageText(bad, kept))
	}
	var open bytes.Buffer
	for _, e := range j.open {
		line, _ := encodeEntry(e)
		open.Write(line)
	}
	return len(data) == 0 || disk.WriteFile(j.fsys, path, open.Bytes(), 0o600) == nil
}

// badLine is a line of a journal that cannot be understood.
type badLine struct {
	number int // from 1
	text   []byte
	cut    bool // the file ends in it
}

// damageText says what is wrong with a journal that is kept as a file.
func damageText(bad []badLine, file string) string {
	if len(bad) == 1 && bad[0].cut {
		return "The last line of the journal of moves was cut off, as when the power fails while it is written. What it was about had not been done yet, so nothing is lost by it. The file as it was: " + file + "."
	}
	text := bad[0].text
	more := ""
	if len(text) > 40 {
		text, more = text[:40], "…"
	}
	lines := fmt.Sprintf("Line %d of the journal of moves cannot be read", bad[0].number)
	if len(bad) > 1 {
		lines = fmt.Sprintf("%d lines of the journal of moves cannot be read, the first of them line %d", len(bad), bad[0].number)
	}
	return fmt.Sprintf("%s: %q%s. All other lines count, and the server is asked what became of the last move; compare the board on the screen with yours before you go on. The file as it was: %s.", lines, text, more, file)
}

// openEntries returns the pending entries that no settled one follows, and the
// lines that are no entries.
func openEntries(data []byte) (open []Entry, bad []badLine) {
	n := 0
	for line := range bytes.Lines(data) {
		n++
		text := bytes.TrimSpace(line)
		if len(text) == 0 {
			continue
		}
		e := decodeEntry(text)
		switch e.Kind {
		case EntryPending:
			open = append(open, e)
		case EntrySettled:
			i := slices.IndexFunc(open, func(o Entry) bool { return o.Game == e.Game && o.Ref == e.Ref })
			if i >= 0 {
				open = slices.Delete(open, i, i+1)
			}
		default:
			bad = append(bad, badLine{n, text, line[len(line)-1] != '\n'})
		}
	}
	return open, bad
}

const sumField = `,"sum":"`

// encodeEntry returns the line of an entry.
func encodeEntry(e Entry) ([]byte, error) {
	text, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(text[:len(text)-1], "%s%08x\"}\n", sumField, crc32.ChecksumIEEE(text)), nil
}

// decodeEntry reads a line; one that is none, or is not as it was written, gives
// the zero Entry. Earlier versions wrote no checksum.
func decodeEntry(text []byte) Entry {
	var line struct {
		Entry
		Sum *string `json:"sum"`
	}
	if json.Unmarshal(text, &line) != nil {
		return Entry{}
	}
	if line.Sum != nil {
		i := bytes.LastIndex(text, []byte(sumField))
		if i < 0 || fmt.Sprintf("%08x", crc32.ChecksumIEEE(append(slices.Clone(text[:i]), '}'))) != *line.Sum {
			return Entry{}
		}
	}
	return line.Entry
}

// Open returns the entries that still mattered when it was opened: those of
// moves of which it is not known what became of them.
func (j *FileJournal) Open() []Entry { return slices.Clone(j.open) }

// Damage says, a sentence or more each, what was wrong when it was opened.
func (j *FileJournal) Damage() []string { return j.damage }

// Append writes the entry and returns when it is on the disk. On an error
// nothing of it is left in the file, if that can be helped.
func (j *FileJournal) Append(e Entry) error {
	e.Time = time.Now().UTC()
	line, err := encodeEntry(e)
	if err != nil {
		return err
	}
	if j.ragged {
		line = append([]byte{'\n'}, line...)
	}
	if _, err = j.f.Write(line); err == nil {
		err = j.f.Sync()
	}
	if err != nil {
		j.takeBack()
		return fmt.Errorf("write the journal of moves: %w", err)
	}
	j.size, j.ragged = j.size+int64(len(line)), false
	return nil
}

// takeBack removes what an Append that failed has written. Where that fails
// too, what stays is a line of its own: cut off, and told of when the journal
// is opened again; or whole, and then the move that was not sent is not found
// at the server either.
func (j *FileJournal) takeBack() {
	if j.f.Truncate(j.size) == nil {
		return
	}
	j.ragged = true
	if i, err := j.f.Stat(); err == nil {
		j.size = i.Size()
	}
}

// Close closes the file and lets another process have it.
func (j *FileJournal) Close() error { return errors.Join(j.f.Close(), j.unlock()) }
