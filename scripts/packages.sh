#!/usr/bin/env bash
# Builds a Debian package for the release of Debian or Ubuntu that this runs on:
# each has its own OpenCV, and a package depends on that of the release it was
# built on. `make packages` calls it.
#
#   OGS_CLIENT_ID=ID   an application for signing in, that comes with the package
#   RELEASE=2          another build of the same version
set -euo pipefail
cd "$(dirname "$0")/.."

# shellcheck disable=SC1091
. /etc/os-release
export ARCH VERSION RELEASE DATE
ARCH=$(dpkg --print-architecture)
VERSION=$(sed -n 's/^const Version = "\(.*\)"$/\1/p' internal/version/version.go)
RELEASE=${RELEASE:-1}~${ID}${VERSION_ID}
DATE=$(git log -1 --format=%cd --date=format-local:%Y-%m-%dT%H:%M:%SZ)
out=dist/package
rm -rf "$out"
mkdir -p "$out/man" "$out/completion"

TZ=UTC make -s release SETUP=: INSTALLED="Debian package $VERSION-$RELEASE" COMMIT="${COMMIT:-$(git rev-parse HEAD)}" COMMIT_DATE="${COMMIT_DATE:-$DATE}"
# A fresh home: what lies in the builder's is not the package's.
run() { env -i HOME="$PWD/$out/home" PATH="$PATH" dist/gobancam "$@"; }
run manual "$out/man"
gzip -9n "$out"/man/*.1
for shell in bash zsh fish; do run completion "$shell" >"$out/completion/$shell"; done
gzip -9nc CHANGELOG.md >"$out/changelog.gz"
scripts/licences.sh dist/gobancam >"$out/copyright"
sed "s/@VERSION@/$VERSION/; s/@DATE@/${DATE%T*}/" packaging/io.github.gobancam.gobancam.metainfo.xml >"$out/metainfo.xml"

# Whose libraries the program names, and nothing more: what those need, they say
# themselves.
depends=$(
  objdump -p dist/gobancam | awk '$1 == "NEEDED" { print $2 }' | while read -r library; do
    path=$(ldd dist/gobancam | awk -v l="$library" '$1 == l { print $3 }')
    [ -n "$path" ] || continue # the loader itself
    # The path as ldd has it leads through /lib, which may be a link to /usr/lib.
    for file in "$path" "$(readlink -f "$path")"; do
      dpkg-query -S "$file" 2>/dev/null && break
    done | head -n 1 | cut -d: -f1 || { echo "no package has $path" >&2; exit 1; }
  done | sort -u | sed "s/^libc6\$/libc6 (>= $(ldd --version | sed -n '1s/.* //p'))/" | paste -sd, | sed 's/,/, /g'
)
[ -n "$depends" ] || { echo 'nothing that the program needs was found' >&2; exit 1; }
sed "s/@DEPENDS@/[\"${depends//, /\", \"}\"]/; s/@DATE@/$DATE/" packaging/nfpm.yaml >"$out/nfpm.yaml"

nfpm=${NFPM:-go run github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.43.0}
GOFLAGS='' $nfpm package --config "$out/nfpm.yaml" --packager deb --target dist/
file=$(ls -t dist/*.deb | head -n 1)
printf '%s: %d kB, needs %s\n' "$file" $(($(stat -c %s "$file") / 1024)) "$depends"
