package match

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/google/renameio/v2"
)

// FileJournal is a Journal in a file, one JSON object per line. A line that a
// crash cut short is dropped when it is opened again: what it was about did not
// leave either.
type FileJournal struct {
	f    *os.File
	size int64
}

// OpenJournal opens the journal at path, making it and its folder if needed,
// and returns the entries that still matter: those of moves of which it is not
// known what became of them. Settled ones are removed from the file.
func OpenJournal(path string) (*FileJournal, []Entry, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, nil, fmt.Errorf("make a place for the journal of moves: %w", err)
	}
	data, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("read the journal of moves: %w", err)
	}
	open := openEntries(data)
	var kept bytes.Buffer
	for _, e := range open {
		line, _ := json.Marshal(e)
		kept.Write(line)
		kept.WriteByte('\n')
	}
	if !bytes.Equal(kept.Bytes(), data) || err != nil {
		if err := renameio.WriteFile(path, kept.Bytes(), 0o600); err != nil {
			return nil, nil, fmt.Errorf("write the journal of moves: %w", err)
		}
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, nil, fmt.Errorf("open the journal of moves: %w", err)
	}
	return &FileJournal{f: f, size: int64(kept.Len())}, open, nil
}

// openEntries returns the pending entries that no settled one follows.
func openEntries(data []byte) []Entry {
	var open []Entry
	lines := bufio.NewScanner(bytes.NewReader(data))
	for lines.Scan() {
		var e Entry
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			continue
		}
		switch e.Kind {
		case EntryPending:
			open = append(open, e)
		case EntrySettled:
			for i := range open {
				if open[i].Game == e.Game && open[i].Ref == e.Ref {
					open = append(open[:i], open[i+1:]...)
					break
				}
			}
		}
	}
	return open
}

// Append writes the entry and returns when it is on the disk. On an error
// nothing of it is left in the file, if that can be helped.
func (j *FileJournal) Append(e Entry) error {
	e.Time = time.Now().UTC()
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	line = append(line, '\n')
	if _, err = j.f.Write(line); err == nil {
		err = j.f.Sync()
	}
	if err != nil {
		_ = j.f.Truncate(j.size)
		return fmt.Errorf("write the journal of moves: %w", err)
	}
	j.size += int64(len(line))
	return nil
}

// Close closes the file.
func (j *FileJournal) Close() error { return j.f.Close() }
