package club

import "time"

// Problem is an error of a site with what it means for whoever wants to send
// something there. A site's error that is no Problem may pass or not.
type Problem struct {
	Err     error
	Refused bool          // the site will not take it, however often it is sent
	Again   bool          // time, or a new sign-in, may mend it
	Until   time.Time     // no attempt before; zero if the site did not say
	After   time.Duration // no attempt sooner; 0 if the site did not say
}

func (p *Problem) Error() string { return p.Err.Error() }
func (p *Problem) Unwrap() error { return p.Err }
