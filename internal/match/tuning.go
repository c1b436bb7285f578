package match

import "time"

// Tuning holds the parameters of a referee's or a relay's odds and patience.
type Tuning struct {
	// Fade is the time after which evidence counts for 1/e of itself.
	Fade time.Duration
	// Keep is the least that a reading leaves of what was summed up before,
	// however long ago that was: boards change slowly.
	Keep float64
	// KeepSlow is the same for a reading a second or more after the one
	// before, which shows what has settled; 0 means Keep.
	KeepSlow float64
	// Apart is the time between two readings from which on they count as
	// independent; closer ones share the weight of one.
	Apart time.Duration
	// Blunder is how often the eyes are plainly wrong about a visible point.
	// It bounds what a single reading can say: ln(1/Blunder) nats.
	Blunder float64
	// Hidden is how often a point is hidden without the eyes noticing.
	Hidden float64
	// Sure is the log-odds in nats at which a point counts as seen.
	Sure float64
	// Steady is how long a state must have been the best in every reading to
	// count as seen with less.
	Steady time.Duration

	// Bound is the odds to one at which a move is sent without asking, Doubt
	// those from which on it is worth a question.
	Bound, Doubt float64
	// Dwell is how long a move must have been the best explanation, with no
	// hand over the board, before it is sent, the last quarter of it beyond
	// the bound; Ponder before it is asked about.
	Dwell, Ponder time.Duration
	// Rest is how long a thing must lie still over the board to count as a
	// thing and not as a hand about to play.
	Rest time.Duration

	// Grace is how long a wrong stone is left alone before it is named.
	Grace time.Duration
	// Remind is how long an owed stone waits before it is named again.
	Remind time.Duration
	// Echo is how long a move may be without the server's word before the
	// game is read again.
	Echo time.Duration
	// Settle is how long after such a reading a move that was lost waits
	// before it may be sent again.
	Settle time.Duration
	// Blind is how long pictures may stay away before the camera counts as
	// lost, and the board be hidden before that is named.
	Blind time.Duration
	// Gap is the time between two readings in which a hand may come and go
	// unseen.
	Gap time.Duration
}

// Live is for a game in real time before a camera of 5 pictures a second or
// more.
func Live() Tuning {
	return Tuning{
		Fade:    600 * time.Millisecond,
		Keep:    0.75,
		Apart:   150 * time.Millisecond,
		Blunder: 0.002,
		Hidden:  0.02,
		Sure:    6,
		Steady:  2 * time.Second,
		Bound:   3000,
		Doubt:   4,
		Dwell:   700 * time.Millisecond,
		Ponder:  1500 * time.Millisecond,
		Rest:    4 * time.Second,
		Grace:   2500 * time.Millisecond,
		Remind:  15 * time.Second,
		Echo:    5 * time.Second,
		Settle:  2 * time.Second,
		Blind:   3 * time.Second,
		Gap:     400 * time.Millisecond,
	}
}

// Quick is for relays and for recordings whose time is compressed, where a
// stone is in plain view for less than a second before the next hand comes.
// What it decides too early it takes back.
func Quick() Tuning {
	t := Live()
	t.Fade = 300 * time.Millisecond
	t.Keep = 0.3
	t.KeepSlow = 0.15 // one sure reading is enough
	t.Blunder = 0.001
	t.Dwell = 150 * time.Millisecond
	t.Ponder = time.Second
	t.Bound = 20
	t.Sure = 5
	return t
}
