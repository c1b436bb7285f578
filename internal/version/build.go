package version

import (
	"cmp"
	"runtime/debug"
)

// What packagers set at link time (-ldflags "-X …"), where the build itself does
// not tell.
var (
	// installed says in a few words how this build got to its machine, as
	// "Debian package 0.1.0-1": -X …/internal/version.installed=WORDS.
	installed string
	// commit and date are those of the source, where it was built outside of
	// its repository: a full hash, and a time as in RFC 3339.
	commit, date string
)

// Commit is the commit that this was built from, with "+changes" behind it if
// there were any; "unknown" if the build does not tell.
func Commit() string { return commitOf(debug.ReadBuildInfo()) }

func commitOf(info *debug.BuildInfo, ok bool) string {
	set := settings(info, ok)
	c := cmp.Or(commit, set["vcs.revision"])
	if c == "" {
		return "unknown"
	}
	if commit == "" && set["vcs.modified"] == "true" {
		c += "+changes"
	}
	return c
}

// Date is when that commit was made, as in RFC 3339; "unknown" if the build does
// not tell.
func Date() string {
	return cmp.Or(date, settings(debug.ReadBuildInfo())["vcs.time"], "unknown")
}

// Installed says how this build got to its machine.
func Installed() string { return cmp.Or(installed, "built from source") }

func settings(info *debug.BuildInfo, ok bool) map[string]string {
	set := map[string]string{}
	if ok {
		for _, s := range info.Settings {
			set[s.Key] = s.Value
		}
	}
	return set
}
