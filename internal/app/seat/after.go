package seat

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/gobancam/gobancam/internal/disk"
	"github.com/gobancam/gobancam/internal/gamefile"
	"github.com/gobancam/gobancam/ogs"
)

// compare keeps the server's own record of a game that is over, and says where
// ours differs.
func (s *Seat) compare(ctx context.Context, client *ogs.Client, id ogs.ID, ours *gamefile.Keeper) {
	diff, err := keepServerRecord(ctx, client, id, ours.Path(), ours.Settle().Data)
	switch {
	case err != nil:
		s.Log.Warn("the server's own record was not fetched", "error", err)
	case diff != "":
		s.Face.Note("the server's record differs from ours: " + diff)
	}
}

// keepServerRecord fetches the server's SGF of a finished game, writes it
// beside ours as NAME.server.sgf, and says where the two differ ("" if they
// do not). mine is our record, in the file ours.
func keepServerRecord(ctx context.Context, c *ogs.Client, id ogs.ID, ours string, mine []byte) (diff string, err error) {
	data, err := c.SGF(ctx, id)
	if err != nil {
		return "", err
	}
	if _, err := gamefile.SaveBeside(disk.OS, strings.TrimSuffix(ours, ".sgf")+".server.sgf", data); err != nil {
		return "", fmt.Errorf("the server's record was fetched, and is not kept: %w", err)
	}
	return gamefile.Compare(bytes.TrimSpace(mine), data)
}
