// Package recording keeps a session on disk and reads it back: what the eyes saw,
// what the server said, what was asked and decided, in the order in which it
// happened. One format serves the recordings of games, the flight recorder,
// bug reports and test data.
//
// # Format, version 1
//
// A recording is a directory, or the same directory packed as a .zip:
//
//	session.json         what was recorded: versions, camera, geometry, game, configuration
//	log-000001.jsonl     what happened, one JSON object per line; further segments follow it
//	frames/000042.jpg    picture 42 of the source, where it was kept
//
// A line of the log is
//
//	{"at":1500000000,"kind":"reading","data":{…}}
//
// with at in nanoseconds since the session began. The order of the lines is the
// order in which things were acted on; pictures that were kept afterwards bear
// an earlier time. These kinds belong to this package:
//
//	reading     a reading.Reading, exactly: frame, time (ns), size, lock, bump,
//	            motion, points (base64 of size·size·4 bytes: the evidence for
//	            empty, black, white, covered of each point, row by row)
//	frame       picture frame was kept, in file, width × height
//	truth       what a simulated or labelled picture shows
//	checkpoint  all that a reader needs to begin here (Options.Checkpoint)
//	gap         entries are missing before this line, for which the disk had no
//	            room; a checkpoint follows
//
// All other kinds are their writers' own (the referee's inputs and decisions,
// messages of the server, commands). Readers skip kinds they do not know.
// A version that cannot be read by these rules has another number in
// session.json, and this package refuses it.
//
// A writer killed at any instant leaves at worst one torn line at the end of
// the log; readers report it and go on. Secrets are masked before anything is
// written (see Mask).
package recording
