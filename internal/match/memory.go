package match

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"unsafe"

	"github.com/gobancam/gobancam/board"
)

// Checkpoint returns all that the referee remembers, as JSON. A referee that
// restores it takes the same decisions from there on, bit for bit: that is how
// a recording is replayed whose beginning has been dropped. It must not run
// beside Step.
func (r *Referee) Checkpoint() (json.RawMessage, error) { return checkpoint(r) }

// Game returns a copy of the game as the referee knows it; nil before the first
// GameData.
func (r *Referee) Game() *board.Game {
	if r.game == nil {
		return nil
	}
	return r.game.Clone()
}

// Restore makes the referee one that remembers what Checkpoint returned. After
// an error it must not be used.
func (r *Referee) Restore(saved []byte) error {
	if err := restore(r, saved); err != nil {
		return err
	}
	size := 0
	if r.game != nil {
		size = r.game.Size()
	}
	whole := len(r.marks) == size*size && r.expect.Size() == size && r.watch.whole(0) && r.refused != nil &&
		(r.bump == nil || len(r.bump.before) <= 25*25)
	for _, q := range r.questions {
		whole = whole && (q.Kind != AskMove || q.Move.Point.On(size))
	}
	if !whole {
		return errMixed
	}
	return nil
}

// Checkpoint is that of a Referee.
func (r *Relay) Checkpoint() (json.RawMessage, error) { return checkpoint(r) }

// Restore is that of a Referee.
func (r *Relay) Restore(saved []byte) error {
	if err := restore(r, saved); err != nil {
		return err
	}
	size, moves := 0, 0
	if r.game != nil {
		size, moves = r.game.Size(), r.game.MoveCount()
	}
	whole := len(r.ghosts) == size*size && len(r.trusted) == size*size && len(r.played) == moves && r.watch.whole(size)
	if s := r.story; s != nil {
		whole = whole && len(s.orders) > 0
		for _, o := range s.orders {
			whole = whole && !slices.ContainsFunc(o, func(m Stone) bool { return !m.Point.On(size) })
		}
	}
	for _, p := range r.about {
		whole = whole && p.On(size)
	}
	if !whole {
		return errMixed
	}
	return nil
}

var errMixed = errors.New("the parts of a checkpoint do not fit each other")

// whole reports whether w is of a board of this size; 0: of any.
func (w *watch) whole(size int) bool {
	return w == nil || w.size >= 2 && w.size <= 25 && len(w.spots) == w.size*w.size && (size == 0 || w.size == size)
}

// A machine's memory is written down field by field, whatever its fields are,
// so that none that is added can be forgotten: a JSON object for a struct,
// without the members that are zero; a list for an array, without the zeros at
// its end; a list of pairs for a map. What knows its own JSON uses that. A
// field tagged memory:"-" is left out.

func checkpoint[T any](machine *T) (json.RawMessage, error) {
	v, err := freeze(reflect.ValueOf(machine).Elem())
	if err != nil {
		return nil, fmt.Errorf("what is known of the game cannot be written down: %w", err)
	}
	return json.Marshal(v)
}

func restore[T any](machine *T, saved []byte) error {
	d := json.NewDecoder(bytes.NewReader(saved))
	d.UseNumber()
	var from any
	err := d.Decode(&from)
	var fresh T
	if err == nil {
		err = thaw(reflect.ValueOf(&fresh).Elem(), from)
	}
	if err != nil {
		return fmt.Errorf("the checkpoint is damaged, or was written by another version: %w", err)
	}
	*machine = fresh
	return nil
}

// lay opens an addressable field to be read and written, which reflect refuses
// for unexported ones.
func lay(v reflect.Value) reflect.Value {
	return reflect.NewAt(v.Type(), unsafe.Pointer(v.UnsafeAddr())).Elem()
}

// ownJSON returns v as a pointer that reads and writes its own JSON, if it does.
func ownJSON(v reflect.Value) (any, bool) {
	if !v.CanAddr() {
		return nil, false
	}
	p := v.Addr().Interface()
	_, writes := p.(json.Marshaler)
	_, reads := p.(json.Unmarshaler)
	return p, writes && reads
}

// freeze turns an addressable value into what encoding/json can write.
func freeze(v reflect.Value) (any, error) {
	if p, ok := ownJSON(v); ok {
		text, err := json.Marshal(p)
		return json.RawMessage(text), err
	}
	switch v.Kind() {
	case reflect.Bool:
		return v.Bool(), nil
	case reflect.String:
		return v.String(), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return v.Int(), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return v.Uint(), nil
	case reflect.Float64:
		if f := v.Float(); math.IsInf(f, 0) || math.IsNaN(f) {
			return strconv.FormatFloat(f, 'g', -1, 64), nil
		}
		return v.Float(), nil
	case reflect.Pointer:
		if v.IsNil() {
			return nil, nil
		}
		return freeze(v.Elem())
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.IsNil() {
			return nil, nil
		}
		n := v.Len()
		for v.Kind() == reflect.Array && n > 0 && v.Index(n-1).IsZero() {
			n--
		}
		list := make([]any, n)
		for i := range list {
			var err error
			if list[i], err = freeze(v.Index(i)); err != nil {
				return nil, err
			}
		}
		return list, nil
	case reflect.Map:
		return freezeMap(v)
	case reflect.Struct:
		object := map[string]any{}
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if v.Field(i).IsZero() || f.Tag.Get("memory") == "-" {
				continue
			}
			x, err := freeze(lay(v.Field(i)))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", f.Name, err)
			}
			object[f.Name] = x
		}
		return object, nil
	case reflect.Interface:
		if err, ok := v.Interface().(error); ok {
			return err.Error(), nil
		}
	}
	return nil, fmt.Errorf("a %s cannot be kept", v.Type())
}

// freezeMap writes the pairs in the order of their texts.
func freezeMap(v reflect.Value) (any, error) {
	type pair struct {
		text string
		kv   [2]any
	}
	var pairs []pair
	for k, x := range v.Seq2() {
		var p pair
		for i, part := range []reflect.Value{k, x} {
			held := reflect.New(part.Type()).Elem()
			held.Set(part)
			var err error
			if p.kv[i], err = freeze(held); err != nil {
				return nil, err
			}
		}
		text, err := json.Marshal(p.kv[0])
		if err != nil {
			return nil, err
		}
		p.text = string(text)
		pairs = append(pairs, p)
	}
	slices.SortFunc(pairs, func(a, b pair) int { return cmp.Compare(a.text, b.text) })
	list := make([]any, len(pairs))
	for i, p := range pairs {
		list[i] = p.kv
	}
	return list, nil
}

// thaw is the inverse of freeze; v is addressable and zero.
func thaw(v reflect.Value, from any) error {
	if p, ok := ownJSON(v); ok {
		text, err := json.Marshal(from)
		if err != nil {
			return err
		}
		return json.Unmarshal(text, p)
	}
	misfit := fmt.Errorf("%T for a %s", from, v.Type())
	switch from := from.(type) {
	case nil:
		return nil
	case bool:
		if v.Kind() != reflect.Bool {
			return misfit
		}
		v.SetBool(from)
		return nil
	case string:
		switch {
		case v.Kind() == reflect.String:
			v.SetString(from)
		case v.Kind() == reflect.Float64:
			f, err := strconv.ParseFloat(from, 64)
			v.SetFloat(f)
			return err
		case v.Type() == reflect.TypeFor[error]():
			v.Set(reflect.ValueOf(errors.New(from)))
		default:
			return misfit
		}
		return nil
	case json.Number:
		return thawNumber(v, from, misfit)
	case []any:
		return thawList(v, from, misfit)
	case map[string]any:
		if v.Kind() == reflect.Pointer {
			v.Set(reflect.New(v.Type().Elem()))
			return thaw(v.Elem(), from)
		}
		if v.Kind() != reflect.Struct {
			return misfit
		}
		for name, x := range from {
			f, ok := v.Type().FieldByName(name)
			if !ok || len(f.Index) != 1 || f.Tag.Get("memory") == "-" {
				return fmt.Errorf("a %s has no %s", v.Type(), name)
			}
			if err := thaw(lay(v.FieldByIndex(f.Index)), x); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		return nil
	}
	return misfit
}

func thawNumber(v reflect.Value, n json.Number, misfit error) error {
	switch v.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		i, err := strconv.ParseInt(n.String(), 10, 64)
		if err != nil || v.OverflowInt(i) {
			return misfit
		}
		v.SetInt(i)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		u, err := strconv.ParseUint(n.String(), 10, 64)
		if err != nil || v.OverflowUint(u) {
			return misfit
		}
		v.SetUint(u)
	case reflect.Float64:
		f, err := n.Float64()
		if err != nil {
			return misfit
		}
		v.SetFloat(f)
	default:
		return misfit
	}
	return nil
}

func thawList(v reflect.Value, from []any, misfit error) error {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return thaw(v.Elem(), from)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), len(from), len(from)))
	case reflect.Array:
		if len(from) > v.Len() {
			return misfit
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for _, x := range from {
			pair, ok := x.([]any)
			if !ok || len(pair) != 2 {
				return misfit
			}
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			if err := errors.Join(thaw(key, pair[0]), thaw(value, pair[1])); err != nil {
				return err
			}
			v.SetMapIndex(key, value)
		}
		return nil
	default:
		return misfit
	}
	for i, x := range from {
		if err := thaw(v.Index(i), x); err != nil {
			return err
		}
	}
	return nil
}
