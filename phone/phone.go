// Package phone lets a phone's browser be the camera, and the player's ear and
// hand: a page that this machine serves to the network it is in takes pictures
// with the phone's camera and sends them here, speaks and shows what it is told
// to, and passes on what its buttons say.
//
// Browsers give a camera only to a secure page, so the page comes over HTTPS
// with a certificate made here (certificate.go), of which a browser warns once.
// A phone is let in by a secret that stands in the QR code, behind the "#" of
// the page's address, where no log and no other server sees it. It is used once
// (pair.go). What the phone gets for it is a cookie by which it is known on
// other evenings (known.go). Whoever has neither sees the first page, its
// scripts and nothing else. docs/phone.md tells the user's side of it, and
// docs/security.md what is protected from whom.
//
// One phone is the camera. Another one that is known and comes meanwhile is
// told so, and takes over only if whoever sits at this computer allows it.
//
// The room knows pictures as JPEGs and commands as words: neither boards of
// wood, nor a referee.
package phone

import "time"

// Port is where the page is when nothing else is said; where it is taken, one of
// the next ports is. The port that was used last is tried first, so that the
// phone's bookmark leads here on the next evening too.
const Port = 8362

// Stall is how long the newest picture stays one: without another for so long,
// the phone counts as gone.
const Stall = 2 * time.Second

// Options say how a Link is opened.
type Options struct {
	Dir       string       // where the certificate and the known phones are kept
	Address   string       // host:port, host or port to listen at; "" for every address of this machine, at Port or the next that is free
	Cert, Key string       // files in PEM of a certificate of one's own and its key; "" for one that is made here
	Name      string       // of the program, for the page
	Version   string       // of the program
	Note      func(string) // is told sentences for the person at the computer; nil for nobody
}

// Phone is a phone that is known.
type Phone struct {
	ID   string // letters, made when the phone was let in first; part of the camera's name
	Name string // for people, such as "Pixel 7 (Chrome)"; plain text
}

// Known is a phone, and when it was here.
type Known struct {
	Phone
	First, Last time.Time
}

// Picture is what the phone's camera saw.
type Picture struct {
	JPEG          []byte
	Width, Height int       // pixels, as the JPEG's header says
	Taken         time.Time // by this machine's clock; as the page has worked it out, and never later than the picture's arrival
}

// Status is how the link is doing. It is never changed once it was returned.
type Status struct {
	Phone          *Phone        // that is the camera, also while it is away; nil for none
	Here           bool          // its page is open and has a connection
	Sending        bool          // and sends pictures
	Speaking       bool          // and says what it is told to
	Width, Height  int           // pixels, of the newest picture
	Rate           float64       // pictures a second, of the last seconds
	BytesPerMinute int64         // of pictures, by the same measure
	Delay          time.Duration // from the taking of the newest picture to its arrival
	Transport      string        // "socket" or "requests"; "" for none
	Trouble        string        // what is wrong and what to do, as a sentence; "" for nothing
	Asking         *Phone        // another phone that wants to be the camera: see Link.Allow
	Reached        bool          // a device has come to the address; false hints at another network, or a firewall
	Warned         bool          // a device has come, and its browser went no further than the certificate
}

// Screen is what the phone's page shows.
type Screen struct {
	Mode string `json:"mode"` // "aim", "play" or "closed"

	// Size is the board's number of lines. Corners are its outermost crossings,
	// clockwise from the top left of the position, and Lines what is drawn of the
	// grid, each from end to end: all as fractions of the picture's width and
	// height, 0 to 1 from its top left corner. Nil where no board is found.
	Size    int             `json:"size"`
	Corners *[4][2]float64  `json:"corners,omitempty"`
	Lines   [][2][2]float64 `json:"lines,omitempty"`

	// Advice is one line about what is wrong and what to do, and AdviceKind what
	// it is about: "dark", "oblique", "cut", "blurred", "moving", "found", …
	Advice     string `json:"advice,omitempty"`
	AdviceKind string `json:"advicekind,omitempty"`

	Title     string   `json:"title,omitempty"`
	Turn      string   `json:"turn,omitempty"`
	Last      string   `json:"last,omitempty"`      // the last move, as "D4", shown large
	LastColor string   `json:"lastcolor,omitempty"` // "black" or "white"
	Clocks    []Clock  `json:"clocks,omitempty"`
	Question  string   `json:"question,omitempty"`
	Buttons   []string `json:"buttons,omitempty"` // words for Commands: "pass", "undo", "pause", "yes", "no", "resign"
}

// Clock is a player's time as it is shown.
type Clock struct {
	Color   string  `json:"color"`          // "black" or "white"
	Name    string  `json:"name,omitempty"` // of the player
	Text    string  `json:"text"`           // as it was when Left was measured
	Left    float64 `json:"left"`           // seconds that are counted down next
	Running bool    `json:"running"`
}

// Sentence is spoken by the phone, after its click.
type Sentence struct {
	Text  string `json:"text,omitempty"`
	Lang  string `json:"lang,omitempty"`  // of the text, as "en" or "ja"
	Click string `json:"click,omitempty"` // "", "stone" or "alarm"
}
