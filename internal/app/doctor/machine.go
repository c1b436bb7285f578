package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/adrg/xdg"

	"github.com/gobancam/gobancam/internal/app/camera"
	"github.com/gobancam/gobancam/internal/app/programs"
	"github.com/gobancam/gobancam/internal/app/state"
	"github.com/gobancam/gobancam/internal/config"
	"github.com/gobancam/gobancam/internal/disk"
	"github.com/gobancam/gobancam/internal/sound"
	"github.com/gobancam/gobancam/internal/speech"
	"github.com/gobancam/gobancam/internal/window"
	"github.com/gobancam/gobancam/internal/window/paint"
	"github.com/gobancam/gobancam/vision"
)

func one(g Grade, text, mend string) []Finding {
	return []Finding{{Grade: g, Text: text, Mend: mend}}
}

// profiles reads every calibration.
func profiles(context.Context, Options) (found []Finding) {
	store := camera.Profiles()
	names := store.Cameras()
	for _, name := range names {
		if _, err := store.Load(name); err != nil {
			found = append(found, Finding{What: BadProfile, Grade: Wrong, Text: err.Error()})
		}
	}
	switch {
	case len(names) == 0:
		return []Finding{{What: Uncalibrated, Grade: Note, Text: "no camera is calibrated; the board is looked for in the picture instead"}}
	case len(found) == 0:
		return one(Good, "of "+strings.Join(names, ", "), "")
	}
	return found
}

// display looks at what the window needs.
func display(context.Context, Options) []Finding {
	if err := window.Available(); err != nil {
		return one(Note, err.Error()+"; games are played in the terminal", "")
	}
	if lacks := window.Lacks(); len(lacks) > 0 {
		var names, packages []string
		for _, l := range lacks {
			names, packages = append(names, l.Name), append(packages, l.Package)
		}
		return one(Wrong, "the window does not find "+strings.Join(names, ", "), "sudo apt install "+strings.Join(packages, " ")+" libgl1-mesa-dri")
	}
	if err := window.Answers(); err != nil {
		return one(Wrong, "the display "+os.Getenv("DISPLAY")+" does not answer: "+err.Error(), "")
	}
	if runtime.GOOS == "linux" {
		return one(Good, "the display "+os.Getenv("DISPLAY")+" answers, and the libraries of X11 and OpenGL are there", "")
	}
	return one(Good, "the window uses the system's own", "")
}

// fonts looks for letters of names that players have.
func fonts(context.Context, Options) []Finding {
	lacking, err := paint.Lacking(state.FontIndex(), []rune("Ж囲か글"))
	if len(lacking) == 0 {
		return one(Good, "names in Latin, Cyrillic, Chinese, Japanese and Korean letters can be shown", "")
	}
	text := "names in Chinese, Japanese or Korean letters are shown as a number"
	if err != nil {
		text += fmt.Sprintf("; the system's fonts are not found (%v)", err)
	}
	mend := ""
	if runtime.GOOS == "linux" {
		mend = "sudo apt install fonts-noto-cjk fonts-dejavu-core"
	}
	return one(Note, text, mend)
}

func sounds(context.Context, Options) []Finding {
	if err := sound.Card(); err != nil {
		return one(Note, err.Error()+"; nothing will be heard", "")
	}
	return one(Good, "there is something to play sounds with", "")
}

func voice(context.Context, Options) []Finding {
	program, err := speech.Installed()
	if err != nil {
		return one(Note, err.Error()+"; moves are not spoken", "sudo apt install espeak-ng")
	}
	return one(Good, program+" speaks", "")
}

func engines(context.Context, Options) []Finding {
	list, _, err := programs.List()
	if err != nil {
		return nil // told of the configuration
	}
	var names []string
	for _, p := range list {
		names = append(names, p.Name)
	}
	if len(names) == 0 {
		return one(Note, "none to play against is found", "sudo apt install gnugo")
	}
	return one(Good, "to play against: "+strings.Join(names, ", "), "")
}

// What a disk must have left, in bytes: below the first a recording pauses
// (internal/recording), and a session of the flight recorder takes up to the
// second.
const (
	tight = 24 << 20
	roomy = 250 << 20
)

// disks tries to write where gobancam keeps things.
func disks(context.Context, Options) (found []Finding) {
	seen := map[string]bool{}
	least, where := int64(-1), ""
	for _, dir := range []string{xdg.DataHome, xdg.StateHome, xdg.ConfigHome, xdg.CacheHome} {
		dir = nearest(filepath.Join(dir, "gobancam"))
		if seen[dir] {
			continue
		}
		seen[dir] = true
		if err := writable(dir); err != nil {
			found = append(found, Finding{Grade: Wrong, Text: fmt.Sprintf("nothing can be written to %s: %v", dir, err), Mend: "ls -ld " + dir + " says whose it is"})
			continue
		}
		if free, err := disk.OS.Free(dir); err == nil && (least < 0 || free < least) {
			least, where = free, dir
		}
	}
	text := fmt.Sprintf("%d MB are free in %s", least>>20, where)
	switch {
	case least < 0:
	case least < tight:
		found = append(found, Finding{Grade: Wrong, Text: text + ", too little to record a game", Mend: "df -h " + where})
	case least < roomy:
		found = append(found, Finding{Grade: Note, Text: text + ", less than a session's recording may take", Mend: "df -h " + where})
	case len(found) == 0:
		found = append(found, Finding{Grade: Good, Text: text + ", and all places can be written to"})
	}
	return found
}

// nearest is a directory, or the one above it that is there.
func nearest(dir string) string {
	for {
		if info, err := os.Stat(dir); err == nil && info.IsDir() || filepath.Dir(dir) == dir {
			return dir
		}
		dir = filepath.Dir(dir)
	}
}

func writable(dir string) error {
	f, err := os.CreateTemp(dir, ".gobancam-doctor-")
	if err != nil {
		var path *fs.PathError
		if errors.As(err, &path) {
			return path.Err
		}
		return err
	}
	f.Close()
	return os.Remove(f.Name())
}

// openCV says what OpenCV can open.
func openCV(context.Context, Options) []Finding {
	devices, streams, err := vision.Backends()
	if err != nil {
		return one(Wrong, err.Error(), "")
	}
	text := fmt.Sprintf("%s; cameras by %s, streams and videos by %s", vision.OpenCVVersion(), strings.Join(devices, ", "), strings.Join(streams, ", "))
	switch {
	case runtime.GOOS == "linux" && !slices.Contains(devices, "V4L2"):
		return one(Wrong, text+": without V4L2 no camera of this computer opens; a phone does", "")
	case !slices.Contains(streams, "FFMPEG") && !slices.Contains(streams, "GSTREAMER"):
		return one(Note, text+": without FFmpeg neither rtsp:// nor most videos open; Motion JPEG does", "")
	}
	return one(Good, text, "")
}

func configuration(context.Context, Options) []Finding {
	if _, err := config.Read(); err != nil {
		return []Finding{{What: BadConfig, Grade: Wrong, Text: err.Error()}}
	}
	if _, err := os.Stat(config.File()); errors.Is(err, fs.ErrNotExist) {
		return one(Good, "there is none, so the defaults hold", "")
	}
	return one(Good, "nothing is wrong with "+config.File(), "")
}
