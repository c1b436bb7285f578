package terminal

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/match"
)

// Help lists the commands of a game at a server that ParseCommand knows, one a
// line.
const Help = `pass                 pass
resign               resign; asks once more
undo                 ask the opponent to take back; cancel-undo withdraws it
accept, yes          yes to what is asked
deny, no             no to it
cancel               no to it; with nothing asked, withdraw your own request to take back
pause, resume        pause the game, go on
play POINT           this is my move, whatever the camera says
mark POINT...        turn stones dead or alive, while dead stones are agreed
accept-score         agree to the marked stones; reject-score plays on
trust [POINT...]     the board is right: overlook what seems wrong
there                the stones that seem to be missing lie there: go on
look                 forget what was seen and look afresh
resync               fetch the whole game from the server
mode auto|ask|below P  when to be asked before a move is sent
corners X,Y X,Y X,Y X,Y  where the corner crossings are in the picture
phone yes|no|invite  let another phone be the camera or not; show the code again
quit                 leave; the game goes on at the server
help                 this list
`

// BoardHelp lists those of a game between two people at one board.
const BoardHelp = `pass                 the player whose turn it is passes
resign               ... or resigns
undo                 take back the last move
back N               back to where N moves had been played
play POINT           this is the next move, whatever the camera says
board                this is what lies there now: go on from it
accept, yes          yes to what is asked
deny, no             no to it
trust [POINT...]     the board is right: overlook what seems wrong
look                 forget what was seen and look afresh
mark POINT...        turn stones dead or alive, when both have passed
accept-score         that is the result
corners X,Y X,Y X,Y X,Y  where the corner crossings are in the picture
phone yes|no|invite  let another phone be the camera or not; show the code again
quit                 leave; the game can go on another time
help                 this list
`

// simple commands are a word that is also their kind.
var simple = map[string]match.CommandKind{
	"pass": match.CmdPass, "resign": match.CmdResign, "undo": match.CmdUndo,
	"cancel-undo": match.CmdCancelUndo, "cancel": match.CmdCancel, "accept": match.CmdAccept, "yes": match.CmdAccept, "y": match.CmdAccept,
	"deny": match.CmdDeny, "no": match.CmdDeny, "n": match.CmdDeny, "pause": match.CmdPause, "resume": match.CmdResume,
	"accept-score": match.CmdAcceptScore, "reject-score": match.CmdRejectScore,
	"there": match.CmdThere, "board": match.CmdBoard, "look": match.CmdLook, "resync": match.CmdResync, "quit": match.CmdQuit, "q": match.CmdQuit,
}

// pointed are the commands that take points.
var pointed = map[string]struct {
	kind     match.CommandKind
	min, max int
}{
	"play":  {match.CmdPlay, 1, 1},
	"mark":  {match.CmdMark, 1, 625},
	"trust": {match.CmdTrust, 0, 625},
}

// ParseCommand reads a typed line. size is the number of lines of the board,
// by which points are named; 0 while it is not known.
func ParseCommand(line string, size int) (match.Command, error) {
	words := strings.Fields(strings.ToLower(line))
	if len(words) == 0 {
		return match.Command{}, fmt.Errorf("say a command; help lists them")
	}
	name, args := words[0], words[1:]
	if kind, ok := simple[name]; ok {
		if len(args) > 0 {
			return match.Command{}, fmt.Errorf("%s stands alone, without %q", name, strings.Join(args, " "))
		}
		return match.Command{Kind: kind}, nil
	}
	if c, ok := pointed[name]; ok {
		if size == 0 && (c.min > 0 || len(args) > 0) {
			return match.Command{}, fmt.Errorf("%s needs a board to name points on: it has not been found yet", name)
		}
		if len(args) < c.min || len(args) > c.max {
			return match.Command{}, fmt.Errorf("%s needs a point, like %s %s", name, name, board.Point{X: int8(size / 2), Y: int8(size / 2)}.GTP(size))
		}
		cmd := match.Command{Kind: c.kind}
		for _, a := range args {
			p, err := board.ParseGTP(a, size)
			if err != nil {
				return match.Command{}, err
			}
			if p.IsPass() {
				return match.Command{}, fmt.Errorf("%s needs a point; to pass, say pass", name)
			}
			cmd.Points = append(cmd.Points, p)
		}
		return cmd, nil
	}
	switch name {
	case "mode":
		return parseMode(args)
	case "back":
		if len(args) == 1 {
			if n, err := strconv.Atoi(args[0]); err == nil && n >= 0 {
				return match.Command{Kind: match.CmdBack, Number: n}, nil
			}
		}
		return match.Command{}, fmt.Errorf("say back and a number: how many moves had been played, like back 12")
	}
	return match.Command{}, fmt.Errorf("there is no command %q; help lists them", name)
}

func parseMode(args []string) (match.Command, error) {
	cmd := match.Command{Kind: match.CmdMode}
	switch {
	case slices.Equal(args, []string{"auto"}):
		cmd.Mode = match.Auto
		return cmd, nil
	case slices.Equal(args, []string{"ask"}):
		cmd.Mode = match.Ask
		return cmd, nil
	case len(args) == 2 && args[0] == "below":
		p, err := strconv.ParseFloat(strings.TrimSuffix(args[1], "%"), 64)
		if strings.HasSuffix(args[1], "%") {
			p /= 100
		}
		if err == nil && p > 0 && p < 1 {
			cmd.Mode, cmd.Below = match.AskBelow, p
			return cmd, nil
		}
	}
	return cmd, fmt.Errorf("say mode auto, mode ask, or mode below P with P between 0 and 1")
}
