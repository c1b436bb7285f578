package window

import (
	"context"
	"errors"
	"fmt"
	"image"
	"math"
	"os"
	"runtime"
	"time"

	"github.com/atotto/clipboard"
	"github.com/hajimehoshi/ebiten/v2"
	"github.com/hajimehoshi/ebiten/v2/inpututil"
)

// ErrNoDisplay is wrapped by the error of Run when there is no screen to open a
// window on.
var ErrNoDisplay = errors.New("there is no display")

// Available says why no window can be opened, or nil. A display that is named
// but does not answer is found out by Run only.
func Available() error {
	switch runtime.GOOS {
	case "windows", "darwin":
		return nil
	}
	if os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		return fmt.Errorf("%w: neither DISPLAY nor WAYLAND_DISPLAY is set", ErrNoDisplay)
	}
	if os.Getenv("DISPLAY") == "" {
		return fmt.Errorf("%w: the window needs X11 or XWayland, and DISPLAY is not set", ErrNoDisplay)
	}
	return nil
}

// Run opens the window and shows it until Close is called or ctx ends. It must
// be called on the main goroutine, and only once per program.
// A click on the window's close button asks to quit, by Commands; the window
// then stays until Close, for what is on its way to be settled.
func Run(ctx context.Context, w *Window) error {
	if err := Available(); err != nil {
		return err
	}
	ebiten.SetWindowTitle(w.opt.Title)
	first := openingSize(w.opt.Look.Size, image.Point{})
	ebiten.SetWindowSize(first.X, first.Y)
	ebiten.SetFullscreen(w.opt.Look.Full)
	ebiten.SetWindowSizeLimits(least.X, least.Y, -1, -1)
	ebiten.SetWindowResizingMode(ebiten.WindowResizingModeEnabled)
	ebiten.SetWindowClosingHandled(true)
	ebiten.SetRunnableOnUnfocused(true)
	// What is on the screen stays until something is drawn over it: a window
	// in which nothing happens costs next to nothing, even where the
	// processor has to draw.
	ebiten.SetScreenClearedEveryFrame(false)
	ebiten.SetTPS(ebiten.SyncWithFPS) // one Update a frame, which sets the pace
	g := &loop{ctx: ctx, u: newUI(w), title: w.opt.Title, pasted: make(chan string, 1)}
	err := ebiten.RunGameWithOptions(g, &ebiten.RunGameOptions{X11ClassName: "gobancam", X11InstanceName: "gobancam"})
	if g.frames > 0 {
		g.u.keep()
	}
	if err != nil && g.frames == 0 {
		return fmt.Errorf("%w that a window could be opened on: %w", ErrNoDisplay, err)
	}
	return err
}

// loop is the window as Ebitengine sees it: Update takes what hands do and
// paints, in memory, what has changed; Draw copies that to the screen.
type loop struct {
	ctx   context.Context
	u     *ui
	title string
	sized bool // the window has the size it opens with

	size    image.Point
	density float64
	version int
	tick    int64 // tenths of seconds: what counts by itself is looked at so often
	dirty   bool  // the scene may have changed
	all     bool  // everything has to be drawn
	theme   *theme
	face    face
	fonts   int

	scene   scene
	base    *ebiten.Image // opaque panels
	over    map[image.Rectangle]*layer
	done    map[image.Rectangle]string // keys of the painted opaque panels
	fresh   []image.Rectangle          // painted since the last Draw
	picture *ebiten.Image
	shown   any  // the picture that was uploaded last
	redo    bool // the picture, or what is over it, has changed
	frames  int

	pasted  chan string // from the clipboard
	cursor  image.Point
	turned  float64   // parts of notches of the wheel
	touched time.Time // when a hand last did something
	begun   time.Time // when Update last let a frame begin
}

// layer is a transparent panel.
type layer struct {
	key string
	img *ebiten.Image
}

func (g *loop) Layout(int, int) (int, int) { panic("LayoutF is used") }

// LayoutF maps one pixel of the canvas to one pixel of the screen.
func (g *loop) LayoutF(w, h float64) (float64, float64) {
	g.density = ebiten.Monitor().DeviceScaleFactor()
	w, h = math.Ceil(w*g.density), math.Ceil(h*g.density)
	if size := image.Pt(int(w), int(h)); size != g.size {
		g.size = size
		g.u.resize(size, float32(g.density))
		g.all = true
	}
	return w, h
}

// fits gives the window the size that the screen has room for, which is known
// once it is there, and notes what the user makes of it.
func (g *loop) fits() {
	if !g.sized {
		g.sized = true
		w, h := ebiten.Monitor().Size()
		first, size := openingSize(g.u.looks.Size, image.Point{}), openingSize(g.u.looks.Size, image.Pt(w, h))
		if size != first {
			ebiten.SetWindowSize(size.X, size.Y)
		}
		return
	}
	if g.u.looks.Full = ebiten.IsFullscreen(); !g.u.looks.Full && !ebiten.IsWindowMinimized() {
		g.u.looks.Size.X, g.u.looks.Size.Y = ebiten.WindowSize()
	}
}

func (g *loop) Update() error {
	g.fits()
	g.u.w.began(time.Now())
	g.pace()
	if g.ctx.Err() != nil {
		return ebiten.Termination
	}
	if ebiten.IsWindowBeingClosed() {
		if g.u.state.leaving || !g.u.state.closing.IsZero() {
			return ebiten.Termination // asked twice: now
		}
		g.u.w.leave()
	}
	now := time.Now()
	st, version := g.u.w.load()
	g.u.state = st
	if g.u.over(now) {
		return ebiten.Termination
	}
	if version != g.version {
		g.version, g.dirty = version, true
	}
	if t := now.UnixMilli() / 200; t != g.tick {
		g.tick, g.dirty = t, true
		g.u.w.age(now)
	}
	g.input()
	if g.dirty || g.all {
		g.dirty = false
		g.u.state, _ = g.u.w.load()
		g.compose()
	}
	return nil
}

// calm is how long a frame lasts while nobody uses the window. Ebitengine
// presents a change four times over; at sixty frames a second that would cost a
// machine without a graphics card more than all the rest. quick is how long it
// lasts at least while one is.
const (
	calm  = 95 * time.Millisecond
	quick = time.Second / 30
)

// pace waits until the next frame is due.
func (g *loop) pace() {
	length := quick
	if g.frames > 10 && time.Since(g.touched) > time.Second {
		length = calm
	}
	if wait := time.Until(g.begun.Add(length)); wait > 0 {
		select {
		case <-g.ctx.Done():
		case <-time.After(wait):
		}
	}
	g.begun = time.Now()
}

// began notes when a frame began.
func (w *Window) began(at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.frame = at
}

// keyNames are the keys that have no letter.
var keyNames = map[ebiten.Key]string{
	ebiten.KeyEnter: "Enter", ebiten.KeyNumpadEnter: "Enter", ebiten.KeyEscape: "Escape", ebiten.KeySpace: "Space",
	ebiten.KeyArrowLeft: "ArrowLeft", ebiten.KeyArrowRight: "ArrowRight", ebiten.KeyArrowUp: "ArrowUp", ebiten.KeyArrowDown: "ArrowDown",
	ebiten.KeyTab: "Tab", ebiten.KeyBackspace: "Backspace", ebiten.KeyF11: "F11", ebiten.KeyF1: "F1",
	ebiten.KeyPageUp: "PageUp", ebiten.KeyPageDown: "PageDown", ebiten.KeyHome: "Home", ebiten.KeyEnd: "End",
	ebiten.KeyEqual: "+", ebiten.KeyMinus: "-", ebiten.KeyNumpadAdd: "+", ebiten.KeyNumpadSubtract: "-",
}

func nameOf(k ebiten.Key) string {
	switch {
	case keyNames[k] != "":
		return keyNames[k]
	case k >= ebiten.KeyA && k <= ebiten.KeyZ:
		// The letter that is written on the key, whatever the keyboard.
		if n := ebiten.KeyName(k); len(n) == 1 && n[0] >= 'a' && n[0] <= 'z' {
			return string(n[0] - 'a' + 'A')
		}
		return string(rune('A' + k - ebiten.KeyA))
	case k >= ebiten.KeyDigit0 && k <= ebiten.KeyDigit9:
		return string(rune('0' + k - ebiten.KeyDigit0))
	case k >= ebiten.KeyNumpad0 && k <= ebiten.KeyNumpad9:
		return string(rune('0' + k - ebiten.KeyNumpad0))
	}
	return ""
}

// input turns what hands did since the last tick into events. Ebitengine does
// not tell in which order letters and keys came within a tick, which lasts long
// where the processor draws. Letters go first: whoever types fast hits Enter in
// the tick of the last letter.
func (g *loop) input() {
	shift := ebiten.IsKeyPressed(ebiten.KeyShift)
	command := ebiten.IsKeyPressed(ebiten.KeyControl) || ebiten.IsKeyPressed(ebiten.KeyMeta) || ebiten.IsKeyPressed(ebiten.KeyAlt)
	if letters := ebiten.AppendInputChars(nil); len(letters) > 0 && !command {
		g.send(event{kind: typed, key: string(letters)})
	}
	for _, k := range inpututil.AppendJustPressedKeys(nil) {
		name := nameOf(k)
		if name == "" {
			continue
		}
		if command {
			switch {
			case name == "Q" || name == "W":
				g.u.w.leave()
			case name == "Z":
				g.send(event{kind: keyDown, key: "U"})
			case name == "V":
				go g.paste()
			case name == "C":
				g.send(event{kind: keyDown, key: "Copy"})
			}
			continue
		}
		g.send(event{kind: keyDown, key: name, shift: shift})
	}
	select {
	case text := <-g.pasted:
		g.send(event{kind: typed, key: text, whole: true})
	default:
	}
	for _, k := range []ebiten.Key{ebiten.KeyBackspace, ebiten.KeyArrowLeft, ebiten.KeyArrowRight, ebiten.KeyArrowUp, ebiten.KeyArrowDown} {
		if d := inpututil.KeyPressDuration(k); d > 12 && d%2 == 0 { // held: again and again
			g.send(event{kind: keyDown, key: keyNames[k], shift: shift})
		}
	}
	x, y := ebiten.CursorPosition()
	at := image.Pt(x, y)
	if at != g.cursor {
		g.cursor = at
		g.send(event{kind: moved, at: at, shift: shift})
	}
	g.wheel(at)
	if inpututil.IsMouseButtonJustPressed(ebiten.MouseButtonLeft) {
		g.send(event{kind: pressed, at: at, shift: shift})
	}
	if inpututil.IsMouseButtonJustReleased(ebiten.MouseButtonLeft) {
		g.send(event{kind: released, at: at, shift: shift})
	}
}

// wheel turns what the wheel, or two fingers, did into notches.
func (g *loop) wheel(at image.Point) {
	_, dy := ebiten.Wheel()
	g.turned += dy
	for g.turned >= 1 || g.turned <= -1 {
		key, step := "ArrowUp", 1.0
		if g.turned < 0 {
			key, step = "ArrowDown", -1.0
		}
		g.turned -= step
		g.send(event{kind: wheeled, key: key, at: at})
	}
}

// copyOut puts a text on the clipboard.
func (w *Window) copyOut(text string) {
	if err := clipboard.WriteAll(text); err != nil {
		w.alarm("Nothing was copied: " + err.Error())
		return
	}
	w.Notice("Copied.")
}

// paste fetches the clipboard, which may take a moment because another program
// owns it.
func (g *loop) paste() {
	text, err := clipboard.ReadAll()
	if err != nil {
		g.u.w.Notice("Nothing was pasted: " + err.Error())
		return
	}
	select {
	case g.pasted <- text:
	default:
	}
}

func (g *loop) send(e event) {
	g.dirty, g.touched = true, time.Now()
	if e.kind != moved && !g.u.state.closing.IsZero() {
		g.u.w.change(func(s *state) { s.stay = true })
	}
	if g.u.handle(e) == toggleFullscreen {
		ebiten.SetFullscreen(!ebiten.IsFullscreen())
	}
	g.u.state, _ = g.u.w.load()
}
