// Package window is gobancam's window: a game, the calibration of a camera, and
// marks for a projector.
//
// It has three layers. A Window is told what to show, by any goroutine, and
// keeps the newest. A face lays that out as panels and turns input into
// commands; it is plain Go, so that all of it can be tested, and looked at,
// without a screen. Run draws the panels whose keys have changed, through
// Ebitengine. Drawing never waits for camera, network or OpenCV.
//
// This is how a command shows a game:
//
//	w := window.New(window.Options{Title: "gobancam"})
//	table.Publish = w.ShowSnapshot     // each *match.Snapshot
//	table.Voice = w.Announce           // each match.Event
//	table.Commands = w.Commands()      // what the user asks for
//	table.Eyes.Seen = …                // w.ShowPicture, when w.WantsPicture
//	go func() { table.Play(ctx); w.Close() }()
//	err := window.Run(ctx, w)          // on the goroutine of main
package window
