// Package outbox keeps results on disk until the site of their tournament has
// taken them, through no network, a server out of order, an ended sign-in, a
// spent quota and a crash at any instant. Each result is reported exactly once: before anything
// is sent the match is fetched and compared, and where the outcome of a request
// is unknown it is compared again before a second one.
//
// A report is one file in a directory, written atomically; what happened to it,
// and who confirmed it, is a line in audit.jsonl for ever.
package outbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/gobancam/gobancam/internal/club"
	"github.com/gobancam/gobancam/internal/disk"
)

// State is how far a report has come.
type State string

// The states.
const (
	Waiting State = "waiting" // to be sent
	Taken   State = "taken"   // the site has the result; the game may still have to be attached
	Done    State = "done"
	// Held reports wait for a person: the match has another result, other
	// players, or is gone, or the site refused the result (see Report.Problem).
	Held State = "held"
	// Withdrawn reports were taken back before they were sent.
	Withdrawn State = "withdrawn"
)

// Confirmation says who stood for a result.
type Confirmation struct {
	By string    `json:"by"` // "the players", "the organiser", or a name
	At time.Time `json:"at"`
}

// Report is one result on its way.
type Report struct {
	ID         string      `json:"id"`
	API        string      `json:"api"`                 // address of the site it is for
	Community  string      `json:"community,omitempty"` // of the site, for which it is sent
	Tournament string      `json:"tournament"`
	Match      string      `json:"match"`
	Result     club.Result `json:"result"`
	// Text says the result to people: "Round 1, A: Anna (B) beat Ben (W), B+R".
	Text      string       `json:"text"`
	Confirmed Confirmation `json:"confirmed"`
	Link      string       `json:"link,omitempty"` // address of the game, to be attached
	SGF       string       `json:"sgf,omitempty"`  // the game, to be attached
	// Replaces says that a person agreed to replace another result that the
	// match has, and to reset what branches from it.
	Replaces bool `json:"replaces,omitempty"`
	// Other is the other result that the match was seen with. Only that one is
	// replaced.
	Other string `json:"other,omitempty"`

	State    State     `json:"state"`
	Created  time.Time `json:"created"`
	Attempts int       `json:"attempts"`
	Problem  string    `json:"problem,omitempty"` // why the last attempt failed, or why it is held
	Next     time.Time `json:"next,omitzero"`     // no attempt before
	TakenAt  time.Time `json:"taken_at,omitzero"`
	// Attachments tried and failed since the result was taken.
	AttachAttempts int `json:"attach_attempts,omitempty"`
}

// Entry is a line of the audit trail.
type Entry struct {
	At     time.Time `json:"at"`
	Event  string    `json:"event"` // confirmed, sending, taken, already there, held, attached, not attached, withdrawn, released
	Report string    `json:"report"`
	Match  string    `json:"match"`
	By     string    `json:"by,omitempty"`
	Text   string    `json:"text,omitempty"`
}

// Sender sends to the site of a tournament. Its errors may be *club.Problem;
// without one, whether a result was taken is unknown, and it is tried again.
type Sender interface {
	Name() string // of the site
	Tournament(ctx context.Context, id string) (club.Tournament, error)
	Match(ctx context.Context, tournament, match string) (club.Match, error)
	// Report sends a result, at most once, and returns the match as it is then.
	Report(ctx context.Context, tournament, match string, r club.Result) (club.Match, error)
	// Attached returns the texts that are attached to a match.
	Attached(ctx context.Context, tournament, match string) ([]string, error)
	Attach(ctx context.Context, tournament, match, link, text string) error
}

// Outbox is a directory of reports. Several processes may use it at once.
type Outbox struct {
	dir  string
	fs   disk.FS
	now  func() time.Time
	step func(string) // told of each step, for tests that crash there

	trail sync.Mutex
	whole bool // the trail ends with a line of ours
}

// Open returns the outbox in a directory, which it makes.
func Open(dir string) (*Outbox, error) { return openOn(disk.OS, dir) }

func openOn(fsys disk.FS, dir string) (*Outbox, error) {
	if err := fsys.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("there is no place to keep results until they are sent: %w", err)
	}
	return &Outbox{dir: dir, fs: fsys, now: time.Now, step: func(string) {}}, nil
}

// Dir is where the reports are.
func (o *Outbox) Dir() string { return o.dir }

const suffix = ".report.json"

func (o *Outbox) path(id string) string { return filepath.Join(o.dir, id+suffix) }

// The locks among processes. Whoever sends or decides holds one and whoever
// adds the other: nobody at a board waits for another's network.
const (
	sending = ".lock"
	adding  = ".add.lock"
)

func (o *Outbox) lock(ctx context.Context, name string) (unlock func(), err error) {
	free, err := disk.LockWhenFree(ctx, o.fs, filepath.Join(o.dir, name))
	if err != nil {
		return nil, fmt.Errorf("another gobancam is busy with the results: %w", err)
	}
	return func() { _ = free() }, nil
}

func (o *Outbox) write(r Report) error {
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	o.step("write " + string(r.State))
	if err := disk.WriteFile(o.fs, o.path(r.ID), append(data, '\n'), 0o600); err != nil {
		return fmt.Errorf("the result cannot be kept: %w; write it down: %s", err, r.Text)
	}
	o.step("written " + string(r.State))
	return nil
}

// An ErrOther is returned by Add where another result of the same match waits.
type ErrOther struct{ Report Report }

func (e *ErrOther) Error() string {
	return fmt.Sprintf("another result of this match waits to be sent (%s); withdraw it first, by its number %s", e.Report.Text, e.Report.ID)
}

// Add puts a confirmed result in the outbox. When it returns, the result
// survives a crash. The same result of the same match a second time is the
// first report again, not another one.
func (o *Outbox) Add(r Report) (Report, error) {
	if err := r.Result.Check(); err != nil {
		return Report{}, err
	}
	if r.API == "" || r.Tournament == "" || r.Match == "" || r.Confirmed.By == "" {
		return Report{}, errors.New("a report needs a match and somebody who confirmed it")
	}
	unlock, err := o.lock(context.Background(), adding)
	if err != nil {
		return Report{}, err
	}
	defer unlock()
	have, err := o.Reports()
	if err != nil {
		return Report{}, err
	}
	for _, h := range have {
		if h.API != r.API || h.Community != r.Community || h.Tournament != r.Tournament || h.Match != r.Match || h.State != Waiting && h.State != Held {
			continue
		}
		if r.Result.Equal(h.Result) && !r.Replaces {
			return h, nil
		}
		return Report{}, &ErrOther{h}
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Report{}, err
	}
	r.ID, r.State, r.Created = id.String(), Waiting, o.now().UTC()
	if r.Confirmed.At.IsZero() {
		r.Confirmed.At = r.Created
	}
	if err := o.audit(r, "confirmed", r.Confirmed.By, r.Text); err != nil {
		return Report{}, err
	}
	return r, o.write(r)
}

// Reports lists every report, the oldest first. A file that cannot be understood
// is renamed to *.corrupt, and told in the error beside the others.
func (o *Outbox) Reports() ([]Report, error) {
	files, err := o.fs.ReadDir(o.dir) // by name: the ids begin with the time
	if err != nil {
		return nil, fmt.Errorf("the results that wait to be sent cannot be read: %w", err)
	}
	var list []Report
	var errs []error
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), suffix) || disk.IsTemporary(f.Name()) {
			continue
		}
		file := filepath.Join(o.dir, f.Name())
		data, err := o.fs.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		r, err := parse(data)
		if err == nil && r.ID+suffix != filepath.Base(file) {
			err = errors.New("its name is not its id")
		}
		if err != nil {
			kept, e := disk.SetAside(o.fs, file, "corrupt")
			if e != nil {
				kept = file
			}
			errs = append(errs, fmt.Errorf("a result that waits to be sent cannot be understood (%w); it is kept as %s: report that match by hand", err, kept))
			continue
		}
		list = append(list, r)
	}
	return list, errors.Join(errs...)
}

func parse(data []byte) (Report, error) {
	var r Report
	if err := json.Unmarshal(data, &r); err != nil {
		return Report{}, err
	}
	switch r.State {
	case Waiting, Taken, Done, Held, Withdrawn:
	default:
		return Report{}, fmt.Errorf("it is in the unknown state %q", r.State)
	}
	if r.ID == "" || strings.ContainsAny(r.ID, `/\`) {
		return Report{}, errors.New("it has no id")
	}
	return r, r.Result.Check()
}

// Report returns the report with an id as it is now.
func (o *Outbox) Report(id string) (Report, error) {
	all, err := o.Reports()
	if i := slices.IndexFunc(all, func(r Report) bool { return r.ID == id }); i >= 0 {
		return all[i], nil
	}
	return Report{}, errors.Join(&UnknownError{id}, err)
}

// UnknownError says that there is no report with an id.
type UnknownError struct{ ID string }

func (e *UnknownError) Error() string { return "there is no report " + e.ID }

// Unsent lists the results that their site has not got: they wait to be sent, or
// for a person.
func (o *Outbox) Unsent() ([]Report, error) {
	all, err := o.Unsettled()
	return slices.DeleteFunc(all, func(r Report) bool { return r.State == Taken }), err
}

// Unsettled lists the reports that are not done: to be sent, to be attached, or
// held.
func (o *Outbox) Unsettled() ([]Report, error) {
	all, err := o.Reports()
	return slices.DeleteFunc(all, func(r Report) bool { return r.State == Done || r.State == Withdrawn }), err
}

// Withdraw takes back a report that has not been sent; by is who wants that.
func (o *Outbox) Withdraw(ctx context.Context, id, by string) error {
	return o.decide(ctx, id, by, "withdrawn", func(r *Report) error {
		if r.State != Waiting && r.State != Held {
			return errors.New("this result has been sent already: reopen the match instead")
		}
		r.State = Withdrawn
		return nil
	})
}

// Release sends a held report after all, replacing the result that the match
// has if it has another one; by is who decided that.
func (o *Outbox) Release(ctx context.Context, id, by string) error {
	return o.decide(ctx, id, by, "released", func(r *Report) error {
		if r.State != Held {
			return fmt.Errorf("this report is not held but %s", r.State)
		}
		r.State, r.Replaces, r.Problem, r.Next = Waiting, true, "", time.Time{}
		return nil
	})
}

func (o *Outbox) decide(ctx context.Context, id, by, event string, change func(*Report) error) error {
	unlock, err := o.lock(ctx, sending)
	if err != nil {
		return err
	}
	defer unlock()
	r, err := o.Report(id)
	if err != nil {
		return err
	}
	if err := change(&r); err != nil {
		return err
	}
	if err := o.audit(r, event, by, r.Text); err != nil {
		return err
	}
	return o.write(r)
}

const auditFile = "audit.jsonl"

// audit appends a line and waits until it is on disk.
func (o *Outbox) audit(r Report, event, by, text string) error {
	line, err := json.Marshal(Entry{o.now().UTC(), event, r.ID, r.Match, by, text})
	if err != nil {
		return err
	}
	if err := o.append(append(line, '\n')); err != nil {
		return fmt.Errorf("the audit trail cannot be written: %w", err)
	}
	o.step("audited " + event)
	return nil
}

// append adds a line to the trail. After an error a part of it may stand there:
// others may have written behind it already, so it is not cut off.
func (o *Outbox) append(line []byte) error {
	o.trail.Lock()
	defer o.trail.Unlock()
	f, err := disk.Append(o.fs, filepath.Join(o.dir, auditFile), 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	// A crash may have left half a line, or one that only seems to be on the
	// disk: ours begins on a new one.
	if info.Size() > 0 && (!o.whole || !endsLine(f)) {
		line = append([]byte("\n"), line...)
	}
	if _, err = f.Write(line); err == nil {
		err = f.Sync()
	}
	o.whole = err == nil
	return err
}

// endsLine reports whether a file ends with a whole line.
func endsLine(f disk.File) bool {
	last := make([]byte, 1)
	if _, err := f.Seek(-1, io.SeekEnd); err != nil {
		return false
	}
	_, err := io.ReadFull(f, last)
	return err == nil && last[0] == '\n'
}

// Audit reads the trail. Lines that cannot be read, as a crash leaves them, are
// told in the error beside the others.
func (o *Outbox) Audit() ([]Entry, error) {
	data, err := o.fs.ReadFile(filepath.Join(o.dir, auditFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list []Entry
	var bad []string
	n := 0
	for line := range bytes.Lines(data) {
		n++
		var e Entry
		switch {
		case len(bytes.TrimSpace(line)) == 0:
		case json.Unmarshal(line, &e) == nil && e.Event != "":
			list = append(list, e)
		default:
			bad = append(bad, strconv.Itoa(n))
		}
	}
	if len(bad) > 0 {
		return list, fmt.Errorf("what a crash or a full disk cut off is not in this list: see line %s of %s", strings.Join(bad, ", "), filepath.Join(o.dir, auditFile))
	}
	return list, nil
}
