package ogs_test

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/gobancam/gobancam/internal/credentials"
	"github.com/gobancam/gobancam/internal/version"
	"github.com/gobancam/gobancam/ogs"
)

// TestBeta signs in at the beta site, looks around, offers a private game that
// nobody is invited to, and withdraws it.
func TestBeta(t *testing.T) {
	if os.Getenv("GOBANCAM_OGS_BETA") == "" {
		t.Skip("the test at beta.online-go.com runs with GOBANCAM_OGS_BETA=1 and a token of that site in GOBANCAM_OGS_TOKEN")
	}
	token, _, err := credentials.FromEnvironment("GOBANCAM_OGS_TOKEN")
	if err != nil || token == "" {
		t.Fatalf("GOBANCAM_OGS_TOKEN is needed: %v", err)
	}
	c, err := ogs.NewClient(ogs.Options{Server: "https://beta.online-go.com", Name: "gobancam", Version: version.Version, Address: version.Address,
		Tokens: ogs.Bearer(token), Log: testLog(t)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	me, err := c.Me(ctx)
	if err != nil {
		t.Fatal(err)
	}
	s, err := ogs.Connect(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if s.Me().ID != me.ID {
		t.Errorf("the socket takes us for %+v, HTTP for %+v", s.Me(), me)
	}
	view, err := c.Overview(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range view.Games {
		g, err := s.Join(ctx, a.ID)
		if err != nil {
			t.Errorf("game %d: %v", a.ID, err)
			continue
		}
		if _, err := g.State().Game(); err != nil {
			t.Errorf("game %d: %v", a.ID, err)
		}
		g.Leave()
	}
	ch := ogs.NewChallenge(9)
	ch.Name, ch.InviteOnly, ch.Private = "gobancam test", true, true
	waiting, stop := context.WithTimeout(ctx, 12*time.Second)
	defer stop()
	var made ogs.Offer
	if _, err := s.Offer(waiting, ch, 0, func(o ogs.Offer) { made = o }); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the offer did not stand for 12 s: %v", err)
	}
	if made.Challenge != 0 {
		if err := c.Withdraw(ctx, made.Challenge); err != nil {
			t.Error(err)
		}
	}
	if drift, latency := s.Ping(); latency == 0 {
		t.Error("no pong came")
	} else {
		t.Logf("drift %v, latency %v", drift, latency)
	}
}
