package window

import "image"

// playLayout is where the parts of the play view are.
type playLayout struct {
	camera, lights, line, buttons image.Rectangle
	count, columns                int // of buttons
	top, board, bottom            image.Rectangle
}

// layPlay divides the window: the board as large as it can be, the camera and
// the words beside it, or below it in a window that is higher than wide.
func layPlay(size image.Point, scale float32, buttons int) playLayout {
	px := func(v float32) int { return int(v*scale + 0.5) }
	m, gap, strip := px(16), px(12), px(64)
	l := playLayout{count: buttons}
	if size.X*10 >= size.Y*11 {
		side := min(size.Y-2*m-2*strip-2*gap, (size.X-3*m)*58/100)
		x1 := size.X - m
		x0 := x1 - side
		y := (size.Y - side - 2*strip - 2*gap) / 2
		l.top = image.Rect(x0, y, x1, y+strip)
		l.board = image.Rect(x0, y+strip+gap, x1, y+strip+gap+side)
		l.bottom = image.Rect(x0, l.board.Max.Y+gap, x1, l.board.Max.Y+gap+strip)
		left := image.Rect(m, m, x0-m, size.Y-m)
		l.words(left, px, left.Dx())
		return l
	}
	side := min(size.X-2*m, size.Y*58/100-2*strip)
	x0 := (size.X - side) / 2
	l.top = image.Rect(x0, m, x0+side, m+strip)
	l.board = image.Rect(x0, m+strip+gap, x0+side, m+strip+gap+side)
	l.bottom = image.Rect(x0, l.board.Max.Y+gap, x0+side, l.board.Max.Y+gap+strip)
	below := image.Rect(m, l.bottom.Max.Y+gap, size.X-m, size.Y-m)
	half := (below.Dx() - m) / 2
	l.words(image.Rect(below.Min.X+half+m, below.Min.Y, below.Max.X, below.Max.Y), px, 0)
	l.camera = image.Rect(below.Min.X, below.Min.Y, below.Min.X+half, below.Max.Y)
	return l
}

// words stacks camera, lights, state and buttons in a column; camera 0 leaves
// the camera out.
func (l *playLayout) words(r image.Rectangle, px func(float32) int, camera int) {
	y := r.Min.Y
	gap := px(12)
	l.columns = max(3, min(6, r.Dx()/px(112)))
	rows := (l.count + l.columns - 1) / l.columns
	buttons := rows*px(34) + (rows-1)*px(7)
	if camera > 0 {
		h := min(camera*3/4, r.Dy()-px(28)-px(156)-buttons-3*gap)
		l.camera = image.Rect(r.Min.X, y, r.Max.X, y+h)
		y += h + gap
	}
	l.lights = image.Rect(r.Min.X, y, r.Max.X, y+px(28))
	l.buttons = image.Rect(r.Min.X, r.Max.Y-buttons, r.Max.X, r.Max.Y)
	l.line = image.Rect(r.Min.X, l.lights.Max.Y+gap/2, r.Max.X, l.buttons.Min.Y-gap)
}

// allButtons is how many buttons the play view has at most.
func (o *Options) allButtons(watched bool) int {
	n := 10
	for _, more := range []bool{o.Corners != nil, o.Mute != nil, o.Games, watched} {
		if more {
			n++
		}
	}
	return n
}

// cells divides r into a table, row by row.
func cells(r image.Rectangle, rows, columns, gap int) []image.Rectangle {
	var out []image.Rectangle
	h := (r.Dy() - (rows-1)*gap) / rows
	for y := range rows {
		for x := range columns {
			x0 := r.Min.X + (r.Dx()+gap)*x/columns
			x1 := r.Min.X + (r.Dx()+gap)*(x+1)/columns - gap
			out = append(out, image.Rect(x0, r.Min.Y+y*(h+gap), x1, r.Min.Y+y*(h+gap)+h))
		}
	}
	return out
}

func (f *playFace) cells(u *ui) []image.Rectangle {
	n := f.laid.columns
	return cells(f.laid.buttons, (f.laid.count+n-1)/n, n, u.px(7))
}
