package challonge

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/gobancam/gobancam/internal/plain"
)

// ID is Challonge's name of a thing. JSON:API sends it as a string, some
// attributes as a number: it is decoded from both and empty for null.
type ID string

// UnmarshalJSON takes a string, an integer or null.
func (id *ID) UnmarshalJSON(data []byte) error {
	data = bytes.TrimSpace(data)
	switch {
	case len(data) == 0 || bytes.Equal(data, []byte("null")):
		*id = ""
	case data[0] == '"':
		var s string
		if err := json.Unmarshal(data, &s); err != nil {
			return err
		}
		if !idLike(s) {
			return fmt.Errorf("%.40q is not an id", s)
		}
		*id = ID(s)
	default:
		if _, err := strconv.ParseInt(string(data), 10, 64); err != nil {
			return fmt.Errorf("%.40q is not an id", data)
		}
		*id = ID(data)
	}
	return nil
}

// idLike reports whether s can be the name of a thing: it goes into addresses,
// into the names of files and onto the screen, so it is of letters, digits and
// a few signs.
func idLike(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-_.:", c) >= 0) {
			return false
		}
	}
	return len(s) <= 100 && strings.Trim(s, ".") == s
}

// number decodes an integer that may come as a number, a string or null.
type number int

func (n *number) UnmarshalJSON(data []byte) error {
	text := strings.Trim(string(bytes.TrimSpace(data)), `" `)
	if text == "" || text == "null" {
		*n = 0
		return nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f != float64(int32(f)) {
		return fmt.Errorf("%.40q is not a whole number", data)
	}
	*n = number(f)
	return nil
}

// truth decodes a boolean that may come as a boolean, 0 or 1, a string or null.
type truth bool

func (t *truth) UnmarshalJSON(data []byte) error {
	switch strings.ToLower(strings.Trim(string(bytes.TrimSpace(data)), `" `)) {
	case "true", "1":
		*t = true
	case "false", "0", "null", "":
		*t = false
	default:
		return fmt.Errorf("%.40q is neither true nor false", data)
	}
	return nil
}

// moment decodes a time; null, an empty or an unknown form is the zero time,
// since no decision rests on one.
type moment time.Time

func (m *moment) UnmarshalJSON(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) != nil {
		*m = moment{}
		return nil
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05Z0700", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05 UTC", "2006-01-02"} {
		if t, err := time.Parse(layout, text); err == nil {
			*m = moment(t)
			return nil
		}
	}
	*m = moment{}
	return nil
}

// lenient decodes a T, and what is none as its zero value.
type lenient[T any] struct{ v T }

func (l *lenient[T]) UnmarshalJSON(data []byte) error {
	if json.Unmarshal(data, &l.v) != nil {
		l.v = *new(T)
	}
	return nil
}

// document is the outermost object of a JSON:API reply.
type document struct {
	Data   json.RawMessage `json:"data"`
	Errors json.RawMessage `json:"errors"`
	Meta   struct {
		Count *number `json:"count"`
	} `json:"meta"`
}

// resource is one thing in a document.
type resource struct {
	ID            ID              `json:"id"`
	Type          string          `json:"type"`
	Attributes    json.RawMessage `json:"attributes"`
	Relationships relationships   `json:"relationships"`
}

// relationships maps names to the things they point to. In one reply they
// stand beside the attributes, in another one among them.
type relationships map[string]relation

type relation struct{ ID ID }

func (r *relation) UnmarshalJSON(data []byte) error {
	// {"data":{"id":"1","type":"participant"}}; data may be null, or a list.
	var v struct {
		Data json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(data, &v); err != nil {
		return nil // links alone, or a form that carries no id
	}
	var one struct {
		ID ID `json:"id"`
	}
	if json.Unmarshal(v.Data, &one) == nil {
		r.ID = one.ID
	}
	return nil
}

// attributes decodes r's attributes into v and returns r's relationships from
// wherever they are.
func (r *resource) attributes(v any) (relationships, error) {
	if len(r.Attributes) == 0 || bytes.Equal(r.Attributes, []byte("null")) {
		return nil, errors.New("a resource has no attributes")
	}
	if err := json.Unmarshal(r.Attributes, v); err != nil {
		return nil, err
	}
	makePlain(reflect.ValueOf(v).Elem(), "")
	rel := relationships{}
	var inside struct {
		Relationships relationships `json:"relationships"`
	}
	if json.Unmarshal(r.Attributes, &inside) == nil {
		for name, to := range inside.Relationships {
			rel[name] = to
		}
	}
	for name, to := range r.Relationships {
		if to.ID != "" {
			rel[name] = to
		}
	}
	return rel, nil
}

// makePlain makes all strings in v fit to be shown, as their fields' tags say:
// plain:"name" is a name of somebody or something, plain:"text" may have several
// lines, what has no tag is one line.
func makePlain(v reflect.Value, tag string) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if t := v.Type().Field(i); t.IsExported() {
				makePlain(v.Field(i), t.Tag.Get("plain"))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			makePlain(v.Index(i), tag)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			makePlain(v.Elem(), tag)
		}
	case reflect.String:
		switch tag {
		case "name":
			v.SetString(plain.Name(v.String()))
		case "text":
			v.SetString(plain.Text(v.String()))
		default:
			v.SetString(plain.Line(v.String()))
		}
	}
}

// parseOne decodes a document with one thing in it.
func parseOne[T any](body []byte, from func(*resource) (T, error)) (T, error) {
	var zero T
	var doc document
	if err := json.Unmarshal(body, &doc); err != nil {
		return zero, err
	}
	var r resource
	if len(doc.Data) == 0 {
		return zero, errors.New("the reply has no data")
	}
	if err := json.Unmarshal(doc.Data, &r); err != nil {
		return zero, err
	}
	return from(&r)
}

// parseList decodes a document with a list in it; count is the number of things
// on all pages, -1 where the reply does not say.
func parseList[T any](body []byte, from func(*resource) (T, error)) (list []T, count int, err error) {
	var doc document
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, 0, err
	}
	var rs []*resource
	if len(doc.Data) == 0 {
		return nil, 0, errors.New("the reply has no data")
	}
	if err := json.Unmarshal(doc.Data, &rs); err != nil {
		return nil, 0, err
	}
	for _, r := range rs {
		if r == nil {
			continue // seen: null among participants
		}
		v, err := from(r)
		if err != nil {
			return nil, 0, err
		}
		list = append(list, v)
	}
	count = -1
	if doc.Meta.Count != nil {
		count = int(*doc.Meta.Count)
	}
	return list, count, nil
}

// body is the request's document: a type and attributes.
func body(kind string, attributes any) any {
	type data struct {
		Type       string `json:"type"`
		Attributes any    `json:"attributes"`
	}
	return struct {
		Data data `json:"data"`
	}{data{kind, attributes}}
}
