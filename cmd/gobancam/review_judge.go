package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/app/face"
	"github.com/gobancam/gobancam/internal/review"
)

// judge has the engine judge the game, and prints and writes what came of it.
func (f *reviewFlags) judge(cmd *cobra.Command, rec *reviewed) error {
	engine, err := review.Open(cmd.Context(), f.engine, review.Effort{Visits: f.visits, Time: f.time})
	if err != nil {
		return err
	}
	defer engine.Close()
	live := face.IsTerminal(cmd.ErrOrStderr())
	r, err := review.Of(cmd.Context(), rec.game, engine, func(done, all int) {
		if live {
			fmt.Fprintf(cmd.ErrOrStderr(), "move %d of %d\n", done, all)
		}
	})
	if r == nil || len(r.Positions) == 0 && err != nil {
		return err
	}
	// What there is, is shown, also of a review that broke off.
	print := printReview
	if f.format == "json" {
		print = printReviewJSON
	}
	if shown := print(cmd.OutOrStdout(), r); shown != nil || err != nil {
		return errors.Join(err, shown)
	}
	if f.write == "" {
		return nil
	}
	if err := r.Annotate(rec.root); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := board.WriteSGF(&b, rec.root); err != nil {
		return err
	}
	if err := saveSGF(f.write, b.Bytes(), f.force); err != nil {
		return err
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "The judged game is in %s.\n", f.write)
	return nil
}

// bar draws a win rate of Black, ten cells wide.
func bar(win float64) string {
	n := int(10*win + 0.5)
	return strings.Repeat("█", n) + strings.Repeat("░", 10-n)
}

// printReview prints a table, and the largest swings.
func printReview(out io.Writer, r *review.Review) error {
	fmt.Fprintf(out, "move         black   score   engine\n")
	for i, p := range r.Positions {
		name := "beginning"
		if i > 0 {
			name = fmt.Sprintf("%3d %s %s", p.Number, p.Move.Color.String()[:1], p.Move.Point.GTP(r.Size))
		}
		if p.Unknown {
			fmt.Fprintf(out, "%-11s      ?\n", name)
			continue
		}
		score := ""
		if p.Scored {
			score = review.Lead(p.Score)
		}
		fmt.Fprintf(out, "%-11s %5.1f %%  %-7s %-4s %s\n", name, 100*p.Win, score, p.Next.GTP(r.Size), bar(p.Win))
	}
	if len(r.Swings) > 0 {
		fmt.Fprintln(out, "\nThe largest swings:")
	}
	for _, n := range r.Swings {
		p := r.Positions[n]
		verb, by := "costs", p.Lost
		if by < 0 {
			verb, by = "gains", -by
		}
		line := fmt.Sprintf("  move %d, %s %s, %s %.1f %%", n, p.Move.Color, p.Move.Point.GTP(r.Size), verb, 100*by)
		if before := r.Positions[n-1]; before.Next != p.Move.Point {
			line += "; the engine prefers " + before.Next.GTP(r.Size)
		}
		fmt.Fprintln(out, line+".")
	}
	return nil
}

// printReviewJSON prints a line for each position, and one for the swings.
func printReviewJSON(out io.Writer, r *review.Review) error {
	type line struct {
		Number  int      `json:"number"`
		Color   string   `json:"color,omitempty"`
		Point   string   `json:"point,omitempty"`
		Win     *float64 `json:"black_win,omitempty"`
		Score   *float64 `json:"black_score,omitempty"`
		Lost    float64  `json:"lost,omitempty"`
		Next    string   `json:"engine,omitempty"`
		PV      []string `json:"pv,omitempty"`
		Visits  int      `json:"visits,omitempty"`
		Unknown bool     `json:"unknown,omitempty"`
	}
	for i, p := range r.Positions {
		l := line{Number: p.Number, Lost: p.Lost, Visits: p.Visits, Unknown: p.Unknown}
		if i > 0 {
			l.Color, l.Point = map[board.Color]string{board.Black: "B", board.White: "W"}[p.Move.Color], p.Move.Point.GTP(r.Size)
		}
		if !p.Unknown {
			l.Win, l.Next = &p.Win, p.Next.GTP(r.Size)
		}
		if p.Scored {
			l.Score = &p.Score
		}
		for _, q := range p.PV {
			l.PV = append(l.PV, q.GTP(r.Size))
		}
		if err := writeJSON(out, l); err != nil {
			return err
		}
	}
	return writeJSON(out, map[string]any{"swings": append([]int{}, r.Swings...)})
}
