package browsertest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/gobancam/gobancam/internal/patient"
)

// Screen is what a page is shown on. Sizes are in CSS pixels.
type Screen struct {
	Width, Height int64
	Dark          bool
	Still         bool // its owner wants no motion
}

// Tab is one page in a browser, of a visitor who has never been here.
type Tab struct {
	t   testing.TB
	ctx context.Context

	mu       sync.Mutex
	troubles []string
	requests []string
}

// Tab opens a tab, which closes with the test. Then its console must be clean,
// but for what Forgive took off it.
func (b *Browser) Tab(t testing.TB, s Screen) *Tab {
	t.Helper()
	return open(t, b.ctx, s, chromedp.WithNewBrowserContext())
}

// Beside opens another tab of the same visitor.
func (tab *Tab) Beside(t testing.TB, s Screen) *Tab {
	t.Helper()
	return open(t, tab.ctx, s)
}

func open(t testing.TB, from context.Context, s Screen, how ...chromedp.ContextOption) *Tab {
	t.Helper()
	tab := &Tab{t: t}
	ctx, end := chromedp.NewContext(from, append(how, chromedp.WithListener(tab.heard))...)
	tab.ctx = ctx
	if err := chromedp.Do(ctx); err != nil { // without a time limit, which would be the tab's
		t.Fatalf("no tab opens: %v", err)
	}
	call(tab, log.Enable, cdp.Empty{})
	call(tab, network.Enable, network.EnableParams{})
	call(tab, runtime.Enable, cdp.Empty{})
	call(tab, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}) // beside other tabs
	tab.Resize(s)
	t.Cleanup(func() {
		for _, trouble := range tab.Troubles() {
			t.Errorf("on the console: %s", trouble)
		}
		end()
	})
	return tab
}

// Resize turns the screen into another one.
func (tab *Tab) Resize(s Screen) {
	tab.t.Helper()
	scheme, motion := "light", "no-preference"
	if s.Dark {
		scheme = "dark"
	}
	if s.Still {
		motion = "reduce"
	}
	call(tab, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: s.Width, Height: s.Height, DeviceScaleFactor: 1})
	call(tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: motion},
	}})
}

func (tab *Tab) heard(event any) {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		tab.troubles = append(tab.troubles, fmt.Sprintf("%s %s", e.ExceptionDetails.Text, description(e.ExceptionDetails.Exception)))
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning || e.Type == runtime.ConsoleAPICalledTypeAssert {
			var words []string
			for _, a := range e.Args {
				words = append(words, string(a.Value)+a.Description)
			}
			tab.troubles = append(tab.troubles, strings.Join(words, " "))
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			tab.troubles = append(tab.troubles, fmt.Sprintf("%s: %s (%s)", e.Entry.Source, e.Entry.Text, e.Entry.URL))
		}
	case *network.EventRequestWillBeSent:
		tab.requests = append(tab.requests, e.Request.URL)
	}
}

// Troubles returns errors and warnings from the console.
func (tab *Tab) Troubles() []string {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	return append([]string(nil), tab.troubles...)
}

// Forgive takes those troubles off that hold one of the words, which a test
// brought about on purpose.
func (tab *Tab) Forgive(words ...string) {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	kept := tab.troubles[:0]
	for _, trouble := range tab.troubles {
		forgiven := false
		for _, w := range words {
			forgiven = forgiven || strings.Contains(trouble, w)
		}
		if !forgiven {
			kept = append(kept, trouble)
		}
	}
	tab.troubles = kept
}

// Requests returns the addresses of everything the page asked for.
func (tab *Tab) Requests() []string {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	return append([]string(nil), tab.requests...)
}

func description(o *runtime.RemoteObject) string {
	if o == nil {
		return ""
	}
	return o.Description
}

func (tab *Tab) run(actions ...chromedp.Action[chromedp.Void]) {
	tab.t.Helper()
	ctx, stop := patient.Context(tab.ctx, patience)
	defer stop()
	if err := chromedp.Do(ctx, actions...); err != nil {
		tab.t.Fatalf("in the browser: %v", err)
	}
}

// call sends a command of the protocol.
func call[P, R any](tab *Tab, command cdp.Command[P, R], params P) R {
	tab.t.Helper()
	ctx, stop := patient.Context(tab.ctx, patience)
	defer stop()
	r, err := chromedp.Call(ctx, command, params)
	if err != nil {
		tab.t.Fatalf("in the browser: %v", err)
	}
	return r
}

// Before has every page that is opened from now on run a script first.
func (tab *Tab) Before(script string) {
	tab.t.Helper()
	call(tab, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
}

// Go opens an address.
func (tab *Tab) Go(address string) {
	tab.t.Helper()
	tab.run(chromedp.Navigate(address))
}

// Read returns what an expression of the page comes to, or what a promise does.
func Read[T any](tab *Tab, expression string) T {
	tab.t.Helper()
	ctx, stop := patient.Context(tab.ctx, patience)
	defer stop()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		tab.t.Fatalf("in the browser: %.200s: %v", expression, err)
	}
	return v
}

// Text returns the text of the first element that a selector matches.
func (tab *Tab) Text(selector string) string {
	tab.t.Helper()
	text := Read[string](tab, fmt.Sprintf("document.querySelector(%q)?.textContent ?? '(nothing there)'", selector))
	return strings.Join(strings.Fields(text), " ")
}

// Await waits until an expression is true.
func (tab *Tab) Await(expression string) {
	tab.t.Helper()
	ctx, stop := patient.Context(tab.ctx, patience)
	defer stop()
	wait := chromedp.Poll[bool]("Boolean("+expression+")", chromedp.WithPollingInterval(5*time.Millisecond), chromedp.WithPollingTimeout(0)) // the context ends it
	if _, err := chromedp.Run(ctx, wait); err != nil {
		there := Read[string](tab, "document.title + ' | ' + JSON.stringify(document.documentElement.dataset) + ' | ' + document.body.innerText.slice(0, 400)")
		tab.t.Fatalf("never came: %s: %v; there is %s", expression, err, there)
	}
}

// Press presses keys one after the other, by the names of package kb or as
// letters.
func (tab *Tab) Press(keys ...string) {
	tab.t.Helper()
	for _, k := range keys {
		tab.run(chromedp.KeyEvent(k))
	}
}

// Click clicks what a selector matches.
func (tab *Tab) Click(selector string) {
	tab.t.Helper()
	tab.run(chromedp.Click(chromedp.CSS(selector)))
}

// middle returns the middle of what a selector matches.
func (tab *Tab) middle(selector string) (x, y float64) {
	tab.t.Helper()
	at := Read[[2]float64](tab, fmt.Sprintf("(() => { const r = document.querySelector(%q).getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2] })()", selector))
	return at[0], at[1]
}

// Wheel turns the wheel over what a selector matches, down for a positive way.
func (tab *Tab) Wheel(selector string, way float64) {
	tab.t.Helper()
	x, y := tab.middle(selector)
	call(tab, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: input.DispatchMouseEventTypeMouseWheel, X: x, Y: y, DeltaX: 1e-3, DeltaY: way}) // the protocol wants both, and 0 is not sent
}

// Swipe draws a finger sideways over what a selector matches, to the right for
// a positive way.
func (tab *Tab) Swipe(selector string, way float64) {
	tab.t.Helper()
	x, y := tab.middle(selector)
	x -= way / 2
	touch := func(kind input.DispatchTouchEventType, points ...*input.TouchPoint) {
		if points == nil {
			points = []*input.TouchPoint{}
		}
		call(tab, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: kind, TouchPoints: points})
	}
	touch(input.DispatchTouchEventTypeTouchStart, &input.TouchPoint{X: x, Y: y})
	const strides = 8
	for i := 1; i <= strides; i++ {
		touch(input.DispatchTouchEventTypeTouchMove, &input.TouchPoint{X: x + way*float64(i)/strides, Y: y})
	}
	touch(input.DispatchTouchEventTypeTouchEnd)
}

// Picture is what the screen shows, as PNG.
func (tab *Tab) Picture() []byte {
	tab.t.Helper()
	return call(tab, page.CaptureScreenshot, page.CaptureScreenshotParams{}).Data
}

// SeeThrough leaves the page's ground unpainted where the page paints nothing.
func (tab *Tab) SeeThrough() {
	tab.t.Helper()
	call(tab, emulation.SetDefaultBackgroundColorOverride, emulation.SetDefaultBackgroundColorOverrideParams{Color: &cdp.RGBA{A: 1e-3}}) // 0 is not sent
}

// Try opens an address that may not open, and returns what the browser says of
// it: "" where it opens.
func (tab *Tab) Try(address string) string {
	tab.t.Helper()
	return call(tab, page.Navigate, page.NavigateParams{URL: address}).ErrorText
}

// Upload chooses a file for what a selector matches.
func (tab *Tab) Upload(selector, file string) {
	tab.t.Helper()
	tab.run(chromedp.SetUploadFiles(chromedp.CSS(selector), []string{file}))
}
