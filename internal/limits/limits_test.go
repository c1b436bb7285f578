package limits

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

func jpegOf(t testing.TB, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, w, h)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// claiming is a JPEG whose header claims another size.
func claiming(t testing.TB, w, h int) []byte {
	b := jpegOf(t, 64, 64)
	i := bytes.Index(b, []byte{0xff, 0xc0})
	binary.BigEndian.PutUint16(b[i+5:], uint16(h))
	binary.BigEndian.PutUint16(b[i+7:], uint16(w))
	return b
}

func webpOf(w, h int) []byte {
	b := []byte("RIFF\x1e\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00")
	for _, n := range []int{w - 1, h - 1} {
		b = append(b, byte(n), byte(n>>8), byte(n>>16))
	}
	return b
}

func pngClaiming(t testing.TB, w, h int) []byte {
	head := binary.BigEndian.AppendUint32([]byte("IHDR"), uint32(w))
	head = append(binary.BigEndian.AppendUint32(head, uint32(h)), 8, 2, 0, 0, 0)
	b := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), head...)
	return binary.BigEndian.AppendUint32(b, crc(head))
}

func bmpOf(t testing.TB, w, h int) []byte {
	var b bytes.Buffer
	if err := bmp.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func bmpClaiming(t testing.TB, w, h int) []byte {
	b := bmpOf(t, 64, 64)
	binary.LittleEndian.PutUint32(b[18:], uint32(w))
	binary.LittleEndian.PutUint32(b[22:], uint32(h))
	return b
}

func tiffOf(t testing.TB, w, h int) []byte {
	var b bytes.Buffer
	if err := tiff.Encode(&b, image.NewGray(image.Rect(0, 0, w, h)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// tiffTags is a TIFF of a header and nothing else: pairs of tag and value.
func tiffTags(order binary.AppendByteOrder, magic string, tags ...uint32) []byte {
	b := order.AppendUint32([]byte(magic), 8)
	b = order.AppendUint16(b, uint16(len(tags)/2))
	for i := 0; i < len(tags); i += 2 {
		b = order.AppendUint16(b, uint16(tags[i]))
		b = order.AppendUint16(b, 4)
		b = order.AppendUint32(order.AppendUint32(b, 1), tags[i+1])
	}
	return append(b, 0, 0, 0, 0)
}

// TestPicturesByTheirHeader: what is too large is refused by what it claims,
// without decoding it.
func TestPicturesByTheirHeader(t *testing.T) {
	var rgb bytes.Buffer
	if err := png.Encode(&rgb, image.NewNRGBA(image.Rect(0, 0, 70, 80))); err != nil {
		t.Fatal(err)
	}
	exif := append([]byte{0xff, 0xd8, 0xff, 0xe1, 0, 10, 0xff, 0xc0, 0, 8, 8, 1, 1, 1}, jpegOf(t, 70, 80)[2:]...)
	for _, test := range []struct {
		name string
		data []byte
		w, h int
		says string
	}{
		{"JPEG", jpegOf(t, 70, 80), 70, 80, ""},
		{"JPEG with a picture inside", exif, 70, 80, ""},
		{"JPEG after filling", append([]byte{0xff, 0xd8, 0, 0, 0xff, 0xff}, jpegOf(t, 70, 80)[2:]...), 70, 80, ""},
		{"PNG", rgb.Bytes(), 70, 80, ""},
		{"WebP", webpOf(70, 80), 70, 80, ""},
		{"BMP", bmpOf(t, 70, 80), 70, 80, ""},
		{"TIFF", tiffOf(t, 70, 80), 70, 80, ""},
		{"TIFF, big end first", tiffTags(binary.BigEndian, "MM\x00*", 256, 70, 257, 80), 70, 80, ""},
		{"PPM", []byte("P6 # by hand\r70\n#\n80 255\n"), 70, 80, ""},
		{"telephone", claiming(t, 8192, 8192), 8192, 8192, ""},

		{"JPEG of a gigapixel", claiming(t, 32767, 32767), 0, 0, "32767×32767 pixels, more than 64 million"},
		{"JPEG of 65 million", claiming(t, 8193, 8192), 0, 0, "more than 64 million"},
		{"PNG of a gigapixel", pngClaiming(t, 32767, 32767), 0, 0, "more than 64 million"},
		{"PNG of two numbers whose product is nothing", pngClaiming(t, 1<<31-1, 1<<31-1), 0, 0, "overflow"},
		{"WebP of a quarter of a gigapixel", webpOf(16000, 16000), 0, 0, "more than 64 million"},
		{"BMP of a gigapixel", bmpClaiming(t, 32767, 32767), 0, 0, "more than 64 million"},
		{"TIFF of a gigapixel", tiffTags(binary.LittleEndian, "II*\x00", 256, 32767, 257, 32767), 0, 0, "more than 64 million"},
		{"TIFF that says its size twice", tiffTags(binary.LittleEndian, "II*\x00", 256, 32767, 257, 32767, 256, 70, 257, 80), 0, 0, "more than 64 million"},
		{"TIFF of huge tiles", tiffTags(binary.LittleEndian, "II*\x00", 256, 70, 257, 80, 322, 32768, 323, 32768), 0, 0, "more than 64 million"},
		{"PGM of a gigapixel", []byte("P5 32767 32767 255 "), 0, 0, "more than 64 million"},
		{"PGM that says its size behind a comment", []byte("P5 #\r32767 32767\n70 80 255 "), 0, 0, "more than 64 million"},
		{"JPEG of a thousand scans", append(jpegOf(t, 70, 80), bytes.Repeat([]byte{0xff, 0xda}, 1000)...), 0, 0, "scans"},

		{"nothing", nil, 0, 0, "no JPEG, PNG"},
		{"text", []byte("hello"), 0, 0, "no JPEG, PNG"},
		{"OpenEXR", []byte("\x76\x2f\x31\x01\x02\x00\x00\x00"), 0, 0, "no JPEG, PNG"},
		{"JPEG cut off", jpegOf(t, 70, 80)[:30], 0, 0, "damaged"},
		{"two bytes of a JPEG", []byte{0xff, 0xd8}, 0, 0, "damaged"},
		{"PNG cut off", rgb.Bytes()[:20], 0, 0, "damaged"},
		{"TIFF cut off", []byte("II*\x00\xff\xff\xff\xff"), 0, 0, "damaged"},
		{"PPM without a size", []byte("P6 #"), 0, 0, "damaged"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w, h, err := Picture(test.data)
			if w != test.w || h != test.h || (err != nil) != (test.says != "") || err != nil && !strings.Contains(err.Error(), test.says) {
				t.Errorf("%d×%d, %v", w, h, err)
			}
		})
	}
	if _, _, err := Picture(make([]byte, PictureBytes+1)); !Exceeded(err) {
		t.Errorf("too long a file: %v", err)
	}
}

func crc(b []byte) uint32 {
	sum := ^uint32(0)
	for _, c := range b {
		sum ^= uint32(c)
		for range 8 {
			sum = sum>>1 ^ 0xedb88320*(sum&1)
		}
	}
	return ^sum
}

func TestNested(t *testing.T) {
	deep := strings.Repeat("[", Depth)
	for text, ok := range map[string]bool{
		`{"a":[1,{"b":"[[[["}]}`:  true,
		deep:                      true,
		deep + "{":                false,
		`"\"` + deep + deep + `"`: true,
		deep + `"` + deep + deep:  true,
	} {
		if err := Nested([]byte(text)); (err == nil) != ok || err != nil && !Exceeded(err) {
			t.Errorf("%.30s…: %v", text, err)
		}
	}
}

func TestRead(t *testing.T) {
	if b, err := Read(strings.NewReader("four"), "it", 4); err != nil || string(b) != "four" {
		t.Errorf("%q, %v", b, err)
	}
	if b, err := Read(strings.NewReader("fours"), "names.txt", 4); !Exceeded(err) || b != nil || !strings.Contains(err.Error(), "names.txt is larger than 4 bytes") {
		t.Errorf("%q, %v", b, err)
	}
	for n, text := range map[int64]string{7: "7 bytes", 3 * kB: "3 kB", 64 * MB: "64 MB", 4 * GB: "4 GB"} {
		if Size(n) != text {
			t.Errorf("%d is %s", n, Size(n))
		}
	}
}

// FuzzPicture: no header makes the check fail otherwise than with an error, and
// what Go's own decoders accept has the size that they say.
func FuzzPicture(f *testing.F) {
	for _, b := range [][]byte{jpegOf(f, 70, 80), claiming(f, 32767, 32767), pngClaiming(f, 70, 80), webpOf(70, 80), bmpOf(f, 70, 80),
		tiffTags(binary.BigEndian, "MM\x00*", 256, 70, 257, 80), []byte("P6 # by hand\r70\n#\n80 255\n"), []byte("GIF89a")} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		w, h, err := Picture(data)
		if err == nil && (w < 1 || h < 1 || w*h > Pixels) {
			t.Fatalf("%d×%d pixels are accepted", w, h)
		}
		if c, bad := jpeg.DecodeConfig(bytes.NewReader(data)); bad == nil && err == nil && (c.Width != w || c.Height != h) {
			t.Fatal(fmt.Sprint(w, "×", h, " pixels, for image/jpeg ", c.Width, "×", c.Height))
		}
	})
}
