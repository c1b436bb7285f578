package sim

import "github.com/gobancam/gobancam/board"

// The joints of a hand and arm. Lengths are millimetres in the axes of a
// right hand: x away from the thumb, y forward, z up; the origin is where it
// holds a stone.
const (
	wrist = iota
	thumb0
	thumb1
	thumb2
	index0
	index1
	index2
	middle0
	middle1
	middle2
	ring0
	ring1
	ring2
	little0
	little1
	little2
	joints
)

type pose [joints]vec

var (
	// holding a stone between the tips of index and middle finger
	holding = pose{{10, -150, 72}, {-22, -118, 55}, {-42, -78, 38}, {-34, -46, 24},
		{-16, -84, 66}, {-15, -42, 47}, {-4, -4, 11},
		{6, -86, 70}, {10, -40, 53}, {4, 5, 17},
		{26, -83, 66}, {32, -46, 44}, {30, -24, 20},
		{43, -76, 58}, {52, -52, 38}, {47, -32, 20}}
	// lying flat
	flat = pose{{10, -150, 30}, {-24, -118, 25}, {-50, -88, 16}, {-60, -58, 11},
		{-18, -80, 26}, {-23, -40, 17}, {-26, -5, 9},
		{4, -84, 27}, {5, -36, 18}, {6, 4, 9},
		{25, -80, 26}, {32, -38, 17}, {37, -4, 9},
		{43, -72, 24}, {56, -42, 15}, {65, -18, 9}}
	// picking something up with thumb and index finger
	pinching = pose{{16, -140, 82}, {-14, -110, 62}, {-27, -66, 40}, {-9, -7, 10},
		{-6, -84, 74}, {4, -42, 58}, {9, -3, 11},
		{15, -82, 76}, {24, -44, 56}, {25, -14, 26},
		{34, -78, 70}, {43, -50, 48}, {39, -28, 28},
		{49, -70, 62}, {56, -50, 42}, {50, -34, 28}}
)

func (a pose) lerp(b pose, t float64) pose {
	for i := range a {
		a[i] = a[i].lerp(b[i], t)
	}
	return a
}

// part is a round cone of skin or cloth between two places.
type part struct {
	a, b   vec
	ra, rb float64
	cloth  bool
	ta, tb float64 // redness at its ends
}

var bones = []struct {
	a, b   int
	ra, rb float64
	ta, tb float64
}{
	{wrist, thumb0, 21, 16, 0, 0}, {thumb0, thumb1, 14, 11, 0, 0.1}, {thumb1, thumb2, 11, 8.5, 0.1, 0.3},
	{wrist, index0, 21, 12.5, 0, 0.1}, {index0, index1, 11, 9, 0.1, 0.15}, {index1, index2, 8.8, 7.4, 0.1, 0.35},
	{wrist, middle0, 22, 12.5, 0, 0.1}, {middle0, middle1, 11, 9, 0.1, 0.15}, {middle1, middle2, 8.8, 7.5, 0.1, 0.35},
	{wrist, ring0, 21, 12, 0, 0.1}, {ring0, ring1, 10.5, 8.6, 0.1, 0.15}, {ring1, ring2, 8.4, 7.2, 0.1, 0.35},
	{wrist, little0, 19, 11, 0, 0.1}, {little0, little1, 9.5, 7.6, 0.1, 0.15}, {little1, little2, 7.4, 6.4, 0.1, 0.35},
	{index0, middle0, 11.5, 12, 0.05, 0.05}, {middle0, ring0, 12, 11.5, 0.05, 0.05}, {ring0, little0, 11.5, 10, 0.05, 0.05},
	{thumb0, index0, 13, 10, 0, 0},
}

// Arm is how a player's arm looks.
type Arm struct {
	Skin   RGB
	Sleeve RGB
	Stripe float64 // distance of the stripes on the sleeve, mm; 0 is plain
	Bare   float64 // mm of forearm that the sleeve leaves free
	Scale  float64 // 1 is a hand of 19 cm
	Left   bool    // handed
}

// figure is an arm somewhere above the table.
type figure struct {
	arm      *Arm
	tip      vec // in the axes of the table
	shoulder vec
	pose     pose
	stone    board.Color // carried
	hang     vec         // of the carried stone's middle from tip
}

// parts builds the figure in the axes of the board.
func (f *figure) parts(p push) []part {
	k := f.arm.Scale
	fwd := f.tip.sub(f.shoulder)
	fwd.z = 0
	fwd = fwd.norm()
	side := vec{-fwd.y, fwd.x, 0} // to the right when looking along fwd, y being down
	if f.arm.Left {
		side = side.mul(-1)
	}
	var j [joints]vec
	for i, q := range f.pose {
		w := f.tip.add(side.mul(q.x * k)).add(fwd.mul(q.y * k))
		w.z += q.z * k
		j[i] = p.toBoard(w)
	}
	out := make([]part, 0, len(bones)+8)
	for _, b := range bones {
		out = append(out, part{j[b.a], j[b.b], b.ra * k, b.rb * k, false, b.ta, b.tb})
	}
	sh := p.toBoard(f.shoulder)
	back := sh.sub(j[wrist])
	reach := back.len()
	dir := back.norm()
	// The elbow hangs out to the side and down a little.
	elbow := j[wrist].add(dir.mul(min(260*k, reach*0.6))).add(side.mul(25 * k))
	elbow.z = max(elbow.z-10, 45)
	fore := elbow.sub(j[wrist])
	cuff := j[wrist].add(fore.mul(clamp((30+f.arm.Bare)/max(fore.len(), 1), 0, 0.9)))
	// The flesh of the palm, between the bones that lead to the fingers.
	heel := j[wrist].lerp(j[middle0], 0.3)
	out = append(out,
		part{heel.lerp(j[index0], 0.15), j[index0].lerp(j[middle0], 0.5).lerp(heel, 0.12), 21 * k, 13 * k, false, 0, 0.05},
		part{heel, j[middle0].lerp(j[ring0], 0.5).lerp(heel, 0.12), 22 * k, 13 * k, false, 0, 0.05},
		part{heel.lerp(j[little0], 0.15), j[ring0].lerp(j[little0], 0.5).lerp(heel, 0.12), 21 * k, 12 * k, false, 0, 0.05},
		part{j[thumb0].lerp(j[wrist], 0.3), j[index0].lerp(heel, 0.45), 16 * k, 15 * k, false, 0, 0},
		part{j[wrist], cuff.add(fore.norm().mul(15)), 24 * k, 29 * k, false, 0, 0},
		part{cuff, cuff.add(fore.norm().mul(12)), 36 * k, 38 * k, true, 0, 0},
		part{cuff.add(fore.norm().mul(8)), elbow, 36 * k, 50 * k, true, 0, 0},
		part{elbow, sh, 50 * k, 68 * k, true, 0, 0})
	return out
}

// object is something put on the board: a cup.
type object struct {
	world  *World
	at     vec // in the axes of the board
	r, h   float64
	colour RGB
}

func (o *object) parts() []part {
	q := []part{{o.at.add(vec{0, 0, o.r * 0.8}), o.at.add(vec{0, 0, o.h}), o.r * 0.8, o.r, true, 0, 0}}
	// Its handle.
	e := o.at.add(vec{o.r + 14, 6, o.h * 0.6})
	return append(q, part{o.at.add(vec{o.r * 0.8, 4, o.h * 0.9}), e, 6, 6, true, 0, 0}, part{e, o.at.add(vec{o.r * 0.8, 4, o.h * 0.4}), 6, 6, true, 0, 0})
}

func (o *object) figure() *figure {
	return &figure{arm: &Arm{Sleeve: o.colour}, tip: o.world.r.push.toTable(o.at)}
}
