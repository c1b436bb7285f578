package phone

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/internal/disk"
)

// A certificate that cannot be kept, or read, will do for once, and that is told:
// no disk keeps a phone from being the camera.
func TestACertificateWithoutAPlace(t *testing.T) {
	now := time.Now()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	unread := t.TempDir()
	if err := os.Mkdir(filepath.Join(unread, certFile), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, dir := range map[string]string{"the place is a file": file, "the file is a directory": unread} {
		var told []string
		c, err := ourCertificate(disk.OS, dir, []string{"192.168.1.5"}, now, func(s string) { told = append(told, s) })
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err := c.Leaf.VerifyHostname("192.168.1.5"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if len(told) == 0 || !strings.Contains(told[len(told)-1], "warns again") {
			t.Errorf("%s: told %q", name, told)
		}
		// A clock that is off by a time zone, and Safari's limit.
		if age := now.Sub(c.Leaf.NotBefore); age < 24*time.Hour {
			t.Errorf("%s: it begins %v ago", name, age)
		}
		if life := c.Leaf.NotAfter.Sub(c.Leaf.NotBefore); life > 398*24*time.Hour {
			t.Errorf("%s: it lives for %v", name, life)
		}
	}
}
