package window

import "testing"

// What is pasted into a line is what was copied, whatever stood there before.
func TestPaste(t *testing.T) {
	const address = "http://192.168.1.20:8080/video"
	for _, c := range []struct{ first, typed, pasted, want string }{
		{"http://", "", address, address},
		{"http://", "", "  rtsp://camera/1\r\n", "rtsp://camera/1"},
		{"http://", "", "192.168.1.20:8080/video\n", address},
		{"http://http://broken", "", address, address},
		{"", "", " client id\n", "client id"},
		{"", "rtsp://", address, address},
		{"", "http://a/?from=", address, "http://a/?from=" + address},
		{"", "anna ", "https no address", "anna https no address"},
	} {
		w, u := offered(&Menu{Name: "line", Field: "Line", Typed: c.first, Buttons: []Choice{{Key: "Enter"}}}, Options{})
		u.handle(event{kind: typed, key: c.typed})
		u.handle(event{kind: typed, key: c.pasted, whole: true})
		u.press("Enter")
		if got := answers(w); got != "line Enter  "+c.want {
			t.Errorf("%q, then %q typed and %q pasted, is %q", c.first, c.typed, c.pasted, got)
		}
	}
}

// Everything on a long list can be reached by the wheel alone, and by clicks
// alone; at the ends it stays where it is.
func TestLongListByMouse(t *testing.T) {
	w, u := offered(gamesMenu(), Options{})
	f := u.face().(*menuFace)
	turn := func(key string, n int) {
		for range n {
			u.handle(event{kind: wheeled, key: key})
			u.look()
		}
	}
	last := func() string { return u.state.menu.Items[f.first+len(f.spots)-1].Key }
	if last() == "game 11" {
		t.Fatal("the list is short")
	}
	turn("ArrowDown", 30)
	if last() != "game 11" {
		t.Errorf("the wheel goes down to %s", last())
	}
	turn("ArrowUp", 30)
	if f.first != 0 {
		t.Errorf("the wheel goes up to %d", f.first)
	}
	for range 3 {
		for _, b := range f.keys {
			if b.key == "PageDown" && !b.off {
				u.click(b.rect.Min.Add(b.rect.Size().Div(2)))
			}
		}
	}
	if last() != "game 11" {
		t.Errorf("clicks go down to %s", last())
	}
	u.press("Home")
	if f.first != 0 || answers(w) != "" {
		t.Error("something was chosen on the way, or Home does not lead up")
	}
}

// An address can be taken along, by key and click, though letters are typed.
func TestAddressIsCopied(t *testing.T) {
	_, u := offered(&Menu{Name: "sign in", Text: "Allow it.", Address: "https://online-go.com/oauth2", Field: "Client id", Buttons: []Choice{{Key: "Enter", Label: "Go on"}}}, Options{})
	var copied []string
	u.copy = func(s string) { copied = append(copied, s) }
	u.clickOn(t, "Copy")
	u.press("Copy")
	if len(copied) != 2 || copied[1] != "https://online-go.com/oauth2" {
		t.Errorf("copied %q", copied)
	}
}
