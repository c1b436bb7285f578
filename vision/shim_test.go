package vision

import (
	"strings"
	"testing"
)

// OpenCV throws on what it does not like; nothing of that may leave the shim.
func TestExceptionsBecomeErrors(t *testing.T) {
	garbage := network{onnx: []byte("no network at all")}
	cut := network{onnx: coarseWeights[:len(coarseWeights)/2]}
	for _, test := range []struct {
		name string
		call func() error
		says string
	}{
		{"garbage for a network", func() error { _, err := garbage.run(make([]float32, 48), 3, 4, 4, 4); return err }, "OpenCV"},
		{"half a network", func() error { _, err := cut.run(make([]float32, 48), 3, 4, 4, 4); return err }, "OpenCV"},
		{"one channel for three", func() error { _, err := coarseNet.run(make([]float32, 64*64), 1, 64, 64, 4); return err }, "OpenCV"},
		{"an answer of another size", func() error { _, err := coarseNet.run(make([]float32, 3*64*64), 3, 64, 64, 5); return err }, "OpenCV"},
		{"fewer numbers than pixels", func() error { _, err := coarseNet.run(make([]float32, 7), 3, 64, 64, 4); return err }, "wrong shape"},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := test.call()
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %v", err)
			}
		})
	}
}
