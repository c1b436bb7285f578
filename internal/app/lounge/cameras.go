package lounge

import (
	"context"
	"errors"
	"fmt"
	"image"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gobancam/gobancam/internal/app/camera"
	"github.com/gobancam/gobancam/internal/window"
	"github.com/gobancam/gobancam/vision"
)

// resolutions are those that can be asked of a camera; the first is usual.
var resolutions = []image.Point{{X: 1280, Y: 720}, {X: 1920, Y: 1080}, {X: 640, Y: 480}}

// thumbnail is the room of a camera's picture on a card.
var thumbnail = image.Pt(480, 300)

// Items of the camera page that are no cameras.
const (
	itemPhone   = "phone"
	itemAddress = "address"
	itemWatch   = "watch the demo"
	itemTry     = "try the demo"
)

// peek is what a card shows of a camera.
type peek struct {
	spec, name string
	detail     string
	img        *image.RGBA
}

// cameras shows what cameras there are, with what they see.
func (l *Lounge) cameras(ctx context.Context) (page, error) {
	wanted := l.seat.Camera.Wanted
	if wanted == (image.Point{}) {
		wanted = resolutions[0]
	}
	for {
		a, ok := l.lookAround(ctx, wanted)
		switch {
		case !ok:
			return nil, nil
		case a.Key == "R":
			i := slices.Index(resolutions, wanted)
			wanted = resolutions[(i+1)%len(resolutions)]
		case a.Key == "S":
		case a.Item == itemPhone && l.phoneHere() != nil:
			return l.anotherPhone, nil
		case a.Item == itemPhone:
			return l.phone, nil
		case a.Item == itemAddress:
			return l.address, nil
		case a.Item == itemWatch, a.Item == itemTry:
			l.leavePhones()
			return l.demo(a.Item == itemTry), nil
		case a.Item != "":
			if !camera.IsPhone(a.Item) {
				l.leavePhones()
			}
			l.seat.Camera = camera.Choice{Name: a.Item, Wanted: wanted}
			return l.calibrate, nil
		}
	}
}

// lookAround opens all cameras and shows their pictures until something is
// chosen; then it has let go of them.
func (l *Lounge) lookAround(ctx context.Context, wanted image.Point) (window.Answer, bool) {
	var peeks []*peek
	if p := l.phoneHere(); p != nil {
		peeks = append(peeks, &peek{spec: camera.PhoneName(p.ID), name: p.Name, detail: "opening"})
	}
	for _, d := range vision.Devices() {
		name := d.Name
		if name == "" {
			name = "Camera " + d.Spec
		}
		peeks = append(peeks, &peek{spec: d.Spec, name: name, detail: "opening"})
	}
	for _, spec := range camera.Profiles().Cameras() {
		if _, name, ok := strings.Cut(spec, "://"); ok {
			peeks = append(peeks, &peek{spec: spec, name: name, detail: "opening"})
		}
	}
	ctx, stop := context.WithCancel(ctx)
	var looking sync.WaitGroup
	defer looking.Wait()
	defer stop()
	var mu sync.Mutex
	changed := make(chan struct{}, 1)
	for _, p := range peeks {
		looking.Go(func() {
			look(ctx, p.spec, wanted, func(img *image.RGBA, detail string) {
				mu.Lock()
				p.img, p.detail = img, detail
				mu.Unlock()
				select {
				case changed <- struct{}{}:
				default:
				}
			})
		})
	}
	for {
		mu.Lock()
		m := &window.Menu{Name: "cameras", Title: "Choose the camera above your board", Cards: true,
			Sub:     fmt.Sprintf("Asked for %d×%d pixels", wanted.X, wanted.Y),
			Buttons: []window.Choice{{Key: "R", Label: "Resolution"}, {Key: "S", Label: "Search again"}}}
		for _, p := range peeks {
			m.Items = append(m.Items, window.Item{Key: p.spec, Title: p.name, Detail: p.detail, Image: p.img})
		}
		mu.Unlock()
		if len(peeks) == 0 {
			m.Text = "No camera is connected to this computer. Plug one in, or use a phone."
		}
		m.Items = append(m.Items, window.Item{Key: itemPhone, Title: "Phone camera", Detail: "scan a code; no app", Symbol: window.Phone},
			window.Item{Key: itemAddress, Title: "Network camera", Detail: "by its address", Symbol: window.Network},
			window.Item{Key: itemWatch, Title: "Watch a demo game", Detail: "without camera and account", Symbol: window.Stones},
			window.Item{Key: itemTry, Title: "Try it yourself", Detail: "you click, a hand plays", Symbol: window.Hand})
		l.window.ShowMenu(m)
		select {
		case <-ctx.Done():
			return window.Answer{}, false
		case a := <-l.window.Answers():
			if a.Menu == m.Name {
				if a.Key == "Enter" && a.Item != itemAddress && a.Item != itemPhone {
					l.window.ShowMenu(&window.Menu{Name: "opening", Title: "One moment"})
				}
				return a, true
			}
		case <-changed:
		}
	}
}

// look shows what a camera sees, twice a second, until ctx ends.
func look(ctx context.Context, spec string, wanted image.Point, show func(*image.RGBA, string)) {
	opt := camera.Options(spec, wanted)
	for ctx.Err() == nil {
		err := func() error {
			src, err := camera.OpenSource(ctx, spec, opt)
			if err != nil {
				return err
			}
			defer src.Close()
			var shown time.Time
			for {
				f, err := src.Next(ctx)
				if errors.Is(err, vision.ErrNotPictures) && f == nil {
					continue
				}
				if err != nil {
					return err
				}
				if time.Since(shown) > 500*time.Millisecond {
					shown = time.Now()
					if img, err := vision.RGBA(f.Img, thumbnail); err == nil {
						show(img, fmt.Sprintf("%d×%d", f.Img.Cols(), f.Img.Rows()))
					}
				}
				f.Close()
			}
		}()
		if ctx.Err() != nil {
			return
		}
		show(nil, sentence(err))
		select {
		case <-time.After(3 * time.Second):
		case <-ctx.Done():
		}
	}
}

// address lets the user type a camera's address.
func (l *Lounge) address(ctx context.Context) (page, error) {
	m := &window.Menu{Name: "address", Title: "A phone or network camera",
		Text:  "A camera app on the phone shows an address; gobancam wants that of the stream itself, which often ends in /video or /stream.mjpg. Ctrl+V pastes.",
		Field: "Address, beginning with http:// or rtsp://", Typed: pickAddress(l.lastAddress),
		Buttons: []window.Choice{{Key: "Enter", Label: "Use it", Lead: true}, {Key: "Escape", Label: "Back"}}}
	for {
		a, ok := l.ask(ctx, m)
		switch {
		case !ok:
			return nil, nil
		case a.Key == "Escape":
			return l.cameras, nil
		}
		text := plainAddress(a.Text)
		if !strings.Contains(text, "://") || !vision.IsLive(text) || strings.HasSuffix(text, "://") {
			bad := *m
			bad.Text, bad.Alarm = "This is no address: it begins with http://, https:// or rtsp:// and names a computer, as in http://192.168.1.20:8080/video.", true
			m = &bad
			continue
		}
		l.lastAddress = text
		l.leavePhones()
		l.seat.Camera = camera.Choice{Name: camera.Name(text)}
		return l.calibrate, nil
	}
}

// pickAddress is what the line for an address begins with: the one typed last,
// which may have to be corrected.
func pickAddress(last string) string {
	if last == "" {
		return "http://"
	}
	return last
}

// plainAddress is an address as it was meant: without blanks around it, and with
// one beginning where a whole address was added to the one that stood there.
func plainAddress(text string) string {
	text = strings.TrimSpace(text)
	for {
		_, rest, ok := strings.Cut(text, "://")
		before, _, again := strings.Cut(rest, "://")
		if !ok || !again || before == "" || strings.Trim(before, "abcdefghijklmnopqrstuvwxyz") != "" {
			return text
		}
		text = rest
	}
}

// noPicture tells why a camera gives none. Where its address was typed, trying
// again is no help against a slip in it.
func (l *Lounge) noPicture(err error) page {
	if camera.IsPhone(l.seat.Camera.Name) {
		return l.trouble("No picture", err, l.phone, l.cameras, "Cameras")
	}
	if !strings.Contains(l.seat.Camera.Name, "://") {
		return l.trouble("No picture", err, l.calibrate, l.cameras, "Cameras")
	}
	return func(ctx context.Context) (page, error) {
		a, ok := l.ask(ctx, &window.Menu{Name: "trouble: No picture", Title: "No picture", Text: sentence(err), Alarm: true,
			Address: camera.Title(l.seat.Camera.Name),
			Buttons: []window.Choice{{Key: "Enter", Label: "Try again", Lead: true}, {Key: "A", Label: "Change the address"}, {Key: "Escape", Label: "Cameras"}}})
		switch {
		case !ok:
			return nil, nil
		case a.Key == "A":
			if l.lastAddress == "" && !strings.Contains(l.seat.Camera.Name, "@") { // else its password is not shown
				l.lastAddress = l.seat.Camera.Name
			}
			return l.address, nil
		case a.Key == "Escape":
			return l.cameras, nil
		}
		return l.calibrate, nil
	}
}
