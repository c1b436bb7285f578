package recording

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
)

// Masked stands where a secret was.
const Masked = "•••"

var (
	// JSON Web Tokens: three base64url parts, the first of which is a JSON
	// object and so begins with eyJ (RFC 7519).
	jwt = regexp.MustCompile(`eyJ[\w-]{5,}\.[\w-]+\.[\w-]*`)
	// "Authorization: Bearer …" and its kin (RFC 9110, section 11.4).
	scheme = regexp.MustCompile(`(?i)\b(bearer|basic|token)\s+[\w+/.~=-]{8,}`)
	// name=value in addresses and forms.
	param = regexp.MustCompile(`(?i)\b([\w-]*(?:token|secret|password|passwd|jwt|api[_-]?key|signature|code_verifier|[_-]auth)|code|pwd|auth|sid|sessionid)=[^&\s"'<>]+`)
	// user:password@ in addresses.
	userinfo = regexp.MustCompile(`(\w+://)[^/\s"'@]+@`)
)

// secretKey reports whether a member of that name is never to be written.
func secretKey(k string) bool {
	k = strings.ToLower(k)
	for _, part := range []string{"token", "secret", "password", "passwd", "jwt", "authorization", "cookie", "csrf", "api_key", "apikey", "code_verifier"} {
		if strings.Contains(k, part) {
			return true
		}
	}
	return k == "auth" || strings.HasSuffix(k, "_auth") || strings.HasSuffix(k, "-auth")
}

// MaskText returns s with what looks like a secret replaced: bearer tokens,
// JSON Web Tokens, passwords and keys in addresses, and the given secrets
// wherever they stand.
func MaskText(s string, secrets ...string) string {
	for _, x := range secrets {
		if len(x) >= 4 {
			s = strings.ReplaceAll(s, x, Masked)
		}
	}
	s = jwt.ReplaceAllString(s, Masked)
	s = scheme.ReplaceAllString(s, "$1 "+Masked)
	s = param.ReplaceAllString(s, "$1="+Masked)
	return userinfo.ReplaceAllString(s, "${1}"+Masked+"@")
}

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
	return marshal(mask(v, secrets))
}

func mask(v any, secrets []string) any {
	switch v := v.(type) {
	case string:
		return MaskText(v, secrets...)
	case []any:
		for i := range v {
			v[i] = mask(v[i], secrets)
		}
	case map[string]any:
		for k, x := range v {
			if secretKey(k) && hides(x) {
				v[k] = Masked
				continue
			}
			m := mask(x, secrets)
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

// marshal is json.Marshal of what cannot fail, without the escapes for HTML.
func marshal(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return []byte(`null`)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
