package challonge_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/gobancam/gobancam/challonge"
	"github.com/gobancam/gobancam/challonge/challongetest"
	"github.com/gobancam/gobancam/internal/qr"
)

// server starts a Challonge in process with an account and an application;
// against challonge.com, leave API and Endpoints out.
func server() (*challongetest.Server, *challonge.Client) {
	srv := challongetest.New()
	u := srv.AddUser("organiser")
	c, err := challonge.New(challonge.Options{API: srv.URL + "/v2.1", Auth: challonge.Key(u.Key), HTTP: srv.Client()})
	if err != nil {
		log.Fatal(err)
	}
	return srv, c
}

func Example() {
	srv, c := server()
	defer srv.Close()
	ctx := context.Background()
	t, err := c.CreateTournament(ctx, challonge.TournamentFields{Name: "Club evening", Type: challonge.SingleElimination, Game: "Go"})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := c.AddParticipants(ctx, t.ID, []challonge.ParticipantFields{{Name: "Anna"}, {Name: "Ben"}, {Name: "Chie"}, {Name: "Doyun"}}); err != nil {
		log.Fatal(err)
	}
	if _, err := c.ChangeState(ctx, t.ID, challonge.Start); err != nil {
		log.Fatal(err)
	}
	for {
		open, err := c.Matches(ctx, t.ID, challonge.MatchFilter{State: challonge.MatchOpen})
		if err != nil {
			log.Fatal(err)
		}
		if len(open) == 0 {
			break
		}
		m := open[0] // player 1 wins
		r := challonge.Result{Player1: m.Player1, Player2: m.Player2, Winner: m.Player1, Sets: [][2]int{{1, 0}}}
		if _, err := c.Report(ctx, t.ID, m.ID, r); err != nil {
			log.Fatal(err)
		}
	}
	if _, err := c.ChangeState(ctx, t.ID, challonge.Finalize); err != nil {
		log.Fatal(err)
	}
	people, err := c.Participants(ctx, t.ID)
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range people {
		fmt.Println(p.FinalRank, p.Name)
	}
	// Output:
	// 1 Anna
	// 2 Ben
	// 3 Chie
	// 3 Doyun
}

func ExampleClient_Me() {
	srv, c := server()
	defer srv.Close()
	me, err := c.Me(context.Background())
	fmt.Println(me.Username, err)
	// Output: organiser <nil>
}

func ExampleClient_Tournaments() {
	srv, c := server()
	defer srv.Close()
	ctx := context.Background()
	c.CreateTournament(ctx, challonge.TournamentFields{Name: "Ladder", Type: challonge.RoundRobin})
	c.CreateTournament(ctx, challonge.TournamentFields{Name: "Open", Type: challonge.Swiss})
	list, err := c.Tournaments(ctx, challonge.TournamentFilter{State: challonge.ListPending, Type: challonge.RoundRobin, CreatedAfter: time.Now().AddDate(0, -1, 0)})
	for _, t := range list {
		fmt.Println(t.Name, t.State)
	}
	fmt.Println(err)
	// Output:
	// Ladder pending
	// <nil>
}

func ExampleClient_CreateTournament() {
	srv, c := server()
	defer srv.Close()
	yes := true
	t, err := c.CreateTournament(context.Background(), challonge.TournamentFields{
		Name: "Spring Open", Type: challonge.Swiss, Slug: "spring_open", Game: "Go",
		Swiss: &challonge.PointsOptions{Rounds: 5},
		Match: &challonge.MatchOptions{AcceptAttachments: &yes}, // the games' SGF
	})
	fmt.Println(t.Slug, t.AcceptAttachments, err)
	// Output: spring_open true <nil>
}

func ExampleClient_UpdateTournament() {
	srv, c := server()
	defer srv.Close()
	ctx := context.Background()
	t, _ := c.CreateTournament(ctx, challonge.TournamentFields{Name: "Opne", Type: challonge.Swiss})
	t, err := c.UpdateTournament(ctx, t.ID, challonge.TournamentFields{Name: "Open"})
	fmt.Println(t.Name, err)
	// Output: Open <nil>
}

func ExampleClient_DeleteTournament() {
	srv, c := server()
	defer srv.Close()
	ctx := context.Background()
	t, _ := c.CreateTournament(ctx, challonge.TournamentFields{Name: "Mistake", Type: challonge.Swiss})
	fmt.Println(c.DeleteTournament(ctx, t.ID))
	list, _ := c.Tournaments(ctx, challonge.TournamentFilter{})
	fmt.Println(len(list))
	// Output:
	// <nil>
	// 0
}

func ExampleClient_ChangeState() {
	srv, c := server()
	defer srv.Close()
	ctx := context.Background()
	t, _ := c.CreateTournament(ctx, challonge.TournamentFields{Name: "Open", Type: challonge.RoundRobin})
	c.AddParticipants(ctx, t.ID, []challonge.ParticipantFields{{Name: "Anna"}, {Name: "Ben"}})
	t, err := c.ChangeState(ctx, t.ID, challonge.Start)
	fmt.Println(t.State, err)
	t, err = c.ChangeState(ctx, t.ID, challonge.Reset)
	fmt.Println(t.State, err)
	// Output:
	// underway <nil>
	// pending <nil>
}

func ExampleClient_Participants() {
	srv, c := server()
	defer srv.Close()
	ctx := context.Background()
	t, _ := c.CreateTournament(ctx, challonge.TournamentFields{Name: "Open", Type: challonge.Swiss})
	added, _ := c.AddParticipants(ctx, t.ID, []challonge.ParticipantFields{{Name: "Anna", Misc: "member 12"}, {Name: "Ben"}})
	anna, ben := added[0], added[1]
	ben, _ = c.UpdateParticipant(ctx, t.ID, ben.ID, challonge.ParticipantFields{Name: "Benjamin", Seed: 1})
	list, err := c.Participants(ctx, t.ID)
	for _, p := range list {
		fmt.Printf("%d %s %q\n", p.Seed, p.Name, p.Misc)
	}
	c.DeleteParticipant(ctx, t.ID, anna.ID)
	fmt.Println(ben.Seed, err)
	// Output:
	// 1 Benjamin ""
	// 2 Anna "member 12"
	// 1 <nil>
}

func ExampleClient_RandomizeParticipants() {
	srv, c := server()
	defer srv.Close()
	ctx := context.Background()
	t, _ := c.CreateTournament(ctx, challonge.TournamentFields{Name: "Open", Type: challonge.Swiss})
	c.AddParticipants(ctx, t.ID, []challonge.ParticipantFields{{Name: "Anna"}, {Name: "Ben"}, {Name: "Chie"}})
	list, err := c.RandomizeParticipants(ctx, t.ID)
	fmt.Println(len(list), err)
	fmt.Println(c.ClearParticipants(ctx, t.ID))
	// Output:
	// 3 <nil>
	// <nil>
}

func ExampleClient_Report() {
	srv, c := server()
	defer srv.Close()
	ctx := context.Background()
	t, _ := c.CreateTournament(ctx, challonge.TournamentFields{Name: "Open", Type: challonge.RoundRobin})
	c.AddParticipants(ctx, t.ID, []challonge.ParticipantFields{{Name: "Anna"}, {Name: "Ben"}})
	c.ChangeState(ctx, t.ID, challonge.Start)
	matches, _ := c.Matches(ctx, t.ID, challonge.MatchFilter{})
	m := matches[0]
	if _, err := c.ChangeMatch(ctx, t.ID, m.ID, challonge.MarkUnderway); err != nil {
		fmt.Println("never mind:", err) // a courtesy
	}
	m, err := c.Report(ctx, t.ID, m.ID, challonge.Result{Player1: m.Player1, Player2: m.Player2, Winner: m.Player2, Sets: [][2]int{{1, 2}}})
	fmt.Println(m.State, m.Score(), m.Winner == m.Player2, err)
	m, err = c.ChangeMatch(ctx, t.ID, m.ID, challonge.Reopen)
	fmt.Println(m.State, err)
	m, err = c.Report(ctx, t.ID, m.ID, challonge.Result{Player1: m.Player1, Player2: m.Player2, Sets: [][2]int{{1, 1}}})
	fmt.Println(m.State, m.Score(), m.Tie, err)
	// Output:
	// complete 1-2 true <nil>
	// open <nil>
	// complete 1-1 true <nil>
}

func ExampleClient_Attach() {
	srv, c := server()
	defer srv.Close()
	ctx := context.Background()
	yes := true
	t, _ := c.CreateTournament(ctx, challonge.TournamentFields{Name: "Open", Type: challonge.RoundRobin, Match: &challonge.MatchOptions{AcceptAttachments: &yes}})
	c.AddParticipants(ctx, t.ID, []challonge.ParticipantFields{{Name: "Anna"}, {Name: "Ben"}})
	c.ChangeState(ctx, t.ID, challonge.Start)
	matches, _ := c.Matches(ctx, t.ID, challonge.MatchFilter{})
	a, err := c.Attach(ctx, t.ID, matches[0].ID, "https://online-go.com/game/1", "W+3.5")
	fmt.Println(a.URL, err)
	list, err := c.Attachments(ctx, t.ID, matches[0].ID)
	fmt.Println(len(list), err)
	fmt.Println(c.Detach(ctx, t.ID, matches[0].ID, a.ID))
	// Output:
	// https://online-go.com/game/1 <nil>
	// 1 <nil>
	// <nil>
}

func ExampleClient_Community() {
	srv, c := server()
	defer srv.Close()
	srv.AddCommunity("kyoto")
	ctx := context.Background()
	c.Community("kyoto").CreateTournament(ctx, challonge.TournamentFields{Name: "Castle game", Type: challonge.RoundRobin})
	list, err := c.Community("kyoto").Tournaments(ctx, challonge.TournamentFilter{})
	fmt.Println(list[0].Name, err)
	own, err := c.Tournaments(ctx, challonge.TournamentFilter{})
	fmt.Println(len(own), err)
	// Output:
	// Castle game <nil>
	// 0 <nil>
}

func ExampleClient_Communities() {
	srv, c := server()
	defer srv.Close()
	srv.AddCommunity("kyoto")
	list, err := c.Communities(context.Background())
	fmt.Println(list[0].Subdomain, err)
	// Output: kyoto <nil>
}

// A box beside a board: the player scans a code with a phone.
func ExampleApp_Device() {
	srv, _ := server()
	defer srv.Close()
	player := srv.AddUser("player")
	srv.AddApp("board", "")
	ctx := context.Background()
	app := &challonge.App{ID: "board", Endpoints: challonge.EndpointsAt(srv.URL), HTTP: srv.Client()}
	g, err := app.Device(ctx)
	if err != nil {
		log.Fatal(err)
	}
	code, err := qr.Text(g.Complete)
	if err != nil {
		log.Fatal(err)
	}
	_ = code // print it, with g.UserCode and g.Address below
	srv.Confirm(g.UserCode, player)
	srv.Advance(5 * time.Second)
	ctx, cancel := context.WithCancel(ctx)
	cancel() // the example does not wait for five seconds
	_, err = g.Wait(ctx)
	fmt.Println(len(g.UserCode), err != nil)
	// Output: 9 true
}

// All tournaments that were made with an application.
func ExampleApp_ClientCredentials() {
	srv, _ := server()
	defer srv.Close()
	srv.AddApp("club", "secret")
	ctx := context.Background()
	app := &challonge.App{ID: "club", Secret: "secret", Endpoints: challonge.EndpointsAt(srv.URL), HTTP: srv.Client()}
	token, err := app.ClientCredentials(ctx)
	fmt.Println(token.TokenType, err)
	// Output: Bearer <nil>
}
