package match

import (
	"cmp"
	"errors"
	"io"
	"math"
	"slices"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/reading"
)

// RelayOptions are how a Relay works.
type RelayOptions struct {
	Tuning Tuning      `json:",omitzero"` // zero: Quick
	Setup  board.Setup // Size 0: that of the first reading, with Handicap and Rules as given
	// AsFound takes whatever lies on the board at first for the position that
	// the game starts from. Else up to four stones are taken for moves.
	AsFound bool
	// Begun is the record so far of a game that goes on, nil for a new one. Its
	// own set-up counts, and neither Setup nor AsFound. Played tells of the last
	// of its moves how they were seen; it may be shorter than the record.
	Begun  *board.Game `json:",omitempty"`
	Played []Played    `json:",omitempty"`
	// AskBegun asks whether Begun goes on where the board does not show its
	// end. Without it the board counts, and moves are taken back for it.
	// BegunName is what the question calls its record.
	AskBegun  bool   `json:",omitempty"`
	BegunName string `json:",omitempty"`
	// Edition names the rules that decide; 0 is the latest. A recording names
	// its own, and is decided by them again bit for bit.
	Edition int `json:",omitzero"`
}

// The editions of the rules by which a Relay decides.
const (
	// FirstRelayEdition took a stone for a move though one of its colour was
	// missing; left the turn with a player whose move out of turn was taken
	// back; and took the first of two equal moves for the one that was asked
	// about. Recordings that name no edition are of this one.
	FirstRelayEdition = 1
	// RelayEdition is the latest.
	RelayEdition = 2
)

// Relay watches two people play at one board and writes down what they play,
// without a server. Moves must alternate and be legal; stones that do not fit
// wait for the rest of the story. What turns out to have been wrong is taken
// back. It is not safe for concurrent use.
type Relay struct {
	opt  RelayOptions
	tune Tuning
	now  time.Duration
	out  Output

	game    *board.Game // nil before the first reading when Size is not given
	played  []Played    // one for each move of game
	watch   *watch
	begun   bool // the board was compared with the start once
	goingOn begunState
	anew    bool // the game that was begun does not go on
	ghosts  []board.Color
	trusted []trusted
	bump    *bump
	ended   bool

	unlocked   time.Duration
	covered    bool
	tried      board.Position // the view for which story was sought
	triedMove  int
	story      *story
	about      []board.Point // what story explains
	stuck      time.Duration // since when the view cannot be explained; <0: it can
	stuckLooks int
	stuckTold  bool
	questions  []Question
	asked      int
	weighed    []Hypothesis
	text       string
	eyesErr    error
	lastLook   time.Duration
	quit       bool
}

// Played is a move as the relay saw it.
type Played struct {
	Move       board.Move
	Frame      int
	Time       time.Duration // when the stone was first seen
	Confidence float64
	Doubt      string // what is not certain about it, for the record; empty when nothing
}

// trusted is a point that does not look as the record has it, and that the user
// wants overlooked while it stays so.
type trusted struct {
	on    bool
	color board.Color
}

// story is an explanation of a view: moves taken back, then moves played, with
// points left over that are overlooked.
type story struct {
	undo   int
	orders [][]board.Move
	noise  []board.Point
	cost   float64
	rival  float64 // cost of the next best story
}

// What the parts of a story cost, in units of a move. Points that are
// overlooked cost more than an undo, which costs more than two moves.
const (
	undoCost   = 2.2
	noiseCost  = 3.1
	maxUndo    = 3
	maxDiff    = 10 // points that are explained at once
	maxPlayed  = 6  // stones, likewise
	clearMatch = 0.9
)

// NewRelay returns a relay of a game that starts from o.Setup.
func NewRelay(o RelayOptions) (*Relay, error) {
	if o.Tuning == (Tuning{}) {
		o.Tuning = Quick()
	}
	if o.Edition == 0 {
		o.Edition = RelayEdition
	}
	r := &Relay{opt: o, tune: o.Tuning, unlocked: -1, stuck: -1}
	if o.Begun != nil {
		return r, r.goOn(o.Begun, o.Played)
	}
	if o.Setup.Size != 0 {
		return r, r.begin(o.Setup)
	}
	return r, nil
}

// goOn takes g for the record so far.
func (r *Relay) goOn(g *board.Game, played []Played) error {
	if err := r.begin(g.Setup()); err != nil {
		return err
	}
	if r.opt.AskBegun {
		r.goingOn = begunUnseen
	}
	r.game = g.Clone()
	known := g.MoveCount() - len(played)
	for i, m := range g.Moves() {
		p := Played{Move: m, Frame: -1, Confidence: 1}
		if i >= known && played[i-known].Move == m {
			p = played[i-known]
		}
		r.played = append(r.played, p)
	}
	return nil
}

func (r *Relay) begin(s board.Setup) error {
	g, err := board.NewGame(s)
	if err != nil {
		return err
	}
	n := s.Size * s.Size
	r.game, r.played, r.begun = g, nil, false
	r.ghosts, r.trusted = make([]board.Color, n), make([]trusted, n)
	r.tried, r.story = board.Position{}, nil
	return nil
}

// Game returns a copy of the record; nil before the first reading when the
// size was not given.
func (r *Relay) Game() *board.Game {
	if r.game == nil {
		return nil
	}
	return r.game.Clone()
}

// Played returns when and how surely each move of the record was seen.
func (r *Relay) Played() []Played { return slices.Clone(r.played) }

// Step takes in one input. Only looks and commands mean something to a relay.
func (r *Relay) Step(in Input) Output {
	r.out = Output{}
	wrong := in.Validate()
	if timely(in.At) {
		r.now = max(r.now, in.At)
	}
	switch {
	case in.Look != nil && wrong != nil:
		r.look(Look{Err: wrong})
	case in.Command != nil && wrong != nil:
		r.event(Event{Kind: EventNote, Text: textNoCommand(wrong)})
	case in.Look != nil:
		r.look(*in.Look)
	case in.Command != nil:
		r.obey(*in.Command)
	}
	r.out.Quit = r.quit
	return r.out
}

func (r *Relay) look(l Look) {
	switch {
	case errors.Is(l.Err, io.EOF):
		if !r.ended {
			r.ended = true
			r.decide(true)
			r.quit = true
		}
		return
	case l.Err != nil:
		if r.eyesErr == nil {
			r.event(Event{Kind: EventNote, Text: textCameraGone, Say: textCameraGone})
		}
		r.eyesErr = l.Err
		return
	case l.Reading == nil:
		return
	}
	r.eyesErr, r.lastLook = nil, r.now
	rd := l.Reading
	if rd.Size == 0 {
		return // no board was found yet
	}
	if r.game == nil {
		s := r.opt.Setup
		s.Size = rd.Size
		if err := r.begin(s); err != nil {
			r.event(Event{Kind: EventAlarm, Text: textNoSetup(err)})
			r.opt.Setup = board.Setup{Size: rd.Size, Rules: s.Rules, Komi: s.Komi}
			if r.begin(r.opt.Setup) != nil {
				return
			}
		}
	}
	if rd.Size != r.game.Size() {
		return
	}
	if r.watch == nil {
		r.watch = newWatch(rd.Size, r.tune)
		r.watch.bump = rd.Bump
	}
	w := r.watch
	if rd.Bump != w.bump {
		w.bump = rd.Bump
		if r.bump == nil {
			r.bump = &bump{}
		}
		r.bump.first, r.bump.looks = r.now, 0
		w.forget()
	}
	if rd.Lock != reading.Locked || len(rd.Points) != rd.Size*rd.Size {
		if r.unlocked < 0 {
			r.unlocked = r.now
		}
		w.locked = false
		return
	}
	r.unlocked, w.locked = -1, true
	slow := w.any && r.now-w.at >= time.Second
	w.look(rd, r.now)
	if r.bump != nil {
		r.bump.looks++
	}
	r.cover()
	if r.settleBump(slow) {
		r.decide(false)
	}
}

func (r *Relay) cover() {
	w := r.watch
	is := w.blocked >= 0 && r.now-w.blocked >= r.tune.Blind
	if is && !r.covered {
		r.event(Event{Kind: EventCovered, Text: textCovered})
	}
	r.covered = is
}

// settleBump reports whether the view can be trusted, and tells when it can
// again.
func (r *Relay) settleBump(slow bool) bool {
	b := r.bump
	if b == nil {
		return true
	}
	if !slow && (b.looks < 2 || r.now-b.first < 2*r.tune.Dwell) {
		return false
	}
	match, visible := r.agreement()
	if visible < len(r.trusted)/2 {
		return false
	}
	if float64(match) < clearMatch*float64(visible) && r.now-b.first < 4*time.Second {
		return false
	}
	r.bump = nil
	r.event(Event{Kind: EventBump, Text: textBumpFine})
	return true
}

// agreement counts the points that are seen as the record has them.
func (r *Relay) agreement() (match, visible int) {
	pos := r.game.Position()
	for i := range r.watch.spots {
		s := &r.watch.spots[i]
		c := s.best()
		if s.hidden || s.margin(c) < 1 {
			continue
		}
		visible++
		if c == pos.At(r.watch.point(i)) {
			match++
		}
	}
	return match, visible
}

// view is the record's position with everything on it that was last seen
// otherwise, but prisoners that still lie there and points that the user
// overlooks. What is hidden now is remembered.
func (r *Relay) view() (view board.Position, diff []board.Point) {
	view = r.game.Position()
	for i := range r.watch.spots {
		s := &r.watch.spots[i]
		if !s.known {
			continue
		}
		p := r.watch.point(i)
		c, want := s.seen, view.At(p)
		if r.ghosts[i] != board.Empty && (c != r.ghosts[i] || c == want) {
			r.ghosts[i] = board.Empty
		}
		if r.trusted[i].on && (c != r.trusted[i].color || c == want) {
			r.trusted[i].on = false
		}
		if c == want || c != board.Empty && r.ghosts[i] == c || r.trusted[i].on {
			continue
		}
		view.Set(p, c)
		diff = append(diff, p)
	}
	return view, diff
}

// decide explains the view, if it differs from the record, and writes down
// what is certain enough; at the end everything that can be explained.
func (r *Relay) decide(last bool) {
	if r.game == nil || r.watch == nil || !r.watch.any || r.bump != nil {
		return
	}
	w := r.watch
	r.settleMoved()
	view, diff := r.view()
	if !r.begun {
		if !r.start(view, diff) {
			return
		}
		view, diff = r.view()
	}
	if !r.settled(view, diff, last) {
		return
	}
	if len(diff) == 0 {
		r.stuck, r.stuckTold, r.story = -1, false, nil
		r.tried = board.Position{}
		return
	}
	if view != r.tried || r.triedMove != r.game.MoveCount() {
		r.tried, r.triedMove = view, r.game.MoveCount()
		r.story, r.about = r.explain(view, diff), diff
		if r.story.doubtful() && len(diff) > 1 {
			r.story, r.about = r.explainFirst(diff)
		}
	}
	s := r.story
	if s.doubtful() {
		r.puzzled(diff, last)
		return
	}
	if s.undo > 0 && (last || r.game.Ended()) {
		return // stones are being put away
	}
	missing := r.displaced(s)
	if !last {
		for _, p := range r.about {
			if !r.ripe(p, s) {
				return
			}
		}
		if (s.undo > 0 || len(s.noise) > 0) && w.handOver() || !r.waited(s, missing) {
			return
		}
	}
	r.stuck, r.stuckTold = -1, false
	r.tell(s, missing)
}

// ripe reports whether what is seen at p has been seen for long enough to be
// acted upon as s says.
func (r *Relay) ripe(p board.Point, s *story) bool {
	w := r.watch
	spot := w.spot(p)
	age := r.now - spot.sure
	if c := spot.best(); spot.margin(c) > 1 && spot.seen != c {
		return false // it is changing
	}
	need := r.tune.Dwell
	slow := spot.since-spot.before >= time.Second // pictures are far apart
	plays := slices.ContainsFunc(s.orders[0], func(m board.Move) bool { return m.Point == p })
	switch {
	case plays && spot.hidden:
		return false
	case plays && slow:
		need = 0
	case plays && !spot.hand && w.hands:
		need = 8 * r.tune.Dwell // no hand was seen there, though hands are seen
	case plays:
		// A hand beside the stone may still hold it.
		if w.hiddenBeside(p, 1) && r.now-w.still < r.tune.Rest {
			return false
		}
	case s.undo > 0 || slices.Contains(s.noise, p):
		need = 4 * r.tune.Dwell
		if r.now == spot.sure {
			return false // one reading is not enough
		}
	}
	return age >= need
}

// start compares the first view of the board with the position that the game
// starts from. It returns false while too little is seen.
func (r *Relay) start(view board.Position, diff []board.Point) bool {
	known := 0
	for i := range r.watch.spots {
		if r.watch.spots[i].known {
			known++
		}
	}
	if 5*known < 4*len(r.watch.spots) {
		return false
	}
	r.begun = true
	stones := len(diff)
	if stones == 0 || r.opt.Begun != nil || stones <= 4 && !r.opt.AsFound {
		return true
	}
	if !r.opt.AsFound && r.explain(view, diff) != nil && stones <= maxPlayed {
		return true
	}
	// A game that began before we looked.
	s := r.game.Setup()
	b, w := view.Stones(board.Black), view.Stones(board.White)
	s.Black, s.White = b.Points(), w.Points()
	s.First = board.Black
	if len(s.Black) > len(s.White) {
		s.First = board.White
	}
	if err := r.begin(s); err != nil {
		return true // not a lawful position: wait for a better view
	}
	r.begun = true
	r.event(Event{Kind: EventNote, Points: append(slices.Clone(s.Black), s.White...), Text: textFound(len(s.Black), len(s.White))})
	return true
}

// explain looks for the cheapest story that leads from the record to the view.
func (r *Relay) explain(view board.Position, diff []board.Point) *story {
	if len(diff) > maxDiff {
		return nil
	}
	var stories []*story
	g := r.game.Clone()
	for undo := 0; ; undo++ {
		r.leaveOut(g, view, diff, undo, &stories)
		if undo == maxUndo || !g.Undo() {
			break
		}
	}
	slices.SortStableFunc(stories, func(a, b *story) int { return cmp.Compare(a.cost, b.cost) })
	r.weighed = nil
	for _, s := range stories[:min(len(stories), 8)] {
		r.weighed = append(r.weighed, Hypothesis{Text: textStory(s, r.game.Size()), Prior: -s.cost})
	}
	if len(stories) == 0 {
		return nil
	}
	best := stories[0]
	best.rival = math.Inf(1)
	z := 0.0
	for i, s := range stories {
		z += math.Exp(2 * (best.cost - s.cost))
		if i > 0 && i < len(r.weighed) {
			r.weighed[i].Share = math.Exp(2 * (best.cost - s.cost))
		}
	}
	r.weighed[0].Share = 1
	for i := range r.weighed {
		r.weighed[i].Share /= z
	}
	if len(stories) > 1 {
		best.rival = stories[1].cost
	}
	return best
}

// doubtful reports whether a story is none, says nothing, or is hardly better
// than another.
func (s *story) doubtful() bool {
	return s == nil || s.rival-s.cost < 0.5 || s.undo == 0 && len(s.orders[0]) == 0
}

// explainFirst explains the differences that came first without those that came
// later, for a view that cannot be explained as a whole.
func (r *Relay) explainFirst(diff []board.Point) (*story, []board.Point) {
	diff = slices.Clone(diff)
	since := func(p board.Point) time.Duration { return r.watch.spot(p).since }
	slices.SortStableFunc(diff, func(a, b board.Point) int { return cmp.Compare(since(a), since(b)) })
	view := r.game.Position()
	for i, p := range diff[:min(len(diff)-1, 5)] {
		view.Set(p, r.watch.spot(p).seen)
		if since(p) == since(diff[i+1]) {
			continue
		}
		if s := r.explain(view, diff[:i+1]); !s.doubtful() && s.undo == 0 && len(s.noise) == 0 {
			return s, diff[:i+1]
		}
	}
	return nil, diff
}

// leaveOut explains the view from g, with none, one or two of the points that
// differ taken for noise.
func (r *Relay) leaveOut(g *board.Game, view board.Position, diff []board.Point, undo int, stories *[]*story) {
	pos := g.Position()
	try := func(noise ...board.Point) {
		seen := view
		for _, p := range noise {
			seen.Set(p, pos.At(p))
		}
		// Ghosts of before the undo are no ghosts after it.
		added := 0
		for p := range seen.Points() {
			if c := seen.At(p); c != pos.At(p) && c != board.Empty {
				added++
			}
		}
		if added > maxPlayed {
			return
		}
		cost := float64(undo)*undoCost + float64(len(noise))*noiseCost
		if len(*stories) > 0 && cost > 12 {
			return
		}
		found, _ := g.Explain(seen, added+1)
		for _, e := range found {
			if undo > 0 && len(e.Moves()) > 0 && e.Moves()[0] == r.game.Move(r.game.MoveCount()-undo) {
				continue // taking back and playing the same
			}
			if undo == 0 && r.lifted(e) {
				continue
			}
			c := cost + float64(len(e.Moves())) + 0.1*float64(e.Unlifted.Len())
			for _, m := range e.Moves() {
				// A stone that was played and captured between two views.
				if seen.At(m.Point) != m.Color && !e.Unlifted.Has(m.Point) {
					c += r.unseenCost()
				}
			}
			*stories = append(*stories, &story{undo: undo, orders: e.Orders, noise: noise, cost: c})
		}
	}
	try()
	for i, p := range diff {
		try(p)
		if len(diff) > 6 {
			continue
		}
		for _, q := range diff[i+1:] {
			try(p, q)
		}
	}
}

// lifted reports whether an explanation takes a stone for a prisoner that has
// been seen to be gone: then it is a stone that was played there since.
func (r *Relay) lifted(e board.Explanation) bool {
	pos := r.game.Position()
	for p := range e.Unlifted.All() {
		played := slices.ContainsFunc(e.Moves(), func(m board.Move) bool { return m.Point == p })
		if pos.At(p) == board.Empty && r.ghosts[r.watch.index(p)] == board.Empty && !played {
			return true
		}
	}
	return false
}

// unseenCost is what a move costs that nobody saw on the board: much, unless
// the pictures are far apart.
func (r *Relay) unseenCost() float64 {
	if r.watch.apart >= 2*time.Second {
		return 0.5
	}
	return noiseCost
}

// tell writes a story down. missing are the stones of the record that one of
// those it plays may be.
func (r *Relay) tell(s *story, missing []Stone) {
	for range s.undo {
		captured := r.game.LastCaptured()
		for p := range captured.All() {
			r.ghosts[r.watch.index(p)] = board.Empty
		}
		r.closeQuestions()
		r.takeBack()
	}
	order, doubt := r.order(s.orders)
	first := r.game.MoveCount()
	for _, m := range order {
		why := doubt
		if slices.ContainsFunc(missing, func(x Stone) bool { return x.Color == m.Color }) {
			why = textMaybeMoved
		}
		r.play(m, s, why)
	}
	if doubt != "" {
		r.ask(Question{Kind: AskOrder, Moves: order, From: first + 1, Text: textAskOrder(order, r.game.Size())})
	}
	r.askMoved(s, order, first, missing)
	r.tried, r.story = board.Position{}, nil
}

func (r *Relay) play(m board.Move, s *story, doubt string) {
	spot := r.watch.spot(m.Point)
	// How surely the stone is seen, and that this and no other story is true.
	confidence := 1 / (1 + math.Exp(2*(s.cost-s.rival)))
	if spot.best() == m.Color {
		confidence *= spot.share(m.Color)
	}
	if doubt != "" {
		confidence /= 2
	}
	if r.game.Play(m) != nil && r.game.Force(m) != nil {
		return
	}
	captured := r.game.LastCaptured()
	for p := range captured.All() {
		i := r.watch.index(p)
		if c := m.Color.Opponent(); r.watch.spots[i].known && r.watch.spots[i].seen == c {
			r.ghosts[i] = c
		}
	}
	at := spot.since
	if spot.best() != m.Color {
		at = r.now
	}
	r.played = append(r.played, Played{Move: m, Frame: r.watch.frame, Time: at, Confidence: confidence, Doubt: doubt})
	n := r.game.MoveCount()
	r.out.Decisions = append(r.out.Decisions, Decision{Move: m, Number: n, Frame: r.watch.frame, At: r.now, Why: doubt, Hypotheses: r.weighed})
	r.event(Event{Kind: EventMove, Number: n, Color: m.Color, Point: m.Point, Points: captured.Points(), Confidence: confidence,
		Text: textRelayMove(m, captured.Len(), r.game.Size())})
}

// order picks the order in which the stones were first seen. doubt says why
// another one may be true.
func (r *Relay) order(orders [][]board.Move) (best []board.Move, doubt string) {
	if len(orders) == 1 {
		return orders[0], ""
	}
	wrong := func(o []board.Move) (n int) {
		for i := range o {
			for j := i + 1; j < len(o); j++ {
				if r.watch.spot(o[i].Point).since > r.watch.spot(o[j].Point).since {
					n++
				}
			}
		}
		return n
	}
	slices.SortStableFunc(orders, func(a, b []board.Move) int { return cmp.Compare(wrong(a), wrong(b)) })
	if wrong(orders[0]) == wrong(orders[1]) {
		doubt = textOrderUnknown
	}
	return orders[0], doubt
}

// puzzled asks about a view that cannot be explained, when it stays.
func (r *Relay) puzzled(diff []board.Point, last bool) {
	if r.stuck < 0 {
		r.stuck, r.stuckLooks = r.now, 0
	}
	r.stuckLooks++
	w := r.watch
	if last || r.stuckTold || r.stuckLooks < 10 || w.clear < 0 || r.now-w.clear < 2*time.Second || r.now-r.stuck < 5*time.Second {
		return
	}
	r.stuckTold = true
	// A second stone of one colour in a row: the other player passed, or a
	// stone was missed. It is written down and marked.
	if m, ok := r.outOfTurn(diff); ok {
		r.game.Resume(m.Color)
		s := &story{orders: [][]board.Move{{m}}, rival: 0.5}
		if r.game.Legal(m) {
			r.play(m, s, textOutOfTurn)
			r.tried, r.story = board.Position{}, nil
			r.ask(Question{Kind: AskOrder, Moves: []board.Move{m}, From: r.game.MoveCount(), Text: textAskOutOfTurn(m, r.game.Size())})
			r.stuck, r.stuckTold = -1, false
			return
		}
		r.game.Resume(m.Color.Opponent())
	}
	r.event(Event{Kind: EventQuestion, Points: diff, Text: textPuzzled(diff, r.game.Size()), Say: textPuzzled(diff, r.game.Size())})
}

// outOfTurn returns the only new stone, if it is of the player whose turn it is
// not.
func (r *Relay) outOfTurn(diff []board.Point) (m board.Move, ok bool) {
	if len(diff) != 1 {
		return m, false
	}
	p := diff[0]
	c := r.watch.spot(p).best()
	if c == board.Empty || r.game.At(p) != board.Empty || c == r.game.ToMove() {
		return m, false
	}
	return board.Move{Color: c, Point: p}, true
}

func (r *Relay) obey(c Command) {
	if c.Kind == CmdQuit {
		r.quit = true
		return
	}
	if r.game == nil {
		return
	}
	if r.Unsettled() {
		switch c.Kind {
		case CmdPass, CmdPlay, CmdUndo, CmdResign, CmdMark, CmdAcceptScore:
			r.event(Event{Kind: EventNote, Text: textBegunFirst, Say: textBegunFirst})
			return
		}
	}
	switch c.Kind {
	case CmdPass:
		r.pass()
	case CmdPlay:
		for _, p := range c.Points {
			m := board.Move{Color: r.game.ToMove(), Point: p}
			if err := r.game.Play(m); err != nil {
				r.event(Event{Kind: EventNote, Text: textIllegal(err)})
				return
			}
			r.wrote(m)
		}
	case CmdUndo:
		if m, ok := r.game.LastMove(); ok {
			if r.watch != nil && !m.Point.IsPass() {
				// The stone is on its way off.
				r.ghosts[r.watch.index(m.Point)] = m.Color
			}
			r.takeBack()
			r.dropQuestions()
		}
	case CmdAccept, CmdDeny, CmdCancel:
		r.answer(c)
	case CmdTrust:
		if r.watch == nil {
			return
		}
		_, diff := r.view()
		for _, p := range diff {
			if len(c.Points) == 0 || slices.Contains(c.Points, p) {
				r.trusted[r.watch.index(p)] = trusted{on: true, color: r.watch.spot(p).best()}
			}
		}
		r.bump = nil
	case CmdLook:
		if r.watch != nil {
			r.watch.forget()
			clear(r.trusted)
			r.bump = nil
		}
	}
	r.tried = board.Position{}
}

func (r *Relay) pass() {
	m := board.Move{Color: r.game.ToMove(), Point: board.Pass}
	if err := r.game.Play(m); err != nil {
		r.event(Event{Kind: EventNote, Text: textIllegal(err)})
		return
	}
	r.wrote(m)
	if r.game.Ended() {
		r.event(Event{Kind: EventNote, Text: textBothPassed, Say: textBothPassed})
	}
}

// wrote tells of a move that a user entered.
func (r *Relay) wrote(m board.Move) {
	captured := r.game.LastCaptured()
	r.played = append(r.played, Played{Move: m, Frame: r.frame(), Time: r.now, Confidence: 1})
	r.event(Event{Kind: EventMove, Number: r.game.MoveCount(), Color: m.Color, Point: m.Point, Points: captured.Points(),
		Confidence: 1, Text: textRelayMove(m, captured.Len(), r.game.Size())})
}

func (r *Relay) frame() int {
	if r.watch == nil || !r.watch.any {
		return -1
	}
	return r.watch.frame
}

func (r *Relay) event(e Event) {
	e.At, e.Frame = r.now, r.frame()
	if r.game != nil {
		e.Size = r.game.Size()
	}
	r.text = cmp.Or(e.Text, r.text)
	r.out.Events = append(r.out.Events, e)
}

// Snapshot shows the record and what is seen.
func (r *Relay) Snapshot() *Snapshot {
	s := &Snapshot{At: r.now, Frame: r.frame(), Phase: Play, Questions: r.questions, Online: true,
		Camera: r.eyesErr == nil && r.now-r.lastLook <= r.tune.Blind, State: StateStarting, Text: r.text}
	if r.game == nil {
		return s
	}
	g := r.game
	s.Size, s.Position, s.Number, s.Moves = g.Size(), g.Position(), g.MoveCount(), g.Moves()
	s.Rules, s.Komi, s.Handicap = g.Rules().Name, g.Setup().Komi, g.Setup().Handicap
	s.Last, s.HasLast = g.LastMove()
	s.Captures = [2]int{g.Captures(board.Black), g.Captures(board.White)}
	s.ToMove, s.MyTurn, s.State = g.ToMove(), true, StateYourTurn
	s.Text = textToPlay(s.ToMove)
	w := r.watch
	if w == nil || !w.any {
		return s
	}
	s.Locked, s.Spots = w.locked, w.shown()
	s.Covered = float64(w.hidden) / float64(len(w.spots))
	for i, c := range r.ghosts {
		if c != board.Empty {
			s.Prisoners = append(s.Prisoners, Stone{Color: c, Point: w.point(i)})
		}
		if r.trusted[i].on {
			s.Overlooked = append(s.Overlooked, w.point(i))
		}
	}
	switch {
	case !s.Camera:
		s.State, s.Text = StateCameraLost, textCameraGone
	case r.bump != nil || r.unlocked >= 0 && r.now-r.unlocked >= r.tune.Blind/2:
		s.State, s.Text = StateBoardMoved, textLookingAgain
	case r.covered:
		s.State, s.Text = StateCovered, textCovered
	case r.stuckTold, r.goingOn == begunAsked, r.goingOn == begunSetUp:
		view, diff := r.view()
		s.State, s.Text = StateUnexpected, textPuzzled(diff, g.Size())
		for _, p := range diff {
			if c := view.At(p); c != board.Empty {
				s.Unexpected = append(s.Unexpected, Stone{Color: c, Point: p})
			} else {
				s.Missing = append(s.Missing, Stone{Color: g.At(p), Point: p})
			}
		}
		switch r.goingOn {
		case begunAsked:
			s.State, s.MyTurn, s.Text = StateSetup, false, textBegunFirst
		case begunSetUp:
			s.State, s.MyTurn, s.Text = StateSetup, false, textSetUpBegun(s.Missing, s.Unexpected, g.Size())
		}
	}
	return s
}
