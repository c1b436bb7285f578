package phone

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/gobancam/gobancam/internal/limits"
	"github.com/gobancam/gobancam/internal/plain"
)

// What page and server say to each other. The page begins with one of:
//
//	GET  /socket    a WebSocket
//	GET  /events    server-sent events, with POST /picture and POST /message;
//	                these carry the header X-Page, the page's number in "welcome"
//
// Before it may, it has to be let in:
//
//	GET  /me        {"id":…,"name":…} of a phone that is known; 401 for another
//	POST /pair      {"k":secret,"model":…,"hint":…} gives the same, and the cookie
//
// From the server, as text messages or "data:" lines of JSON:
//
//	{"welcome":{"page":…,"id":…,"name":…,"program":…,"version":…,"now":ms}}
//	{"role":{"is":"camera"|"waiting"|"refused"|"replaced","text":…}}
//	{"screen":{…}}     Screen; the newest there is
//	{"say":{…}}        Sentence
//	{"pong":[t,ms]}    t as in "ping"; ms by this machine's clock, since 1970
//	{"ack":n,"refused":…}  the n-th picture of this page has been taken; or why not
//	{"told":"pass","refused":…}  a command has been handed on; or why not
//
// From the page, as text messages or bodies of POST /message:
//
//	{"ping":t}                        any number; by POST, the answer's body is the pong
//	{"state":{"hidden":true,"battery":0.1,"charging":false,"slow":true,"camera":"NotAllowedError","voice":true,"closing":true}}
//	{"cmd":"pass"}
//
// A picture is a binary message: 8 bytes, big-endian, of milliseconds since 1970
// by this machine's clock, when it was taken (0 for "now"), and the JPEG. By POST /picture
// those milliseconds stand in the header X-Taken; 204 is the acknowledgement.
// The page sends the next picture only after that. What a page says besides,
// such as {"hello":{…}}, is passed over.

// welcome begins what the page is told.
type welcome struct {
	Page    string  `json:"page"`
	ID      string  `json:"id"`
	Name    string  `json:"name"`
	Program string  `json:"program,omitempty"`
	Version string  `json:"version,omitempty"`
	Now     float64 `json:"now"` // ms
}

// role is what a page is to the link.
type role struct {
	Is   string `json:"is"`
	Text string `json:"text,omitempty"`
}

// Roles.
const (
	isCamera   = "camera"
	isWaiting  = "waiting"
	isRefused  = "refused"
	isReplaced = "replaced"
)

// message is what a page says in words; one of its fields is set.
type message struct {
	Ping  *float64   `json:"ping"`
	State *pageState `json:"state"`
	Cmd   string     `json:"cmd"`
}

// pageState is how the phone is. What a page does not say, it does not know.
type pageState struct {
	Hidden   bool     `json:"hidden"`  // the screen is locked, or another page is shown
	Closing  bool     `json:"closing"` // the page is being left
	Battery  *float64 `json:"battery"` // 0 to 1
	Charging bool     `json:"charging"`
	Voice    bool     `json:"voice"`  // what it is told to say is heard: it was allowed to by a tap
	Slow     bool     `json:"slow"`   // fewer pictures than asked for, though the network would carry them
	Camera   string   `json:"camera"` // the name of the browser's error, where the camera gives nothing
}

// maxDepth is of values within values in a page's message.
const maxDepth = 4

// parseMessage reads what a page says.
func parseMessage(text []byte) (m message, err error) {
	switch {
	case len(text) > limits.PhoneMessage:
		return m, limits.Exceed("it is not read", "the phone's message is larger than %s", limits.Size(limits.PhoneMessage))
	case limits.Deeper(text, maxDepth):
		return m, limits.Exceed("it is not read", "the phone's message holds values within values, more than %d deep", maxDepth)
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return message{}, errors.New("the phone's message cannot be read")
	}
	if m.Cmd != "" {
		m.Cmd = plain.Cut(m.Cmd, maxCommand)
	}
	if m.State != nil {
		m.State.Camera = plain.Cut(m.State.Camera, maxCommand)
		if b := m.State.Battery; b != nil && !(*b >= 0 && *b <= 1) {
			m.State.Battery = nil
		}
	}
	if m.Ping != nil && (math.IsNaN(*m.Ping) || math.IsInf(*m.Ping, 0)) {
		m.Ping = nil
	}
	return m, nil
}

// maxCommand is the length of a command in characters.
const maxCommand = 40

// stamp is the length of the time before a picture.
const stamp = 8

// parsePicture takes a binary message apart.
func parsePicture(b []byte) (taken int64, jpeg []byte, err error) {
	if len(b) < stamp {
		return 0, nil, errors.New("the phone's picture is cut off")
	}
	return int64(binary.BigEndian.Uint64(b)), b[stamp:], nil
}

// inspect looks at a picture by its header, before anybody spends time or
// memory on it.
func inspect(jpeg []byte) (width, height int, err error) {
	if len(jpeg) > limits.PhonePicture {
		return 0, 0, limits.Exceed("it is not taken", "the phone's picture is larger than %s", limits.Size(limits.PhonePicture))
	}
	if !bytes.HasPrefix(jpeg, []byte{0xff, 0xd8, 0xff}) {
		return 0, 0, errors.New("what the phone sent is no JPEG")
	}
	if width, height, err = limits.Picture(jpeg); err != nil {
		return 0, 0, err
	}
	if width*height > limits.PhonePixels {
		return 0, 0, limits.Exceed("it is not taken; choose a smaller one in the phone's page", "the phone's picture has %d×%d pixels, more than %d million", width, height, limits.PhonePixels/limits.MB)
	}
	return width, height, nil
}

// oldest is the age beyond which a picture says nothing about the board.
const oldest = 10 * time.Second

// jitter is by how much a picture may seem older than the one before it, because
// the page has just measured this machine's clock more closely.
const jitter = 250 * time.Millisecond

// errOld is about a picture that comes too late.
var errOld = errors.New("the picture is too old")

// clock is this machine's clock as pages see it: it never jumps, whatever is
// done to the time of day.
type clock struct{ start time.Time }

func newClock() clock { return clock{time.Now()} }

// millis are the milliseconds since 1970 at t.
func (c clock) millis(t time.Time) float64 {
	return float64(c.start.UnixMicro())/1000 + float64(t.Sub(c.start).Microseconds())/1000
}

// taken is when a picture was taken, which arrived at a time and said ms:
// nothing can arrive before it was taken, nor in another order. last is when the
// picture before it was taken. What says nothing (0) was taken as it arrived.
func (c clock) taken(ms int64, arrived, last time.Time) (time.Time, error) {
	if ms == 0 {
		return arrived, nil
	}
	ago := c.millis(arrived) - float64(ms) // float64: what a stranger sends overflows nothing
	switch {
	case ago < 0:
		ago = 0
	case ago > float64(oldest.Milliseconds()):
		return time.Time{}, fmt.Errorf("%w: it was taken more than %v before it arrived", errOld, oldest)
	}
	at := arrived.Add(-time.Duration(ago * float64(time.Millisecond)))
	if !last.IsZero() && at.Before(last) {
		if last.Sub(at) > jitter {
			return time.Time{}, fmt.Errorf("%w: a newer one is here already", errOld)
		}
		at = last
	}
	return at, nil
}

// pong answers a ping.
func (c clock) pong(ping float64) []byte {
	text, err := json.Marshal(map[string][2]float64{"pong": {ping, c.millis(time.Now())}})
	if err != nil {
		return []byte("{}") // no number that JSON has not
	}
	return text
}

// encode writes what the page is told; all of it can be written.
func encode(name string, v any) []byte {
	return mustJSON(map[string]any{name: v})
}

func mustJSON(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic("phone: " + err.Error()) // a type of this room that is no JSON
	}
	return text
}

// cameraTrouble says what a browser's error about its camera means.
func cameraTrouble(name string) string {
	switch name {
	case "":
		return ""
	case "NotAllowedError", "SecurityError":
		return "the phone's browser may not use the camera: allow it in the browser's settings for this page, then load the page again"
	case "NotFoundError", "OverconstrainedError":
		return "the phone's browser finds no camera that fits: choose another one on the phone"
	case "NotReadableError", "AbortError":
		return "the phone's camera is in use by another app, or broke off: close the other app, then load the page again"
	case "NotSupportedError", "TypeError":
		return "the phone's browser gives no pictures to pages: take another browser, or a still by the page's button"
	}
	return "the phone's camera gives no picture (" + name + "): load the page again"
}

// why says why a page that is open sends no pictures.
func (s *pageState) why() string {
	switch {
	case s.Hidden:
		return hiddenText
	case s.Camera != "":
		return cameraTrouble(s.Camera)
	}
	return stillText
}

// warnings are what a player should know while pictures come.
func (s *pageState) warnings() string {
	var said []string
	if s.Battery != nil && *s.Battery <= lowBattery && !s.Charging {
		said = append(said, fmt.Sprintf("The phone's battery is at %.0f %%: plug it in.", *s.Battery*100))
	}
	if s.Slow {
		said = append(said, "The phone takes fewer pictures than it was asked for: it may be hot, or saving its battery. Moves are still read, more slowly.")
	}
	return strings.Join(said, " ")
}

// sentence makes a clause a sentence.
func sentence(clause string) string { return strings.ToUpper(clause[:1]) + clause[1:] + "." }

// lowBattery is the charge at which the player is told.
const lowBattery = .15

// Why no pictures come.
const (
	hiddenText = "the phone's screen is locked or its page is hidden: open the page again and leave it in view"
	closedText = "the phone's page was closed: open it again on the phone"
	goneText   = "the phone's network is gone, or the phone is off: look whether its page says that it is connected"
	stillText  = "the phone's page is open but sends no pictures: look at the phone"
	nobodyText = "no phone is connected: open the page on the phone"
)
