package window

// overlaid is a question that lies over everything, until it is answered.
type overlaid struct {
	menu     *Menu
	answered func(Answer)
}

// Ask lays a question over whatever is shown, a game too, until it is answered,
// withdrawn, or followed by another. It has nothing to do with the page below:
// its answer goes to answered, once, on a goroutine of its own. A question of the
// name of the one that is there changes its words.
func (w *Window) Ask(m *Menu, answered func(Answer)) {
	w.change(func(s *state) { s.ask = &overlaid{m, answered} })
}

// Withdraw takes the question of that name away, if it is there.
func (w *Window) Withdraw(name string) {
	w.change(func(s *state) {
		if s.ask != nil && s.ask.menu.Name == name {
			s.ask = nil
		}
	})
}

// settle gives a question its answer, unless it has had one.
func (w *Window) settle(m *Menu, a Answer) {
	var answered func(Answer)
	w.change(func(s *state) {
		if s.ask != nil && s.ask.menu == m {
			answered, s.ask = s.ask.answered, nil
		}
	})
	if answered != nil {
		go answered(a)
	}
}

// page is the page that the face shows.
func (f *menuFace) page(u *ui) *Menu {
	if f.asks {
		return u.state.ask.menu
	}
	return u.state.menu
}
