package app_test

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gobancam/gobancam/internal/app"
	"github.com/gobancam/gobancam/internal/app/account"
	"github.com/gobancam/gobancam/internal/app/apptest"
	"github.com/gobancam/gobancam/internal/app/camera"
	"github.com/gobancam/gobancam/internal/app/failure"
	"github.com/gobancam/gobancam/internal/app/games"
	"github.com/gobancam/gobancam/internal/app/seat"
	"github.com/gobancam/gobancam/internal/config"
)

// Without a window one game is played, or it is an error why not.
func TestPlayWithoutAGame(t *testing.T) {
	w := apptest.NewWorld(t)
	var out bytes.Buffer
	play := func(camera camera.Choice) error {
		return app.Play(t.Context(), app.PlayOptions{Server: w.Account, Seat: seat.Options{Camera: camera}, Headless: true,
			In: strings.NewReader(""), Out: &out, Err: &out, Log: slog.New(slog.DiscardHandler)})
	}
	if err := play(camera.Choice{Name: "sim:9"}); !errors.Is(err, games.ErrNone) {
		t.Errorf("without a game: %v", err)
	}
	w.Game(t, "Tuesday")
	if err := play(camera.Choice{Name: filepath.Join(t.TempDir(), "none.mp4")}); failure.Of(err) != failure.Misuse {
		t.Errorf("without a camera: %v", err)
	}
	t.Setenv(account.TokenVariable, "")
	var nobody *account.SignedOutError
	if err := play(camera.Choice{Name: "sim:9"}); !errors.As(err, &nobody) {
		t.Errorf("without an account: %v", err)
	}
	if err := os.MkdirAll(filepath.Dir(config.File()), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(config.File(), []byte("[sound]\nvolume = 7\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := play(camera.Choice{Name: "sim:9"}); failure.Of(err) != failure.Misuse || !strings.Contains(err.Error(), "sound.volume") {
		t.Errorf("with a configuration that makes no sense: %v", err)
	}
}
