package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/app/camera"
	"github.com/gobancam/gobancam/internal/disk"
	"github.com/gobancam/gobancam/internal/gamefile"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/limits"
	"github.com/gobancam/gobancam/internal/mask"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/play"
	"github.com/gobancam/gobancam/internal/recording"
	"github.com/gobancam/gobancam/internal/terminal"
	"github.com/gobancam/gobancam/vision"
)

// endLine is the last line of `replay --format json`.
type endLine struct {
	Event   string  `json:"event"` // "end"
	Frames  int     `json:"frames"`
	Damaged int     `json:"damaged,omitempty"` // pictures, or lines of a recording, that were passed over
	Moves   int     `json:"moves"`
	Seconds float64 `json:"seconds"` // of the recording
	Error   string  `json:"error,omitempty"`
}

func newReplayCommand() *cobra.Command {
	var where boardFlags
	var format, sgf, rules string
	var handicap, explain int
	var every time.Duration
	var asFound bool
	cmd := &cobra.Command{
		Use:   "replay SOURCE",
		Short: "Work out the game in a video, a directory of pictures or a recording",
		Long: `Replay runs the whole pipeline over a directory of pictures or a video, as fast
as it can and without a server: it finds the board, reads the stones and writes
down the moves of both players. The same source always gives the same answer.

Pictures of a directory are taken for a second apart, each of them settled;
--every says better, 200ms for the pictures of a video.

A recording that gobancam made of a game, or what 'gobancam report' packed, is
decided once more from what was recorded, bit for bit; if anything comes out
differently, it says so. What a flight recorder had dropped is not missed: it
goes on from what was known when the rest begins.

Damaged pictures are passed over and counted.

Exit code 0: done. 1: a recording was decided differently. 2: the source could
not be read, or not to its end. 3: no board was found.`,
		Example: `  gobancam replay game.mp4 --sgf game.sgf
  gobancam replay --size 9 --corners "180,65 476,59 497,318 171,324" pictures/`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			corners, err := where.parse()
			if err != nil {
				return err
			}
			var voice func(match.Event)
			out := cmd.OutOrStdout()
			lines := terminal.NewJSON(out)
			switch format {
			case "text":
				voice = terminal.NewText(out, false).Announce
			case "json":
				voice = lines.Announce
			default:
				return withCode(exitUsage, fmt.Errorf("--format %s: text or json", format))
			}
			if sgf != "" { // now, and not after an hour of video
				if err := gamefile.Free(disk.OS, sgf); err != nil {
					return withCode(exitUsage, fmt.Errorf("%w: give another file", err))
				}
			}
			setup := board.Setup{Size: where.size, Handicap: handicap}
			if setup.Rules, err = board.ParseRules(rules); err != nil {
				return withCode(exitUsage, fmt.Errorf("--rules: %w", err))
			}
			voice = fewEvents(voice, func(s string) { fmt.Fprintln(cmd.ErrOrStderr(), "gobancam:", s) })
			why := explainer{number: explain, out: out}
			if format == "json" {
				why.lines = lines
			}
			var opt vision.OpenOptions
			switch {
			case every < 0:
				return withCode(exitUsage, fmt.Errorf("--every %v: pictures follow each other", every))
			case every > 0:
				opt.FPS = 1 / every.Seconds()
			}
			eyes := play.EyesOptions{Size: where.size, Note: few(limits.Remarks, func(s string) { fmt.Fprintln(cmd.ErrOrStderr(), "gobancam:", s) })}
			var src vision.Source
			if isRecording(args[0]) {
				s, err := recording.Open(args[0])
				if err != nil {
					return withCode(exitUsage, err)
				}
				defer s.Close()
				err = decideAgain(cmd, s, args[0], sgf, voice, &why)
				if !errors.Is(err, play.ErrNoDecisions) {
					return err
				}
				src = play.Pictures(s)
				if h := s.Header; h.Grid != nil && corners == nil {
					if eyes.Grid, err = grid.New(h.Grid.Spec()); err != nil {
						return withCode(exitUsage, fmt.Errorf("%s: where the board is in it: %w", mask.Address(args[0]), err))
					}
					setup.Size = eyes.Grid.Size()
				}
			} else if src, err = vision.Open(cmd.Context(), args[0], opt); err != nil {
				return camera.Failure(err)
			}
			defer src.Close()
			if corners != nil {
				if src, eyes.Grid, err = camera.PlaceCorners(cmd.Context(), src, *corners, where.size); err != nil {
					return err
				}
				setup.Size = eyes.Grid.Size()
			}
			r := play.Replay{Source: src, Eyes: eyes, Voice: voice, Explain: why.decision,
				Relay: match.RelayOptions{Setup: setup, AsFound: asFound}}
			end, err := r.Run(cmd.Context())
			line := endLine{Event: "end", Frames: end.Frames, Damaged: end.Damaged, Seconds: end.Time.Round(time.Millisecond).Seconds()}
			if end.Game != nil {
				line.Moves = end.Game.MoveCount()
			}
			if err != nil {
				line.Error = err.Error()
			}
			if format == "json" {
				lines.Line(line)
			} else {
				fmt.Fprintf(out, "%d moves in %d pictures, %.0f s.%s\n", line.Moves, line.Frames, line.Seconds, passedOver(end.Damaged, "picture", "pictures"))
			}
			if sgf != "" && end.Game != nil {
				if err := writeGame(sgf, end.Game, end.Played); err != nil {
					return err
				}
			}
			switch {
			case err != nil:
				return camera.Failure(err)
			case why.missing():
				return why.none()
			case end.Game == nil:
				return withCode(exitUnsure, errors.New("no board was found in any picture; give --corners, or show the whole board"))
			}
			return nil
		},
	}
	where.register(cmd)
	f := cmd.Flags()
	f.StringVar(&format, "format", "text", "text or json")
	f.StringVar(&sgf, "sgf", "", "write the game record to `FILE`")
	f.IntVar(&handicap, "handicap", 0, "handicap stones that stand at the start")
	f.DurationVar(&every, "every", 0, "time between the pictures of a directory, as 200ms or 10s")
	f.StringVar(&rules, "rules", "japanese", "rule set: aga, chinese, ing, japanese, korean or nz")
	f.IntVar(&explain, "explain", 0, "say why move `N` was decided: the explanations that were weighed, with their odds")
	f.BoolVar(&asFound, "as-found", false, "start from whatever lies on the board at first, as in the middle of a game")
	completeWith(cmd, "format", "text", "json")
	completeWith(cmd, "rules", "aga", "chinese", "ing", "japanese", "korean", "nz")
	return cmd
}

// writeGame writes the record of a game that was played again.
func writeGame(file string, g *board.Game, played []match.Played) error {
	data, err := gamefile.Compose(nil, g, gamefile.Labels{Played: played})
	if err != nil {
		return fmt.Errorf("the record cannot be written: %w", err)
	}
	return saveSGF(file, data, false)
}

// isRecording reports whether name is what package record writes.
func isRecording(name string) bool {
	return strings.HasSuffix(strings.ToLower(name), ".zip") || recording.Exists(name)
}

// decideAgain takes the decisions of a recorded game once more.
func decideAgain(cmd *cobra.Command, s *recording.Session, name, sgf string, voice func(match.Event), why *explainer) error {
	run, err := play.AgainContext(cmd.Context(), s, voice, why.decision)
	if err != nil {
		return withCode(exitUsage, fmt.Errorf("%s: %w", name, err))
	}
	note := few(limits.Notes, func(s string) { fmt.Fprintln(cmd.ErrOrStderr(), "gobancam:", s) })
	for _, bad := range run.Damaged {
		note(bad.Error())
	}
	line := endLine{Event: "end", Frames: run.Inputs, Damaged: len(run.Damaged), Seconds: (run.Time - run.From).Round(time.Millisecond).Seconds()}
	if run.Last != nil {
		line.Moves = run.Last.Number
	}
	if run.Differs != "" {
		line.Error = "not as recorded: " + run.Differs
	}
	if why.lines != nil {
		why.lines.Line(line)
	} else {
		fmt.Fprintf(why.out, "%d moves, %d events from %d inputs, %.0f s", line.Moves, run.Events, run.Inputs, line.Seconds)
		if run.From > 0 {
			fmt.Fprintf(why.out, " from second %.0f on; what was before had been dropped", run.From.Seconds())
		}
		fmt.Fprintf(why.out, ".%s\n", passedOver(len(run.Damaged), "line", "lines"))
	}
	if sgf != "" {
		if run.Game == nil {
			return withCode(exitUnsure, fmt.Errorf("%s: no game is in it: %s was not written", name, sgf))
		}
		if err := writeGame(sgf, run.Game, run.Played); err != nil {
			return err
		}
	}
	if run.Differs != "" {
		return fmt.Errorf("the decisions are not those of the recording: %s", run.Differs)
	}
	if why.missing() {
		return why.none()
	}
	return nil
}

// passedOver says how many damaged things were passed over, if any.
func passedOver(n int, one, many string) string {
	switch n {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf(" 1 damaged %s was passed over.", one)
	}
	return fmt.Sprintf(" %d damaged %s were passed over.", n, many)
}

// fewEvents passes on as many events as any game has.
func fewEvents(voice func(match.Event), note func(string)) func(match.Event) {
	n := 0
	return func(e match.Event) {
		switch n++; {
		case n <= limits.Events:
			voice(e)
		case n == limits.Events+1:
			note(fmt.Sprintf("more than %d events: no game has so many, and the rest is not shown", limits.Events))
		}
	}
}

// few passes on the first remarks, up to most, and then says that there are
// more.
func few(most int, note func(string)) func(string) {
	n := 0
	return func(s string) {
		switch n++; {
		case n <= most:
			note(s)
		case n == most+1:
			note("… and more of this kind, which is not shown")
		}
	}
}

// explainer says why a move was decided.
type explainer struct {
	number int // of the move; 0 for none
	out    io.Writer
	lines  *terminal.JSON // to say it in JSON instead
	said   bool
}

func (x *explainer) decision(d match.Decision) {
	if x.number == 0 || d.Number != x.number {
		return
	}
	x.said = true
	verb := "decided"
	if d.Asked {
		verb = "asked about"
	}
	if x.lines != nil {
		x.lines.Line(map[string]any{"event": "decision", "number": d.Number, "asked": d.Asked, "frame": d.Frame,
			"time": d.At.Round(time.Millisecond).Seconds(), "why": d.Why, "hypotheses": d.Hypotheses})
		return
	}
	fmt.Fprintf(x.out, "move %d was %s at %.2f s, picture %d. %s\n", d.Number, verb, d.At.Seconds(), d.Frame, d.Why)
	for _, h := range d.Hypotheses {
		fmt.Fprintf(x.out, "  %9.5f %%  prior %7.2f  evidence %8.2f  %s\n", 100*h.Share, h.Prior, h.Evidence, h.Text)
	}
}

func (x *explainer) missing() bool { return x.number != 0 && !x.said }

func (x *explainer) none() error {
	return withCode(exitUsage, fmt.Errorf("move %d was not decided here: it was the opponent's, entered by a command, or is not in the recording", x.number))
}
