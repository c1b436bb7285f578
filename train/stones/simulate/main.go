// Simulate takes pictures of random simulated boards, some with hands and cups
// on them, as training material: pictures and a truth.json in the form that
// data.py reads.
//
//	go run ./train/stones/simulate OUT N SEED
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/sim"
)

type label struct {
	File     string        `json:"file"`
	Size     int           `json:"size"`
	State    []string      `json:"state"`
	Corners  [4][2]float64 `json:"corners"`
	Occluded [][2]int      `json:"occluded_points"`
	GridK1   float64       `json:"grid_k1"`
	Aspect   float64       `json:"aspect"`
}

func main() {
	if len(os.Args) != 4 {
		log.Fatal("usage: simulate OUT N SEED")
	}
	n, err := strconv.Atoi(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	seed, err := strconv.ParseUint(os.Args[3], 10, 64)
	if err != nil {
		log.Fatal(err)
	}
	if err := run(os.Args[1], n, seed); err != nil {
		log.Fatal(err)
	}
}

func run(dir string, n int, seed uint64) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	var all []label
	for i := range n {
		l, err := picture(dir, seed+uint64(i))
		if err != nil {
			return err
		}
		all = append(all, l)
	}
	b, err := json.Marshal(all)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "truth.json"), b, 0o644)
}

func picture(dir string, seed uint64) (label, error) {
	r := rand.New(rand.NewPCG(seed, 3))
	size := []int{19, 19, 19, 13, 9}[r.IntN(5)]
	w, err := sim.New(sim.Random(seed, size))
	if err != nil {
		return label{}, err
	}
	full := []float64{0, 0.1, 0.3, 0.5, 0.75}[r.IntN(5)]
	for y := range size {
		for x := range size {
			if r.Float64() < full {
				w.Set(board.Point{X: int8(x), Y: int8(y)}, board.Black+board.Color(r.IntN(2)))
			}
		}
	}
	somewhere := func() board.Point { return board.Point{X: int8(r.IntN(size)), Y: int8(r.IntN(size))} }
	if r.Float64() < 0.4 {
		p := w.Player(sim.Seat(r.IntN(2)))
		if r.Float64() < 0.5 {
			p.Rest(somewhere(), 10*time.Second)
		} else {
			p.Hover(somewhere(), board.Color(r.IntN(3)), 10*time.Second)
		}
		w.Step(time.Duration(1000+r.IntN(2000)) * time.Millisecond)
	}
	if r.Float64() < 0.1 {
		w.Cup(somewhere(), sim.RGB{r.Float64(), r.Float64(), r.Float64()})
	}
	jpg, t := w.JPEG(), w.Truth()
	l := label{File: fmt.Sprintf("sim_%d.jpg", seed), Size: size, State: t.Rows(), Occluded: [][2]int{}, GridK1: t.Spec.K1, Aspect: t.Spec.Aspect}
	for i, c := range t.Spec.Corners {
		l.Corners[i] = [2]float64{c.X, c.Y}
	}
	for i, c := range t.Covered {
		if c {
			l.Occluded = append(l.Occluded, [2]int{i / size, i % size})
		}
	}
	return l, os.WriteFile(filepath.Join(dir, l.File), jpg, 0o644)
}
