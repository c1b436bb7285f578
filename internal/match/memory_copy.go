package match

import (
	"cmp"
	"errors"

	"github.com/gobancam/gobancam/board"
)

// A field that is forgotten here is found by TestNothingIsForgotten.

func (r *Referee) memory() *refereeMemory {
	return &refereeMemory{Version: memoryVersion,
		Tune: r.tune, Mode: r.mode, Below: number(r.below), Now: r.now, Begun: r.begun, Edition: r.edition, Other: r.other,
		Online: r.online, Synced: r.synced, Epoch: r.epoch, Data: r.data, Game: r.game, Phase: r.phase, PhaseAt: r.phaseAt,
		ToMove: r.toMove, Clocks: r.clocks, Paused: r.paused, Undo: r.undo, Dead: r.dead, Accepted: r.accepted,
		Result: r.result, TurnAt: r.turnAt, AskedSync: r.askedSync, Nonsense: r.nonsense, NonsenseAt: r.nonsenseAt, Offline: r.offline, Senseless: r.senseless,
		Ref: r.ref, Pending: r.pending, SentAt: r.sentAt, Settle: r.settle, Lost: r.lost, Refused: r.refused,
		Resigned: r.resigned, ResignAt: r.resignAt, Resumed: r.resumed, Journal: r.journal,
		Watch: r.watch.memory(), Expect: r.expect, Marks: each(r.marks, mark.memory), Setup: r.setup, Viewed: r.viewed,
		EyesErr: errorText(r.eyesErr), EyesEnd: r.eyesEnd, LastLook: r.lastLook, Unlocked: r.unlocked, Bump: r.bump.memory(),
		Diff: r.diff.memory(), SizeTold: r.sizeTold,
		Hold: holdMemory{On: r.hold.on, Move: r.hold.move, Since: r.hold.since, Good: r.hold.good},
		Cand: r.cand.memory(), Rival: r.rival, Weighed: each(r.weighed, Hypothesis.memory),
		Questions: each(r.questions, Question.memory), Asked: r.asked, Ways: r.ways,
		State: r.state, Text: r.text, Reminded: r.reminded, Quit: r.quit}
}

func (m *refereeMemory) referee() *Referee {
	r := &Referee{
		tune: m.Tune, mode: m.Mode, below: float64(m.Below), now: m.Now, begun: m.Begun, edition: m.Edition, other: m.Other,
		online: m.Online, synced: m.Synced, epoch: m.Epoch, data: m.Data, game: m.Game, phase: m.Phase, phaseAt: m.PhaseAt,
		toMove: m.ToMove, clocks: m.Clocks, paused: m.Paused, undo: m.Undo, dead: m.Dead, accepted: m.Accepted,
		result: m.Result, turnAt: m.TurnAt, askedSync: m.AskedSync, nonsense: m.Nonsense, nonsenseAt: m.NonsenseAt, offline: m.Offline, senseless: m.Senseless,
		ref: m.Ref, pending: m.Pending, sentAt: m.SentAt, settle: m.Settle, lost: m.Lost, refused: m.Refused,
		resigned: m.Resigned, resignAt: m.ResignAt, resumed: m.Resumed, journal: m.Journal,
		watch: m.Watch.watch(), expect: m.Expect, marks: each(m.Marks, markMemory.mark), setup: m.Setup, viewed: m.Viewed,
		eyesErr: textError(m.EyesErr), eyesEnd: m.EyesEnd, lastLook: m.LastLook, unlocked: m.Unlocked, bump: m.Bump.bump(),
		diff: m.Diff.differences(), sizeTold: m.SizeTold,
		hold: hold{on: m.Hold.On, move: m.Hold.Move, since: m.Hold.Since, good: m.Hold.Good},
		cand: m.Cand.candidate(), rival: m.Rival, weighed: each(m.Weighed, hypothesisMemory.hypothesis),
		questions: each(m.Questions, questionMemory.question), asked: m.Asked, ways: m.Ways,
		state: m.State, text: m.Text, reminded: m.Reminded, quit: m.Quit}
	if r.refused == nil {
		r.refused = map[board.Move]int{}
	}
	return r
}

func (m *refereeMemory) version() int { return cmp.Or(m.Version, 1) }

func (m *refereeMemory) upgrade() { m.Edition = cmp.Or(m.Edition, FirstEdition) }

func (m *refereeMemory) before(version int) {
	m.Version = version
	if version < 2 {
		m.Nonsense, m.NonsenseAt, m.Senseless, m.Ways = "", 0, false, 0
		m.Marks = each(m.Marks, func(k markMemory) markMemory { k.Meant = false; return k })
		m.Questions = each(m.Questions, questionMemory.first)
	}
}

func (r *Relay) memory() *relayMemory {
	return &relayMemory{Version: memoryVersion,
		Opt: r.opt, Tune: r.tune, Now: r.now, Game: r.game, Played: each(r.played, Played.memory), Watch: r.watch.memory(),
		Begun: r.begun, Ghosts: each(r.ghosts, func(c board.Color) int { return int(c) }),
		Trusted: each(r.trusted, func(t trusted) trustedMemory { return trustedMemory{On: t.on, Color: t.color} }),
		Bump:    r.bump.memory(), Ended: r.ended, Unlocked: r.unlocked, Covered: r.covered, Tried: r.tried, TriedMove: r.triedMove,
		Story: r.story.memory(), About: r.about, Stuck: r.stuck, StuckLooks: r.stuckLooks, StuckTold: r.stuckTold,
		Slow: r.slow, Bumped: r.bumped, Left: r.left.memory(), Swept: r.swept,
		Questions: each(r.questions, Question.memory), Asked: r.asked, Weighed: each(r.weighed, Hypothesis.memory),
		Text: r.text, EyesErr: errorText(r.eyesErr), LastLook: r.lastLook, GoingOn: r.goingOn, Anew: r.anew, Quit: r.quit}
}

func (m *relayMemory) relay() *Relay {
	return &Relay{
		opt: m.Opt, tune: m.Tune, now: m.Now, game: m.Game, played: each(m.Played, playedMemory.played), watch: m.Watch.watch(),
		begun: m.Begun, ghosts: each(m.Ghosts, colorOf),
		trusted: each(m.Trusted, func(t trustedMemory) trusted { return trusted{on: t.On, color: t.Color} }),
		bump:    m.Bump.bump(), ended: m.Ended, unlocked: m.Unlocked, covered: m.Covered, tried: m.Tried, triedMove: m.TriedMove,
		story: m.Story.story(), about: m.About, stuck: m.Stuck, stuckLooks: m.StuckLooks, stuckTold: m.StuckTold,
		slow: m.Slow, bumped: m.Bumped, left: m.Left.abandoned(), swept: m.Swept,
		questions: each(m.Questions, questionMemory.question), asked: m.Asked, weighed: each(m.Weighed, hypothesisMemory.hypothesis),
		text: m.Text, eyesErr: textError(m.EyesErr), lastLook: m.LastLook, goingOn: m.GoingOn, anew: m.Anew, quit: m.Quit}
}

func (m *relayMemory) version() int { return cmp.Or(m.Version, 1) }

func (m *relayMemory) upgrade() { m.Opt.Edition = cmp.Or(m.Opt.Edition, FirstRelayEdition) }

func (m *relayMemory) before(version int) {
	m.Version = version
	if version < 2 {
		m.Questions = each(m.Questions, questionMemory.first)
	}
}

// ---- The parts ----

// each applies f to all elements; it keeps nil.
func each[A, B any](list []A, f func(A) B) []B {
	if list == nil {
		return nil
	}
	made := make([]B, len(list))
	for i, x := range list {
		made[i] = f(x)
	}
	return made
}

// colorOf is a colour by its number; what is none becomes one that sound
// refuses.
func colorOf(n int) board.Color {
	if n < 0 || n > int(board.White) {
		return board.White + 1
	}
	return board.Color(n)
}

func errorText(err error) *string {
	if err == nil {
		return nil
	}
	text := err.Error()
	return &text
}

func textError(text *string) error {
	if text == nil {
		return nil
	}
	return errors.New(*text)
}

func (w *watch) memory() *watchMemory {
	if w == nil {
		return nil
	}
	return &watchMemory{Tune: w.tune, Size: w.size, Spots: each(w.spots, spot.memory), Hands: w.hands, Any: w.any, First: w.first,
		Apart: w.apart, Frame: w.frame, At: w.at, Bump: w.bump, Locked: w.locked, Hidden: w.hidden, Still: w.still, Print: w.print,
		Gap: w.gap, Light: w.light, Shut: w.shut, Clear: w.clear, Blocked: w.blocked}
}

func (m *watchMemory) watch() *watch {
	if m == nil {
		return nil
	}
	return &watch{tune: m.Tune, size: m.Size, spots: each(m.Spots, spotMemory.spot), hands: m.Hands, any: m.Any, first: m.First,
		apart: m.Apart, frame: m.Frame, at: m.At, bump: m.Bump, locked: m.Locked, hidden: m.Hidden, still: m.Still, print: m.Print,
		gap: m.Gap, light: m.Light, shut: m.Shut, clear: m.Clear, blocked: m.Blocked}
}

func (s spot) memory() spotMemory {
	return spotMemory{Sum: [3]number{number(s.sum[0]), number(s.sum[1]), number(s.sum[2])}, Hidden: s.hidden, Known: s.known,
		Seen: s.seen, Since: s.since, Sure: s.sure, Hand: s.hand, Long: s.long, Plain: s.plain, Covered: s.covered, Run: s.run,
		RunSince: s.runSince, Views: s.views, Before: s.before, Unrest: number(s.unrest)}
}

func (m spotMemory) spot() spot {
	return spot{sum: [3]float64{float64(m.Sum[0]), float64(m.Sum[1]), float64(m.Sum[2])}, hidden: m.Hidden, known: m.Known,
		seen: m.Seen, since: m.Since, sure: m.Sure, hand: m.Hand, long: m.Long, plain: m.Plain, covered: m.Covered, run: m.Run,
		runSince: m.RunSince, views: m.Views, before: m.Before, unrest: float64(m.Unrest)}
}

func (m mark) memory() markMemory {
	return markMemory{Placed: m.placed, Ghost: m.ghost, Undone: m.undone, Changed: m.changed, Trusted: m.trusted, TrustedC: m.trustedC,
		Denied: m.denied, Meant: m.meant}
}

func (m markMemory) mark() mark {
	return mark{placed: m.Placed, ghost: m.Ghost, undone: m.Undone, changed: m.Changed, trusted: m.Trusted, trustedC: m.TrustedC,
		denied: m.Denied, meant: m.Meant}
}

func (b *bump) memory() *bumpMemory {
	if b == nil {
		return nil
	}
	return &bumpMemory{First: b.first, Looks: b.looks, Before: each(b.before, spot.memory)}
}

func (m *bumpMemory) bump() *bump {
	if m == nil {
		return nil
	}
	return &bump{first: m.First, looks: m.Looks, before: each(m.Before, spotMemory.spot)}
}

func (d *differences) memory() diffMemory {
	return diffMemory{Owed: d.owed, Missing: d.missing, Unexpected: d.unexpected, Prisoners: d.prisoners, TakeBack: d.takeBack,
		Illegal: d.illegal, Overlooked: d.overlooked, Capturing: d.capturing, Unseen: d.unseen}
}

func (m *diffMemory) differences() differences {
	return differences{owed: m.Owed, missing: m.Missing, unexpected: m.Unexpected, prisoners: m.Prisoners, takeBack: m.TakeBack,
		illegal: m.Illegal, overlooked: m.Overlooked, capturing: m.Capturing, unseen: m.Unseen}
}

func (c *Candidate) memory() *candidateMemory {
	if c == nil {
		return nil
	}
	return &candidateMemory{Move: c.Move, Confidence: number(c.Confidence), Held: number(c.Held), Why: c.Why}
}

func (m *candidateMemory) candidate() *Candidate {
	if m == nil {
		return nil
	}
	return &Candidate{Move: m.Move, Confidence: float64(m.Confidence), Held: float64(m.Held), Why: m.Why}
}

func (h Hypothesis) memory() hypothesisMemory {
	return hypothesisMemory{Text: h.Text, Prior: number(h.Prior), Evidence: number(h.Evidence), Share: number(h.Share)}
}

func (m hypothesisMemory) hypothesis() Hypothesis {
	return Hypothesis{Text: m.Text, Prior: float64(m.Prior), Evidence: float64(m.Evidence), Share: float64(m.Share)}
}

func (q Question) memory() questionMemory {
	return questionMemory{ID: q.ID, Kind: q.Kind, Move: q.Move, Moves: q.Moves, From: q.From, Missing: q.Missing,
		Confidence: number(q.Confidence), Text: q.Text}
}

func (m questionMemory) question() Question {
	return Question{ID: m.ID, Kind: m.Kind, Move: m.Move, Moves: m.Moves, From: m.From, Missing: m.Missing,
		Confidence: float64(m.Confidence), Text: m.Text}
}

// first is what version 1 knew of the question.
func (m questionMemory) first() questionMemory {
	m.From, m.Missing = 0, nil
	return m
}

func (p Played) memory() playedMemory {
	return playedMemory{Move: p.Move, Frame: p.Frame, Time: p.Time, Confidence: number(p.Confidence), Doubt: p.Doubt}
}

func (m playedMemory) played() Played {
	return Played{Move: m.Move, Frame: m.Frame, Time: m.Time, Confidence: float64(m.Confidence), Doubt: m.Doubt}
}

func (a *abandoned) memory() *abandonedMemory {
	if a == nil {
		return nil
	}
	return &abandonedMemory{Game: a.game, Played: each(a.played, Played.memory)}
}

func (m *abandonedMemory) abandoned() *abandoned {
	if m == nil {
		return nil
	}
	return &abandoned{game: m.Game, played: each(m.Played, playedMemory.played)}
}

func (s *story) memory() *storyMemory {
	if s == nil {
		return nil
	}
	return &storyMemory{Undo: s.undo, Turn: s.turn, Orders: s.orders, Noise: s.noise, Cost: number(s.cost), Rival: number(s.rival)}
}

func (m *storyMemory) story() *story {
	if m == nil {
		return nil
	}
	return &story{undo: m.Undo, turn: m.Turn, orders: m.Orders, noise: m.Noise, cost: float64(m.Cost), rival: float64(m.Rival)}
}
