package challonge

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode"
)

const hostile = "Eve\x1b[31m\u009b2J\u202emoc\u200b\U000e0041\r\n\u2028x"

// clean complains of what a terminal would obey or a reader would not see.
func clean(t *testing.T, what, s string, lines bool) {
	t.Helper()
	if !strings.Contains(s, "Eve") || strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) && !(lines && r == '\n') || unicode.In(r, unicode.Bidi_Control, unicode.Zl) || r == '\u200b' || r == 0xe0041
	}) {
		t.Errorf("%s is %q", what, s)
	}
}

// TestRepliesAreMadePlain puts a hostile text into every attribute of a reply.
func TestRepliesAreMadePlain(t *testing.T) {
	attributes := map[string]any{}
	for _, name := range []string{"name", "tournament_type", "url", "full_challonge_url", "game_name", "state", "description",
		"username", "misc", "email", "identifier", "subdomain", "permalink"} {
		attributes[name] = hostile
	}
	attributes["group_stage_options"] = map[string]any{"stage_type": hostile}
	a, err := json.Marshal(attributes)
	if err != nil {
		t.Fatal(err)
	}
	r := &resource{ID: "1", Attributes: a}
	tour, err1 := tournament(r)
	p, err2 := participant(r)
	m, err3 := match(r)
	u, err4 := user(r)
	c, err5 := community(r)
	at, err6 := attachment(r)
	for _, err := range []error{err1, err2, err3, err4, err5, err6} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for what, s := range map[string]string{"name": tour.Name, "type": tour.Type, "slug": tour.Slug, "page": tour.Page, "game": tour.Game, "state": tour.State,
		"participant": p.Name, "username": p.Username, "remark": p.Misc, "match": m.Identifier, "its state": m.State, "user": u.Username, "email": u.Email,
		"community": c.Name, "subdomain": c.Subdomain, "link": at.URL} {
		clean(t, what, s, false)
	}
	for what, s := range map[string]string{"description": tour.Description, "the community's": c.Description, "the attachment's": at.Description} {
		clean(t, what, s, true)
	}
	var b strings.Builder
	if err := WriteBracket(&b, tour, []Participant{p}, []Match{{ID: "1", Player1: "1", Player2: "2", Identifier: "A", Round: 1}}); err != nil {
		t.Fatal(err)
	}
	clean(t, "the bracket", b.String(), true)
}

// TestErrorsAreMadePlain puts it into the errors of a reply, in each form.
func TestErrorsAreMadePlain(t *testing.T) {
	text, err := json.Marshal(hostile)
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []string{`{"errors":%s}`, `{"errors":[{"detail":%s,"source":{"pointer":%[1]s}}]}`, `{"errors":{%s:[%[1]s]}}`, `{"error":"x","error_description":%s}`} {
		details := parseErrors(fmt.Appendf(nil, form, text))
		clean(t, form, (&Error{Status: 422, Details: details}).Error(), false)
	}
	many := parseErrors([]byte(`{"errors":[` + strings.Repeat(`"`+strings.Repeat("x", 1000)+`",`, 999) + `"y"]}`))
	if s := (&Error{Status: 422, Details: many}).Error(); len(s) > 4000 {
		t.Errorf("an error has %d bytes", len(s))
	}
}

// TestIDsAreNoPaths refuses ids that would lead a file or an address elsewhere.
func TestIDsAreNoPaths(t *testing.T) {
	for _, s := range []string{"../../x", "a/b", `a\b`, ".", "..", "a b", "\x1b[2J", "\u202e1", strings.Repeat("1", 200)} {
		var id ID
		text, _ := json.Marshal(s)
		if err := json.Unmarshal(text, &id); err == nil {
			t.Errorf("%q is the id %q", s, id)
		}
	}
}
