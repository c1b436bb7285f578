package speech

import (
	"fmt"
	"strings"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/match"
)

// words are what a language says. %s are points, stones or numbers.
type words struct {
	stone       [3]string // of a colour at a point
	pass        [3]string
	takes       string
	and         string
	yourTurn    string
	wrongPoint  string // where it is, where it should be
	takeOff     string
	missing     string
	takeBack    string
	owedRepeat  string
	notRight    string
	cameraLost  string
	boardMoved  string
	offline     string
	paused      string
	resumed     string
	undoAsked   string
	removal     string
	win, lose   string
	over        string
	isThat      string
	takeItBack  string
	isItThere   string
	handicap    string
	reallyQuit  string
	refused     string
	secondsLeft string
	lastPeriod  string
	covered     string
	unkept      string
	kept        string
	goOn        string // does the game go on that was begun before?
	setUp       string // the board is taken as it lies
	twice       string // a colour moved twice: did the other player pass?
	colors      [3]string
}

var vocabulary = map[Lang]words{
	English: {stone: [3]string{"%s", "black %s", "white %s"}, pass: [3]string{"pass", "black passes", "white passes"}, takes: "takes %d", and: " and ",
		yourTurn: "your turn", wrongPoint: "%s should be %s", takeOff: "take off %s", missing: "%s is missing", takeBack: "taken back: take off %s",
		owedRepeat: "%s is still to be put down", notRight: "the board is not right at %s", cameraLost: "the camera gives no picture", boardMoved: "the board was moved", offline: "the connection is lost",
		paused: "the game is paused", resumed: "the game goes on", undoAsked: "the opponent asks to take back. Agree?", removal: "mark the dead stones, then agree",
		win: "you win", lose: "you lose", over: "the game is over", isThat: "is %s your move?", takeItBack: "%s is missing. Ask to take it back?", isItThere: "%s is missing. Is it there?", handicap: "are these your handicap stones: %s?", reallyQuit: "do you really want to resign?", refused: "%s was refused",
		secondsLeft: "%d seconds", lastPeriod: "last period", covered: "the board is covered",
		unkept: "the game is not being saved in its file", kept: "the game is saved again", goOn: "the board shows another game. Go on with the one in the file?", colors: [3]string{"", "black", "white"}, setUp: "the board is taken as it lies", twice: "%s moved twice. Did the other player pass?"},
	German: {stone: [3]string{"%s", "Schwarz %s", "Weiß %s"}, pass: [3]string{"Passe", "Schwarz passt", "Weiß passt"}, takes: "schlägt %d", and: " und ",
		yourTurn: "Du bist am Zug", wrongPoint: "%s gehört auf %s", takeOff: "Nimm %s weg", missing: "%s fehlt", takeBack: "Zurückgenommen: Nimm %s weg",
		owedRepeat: "%s ist noch zu setzen", notRight: "Das Brett stimmt nicht bei %s", cameraLost: "Die Kamera liefert kein Bild", boardMoved: "Das Brett wurde bewegt", offline: "Die Verbindung ist weg",
		paused: "Das Spiel ist angehalten", resumed: "Das Spiel geht weiter", undoAsked: "Der Gegner möchte zurücknehmen. Einverstanden?", removal: "Markiere die toten Steine und stimme zu",
		win: "Du hast gewonnen", lose: "Du hast verloren", over: "Das Spiel ist aus", isThat: "Ist %s dein Zug?", takeItBack: "%s fehlt. Um Zurücknahme bitten?", isItThere: "%s fehlt. Liegt der Stein da?", handicap: "Sind das deine Vorgabesteine: %s?", reallyQuit: "Willst du wirklich aufgeben?", refused: "%s wurde abgelehnt",
		secondsLeft: "%d Sekunden", lastPeriod: "Letzte Periode", covered: "Das Brett ist verdeckt",
		unkept: "Die Partie wird nicht in ihrer Datei gesichert", kept: "Die Partie wird wieder gesichert", goOn: "Das Brett zeigt eine andere Partie. Die in der Datei fortsetzen?", colors: [3]string{"", "Schwarz", "Weiß"}, setUp: "Das Brett gilt, wie es liegt", twice: "%s hat zweimal gezogen. Hat der andere gepasst?"},
	French: {stone: [3]string{"%s", "Noir %s", "Blanc %s"}, pass: [3]string{"passe", "Noir passe", "Blanc passe"}, takes: "prend %d", and: " et ",
		yourTurn: "à toi de jouer", wrongPoint: "%s devrait être en %s", takeOff: "enlève %s", missing: "%s manque", takeBack: "coup repris : enlève %s",
		owedRepeat: "%s est encore à poser", notRight: "le goban n'est pas juste en %s", cameraLost: "la caméra ne donne pas d'image", boardMoved: "le goban a bougé", offline: "la connexion est perdue",
		paused: "la partie est en pause", resumed: "la partie continue", undoAsked: "l'adversaire veut reprendre son coup. D'accord ?", removal: "marque les pierres mortes, puis accepte",
		win: "tu as gagné", lose: "tu as perdu", over: "la partie est finie", isThat: "%s, est-ce ton coup ?", takeItBack: "%s manque. Demander à reprendre le coup ?", isItThere: "%s manque. La pierre est-elle là ?", handicap: "est-ce que ce sont tes pierres de handicap : %s ?", reallyQuit: "veux-tu vraiment abandonner ?", refused: "%s a été refusé",
		secondsLeft: "%d secondes", lastPeriod: "dernière période", covered: "le goban est caché",
		unkept: "la partie n'est plus enregistrée dans son fichier", kept: "la partie est de nouveau enregistrée", goOn: "le goban montre une autre partie. Continuer celle du fichier ?", colors: [3]string{"", "Noir", "Blanc"}, setUp: "le goban compte tel quel", twice: "%s a joué deux fois. L'autre a-t-il passé ?"},
	Japanese: {stone: [3]string{"%s", "黒、%s", "白、%s"}, pass: [3]string{"パス", "黒、パス", "白、パス"}, takes: "%d子取り", and: "、",
		yourTurn: "あなたの番です", wrongPoint: "%sではなく、%sです", takeOff: "%sの石を取り除いてください", missing: "%sの石がありません", takeBack: "待ったです。%sの石を取り除いてください",
		owedRepeat: "%sを置いてください", notRight: "盤面が違います。%sを確かめてください", cameraLost: "カメラの映像がありません", boardMoved: "碁盤が動きました", offline: "接続が切れました",
		paused: "対局は中断中です", resumed: "対局を再開します", undoAsked: "相手が待ったを求めています。認めますか", removal: "死に石を指定して、同意してください",
		win: "あなたの勝ちです", lose: "あなたの負けです", over: "終局しました", isThat: "%sがあなたの手ですか", takeItBack: "%sの石がありません。待ったを求めますか", isItThere: "%sの石が見えません。石はありますか", handicap: "%sは置き石ですか", reallyQuit: "本当に投了しますか", refused: "%sは受け付けられませんでした",
		secondsLeft: "残り%d秒", lastPeriod: "最後の秒読みです", covered: "碁盤が隠れています",
		unkept: "棋譜をファイルに保存できません", kept: "棋譜は保存されています", goOn: "碁盤は別の対局のようです。ファイルの対局を続けますか", colors: [3]string{"", "黒", "白"}, setUp: "盤面の通りに記録します", twice: "%sが二手続けました。相手はパスですか"},
	Korean: {stone: [3]string{"%s", "흑 %s", "백 %s"}, pass: [3]string{"패스", "흑 패스", "백 패스"}, takes: "%d점 따냄", and: ", ",
		yourTurn: "당신 차례입니다", wrongPoint: "%s이 아니라 %s입니다", takeOff: "%s 돌을 들어내세요", missing: "%s 돌이 없습니다", takeBack: "무르기입니다. %s 돌을 들어내세요",
		owedRepeat: "%s 돌을 놓으세요", notRight: "판이 다릅니다. %s 자리를 확인하세요", cameraLost: "카메라 화면이 없습니다", boardMoved: "바둑판이 움직였습니다", offline: "연결이 끊어졌습니다",
		paused: "대국이 중단되었습니다", resumed: "대국을 계속합니다", undoAsked: "상대가 무르기를 요청합니다. 동의합니까", removal: "죽은 돌을 표시하고 동의하세요",
		win: "당신이 이겼습니다", lose: "당신이 졌습니다", over: "대국이 끝났습니다", isThat: "%s, 당신의 수입니까", takeItBack: "%s 돌이 없습니다. 무르기를 요청합니까", isItThere: "%s 돌이 보이지 않습니다. 돌이 있습니까", handicap: "%s, 접바둑 돌입니까", reallyQuit: "정말 기권하시겠습니까", refused: "%s 수가 거절되었습니다",
		secondsLeft: "%d초 남았습니다", lastPeriod: "마지막 초읽기입니다", covered: "바둑판이 가려졌습니다",
		unkept: "기보를 파일에 저장할 수 없습니다", kept: "기보가 다시 저장됩니다", goOn: "바둑판이 다른 대국입니다. 파일의 대국을 계속할까요", colors: [3]string{"", "흑", "백"}, setUp: "판에 있는 그대로 기록합니다", twice: "%s이 두 번 두었습니다. 상대가 패스했습니까"},
	Chinese: {stone: [3]string{"%s", "黑棋%s", "白棋%s"}, pass: [3]string{"停一手", "黑棋停一手", "白棋停一手"}, takes: "提%d子", and: "、",
		yourTurn: "轮到你了", wrongPoint: "%s应在%s", takeOff: "请拿掉%s的棋子", missing: "缺少%s", takeBack: "悔棋。请拿掉%s的棋子",
		owedRepeat: "请摆上%s", notRight: "棋盘不对，请检查%s", cameraLost: "摄像头没有画面", boardMoved: "棋盘被移动了", offline: "连接断开了",
		paused: "对局暂停", resumed: "对局继续", undoAsked: "对方请求悔棋。同意吗", removal: "请标出死子，然后同意",
		win: "你赢了", lose: "你输了", over: "对局结束", isThat: "%s是你的棋吗", takeItBack: "缺少%s。要请求悔棋吗", isItThere: "缺少%s。棋子在那里吗", handicap: "%s是你的让子吗", reallyQuit: "真的要认输吗", refused: "%s被拒绝",
		secondsLeft: "还剩%d秒", lastPeriod: "最后一次读秒", covered: "棋盘被遮住了",
		unkept: "棋谱无法保存到文件", kept: "棋谱已恢复保存", goOn: "棋盘上是另一局棋。要继续文件中的对局吗", colors: [3]string{"", "黑棋", "白棋"}, setUp: "按棋盘上的样子记录", twice: "%s连下两手。对方停一手了吗"},
}

// Sentence says an event in a language; empty when a voice keeps silent. me is
// the player's own colour.
func Sentence(l Lang, e match.Event, me board.Color) string {
	w, ok := vocabulary[l]
	if !ok {
		w, l = vocabulary[English], English
	}
	one := func(c board.Color, p board.Point) string {
		if p.IsPass() {
			return w.pass[c]
		}
		return fmt.Sprintf(w.stone[c], Point(l, p, e.Size))
	}
	list := func(ps []board.Point) string {
		var names []string
		for _, p := range ps[:min(len(ps), 5)] {
			names = append(names, Point(l, p, e.Size))
		}
		if n := len(names); n > 1 {
			return strings.Join(names[:n-1], ", ") + w.and + names[n-1]
		}
		return strings.Join(names, "")
	}
	switch e.Kind {
	case match.EventSent:
		return one(board.Empty, e.Point)
	case match.EventMove:
		if e.Mine {
			return ""
		}
		s := one(e.Color, e.Point)
		if n := len(e.Points); n > 0 {
			s += ", " + fmt.Sprintf(w.takes, n)
		}
		return s
	case match.EventSetup:
		if e.Say != "" {
			return w.setUp
		}
		return ""
	case match.EventQuestion:
		if e.Question == nil {
			return ""
		}
		if s := question(w, e, one, list); s != "" {
			return s
		}
	case match.EventResult:
		switch {
		case e.Result != nil && e.Result.Winner == me && me != board.Empty:
			return w.win
		case e.Result != nil && e.Result.Winner != board.Empty && me != board.Empty:
			return w.lose
		}
		return w.over
	case match.EventRefused:
		return fmt.Sprintf(w.refused, one(e.Color, e.Point))
	case match.EventState:
		return state(w, e, list)
	case match.EventAlarm, match.EventNote:
		switch {
		case e.State == match.StateUnkept && (l != English || e.Say == ""):
			return w.unkept
		case e.State == match.StateKept && (l != English || e.Say == ""):
			return w.kept
		}
	}
	if l == English {
		return e.Say
	}
	return ""
}

// question says what is asked; empty for what has no sentence in words.
func question(w words, e match.Event, one func(board.Color, board.Point) string, list func([]board.Point) string) string {
	switch e.Question.Kind {
	case match.AskMove:
		return fmt.Sprintf(w.isThat, one(e.Question.Move.Color, e.Question.Move.Point))
	case match.AskTakeBack:
		return fmt.Sprintf(w.takeItBack, one(e.Question.Move.Color, e.Question.Move.Point))
	case match.AskThere:
		return fmt.Sprintf(w.isItThere, list(e.Points))
	case match.AskHandicap:
		return fmt.Sprintf(w.handicap, list(e.Points))
	case match.AskUndo:
		return w.undoAsked
	case match.AskResign:
		return w.reallyQuit
	case match.AskBegun:
		return w.goOn
	case match.AskPass:
		if c := e.Question.Move.Color; len(e.Question.Moves) > 1 { // in a relay
			return fmt.Sprintf(w.twice, w.colors[c])
		}
	}
	return ""
}

// state says a state where the referee wants it said.
func state(w words, e match.Event, list func([]board.Point) string) string {
	if e.Say == "" {
		return ""
	}
	points := list(e.Points)
	switch e.State {
	case match.StateOwed:
		return fmt.Sprintf(w.owedRepeat, points)
	case match.StateSetup: // some are to be put down, others to be taken off
		return fmt.Sprintf(w.notRight, points)
	case match.StateMisplaced:
		if len(e.Points) == 2 {
			return fmt.Sprintf(w.wrongPoint, list(e.Points[:1]), list(e.Points[1:]))
		}
	case match.StateUnexpected, match.StatePrisoners:
		return fmt.Sprintf(w.takeOff, points)
	case match.StateTakeBack:
		return fmt.Sprintf(w.takeBack, points)
	case match.StateMissing:
		return fmt.Sprintf(w.missing, points)
	case match.StateCameraLost:
		return w.cameraLost
	case match.StateBoardMoved:
		return w.boardMoved
	case match.StateConnectionLost:
		return w.offline
	case match.StatePaused:
		return w.paused
	case match.StateUndoAsked:
		return w.undoAsked
	case match.StateRemoval:
		return w.removal
	case match.StateYourTurn:
		return w.yourTurn
	case match.StateCovered:
		return w.covered
	}
	return ""
}
