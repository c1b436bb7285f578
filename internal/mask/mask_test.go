package mask

import (
	"strings"
	"testing"
)

func TestAddress(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"http://cam/snap.jpg?u=admin&p=hush", "http://cam/snap.jpg?u=admin&p=***"},
		{"http://cam/snap.jpg?P=hush&usr=admin", "http://cam/snap.jpg?P=***&usr=admin"},
		{"http://cam/video?p=720", "http://cam/video?p=720"},
		{"http://user:hush@cam.local:8080/video", "http://user:***@cam.local:8080/video"},
		{"RTSP://User:hush@[fe80::1]:554/live?x=1", "RTSP://User:***@[fe80::1]:554/live?x=1"},
		{"rtsp://user:h%40u%2Fs%3Ah@cam/", "rtsp://user:***@cam/"},
		{"http://user:hu@sh@cam/video", "http://user:***@cam/video"},
		{"http://user:hu/sh@cam/video", "http://user:***@cam/video"},
		{"http://user:hu?sh#x@cam:80/video?a=b", "http://user:***@cam:80/video?a=b"},
		{"http://user:hush:more@cam/video", "http://user:***@cam/video"},
		{"http://user:hush@cam", "http://user:***@cam"},
		{"http://hush@cam/video", "http://***@cam/video"},
		{"http://:hush@cam/video", "http://:***@cam/video"},
		{"user:hush@cam/video", "user:***@cam/video"},
		{"http:user:hush@cam/video", "http:user:***@cam/video"},
		{`http:\\user:hush@cam\video`, `http:\\user:***@cam\video`},
		{"http://cam/video?user=me&password=hush", "http://cam/video?user=me&password=***"},
		{"http://cam/video?PWD=hush&x=1;token=hush", "http://cam/video?PWD=***&x=1;token=***"},
		{"http://cam/video?loginuse=admin&loginpas=hush", "http://cam/video?loginuse=admin&loginpas=***"},
		{"http://cam/video?%70assword=hush", "http://cam/video?%70assword=***"},
		{"http://cam/video?a=b?pwd=hush", "http://cam/video?a=b?pwd=***"},
		{"http://cam/video#access_token=hush", "http://cam/video#access_token=***"},
		{"http://cam?auth=hush&key=hush&sid=hush", "http://cam?auth=***&key=***&sid=***"},
		{"http://cam/v?api_key=hush&X-Amz-Signature=hush", "http://cam/v?api_key=***&X-Amz-Signature=***"},
		{"http://cam/v;password=hush/x", "http://cam/v;password=***/x"},
		{"rtsp://cam:554/user=admin_password=hush_channel=1_stream=0.sdp", "rtsp://cam:554/user=admin_password=***_channel=1_stream=0.sdp"},
		{"rtsp://cam:554/user=admin&password=hush&channel=1", "rtsp://cam:554/user=admin&password=***&channel=1"},
		{" http://user:hush@cam/", " http://user:***@cam/"},
		{"http://user:hush\x1b[31m@cam/", "http://user:***@cam/"},
		{"http://ユーザ:hush@カメラ/映像", "http://ユーザ:***@カメラ/映像"},
	} {
		got := Address(c.in)
		if got != c.want {
			t.Errorf("%q became %q, want %q", c.in, got, c.want)
		}
		if again := Address(got); again != got {
			t.Errorf("%q becomes %q the second time", got, again)
		}
		if text := Text("opening " + c.in + ": failed"); strings.Contains(c.in, "://") && !strings.ContainsAny(c.in, "\x1b") && strings.Contains(text, "hush") {
			t.Errorf("in a sentence: %q", text)
		}
	}
	for _, plain := range []string{"", "0", "/dev/video2", "sim:9", "game.mp4", "clips/a@b.mp4", "a@b/c.mp4", "C:/clips/a.mp4", "http://cam:8080/video",
		"http://cam:8080/video@1", "rtsp://[fe80::1]:554/live", "http://cam/v?channel=1&subtype=0&monkey=1", "http://user:@cam/", "http://cam/v?password="} {
		if got := Address(plain); plain != "a@b/c.mp4" && got != plain {
			t.Errorf("%q became %q", plain, got)
		}
	}
}

func TestText(t *testing.T) {
	const secret = "s3cr3t-token-that-must-not-be-seen"
	for _, text := range []string{
		"Authorization: Bearer " + secret,
		"authorization: Basic " + secret,
		"Authorization " + secret,
		"https://x/oauth?code=" + secret + "&state=1",
		"grant_type=refresh_token&refresh_token=" + secret,
		`{"access_token":"` + secret + `","token_type":"Bearer"}`,
		`["authenticate",{"jwt" : "` + secret + `"}]`,
		`{"password":"a\"` + secret + `"}`,
		"eyJhbGciOiJSUzI1NiJ9." + secret + ".sig",
		`Get "http://u:` + secret + `@cam/video": refused`,
		`Get "http://cam/video?pwd=` + secret + `": refused`,
	} {
		got := Text(text)
		if strings.Contains(got, secret[6:]) {
			t.Errorf("%q became %q", text, got)
		}
		if again := Text(got); again != got {
			t.Errorf("%q becomes %q the second time", got, again)
		}
	}
	for _, text := range []string{"", "the code is Q16", `{"code":"too_fast","message":"wait"}`, "GET /api/v1/me?page=2", "a token of thanks"} {
		if got := Text(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
	if got := Text("open http://u:hush@cam/?token=hush: gone (http://cam/?pwd=hush)."); got != "open http://u:***@cam/?token=***: gone (http://cam/?pwd=***)." {
		t.Errorf("in a sentence: %q", got)
	}
	if got := Text("hunter22 is mine", "hunter22"); got != Mark+" is mine" {
		t.Errorf("a given secret: %q", got)
	}
}

func FuzzAddress(f *testing.F) {
	for _, s := range []string{"http://user:hush@cam/?pwd=x", "0", "a:b@c", "rtsp://x/user=a_password=b_c=d", "::@@//?#"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Address(s)
		if again := Address(got); again != got {
			t.Errorf("%q becomes %q, then %q", s, got, again)
		}
	})
}
