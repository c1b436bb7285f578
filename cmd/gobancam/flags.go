package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/app/account"
	"github.com/gobancam/gobancam/internal/app/camera"
	"github.com/gobancam/gobancam/internal/app/voices"
	"github.com/gobancam/gobancam/internal/credentials"
	"github.com/gobancam/gobancam/internal/speech"
	"github.com/gobancam/gobancam/ogs"
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
	registerPhone(cmd)
}

// registerListen adds --listen to a command.
func registerListen(cmd *cobra.Command, name *string) {
	cmd.Flags().StringVar(name, "listen", "", "take commands from a `PIPE` (or file) too, to which a speech recogniser writes what it hears")
}

// voiceFlags say what is to be heard.
type voiceFlags struct {
	given   voices.Options
	changed func(flag string) bool
}

func (f *voiceFlags) register(cmd *cobra.Command) {
	fl := cmd.Flags()
	f.changed = fl.Changed
	fl.BoolVar(&f.given.Mute, "mute", false, "begin without sound and speech")
	fl.BoolVar(&f.given.NoSound, "no-sound", false, "no sounds, only speech")
	fl.StringVar(&f.given.Speech, "speech", "auto", "speak en, de, fr, ja, ko or zh; auto takes the system's language, off is silent")
	bind(fl, "no-sound", "sound.off")
	bind(fl, "speech", "speech.language")
	completeWith(cmd, "speech", "auto", "off", "en", "de", "fr", "ja", "ko", "zh")
}

// options leave to the configuration what was not said on the command line.
func (f *voiceFlags) options() (voices.Options, error) {
	o := f.given
	switch {
	case !f.changed("speech"):
		o.Speech = ""
	case o.Speech != "auto" && o.Speech != "off" && !slices.Contains(speech.Langs, speech.Lang(o.Speech)):
		return o, withCode(exitUsage, fmt.Errorf("--speech %s: auto, off, en, de, fr, ja, ko or zh", o.Speech))
	}
	return o, nil
}

// ogsFlags say which server, and how its socket is reached.
type ogsFlags struct{ server, socket string }

func (f *ogsFlags) register(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.StringVar(&f.server, "server", ogs.DefaultServer, "base `address` of the server")
	fl.StringVar(&f.socket, "socket", "", "`address` of the server's socket, if it does not follow from --server")
	bind(fl, "server", "ogs.server")
	bind(fl, "socket", "ogs.socket")
}

// at is the server that is meant; what the user should know is said on the
// command's error output.
func (f *ogsFlags) at(cmd *cobra.Command) account.Server {
	return account.Server{Address: f.server, Socket: f.socket, Notice: func(s string) { fmt.Fprintln(cmd.ErrOrStderr(), s) }}
}

// client returns a client that is signed in.
func (f *ogsFlags) client(cmd *cobra.Command) (*ogs.Client, error) {
	return f.at(cmd).Client(cmd.Context(), nil)
}

// credentialStore returns where sign-ins are kept; what the user should know is
// said on the command's error output.
func credentialStore(cmd *cobra.Command) *credentials.Store {
	return credentials.New(credentials.Options{Notice: func(s string) { fmt.Fprintln(cmd.ErrOrStderr(), s) }})
}
