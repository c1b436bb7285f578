package ogs

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/gobancam/gobancam/board"
)

// ID is the number of a player, game or challenge. It is decoded from a JSON
// number or from a string that holds one; null and "" are 0.
type ID int64

// UnmarshalJSON implements json.Unmarshaler.
func (i *ID) UnmarshalJSON(b []byte) error {
	f, err := looseNumber(b)
	if err != nil {
		return err
	}
	if f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return fmt.Errorf("%.40q is no id", b)
	}
	*i = ID(f)
	return nil
}

// String is the number in decimal digits.
func (i ID) String() string { return strconv.FormatInt(int64(i), 10) }

// number is a float64 that may come as a string, such as komi "7.50".
type number float64

func (n *number) UnmarshalJSON(b []byte) error {
	f, err := looseNumber(b)
	*n = number(f)
	return err
}

// integer is an int that may come as a string or with a fraction of zero.
type integer int

func (n *integer) UnmarshalJSON(b []byte) error {
	f, err := looseNumber(b)
	if err == nil && (f != math.Trunc(f) || math.Abs(f) > 1<<31) {
		err = fmt.Errorf("%.40q is no small whole number", b)
	}
	if err == nil {
		*n = integer(f)
	}
	return err
}

func looseNumber(b []byte) (float64, error) {
	s := string(b)
	if len(b) > 0 && b[0] == '"' {
		if err := json.Unmarshal(b, &s); err != nil {
			return 0, err
		}
	}
	switch s = strings.TrimSpace(s); s {
	case "", "null", "false":
		return 0, nil
	case "true":
		return 1, nil
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, fmt.Errorf("%.40q is no number", s)
	}
	return f, nil
}

// flag is a bool that may come as 0 or 1, or as a string.
type flag bool

func (f *flag) UnmarshalJSON(b []byte) error {
	n, err := looseNumber(b)
	*f = n != 0
	return err
}

// text is a string that may come as a number, null, or something else
// entirely, which is then kept as its JSON.
type text string

func (t *text) UnmarshalJSON(b []byte) error {
	var s string
	switch {
	case string(b) == "null":
	case json.Unmarshal(b, &s) != nil:
		s = string(b)
	}
	*t = text(s)
	return nil
}

// instant is a moment that comes as milliseconds since 1970, or, when it is
// small, as seconds; 0 and null are the zero time.
type instant struct{ time.Time }

func (i *instant) UnmarshalJSON(b []byte) error {
	f, err := looseNumber(b)
	if err != nil {
		return err
	}
	i.Time = fromServer(f)
	return nil
}

// fromServer turns a time of the server into a Time. Values below 2·10⁹ are
// seconds: as milliseconds they would lie in January 1970.
func fromServer(f float64) time.Time {
	switch {
	case f <= 0 || f > 1e15:
		return time.Time{}
	case f < 2e9:
		return time.UnixMicro(int64(f * 1e6))
	}
	return time.UnixMicro(int64(f * 1e3))
}

func millis(t time.Time) int64 { return t.UnixMilli() }

// seconds is a duration that comes as a number of seconds, perhaps fractional.
type seconds time.Duration

func (s *seconds) UnmarshalJSON(b []byte) error {
	f, err := looseNumber(b)
	if err != nil {
		return err
	}
	*s = seconds(durationOf(f))
	return nil
}

// durationOf turns seconds into a Duration, within what one can hold.
func durationOf(s float64) time.Duration {
	const most = 1e9 // 30 years
	return time.Duration(min(max(s, -most), most) * float64(time.Second))
}

// A frame is one message from the server: an event, or the reply to a request.
type frame struct {
	event string // empty for a reply
	id    uint64 // of the request, for a reply
	data  json.RawMessage
	err   *ServerError
}

// ServerError is a refusal that came over the socket.
type ServerError struct {
	Code    string
	Message string
}

func (e *ServerError) Error() string {
	switch {
	case e.Message != "":
		return "the server says: " + e.Message
	case e.Code != "":
		return "the server refused with the code " + e.Code
	}
	return "the server refused and gave no reason"
}

// decodeFrame decodes [event, data], [id, data] or [id, data, error].
func decodeFrame(b []byte) (frame, error) {
	var parts []json.RawMessage
	if err := json.Unmarshal(b, &parts); err != nil {
		return frame{}, err
	}
	if len(parts) == 0 || len(parts) > 16 {
		return frame{}, errors.New("an array of one to three members was expected")
	}
	var f frame
	if len(parts) > 1 && !isNull(parts[1]) {
		f.data = parts[1]
	}
	if json.Unmarshal(parts[0], &f.event) == nil && f.event != "" {
		return f, nil
	}
	var id json.Number
	if err := json.Unmarshal(parts[0], &id); err != nil {
		return frame{}, errors.New("the first member is neither a name nor a number")
	}
	n, err := strconv.ParseUint(id.String(), 10, 64)
	if err != nil {
		return frame{}, errors.New("the first member is no id of ours")
	}
	f.id, f.event = n, ""
	if len(parts) > 2 && !isNull(parts[2]) {
		f.err = decodeServerError(parts[2])
	}
	return f, nil
}

func isNull(b json.RawMessage) bool { return bytes.Equal(bytes.TrimSpace(b), []byte("null")) }

// decodeServerError accepts {code, message}, {errcode}, {error} and plain text.
func decodeServerError(b json.RawMessage) *ServerError {
	var o struct {
		Code    text `json:"code"`
		ErrCode text `json:"errcode"`
		Message text `json:"message"`
		Error   text `json:"error"`
	}
	if json.Unmarshal(b, &o) != nil {
		var t text
		t.UnmarshalJSON(b)
		return &ServerError{Message: clip(string(t))}
	}
	e := &ServerError{Code: clip(string(o.Code)), Message: clip(string(o.Message))}
	if e.Code == "" {
		e.Code = clip(string(o.ErrCode))
	}
	if e.Message == "" {
		e.Message = clip(string(o.Error))
	}
	return e
}

// A PlayedMove is one entry of the server's list of moves.
type PlayedMove struct {
	Point   board.Point
	Color   board.Color   // who played, worked out for unedited moves
	Elapsed time.Duration // since the previous move; negative if unknown
	Edited  bool          // set down by hand on a demo board or a fork
}

// UnmarshalJSON decodes [x, y, ms, colour, extra], of which the first two are
// needed, and {x, y, timedelta, color} of old records.
func (m *PlayedMove) UnmarshalJSON(b []byte) error {
	*m = PlayedMove{Elapsed: -1}
	var parts []json.RawMessage
	if json.Unmarshal(b, &parts) != nil {
		var o struct {
			X, Y      *integer
			TimeDelta number
			Color     integer
		}
		if err := json.Unmarshal(b, &o); err != nil || o.X == nil || o.Y == nil {
			return fmt.Errorf("%.60q is no move", b)
		}
		if o.TimeDelta > 0 {
			m.Elapsed = durationOf(float64(o.TimeDelta) / 1000)
		}
		return m.set(int(*o.X), int(*o.Y), int(o.Color))
	}
	var xy [2]integer
	if len(parts) < 2 || json.Unmarshal(parts[0], &xy[0]) != nil || json.Unmarshal(parts[1], &xy[1]) != nil {
		return fmt.Errorf("%.60q is no move", b)
	}
	var ms number
	if len(parts) > 2 && json.Unmarshal(parts[2], &ms) == nil && ms >= 0 {
		m.Elapsed = durationOf(float64(ms) / 1000)
	}
	var color integer
	if len(parts) > 3 {
		_ = json.Unmarshal(parts[3], &color) // an extra in its place is no colour
	}
	return m.set(int(xy[0]), int(xy[1]), int(color))
}

func (m *PlayedMove) set(x, y, color int) error {
	switch {
	case x == -1 && y == -1:
		m.Point = board.Pass
	case x < 0 || y < 0 || x > 24 || y > 24:
		return fmt.Errorf("there is no point %d, %d", x, y)
	default:
		m.Point = board.Point{X: int8(x), Y: int8(y)}
	}
	if color == 1 || color == 2 {
		m.Color, m.Edited = board.Color(color), true
	}
	return nil
}

// moveList decodes the moves of a game: packed moves, or in old records one
// string of coordinate pairs.
type moveList []PlayedMove

func (l *moveList) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) != nil {
		return json.Unmarshal(b, (*[]PlayedMove)(l))
	}
	*l = nil
	for len(s) >= 2 {
		var m PlayedMove
		m.Elapsed = -1
		if s[0] == '!' {
			if len(s) < 4 {
				break
			}
			if s[1] == '1' || s[1] == '2' {
				m.Color, m.Edited = board.Color(s[1]-'0'), true
			}
			s = s[2:]
		}
		// What is no point of a board is a pass there.
		m.Point, _ = board.ParseOGS(s[:2], board.MaxSize)
		*l, s = append(*l, m), s[2:]
	}
	return nil
}
