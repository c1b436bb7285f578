package ogs

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode"
)

const hostile = "Eve\x1b[31m\u009b2J\u202emoc\u200b\U000e0041\r\n\u2028x"

// stringsIn calls f with every string in v, whatever it is made of.
func stringsIn(v reflect.Value, f func(string)) {
	switch v.Kind() {
	case reflect.String:
		f(v.String())
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				stringsIn(v.Field(i), f)
			}
		}
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			stringsIn(v.Elem(), f)
		}
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() != reflect.Uint8 {
			for i := range v.Len() {
				stringsIn(v.Index(i), f)
			}
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			stringsIn(k, f)
			stringsIn(v.MapIndex(k), f)
		}
	}
}

// poisoned is a JSON text with every string in it replaced by a hostile one,
// those of the named members excepted.
func poisoned(t *testing.T, text string, but ...string) []byte {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	var poison func(v any, name string) any
	poison = func(v any, name string) any {
		switch v := v.(type) {
		case string:
			for _, b := range but {
				if b == name {
					return v
				}
			}
			return hostile
		case []any:
			for i := range v {
				v[i] = poison(v[i], name)
			}
		case map[string]any:
			for k := range v {
				v[k] = poison(v[k], k)
			}
		}
		return v
	}
	b, err := json.Marshal(poison(v, ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestWordsOfTheServerAreMadePlain puts a hostile text wherever the server has
// words of its own or of others.
func TestWordsOfTheServerAreMadePlain(t *testing.T) {
	check := func(what string, v any, err error) {
		t.Helper()
		if err != nil {
			t.Errorf("%s: %v", what, err)
			return
		}
		n := 0
		stringsIn(reflect.ValueOf(v), func(s string) {
			if strings.Contains(s, "Eve") {
				n++
			}
			if strings.ContainsFunc(s, func(r rune) bool {
				return unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control, unicode.Zl) || r == '\u200b' || r == 0xe0041
			}) {
				t.Errorf("%s has %q", what, s)
			}
		})
		if n == 0 {
			t.Errorf("%s has no hostile text", what)
		}
	}
	st, err := decodeGameData(poisoned(t, gameText, "phase", "komi", "initial_player", "black", "white", "id"), 8)
	check("game data", st, err)
	var p Player
	check("a player", &p, json.Unmarshal(poisoned(t, `{"id":1,"username":"x","ranking":20}`), &p))
	var c PendingChallenge
	check("a challenge", &c, json.Unmarshal(poisoned(t, `{"id":1,"challenger":{"id":2,"username":"x"},"challenged":{"id":3,"username":"x"},"game":{"id":4,"name":"x","rules":"x","width":9,"height":9}}`), &c))
	check("the seek graph", decodeSeeks(poisoned(t, `[{"challenge_id":1,"username":"x","name":"x","rules":"x","challenger_color":"x","time_control":"x"}]`)), nil)
	check("an error", decodeServerError(poisoned(t, `{"code":"x","message":"x"}`)), nil)
	check("another error", decodeServerError(poisoned(t, `"x"`)), nil)
	for _, form := range []string{`{"detail":"x"}`, `{"name":["x"]}`} {
		check("a refusal", errorMessage(poisoned(t, form)), nil)
	}
	check("a page", errorMessage([]byte("<h1>"+hostile+"</h1>")), nil)
	var n Notification
	check("a notification", &n, json.Unmarshal(poisoned(t, `{"id":"1","type":"x","user":{"id":1,"username":"x"},"message":"x","outcome":"x"}`, "id"), &n))
}
