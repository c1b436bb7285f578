package vision

import (
	"runtime"

	"gocv.io/x/gocv"
)

// AsIs locks a control at its present value.
const AsIs = -1

// Lock fixes something that a camera otherwise adjusts automatically.
type Lock struct {
	On    bool
	Value float64 // in the driver's own unit; AsIs for what it is now
}

// Locks hold exposure and focus. The zero value leaves both to the camera.
type Locks struct{ Exposure, Focus Lock }

// Controls tells what a source's driver can lock, and what is locked.
type Controls struct {
	Locks
	HasExposure, HasFocus bool
}

// Lockable is a source that may have a lens and a shutter to be locked: a
// device, or Live over one. Files and streams of a network are not asked.
type Lockable interface {
	// Lock asks for other locks; they are set before one of the next pictures.
	Lock(Locks)
	// Controls returns what there is, as far as it is known.
	Controls() Controls
}

// driver gives access to a camera's properties: a gocv.VideoCapture, or a test's.
type driver interface {
	Get(gocv.VideoCaptureProperties) float64
	Set(gocv.VideoCaptureProperties, float64)
}

// control is one thing that can be automatic.
type control struct {
	auto, value       gocv.VideoCaptureProperties
	automatic, manual float64 // values of auto
}

// OpenCV hands V4L2's own values through: V4L2_EXPOSURE_MANUAL is 1 and
// V4L2_EXPOSURE_APERTURE_PRIORITY, what webcams call automatic, is 3
// (Documentation/userspace-api/media/v4l/ext-ctrls-camera.rst).
var (
	exposureControl = control{gocv.VideoCaptureAutoExposure, gocv.VideoCaptureExposure, 3, 1}
	focusControl    = control{gocv.VideoCaptureAutoFocus, gocv.VideoCaptureFocus, 1, 0}
)

// offered reports whether a driver has a control: what it does not have, OpenCV
// reads as −1 (V4L2), elsewhere as 0 whatever is set, which cannot be told
// apart and is not offered.
func (c *control) offered(d driver) bool {
	return runtime.GOOS == "linux" && d.Get(c.auto) >= 0 && d.Get(c.value) >= 0
}

// set locks or frees a control and returns its state as read back afterwards,
// because drivers refuse silently.
func (c *control) set(d driver, want Lock) (got Lock) {
	if !want.On {
		d.Set(c.auto, c.automatic)
		return Lock{}
	}
	if want.Value == AsIs {
		want.Value = d.Get(c.value) // before: going manual may bring an old value back
	}
	d.Set(c.auto, c.manual)
	if d.Get(c.auto) != c.manual {
		return Lock{}
	}
	d.Set(c.value, want.Value)
	return Lock{On: true, Value: d.Get(c.value)}
}

// applyLocks sets the controls that differ from what is wanted.
func applyLocks(d driver, have Controls, want Locks) Controls {
	for _, c := range []struct {
		*control
		offered bool
		have    *Lock
		want    Lock
	}{
		{&exposureControl, have.HasExposure, &have.Exposure, want.Exposure},
		{&focusControl, have.HasFocus, &have.Focus, want.Focus},
	} {
		if c.offered && (c.want.On != c.have.On || c.want.On && c.want.Value != AsIs && c.want.Value != c.have.Value) {
			*c.have = c.set(d, c.want)
		}
	}
	return have
}

// askDriver finds out what a driver offers. Cameras keep the settings of whoever
// used them last, so what is not to be locked is freed.
func askDriver(d driver, want Locks) Controls {
	have := Controls{HasExposure: exposureControl.offered(d), HasFocus: focusControl.offered(d)}
	have.Exposure.On = have.HasExposure && d.Get(exposureControl.auto) == exposureControl.manual
	have.Focus.On = have.HasFocus && d.Get(focusControl.auto) == focusControl.manual
	have.Exposure.Value, have.Focus.Value = AsIs-1, AsIs-1 // unknown: set what is wanted
	return applyLocks(d, have, want)
}
