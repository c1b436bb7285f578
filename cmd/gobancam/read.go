package main

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/app/camera"
	"github.com/gobancam/gobancam/internal/disk"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/mask"
	"github.com/gobancam/gobancam/internal/play"
	"github.com/gobancam/gobancam/internal/terminal"
	"github.com/gobancam/gobancam/internal/version"
	"github.com/gobancam/gobancam/vision"
)

// readLine is what `read --format json` prints for a picture.
type readLine struct {
	Image      string         `json:"image"`
	Size       int            `json:"size,omitempty"`
	Corners    *[4][2]float64 `json:"corners,omitempty"`
	Confidence *float64       `json:"confidence,omitempty"`
	Snapped    bool           `json:"snapped,omitempty"`
	Rows       []string       `json:"rows,omitempty"`
	Doubt      []string       `json:"doubt,omitempty"`
	Error      string         `json:"error,omitempty"`
}

func newReadCommand() *cobra.Command {
	var where boardFlags
	var format, overlay string
	cmd := &cobra.Command{
		Use:   "read IMAGE...",
		Short: "Read the position in photographs",
		Long: `Read finds the board in each picture and reads its stones.

X is black, O white, ? a point that cannot be seen. With --corners the position
is printed as seen with the first corner at the top left, and the corners may be
off by a third of a cell; without, the top left is the corner nearest that of
the picture. Points whose reading is doubtful are listed, the most doubtful
first; --overlay shows in a picture what was read, and marks them.

phone: in place of a picture takes one of a phone's browser.

Exit code 0: every picture was read. 3: a board was not found, or not surely.
2: a file could not be read.`,
		Example: `  gobancam read game.jpg
  gobancam read --format sgf --size 19 final.jpg > final.sgf
  gobancam read --overlay check.png game.jpg
  gobancam read phone:
  gobancam read --corners "102,80 512,85 560,470 60,465" --format json *.jpg`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			corners, err := where.parse()
			if err != nil {
				return err
			}
			print, ok := map[string]func(io.Writer, string, *vision.Board) error{
				"text": printBoardText, "json": printBoardJSON, "sgf": printBoardSGF,
			}[format]
			if !ok {
				return withCode(exitUsage, fmt.Errorf("--format %s: text, json or sgf", format))
			}
			if overlay != "" && len(args) > 1 {
				return withCode(exitUsage, errors.New("--overlay is for one picture: read them one by one"))
			}
			code := exitOK
			for _, name := range args {
				if err := cmd.Context().Err(); err != nil {
					return err
				}
				b, err := readFile(cmd, name, vision.BoardOptions{Corners: corners, Size: where.size}, overlay)
				code = worse(code, readCode(b, err))
				switch {
				case err == nil:
					err = print(cmd.OutOrStdout(), name, b)
				case format == "json":
					err = writeJSON(cmd.OutOrStdout(), readLine{Image: name, Error: err.Error()})
				default:
					_, err = fmt.Fprintf(cmd.ErrOrStderr(), "gobancam: %s\n", mask.Text(fmt.Sprintf("%s: %v", name, err)))
				}
				if err != nil {
					return err
				}
			}
			if code != exitOK {
				return withCode(code, errSilent)
			}
			return nil
		},
	}
	where.register(cmd)
	registerPhone(cmd)
	cmd.Flags().StringVar(&format, "format", "text", "text, json or sgf")
	cmd.Flags().StringVar(&overlay, "overlay", "", "show what was read over the picture, in a new `FILE` (.png or .jpg)")
	completeWith(cmd, "format", "text", "json", "sgf")
	return cmd
}

// readCode is the exit code for a picture.
func readCode(b *vision.Board, err error) int {
	switch {
	case err == nil && b.Confidence < play.Sure, errors.Is(err, vision.ErrNoBoard), errors.Is(err, grid.ErrCorners):
		return exitUnsure
	case err != nil:
		return exitUsage
	}
	return exitOK
}

// worse is the code of several pictures: one that cannot be read comes before a
// board that was not found.
func worse(a, b int) int {
	if a == exitUsage || b == exitUsage {
		return exitUsage
	}
	return max(a, b)
}

// readFile reads a picture, and shows what was read in the file overlay, if that
// is not empty.
func readFile(cmd *cobra.Command, name string, opt vision.BoardOptions, overlay string) (*vision.Board, error) {
	if camera.IsPhone(name) {
		return readPhone(cmd, name, opt, overlay)
	}
	img, err := vision.ReadPicture(name)
	if err != nil {
		return nil, err
	}
	return readFrame(&vision.Frame{Img: img}, opt, overlay)
}

// readFrame is readFile for a picture that is there, which it closes.
func readFrame(f *vision.Frame, opt vision.BoardOptions, overlay string) (*vision.Board, error) {
	defer f.Close()
	b, err := vision.ReadBoard(f.Img, opt)
	if err != nil {
		return nil, err
	}
	return b, writeOverlay(f, b, overlay)
}

// writeOverlay shows what was read in a picture in the file overlay, if that is
// not empty.
func writeOverlay(f *vision.Frame, b *vision.Board, overlay string) error {
	if overlay == "" {
		return nil
	}
	shown, err := vision.EncodeReading(f.Img, b, overlay)
	if err == nil {
		err = disk.WriteFile(disk.OS, overlay, shown, 0o644)
	}
	if err != nil {
		return fmt.Errorf("--overlay: %w", err)
	}
	return nil
}

// doubtful names the points whose reading is doubtful, the most doubtful first.
func doubtful(b *vision.Board) (names []string) {
	for _, p := range b.Doubt() {
		names = append(names, p.GTP(b.Grid.Size()))
	}
	return names
}

func printBoardText(w io.Writer, name string, b *vision.Board) error {
	note := ""
	if b.Snapped {
		note = ", corners moved to the crossings"
	}
	if b.Confidence < play.Sure {
		note += "; not sure"
	}
	pos, hidden := position(b)
	if hidden > 0 {
		note += fmt.Sprintf("; %d points hidden", hidden)
	}
	if d := doubtful(b); len(d) > 0 {
		note += "; doubtful: " + strings.Join(d, " ")
	}
	_, err := fmt.Fprintf(w, "%s: %d×%d, %.1f %%%s\n%s", name, b.Grid.Size(), b.Grid.Size(), 100*b.Confidence, note, overlayHidden(terminal.Position(pos), b))
	return err
}

// position returns what can be seen, hidden points empty, and how many those
// are.
func position(b *vision.Board) (pos board.Position, hidden int) {
	pos = board.NewPosition(b.Grid.Size())
	for y, row := range b.Rows() {
		for x, c := range row {
			p := board.Point{X: int8(x), Y: int8(y)}
			switch c {
			case 'X':
				pos.Set(p, board.Black)
			case 'O':
				pos.Set(p, board.White)
			case '?':
				hidden++
			}
		}
	}
	return pos, hidden
}

// overlayHidden puts ? on the hidden points of a drawn position.
func overlayHidden(drawn string, b *vision.Board) string {
	lines := strings.Split(drawn, "\n")
	for y, row := range b.Rows() {
		line := []byte(lines[y+1])
		for x, c := range row {
			if c == '?' {
				line[4+2*x] = '?'
			}
		}
		lines[y+1] = string(line)
	}
	return strings.Join(lines, "\n")
}

func printBoardJSON(w io.Writer, name string, b *vision.Board) error {
	line := readLine{Image: name, Size: b.Grid.Size(), Corners: new([4][2]float64), Confidence: &b.Confidence, Snapped: b.Snapped, Rows: b.Rows(), Doubt: doubtful(b)}
	for i, c := range b.Grid.Corners() {
		line.Corners[i] = [2]float64{round2(c.X), round2(c.Y)}
	}
	return writeJSON(w, line)
}

// printBoardSGF writes the position as set-up stones; it need not be one that
// the rules allow.
func printBoardSGF(w io.Writer, name string, b *vision.Board) error {
	pos, hidden := position(b)
	root := &board.Node{}
	root.SetText("FF", "4")
	root.SetText("GM", "1")
	root.SetText("CA", "UTF-8")
	root.SetText("AP", "gobancam:"+version.Version)
	root.SetText("SZ", strconv.Itoa(pos.Size()))
	comment := fmt.Sprintf("Read from %s, %.1f %% sure.", name, 100*b.Confidence)
	if hidden > 0 {
		comment += fmt.Sprintf(" %d points could not be seen.", hidden)
	}
	root.SetText("C", comment)
	for _, side := range []struct {
		id    string
		color board.Color
	}{{"AB", board.Black}, {"AW", board.White}} {
		var stones []board.Value
		set := pos.Stones(side.color)
		for p := range set.All() {
			stones = append(stones, board.Value(p.SGF()))
		}
		if stones != nil {
			root.Set(side.id, stones...)
		}
	}
	return board.WriteSGF(w, root)
}

func round2(x float64) float64 {
	v, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'f', 2, 64), 64)
	return v
}
