package browsertest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
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

// Tab opens a tab, which closes with the test. After a test that has not failed
// the console must be clean, but for what Forgive took off it, and every
// request must have gone where the page came from.
func (b *Browser) Tab(t testing.TB, s Screen) *Tab {
	t.Helper()
	ctx, end := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	tab := &Tab{t: t, ctx: ctx}
	chromedp.ListenTarget(ctx, tab.heard)
	tab.run(log.Enable(), network.Enable(), runtime.Enable())
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
	tab.run(
		emulation.SetDeviceMetricsOverride(s.Width, s.Height, 1, false),
		emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: motion},
		}),
	)
}

func (tab *Tab) heard(event any) {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		tab.troubles = append(tab.troubles, e.ExceptionDetails.Error())
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.APITypeError || e.Type == runtime.APITypeWarning || e.Type == runtime.APITypeAssert {
			var words []string
			for _, a := range e.Args {
				words = append(words, string(a.Value)+a.Description)
			}
			tab.troubles = append(tab.troubles, strings.Join(words, " "))
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.LevelError || e.Entry.Level == log.LevelWarning {
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

func (tab *Tab) run(actions ...chromedp.Action) {
	tab.t.Helper()
	ctx, stop := context.WithTimeout(tab.ctx, patience)
	defer stop()
	if err := chromedp.Run(tab.first(ctx), actions...); err != nil {
		tab.t.Fatalf("in the browser: %v", err)
	}
}

// first is the tab's own context for the first thing that is done there: what
// it is done with lives as long as the tab.
func (tab *Tab) first(ctx context.Context) context.Context {
	if c := chromedp.FromContext(tab.ctx); c == nil || c.Target == nil {
		return tab.ctx
	}
	return ctx
}

// Go opens an address.
func (tab *Tab) Go(address string) {
	tab.t.Helper()
	tab.run(chromedp.Navigate(address))
}

// Read evaluates an expression, or what a promise comes to, into result, which
// may be nil.
func (tab *Tab) Read(expression string, result any) {
	tab.t.Helper()
	if result == nil {
		result = new([]byte)
	}
	tab.run(chromedp.Evaluate(expression, result, func(p *runtime.EvaluateParams) *runtime.EvaluateParams {
		return p.WithAwaitPromise(true)
	}))
}

// Text returns the text of the first element that a selector matches.
func (tab *Tab) Text(selector string) string {
	tab.t.Helper()
	var s string
	tab.Read(fmt.Sprintf("document.querySelector(%q)?.textContent ?? '(nothing there)'", selector), &s)
	return strings.Join(strings.Fields(s), " ")
}

// Await waits until an expression is true.
func (tab *Tab) Await(expression string) {
	tab.t.Helper()
	ctx, stop := context.WithTimeout(tab.ctx, patience)
	defer stop()
	if err := chromedp.Run(ctx, chromedp.Poll(expression, nil, chromedp.WithPollingInterval(5*time.Millisecond), chromedp.WithPollingTimeout(patience))); err != nil {
		var there string
		tab.Read("document.title + ' | ' + JSON.stringify(document.documentElement.dataset) + ' | ' + document.getElementById('now')?.innerText", &there)
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
	tab.run(chromedp.Click(selector, chromedp.ByQuery))
}

// middle returns the middle of what a selector matches.
func (tab *Tab) middle(selector string) (x, y float64) {
	tab.t.Helper()
	var at [2]float64
	tab.Read(fmt.Sprintf("(() => { const r = document.querySelector(%q).getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2] })()", selector), &at)
	return at[0], at[1]
}

// Wheel turns the wheel over what a selector matches, down for a positive way.
func (tab *Tab) Wheel(selector string, way float64) {
	tab.t.Helper()
	x, y := tab.middle(selector)
	tab.run(input.DispatchMouseEvent(input.MouseWheel, x, y).WithDeltaX(0).WithDeltaY(way))
}

// Swipe draws a finger sideways over what a selector matches, to the right for
// a positive way.
func (tab *Tab) Swipe(selector string, way float64) {
	tab.t.Helper()
	x, y := tab.middle(selector)
	x -= way / 2
	touch := func(kind input.TouchType, points ...*input.TouchPoint) chromedp.Action {
		return input.DispatchTouchEvent(kind, points)
	}
	actions := []chromedp.Action{touch(input.TouchStart, &input.TouchPoint{X: x, Y: y})}
	const strides = 8
	for i := 1; i <= strides; i++ {
		actions = append(actions, touch(input.TouchMove, &input.TouchPoint{X: x + way*float64(i)/strides, Y: y}))
	}
	tab.run(append(actions, touch(input.TouchEnd))...)
}

// Picture writes what the screen shows to a file, as PNG.
func (tab *Tab) Picture(path string) {
	tab.t.Helper()
	var png []byte
	tab.run(chromedp.ActionFunc(func(ctx context.Context) (err error) {
		png, err = page.CaptureScreenshot().WithFormat(page.CaptureScreenshotFormatPng).Do(ctx)
		return err
	}))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		tab.t.Fatal(err)
	}
	if err := os.WriteFile(path, png, 0o644); err != nil {
		tab.t.Fatal(err)
	}
}

// See-through: the page's ground is not painted white where it paints nothing.
func (tab *Tab) SeeThrough() {
	tab.t.Helper()
	tab.run(emulation.SetDefaultBackgroundColorOverride().WithColor(&cdp.RGBA{A: 0}))
}
