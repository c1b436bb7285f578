package recording

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/gobancam/gobancam/internal/mask"
)

// Masked stands where a secret was.
const Masked = mask.Mark

// secretKey reports whether the value of a member of this name must never be
// written.
func secretKey(k string) bool {
	k = strings.ToLower(k)
	for _, part := range []string{"token", "secret", "password", "passwd", "jwt", "authorization", "cookie", "csrf", "api_key", "apikey", "code_verifier"} {
		if strings.Contains(k, part) {
			return true
		}
	}
	return k == "auth" || strings.HasSuffix(k, "_auth") || strings.HasSuffix(k, "-auth")
}

// MaskText is mask.Text.
func MaskText(s string, secrets ...string) string { return mask.Text(s, secrets...) }

// Mask returns the JSON text with its secrets replaced: the values of members
// whose names tell of tokens, passwords and keys, and within all strings what
// MaskText finds. Numbers are kept digit for digit. Text that is not JSON is
// returned as a JSON string, masked.
func Mask(text []byte, secrets ...string) json.RawMessage {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil || d.More() {
		return marshal(MaskText(string(text), secrets...))
	}
	return marshal(maskValue(v, secrets))
}

func maskValue(v any, secrets []string) any {
	switch v := v.(type) {
	case string:
		return MaskText(v, secrets...)
	case []any:
		for i := range v {
			v[i] = maskValue(v[i], secrets)
		}
	case map[string]any:
		for k, x := range v {
			if secretKey(k) && hides(x) {
				v[k] = Masked
				continue
			}
			m := maskValue(x, secrets)
			if clean := MaskText(k, secrets...); clean != k {
				delete(v, k)
				k = clean
			}
			v[k] = m
		}
	}
	return v
}

// hides reports whether the value of a secret's member can hold it: flags and
// absent values tell nothing.
func hides(v any) bool {
	switch v := v.(type) {
	case nil, bool:
		return false
	case string:
		return v != ""
	}
	return true
}

// marshal is json.Marshal without HTML escapes, for values that cannot fail.
func marshal(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return []byte(`null`)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
