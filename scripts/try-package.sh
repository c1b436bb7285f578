#!/usr/bin/env bash
# Tries a Debian package in a clean root of the release that it was built on: it
# is installed, used, upgraded, removed and installed again, and nothing of the
# user's is touched. It needs root, debootstrap and the release's mirror, and is
# part of releasing, not of the tests.
#
#   scripts/try-package.sh dist/gobancam_….deb [DIRECTORY FOR THE ROOT]
set -euo pipefail
package=$(realpath "${1:?which package}")
# shellcheck disable=SC1091
. /etc/os-release
root=${2:-$(mktemp -d)}
say() { printf 'try-package: %s\n' "$*" >&2; }
[ "$(id -u)" = 0 ] || { say "needs root, for debootstrap: sudo $0 $*"; exit 1; }

inside() { chroot "$root" env -i HOME=/home/anna PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 "$@"; }
cleanup() {
  umount "$root/proc" 2>/dev/null || true
  [ -n "${2:-}" ] || rm -rf --one-file-system "$root"
}
trap 'cleanup "$package" "${2:-}"' EXIT

if [ ! -x "$root/usr/bin/apt-get" ]; then
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Codename: $VERSION_CODENAME" | head -n 1)
  say "a clean $PRETTY_NAME from the mirror that this machine uses"
  debootstrap --variant=minbase "$VERSION_CODENAME" "$root" "${mirror:?no mirror is set up}" >/dev/null
fi
mount -t proc proc "$root/proc"
cp "$package" "$root/tmp/gobancam.deb"
before=$(inside dpkg-query -W | wc -l)
size() { du -sm --one-file-system "$root" | cut -f1; }
was=$(size)

say "install"
inside apt-get -o Dpkg::Use-Pty=0 -qq update
inside apt-get -o Dpkg::Use-Pty=0 -qq -y install --no-install-recommends /tmp/gobancam.deb >/dev/null
inside apt-get clean
printf '%d packages and %d MB came with it\n' $(($(inside dpkg-query -W | wc -l) - before)) $(($(size) - was))
inside gobancam version
for file in usr/share/man/man1/gobancam-play.1.gz usr/share/applications/gobancam.desktop usr/share/doc/gobancam/copyright usr/share/bash-completion/completions/gobancam; do
  [ -s "$root/$file" ] || { say "$file is missing"; exit 1; }
done

say "use: a whole game before a simulated camera"
inside gobancam demo --text >"$root/tmp/demo.txt" 2>&1 || { tail -n 20 "$root/tmp/demo.txt"; exit 1; }
tail -n 2 "$root/tmp/demo.txt"
code=0
inside gobancam doctor --camera sim:9 || code=$?
[ "$code" = 0 ] || { say "the doctor says that no game can be played"; exit 1; }

say "upgrade, remove, install again: the user's files stay as they are"
mkdir -p "$root/home/anna/.config/gobancam"
printf '[speech]\nlanguage = "de"\n' >"$root/home/anna/.config/gobancam/config.toml"
files() { (cd "$root/home/anna" && find . -type f -exec sha256sum {} + | sort); }
kept=$(files)
inside apt-get -o Dpkg::Use-Pty=0 -qq -y install --reinstall --no-install-recommends /tmp/gobancam.deb >/dev/null
inside apt-get -o Dpkg::Use-Pty=0 -qq -y purge gobancam >/dev/null
left=$(find "$root/usr" "$root/etc" "$root/var/lib" -path "$root/var/lib/apt" -prune -o -name '*gobancam*' -print)
[ -z "$left" ] || { say "it left $left"; exit 1; }
inside apt-get -o Dpkg::Use-Pty=0 -qq -y install --no-install-recommends /tmp/gobancam.deb >/dev/null
[ "$kept" = "$(files)" ] || { say "files of the user's were changed"; exit 1; }
inside gobancam config show | grep -q 'language = "de"'
say "all is well"
