package window

import (
	"io"

	"github.com/ebitengine/purego"
	"github.com/jezek/xgb"
)

// Need is something that the window opens by name when it starts.
type Need struct {
	Name    string // of the library
	Package string // of Debian and Ubuntu that has it
}

// needs are what the window opens: one of the names of each will do
// (Ebitengine's internal/glfw and internal/graphicsdriver/opengl/gl).
var needs = []struct {
	names   []string
	library string
}{
	{[]string{"libX11.so.6"}, "libx11-6"},
	{[]string{"libXcursor.so.1"}, "libxcursor1"},
	{[]string{"libXext.so.6"}, "libxext6"},
	{[]string{"libXi.so.6"}, "libxi6"},
	{[]string{"libXinerama.so.1"}, "libxinerama1"},
	{[]string{"libXrandr.so.2"}, "libxrandr2"},
	{[]string{"libGL.so.2", "libGL.so.1", "libGL.so.0", "libGLESv2.so.2"}, "libgl1"},
	{[]string{"libEGL.so.1", "libGLX.so.0", "libGL.so.1"}, "libegl1"},
}

// Lacks lists what the window would not find.
func Lacks() []Need {
	var lacks []Need
	for _, n := range needs {
		found := false
		for _, name := range n.names {
			if h, err := purego.Dlopen(name, purego.RTLD_LAZY|purego.RTLD_GLOBAL); err == nil && h != 0 {
				found = true // and it stays open: the window will want it
				break
			}
		}
		if !found {
			lacks = append(lacks, Need{n.names[0], n.library})
		}
	}
	return lacks
}

// Answers says why the display that is named does not take a window, or nil.
func Answers() error {
	if err := Available(); err != nil {
		return err
	}
	xgb.Logger.SetOutput(io.Discard)
	c, err := xgb.NewConn()
	if err != nil {
		return err
	}
	c.Close()
	return nil
}
