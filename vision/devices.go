package vision

import (
	"io/fs"
	"os"
	"path"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// Device is a camera of this machine.
type Device struct {
	Spec string // as Open takes it: "0"
	Name string // as its driver calls it; empty if unknown
}

// Devices lists the cameras of this machine, without opening them. Where the
// system does not tell, it lists the first few that there may be: opening one
// says whether it is there.
func Devices() []Device {
	if runtime.GOOS != "linux" {
		return []Device{{Spec: "0"}, {Spec: "1"}, {Spec: "2"}}
	}
	return devicesIn(os.DirFS("/sys/class/video4linux"))
}

// devicesIn reads what Linux tells of video devices. A camera may have several
// nodes, of which the first, index 0, gives pictures and the others metadata
// (Documentation/userspace-api/media/v4l/open.rst).
func devicesIn(sys fs.FS) []Device {
	nodes, err := fs.ReadDir(sys, ".")
	if err != nil {
		return nil
	}
	read := func(node, file string) string {
		b, _ := fs.ReadFile(sys, path.Join(node, file))
		return strings.TrimSpace(string(b))
	}
	var numbers []int
	names := map[int]string{}
	for _, n := range nodes {
		number, err := strconv.Atoi(strings.TrimPrefix(n.Name(), "video"))
		if err != nil || read(n.Name(), "index") > "0" {
			continue
		}
		numbers = append(numbers, number)
		names[number] = read(n.Name(), "name")
	}
	slices.Sort(numbers)
	var out []Device
	for _, n := range numbers {
		out = append(out, Device{Spec: strconv.Itoa(n), Name: names[n]})
	}
	return out
}
