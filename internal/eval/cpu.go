package eval

import "time"

var start = time.Now()
