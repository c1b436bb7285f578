package mask

import (
	"regexp"
	"strings"
)

// The places where the protocols in use carry secrets: headers, parameters of
// forms and queries, members of JSON objects, addresses, and JSON Web Tokens
// (RFC 7519: three base64url parts, the first of which is a JSON object and so
// begins with eyJ) anywhere.
var (
	jwt    = regexp.MustCompile(`eyJ[\w-]{5,}\.[\w-]+\.[\w-]*`)
	header = regexp.MustCompile(`(?i)\b(authorization:?\s+)(bearer\s+|basic\s+|token\s+)?([^\s"',;]+)`)
	bearer = regexp.MustCompile(`(?i)\b(bearer|basic|token)(\s+)[\w+/.~=-]{8,}`)
	param  = regexp.MustCompile(`(?i)(^|[?&;\s"'(])([\w-]*(?:token|secret|password|passwd|jwt|api[_-]?key|signature|code_verifier|device_code|[_-]auth)|code|pwd|auth|sid|sessionid)=([^&\s"'<>]*[^&\s"'<>.,:;!?)])`)
	member = regexp.MustCompile(`(?i)("(?:[\w-]*(?:token|secret|password|passwd|jwt|api_?key|code_verifier|device_code|[_-]auth)|auth)"\s*:\s*")((?:[^"\\]|\\.)*)(")`)
	addr   = regexp.MustCompile(`[A-Za-z][A-Za-z0-9+.-]*://[^\s"'<>]+`)
)

// inSentence is Address for one that a sentence goes on behind.
func inSentence(address string) string {
	plain := strings.TrimRight(address, ".,:;!?)")
	return Address(plain) + address[len(plain):]
}

// Text returns s with what looks like a secret replaced by Mark: bearer tokens,
// JSON Web Tokens, passwords and keys in forms, JSON and addresses, and the
// given secrets (of four bytes at least) wherever they stand. Text in which
// nothing looks secret comes back as it was.
func Text(s string, secrets ...string) string {
	for _, x := range secrets {
		if len(x) >= 4 {
			s = strings.ReplaceAll(s, x, Mark)
		}
	}
	s = jwt.ReplaceAllString(s, Mark)
	s = addr.ReplaceAllStringFunc(s, inSentence)
	s = member.ReplaceAllString(s, "${1}"+Mark+"${3}")
	s = header.ReplaceAllString(s, "${1}${2}"+Mark)
	s = bearer.ReplaceAllString(s, "${1}${2}"+Mark)
	return param.ReplaceAllString(s, "${1}${2}="+Mark)
}
