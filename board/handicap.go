package board

// HandicapPoints returns the hoshi on which n handicap stones stand, in the
// order in which GTP's fixed_handicap sets them. It returns nil where custom
// knows no fixed place: fewer than 2 stones or more than 9, a board below 7,
// more than 4 stones on a board of even size or of 7.
func HandicapPoints(size, n int) []Point {
	if n < 2 || n > 9 || size < 7 || size > MaxSize || n > 4 && (size%2 == 0 || size == 7) {
		return nil
	}
	near := int8(3)
	if size < 13 {
		near = 2
	}
	far, mid := int8(size)-1-near, int8(size/2)
	ps := []Point{{near, far}, {far, near}, {near, near}, {far, far}}
	// GTP: the second stone is opposite of the first, the third at the lower
	// left ...
	switch {
	case n <= 4:
		return ps[:n]
	}
	if n >= 6 {
		ps = append(ps, Point{near, mid}, Point{far, mid})
	}
	if n >= 8 {
		ps = append(ps, Point{mid, near}, Point{mid, far})
	}
	if n%2 == 1 {
		ps = append(ps, Point{mid, mid})
	}
	return ps
}

// KomiFor returns the usual komi with this handicap: that of the rules without
// one, and half a point or none, as the rules' komi has a half or not, with
// one, as online-go.com does.
func (r Rules) KomiFor(handicap int) float64 {
	if handicap < 1 {
		return r.Komi
	}
	return r.Komi - float64(int(r.Komi))
}
