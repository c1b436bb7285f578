package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/internal/plain"
	"github.com/gobancam/gobancam/ogs"
)

func (f *tournamentRecordFlags) newShow() *cobra.Command {
	return &cobra.Command{
		Use:     "show RECORD",
		Short:   "Show a tournament record with its players, rounds and games",
		Example: "  gobancam tournament-record show 56\n  gobancam tournament-record show 56 --format json",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, id, err := f.signed(cmd, args[0])
			if err != nil {
				return err
			}
			r, err := c.Record(cmd.Context(), id)
			if err != nil {
				return err
			}
			if f.format == "json" {
				e := json.NewEncoder(plain.JSONWriter(cmd.OutOrStdout()))
				e.SetIndent("", "  ")
				e.SetEscapeHTML(false)
				return e.Encode(recordJSON(r, c.RecordPage(id)))
			}
			printRecord(cmd.OutOrStdout(), r, c.RecordPage(id))
			return nil
		},
	}
}

// recordJSON is a tournament record as programs read it.
func recordJSON(r *ogs.TournamentRecord, page string) map[string]any {
	players, rounds := []any{}, []any{}
	for _, p := range r.Players {
		players = append(players, map[string]any{"player": p.ID, "name": p.Name, "rank": ogs.FormatDemoRank(p.Rank, p.Professional)})
	}
	for _, round := range r.Rounds {
		entries := []any{}
		for _, e := range round.Entries {
			entries = append(entries, map[string]any{"entry": e.ID, "name": e.Name, "page": e.URL, "notes": e.Notes, "game": e.Game, "review": e.Review,
				"black": e.Black.Username, "white": e.White.Username})
		}
		rounds = append(rounds, map[string]any{"round": round.ID, "name": round.Name, "notes": round.Notes, "entries": entries})
	}
	return map[string]any{"record": r.ID, "name": r.Name, "description": r.Description, "location": r.Location, "group": r.Group,
		"editable": r.Editable, "page": page, "players": players, "rounds": rounds}
}

// printRecord shows a tournament record to a person.
func printRecord(w io.Writer, r *ogs.TournamentRecord, page string) {
	fmt.Fprintf(w, "%s (%d)\n%s\n", r.Name, r.ID, page)
	for _, s := range []string{r.Location, r.Description} {
		if s != "" {
			fmt.Fprintln(w, s)
		}
	}
	if !r.Editable {
		fmt.Fprintln(w, "You may not edit it.")
	}
	if len(r.Players) > 0 {
		fmt.Fprintln(w)
		t := plain.NewTable("PLAYER", "RANK", "NUMBER")
		for _, p := range r.Players {
			t.Add(p.Name, ogs.FormatDemoRank(p.Rank, p.Professional), p.ID.String())
		}
		t.Write(w)
	}
	for _, round := range r.Rounds {
		fmt.Fprintf(w, "\n%s (%d)\n", round.Name, round.ID)
		if round.Notes != "" {
			fmt.Fprintln(w, indented(round.Notes))
		}
		if len(round.Entries) == 0 {
			fmt.Fprintln(w, "  no games yet")
			continue
		}
		t := plain.NewTable("  GAME", "BLACK", "WHITE", "PAGE", "NUMBER", "NOTES")
		for _, e := range round.Entries {
			t.Add("  "+e.Name, e.Black.Username, e.White.Username, cmp.Or(e.URL, "-"), e.ID.String(), plain.Line(e.Notes))
		}
		t.Write(w)
	}
}

// indented sets the lines of a text in.
func indented(s string) string { return "  " + strings.ReplaceAll(s, "\n", "\n  ") }
