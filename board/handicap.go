package board

import "math"

// HandicapPoints returns the hoshi on which n handicap stones stand, in the
// order in which they are added. Three stones leave the top left corner free,
// as online-go.com has it. It returns nil where custom knows no fixed place:
// fewer than 2 stones or more than 9, a board smaller than 7×7, more than 4
// stones on a board of even size or of 7×7.
func HandicapPoints(size, n int) []Point {
	if n < 2 || n > 9 || size < 7 || size > MaxSize || n > 4 && (size%2 == 0 || size == 7) {
		return nil
	}
	near := int8(3) // the fourth line, the third on small boards
	if size < 13 {
		near = 2
	}
	far, mid := int8(size)-1-near, int8(size/2)
	ps := []Point{{far, near}, {near, far}, {far, far}, {near, near}}
	if n <= 4 {
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

// Hoshi returns the points that are marked on a board of this size.
func Hoshi(size int) []Point {
	for n := 9; n > 1; n-- {
		if ps := HandicapPoints(size, n); ps != nil {
			if size < 15 && n > 5 { // the sides' middles are not marked
				continue
			}
			return ps
		}
	}
	return nil
}

// KomiFor returns the komi that online-go.com gives with this handicap when
// nothing else was agreed: that of the rules without one, its fraction with
// one.
func (r Rules) KomiFor(handicap int) float64 {
	if handicap < 1 {
		return r.Komi
	}
	return r.Komi - math.Floor(r.Komi)
}
