// Package window is gobancam's window: a game, the calibration of a camera, and
// marks for a projector.
//
// It is in three layers. A Window is told what there is to show, by any
// goroutine, and keeps the newest. A face lays that out as panels and turns what
// hands do into commands; it is plain Go, so that all of it is tested, and
// looked at, without a screen. Run brings to the screen, through Ebitengine,
// the panels whose keys have changed. Neither camera nor network nor OpenCV is
// ever waited for while drawing.
//
// A command of the program shows a game so:
//
//	w := window.New(window.Options{Title: "gobancam"})
//	table.Publish = w.ShowSnapshot     // each *match.Snapshot
//	table.Voice = w.Announce           // each match.Event
//	table.Commands = w.Commands()      // what the user asks for
//	table.Eyes.Seen = …                // w.ShowPicture, when w.WantsPicture
//	go func() { table.Play(ctx); w.Close() }()
//	err := window.Run(ctx, w)          // on the goroutine of main
package window
