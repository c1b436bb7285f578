package match

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
)

// refereeMemory is what a Referee remembers. The meaning of each member stands
// at the field of that name there.
type refereeMemory struct {
	Version int `json:"version"`

	Tune    Tuning        `json:"tune,omitzero"`
	Mode    Mode          `json:"mode,omitzero"`
	Below   number        `json:"below,omitzero"`
	Now     time.Duration `json:"now,omitzero"`
	Begun   bool          `json:"begun,omitzero"`
	Edition int           `json:"edition,omitzero"` // since version 2
	Other   string        `json:"other,omitzero"`

	Online     bool          `json:"online,omitzero"`
	Synced     bool          `json:"synced,omitzero"`
	Epoch      int           `json:"epoch,omitzero"`
	Data       game.Data     `json:"data,omitzero"`
	Game       *board.Game   `json:"game,omitzero"`
	Phase      game.Phase    `json:"phase,omitzero"`
	PhaseAt    time.Duration `json:"phaseAt,omitzero"`
	ToMove     board.Color   `json:"toMove,omitzero"`
	Clocks     [2]game.Clock `json:"clocks,omitzero"`
	Paused     *game.Pause   `json:"paused,omitzero"`
	Undo       *game.Undo    `json:"undo,omitzero"`
	Dead       []board.Point `json:"dead,omitzero"`
	Accepted   [2]bool       `json:"accepted,omitzero"`
	Result     *game.Result  `json:"result,omitzero"`
	TurnAt     time.Duration `json:"turnAt,omitzero"`
	AskedSync  time.Duration `json:"askedSync,omitzero"`
	Nonsense   string        `json:"nonsense,omitzero"`   // since version 2
	NonsenseAt time.Duration `json:"nonsenseAt,omitzero"` // since version 2
	Offline    time.Duration `json:"offline,omitzero"`
	Senseless  bool          `json:"senseless,omitzero"` // since version 2

	Ref      int64         `json:"ref,omitzero"`
	Pending  *Pending      `json:"pending,omitzero"`
	SentAt   time.Duration `json:"sentAt,omitzero"`
	Settle   time.Duration `json:"settle,omitzero"`
	Lost     *Pending      `json:"lost,omitzero"`
	Refused  refusals      `json:"refused,omitzero"`
	Resigned bool          `json:"resigned,omitzero"`
	ResignAt time.Duration `json:"resignAt,omitzero"`
	Resumed  time.Duration `json:"resumed,omitzero"`
	Journal  []Entry       `json:"journal,omitzero"`

	Watch    *watchMemory   `json:"watch,omitzero"`
	Expect   board.Position `json:"expect,omitzero"`
	Marks    []markMemory   `json:"marks,omitzero"`
	Setup    bool           `json:"setup,omitzero"`
	Viewed   bool           `json:"viewed,omitzero"`
	EyesErr  *string        `json:"eyesErr,omitzero"`
	EyesEnd  bool           `json:"eyesEnd,omitzero"`
	LastLook time.Duration  `json:"lastLook,omitzero"`
	Unlocked time.Duration  `json:"unlocked,omitzero"`
	Bump     *bumpMemory    `json:"bump,omitzero"`
	Diff     diffMemory     `json:"diff,omitzero"`
	SizeTold int            `json:"sizeTold,omitzero"`

	Hold      holdMemory         `json:"hold,omitzero"`
	Cand      *candidateMemory   `json:"cand,omitzero"`
	Rival     bool               `json:"rival,omitzero"`
	Weighed   []hypothesisMemory `json:"weighed,omitzero"`
	Questions []questionMemory   `json:"questions,omitzero"`
	Asked     int                `json:"asked,omitzero"`
	Ways      int                `json:"ways,omitzero"` // since version 2

	State    State         `json:"state,omitzero"`
	Text     string        `json:"text,omitzero"`
	Reminded time.Duration `json:"reminded,omitzero"`
	Quit     bool          `json:"quit,omitzero"`
}

// relayMemory is what a Relay remembers.
type relayMemory struct {
	Version int `json:"version"`

	Opt        RelayOptions       `json:"opt,omitzero"`
	Tune       Tuning             `json:"tune,omitzero"`
	Now        time.Duration      `json:"now,omitzero"`
	Game       *board.Game        `json:"game,omitzero"`
	Played     []playedMemory     `json:"played,omitzero"`
	Watch      *watchMemory       `json:"watch,omitzero"`
	Begun      bool               `json:"begun,omitzero"`
	Ghosts     []int              `json:"ghosts,omitzero"` // colours
	Trusted    []trustedMemory    `json:"trusted,omitzero"`
	Bump       *bumpMemory        `json:"bump,omitzero"`
	Ended      bool               `json:"ended,omitzero"`
	Unlocked   time.Duration      `json:"unlocked,omitzero"`
	Covered    bool               `json:"covered,omitzero"`
	Tried      board.Position     `json:"tried,omitzero"`
	TriedMove  int                `json:"triedMove,omitzero"`
	Story      *storyMemory       `json:"story,omitzero"`
	About      []board.Point      `json:"about,omitzero"`
	Stuck      time.Duration      `json:"stuck,omitzero"`
	StuckLooks int                `json:"stuckLooks,omitzero"`
	StuckTold  bool               `json:"stuckTold,omitzero"`
	Slow       int                `json:"slow,omitzero"`   // since edition 3
	Bumped     time.Duration      `json:"bumped,omitzero"` // since edition 3
	Left       *abandonedMemory   `json:"left,omitzero"`   // since edition 3
	Swept      bool               `json:"swept,omitzero"`  // since edition 3
	Questions  []questionMemory   `json:"questions,omitzero"`
	Asked      int                `json:"asked,omitzero"`
	Weighed    []hypothesisMemory `json:"weighed,omitzero"`
	Text       string             `json:"text,omitzero"`
	EyesErr    *string            `json:"eyesErr,omitzero"`
	LastLook   time.Duration      `json:"lastLook,omitzero"`
	GoingOn    begunState         `json:"goingOn,omitzero"`
	Anew       bool               `json:"anew,omitzero"`
	Quit       bool               `json:"quit,omitzero"`
}

type watchMemory struct {
	Tune    Tuning        `json:"tune,omitzero"`
	Size    int           `json:"size,omitzero"`
	Spots   []spotMemory  `json:"spots,omitzero"`
	Hands   bool          `json:"hands,omitzero"`
	Any     bool          `json:"any,omitzero"`
	First   time.Duration `json:"first,omitzero"`
	Apart   time.Duration `json:"apart,omitzero"`
	Frame   int           `json:"frame,omitzero"`
	At      time.Duration `json:"at,omitzero"`
	Bump    int           `json:"bump,omitzero"`
	Locked  bool          `json:"locked,omitzero"`
	Hidden  int           `json:"hidden,omitzero"`
	Still   time.Duration `json:"still,omitzero"`
	Print   uint64        `json:"print,omitzero"`
	Gap     time.Duration `json:"gap,omitzero"`
	Light   time.Duration `json:"light,omitzero"`
	Shut    time.Duration `json:"shut,omitzero"`
	Clear   time.Duration `json:"clear,omitzero"`
	Blocked time.Duration `json:"blocked,omitzero"`
}

type spotMemory struct {
	Sum      [3]number     `json:"sum,omitzero"`
	Hidden   bool          `json:"hidden,omitzero"`
	Known    bool          `json:"known,omitzero"`
	Seen     board.Color   `json:"seen,omitzero"`
	Since    time.Duration `json:"since,omitzero"`
	Sure     time.Duration `json:"sure,omitzero"`
	Hand     bool          `json:"hand,omitzero"`
	Long     bool          `json:"long,omitzero"`
	Plain    time.Duration `json:"plain,omitzero"`
	Covered  time.Duration `json:"covered,omitzero"`
	Run      board.Color   `json:"run,omitzero"`
	RunSince time.Duration `json:"runSince,omitzero"`
	Views    int           `json:"views,omitzero"`
	Before   time.Duration `json:"before,omitzero"`
	Unrest   number        `json:"unrest,omitzero"`
}

type markMemory struct {
	Placed   bool          `json:"placed,omitzero"`
	Ghost    board.Color   `json:"ghost,omitzero"`
	Undone   bool          `json:"undone,omitzero"`
	Changed  time.Duration `json:"changed,omitzero"`
	Trusted  bool          `json:"trusted,omitzero"`
	TrustedC board.Color   `json:"trustedC,omitzero"`
	Denied   bool          `json:"denied,omitzero"`
	Meant    bool          `json:"meant,omitzero"` // since version 2
}

type bumpMemory struct {
	First  time.Duration `json:"first,omitzero"`
	Looks  int           `json:"looks,omitzero"`
	Before []spotMemory  `json:"before,omitzero"`
}

type diffMemory struct {
	Owed       []Stone       `json:"owed,omitzero"`
	Missing    []Stone       `json:"missing,omitzero"`
	Unexpected []Stone       `json:"unexpected,omitzero"`
	Prisoners  []Stone       `json:"prisoners,omitzero"`
	TakeBack   []Stone       `json:"takeBack,omitzero"`
	Illegal    []Stone       `json:"illegal,omitzero"`
	Overlooked []board.Point `json:"overlooked,omitzero"`
	Capturing  board.Point   `json:"capturing,omitzero"`
	Unseen     int           `json:"unseen,omitzero"`
}

type holdMemory struct {
	On    bool          `json:"on,omitzero"`
	Move  board.Move    `json:"move,omitzero"`
	Since time.Duration `json:"since,omitzero"`
	Good  time.Duration `json:"good,omitzero"`
}

type candidateMemory struct {
	Move       board.Move `json:"Move,omitzero"`
	Confidence number     `json:"Confidence,omitzero"`
	Held       number     `json:"Held,omitzero"`
	Why        string     `json:"Why,omitzero"`
}

type hypothesisMemory struct {
	Text     string `json:"Text,omitzero"`
	Prior    number `json:"Prior,omitzero"`
	Evidence number `json:"Evidence,omitzero"`
	Share    number `json:"Share,omitzero"`
}

type questionMemory struct {
	ID         int          `json:"ID,omitzero"`
	Kind       QuestionKind `json:"Kind,omitzero"`
	Move       board.Move   `json:"Move,omitzero"`
	Moves      []board.Move `json:"Moves,omitzero"`
	From       int          `json:"From,omitzero"`    // since version 2
	Missing    []Stone      `json:"Missing,omitzero"` // since version 2
	Confidence number       `json:"Confidence,omitzero"`
	Text       string       `json:"Text,omitzero"`
}

type playedMemory struct {
	Move       board.Move    `json:"Move,omitzero"`
	Frame      int           `json:"Frame,omitzero"`
	Time       time.Duration `json:"Time,omitzero"`
	Confidence number        `json:"Confidence,omitzero"`
	Doubt      string        `json:"Doubt,omitzero"`
}

type abandonedMemory struct {
	Game   *board.Game    `json:"game,omitzero"`
	Played []playedMemory `json:"played,omitzero"`
}

type trustedMemory struct {
	On    bool        `json:"on,omitzero"`
	Color board.Color `json:"color,omitzero"`
}

type storyMemory struct {
	Undo   int            `json:"undo,omitzero"`
	Turn   board.Color    `json:"turn,omitzero"` // since edition 3
	Orders [][]board.Move `json:"orders,omitzero"`
	Noise  []board.Point  `json:"noise,omitzero"`
	Cost   number         `json:"cost,omitzero"`
	Rival  number         `json:"rival,omitzero"`
}

// number is a float64 that JSON keeps exactly, infinities and NaN too.
type number float64

func (n number) MarshalJSON() ([]byte, error) {
	f := float64(n)
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return strconv.AppendQuote(nil, strconv.FormatFloat(f, 'g', -1, 64)), nil
	}
	return json.Marshal(f)
}

func (n *number) UnmarshalJSON(text []byte) error {
	s := string(text)
	if len(s) >= 2 && s[0] == '"' {
		s = s[1 : len(s)-1]
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return fmt.Errorf("%.40q is no number", s)
	}
	*n = number(f)
	return nil
}

// refusals are how often moves were refused: pairs of a move and a number, in
// the order of the moves' texts.
type refusals map[board.Move]int

func (m refusals) MarshalJSON() ([]byte, error) {
	type pair struct {
		text string
		kv   [2]any
	}
	pairs := []pair{}
	for move, n := range m {
		text, err := json.Marshal(move)
		if err != nil {
			return nil, err
		}
		pairs = append(pairs, pair{string(text), [2]any{move, n}})
	}
	slices.SortFunc(pairs, func(a, b pair) int { return cmp.Compare(a.text, b.text) })
	list := make([][2]any, len(pairs))
	for i, p := range pairs {
		list[i] = p.kv
	}
	return json.Marshal(list)
}

func (m *refusals) UnmarshalJSON(text []byte) error {
	var pairs [][]json.RawMessage
	if err := json.Unmarshal(text, &pairs); err != nil {
		return err
	}
	*m = refusals{}
	for _, p := range pairs {
		if len(p) != 2 {
			return fmt.Errorf("a refused move is a list of %d", len(p))
		}
		var move board.Move
		var n int
		if err := json.Unmarshal(p[0], &move); err != nil {
			return err
		}
		if err := json.Unmarshal(p[1], &n); err != nil {
			return err
		}
		(*m)[move] = n
	}
	return nil
}
