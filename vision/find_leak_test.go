//go:build matprofile

package vision

import (
	"bytes"
	"testing"

	"gocv.io/x/gocv"

	"github.com/gobancam/gobancam/internal/sim"
)

func TestFindLeaksNoMat(t *testing.T) {
	v := shoot(t, sim.Default(9), 0.3)
	before := gocv.MatProfile.Count()
	f, err := Find(v.img, FindOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Snap(v.img, f.Grid); err != nil {
		t.Fatal(err)
	}
	blank := gocv.NewMatWithSize(480, 640, gocv.MatTypeCV8UC3)
	if _, err := Find(blank, FindOptions{Near: f.Grid}); err == nil {
		t.Log("a black picture was explained")
	}
	blank.Close()
	empty := gocv.NewMat()
	if _, err := Find(empty, FindOptions{}); err == nil {
		t.Error("an empty picture holds a board")
	}
	empty.Close()
	if n := gocv.MatProfile.Count() - before; n != 0 {
		var b bytes.Buffer
		gocv.MatProfile.WriteTo(&b, 1)
		t.Errorf("%d Mats were not closed:\n%s", n, b.String())
	}
}
