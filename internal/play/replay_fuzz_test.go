package play

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/recording"
)

// FuzzReplay decides recordings as strangers may send them: whatever the
// configuration and the log say, it is an error or it is replayed.
func FuzzReplay(f *testing.F) {
	for _, log := range shortLogs(f) {
		for _, config := range []string{`{"referee":{}}`, `{"relay":{"Setup":{"Size":9}}}`} {
			f.Add([]byte(config), log)
		}
	}
	f.Add([]byte(`{"relay":{"Begun":{"setup":{"Size":5},"turns":[[1,2,2,1,0]],"now":[0,0,0,2,0]},"Played":[{},{},{}]}}`), []byte(nil))
	f.Add([]byte(`{"referee":{"Journal":[{"kind":"pending","game":7,"number":-1,"color":9}]}}`), []byte(`{"at":1,"kind":"server","data":{"type":"GameData","data":{"ID":7,"Phase":"play","Setup":{"Size":9}}}}`))
	f.Fuzz(func(t *testing.T, config, log []byte) {
		if !json.Valid(config) || len(log) > 1<<16 {
			return
		}
		header, err := json.Marshal(recording.Header{Format: recording.Format, Config: config})
		if err != nil {
			t.Fatal(err)
		}
		s, err := recording.Read(fstest.MapFS{"session.json": {Data: header}, "log-000001.jsonl": {Data: log}})
		if err != nil {
			t.Fatal(err)
		}
		run, err := Again(t.Context(), s, func(e match.Event) {
			if _, err := json.Marshal(e); err != nil {
				t.Errorf("%+v cannot be told: %v", e, err)
			}
		}, func(match.Decision) {})
		if err == nil && run.Last == nil {
			t.Error("neither an error nor an end")
		}
	})
}

// shortLogs are small logs to begin with: of each kind of line one, and those of
// the released recordings, with their checkpoints, cut short.
func shortLogs(f *testing.F) (logs [][]byte) {
	var all bytes.Buffer
	line := func(kind string, data any) {
		text, err := json.Marshal(data)
		if err != nil {
			f.Fatal(err)
		}
		one, err := json.Marshal(recording.Entry{At: 1e9, Kind: kind, Data: text})
		if err != nil {
			f.Fatal(err)
		}
		logs = append(logs, one)
		all.Write(one)
		all.WriteByte('\n')
	}
	line(kindServer, serverData{"Connected", json.RawMessage(`{}`)})
	line(kindServer, serverData{"GameData", json.RawMessage(`{"Epoch":1,"ID":7,"Setup":{"Size":9},"Phase":"play","Me":1,"ToMove":1,"Moves":[]}`)})
	for kind, data := range map[string]string{"MovePlayed": `{"Number":1,"Move":{"Color":1,"Point":{"X":4,"Y":4}}}`,
		"RemovalAccepted": `{"By":7}`, "PauseChanged": `{"Pause":{"By":1}}`, "UndoRequested": `{"By":2,"Number":1}`,
		"UndoAccepted": `{"Number":0,"Count":1}`, "GameFinished": `{"Result":{"Winner":1,"Text":"B+R"}}`,
		"ClockChanged": `{"Clocks":[{"Text":"9:58.3","Left":9}],"ToMove":2}`, "RemovalChanged": `{"Dead":[{"X":1,"Y":1}]}`} {
		line(kindServer, serverData{kind, json.RawMessage(data)})
	}
	for _, c := range []match.Command{{Kind: match.CmdPlay, Points: []board.Point{{X: 3, Y: 3}}}, {Kind: match.CmdUndo},
		{Kind: match.CmdPass}, {Kind: match.CmdDeny}, {Kind: match.CmdTrust}} {
		line(kindCommand, c)
	}
	line(kindFailed, 1)
	line(kindTick, nil)
	line(kindLook, lookData{Error: "gone"})
	line(recording.KindReading, json.RawMessage(`{"frame":1,"time":1,"size":2,"lock":"locked","motion":0,"points":"AAAAAAAAAAAAAAAAAAAAAA=="}`))
	logs = append(logs, all.Bytes())
	files, err := filepath.Glob("testdata/released/*.zip")
	if err != nil || len(files) == 0 {
		f.Fatal("no released recordings", err)
	}
	for _, name := range files {
		logs = append(logs, beginning(f, name, 40))
	}
	return logs
}

// beginning returns the first lines of a packed recording's log.
func beginning(f *testing.F, name string, lines int) []byte {
	z, err := zip.OpenReader(name)
	if err != nil {
		f.Fatal(err)
	}
	defer z.Close()
	for _, file := range z.File {
		if filepath.Ext(file.Name) != ".jsonl" {
			continue
		}
		r, err := file.Open()
		if err != nil {
			f.Fatal(err)
		}
		defer r.Close()
		text, err := io.ReadAll(r)
		if err != nil {
			f.Fatal(err)
		}
		all := bytes.SplitAfter(text, []byte("\n"))
		return bytes.Join(all[:min(lines, len(all))], nil)
	}
	f.Fatal(name, "holds no log")
	return nil
}
