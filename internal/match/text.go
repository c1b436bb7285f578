package match

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
)

// All that the referee and the relay say in words is in this file. Events
// carry the same as data, so another language is another file like this.

const (
	textUndoCanceled    = "The request to take back is withdrawn."
	textResumed         = "The game goes on."
	textOffline         = "Not connected: the game cannot be reached just now."
	textOver            = "The game is over."
	textScoring         = "Both passed: dead stones are being agreed on."
	textNotScoring      = "Dead stones are marked after both players passed."
	textIsPaused        = "The game is paused."
	textNotYourTurn     = "It is not your turn."
	textPlayOne         = "Name one point to play."
	textNothingToUndo   = "There is no move to take back."
	textUndoRequested   = "You ask to take back."
	textAskResign       = "Do you really want to resign?"
	textAskPass         = "Your pass did not reach the server. Pass now?"
	textRecordCounts    = "In a game at a server its record counts: the board is set to that."
	textNothingToCancel = "There is nothing to withdraw."
	textNoQuestion      = "There is no question open."
	textResync          = "Reading the game again."
	textNoneMissing     = "No stone is missing."
	textTrusted         = "What looks wrong on the board is overlooked."
	textUnkept          = "The move was not sent: it could not be written to the journal. Make room on the disk, then play it again."
	textBumpFine        = "The board was moved. The position is the same; the game goes on."
	textBumpStones      = "The board was moved, and stones with it."
	textCameraGone      = "The camera gives no picture."

	textHand          = "a hand is over the board"
	textDwell         = "a moment"
	textSure          = "sure"
	textUnsure        = "not sure enough"
	textModeAsks      = "you want to be asked"
	textRefusedBefore = "it was refused before"
	textBeforeTurn    = "it was there before your turn"
	textUnwatched     = "nobody saw it being played"
	textNothing       = "nothing happened"
	textVanishing     = "another stone is hard to see"
	textOldPicture    = "the last picture is too old"
	textHandicapAsked = "the handicap stones are asked about together"
)

// of is what is said of the server; where the other side is none, it is called by
// its own name.
func (r *Referee) of(s string) string {
	if r.other == "" {
		return s
	}
	return strings.ReplaceAll(s, "server", r.other)
}

func (r *Referee) textRecordCounts() string {
	if r.other != "" {
		return "The record of the game counts: the board is set to that."
	}
	return textRecordCounts
}

var colorNames = [...]string{"empty", "black", "white"}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// list joins names as a sentence does.
func list(names []string) string {
	switch n := len(names); {
	case n == 0:
		return ""
	case n == 1:
		return names[0]
	case n > 8:
		return fmt.Sprintf("%s and %d more", strings.Join(names[:7], ", "), n-7)
	default:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
}

func nameStone(s Stone, size int) string { return colorNames[s.Color] + " " + s.Point.GTP(size) }

func stoneNames(stones []Stone, size int) string {
	names := make([]string, len(stones))
	for i, s := range stones {
		names[i] = nameStone(s, size)
	}
	return list(names)
}

func pointNames(stones []Stone, size int) string {
	names := make([]string, len(stones))
	for i, s := range stones {
		names[i] = s.Point.GTP(size)
	}
	return list(names)
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func (r *Referee) size() int { return r.game.Size() }

func (r *Referee) nameMove(m board.Move) string {
	if m.Point.IsPass() {
		return "a pass"
	}
	return nameStone(m, r.size())
}

// textMove tells of move i of the record.
func (r *Referee) textMove(i int, mine bool) string {
	m := r.game.Move(i)
	set := r.game.CapturedBy(i)
	s := capital(moveName(m, r.size()))
	if n := set.Len(); n > 0 {
		s += fmt.Sprintf(", takes %d", n)
	}
	return s + "."
}

func (r *Referee) textSent(m board.Move) string {
	if m.Point.IsPass() {
		return "Passing."
	}
	return "Playing " + r.nameMove(m) + "."
}

func (r *Referee) saySent(m board.Move) string {
	if m.Point.IsPass() {
		return "pass"
	}
	return m.Point.GTP(r.size())
}

func (r *Referee) textStillSending(m board.Move) string {
	return capital(r.nameMove(m)) + " is still on its way."
}

func (r *Referee) textTooLate(m board.Move) string {
	return capital(r.nameMove(m)) + " has been sent and cannot be withdrawn; ask to take it back."
}

func (r *Referee) textNoEcho(m board.Move) string {
	return r.of("No word from the server about ") + r.nameMove(m) + ": reading the game again before anything is sent."
}

func (r *Referee) textLost(m board.Move) string {
	if m.Point.IsPass() {
		return r.of("The pass did not reach the server.")
	}
	return capital(r.nameMove(m)) + r.of(" did not reach the server. While the stone lies there, it is played again.")
}

func (r *Referee) textOtherMove(mine, theirs board.Move) string {
	return fmt.Sprintf(r.of("The server has %s where %s was sent. The server's game counts."), r.nameMove(theirs), r.nameMove(mine))
}

func (r *Referee) textMissingMoves(had, has int) string {
	return fmt.Sprintf(r.of("The server's game has %s, it had %d. The server's game counts."), plural(has, "move"), had)
}

func (r *Referee) textMoveRefused(m board.Move, why string) string {
	s := r.of("The server refused ") + r.nameMove(m)
	if why != "" {
		s += ": " + strings.TrimRight(why, ".")
	}
	return s + "."
}

func (r *Referee) textRefused(why string) string {
	return r.of("The server refused: ") + strings.TrimRight(why, ".") + "."
}
func textDisconnected(why string) string {
	return "The connection is lost: " + strings.TrimRight(why, ".") + "."
}
func (r *Referee) textNonsense(what string) string {
	if r.other != "" {
		return fmt.Sprintf(r.of("The server says what cannot be (%s). It is asked again, and nothing of yours is sent until it tells the game."), what)
	}
	return fmt.Sprintf("The server says what cannot be (%s). It is asked again, and nothing of yours is sent until it tells the game; you can play on at the website.", what)
}

// textAnew tells what has become of the game that the server told at first.
func (r *Referee) textAnew(d *game.Data, g *board.Game) string {
	var now []string
	if n := g.Size(); n != r.size() {
		now = append(now, fmt.Sprintf("the board is %d×%d and not %d×%d", n, n, r.size(), r.size()))
	}
	if d.Me != r.data.Me {
		now = append(now, fmt.Sprintf("you are %s and not %s", roleName(d.Me), roleName(r.data.Me)))
	}
	if len(now) == 0 {
		now = []string{"the game is another one"}
	}
	return fmt.Sprintf(r.of("The server now says that %s; that is what counts."), list(now))
}

// roleName is what somebody of that colour is in a game.
func roleName(c board.Color) string {
	if c == board.Empty {
		return "watching"
	}
	return colorNames[c]
}

func textNoCommand(err error) string {
	return fmt.Sprintf("That cannot be done: %v.", err)
}
func (r *Referee) textOddMove(err error) string {
	return fmt.Sprintf(r.of("The server's record has an odd move: %v."), err)
}
func textIllegal(err error) string { return fmt.Sprintf("That cannot be played: %v.", err) }

func (r *Referee) textOutOfStep(n, had int) string {
	return fmt.Sprintf(r.of("The server speaks of move %d, %s are known: reading the game again."), n, plural(had, "move"))
}

func textOtherSize(eyes, game int) string {
	return fmt.Sprintf("The camera looks at a %d×%d board, the game is on %d×%d. Calibrate for the right size.", eyes, eyes, game, game)
}

func (r *Referee) textSizeAsked(eyes, game int) string {
	return fmt.Sprintf(r.of("The board in front of the camera is %d×%d, the game is on %d×%d. The server is asked again; if it stays so, put the right board there."), eyes, eyes, game, game)
}

func textPaused(p game.Pause, d game.Data) string {
	switch {
	case p.By != board.Empty && p.By == d.Me:
		return "You paused the game."
	case p.By != board.Empty:
		return capital(colorNames[p.By]) + " paused the game."
	case p.Why != "":
		return "The game is paused: " + p.Why + "."
	}
	return textIsPaused
}

func (r *Referee) textUndoAsked(u game.Undo) string {
	if u.Count > 1 {
		return fmt.Sprintf("The opponent asks to take back %d moves. Agree?", u.Count)
	}
	return "The opponent asks to take back. Agree?"
}

func (r *Referee) textUndone(n int) string { return capital(plural(n, "move")) + " taken back." }

func (r *Referee) textDead() string {
	if len(r.dead) == 0 {
		return "No stone is marked as dead."
	}
	return fmt.Sprintf("%s marked as dead.", capital(plural(len(r.dead), "point")))
}

func textAgreed(c board.Color) string {
	if c == board.Empty {
		return "Both players agree on the dead stones."
	}
	return capital(colorNames[c]) + " agrees on the dead stones."
}

func textResult(res game.Result, d game.Data, edition int) string {
	who, text := "", res.String()
	switch {
	case res.Winner == board.Empty && text != "":
		who = "The game ends: " + text
	case res.Winner == board.Empty:
		who = "The game ends without a winner"
	case res.Winner == d.Me:
		who = "You win: " + text
	case d.Me != board.Empty:
		who = "You lose: " + text
	default:
		who = capital(colorNames[res.Winner]) + " wins: " + text
	}
	// The first edition told the margin twice: "W+6.5 (6.5 points)".
	again := res.By == board.ByPoints || strings.HasSuffix(res.Words, " points") || strings.Contains(text, "("+res.Words+")")
	if res.Words != "" && (edition == FirstEdition || !again) {
		who += " (" + res.Words + ")"
	}
	return who + "."
}

func (r *Referee) textAskMove(m board.Move, why string) string {
	return fmt.Sprintf("Is %s your move? (%s)", r.nameMove(m), why)
}

func (r *Referee) textOwnMissing(s Stone, m board.Move) string {
	return fmt.Sprintf("%s is missing: is it the stone on %s?", nameStone(s, r.size()), m.Point.GTP(r.size()))
}

func isAre(stones []Stone) string {
	if len(stones) == 1 {
		return "is"
	}
	return "are"
}

func (r *Referee) textAskTakeBack(s Stone) string {
	return capital(nameStone(s, r.size())) + " is missing. Ask to take it back?"
}

func (r *Referee) textAskThere(stones []Stone) string {
	they := "it"
	if len(stones) > 1 {
		they = "they"
	}
	return fmt.Sprintf("%s %s missing. %s %s there?", capital(stoneNames(stones, r.size())), isAre(stones), capital(isAre(stones)), they)
}

func (r *Referee) textThere(stones []Stone) string {
	return capital(stoneNames(stones, r.size())) + " is taken to be there until the point is seen to change."
}

func (r *Referee) textAskHandicap(stones []Stone) string {
	return fmt.Sprintf("Are these your handicap stones: %s?", pointNames(stones, r.size()))
}

func (r *Referee) textHandicapThere(stones []Stone) string {
	return fmt.Sprintf("Handicap %d: %s there already.", r.data.Setup.Handicap, lieNames(stones, r.size()))
}

func lieNames(stones []Stone, size int) string {
	if len(stones) == 1 {
		return stoneNames(stones, size) + " lies"
	}
	return stoneNames(stones, size) + " lie"
}

func (r *Referee) textTooMany(stones []Stone) string {
	left := r.toPlace()
	return fmt.Sprintf("%s to place, and %s lie there: take off %d.", capital(plural(left, "handicap stone")),
		plural(len(stones), colorNames[r.me()]+" stone"), len(stones)-left)
}

func (r *Referee) textAlsoWrong(s Stone) string {
	return nameStone(s, r.size()) + " is not right either"
}

func (r *Referee) textSetup() string {
	d := &r.diff
	var parts []string
	put := append(append([]Stone(nil), d.owed...), d.missing...)
	off := append(append([]Stone(nil), d.unexpected...), d.takeBack...)
	if free := r.placement(); r.fits(free) { // they may stay
		off = slices.DeleteFunc(off, func(s Stone) bool { return slices.Contains(free, s) })
	}
	if len(off) > 0 {
		parts = append(parts, "take off "+stoneNames(off, r.size()))
	}
	if len(put) > 0 {
		parts = append(parts, "put "+stoneNames(put, r.size()))
	}
	if len(parts) == 0 {
		return "The board is right."
	}
	return "Set up the board: " + strings.Join(parts, "; ") + "."
}

// ---- The relay ----

const (
	textCovered      = "The board is covered."
	textLookingAgain = "The board was moved. Looking whether all is in place."
	textBothPassed   = "Both passed."
	textOrderUnknown = "the order of these moves was not seen"
	textMaybeMoved   = "a stone of that colour was missing; it may be that one, moved"
	textOutOfTurn    = "played out of turn, or the other player passed"
)

func textToPlay(c board.Color) string { return capital(colorNames[c]) + " to play." }

func textNoSetup(err error) string {
	return fmt.Sprintf("The game cannot start so: %v. It starts from the empty board.", err)
}

func textFound(b, w int) string {
	return fmt.Sprintf("The game goes on from what lies on the board: %d black and %d white stones.", b, w)
}

func moveName(m board.Move, size int) string {
	if m.Point.IsPass() {
		return colorNames[m.Color] + " passes"
	}
	return nameStone(m, size)
}

func moveNames(ms []board.Move, size int) []string {
	names := make([]string, len(ms))
	for i, m := range ms {
		names[i] = moveName(m, size)
	}
	return names
}

func textRelayMove(m board.Move, captured, size int) string {
	s := capital(moveName(m, size))
	if captured > 0 {
		s += fmt.Sprintf(", takes %d", captured)
	}
	return s + "."
}

func textRelayUndo(m board.Move, size int) string {
	return capital(moveName(m, size)) + " is taken back."
}

func textAskOrder(ms []board.Move, size int) string {
	return "Was this the order: " + strings.Join(moveNames(ms, size), ", ") + "?"
}

func textAskOutOfTurn(m board.Move, size int) string {
	return capital(moveName(m, size)) + " was out of turn. Is it a move?"
}

func textAskMoved(gone Stone, m board.Move, size int) string {
	return fmt.Sprintf("%s is missing. Was it moved to %s?", capital(nameStone(gone, size)), m.Point.GTP(size))
}

func textPlayedOn(ms []board.Move, size int) string {
	return capital(list(moveNames(ms, size))) + " cannot be taken out: more was played since. It stays, marked as doubtful; take moves back to correct it."
}

func textPuzzled(ps []board.Point, size int) string {
	names := make([]string, len(ps))
	for i, p := range ps {
		names[i] = p.GTP(size)
	}
	return "No legal moves explain what lies at " + list(names) + "."
}

func textStory(s *story, size int) string {
	var parts []string
	if s.undo > 0 {
		parts = append(parts, plural(s.undo, "move")+" taken back")
	}
	if m := s.orders[0]; len(m) > 0 {
		parts = append(parts, strings.Join(moveNames(m, size), ", "))
	}
	for _, p := range s.noise {
		parts = append(parts, p.GTP(size)+" misread")
	}
	if len(parts) == 0 {
		return textNothing
	}
	return strings.Join(parts, "; ")
}
