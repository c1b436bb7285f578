#!/usr/bin/env bash
# Prints the licence of gobancam and those of every module that is linked into a
# program, one after another. It fails where one has none, or one that asks for
# more than its text to be passed on.
#
#   scripts/licences.sh dist/gobancam
set -euo pipefail
program=${1:?which program}
cd "$(dirname "$0")/.."

printf 'gobancam is licensed as follows. The licences of what is linked into it are below.\n\n'
cat LICENSE
cache=$(go env GOMODCACHE)
root=$(go env GOROOT)

# pass_on prints one licence under a heading.
pass_on() {
  local what=$1 file=$2
  if grep -qE 'GNU (AFFERO |LESSER )?GENERAL PUBLIC LICENSE' "$file"; then
    echo "$what: $file asks for more than to be passed on" >&2
    exit 1
  fi
  printf '\n\n=== %s (%s)\n\n' "$what" "$(basename "$file")"
  cat "$file"
}

pass_on "The Go standard library and the Go fonts" "$root/LICENSE"
go version -m "$program" | awk '$1 == "dep" { print $2, $3 }' | while read -r module version; do
  # Capitals in a module's path are written !c in the cache.
  dir="$cache/$(printf '%s' "$module" | sed 's/[A-Z]/!\L&/g')@$version"
  files=$(find "$dir" -maxdepth 1 -type f \( -iname 'licen[cs]e*' -o -iname 'copying*' -o -iname 'notice*' \) | sort)
  [ -n "$files" ] || { echo "$module $version has no licence in $dir" >&2; exit 1; }
  while read -r file; do pass_on "$module $version" "$file"; done <<<"$files"
done
