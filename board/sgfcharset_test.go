package board

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

// foreignRecords are what the two players of a record are called, and perhaps a
// comment, by the encodings that the text is found in.
var foreignRecords = []struct {
	encodings []encoding.Encoding
	names     []string
}{
	{[]encoding.Encoding{simplifiedchinese.GBK, simplifiedchinese.GB18030}, []string{
		"柯洁/古力", "聂卫平/马晓春", "王立诚/b", "常昊/李昌镐", "时越/唐韦星", "芈昱廷/范廷钰", "党毅飞/周睿羊", "丁浩/连笑", "黑方/白方", "张三/李四",
		"陈耀烨/檀啸", "谢尔豪/杨鼎新", "黄云嵩/辜梓豪", "於之莹/王晨星", "江铸久/芮乃伟", "第十届春兰杯决赛/九段", "黑中盘胜/白胜一目半",
	}},
	{[]encoding.Encoding{traditionalchinese.Big5}, []string{
		"許功蓋/測試", "周俊勳/林至涵", "王元均/陳詩淵", "張栩/王立誠", "黑嘉嘉/謝依旻", "黑方/白方", "許皓鋐/賴均輔", "第十屆應氏盃/九段", "黑中盤勝/白勝", "簡靖庭/徐靖恩", "功/能",
	}},
	{[]encoding.Encoding{japanese.ShiftJIS, japanese.EUCJP}, []string{
		"井山裕太/一力遼", "芝野虎丸/許家元", "羽根直樹/山下敬吾", "高尾紳路/小林光一", "武宮正樹/趙治勲", "林海峰/坂田栄男", "藤沢里菜/上野愛咲美", "仲邑菫/ソ",
		"たろう/はなこ", "タロウ/ハナコ", "第四十期名人戦/九段", "黒中押勝ち/白3目半勝ち", "張栩/結城聡", "本因坊秀策/井上因碩", "表示/能力", "申眞ソ/b", "大竹英雄/石田芳夫", "加藤正夫/工藤紀夫",
	}},
	{[]encoding.Encoding{korean.EUCKR}, []string{
		"이창호/이세돌", "신진서/박정환", "조훈현/유창혁", "최정/오유진", "흑번 시험/백번 시험", "김지석/강동윤", "변상일/신민준", "흑 불계승/백 반집승", "홍길동/b", "제10회 결승/9단", "서봉수/최철한", "원성진/목진석", "연습 대국입니다/재미있는 바둑",
	}},
	{[]encoding.Encoding{charmap.Windows1252, charmap.ISO8859_1}, []string{
		"Björn/Zoë", "François/José", "Jürgen Groß/Käthe Müller", "Åsa Söderström/Øystein", "Señor Muñoz/Íñigo", "André/b", "Übung für Anfänger/gewählt", "Gwenaël/Héloïse", "Zoë/René", "Chloé/b", "Noé/André",
	}},
	{[]encoding.Encoding{charmap.Windows1251, charmap.KOI8R}, []string{
		"Александр Динерштейн/Илья Шикшин. Комментарий к партии: хороший ход", "Наталья Ковалёва/Дмитрий Сурин, чемпионат России по игре го среди женщин",
	}},
}

// recordOf is a record with two names, in an encoding; more is put into its
// root.
func recordOf(t testing.TB, enc encoding.Encoding, names, more string) (data []byte, black, white string, ok bool) {
	black, white, _ = strings.Cut(names, "/")
	// Encoded first and escaped after, byte by byte where a byte is a bracket,
	// is what no program does: they put characters between brackets.
	data, err := enc.NewEncoder().Bytes([]byte("(;GM[1]FF[4]" + more + "SZ[19]PB[" + black + "]PW[" + white + "]KM[6.5];B[pd];W[dp];B[])"))
	return data, black, white, err == nil
}

// TestForeignRecords reads records in the encodings of the countries where most
// of them are made: without CA, with the right one, with a wrong one.
func TestForeignRecords(t *testing.T) {
	for _, f := range foreignRecords {
		for _, enc := range f.encodings {
			for _, names := range f.names {
				for _, ca := range []string{"", "CA[UTF-8]", "CA[ISO-8859-1]", "CA[" + fmt.Sprint(enc) + "]"} {
					data, black, white, ok := recordOf(t, enc, names, ca)
					if !ok {
						t.Fatalf("%v has not all of %s", enc, names)
					}
					games, err := ParseSGF(data)
					if err != nil || len(games) != 1 {
						t.Errorf("%v, %s, %s: %d games, %v", enc, ca, names, len(games), err)
						continue
					}
					root := games[0]
					if root.Text("PB") != black || root.Text("PW") != white || root.Text("KM") != "6.5" || len(root.MainLine()) != 4 {
						t.Errorf("%v, %s, %s: %s", enc, ca, names, outline(root))
					}
				}
			}
		}
	}
}

// TestForeignRecordWithAMark reads UTF-16 and UTF-8 with byte order marks, and
// without; a mark is right also where CA is wrong.
func TestForeignRecordWithAMark(t *testing.T) {
	for name, enc := range map[string]encoding.Encoding{
		"UTF-8":               unicode.UTF8BOM,
		"UTF-16LE":            unicode.UTF16(unicode.LittleEndian, unicode.UseBOM),
		"UTF-16BE":            unicode.UTF16(unicode.BigEndian, unicode.UseBOM),
		"UTF-16LE, no mark":   unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM),
		"UTF-16BE, no mark":   unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM),
		"seven bits of Japan": japanese.ISO2022JP,
	} {
		for _, ca := range []string{"", "CA[Shift_JIS]", "CA[UTF-16]"} {
			data, black, white, ok := recordOf(t, enc, "井山裕太/ソ能表", ca)
			if !ok {
				t.Fatal(name)
			}
			if root := parseOne(t, string(data)); root.Text("PB") != black || root.Text("PW") != white || len(root.MainLine()) != 4 {
				t.Errorf("%s, %s: %s", name, ca, outline(root))
			}
		}
	}
}

// TestForeignFiles reads records as other programs write them, where they are
// at hand.
func TestForeignFiles(t *testing.T) {
	want := map[string]string{
		"big5-no-ca.sgf":   ";GM[1]FF[4]SZ[19]PB[測試許功蓋]PW[白方]C[這是測試]CA[UTF-8];B[pd];W[dp]",
		"euc-kr-no-ca.sgf": ";GM[1]FF[4]SZ[19]PB[흑번 시험]PW[백번 시험]C[연습 대국입니다]CA[UTF-8];B[pd];W[dp]",
		"gb18030-no-ca-variations.sgf": ";GM[1]FF[4]SZ[19]AB[dd][pd]AW[dp][pp]C[练习题：黑先。\n右边的变化请注意。]AP[TestEditor:1.0]ST[2]CA[UTF-8]" +
			"(;B[qn]C[正解];W[qp];B[op](;W[oq])(;W[np]C[变化一]))(;B[pn]C[失败])",
		"latin1-declared-utf8.sgf": ";GM[1]FF[4]CA[UTF-8]SZ[9]PB[Björn]PW[Zoë];B[ee];W[cc]",
		"shift-jis-backslash.sgf":  ";GM[1]FF[4]SZ[19]PB[申眞ソ]PW[b]CA[UTF-8];B[pd];W[dp]",
	}
	for name, like := range map[string]string{"shift-jis-no-ca.sgf": "", "utf16be-bom.sgf": "", "utf16le-bom.sgf": "", "utf8-bom-no-ca.sgf": "gb18030-no-ca-variations.sgf"} {
		want[name] = ";GM[1]FF[4]SZ[19]EV[春の手合予選]PB[ソ表能]BR[初段]PW[十予申]WR[二段]RE[黒中押勝]KM[6.5]CA[UTF-8];B[pd];W[dp];B[pp];W[dd]"
		if like != "" {
			want[name] = want[like]
		}
	}
	dir := os.Getenv("GOBANCAM_PRIVATE")
	if dir == "" {
		dir = "../../shared"
	}
	files, _ := filepath.Glob(filepath.Join(dir, "sgf-cases", "*.sgf"))
	if len(files) == 0 {
		t.Skip("no private set of records: GOBANCAM_PRIVATE names the directory that holds sgf-cases")
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		root := parseOne(t, string(data))
		if got := outline(root); got != want[filepath.Base(f)] {
			t.Errorf("%s:\ngot  %s\nwant %s", filepath.Base(f), got, want[filepath.Base(f)])
		}
		if again := rewrite(t, []*Node{root}); outline(again[0]) != outline(root) {
			t.Errorf("%s is not the same when written and read again", filepath.Base(f))
		}
	}
}
