package main

import (
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/app/camera"
)

// boardFlags are --corners and --size, where several commands take them.
type boardFlags struct {
	corners string
	size    int
}

func (b *boardFlags) register(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&b.corners, "corners", "", `the four corner crossings in pixels, "x,y x,y x,y x,y", clockwise from the top left of the position`)
	f.IntVar(&b.size, "size", 0, "lines of the board, as 9, 13 or 19 (default: found out)")
}

// parse returns nil corners when none were given.
func (b *boardFlags) parse() (*camera.Corners, error) {
	if b.size != 0 && (b.size < 2 || b.size > board.MaxSize) {
		return nil, withCode(exitUsage, fmt.Errorf("--size %d: a board has 2 to %d lines", b.size, board.MaxSize))
	}
	if b.corners == "" {
		return nil, nil
	}
	c, err := camera.ParseCorners(b.corners)
	if err != nil {
		return nil, withCode(exitUsage, fmt.Errorf("--corners: %w", err))
	}
	return c, nil
}

// cameraFlag is the flag --camera, which keeps the camera's name.
type cameraFlag string

func (f *cameraFlag) String() string { return string(*f) }

// Type is what help says that the flag takes.
func (f *cameraFlag) Type() string { return "string" }

// Set takes an address or a name.
func (f *cameraFlag) Set(address string) error {
	*f = cameraFlag(camera.Name(address))
	return nil
}

var _ pflag.Value = (*cameraFlag)(nil)

// registerCamera adds --camera to a command.
func registerCamera(cmd *cobra.Command, name *string, usage string) {
	*name = "0"
	cmd.Flags().Var((*cameraFlag)(name), "camera", usage)
}

// registerListen adds --listen to a command.
func registerListen(cmd *cobra.Command, name *string) {
	cmd.Flags().StringVar(name, "listen", "", "take commands from a `PIPE` (or file) too, to which a speech recogniser writes what it hears")
}
