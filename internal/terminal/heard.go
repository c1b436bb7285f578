package terminal

import (
	"strings"
	"unicode"

	"github.com/gobancam/gobancam/internal/match"
)

// spoken are the words for commands in the languages of package speech, as
// recognisers write them down: in small letters, without marks between them.
var spoken = func() map[string]match.CommandKind {
	m := map[string]match.CommandKind{}
	for kind, words := range map[match.CommandKind]string{
		match.CmdAccept:      "yes|yes please|confirm|ja|richtig|oui|d'accord|はい|そうです|네|예|맞아요|是|是的|对|對",
		match.CmdDeny:        "no|wrong|nein|falsch|non|いいえ|違います|아니요|아니오|不|不是|不对|不對",
		match.CmdPass:        "pass|i pass|passe|ich passe|passen|je passe|パス|패스|停一手|虚手|虛手|pass一手",
		match.CmdResign:      "resign|i resign|aufgeben|ich gebe auf|abandonner|j'abandonne|投了|負けました|ありません|기권|졌습니다|认输|認輸",
		match.CmdUndo:        "undo|take back|zurücknehmen|zug zurück|annuler le coup|reprendre le coup|待った|무르기|한 수 물러 주세요|悔棋",
		match.CmdCancel:      "cancel|never mind|abbrechen|doch nicht|annuler|laisse tomber|キャンセル|取り消し|やめます|취소|取消|算了",
		match.CmdPause:       "pause|anhalten|一時停止|中断|일시정지|일시 정지|暂停|暫停",
		match.CmdResume:      "resume|go on|continue|weiter|continuer|on continue|再開|続けます|계속|继续|繼續",
		match.CmdThere:       "it is there|it's there|they are there|the stone is there|der stein liegt da|die steine liegen da|la pierre est là|les pierres sont là|石はあります|石はそこにあります|돌이 있습니다|돌이 있어요|棋子在那里|棋子在那裡",
		match.CmdBoard:       "this is what lies there now|take the board as it lies|so liegt es jetzt|nimm das brett wie es liegt|voilà ce qu'il y a sur le goban|prends le goban tel quel|今の盤面が正しい|盤面の通りです|지금 판이 맞습니다|판에 있는 그대로|以棋盘为准|以棋盤為準|现在棋盘是对的",
		match.CmdLook:        "look|look again|schau|schau hin|regarde|見て|もう一度見て|봐|다시 봐|看|再看",
		match.CmdAcceptScore: "accept score|agree|einverstanden|ergebnis annehmen|accepter le score|整地終わり|同意します|동의합니다|계가 완료|同意|接受结果",
		match.CmdRejectScore: "reject score|play on|weiterspielen|on rejoue|対局を続けます|계속 둡시다|继续下",
	} {
		for w := range strings.SplitSeq(words, "|") {
			m[w] = kind
		}
	}
	return m
}()

// Hear reads a line that a speech recogniser wrote: a command in one of the
// languages that gobancam speaks, or as typed. Everything else that is said at
// a board is no command, and neither are quit and a mere "there" or "board", which
// people say as they put a stone down.
func Hear(line string, size int) (match.Command, bool) {
	text := strings.Join(strings.FieldsFunc(strings.ToLower(strings.ReplaceAll(line, "’", "'")), func(r rune) bool {
		return unicode.IsSpace(r) || r != '-' && r != '\'' && r != '.' && r != '%' && unicode.IsPunct(r) || r == '。'
	}), " ")
	text = strings.Trim(text, ". ")
	if kind, ok := spoken[text]; ok {
		return match.Command{Kind: kind}, true
	}
	c, err := ParseCommand(text, size)
	return c, err == nil && c.Kind != match.CmdQuit && c.Kind != match.CmdThere && c.Kind != match.CmdBoard
}
