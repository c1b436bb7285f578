// Package browsertest looks at a page as somebody in the house would: in
// Chromium, with its screen, keys, wheel and fingers. It sees what went wrong
// there, too: errors on the console, requests that left the page's own server,
// and what axe-core finds to be closed to people who hear a page or use no
// mouse.
package browsertest

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// names are what Debian, Ubuntu and Google call it.
var names = []string{"chromium", "chromium-browser", "google-chrome-stable", "google-chrome"}

// patience is for a machine that has little else to do. No test waits so long
// for something that comes.
const patience = 30 * time.Second

// Browser is a running Chromium without a screen.
type Browser struct{ ctx context.Context }

// Options say what a browser has that others have not. The zero value is the
// usual one.
type Options struct {
	Camera         *Camera           // that pages may use unasked
	AnyCertificate bool              // it goes on where others would warn of a certificate
	Hosts          map[string]string // names, and the addresses that they lead to
}

// Open starts a browser, which ends with the test. Where there is none the test
// is skipped; `scripts/setup.sh test` installs one.
func Open(t testing.TB) *Browser { return OpenWith(t, Options{}) }

// OpenWith is Open with options.
func OpenWith(t testing.TB, o Options) *Browser {
	t.Helper()
	if testing.Short() {
		t.Skip("a real browser takes seconds")
	}
	program := find()
	if program == "" {
		t.Skip("Chromium is not installed; scripts/setup.sh test installs it")
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(program),
		chromedp.WSURLReadTimeout(10*patience),
		chromedp.Flag("force-color-profile", "srgb"),
	)
	if o.Camera != nil {
		options = append(options, chromedp.Flag("use-fake-ui-for-media-stream", true), chromedp.Flag("use-fake-device-for-media-stream", true),
			chromedp.Flag("use-file-for-fake-video-capture", o.Camera.Path()))
	}
	if o.AnyCertificate {
		options = append(options, chromedp.Flag("ignore-certificate-errors", true))
	}
	if len(o.Hosts) > 0 {
		var rules []string
		for name, address := range o.Hosts {
			rules = append(rules, "MAP "+name+" "+address)
		}
		options = append(options, chromedp.Flag("host-resolver-rules", strings.Join(rules, ",")))
	}
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, end := chromedp.NewContext(allocator)
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx) // waits until it has gone, as far as it can
		end()
		stop()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("%s does not start: %v", program, err)
	}
	return &Browser{ctx}
}

func find() string {
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}
