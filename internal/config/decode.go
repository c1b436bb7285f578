package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"github.com/gobancam/gobancam/gtp"
	"github.com/gobancam/gobancam/ogs"
)

// decode sets what the file says, and returns what is wrong with it. Names of
// tables and keys count in any case, as they always have.
func (c *Config) decode(file, text string) (faults []error) {
	var tables map[string]toml.Primitive
	meta, err := toml.Decode(text, &tables)
	if err != nil {
		var at toml.ParseError
		if errors.As(err, &at) {
			return []error{fmt.Errorf("line %d: %s", at.Position.Line, at.Message)}
		}
		return []error{err}
	}
	for _, name := range slices.Sorted(maps.Keys(tables)) {
		table := strings.ToLower(name)
		switch {
		case table == "engines":
			faults = append(faults, c.decodeEngines(meta, tables[name])...)
		case table == "challenge":
			faults = append(faults, c.decodeChallenges(meta, tables[name])...)
		case !slices.Contains(tableNames(), table):
			faults = append(faults, unknown(fmt.Sprintf("there is no [%s]", name), table, bracketed(tableNames())))
		default:
			var keys map[string]toml.Primitive
			if err := meta.PrimitiveDecode(tables[name], &keys); err != nil || meta.Type(name) != "Hash" {
				faults = append(faults, fmt.Errorf("%s is a table: its keys stand in lines below [%s]", name, name))
				continue
			}
			for _, key := range slices.Sorted(maps.Keys(keys)) {
				if err := c.decodeKey(meta, file, table, key, keys[key]); err != nil {
					faults = append(faults, err)
				}
			}
		}
	}
	return faults
}

func (c *Config) decodeKey(meta toml.MetaData, file, table, name string, value toml.Primitive) error {
	k := Find(table + "." + strings.ToLower(name))
	if k == nil {
		return unknown(fmt.Sprintf("there is no %s in [%s]", name, table), strings.ToLower(name), keyNames(table))
	}
	if k.at == nil {
		return fmt.Errorf("%s is never read from the file: it is a secret, and given by %s or %s_FILE", k.Name, k.Env(), k.Env())
	}
	to := k.at(c)
	var err error
	if d, ok := to.(*time.Duration); ok {
		var text string
		if err = meta.PrimitiveDecode(value, &text); err == nil {
			*d, err = parseDuration(text)
		}
	} else {
		err = meta.PrimitiveDecode(value, to)
	}
	if err == nil && k.check != nil {
		err = k.check(c)
	} else if err != nil {
		err = errors.New("it takes " + k.Takes)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", k.Name, err)
	}
	c.from[k.Name] = Source{FromFile, file}
	return nil
}

// decodeEngines reads the table [engines]: a name, and a command line for it.
func (c *Config) decodeEngines(meta toml.MetaData, table toml.Primitive) (faults []error) {
	if err := meta.PrimitiveDecode(table, &c.Engines); err != nil {
		return []error{errors.New(`under [engines] stand lines like katago = "katago gtp -model FILE"`)}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Engines)) {
		if _, err := gtp.ParseLine(c.Engines[name]); err != nil {
			faults = append(faults, fmt.Errorf("under [engines], %s: %w", name, err))
		}
		if strings.ContainsAny(name, " \t") {
			faults = append(faults, fmt.Errorf("under [engines], %q: a name is one word", name))
		}
	}
	return faults
}

// decodeChallenges reads the tables [challenge."name"].
func (c *Config) decodeChallenges(meta toml.MetaData, table toml.Primitive) (faults []error) {
	if err := meta.PrimitiveDecode(table, &c.Challenge); err != nil {
		return []error{fmt.Errorf(`the tables [challenge."NAME"]: %w`, err)}
	}
	for _, key := range meta.Undecoded() {
		if strings.EqualFold(key[0], "challenge") {
			faults = append(faults, unknown(fmt.Sprintf("there is no %s in [challenge.%q]", key[len(key)-1], key[1]), key[len(key)-1], ogs.PresetKeys()))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Challenge)) {
		p := c.Challenge[name]
		if err := p.Check(); err != nil {
			faults = append(faults, fmt.Errorf("[challenge.%q]: %w", name, err))
		}
	}
	return faults
}

// set sets a key from the text that an environment variable or a flag holds:
// lists have commas between their words.
func (k *Key) set(c *Config, text string) (err error) {
	text = strings.TrimSpace(text)
	switch to := k.at(c).(type) {
	case *string:
		*to = text
	case *bool:
		switch strings.ToLower(text) {
		case "true", "yes", "on", "1":
			*to = true
		case "false", "no", "off", "0":
			*to = false
		default:
			err = strconv.ErrSyntax
		}
	case *int:
		*to, err = strconv.Atoi(text)
	case *float64:
		*to, err = strconv.ParseFloat(text, 64)
	case *time.Duration:
		*to, err = parseDuration(text)
	case *[]string:
		*to = fields(text)
	case *[]int:
		*to = []int{}
		for _, word := range fields(text) {
			n, bad := strconv.Atoi(word)
			*to, err = append(*to, n), errors.Join(err, bad)
		}
	default:
		panic(fmt.Sprintf("%s is a %T", k.Name, to))
	}
	if err != nil {
		return errors.New("it takes " + k.Takes)
	}
	if k.check != nil {
		return k.check(c)
	}
	return nil
}

func fields(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
}

// Text is the value of a key as an environment variable or a flag would hold it.
func (k *Key) Text(c *Config) string {
	switch v := k.at(c).(type) {
	case *string:
		return *v
	case *[]string:
		return strings.Join(*v, ",")
	case *[]int:
		var words []string
		for _, n := range *v {
			words = append(words, strconv.Itoa(n))
		}
		return strings.Join(words, ",")
	case *time.Duration:
		return v.String()
	case *float64:
		return strconv.FormatFloat(*v, 'f', -1, 64)
	case *int:
		return strconv.Itoa(*v)
	case *bool:
		return strconv.FormatBool(*v)
	}
	return ""
}

// TOML is the value of a key as the file would have it.
func (k *Key) TOML(c *Config) string {
	switch v := k.at(c).(type) {
	case *string:
		return strconv.Quote(*v)
	case *time.Duration:
		return strconv.Quote(shortDuration(*v))
	case *[]string:
		var words []string
		for _, w := range *v {
			words = append(words, strconv.Quote(w))
		}
		return "[" + strings.Join(words, ", ") + "]"
	case *[]int:
		return "[" + strings.ReplaceAll(k.Text(c), ",", ", ") + "]"
	}
	return k.Text(c)
}

// shortDuration is "5m" rather than "5m0s".
func shortDuration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

func parseDuration(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err == nil && d < 0 {
		err = errors.New("it is negative")
	}
	return d, err
}

// unknown is the error about a name that is none of those that there are, with
// the nearest of them.
func unknown(what, name string, names []string) error {
	best, least := "", len(name)/2+1
	for _, n := range names {
		if d := distance(name, strings.Trim(n, "[]")); d < least {
			best, least = n, d
		}
	}
	if best != "" {
		return fmt.Errorf("%s; did you mean %s?", what, best)
	}
	return fmt.Errorf("%s; there are %s", what, strings.Join(names, ", "))
}

func bracketed(names []string) []string {
	var out []string
	for _, n := range names {
		out = append(out, "["+n+"]")
	}
	return out
}

// distance is the number of letters to be added, left out or exchanged between
// two words (Levenshtein's).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := last
			if a[i] != b[j] {
				cost++
			}
			last = row[j+1]
			row[j+1] = min(cost, row[j]+1, last+1)
		}
	}
	return row[len(b)]
}
