package version

import (
	"runtime/debug"
	"testing"
)

func TestCommit(t *testing.T) {
	info := func(modified string) *debug.BuildInfo {
		return &debug.BuildInfo{Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.modified", Value: modified}}}
	}
	for want, got := range map[string]string{
		"abc": commitOf(info("false"), true), "abc+changes": commitOf(info("true"), true), "unknown": commitOf(nil, false),
	} {
		if got != want {
			t.Errorf("%q instead of %q", got, want)
		}
	}
	commit = "def"
	defer func() { commit = "" }()
	if got := commitOf(info("true"), true); got != "def" {
		t.Errorf("a packager's commit is %q", got)
	}
}
