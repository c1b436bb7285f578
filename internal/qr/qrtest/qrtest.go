// Package qrtest reads QR codes as a phone would, with ZBar.
package qrtest

import (
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Scan returns the text of the one QR code in img. A test is skipped where
// zbarimg is not installed; `make test` installs it.
func Scan(t testing.TB, img image.Image) string {
	t.Helper()
	zbar, err := exec.LookPath("zbarimg")
	if err != nil {
		t.Skip("zbarimg, which reads QR codes, is not installed")
	}
	f, err := os.Create(filepath.Join(t.TempDir(), "code.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(zbar, "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", f.Name()).Output()
	if err != nil {
		t.Fatalf("no QR code is read: %v", err)
	}
	return strings.TrimSuffix(string(out), "\n")
}
