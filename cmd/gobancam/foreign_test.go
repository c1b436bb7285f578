package main

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/play"
	"github.com/gobancam/gobancam/internal/recording"
)

// writeForeign puts files into dir as a stranger may send them: a JPEG that
// claims a gigapixel, packed recordings that unpack to far more than they are,
// and one whose files are links to somebody else's.
func writeForeign(dir string) error {
	gray, err := os.ReadFile(filepath.Join(dir, "gray.jpg"))
	if err != nil {
		return err
	}
	huge := bytes.Clone(gray)
	i := bytes.Index(huge, []byte{0xff, 0xc0})
	binary.BigEndian.PutUint16(huge[i+5:], 32767)
	binary.BigEndian.PutUint16(huge[i+7:], 32767)
	tape, err := play.NewTape(filepath.Join(dir, "foreign"), "sim:9", match.Options{}, recording.Options{}, func(error) {})
	if err != nil {
		return err
	}
	session, err := os.ReadFile(filepath.Join(dir, "foreign", "session.json"))
	if err != nil {
		return err
	}
	frame := `{"at":1,"kind":"frame","data":{"frame":0,"file":"frames/000000.jpg"}}` + "\n"
	return errors.Join(tape.Close(),
		os.WriteFile(filepath.Join(dir, "huge.jpg"), huge, 0o600),
		writeZip(filepath.Join(dir, "lines.zip"), "session.json", string(session), "log-000001.jsonl", strings.Repeat("{}\n", 2_000_000)),
		writeZip(filepath.Join(dir, "some.zip"), "session.json", string(session), "log-000001.jsonl", strings.Repeat("{}\n", 500)),
		writeZip(filepath.Join(dir, "bomb.zip"), "session.json", string(session), "log-000001.jsonl", strings.Repeat("x", 70<<20)),
		writeZip(filepath.Join(dir, "frames.zip"), "session.json", `{"format":1}`, "log-000001.jsonl", strings.Repeat(frame, 3), "frames/000000.jpg", string(huge)))
}

// writeZip writes a zip of names and texts.
func writeZip(name string, files ...string) error {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		f, err := z.Create(files[i])
		if err == nil {
			_, err = f.Write([]byte(files[i+1]))
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return errors.Join(z.Close(), os.WriteFile(name, b.Bytes(), 0o600))
}
