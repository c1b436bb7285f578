package challonge

import (
	"context"
	"errors"
	"net/http"
	"net/url"
)

// User is an account.
type User struct {
	ID       ID     `json:"id"`
	Username string `json:"username"`
	Email    string `json:"email,omitempty"`
}

func user(r *resource) (User, error) {
	var a struct {
		Username string `json:"username" plain:"name"`
		Name     string `json:"name" plain:"name"`
		Email    string `json:"email"`
	}
	if _, err := r.attributes(&a); err != nil {
		return User{}, err
	}
	if a.Username == "" {
		a.Username = a.Name
	}
	return User{r.ID, a.Username, a.Email}, nil
}

// Me says who is signed in. An application's own token has no user.
func (c *Client) Me(ctx context.Context) (User, error) {
	d := *c
	d.prefix, d.query = "", nil
	const path = "/me.json"
	return one(path, user)(d.get(ctx, path, nil))
}

// Community is a club that owns tournaments.
type Community struct {
	ID          ID     `json:"id"`
	Name        string `json:"name"`
	Subdomain   string `json:"subdomain,omitempty"` // its name in routes and addresses
	Description string `json:"description,omitempty"`
}

func community(r *resource) (Community, error) {
	var a struct {
		Name        string `json:"name" plain:"name"`
		Subdomain   string `json:"subdomain"`
		Permalink   string `json:"permalink"`
		Identifier  string `json:"identifier"`
		Description string `json:"description" plain:"text"`
	}
	if _, err := r.attributes(&a); err != nil {
		return Community{}, err
	}
	for _, s := range []string{a.Permalink, a.Identifier} {
		if a.Subdomain == "" {
			a.Subdomain = s
		}
	}
	return Community{r.ID, a.Name, a.Subdomain, a.Description}, nil
}

// Communities lists the communities of the account.
func (c *Client) Communities(ctx context.Context) ([]Community, error) {
	d := *c
	d.prefix, d.query = "", nil
	return pages(ctx, &d, "/communities.json", nil, func(x Community) ID { return x.ID }, community)
}

// Attachment is a link or a text at a match.
type Attachment struct {
	ID          ID     `json:"id"`
	URL         string `json:"url,omitempty"`
	Description string `json:"description,omitempty"`
}

func attachment(r *resource) (Attachment, error) {
	var a struct {
		URL         string `json:"url"`
		Description string `json:"description" plain:"text"`
	}
	if _, err := r.attributes(&a); err != nil {
		return Attachment{}, err
	}
	if r.ID == "" {
		return Attachment{}, errors.New("an attachment has no id")
	}
	return Attachment{r.ID, a.URL, a.Description}, nil
}

func attachmentsPath(t, m ID) string { return matchPath(t, m) + "/attachments" }

// Attachments lists the attachments of a match.
func (c *Client) Attachments(ctx context.Context, tournament, match ID) ([]Attachment, error) {
	return pages(ctx, c, attachmentsPath(tournament, match)+".json", nil, func(a Attachment) ID { return a.ID }, attachment)
}

// Attach adds a link, a text or both to a match. The tournament has to accept
// attachments (Tournament.AcceptAttachments).
func (c *Client) Attach(ctx context.Context, tournament, match ID, link, text string) (Attachment, error) {
	if link == "" && text == "" {
		return Attachment{}, errors.New("an attachment needs a link or a text")
	}
	content := struct {
		URL         string `json:"url,omitempty"`
		Description string `json:"description,omitempty"`
	}{link, text}
	path := attachmentsPath(tournament, match) + ".json"
	return one(path, attachment)(c.change(ctx, http.MethodPost, path, body("MatchAttachment", content)))
}

// Detach deletes an attachment.
func (c *Client) Detach(ctx context.Context, tournament, match, id ID) error {
	_, err := c.change(ctx, http.MethodDelete, attachmentsPath(tournament, match)+"/"+url.PathEscape(string(id))+".json", nil)
	return err
}
