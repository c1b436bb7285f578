package window

type Calibration struct{}

type calibrateFace struct{ keys []button }

func (f *calibrateFace) scene(u *ui) scene     { return scene{} }
func (f *calibrateFace) handle(u *ui, e event) {}
func (w *Window) recalibrate()                 {}
