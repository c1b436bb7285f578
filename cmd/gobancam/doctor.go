package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/internal/app/camera"
	"github.com/gobancam/gobancam/internal/app/doctor"
	"github.com/gobancam/gobancam/vision"
)

func newDoctorCommand() *cobra.Command {
	var f ogsFlags
	var name, format string
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Look at everything that a game needs, and say what is wrong",
		Long: `Doctor looks at the cameras (are they there, permitted and free, how many pictures
do they give at which resolution, can their exposure be locked), the display, fonts,
sound and voice, the network and the clock, the sign-in and the key ring, the disk,
OpenCV, the configuration and the calibrations, and says in a line each what is
good, what is wrong, and what mends it. It changes no setting, and tells no secret.

A camera of this computer is measured for about five seconds; close what uses it.
The camera that was used last is looked at, too, if it is one with an address.

Exit code 0: a game can be played at the board. 1: it cannot.`,
		Example: `  gobancam doctor
  gobancam doctor --camera http://192.168.1.20:8080/video
  gobancam doctor --format json`,
		Args:        cobra.NoArgs,
		Annotations: map[string]string{anyConfiguration: "its faults are a finding"},
		RunE: func(cmd *cobra.Command, _ []string) error {
			if format != "text" && format != "json" {
				return withCode(exitUsage, fmt.Errorf("--format %s: text or json", format))
			}
			r := doctor.Run(cmd.Context(), doctor.Options{Camera: name, Server: f.at(cmd), Mend: mend})
			if err := cmd.Context().Err(); err != nil {
				return err
			}
			var err error
			if format == "json" {
				r.OpenCV, _ = vision.BuildInformation()
				err = writeJSON(cmd.OutOrStdout(), r)
			} else {
				err = printDiagnosis(cmd.OutOrStdout(), r)
			}
			if err == nil && !r.Board {
				err = errSilent
			}
			return err
		},
	}
	f.register(cmd)
	fl := cmd.Flags()
	fl.Var((*cameraFlag)(&name), "camera", "look at this device or address alone")
	fl.StringVar(&format, "format", "text", "text or json")
	completeWith(cmd, "format", "text", "json")
	return cmd
}

// mend is the command that mends what the doctor found.
func mend(w doctor.What) string {
	switch w {
	case doctor.NoCamera:
		return "gobancam play --camera " + camera.AnyPhone + " makes a camera of a phone"
	case doctor.Uncalibrated:
		return "gobancam calibrate"
	case doctor.SignedOut:
		return "gobancam login"
	case doctor.BadConfig:
		return "gobancam config edit"
	case doctor.BadProfile:
		return "gobancam calibrate makes it anew"
	}
	return ""
}

// printDiagnosis prints a line for each finding, and what follows.
func printDiagnosis(w io.Writer, r doctor.Report) error {
	var b strings.Builder
	last := ""
	for _, f := range r.Findings {
		about := f.About
		if about == last {
			about = ""
		}
		last = f.About
		fmt.Fprintf(&b, "%-6s %-14s %s\n", f.Grade, about, strings.ReplaceAll(f.Text, "\n", "\n"+strings.Repeat(" ", 22)))
		if f.Mend != "" {
			fmt.Fprintf(&b, "%22s→ %s\n", "", f.Mend)
		}
	}
	b.WriteByte('\n')
	var ways []string
	if r.Online {
		ways = append(ways, "online")
	}
	if r.Engine {
		ways = append(ways, "against a program")
	}
	ways = append(ways, "between two people at the board")
	switch {
	case !r.Board:
		b.WriteString("No game can be played yet: mend what is wrong above. 'gobancam demo' needs none of it.\n")
	default:
		where := "in the terminal"
		if r.Window {
			where = "in the window"
		}
		fmt.Fprintf(&b, "A game can be played %s, %s.\n", where, strings.Join(ways, ", "))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
