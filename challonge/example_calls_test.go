package challonge_test

import (
	"context"
	"fmt"
	"log"

	"golang.org/x/oauth2"

	"github.com/gobancam/gobancam/challonge"
)

var ctx = context.Background()

// open makes a tournament in which everybody meets everybody; with start it is
// under way.
func open(c *challonge.Client, start bool, names ...string) challonge.Tournament {
	yes := true
	t, err := c.CreateTournament(ctx, challonge.TournamentFields{Name: "Open", Type: challonge.RoundRobin, Match: &challonge.MatchOptions{AcceptAttachments: &yes}})
	if err != nil {
		log.Fatal(err)
	}
	for _, name := range names {
		if _, err := c.AddParticipant(ctx, t.ID, challonge.ParticipantFields{Name: name}); err != nil {
			log.Fatal(err)
		}
	}
	if start {
		if t, err = c.ChangeState(ctx, t.ID, challonge.Start); err != nil {
			log.Fatal(err)
		}
	}
	return t
}

// A tournament goes by its id or by the last part of its address.
func ExampleClient_Tournament() {
	srv, c := server()
	defer srv.Close()
	c.CreateTournament(ctx, challonge.TournamentFields{Name: "Spring Open", Slug: "spring", Type: challonge.Swiss})
	t, err := c.Tournament(ctx, "spring")
	fmt.Println(t.Name, t.Next(), err)
	// Output: Spring Open start <nil>
}

func ExampleClient_AddParticipant() {
	srv, c := server()
	defer srv.Close()
	p, err := c.AddParticipant(ctx, open(c, false).ID, challonge.ParticipantFields{Name: "Anna", Seed: 1, Misc: "ogs:stonefan"})
	fmt.Println(p.Seed, p.Name, p.Misc, err)
	// Output: 1 Anna ogs:stonefan <nil>
}

// Any number, twenty to a request.
func ExampleClient_AddParticipants() {
	srv, c := server()
	defer srv.Close()
	var club []challonge.ParticipantFields
	for i := range 30 {
		club = append(club, challonge.ParticipantFields{Name: fmt.Sprint("member ", i)})
	}
	before := len(srv.Requests())
	added, err := c.AddParticipants(ctx, open(c, false).ID, club)
	fmt.Println(len(added), err, len(srv.Requests())-before-1, "requests")
	// Output: 30 <nil> 2 requests
}

func ExampleClient_Participant() {
	srv, c := server()
	defer srv.Close()
	t := open(c, false, "Anna", "Ben")
	people, _ := c.Participants(ctx, t.ID)
	p, err := c.Participant(ctx, t.ID, people[1].ID)
	fmt.Println(p.Name, p.Seed, p.Active, err)
	// Output: Ben 2 true <nil>
}

// What is not set stays as it is.
func ExampleClient_UpdateParticipant() {
	srv, c := server()
	defer srv.Close()
	t := open(c, false, "Anna", "Ben")
	people, _ := c.Participants(ctx, t.ID)
	p, err := c.UpdateParticipant(ctx, t.ID, people[1].ID, challonge.ParticipantFields{Seed: 1})
	fmt.Println(p.Name, p.Seed, err)
	// Output: Ben 1 <nil>
}

// Before the start a participant goes without a trace; afterwards it stays and
// plays no more.
func ExampleClient_DeleteParticipant() {
	srv, c := server()
	defer srv.Close()
	t := open(c, true, "Anna", "Ben")
	people, _ := c.Participants(ctx, t.ID)
	fmt.Println(c.DeleteParticipant(ctx, t.ID, people[1].ID))
	p, err := c.Participant(ctx, t.ID, people[1].ID)
	fmt.Println(p.Name, p.Active, err)
	// Output:
	// <nil>
	// Ben false <nil>
}

func ExampleClient_ClearParticipants() {
	srv, c := server()
	defer srv.Close()
	t := open(c, false, "Anna", "Ben")
	fmt.Println(c.ClearParticipants(ctx, t.ID))
	people, err := c.Participants(ctx, t.ID)
	fmt.Println(len(people), err)
	// Output:
	// <nil>
	// 0 <nil>
}

func ExampleClient_Matches() {
	srv, c := server()
	defer srv.Close()
	t := open(c, true, "Anna", "Ben", "Chie")
	people, _ := c.Participants(ctx, t.ID)
	list, err := c.Matches(ctx, t.ID, challonge.MatchFilter{State: challonge.MatchOpen, Participant: people[0].ID})
	for _, m := range list {
		fmt.Println(m.Round, m.Identifier, m.State, m.Has(people[0].ID))
	}
	fmt.Println(err)
	// Output:
	// 2 B open true
	// 3 C open true
	// <nil>
}

func ExampleClient_Match() {
	srv, c := server()
	defer srv.Close()
	t := open(c, true, "Anna", "Ben")
	list, _ := c.Matches(ctx, t.ID, challonge.MatchFilter{})
	m, err := c.Match(ctx, t.ID, list[0].ID)
	fmt.Println(m.Identifier, m.State, err)
	// Output: A open <nil>
}

// What reopening resets is known before.
func ExampleClient_ChangeMatch() {
	srv, c := server()
	defer srv.Close()
	t := open(c, true, "Anna", "Ben")
	list, _ := c.Matches(ctx, t.ID, challonge.MatchFilter{})
	m := list[0]
	m, _ = c.Report(ctx, t.ID, m.ID, challonge.Result{Player1: m.Player1, Player2: m.Player2, Winner: m.Player1, Sets: [][2]int{{1, 0}}})
	fmt.Println(m.State, "and", len(challonge.Branches(t, list, m)), "matches rest on it")
	m, err := c.ChangeMatch(ctx, t.ID, m.ID, challonge.Reopen)
	fmt.Println(m.State, err)
	// Output:
	// complete and 0 matches rest on it
	// open <nil>
}

func ExampleClient_Attachments() {
	srv, c := server()
	defer srv.Close()
	t := open(c, true, "Anna", "Ben")
	list, _ := c.Matches(ctx, t.ID, challonge.MatchFilter{})
	c.Attach(ctx, t.ID, list[0].ID, "https://online-go.com/game/1", "(;GM[1]SZ[9];B[ee])")
	files, err := c.Attachments(ctx, t.ID, list[0].ID)
	for _, f := range files {
		fmt.Println(f.URL, f.Description)
	}
	fmt.Println(err)
	// Output:
	// https://online-go.com/game/1 (;GM[1]SZ[9];B[ee])
	// <nil>
}

func ExampleClient_Detach() {
	srv, c := server()
	defer srv.Close()
	t := open(c, true, "Anna", "Ben")
	list, _ := c.Matches(ctx, t.ID, challonge.MatchFilter{})
	a, _ := c.Attach(ctx, t.ID, list[0].ID, "", "the wrong game")
	fmt.Println(c.Detach(ctx, t.ID, list[0].ID, a.ID))
	files, err := c.Attachments(ctx, t.ID, list[0].ID)
	fmt.Println(len(files), err)
	// Output:
	// <nil>
	// 0 <nil>
}

// The tournaments of everybody who used an application.
func ExampleClient_Application() {
	srv, _ := server()
	defer srv.Close()
	srv.AddApp("club", "secret")
	app := &challonge.App{ID: "club", Secret: "secret", Endpoints: challonge.EndpointsAt(srv.URL), HTTP: srv.Client()}
	token, err := app.ClientCredentials(ctx)
	if err != nil {
		log.Fatal(err)
	}
	c, err := challonge.New(challonge.Options{API: srv.URL + "/v2.1", Auth: challonge.Bearer(oauth2.StaticTokenSource(token)), HTTP: srv.Client()})
	if err != nil {
		log.Fatal(err)
	}
	t, err := c.Application().CreateTournament(ctx, challonge.TournamentFields{Name: "Club cup", Type: challonge.Swiss})
	fmt.Println(t.Name, err)
	list, err := c.Application().Tournaments(ctx, challonge.TournamentFilter{})
	fmt.Println(len(list), err)
	// Output:
	// Club cup <nil>
	// 1 <nil>
}
