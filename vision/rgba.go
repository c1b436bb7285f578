package vision

import (
	"image"

	"gocv.io/x/gocv"
)

// RGBA copies a BGR picture for the screen, made smaller where it would not fit
// into within; 0, 0 keeps its size.
func RGBA(img gocv.Mat, within image.Point) (*image.RGBA, error) {
	if err := checkPicture(img); err != nil {
		return nil, err
	}
	small := gocv.NewMat()
	defer small.Close()
	w, h := img.Cols(), img.Rows()
	if k := min(float64(within.X)/float64(w), float64(within.Y)/float64(h)); k > 0 && k < 1 {
		w, h = max(1, int(float64(w)*k+0.5)), max(1, int(float64(h)*k+0.5))
		if err := gocv.Resize(img, &small, image.Pt(w, h), 0, 0, gocv.InterpolationArea); err != nil {
			return nil, err
		}
		img = small
	}
	rgba := gocv.NewMat()
	defer rgba.Close()
	if err := gocv.CvtColor(img, &rgba, gocv.ColorBGRToRGBA); err != nil {
		return nil, err
	}
	return &image.RGBA{Pix: rgba.ToBytes(), Stride: 4 * w, Rect: image.Rect(0, 0, w, h)}, nil
}
