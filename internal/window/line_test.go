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
