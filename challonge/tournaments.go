package challonge

import (
	"cmp"
	"errors"
	"net/url"
	"strings"
	"time"
)

// The forms of a tournament.
const (
	SingleElimination = "single elimination"
	DoubleElimination = "double elimination"
	RoundRobin        = "round robin"
	Swiss             = "swiss"
	FreeForAll        = "free for all"
)

// The states of a tournament as it tells them. There may be others.
const (
	TournamentPending         = "pending"
	TournamentGroupStage      = "group_stages_underway"
	TournamentGroupStageFinal = "group_stages_finalized"
	TournamentUnderway        = "underway"
	TournamentAwaitingReview  = "awaiting_review" // every match is reported
	TournamentComplete        = "complete"
)

// Tournament is a tournament as Challonge describes it.
type Tournament struct {
	ID                ID     `json:"id"`
	Name              string `json:"name"`
	Type              string `json:"tournament_type"` // SingleElimination, …
	Slug              string `json:"url"`             // the last part of its address
	Page              string `json:"page,omitempty"`  // its address for people, if told
	Game              string `json:"game_name,omitempty"`
	State             string `json:"state"` // TournamentPending, …
	Description       string `json:"description,omitempty"`
	Private           bool   `json:"private"`
	Participants      int    `json:"participants,omitempty"` // how many, if told
	AcceptAttachments bool   `json:"accept_attachments"`
	// GroupType is the form of the groups that are played before, empty where
	// there are none; Type is that of what comes after them.
	GroupType   string    `json:"group_type,omitempty"`
	StartsAt    time.Time `json:"starts_at,omitzero"`
	StartedAt   time.Time `json:"started_at,omitzero"`
	CompletedAt time.Time `json:"completed_at,omitzero"`
	CreatedAt   time.Time `json:"created_at,omitzero"`
}

func tournament(r *resource) (Tournament, error) {
	var a struct {
		Name         string `json:"name" plain:"name"`
		Type         string `json:"tournament_type"`
		URL          string `json:"url"`
		Page         string `json:"full_challonge_url"`
		Game         string `json:"game_name"`
		State        string `json:"state"`
		Description  string `json:"description" plain:"text"`
		Private      truth  `json:"private"`
		Participants number `json:"participants_count"`
		Accept       truth  `json:"accept_attachments"`
		StartsAt     moment `json:"starts_at"`
		Grouped      truth  `json:"group_stage_enabled"`
		Groups       struct {
			Type string `json:"stage_type"`
		} `json:"group_stage_options"`
		MatchOptions struct {
			Accept truth `json:"accept_attachments"`
		} `json:"match_options"`
		Timestamps struct {
			StartsAt    moment `json:"starts_at"`
			StartedAt   moment `json:"started_at"`
			CompletedAt moment `json:"completed_at"`
			CreatedAt   moment `json:"created_at"`
		} `json:"timestamps"`
	}
	if _, err := r.attributes(&a); err != nil {
		return Tournament{}, err
	}
	if r.ID == "" {
		return Tournament{}, errors.New("a tournament has no id")
	}
	t := Tournament{ID: r.ID, Name: a.Name, Type: a.Type, Slug: a.URL, Page: a.Page, Game: a.Game, State: a.State,
		Description: a.Description, Private: bool(a.Private), Participants: int(a.Participants),
		AcceptAttachments: bool(a.Accept || a.MatchOptions.Accept),
		StartsAt:          time.Time(a.StartsAt), StartedAt: time.Time(a.Timestamps.StartedAt),
		CompletedAt: time.Time(a.Timestamps.CompletedAt), CreatedAt: time.Time(a.Timestamps.CreatedAt)}
	if a.Grouped {
		t.GroupType = cmp.Or(a.Groups.Type, RoundRobin)
	}
	if t.StartsAt.IsZero() {
		t.StartsAt = time.Time(a.Timestamps.StartsAt)
	}
	return t, nil
}

// The filters of the list of tournaments.
const (
	ListPending    = "pending"
	ListInProgress = "in_progress"
	ListEnded      = "ended"
)

// TournamentFilter narrows a list; zero fields do not.
type TournamentFilter struct {
	State         string // ListPending, ListInProgress, ListEnded
	Type          string // SingleElimination, …
	CreatedAfter  time.Time
	CreatedBefore time.Time
}

// TournamentFields are what is given when a tournament is made or changed. A
// change sends only what is set.
type TournamentFields struct {
	Name        string     `json:"name,omitempty"`
	Type        string     `json:"tournament_type,omitempty"` // SingleElimination, …
	Slug        string     `json:"url,omitempty"`             // letters, digits and underscores; made up by Challonge if empty
	Game        string     `json:"game_name,omitempty"`
	Description string     `json:"description,omitempty"`
	Private     *bool      `json:"private,omitempty"`
	StartsAt    *time.Time `json:"starts_at,omitempty"`

	Match      *MatchOptions  `json:"match_options,omitempty"`
	RoundRobin *PointsOptions `json:"round_robin_options,omitempty"`
	Swiss      *PointsOptions `json:"swiss_options,omitempty"`
	GroupStage *bool          `json:"group_stage_enabled,omitempty"`
	Groups     *GroupOptions  `json:"group_stage_options,omitempty"`
}

// MatchOptions concern the matches of a tournament.
type MatchOptions struct {
	// ThirdPlace is 3 for a match for the third place; it cannot be smaller,
	// and is left out for none.
	ThirdPlace        int   `json:"consolation_matches_target_rank,omitempty"`
	AcceptAttachments *bool `json:"accept_attachments,omitempty"`
}

// PointsOptions concern round robin (Iterations) and Swiss (Rounds).
type PointsOptions struct {
	Iterations int `json:"iterations,omitempty"`
	Rounds     int `json:"rounds,omitempty"`
}

// GroupOptions concern a stage of groups before the last one.
type GroupOptions struct {
	Type    string `json:"stage_type,omitempty"` // RoundRobin, SingleElimination or DoubleElimination
	Size    int    `json:"group_size,omitempty"`
	Advance int    `json:"participant_count_to_advance_per_group,omitempty"` // how many of each group go on
}

// A Step takes a tournament from one state to another.
type Step string

// The steps.
const (
	StartGroupStage    Step = "start_group_stage"
	FinalizeGroupStage Step = "finalize_group_stage"
	Start              Step = "start"
	Finalize           Step = "finalize"
	Reset              Step = "reset" // deletes every match and result
)

// Next is the step that takes a tournament further when everything before it is
// done: from its making to the groups, if it has any, over their end to the last
// stage, and to its end. It is empty after that.
func (t Tournament) Next() Step {
	switch t.State {
	case TournamentComplete:
		return ""
	case TournamentGroupStage:
		return FinalizeGroupStage
	case TournamentGroupStageFinal:
		return Start
	case TournamentUnderway, TournamentAwaitingReview:
		return Finalize
	}
	if t.GroupType != "" {
		return StartGroupStage
	}
	return Start
}

// TypeOf is the form of the stage that a match belongs to.
func (t Tournament) TypeOf(m Match) string {
	if m.Group != "" {
		return cmp.Or(t.GroupType, RoundRobin)
	}
	return t.Type
}

func (f TournamentFilter) query() url.Values {
	q := url.Values{}
	set := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		}
	}
	set("state", f.State)
	set("type", strings.ReplaceAll(f.Type, " ", "_"))
	// The documented form of a date here is mm/dd/yyyy.
	if !f.CreatedAfter.IsZero() {
		q.Set("created_after", f.CreatedAfter.Format("01/02/2006"))
	}
	if !f.CreatedBefore.IsZero() {
		q.Set("created_before", f.CreatedBefore.Format("01/02/2006"))
	}
	return q
}
