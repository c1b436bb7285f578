package play

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/gobancam/gobancam/game"
)

// TestEventsAreRecordedAsEver: what version 0.1 wrote down of a server is read,
// and would be written again to the letter.
func TestEventsAreRecordedAsEver(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range []struct{ name, data string }{
		{`GameData`, `{"Epoch":2,"ID":7,"Name":"a game","Setup":{"Size":9,"Rules":{"Name":"japanese","Komi":6.5,"Ko":1,"Suicide":false,"FreeHandicap":false,"ScoreStones":false,"ScorePrisoners":true,"ScoreHandicap":false,"HandicapLessOne":false,"TerritoryInSeki":false,"WhitePassesLast":false,"OpponentResumes":true},"Komi":6.5,"Handicap":0,"Black":null,"White":null,"First":0},"Moves":[{"Color":1,"Point":{"X":4,"Y":4}}],"Phase":"finished","Players":[{"ID":1,"Name":"Ada","Rank":"5k"},{"ID":2,"Name":"Bo","Rank":""}],"Me":2,"ToMove":2,"Paused":{"By":1,"Why":"paused"},"Undo":{"By":2,"Number":1,"Count":1},"Dead":[{"X":4,"Y":4}],"Result":{"Winner":1,"Text":"B+12.5","Reason":"12.5 points"}}`},
		{`MovePlayed`, `{"Number":1,"Move":{"Color":2,"Point":{"X":-1,"Y":-1}}}`},
		{`Acknowledged`, `{"Ref":3}`},
		{`Refused`, `{"Ref":3,"Message":"no","Unsent":true}`},
		{`PhaseChanged`, `{"Phase":"stone removal"}`},
		{`UndoRequested`, `{"By":1,"Number":5,"Count":2}`},
		{`UndoCanceled`, `{}`},
		{`UndoAccepted`, `{"Number":5,"Count":2}`},
		{`ClockChanged`, `{"Clocks":[{"Left":60000000000,"Running":true,"System":"byoyomi","Main":1000000000,"Period":30000000000,"Periods":2},{"Left":-1,"Running":false,"System":"none"}],"ToMove":1}`},
		{`ClockChanged`, `{"Clocks":[{"Left":1,"Running":false,"Text":"9:58.3"},{"Left":5,"Running":false,"System":"canadian","Period":5,"Stones":3,"Overtime":true,"Out":true}],"ToMove":0}`},
		{`PauseChanged`, `{"Pause":null}`},
		{`PauseChanged`, `{"Pause":{"By":0,"Why":"weekend"}}`},
		{`RemovalChanged`, `{"Dead":[{"X":1,"Y":2}]}`},
		{`RemovalChanged`, `{"Dead":null}`},
		{`RemovalAccepted`, `{"By":2}`},
		{`GameFinished`, `{"Result":{"Winner":1,"Text":"B+12.5","Reason":"12.5 points"}}`},
		{`GameFinished`, `{"Result":{"Winner":2,"Text":"W+R","Reason":"Resignation"}}`},
		{`GameFinished`, `{"Result":{"Winner":2,"Text":"W+F (Cancellation), annulled","Reason":"Cancellation"}}`},
		{`GameFinished`, `{"Result":{"Winner":0,"Text":"no result (Moderator Decision)","Reason":"Moderator Decision"}}`},
		{`GameFinished`, `{"Result":{"Winner":0,"Text":"Draw","Reason":"0 points"}}`},
		{`GameFinished`, `{"Result":{"Winner":1,"Text":"B+?","Reason":""}}`},
		{`GameFinished`, `{"Result":{"Winner":1,"Text":"any text","Reason":""}}`},
		{`Connected`, `{}`},
		{`Disconnected`, `{"Reason":"why"}`},
		{`ServerSaid`, `{"Text":"hello \u003cb\u003e"}`},
	} {
		seen[e.name] = true
		event, err := serverEvent(serverData{e.name, json.RawMessage(e.data)})
		if err != nil {
			t.Error(err)
			continue
		}
		text, err := json.Marshal(event)
		if err != nil || string(text) != e.data || serverNames[reflect.TypeOf(event)] != e.name {
			t.Errorf("%s %s is written again as %s %s, %v", e.name, e.data, serverNames[reflect.TypeOf(event)], text, err)
		}
	}
	for name := range serverEvents {
		if !seen[name] {
			t.Errorf("%s is not tried", name)
		}
	}
}

// TestResultsAreReadFromTheirTexts: what a recording says of a result in words
// is known again.
func TestResultsAreReadFromTheirTexts(t *testing.T) {
	for text, want := range map[string]string{
		"B+12.5": "B+12.5", "B+R": "B+R", "B+T": "B+T", "B+?": "B+", "B+F (Cancellation)": "B+F", "B+F (Cancellation), annulled": "Void",
		"any text": "B+",
	} {
		data, _ := json.Marshal(map[string]any{"Winner": 1, "Text": text})
		var r game.Result
		if err := json.Unmarshal(data, &r); err != nil || r.SGF().String() != want || r.String() != text {
			t.Errorf("%s is %s, %s, %v; want %s", data, r, r.SGF(), err, want)
		}
	}
}
