package sim

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/gobancam/gobancam/board"
)

// Seat is a side of the board.
type Seat uint8

// The seats: South is the bottom of the position.
const (
	South Seat = iota
	North
	East
	West
)

// Player is a person with one arm, who does what is asked in the order it was
// asked. Between orders the hand goes back out of sight, unless the next order
// is waiting already.
type Player struct {
	Arm   Arm     // how the arm looks; changes show in the next picture
	Speed float64 // 1 is a calm player; 2 takes half the time

	w        *World
	seat     Seat
	chance   *rand.Rand
	queue    []func() []motion // orders not begun
	todo     []motion          // of the order at work
	begun    bool              // the first of todo has been begun
	elapsed  float64           // in it
	from     vec
	fromPose pose
	tip      vec // in the axes of the table
	pose     pose
	held     board.Color
	out      bool // the hand is in the room
	speed    vec  // mm/s
}

// motion is a movement of the hand to a place.
type motion struct {
	to     func() vec // in the axes of the table, asked when it begins; nil: stay
	pose   *pose
	dur    float64
	arc    float64 // mm that it rises on its way
	wander float64 // mm that it drifts about while it stays
	drag   bool    // carries the stone along the board
	after  func()
	home   bool // the hand leaves the room at its end
}

// Player returns the player of a seat, who is there from the first call on,
// with looks drawn from the world's seed.
func (w *World) Player(s Seat) *Player {
	if w.players[s] == nil {
		g := rand.New(rand.NewPCG(w.cfg.Seed, 100+uint64(s)))
		p := &Player{w: w, seat: s, chance: g, Speed: 1, Arm: RandomArm(g)}
		p.tip, p.pose = p.home(), holding
		w.players[s] = p
	}
	return w.players[s]
}

var skins = []RGB{{0.96, 0.80, 0.70}, {0.91, 0.72, 0.58}, {0.85, 0.64, 0.48}, {0.74, 0.52, 0.37}, {0.58, 0.38, 0.26}, {0.42, 0.27, 0.19}, {0.32, 0.20, 0.15}}

// RandomArm draws an arm: skin, sleeve, size.
func RandomArm(g *rand.Rand) Arm {
	a := Arm{Skin: skins[g.IntN(len(skins))], Scale: 0.88 + 0.24*g.Float64(), Left: g.IntN(8) == 0}
	switch g.IntN(5) {
	case 0: // black
		a.Sleeve = Gray(0.08 + 0.1*g.Float64())
	case 1: // white
		a.Sleeve = RGB{0.92, 0.92, 0.9 + 0.05*g.Float64()}
	case 2: // near the board's own colour
		a.Sleeve = RGB{0.72 + 0.1*g.Float64(), 0.58 + 0.1*g.Float64(), 0.38 + 0.1*g.Float64()}
	default:
		a.Sleeve = RGB{g.Float64(), g.Float64(), g.Float64()}.mix(Gray(0.4), 0.4)
	}
	if g.IntN(4) == 0 {
		a.Stripe = 8 + 20*g.Float64()
	}
	if g.IntN(4) == 0 {
		a.Bare = 60 + 120*g.Float64() // short sleeves
	}
	return a
}

func (p *Player) side() vec {
	return [...]vec{{0, 1, 0}, {0, -1, 0}, {1, 0, 0}, {-1, 0, 0}}[p.seat]
}

// reach is the distance from the middle of the table to the board's edge on
// the player's side.
func (p *Player) reach() float64 {
	if p.seat == East || p.seat == West {
		return p.w.r.bw
	}
	return p.w.r.bh
}

// right is the direction of the player's right hand.
func (p *Player) right() vec {
	s := p.side()
	r := vec{s.y, -s.x, 0}
	if p.Arm.Left {
		r = r.mul(-1)
	}
	return r
}

func (p *Player) home() vec {
	return p.side().mul(p.reach() + 260).add(p.right().mul(110)).add(vec{0, 0, 40})
}

func (p *Player) shoulder() vec {
	return p.side().mul(p.reach() + 520).add(p.right().mul(180)).add(vec{0, 0, 200})
}

func (p *Player) figure() *figure {
	hang := vec{0, 0, p.w.r.shape.mid}
	return &figure{arm: &p.Arm, tip: p.tip, shoulder: p.shoulder(), pose: p.pose, stone: p.held, hang: hang}
}

// Busy reports whether the player has orders left or the hand is not back yet.
func (p *Player) Busy() bool { return p.out || len(p.todo) > 0 || len(p.queue) > 0 }

// Reaching reports whether the hand is in the room.
func (p *Player) Reaching() bool { return p.out }

// Clear drops the orders that have not begun.
func (p *Player) Clear() { p.queue = nil }

func (p *Player) order(f func() []motion) { p.queue = append(p.queue, f) }

// over is a place h mm above a point, followed if the board moves.
func (p *Player) over(q board.Point, h float64) func() vec {
	return func() vec {
		a := p.w.r.at(float64(q.X), float64(q.Y))
		a.z = h
		return p.w.r.push.toTable(a)
	}
}

// above is the top of a stone, with room for the fingers.
func (p *Player) above() float64 { return p.w.r.shape.mid + p.w.r.shape.b + 22 }

// Place sets a stone on q. It lies there from the moment the fingers press it
// down.
func (p *Player) Place(q board.Point, c board.Color) { p.PlaceOff(q, c, math.NaN(), 0) }

// PlaceOff is Place with the stone (u, v) of a pitch off its crossing.
func (p *Player) PlaceOff(q board.Point, c board.Color, u, v float64) {
	p.order(func() []motion {
		p.held = c
		return []motion{
			{to: p.over(q, p.above()), pose: &holding, dur: p.travel(), arc: 35},
			{to: p.over(q, 0), dur: 0.12},
			{dur: 0.08, after: func() {
				p.held = board.Empty
				if u != u {
					p.w.Set(q, c)
				} else {
					p.w.SetAt(q, c, u, v)
				}
			}},
			{to: p.over(q, p.above()), dur: 0.14},
		}
	})
}

// Take lifts the stones on points, one after the other, and takes them away.
func (p *Player) Take(points ...board.Point) {
	points = append([]board.Point(nil), points...)
	p.order(func() []motion {
		var m []motion
		for i, q := range points {
			d := p.travel()
			if i > 0 {
				d = 0.22 + 0.1*p.chance.Float64()
			}
			m = append(m,
				motion{to: p.over(q, p.above()), pose: &pinching, dur: d, arc: 8},
				motion{to: p.over(q, 0), dur: 0.1},
				motion{dur: 0.06, after: func() {
					p.held = p.w.Stone(q)
					p.w.Set(q, board.Empty)
				}},
				motion{to: p.over(q, p.above()), dur: 0.1})
		}
		return m
	})
}

// Slide pushes the stone on a along the board to b.
func (p *Player) Slide(a, b board.Point) {
	p.order(func() []motion {
		d := math.Hypot(float64(a.X-b.X), float64(a.Y-b.Y))
		var c board.Color
		return []motion{
			{to: p.over(a, p.above()), pose: &holding, dur: p.travel(), arc: 20},
			{to: p.over(a, 0), dur: 0.12, after: func() {
				c = p.w.Stone(a)
				p.held = c
				p.w.Set(a, board.Empty)
			}},
			{to: p.over(b, 0), dur: 0.25 + 0.12*d, drag: true},
			{dur: 0.1, after: func() {
				p.held = board.Empty
				if c != board.Empty {
					p.w.Set(b, c)
				}
			}},
			{to: p.over(b, p.above()), dur: 0.14},
		}
	})
}

// Adjust straightens the stone on q.
func (p *Player) Adjust(q board.Point) {
	p.order(func() []motion {
		return []motion{
			{to: p.over(q, p.above()), pose: &holding, dur: p.travel(), arc: 20},
			{to: p.over(q, 2), dur: 0.12},
			{dur: 0.3, wander: 2, after: func() {
				if c := p.w.Stone(q); c != board.Empty {
					p.w.Set(q, c)
				}
			}},
			{to: p.over(q, p.above()), dur: 0.14},
		}
	})
}

// Hover holds the hand over q for a while without touching the board, with a
// stone of colour c in the fingers (Empty: none).
func (p *Player) Hover(q board.Point, c board.Color, d time.Duration) {
	p.order(func() []motion {
		p.held = c
		return []motion{
			{to: p.over(q, p.above()+15), pose: &holding, dur: p.travel(), arc: 30},
			{dur: d.Seconds(), wander: 12},
		}
	})
}

// Rest lays the hand flat on the board at q for a while.
func (p *Player) Rest(q board.Point, d time.Duration) {
	p.order(func() []motion {
		return []motion{
			{to: p.over(q, p.above()), pose: &flat, dur: p.travel(), arc: 25},
			{to: p.over(q, 8), dur: 0.25},
			{dur: d.Seconds(), wander: 1},
			{to: p.over(q, p.above()), dur: 0.2},
		}
	})
}

// Pause keeps the hand out of sight for a while.
func (p *Player) Pause(d time.Duration) {
	p.order(func() []motion {
		return append(p.leave(), motion{dur: d.Seconds()})
	})
}

// Do calls f when the orders before it are done.
func (p *Player) Do(f func()) {
	p.order(func() []motion { return []motion{{after: f}} })
}

// travel is how long the hand takes to reach its place.
func (p *Player) travel() float64 {
	d := 0.35 + 0.2*p.chance.Float64()
	if !p.out {
		d += 0.2
	}
	return d
}

func (p *Player) leave() []motion {
	if !p.out {
		return nil
	}
	return []motion{{to: p.home, dur: 0.45 + 0.15*p.chance.Float64(), arc: 20, home: true}}
}

// step lets dt seconds pass for the player.
func (p *Player) step(dt float64) {
	before, was := p.tip, p.out
	total := dt
	dt *= max(p.Speed, 0.01)
	for dt > 0 {
		if len(p.todo) == 0 {
			switch {
			case len(p.queue) > 0:
				f := p.queue[0]
				p.queue = p.queue[1:]
				p.todo = f()
			case p.out:
				p.todo = p.leave()
			}
			if len(p.todo) == 0 {
				if len(p.queue) == 0 {
					break
				}
				continue
			}
			p.begun = false
		}
		m := &p.todo[0]
		if !p.begun {
			p.begun, p.elapsed, p.from, p.fromPose = true, 0, p.tip, p.pose
			if m.to != nil && !m.home && !p.out {
				p.out = true
				p.from = p.home()
				p.tip = p.from
			}
		}
		left := m.dur - p.elapsed
		if dt < left {
			p.elapsed += dt
			dt = 0
		} else {
			dt -= max(left, 0)
			p.elapsed = m.dur
		}
		k := 1.0
		if m.dur > 0 {
			k = p.elapsed / m.dur
		}
		// Hands move with the least jerk: 10k³ − 15k⁴ + 6k⁵ (Flash and Hogan 1985).
		s := k * k * k * (10 + k*(6*k-15))
		if m.to != nil {
			p.tip = p.from.lerp(m.to(), s)
			p.tip.z += m.arc * math.Sin(math.Pi*s)
		} else if m.wander > 0 {
			t := p.elapsed
			e := smooth(0, 0.3, t) * smooth(0, 0.3, m.dur-t)
			p.tip = p.from.add(vec{math.Sin(t * 2.3), math.Cos(t*1.7) - 1, 0.3 * math.Sin(t*3.1)}.mul(m.wander * e))
		}
		if m.pose != nil {
			p.pose = p.fromPose.lerp(*m.pose, min(1, 1.6*s))
		}
		if p.elapsed >= m.dur {
			if m.home {
				p.out = false
				p.held = board.Empty
			}
			after := m.after
			p.todo, p.begun = p.todo[1:], false
			if after != nil {
				after()
			}
		}
	}
	p.speed = vec{}
	if was && p.out && total > 0 {
		p.speed = p.tip.sub(before).mul(1 / total)
	}
}
