package window

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/calibrate"
	"github.com/gobancam/gobancam/internal/match"
)

// say speaks to those who do not see the window.
func (u *ui) say(text string) {
	if u.w.opt.Say != nil && text != "" {
		u.w.opt.Say(text)
	}
}

// tell shows a sentence, and speaks it.
func (u *ui) tell(text string) {
	u.w.Notice(text)
	u.say(text)
}

// steady is how long a sentence of the calibration must stand before it is
// spoken: some come and go with the pictures.
const steady = 1200 * time.Millisecond

// narrator remembers what has been spoken.
type narrator struct {
	page  string // of menus
	name  string // of the page
	text  string // of the calibration, without its numbers
	since time.Time
	said  bool
}

// narrate speaks a page when it comes, and each step of a calibration.
func (u *ui) narrate(now time.Time) {
	n := &u.told
	if u.w.opt.Say == nil {
		return
	}
	if u.state.cal == nil {
		n.text = ""
	}
	switch f := u.face().(type) {
	case *menuFace:
		m := f.page(u)
		if page := keyOf(m.Name, m.Title, m.Text, m.Code, m.Field, len(m.Items) > 0); page != n.page {
			// The long page of a phone is not said again for each step of the phone.
			if again := n.page != "" && n.name == m.Name && m.Warned != ""; again {
				u.say(m.Text)
			} else {
				u.say(f.words(m))
			}
			n.page, n.name = page, m.Name
		}
		return
	case *calibrateFace:
		v := u.state.cal.session.View()
		if text := withoutNumbers(v.Text); text != n.text {
			n.text, n.since, n.said = text, now, false
		}
		if !n.said && now.Sub(n.since) >= steady && !v.Held {
			n.said = true
			u.say(calibrationWords(&v))
		}
	}
	n.page = ""
}

func withoutNumbers(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return -1
		}
		return r
	}, s)
}

// calibrationWords says how a calibration stands, and of its checks those that
// are not good.
func calibrationWords(v *calibrate.View) string {
	s := v.Text
	for _, c := range v.Checks {
		if c.Verdict != calibrate.Good {
			s += " " + c.Name + ": " + c.Text
		}
	}
	return s
}

var cornerNames = [4]string{"far left", "far right", "near right", "near left"}

// cornerWords says the corner that the arrow keys move.
func cornerWords(v *calibrate.View) string {
	if v.Active < 0 || v.Grid == nil {
		return "No corner."
	}
	c := v.Grid.Corners()[v.Active]
	return fmt.Sprintf("The %s corner, at %.1f, %.1f.", cornerNames[v.Active], c.X, c.Y)
}

// pointWords says a point where dead stones are marked.
func pointWords(s *match.Snapshot, p board.Point) string {
	name := p.GTP(s.Size)
	words := name[:1] + " " + name[1:]
	c := s.Position.At(p)
	if c == board.Empty {
		return words + ", empty."
	}
	words += ", " + c.String()
	for _, d := range s.Dead {
		if d == p {
			return words + ", dead."
		}
	}
	return words + "."
}

// statusWords says where the game stands: whose turn, clocks, captures.
func statusWords(s *match.Snapshot, at time.Time) string {
	if s.Size == 0 {
		return s.Text
	}
	age := time.Duration(0)
	if !at.IsZero() && s.Result == nil && s.Paused == nil {
		age = time.Since(at)
	}
	words := fmt.Sprintf("Move %d. %s", s.Number, s.Text)
	if s.HasLast {
		words += " The last move was " + s.Last.Color.String() + " " + strings.ToLower(s.Last.Point.GTP(s.Size)) + "."
	}
	for i, c := range [2]board.Color{board.Black, board.White} {
		who := c.String()
		if c == s.Me {
			who = "you, " + who + ","
		}
		now, spare := readClock(s.Clocks[i], age)
		if now != "" {
			words += fmt.Sprintf(" For %s %s", who, clockWords(now))
			if spare != "" {
				words += ", " + strings.NewReplacer("×", " times ", "+", "and").Replace(spare)
			}
			words += "."
		}
		if left := s.Clocks[i].Start - age; s.Clocks[i].Start > 0 {
			words += " The game is " + startWords(left) + "."
		}
		if n := s.Captures[i]; n > 0 {
			words += fmt.Sprintf(" %d captured.", n)
		}
	}
	return words
}

// clockWords makes "6:12" "6 minutes 12", and "9.8" "9.8 seconds".
func clockWords(s string) string {
	parts := strings.Split(s, ":")
	switch len(parts) {
	case 1:
		if strings.Contains(s, ".") {
			return s + " seconds"
		}
	case 2:
		return parts[0] + " minutes " + parts[1]
	case 3:
		return parts[0] + " hours " + parts[1] + " minutes"
	}
	return s
}
