package ogs

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"strconv"

	"github.com/gobancam/gobancam/internal/web"
)

// Upload puts a game record into the user's own library, as a file of this
// name, which the website's library does as well: a form with one file to
// me/games/sgf/COLLECTION. Collection 0 is the library's top. A server that
// answered took the record; which game it became there is not told, so that an
// upload that broke off is not repeated.
func (c *Client) Upload(ctx context.Context, collection ID, name string, sgf []byte) error {
	path := "/api/v1/me/games/sgf/" + strconv.FormatInt(int64(collection), 10)
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	file, err := form.CreateFormFile("file", name)
	if err == nil {
		_, err = file.Write(sgf)
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		return fmt.Errorf("ogs: %w", err)
	}
	if c.opt.Tokens == nil {
		return fmt.Errorf("%w: there is no access token", ErrSignIn)
	}
	for again := false; ; again = true {
		data, token, err := c.post(ctx, path, form.FormDataContentType(), body.Bytes())
		if err == nil {
			return uploaded(path, data)
		}
		if again || token == "" || !unauthorized(err) {
			return err
		}
		c.opt.Tokens.Refused(token)
	}
}

// uploaded reads the answer: {"success": "Files uploaded"}, or an error that
// came with a status of success.
func uploaded(path string, data []byte) error {
	var w struct{ Success, Error text }
	if err := json.Unmarshal(data, &w); err != nil {
		return &APIError{Method: http.MethodPost, Path: path, Status: http.StatusOK, Message: "the answer is not the JSON that was expected (" + excerpt(data) + ")"}
	}
	if w.Success == "" {
		return &APIError{Method: http.MethodPost, Path: path, Status: http.StatusOK, Message: "the record was not taken (" + excerpt(data) + ")"}
	}
	return nil
}

// post makes one signed request with a body of any type.
func (c *Client) post(ctx context.Context, path, contentType string, body []byte) (data []byte, token string, err error) {
	ctx, cancel := context.WithTimeout(c.Context(ctx), c.timing.Request+c.timing.RetryMax)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base.String()+path, bytes.NewReader(body))
	if err != nil {
		return nil, "", fmt.Errorf("ogs: %w", err)
	}
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("Accept", "application/json")
	t, err := c.opt.Tokens.TokenContext(ctx)
	if err != nil {
		return nil, "", fmt.Errorf("ogs: %w", err)
	}
	if token = t.AccessToken; token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := c.http.Do(req)
	if wait, ok := asWait(err); ok {
		return nil, token, &APIError{Method: http.MethodPost, Path: path, Status: http.StatusTooManyRequests, RetryAfter: wait}
	} else if err != nil {
		return nil, token, &UnreachableError{Server: c.base.Host, Err: err}
	}
	defer resp.Body.Close()
	if data, err = web.Body(resp.Body, maxBody); err != nil {
		return nil, token, &UnreachableError{Server: c.base.Host, Err: err}
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return nil, token, newAPIError(http.MethodPost, path, resp, data)
	}
	return data, token, nil
}
