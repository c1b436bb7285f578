package challonge

import (
	"errors"
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
