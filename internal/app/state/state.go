// Package state knows where on this computer everything lies that the user
// configures and the program remembers, but for what has a room of its own
// (credentials, calibrations, recordings).
//
//	games/                    game records, under the data directory
//	journal/                  journals of moves, under the state directory
//	locks/, rescued/          what a game record needs whose own place fails it
//	demoboards/               which demo board shows the game of a record
//	last-camera.json          the camera that was used last
//	last-games.json           the game that was played last, by server
//	device-id                 a random name of this installation
//	fonts                     an index of the system's fonts, under the cache directory
package state

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/adrg/xdg"

	"github.com/gobancam/gobancam/internal/disk"
	"github.com/gobancam/gobancam/ogs"
)

// FontIndex is where the index of the system's fonts is kept.
func FontIndex() string { return filepath.Join(xdg.CacheHome, "gobancam", "fonts") }

// GamesFile is a file of this name where games are kept.
func GamesFile(name string) string {
	return filepath.Join(xdg.DataHome, "gobancam", "games", name)
}

// GameName is the name of a server's game in files.
func GameName(server string, id ogs.ID) string {
	_, host, _ := strings.Cut(server, "://")
	return fmt.Sprintf("%s-%d", strings.NewReplacer("/", "-", ":", "-").Replace(host), id)
}

// Journal is the file of a game's journal of moves. Its directory is made.
func Journal(server string, id ogs.ID) (string, error) {
	return xdg.StateFile(filepath.Join("gobancam", "journal", GameName(server, id)+".jsonl"))
}

// DemoBoard is the file that remembers which demo board shows the game of a
// record. Its directory is made.
func DemoBoard(record string) (string, error) {
	name := sha256.Sum256([]byte(record))
	return xdg.StateFile(filepath.Join("gobancam", "demoboards", hex.EncodeToString(name[:8])+".json"))
}

// Spares are the directories in which a game's record is kept while it cannot
// be in its file: one of ours, or that for temporary files.
func Spares() []string {
	return []string{filepath.Join(xdg.StateHome, "gobancam", "rescued"), os.TempDir()}
}

// Phones is the directory for what is known of phones that are cameras.
func Phones() string { return filepath.Join(xdg.StateHome, "gobancam", "phones") }

// Locks is the directory for the locks of game records that can have none
// beside them.
func Locks() string { return filepath.Join(xdg.StateHome, "gobancam", "locks") }

// DeviceID is a stable random name of this installation; "" if none can be kept.
func DeviceID() string {
	path, err := xdg.StateFile("gobancam/device-id")
	if err != nil {
		return ""
	}
	if b, err := os.ReadFile(path); err == nil && len(strings.TrimSpace(string(b))) == 32 {
		return strings.TrimSpace(string(b))
	}
	var b [16]byte
	rand.Read(b[:])
	id := hex.EncodeToString(b[:])
	if disk.WriteFile(disk.OS, path, []byte(id+"\n"), 0o600) != nil {
		return "" // another one the next time does no harm
	}
	return id
}

func lastGamesFile() (string, error) { return xdg.StateFile("gobancam/last-games.json") }

// LastGame is the game that was played last at a server; 0 for none.
func LastGame(server string) ogs.ID { return lastGames()[server] }

func lastGames() map[string]ogs.ID {
	last := map[string]ogs.ID{}
	if path, err := lastGamesFile(); err == nil {
		if b, err := os.ReadFile(path); err == nil {
			_ = json.Unmarshal(b, &last) // a spoilt memory is no memory
		}
	}
	return last
}

// RememberGame keeps id as the game played last at a server.
func RememberGame(server string, id ogs.ID) error {
	path, err := lastGamesFile()
	if err != nil {
		return err
	}
	last := lastGames()
	last[server] = id
	b, err := json.Marshal(last)
	if err != nil {
		return err
	}
	return disk.WriteFile(disk.OS, path, b, 0o600)
}

// Camera is the camera that was used last, and the resolution in pixels that was
// asked of it; 0, 0 for that of its calibration.
type Camera struct {
	Camera string `json:"camera"`
	Width  int    `json:"width,omitempty"`
	Height int    `json:"height,omitempty"`
}

func lastCameraFile() (string, error) { return xdg.StateFile("gobancam/last-camera.json") }

// LastCamera returns what RememberCamera kept.
func LastCamera() (c Camera, err error) {
	path, err := lastCameraFile()
	if err != nil {
		return c, err
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return c, err
	}
	if err := json.Unmarshal(b, &c); err != nil || c.Camera == "" {
		return c, fmt.Errorf("%s says nothing", path)
	}
	return c, nil
}

// RememberCamera keeps the camera for the next start.
func RememberCamera(c Camera) error {
	path, err := lastCameraFile()
	if err != nil {
		return err
	}
	b, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return disk.WriteFile(disk.OS, path, b, 0o600)
}

// Look is how the window was left: its colours, and its size in units of the
// screen; 0, 0 for the usual one.
type Look struct {
	Light  bool `json:"light,omitempty"`
	Full   bool `json:"full,omitempty"`
	Width  int  `json:"width,omitempty"`
	Height int  `json:"height,omitempty"`
}

func lookFile() (string, error) { return xdg.StateFile("gobancam/window.json") }

// LastLook returns what RememberLook kept, the zero value if there is nothing.
func LastLook() (l Look) {
	path, err := lookFile()
	if err != nil {
		return Look{}
	}
	b, err := os.ReadFile(path)
	if err != nil || json.Unmarshal(b, &l) != nil {
		return Look{}
	}
	return l
}

// RememberLook keeps how the window is left.
func RememberLook(l Look) error {
	path, err := lookFile()
	if err != nil {
		return err
	}
	b, err := json.Marshal(l)
	if err != nil {
		return err
	}
	return disk.WriteFile(disk.OS, path, b, 0o600)
}
