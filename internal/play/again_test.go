package play

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/limits"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/reading"
	"github.com/gobancam/gobancam/internal/recording"
	"github.com/gobancam/gobancam/vision"
)

// foreign is a recording of a referee with this log.
func foreign(t testing.TB, log string) *recording.Session {
	t.Helper()
	s, err := recording.Read(fstest.MapFS{
		"session.json":     {Data: []byte(`{"format":1,"config":{"referee":{}}}`)},
		"log-000001.jsonl": {Data: []byte(log)},
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestForeignRecordingsAreDecidedToABound: entries that say nothing, without
// end, are not kept, and whoever waits can stop.
func TestForeignRecordingsAreDecidedToABound(t *testing.T) {
	run, err := Again(t.Context(), foreign(t, strings.Repeat(`{"at":1,"kind":"command","data":3}`+"\n", limits.Damaged+100)), nil, nil)
	if !limits.Exceeded(err) || len(run.Damaged) > limits.Damaged+1 {
		t.Errorf("%d damaged entries, %v", len(run.Damaged), err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if run, err = Again(ctx, foreign(t, strings.Repeat(`{"at":1,"kind":"tick"}`+"\n", 100)), nil, nil); !errors.Is(err, context.Canceled) || run.Inputs > 0 {
		t.Errorf("%d inputs after the end, %v", run.Inputs, err)
	}
	// What is said and was not recorded is a difference, and is not kept.
	words := 0
	run, err = Again(t.Context(), foreign(t, strings.Repeat(`{"at":1,"kind":"command","data":{"kind":"help"}}`+"\n", 5*limits.Mistrusts)), func(match.Event) { words++ }, nil)
	if err != nil || words > limits.Mistrusts && run.Differs == "" {
		t.Errorf("%d sentences, %q, %v", words, run.Differs, err)
	}
}

// FuzzReplayPacked: no bytes of a report make replaying it fail otherwise than
// with an error.
func FuzzReplayPacked(f *testing.F) {
	dir := filepath.Join(f.TempDir(), "tape")
	tape, err := NewTape(dir, "a test", match.Options{}, recording.Options{}, func(error) {})
	if err != nil {
		f.Fatal(err)
	}
	if err := tape.Close(); err != nil {
		f.Fatal(err)
	}
	session, err := os.ReadFile(filepath.Join(dir, "session.json"))
	if err != nil {
		f.Fatal(err)
	}
	logs := []string{
		`{"at":1,"kind":"server","data":{"type":"Connected","data":{}}}` + "\n" + `{"at":2,"kind":"tick"}` + "\n{}\n" + `{"at":3,"ki`,
		`{"at":1,"kind":"command","data":{"Kind":1}}` + "\n" + `{"at":2,"kind":"look","data":{"error":"dark"}}`,
		fmt.Sprintf(`{"at":1,"kind":"checkpoint","data":%s}`, strings.Repeat("[", 50)),
	}
	for _, log := range logs {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for _, file := range [][2]string{{"session.json", string(session)}, {"log-000001.jsonl", log}} {
			w, err := z.CreateHeader(&zip.FileHeader{Name: file[0], Method: zip.Store}) // so that what is inside can be changed
			if err == nil {
				_, err = w.Write([]byte(file[1]))
			}
			if err != nil {
				f.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes(), []byte(log))
	}
	f.Fuzz(func(t *testing.T, packed, log []byte) {
		if s, err := recording.ReadPacked(bytes.NewReader(packed), int64(len(packed))); err == nil {
			_, _ = Again(t.Context(), s, func(match.Event) {}, func(match.Decision) {})
			Pictures(s)
		}
		s, err := recording.Read(fstest.MapFS{"session.json": {Data: session}, "log-000001.jsonl": {Data: log}})
		if err != nil {
			t.Fatal(err)
		}
		_, _ = Again(t.Context(), s, func(match.Event) {}, func(match.Decision) {})
		Pictures(s)
	})
}

// TestALostPictureIsOneLost: a picture of a recording that is damaged or gone
// is passed over and counted; those behind it keep their numbers.
func TestALostPictureIsOneLost(t *testing.T) {
	var gray bytes.Buffer
	if err := jpeg.Encode(&gray, image.NewGray(image.Rect(0, 0, 160, 120)), nil); err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{"session.json": {Data: []byte(`{"format":1}`)}, "log-000001.jsonl": {}}
	for i, data := range [][]byte{gray.Bytes(), []byte("damaged"), nil, gray.Bytes()} {
		name := fmt.Sprintf("frames/%06d.jpg", i)
		log := files["log-000001.jsonl"]
		log.Data = fmt.Appendf(log.Data, `{"at":%d,"kind":"frame","data":{"frame":%d,"file":%q}}`+"\n", i*int(time.Second), i, name)
		if data != nil {
			files[name] = &fstest.MapFile{Data: data}
		}
	}
	s, err := recording.Read(files)
	if err != nil {
		t.Fatal(err)
	}
	var numbers []int
	r := Replay{Source: Pictures(s), Voice: func(match.Event) {}, Eyes: EyesOptions{Size: 9, Seen: func(f *vision.Frame, _ *grid.Grid, _ *reading.Reading) { numbers = append(numbers, f.Number) }}}
	end, err := r.Run(t.Context())
	if err != nil || end.Frames != 2 || end.Damaged != 2 || !slices.Equal(numbers, []int{0, 3}) || end.Time != 3*time.Second {
		t.Errorf("pictures %v, %+v, %v", numbers, end, err)
	}
}

// TestADamagedLogOfPictures: a line that cannot be read is counted, and a log of
// which the rest is not read does not end like one that is over.
func TestADamagedLogOfPictures(t *testing.T) {
	var gray bytes.Buffer
	if err := jpeg.Encode(&gray, image.NewGray(image.Rect(0, 0, 160, 120)), nil); err != nil {
		t.Fatal(err)
	}
	const frame = `{"at":0,"kind":"frame","data":{"frame":0,"file":"frames/000000.jpg"}}` + "\n"
	for _, tt := range []struct {
		log             string
		frames, damaged int
		ends            bool // early
	}{
		{frame + "rubbish\n" + frame, 2, 1, false},
		{frame + `{"at":0,"kind":"frame","data":7}` + "\n" + frame, 2, 1, false},
		{frame + frame + `{"at":0,"kind":"fra`, 2, 1, false},
		{frame + strings.Repeat("{}\n", limits.Damaged+1) + frame, 1, limits.Damaged, true},
	} {
		s, err := recording.Read(fstest.MapFS{"session.json": {Data: []byte(`{"format":1}`)},
			"log-000001.jsonl": {Data: []byte(tt.log)}, "frames/000000.jpg": {Data: gray.Bytes()}})
		if err != nil {
			t.Fatal(err)
		}
		r := Replay{Source: Pictures(s), Voice: func(match.Event) {}, Eyes: EyesOptions{Size: 9}}
		end, err := r.Run(t.Context())
		if end.Frames != tt.frames || end.Damaged != tt.damaged || limits.Exceeded(err) != tt.ends || errors.Is(err, vision.ErrEndsEarly) != tt.ends || !tt.ends && err != nil {
			t.Errorf("%.80q: %+v, %v", tt.log, end, err)
		}
	}
}

// TestAReplayThatEndsEarlySaysSo, with what came before.
func TestAReplayThatEndsEarlySaysSo(t *testing.T) {
	var gray bytes.Buffer
	if err := jpeg.Encode(&gray, image.NewGray(image.Rect(0, 0, 160, 120)), nil); err != nil {
		t.Fatal(err)
	}
	n := 0
	src := vision.FromEncoded(func(context.Context) (vision.Encoded, error) {
		if n++; n > 2 {
			return vision.Encoded{}, fmt.Errorf("%w: cut off", vision.ErrEndsEarly)
		}
		return vision.Encoded{Data: gray.Bytes()}, nil
	})
	r := Replay{Source: src, Voice: func(match.Event) {}, Eyes: EyesOptions{Size: 9}}
	if end, err := r.Run(t.Context()); !errors.Is(err, vision.ErrEndsEarly) || end.Frames != 2 {
		t.Errorf("%+v, %v", end, err)
	}
}
