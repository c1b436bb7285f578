package credentials

import (
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"strings"
)

// Mask shortens a secret to what tells two of them apart in a log: the first
// four characters of a long one, and nothing but the length of a short one.
func Mask(secret string) string {
	switch n := len(secret); {
	case n == 0:
		return ""
	case n < 20:
		return fmt.Sprintf("…(%d)", n)
	default:
		return fmt.Sprintf("%.4s…(%d)", secret, n)
	}
}

// String shows c with its secrets masked.
func (c Credential) String() string {
	var parts []string
	if c.Token != nil {
		parts = append(parts, "access "+Mask(c.Token.AccessToken))
		if c.Token.RefreshToken != "" {
			parts = append(parts, "refresh "+Mask(c.Token.RefreshToken))
		}
		if !c.Token.Expiry.IsZero() {
			parts = append(parts, "until "+c.Token.Expiry.UTC().Format("2006-01-02 15:04:05Z"))
		}
	}
	if c.Secret != "" {
		parts = append(parts, "key "+Mask(c.Secret))
	}
	return strings.Join(parts, ", ")
}

// GoString keeps %#v from printing the secrets.
func (c Credential) GoString() string { return "credentials.Credential{" + c.String() + "}" }

// LogValue keeps slog from printing the secrets.
func (c Credential) LogValue() slog.Value { return slog.StringValue(c.String()) }

// FromEnvironment returns the secret that the environment variable name holds,
// or the content of the file that name_FILE points to, without the white space
// around it; empty if neither is set. That is how scripts and bots are given
// one: never by a flag, which every process of the machine can read. The
// second result says where it came from.
func FromEnvironment(name string) (secret, from string, err error) {
	if v := strings.TrimSpace(os.Getenv(name)); v != "" {
		return v, "the environment variable " + name, nil
	}
	path := os.Getenv(name + "_FILE")
	if path == "" {
		return "", "", nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return "", "", fmt.Errorf("%s_FILE points to a file that cannot be read: %w", name, err)
	}
	if info, err := os.Stat(path); err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		slog.Warn("others on this machine can read a file with a secret; chmod 600 it", "path", path)
	}
	v := strings.TrimSpace(string(data))
	if v == "" {
		return "", "", fmt.Errorf("%s_FILE points to %s, which is empty", name, path)
	}
	return v, "the file " + path, nil
}
