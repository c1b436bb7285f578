package challonge

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"github.com/gobancam/gobancam/internal/disk"
)

// Quota remembers what Challonge has said about its monthly quota of requests
// (500 on the free plan, by what public clients report), across restarts and
// processes: while it is spent nothing is sent.
//
// Challonge answers 429 and publishes no time of reset. A Retry-After header is
// obeyed; without one the pause is 15 minutes, doubled at each further 429 to
// at most six hours, and never reaches beyond the first of the next month, UTC.
type Quota struct {
	path string // empty: in memory only
	now  func() time.Time

	mu sync.Mutex
	st quotaState
}

type quotaState struct {
	Month    string    `json:"month"`    // 2026-11, UTC
	Requests int       `json:"requests"` // sent in that month, from here
	Refusals int       `json:"refusals"` // 429s in a row
	Until    time.Time `json:"until"`    // nothing is sent before
}

// NewQuota returns the memory kept in the file path, which need not exist; an
// empty path keeps it in memory.
func NewQuota(path string) *Quota {
	return &Quota{path: path, now: time.Now}
}

// A QuotaError is returned without asking the server while the quota is spent.
type QuotaError struct{ Until time.Time }

func (e *QuotaError) Error() string {
	return fmt.Sprintf("Challonge's quota of requests is used up; nothing is sent before %s (reports wait in the outbox; 'gobancam challonge whoami --retry-quota' asks at once)",
		e.Until.Local().Format("2 January 15:04"))
}

// Is makes errors.Is(err, ErrQuota) work.
func (e *QuotaError) Is(target error) bool { return target == ErrQuota }

// Spent returns until when nothing is to be sent, and whether that lies ahead.
func (q *Quota) Spent() (until time.Time, spent bool) {
	q.update(func(*quotaState) bool { return false })
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.st.Until, q.now().Before(q.st.Until)
}

// Requests returns how many requests were sent from here in this month.
func (q *Quota) Requests() int {
	q.update(func(*quotaState) bool { return false })
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.st.Requests
}

// Forget drops what is remembered of a spent quota, so that the next request
// is sent.
func (q *Quota) Forget() {
	q.update(func(st *quotaState) bool { st.Until, st.Refusals = time.Time{}, 0; return true })
}

// take counts a request, or refuses it.
func (q *Quota) take() error {
	var refused error
	q.update(func(st *quotaState) bool {
		if q.now().Before(st.Until) {
			refused = &QuotaError{st.Until}
			return false
		}
		st.Requests++
		return true
	})
	return refused
}

// refuse notes a 429.
func (q *Quota) refuse(after time.Duration) {
	q.update(func(st *quotaState) bool {
		now := q.now().UTC()
		pause := after
		if pause <= 0 {
			pause = 15 * time.Minute << min(st.Refusals, 5)
			pause = min(pause, 6*time.Hour)
			month := time.Date(now.Year(), now.Month()+1, 1, 0, 1, 0, 0, time.UTC)
			pause = min(pause, month.Sub(now))
		}
		st.Refusals++
		st.Until = now.Add(pause)
		return true
	})
}

// accepted notes that the server answers again.
func (q *Quota) accepted() {
	q.mu.Lock()
	clear := q.st.Refusals > 0
	q.mu.Unlock()
	if clear {
		q.Forget()
	}
}

// update changes the state on disk under a lock. What cannot be read begins
// anew, what cannot be written stays in memory: a count is no reason to stop.
func (q *Quota) update(change func(*quotaState) bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.path != "" {
		if err := os.MkdirAll(filepath.Dir(q.path), 0o700); err == nil {
			l := flock.New(q.path + ".lock")
			if l.Lock() == nil {
				defer l.Unlock()
			}
		}
		data, err := os.ReadFile(q.path)
		var st quotaState
		switch {
		case err == nil && json.Unmarshal(data, &st) == nil:
			q.st = st
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			slog.Warn("Challonge's quota cannot be remembered", "path", q.path, "error", err)
		}
	}
	if month := q.now().UTC().Format("2006-01"); q.st.Month != month {
		q.st.Month, q.st.Requests = month, 0
	}
	if !change(&q.st) || q.path == "" {
		return
	}
	data, err := json.Marshal(q.st)
	if err == nil {
		err = disk.WriteFile(disk.OS, q.path, data, 0o600)
	}
	if err != nil {
		slog.Warn("Challonge's quota cannot be remembered", "path", q.path, "error", err)
	}
}
