package bench

import (
	"strings"
	"testing"
	"time"
)

func TestStageOf(t *testing.T) {
	if got := stageOf([]time.Duration{5 * time.Millisecond, time.Millisecond, 2 * time.Millisecond}); got != (Stage{2, 5}) {
		t.Errorf("%+v", got)
	}
	if got := stageOf(nil); got != (Stage{}) {
		t.Errorf("%+v", got)
	}
}

func TestWriteText(t *testing.T) {
	for _, c := range []struct {
		r          Result
		want, lack string
	}{
		{Result{Source: "0", Live: true, Rate: 3, Size: 19, Steady: Stage{20, 30}, Core: 0.2}, "3.0 arrived|19×19|20.0 ms of CPU, 30.0 at most|20 % of a core|the camera sends few", "no board"},
		{Result{Source: "x", Rate: 50}, "50.0 were worked through|no board was found", "of a core"},
		{Result{Steady: Stage{150, 200}}, "this machine is slow", "few pictures"},
		{Result{MemoryStart: 10 << 20, MemoryMost: 30 << 20}, "30 MB at most, 20 MB more", "arrived"},
	} {
		var b strings.Builder
		if err := c.r.WriteText(&b); err != nil {
			t.Fatal(err)
		}
		for want := range strings.SplitSeq(c.want, "|") {
			if !strings.Contains(b.String(), want) {
				t.Errorf("%q is not in\n%s", want, &b)
			}
		}
		if strings.Contains(b.String(), c.lack) {
			t.Errorf("%q is in\n%s", c.lack, &b)
		}
	}
}
