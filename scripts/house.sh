#!/usr/bin/env bash
# Draws the house from the imports of its rooms, floor by floor, as it stands in
# docs/architecture.md: a room stands one floor above the highest room that it
# uses. Tests are left out.
#
#   scripts/house.sh          print the picture
#   scripts/house.sh write    put it into docs/architecture.md
#   scripts/house.sh check    fail where docs/architecture.md shows another, or
#                             where .golangci.yml has no rule for a room
#
# It asks Go for the imports only, so neither OpenCV nor a C compiler is needed.
set -euo pipefail
cd "$(dirname "$0")/.."
page=docs/architecture.md

draw() {
  local module
  module=$(go list -m)
  go list -e -f '{{.ImportPath}}{{range .Imports}} {{.}}{{end}}' ./... |
    awk -v module="$module/" '
      function floor(room, n, uses, i, f, top) {
        if (room in at) return at[room]
        n = split(imports[room], uses, " ")
        for (i = 1; i <= n; i++) { f = floor(uses[i]); if (f > top) top = f }
        return at[room] = top + 1
      }
      {
        room = $1; sub(module, "", room)
        order[++count] = room
        for (i = 2; i <= NF; i++)
          if (sub("^" module, "", $i)) imports[room] = imports[room] (imports[room] == "" ? "" : " ") $i
      }
      END {
        for (i = 1; i <= count; i++) if (floor(order[i]) > top) top = floor(order[i])
        for (f = top; f >= 1; f--) {
          printf "floor %d\n", f
          for (i = 1; i <= count; i++) {
            if (at[order[i]] != f) continue
            uses = imports[order[i]]; gsub(/internal\//, "", uses)
            name = order[i]
            line = sprintf("  %-28s", name)
            n = split(uses, words, " ")
            for (j = 1; j <= n; j++) {
              if (length(line) + length(words[j]) > 108) { print line; line = sprintf("  %-28s", "") }
              line = line " " words[j]
            }
            sub(/ +$/, "", line); print line
          }
        }
      }'
}

# page_with prints the page with the picture that is read from standard input
# between its marks.
page_with() {
  awk 'NR == FNR { picture = picture $0 "\n"; next }
    /^<!-- scripts\/house.sh -->$/ { print; print "```"; printf "%s", picture; print "```"; skip = 1; next }
    /^<!-- end -->$/ { skip = 0 }
    !skip' - "$page"
}

# unruled prints the rooms for which .golangci.yml does not say what they may
# use. Commands may use all.
unruled() {
  local module room
  module=$(go list -m)
  go list -e ./... | sed "s|^$module/||" | grep -vE '^(cmd|train)/' | while read -r room; do
    grep -qF "\"**/$room/*.go\"" .golangci.yml && continue
    awk -v room="$room/" -F'"' '
      { for (i = 2; i <= NF; i += 2) {
          above = $i
          if ($(i - 1) !~ /!$/ && sub(/\/\*\*$/, "/", above) && sub(/^\*\*\//, "", above) && index(room, above) == 1) found = 1
      } }
      END { exit !found }' <(sed -n '/One rule a room,/,$p' .golangci.yml) || echo "$room"
  done
}

case ${1:-} in
'') draw ;;
write) draw | page_with >"$page.new" && mv "$page.new" "$page" ;;
check)
  without=$(unruled)
  [ -z "$without" ] || { printf '.golangci.yml has no rule for:\n%s\n' "$without" >&2; exit 1; }
  draw | page_with | diff -u "$page" - ||
    { echo "$page shows another house than the imports do: scripts/house.sh write" >&2; exit 1; } ;;
*) sed -n '2,/^set/p' "$0" | sed '$d; s/^# \{0,1\}//' >&2; exit 2 ;;
esac
