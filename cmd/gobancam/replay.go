package main

import (
	"context"
	"errors"
	"fmt"
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

type replayFlags struct {
	where              boardFlags
	format, sgf, rules string
	handicap, explain  int
	every              time.Duration
	asFound            bool
}

func newReplayCommand() *cobra.Command {
	var r replayFlags
	cmd := &cobra.Command{
		Use:   "replay SOURCE",
		Short: "Work out the game in a video, a directory of pictures or a recording",
		Long: `Replay runs the whole pipeline over a directory of pictures or a video, as fast
as it can and without a server: it finds the board, reads the stones and writes
down the moves of both players. The same source always gives the same answer.

Pictures in a directory are taken to be a second apart, each one settled; --every
says otherwise, such as 200ms for the pictures of a video.

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
		RunE: func(cmd *cobra.Command, args []string) error { return r.run(cmd, args[0]) },
	}
	r.where.register(cmd)
	f := cmd.Flags()
	f.StringVar(&r.format, "format", "text", "text or json")
	f.StringVar(&r.sgf, "sgf", "", "write the game record to `FILE`")
	f.IntVar(&r.handicap, "handicap", 0, "handicap stones that stand at the start")
	f.DurationVar(&r.every, "every", 0, "time between the pictures of a directory, as 200ms or 10s")
	f.StringVar(&r.rules, "rules", "japanese", "rule set: aga, chinese, ing, japanese, korean or nz")
	f.IntVar(&r.explain, "explain", 0, "say why move `N` was decided: the explanations that were weighed, with their odds")
	f.BoolVar(&r.asFound, "as-found", false, "start from whatever lies on the board at first, as in the middle of a game")
	completeWith(cmd, "format", "text", "json")
	completeWith(cmd, "rules", "aga", "chinese", "ing", "japanese", "korean", "nz")
	return cmd
}

func (r *replayFlags) run(cmd *cobra.Command, name string) error {
	corners, err := r.where.parse()
	if err != nil {
		return err
	}
	if r.format != "text" && r.format != "json" {
		return withCode(exitUsage, fmt.Errorf("--format %s: text or json", r.format))
	}
	if r.sgf != "" { // now, and not after an hour of video
		if err := gamefile.Free(disk.OS, r.sgf); err != nil {
			return withCode(exitUsage, fmt.Errorf("%w: give another file", err))
		}
	}
	setup := board.Setup{Size: r.where.size, Handicap: r.handicap}
	if setup.Rules, err = board.ParseRules(r.rules); err != nil {
		return withCode(exitUsage, fmt.Errorf("--rules: %w", err))
	}
	if r.every < 0 {
		return withCode(exitUsage, fmt.Errorf("--every %v: it cannot be negative", r.every))
	}
	tell := terminal.NewRetelling(cmd.OutOrStdout(), r.format == "json", r.explain, func(s string) { fmt.Fprintln(cmd.ErrOrStderr(), "gobancam:", s) })
	eyes := play.EyesOptions{Size: r.where.size, Note: tell.Few(limits.Remarks)}
	var src vision.Source
	if isRecording(name) {
		s, err := recording.Open(name)
		if err != nil {
			return withCode(exitUsage, err)
		}
		defer s.Close()
		if err := r.again(cmd.Context(), s, name, tell); !errors.Is(err, play.ErrNoDecisions) {
			return err
		}
		src = play.Pictures(s) // nothing was decided when it was made: it is looked at
		if h := s.Header; h.Grid != nil && corners == nil {
			if eyes.Grid, err = grid.New(h.Grid.Spec()); err != nil {
				return withCode(exitUsage, fmt.Errorf("%s: where the board is in it: %w", mask.Address(name), err))
			}
			setup.Size = eyes.Grid.Size()
		}
	} else if src, err = vision.Open(cmd.Context(), name, r.options()); err != nil {
		return camera.Failure(err)
	}
	defer src.Close()
	if corners != nil {
		if src, eyes.Grid, err = camera.PlaceCorners(cmd.Context(), src, *corners, r.where.size); err != nil {
			return err
		}
		setup.Size = eyes.Grid.Size()
	}
	return r.look(cmd.Context(), play.Replay{Source: src, Eyes: eyes, Voice: tell.Announce, Explain: tell.Decision,
		Relay: match.RelayOptions{Setup: setup, AsFound: r.asFound}}, tell)
}

// options are how pictures are opened.
func (r *replayFlags) options() (opt vision.OpenOptions) {
	if r.every > 0 {
		opt.FPS = 1 / r.every.Seconds()
	}
	return opt
}

// look works the game out from pictures.
func (r *replayFlags) look(ctx context.Context, replay play.Replay, tell *terminal.Retelling) error {
	end, err := replay.Run(ctx)
	line := terminal.Ended{Frames: end.Frames, Damaged: end.Damaged, Seconds: end.Time.Round(time.Millisecond).Seconds()}
	if end.Game != nil {
		line.Moves = end.Game.MoveCount()
	}
	if err != nil {
		line.Error = err.Error()
	}
	tell.End(line, fmt.Sprintf("%d moves in %d pictures, %.0f s.", line.Moves, line.Frames, line.Seconds), "picture", "pictures")
	if r.sgf != "" && end.Game != nil {
		if err := writeGame(r.sgf, end.Game, end.Played); err != nil {
			return err
		}
	}
	if err != nil {
		return camera.Failure(err)
	}
	if err := tell.Unexplained(); err != nil {
		return withCode(exitUsage, err)
	}
	if end.Game == nil {
		return withCode(exitUnsure, errors.New("no board was found in any picture; give --corners, or show the whole board"))
	}
	return nil
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

// again takes the decisions of a recorded game once more.
func (r *replayFlags) again(ctx context.Context, s *recording.Session, name string, tell *terminal.Retelling) error {
	run, err := play.Again(ctx, s, tell.Announce, tell.Decision)
	if err != nil {
		return withCode(exitUsage, fmt.Errorf("%s: %w", name, err))
	}
	note := tell.Few(limits.Notes)
	for _, bad := range run.Damaged {
		note(bad.Error())
	}
	line := terminal.Ended{Frames: run.Inputs, Damaged: len(run.Damaged), Seconds: (run.Time - run.From).Round(time.Millisecond).Seconds()}
	if run.Last != nil {
		line.Moves = run.Last.Number
	}
	if run.Differs != "" {
		line.Error = "not as recorded: " + run.Differs
	}
	text := fmt.Sprintf("%d moves, %d events from %d inputs, %.0f s", line.Moves, run.Events, run.Inputs, line.Seconds)
	if run.From > 0 {
		text += fmt.Sprintf(" from second %.0f on; what was before had been dropped", run.From.Seconds())
	}
	tell.End(line, text+".", "line", "lines")
	if r.sgf != "" {
		if run.Game == nil {
			return withCode(exitUnsure, fmt.Errorf("%s: no game is in it: %s was not written", name, r.sgf))
		}
		if err := writeGame(r.sgf, run.Game, run.Played); err != nil {
			return err
		}
	}
	if run.Differs != "" {
		return fmt.Errorf("the decisions are not those of the recording: %s", run.Differs)
	}
	if err := tell.Unexplained(); err != nil {
		return withCode(exitUsage, err)
	}
	return nil
}
