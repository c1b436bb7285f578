// Package mask takes secrets out of text that is shown, logged or kept: out of
// addresses (Address) and out of anything that the protocols in use carry
// (Text). What it returns can be shown to anybody and masks to itself.
package mask

import (
	"net/url"
	"regexp"
	"strings"
)

// Mark stands where a secret was.
const Mark = "***"

var (
	// Parameters that carry secrets, as OAuth, the Go servers and common cameras
	// call them (loginpas and psw among them).
	nameOfSecret = regexp.MustCompile(`(?i)^(.*(pass|pwd|psw|token|secret|jwt|cred|signature|api[_.-]?key|code_verifier|session[_.-]?id|[_-]auth).*|.*pas|pw|auth|key|sid|sig|session|code)$`)
	// A parameter p is a password beside one that names a user.
	nameOfUser = regexp.MustCompile(`(?i)[?&;#](u|usr|user|username|login|account)=`)
	// Cameras take "rtsp://host/user=admin_password=secret_channel=1.sdp": the
	// underscore before another name ends a value in a path.
	pathSecret = regexp.MustCompile(`(?i)(password|passwd|passw|pass|pwd|psw|token|secret)=`)
	nextName   = regexp.MustCompile(`_[A-Za-z]+=`)
	scheme     = regexp.MustCompile(`^\s*[A-Za-z][A-Za-z0-9+.-]*:[/\\]*`)
)

// Address returns an address with its passwords replaced by Mark: user:***@ for
// the one before the host, name=*** for those in the query, the fragment and
// the path. A user alone, which may be a token, becomes ***@. It takes any text,
// also what url.Parse refuses, and rather hides too much than too little. What
// is no address ("0", "/dev/video2", a file's name) comes back as it is.
func Address(address string) string {
	head := scheme.FindString(address)
	rest := address[len(head):]
	if head == "" && !strings.Contains(rest, "@") && !strings.Contains(rest, "?") {
		return address
	}
	if strings.HasPrefix(rest, "/") || strings.HasPrefix(rest, `\`) {
		return address // a file
	}
	authority, path := rest, ""
	if i := strings.IndexAny(rest, `/?#\`); i >= 0 {
		authority, path = rest[:i], rest[i:]
	}
	if !strings.Contains(authority, "@") && strings.Contains(path, "@") && !hostPort(authority) {
		// A password with a slash in it that was not escaped.
		i := strings.LastIndex(path, "@")
		authority, path = authority+path[:i+1], path[i+1:]
		if j := strings.IndexAny(path, `/?#\`); j >= 0 {
			authority, path = authority+path[:j], path[j:]
		} else {
			authority, path = authority+path, ""
		}
	}
	return head + maskUser(authority, strings.Contains(head, "/")) + maskPath(path)
}

// HasSecret reports whether an address holds a secret.
func HasSecret(address string) bool { return Address(address) != address }

// hostPort reports whether an authority without a user can be one: a port is a
// number.
func hostPort(authority string) bool {
	i := strings.LastIndex(authority, ":")
	return i < 0 || strings.HasSuffix(authority, "]") || strings.Trim(authority[i+1:], "0123456789") == ""
}

// maskUser masks what stands before the host. full says that the address began
// as one with an authority does, so that a user alone is one.
func maskUser(authority string, full bool) string {
	i := strings.LastIndex(authority, "@")
	if i < 0 {
		return authority
	}
	user, host := authority[:i], authority[i:]
	name, password, both := strings.Cut(user, ":")
	switch {
	case both && password == "":
	case both:
		user = name + ":" + Mark
	case user != "" || !full:
		user = Mark
	}
	return user + host
}

// maskPath masks the values of parameters with telling names.
func maskPath(path string) string {
	var b strings.Builder
	inPath, user := true, nameOfUser.MatchString(path)
	for path != "" {
		end := len(path)
		if i := strings.IndexAny(path[1:], `/?&;#`); i >= 0 {
			end = i + 1
		}
		part := path[:end]
		path = path[end:]
		if part[0] == '?' || part[0] == '#' {
			inPath = false
		}
		b.WriteString(maskPart(part, inPath, user))
	}
	return b.String()
}

// maskPart masks one parameter, or one element of a path, with what separates
// it from the one before. user says that a parameter of the address names one.
func maskPart(part string, inPath, user bool) string {
	if inPath {
		if m := pathSecret.FindStringIndex(part); m != nil {
			value, after := part[m[1]:], ""
			if next := nextName.FindStringIndex(value); next != nil {
				value, after = value[:next[0]], maskPart(value[next[0]:], true, user)
			}
			if value != "" {
				value = Mark
			}
			return part[:m[1]] + value + after
		}
		return part
	}
	name, value, ok := strings.Cut(part, "=")
	if !ok || value == "" {
		return part
	}
	plain := strings.TrimLeft(name, "?&;#")
	if s, err := url.QueryUnescape(plain); err == nil {
		plain = s
	}
	if !nameOfSecret.MatchString(plain) && !(user && strings.EqualFold(plain, "p")) {
		return part
	}
	return name + "=" + Mark
}
