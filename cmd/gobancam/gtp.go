package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/adrg/xdg"
	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/app/camera"
	"github.com/gobancam/gobancam/internal/app/face"
	"github.com/gobancam/gobancam/internal/app/seat"
	"github.com/gobancam/gobancam/internal/config"
	"github.com/gobancam/gobancam/internal/gtpboard"
	"github.com/gobancam/gobancam/internal/plain"
	"github.com/gobancam/gobancam/internal/window"
)

// gtpFlags are what `gtp` can be told.
type gtpFlags struct {
	where         boardFlags
	camera        string
	window        bool
	json          bool
	voices        voiceFlags
	confirm       string
	rules         string
	sgf           string
	listen, typed string
	player, other string
}

func newGTPCommand() *cobra.Command {
	var f gtpFlags
	cmd := &cobra.Command{
		Use:   "gtp",
		Short: "Be an engine: a person at your board plays, for a program that speaks GTP",
		Long: `Gtp makes an engine of the person at your board. Sabaki, GoGui, gtp2ogs, kgsGtp,
CGOS's client and everything else that speaks the Go Text Protocol, version 2,
starts it as it would start GNU Go; its genmove is answered by the stone that is
put on the board, and its moves are told, to be put down by you. The referee is
that of 'gobancam play', and as sure.

Standard input and output are the protocol's. What is for you is heard, is in the
window (--window), and is on standard error. To pass, to resign, to mark dead
stones and to agree, use the window; a speech recogniser that writes to a pipe
(--listen PIPE); or commands that are typed at a terminal of their own (--typed
/dev/tty, or a pipe). 'help' lists them there. Without any of these nobody can be
asked for dead stones, and final_score and final_status_list say so.

Games are kept as SGF, also when the controller leaves in the middle. The end of
standard input, quit and Ctrl-C end the program.`,
		Example: `  gobancam gtp --camera 0 --window
  gobancam gtp --camera http://192.168.1.20:8080/video --typed /dev/tty
  gogui-twogtp -black 'gobancam gtp --window' -white 'gnugo --mode gtp' -size 9`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	f.where.register(cmd)
	f.voices.register(cmd)
	fl := cmd.Flags()
	registerCamera(cmd, &f.camera, "device, address, file, directory, phone: for a phone's browser, or sim:")
	fl.BoolVar(&f.window, "window", false, "open the window, if there is a display")
	fl.BoolVar(&f.json, "json", false, "lines of JSON on standard error, and no voices")
	fl.StringVar(&f.confirm, "confirm", "auto", "auto, ask, or a confidence like 0.999 below which you are asked")
	fl.StringVar(&f.rules, "rules", "japanese", "rules, until the controller sends kgs-rules: aga, chinese, ing, japanese, korean or nz")
	fl.StringVar(&f.sgf, "sgf", "", "keep the first game's record in `FILE` (default: new ones in gobancam/games under "+xdg.DataHome+")")
	registerListen(cmd, &f.listen)
	fl.StringVar(&f.typed, "typed", "", "take typed commands from a terminal, `PIPE` or file, as /dev/tty")
	fl.StringVar(&f.player, "player", "you", "your name, for the record")
	fl.StringVar(&f.other, "opponent", "", "the other side's name, for the record")
	bind(fl, "confirm", "referee.confirm")
	completeWith(cmd, "rules", "aga", "chinese", "ing", "japanese", "korean", "nz")
	completeWith(cmd, "confirm", "auto", "ask")
	return cmd
}

func (f *gtpFlags) run(cmd *cobra.Command) error {
	corners, err := f.where.parse()
	if err != nil {
		return err
	}
	rules, err := board.ParseRules(f.rules)
	if err != nil {
		return withCode(exitUsage, fmt.Errorf("--rules: %w", err))
	}
	referee, err := (&playFlags{confirm: f.confirm}).referee()
	if err != nil {
		return err
	}
	conf, err := config.Read()
	if err != nil {
		return err
	}
	conf.Tune(&referee)
	// Whatever else writes to standard output, a library of a camera's say, must
	// not be read by the controller.
	out, err := claimOutput(cmd.OutOrStdout())
	if err != nil {
		return err
	}
	s := &seat.Engine{Camera: camera.Choice{Name: f.camera, Corners: corners}, Referee: referee, SGF: f.sgf, Listen: f.listen, Typed: f.typed,
		Face: face.New(cmd.ErrOrStderr(), f.json),
		Board: gtpboard.Options{Size: f.where.size, Rules: rules, Answers: f.listen != "" || f.typed != "",
			Me: f.player, Other: f.other}}
	if !f.json {
		heard, err := f.voices.options()
		if err != nil {
			return err
		}
		if s.Face.Voices, err = heard.Open(cmd.Context(), s.Face.Note); err != nil {
			return err
		}
		defer s.Face.Voices.Close()
	}
	serve := func(ctx context.Context) error {
		err := s.Serve(ctx, cmd.InOrStdin(), out)
		if errors.Is(err, context.Canceled) {
			return nil // Ctrl-C, or the window was closed
		}
		return err
	}
	if f.window {
		err := window.Available()
		if err == nil {
			return f.inWindow(cmd, s, serve)
		}
		s.Face.Note("No window: " + err.Error() + ".")
	}
	return serve(cmd.Context())
}

// inWindow serves while a window is open.
func (f *gtpFlags) inWindow(cmd *cobra.Command, s *seat.Engine, serve func(context.Context) error) error {
	o := window.Options{Title: "gobancam", Linger: 5 * time.Second}
	if v := s.Face.Voices; v != nil {
		o.Mute, o.Again = v.Mute, v.Again
	}
	w := face.NewWindow(o)
	s.Face.Window.Store(w)
	s.Board.Answers = true
	return face.Beside(cmd.Context(), w, s.Face.Note, func(ctx context.Context) error {
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		done := make(chan struct{})
		go func() {
			defer close(done)
			for {
				select {
				case c := <-w.Commands():
					s.Orders.Give(ctx, c)
				case <-ctx.Done():
					return
				}
			}
		}()
		err := serve(ctx)
		stop()
		<-done
		return err
	})
}

// claimOutput takes standard output for this command alone: what is written to
// it otherwise goes to standard error from now on.
func claimOutput(out io.Writer) (io.Writer, error) {
	if plain.Unwrap(out) != io.Writer(os.Stdout) {
		return out, nil // a test's
	}
	mine, err := divertStdout()
	if err != nil {
		return nil, fmt.Errorf("standard output cannot be kept for the protocol: %w", err)
	}
	return plain.NewWriter(mine), nil
}
