package eval

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
)

// Report is a measured set.
type Report struct {
	Manifest     string   `json:"manifest"`
	CornersGiven bool     `json:"corners_given"`
	Summary      Summary  `json:"summary"`
	Results      []Result `json:"results"`
}

// NewReport sums results up.
func NewReport(manifest string, given bool, results []Result) Report {
	return Report{manifest, given, Summarize(results), results}
}

// WriteJSON writes the report as one JSON object on a line.
func (r Report) WriteJSON(w io.Writer) error { return json.NewEncoder(w).Encode(r) }

// WriteText writes the sums for a reader, and the pictures that went wrong.
func (r Report) WriteText(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	s := r.Summary
	how := "found by itself"
	if r.CornersGiven {
		how = "corners given"
	}
	fmt.Fprintf(t, "%s\t%s\t%d pictures, %d scenes\n", r.Manifest, how, s.Pictures, s.Scenes.Count)
	fmt.Fprintf(t, "  boards within a quarter cell\t%d of %d\t%.1f %% of scenes\n", s.Found, s.Pictures, 100*s.Scenes.Found)
	fmt.Fprintf(t, "  sure (≥ %v) and right\t%d\t%.1f %% of scenes\n", Sure, s.SureRight, 100*s.Scenes.Sure)
	fmt.Fprintf(t, "  sure and wrong\t%d\n", s.SureWrong)
	if s.Read > 0 {
		fmt.Fprintf(t, "  points wrong\t%d of %d (%.2g)\t%.2g over scenes\n", s.Wrong, s.Points, share(s.Wrong, s.Points), s.Scenes.Error)
		fmt.Fprintf(t, "  points pointed out as doubtful\t%d, %.1f a picture\t%d of the wrong ones\n", s.Doubted, share(s.Doubted, s.Read), s.Caught)
		fmt.Fprintf(t, "  boards fully right\t%d of %d\t%.1f %% of scenes\n", s.Right, s.Pictures, 100*s.Scenes.Right)
	}
	fmt.Fprintf(t, "  CPU a picture\t%.0f ms\t%.0f at most\n", s.MeanMS, s.MostMS)
	for _, p := range r.Results {
		switch {
		case p.Error != "":
			fmt.Fprintf(t, "  ! %s\t%s\n", p.Picture, p.Error)
		case !p.Found && p.Saw != p.Size:
			fmt.Fprintf(t, "  ! %s\ta board of %d lines taken for one of %d, confidence %.3f\n", p.Picture, p.Size, p.Saw, p.Surety)
		case !p.Found:
			fmt.Fprintf(t, "  ! %s\ta corner is %.2f cells off, confidence %.3f\n", p.Picture, p.Offset, p.Surety)
		case p.Points > 0 && !p.Right:
			fmt.Fprintf(t, "  ! %s\t%d of %d points wrong (x,y label read): %v\n", p.Picture, p.Wrong, p.Points, p.Mistakes)
		}
	}
	return t.Flush()
}

func share(a, b int) float64 { return float64(a) / float64(max(1, b)) }
