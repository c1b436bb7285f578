package limits

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	_ "image/png"
	"strconv"

	_ "golang.org/x/image/bmp"
	_ "golang.org/x/image/webp"
)

// errFormat is about what is no picture of a format that is read.
var errFormat = errors.New("it is no JPEG, PNG, WebP, BMP, TIFF, PPM or PGM")

// Picture returns the size of an encoded picture by its header, in pixels,
// without decoding it. A picture that would be too large to decode is an
// *Error.
func Picture(data []byte) (width, height int, err error) {
	if len(data) > PictureBytes {
		return 0, 0, Exceed("save it smaller", "the picture's file is larger than %s", Size(PictureBytes))
	}
	switch {
	case bytes.HasPrefix(data, []byte{0xff, 0xd8}):
		width, height, err = jpegSize(data)
	case bytes.HasPrefix(data, []byte("II*\x00")):
		width, height, err = tiffSize(data, binary.LittleEndian)
	case bytes.HasPrefix(data, []byte("MM\x00*")):
		width, height, err = tiffSize(data, binary.BigEndian)
	case len(data) > 1 && data[0] == 'P' && '1' <= data[1] && data[1] <= '6':
		width, height, err = netpbmSize(data)
	default:
		var c image.Config
		if c, _, err = image.DecodeConfig(bytes.NewReader(data)); errors.Is(err, image.ErrFormat) {
			err = errFormat
		} else if err != nil {
			err = fmt.Errorf("its header is damaged, or of a kind that is not read: %w", err)
		}
		width, height = c.Width, c.Height
	}
	if err != nil {
		return 0, 0, err
	}
	if err := Area(width, height); err != nil {
		return 0, 0, err
	}
	return width, height, nil
}

// Area refuses a picture of too many pixels.
func Area(width, height int) error {
	if width < 1 || height < 1 || width > Pixels || height > Pixels {
		return Exceed("it is not decoded", "the picture claims to have %d×%d pixels", width, height)
	}
	if width*height > Pixels {
		return Exceed("it is not decoded; save it smaller", "the picture claims to have %d×%d pixels, more than %d million", width, height, Pixels/MB)
	}
	return nil
}

// jpegSize walks the markers as libjpeg does, which forgives more than
// image/jpeg.
func jpegSize(data []byte) (width, height int, err error) {
	// In what is entropy coded 0xff never stands before this: it counts at
	// least the scans.
	if n := bytes.Count(data, []byte{0xff, 0xda}); n > Scans {
		return 0, 0, Exceed("it is not decoded", "the JPEG has %d scans, more than %d", n, Scans)
	}
	for i := 2; ; {
		next := bytes.IndexByte(data[min(i, len(data)):], 0xff)
		if next < 0 {
			return 0, 0, errors.New("it is damaged: a JPEG without a size")
		}
		i += next
		for i < len(data) && data[i] == 0xff {
			i++
		}
		if i+3 > len(data) {
			return 0, 0, errors.New("it is damaged: a JPEG cut off in its header")
		}
		marker := data[i]
		i++
		switch {
		case marker == 0, marker == 0x01, 0xd0 <= marker && marker <= 0xd8: // without a length
			continue
		case marker == 0xd9, marker == 0xda: // end, scan
			return 0, 0, errors.New("it is damaged: a JPEG without a size")
		case 0xc0 <= marker && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc:
			if i+7 > len(data) {
				return 0, 0, errors.New("it is damaged: a JPEG cut off in its header")
			}
			return int(binary.BigEndian.Uint16(data[i+5:])), int(binary.BigEndian.Uint16(data[i+3:])), nil
		}
		i += max(2, int(binary.BigEndian.Uint16(data[i:])))
	}
}

// tiffSize reads the first directory of a TIFF. Where a tag stands twice,
// readers differ in which they take: the larger counts, and so does the size
// of the tiles, which are allocated as a whole.
func tiffSize(data []byte, order binary.ByteOrder) (width, height int, err error) {
	const entry = 12 // bytes: tag, type, count, value
	damaged := errors.New("it is damaged: a TIFF without a size")
	if len(data) < 8 {
		return 0, 0, damaged
	}
	at := int64(order.Uint32(data[4:]))
	if at+2 > int64(len(data)) {
		return 0, 0, damaged
	}
	entries := data[at+2:]
	for range min(int(order.Uint16(data[at:])), len(entries)/entry) {
		value := int(order.Uint16(entries[8:]))
		if kind := order.Uint16(entries[2:]); kind != 3 { // a SHORT
			value = int(order.Uint32(entries[8:]))
		}
		switch order.Uint16(entries) {
		case 256, 322: // ImageWidth, TileWidth
			width = max(width, value)
		case 257, 323: // ImageLength, TileLength
			height = max(height, value)
		}
		entries = entries[entry:]
	}
	if width == 0 || height == 0 {
		return 0, 0, damaged
	}
	return width, height, nil
}

// netpbmSize reads the head of a PBM, PGM or PPM: magic, width, height, with
// white space and comments between them.
func netpbmSize(data []byte) (width, height int, err error) {
	rest := data[2:min(len(data), 4*kB)]
	number := func() int {
		for {
			rest = bytes.TrimLeft(rest, " \t\r\n\v\f")
			if len(rest) == 0 || rest[0] != '#' {
				break
			}
			rest = rest[max(1, bytes.IndexAny(rest, "\r\n")):]
		}
		n := 0
		for n < len(rest) && '0' <= rest[n] && rest[n] <= '9' {
			n++
		}
		v, bad := strconv.Atoi(string(rest[:n]))
		if bad != nil {
			err = errors.New("its header is damaged")
		}
		rest = rest[n:]
		return v
	}
	width, height = number(), number()
	return width, height, err
}
