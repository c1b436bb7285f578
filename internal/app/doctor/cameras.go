package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/gobancam/gobancam/internal/app/camera"
	"github.com/gobancam/gobancam/internal/app/state"
	"github.com/gobancam/gobancam/vision"
)

// sizes are the resolutions at which a camera of this computer is measured.
var sizes = [][2]int{{640, 480}, {1280, 720}, {1920, 1080}}

// fewest is how many pictures a second a game in real time wants
// (match.Live).
const fewest = 5

// cameras opens every camera that there may be.
func cameras(ctx context.Context, o Options) []Finding {
	var list []vision.Device
	if o.Camera != "" {
		list = []vision.Device{{Spec: o.Camera}}
	} else {
		list = vision.Devices()
		if last, err := state.LastCamera(); err == nil && (strings.Contains(last.Camera, "://") || camera.IsPhone(last.Camera)) {
			list = append(list, vision.Device{Spec: camera.Name(last.Camera), Name: "used last"})
		}
	}
	found := make([]Finding, len(list))
	var wg sync.WaitGroup
	for i, d := range list {
		wg.Go(func() { found[i] = lookAt(ctx, d) })
	}
	wg.Wait()
	if runtime.GOOS != "linux" && o.Camera == "" {
		found = onlyThere(found)
	}
	if len(found) == 0 {
		found = []Finding{{What: NoCamera, Grade: Wrong, Text: "none is found on this computer; plug one in, or take a phone"}}
	}
	return found
}

// onlyThere leaves out what does not open, where the system does not tell which
// cameras there are, unless nothing opens.
func onlyThere(found []Finding) (there []Finding) {
	for _, f := range found {
		if f.Grade != Wrong {
			there = append(there, f)
		}
	}
	return there
}

// lookAt opens a camera and counts its pictures.
func lookAt(ctx context.Context, d vision.Device) Finding {
	title := d.Spec
	if d.Name != "" {
		title += " (" + d.Name + ")"
	}
	if camera.IsPhone(d.Spec) {
		return Finding{Grade: Good, Text: title + ": a phone's browser is the camera; its page is opened when it is wanted"}
	}
	if strings.HasPrefix(d.Spec, "sim:") {
		return Finding{Grade: Good, Text: title + ": a simulated board, which needs no camera"}
	}
	at := sizes
	if strings.Contains(d.Spec, "://") || !vision.IsLive(d.Spec) {
		at = [][2]int{{0, 0}} // it has its own
	}
	var f Finding
	for _, size := range at {
		rate, controls, err := count(ctx, d.Spec, size)
		if err != nil && len(f.Rates) == 0 {
			return failed(d, title, err)
		} else if err != nil {
			break
		}
		if n := len(f.Rates); n == 0 || f.Rates[n-1].Width != rate.Width || f.Rates[n-1].Height != rate.Height {
			f.Rates = append(f.Rates, rate)
		}
		f.Text = controls
	}
	return graded(title, f)
}

// graded puts a camera's figures into words.
func graded(title string, f Finding) Finding {
	var words []string
	best := 0.0
	for _, r := range f.Rates {
		words = append(words, fmt.Sprintf("%d×%d at %.0f", r.Width, r.Height, r.Rate))
		best = max(best, r.Rate)
	}
	controls := f.Text
	f.Grade, f.Text = Good, fmt.Sprintf("%s: %s pictures a second%s", title, strings.Join(words, ", "), controls)
	if best < fewest {
		f.Grade = Note
		f.Text += fmt.Sprintf("; a game in real time wants %d or more: more light, another port or a nearer router", fewest)
	}
	return f
}

// failed says why a camera gives no pictures.
func failed(d vision.Device, title string, err error) Finding {
	f := Finding{Grade: Wrong, Text: title + ": " + err.Error()}
	if !vision.IsLive(d.Spec) || strings.Contains(d.Spec, "://") {
		f.Text = title + ": " + camera.Explain(d.Spec, err).Error()
		return f
	}
	if runtime.GOOS != "linux" {
		return f
	}
	node := d.Spec
	if !strings.HasPrefix(node, "/") {
		node = "/dev/video" + node
	}
	file, open := os.OpenFile(node, os.O_RDWR, 0)
	switch {
	case errors.Is(open, fs.ErrPermission):
		f.Mend = `sudo usermod -aG video "$USER", and log in again`
	case errors.Is(open, fs.ErrNotExist):
		f.What = NoCamera
	case open == nil:
		file.Close()
		f.Mend = "fuser -v " + node + " says which program uses it"
	}
	return f
}

// count opens a camera at a resolution and counts its pictures for a second,
// after the first few, which come late.
func count(ctx context.Context, spec string, size [2]int) (r Rate, controls string, err error) {
	src, err := camera.OpenSource(ctx, spec, vision.OpenOptions{Width: size[0], Height: size[1], Timeout: 3 * time.Second})
	if err != nil {
		return r, "", err
	}
	defer src.Close()
	const settle, long = 3, time.Second
	var begun time.Time
	n := 0
	for {
		f, err := src.Next(ctx)
		if err != nil && n > settle {
			break
		} else if err != nil {
			return r, "", err
		}
		r.Width, r.Height = f.Img.Cols(), f.Img.Rows()
		f.Close()
		if n++; n == settle {
			begun = time.Now()
		}
		if n > settle && time.Since(begun) >= long {
			break
		}
	}
	r.Rate = float64(n-settle) / time.Since(begun).Seconds()
	if l, ok := src.(vision.Lockable); ok {
		c := l.Controls()
		controls = "; exposure " + can(c.HasExposure) + ", focus " + can(c.HasFocus)
	}
	return r, controls, nil
}

func can(be bool) string {
	if be {
		return "can be locked"
	}
	return "cannot be locked"
}
