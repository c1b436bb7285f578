package vision

import (
	"runtime"
	"slices"
	"strings"
	"testing"
)

func TestOpenCVTellsOfItself(t *testing.T) {
	cameras, streams, err := Backends()
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS == "linux" && !slices.Contains(cameras, "V4L2") {
		t.Errorf("cameras are opened by %v", cameras)
	}
	if len(streams) == 0 {
		t.Error("streams are opened by nothing")
	}
	if text, err := BuildInformation(); err != nil || !strings.Contains(text, OpenCVVersion()) {
		t.Errorf("built %q, %v", text, err)
	}
}
