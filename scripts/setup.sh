#!/usr/bin/env bash
# Installs what gobancam needs on Debian 12, Debian 13 and Ubuntu 24.04, and
# says so; does nothing where all is there.
#
#   scripts/setup.sh build   what it takes to build and run
#   scripts/setup.sh test    that, and what the tests use
#
# Go: one that is new enough, or can fetch the toolchain that go.mod asks for,
# is used as it is; else the distribution's is installed (from backports on
# Debian 12).
set -euo pipefail
cd "$(dirname "$0")/.."
what=${1:-build}

say() { printf 'setup: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "needs root to install packages, and sudo is not there; run as root: $*"
  fi
}

build_packages=(g++ make pkg-config ca-certificates libopencv-dev)
# The window opens these libraries by name when it starts.
run_packages=(libgl1 libegl1 libgl1-mesa-dri libx11-6 libxcursor1 libxext6 libxi6 libxinerama1 libxrandr2 libxxf86vm1)
test_packages=(gnugo xvfb xauth xdotool imagemagick ffmpeg zbar-tools fonts-dejavu-core)

# missing prints those of the packages that are not installed.
missing() {
  local p
  for p in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null)" = installed ] || printf '%s\n' "$p"
  done
}

# has_browser succeeds where the tests find one: internal/browsertest.
has_browser() {
  local name
  for name in chromium chromium-browser google-chrome-stable google-chrome; do
    command -v "$name" >/dev/null && return 0
  done
  return 1
}

updated=
update_lists() {
  [ -z "$updated" ] || return 0
  as_root apt-get -q update >&2 || say "the package lists could not be brought up to date; trying with the old ones"
  updated=yes
}

apt_install() {
  local packages=("$@")
  [ ${#packages[@]} -gt 0 ] || return 0
  say "installing ${packages[*]}"
  update_lists
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends "${packages[@]}" >&2 ||
    die "apt-get could not install ${packages[*]}; its last lines above say why"
}

install_packages() {
  local wanted=("${build_packages[@]}" "${run_packages[@]}")
  [ "$what" = test ] && wanted+=("${test_packages[@]}")
  if [ "$what" = test ] && ! has_browser; then
    # Ubuntu has Chromium as a snap only, which many machines cannot run.
    update_lists
    if apt-cache show chromium >/dev/null 2>&1; then
      wanted+=(chromium)
    else
      say "there is no package of Chromium here; the tests of the live page are skipped until chromium or google-chrome is installed"
    fi
  fi
  local lacking
  mapfile -t lacking < <(missing "${wanted[@]}")
  apt_install "${lacking[@]}"
}

# go_works succeeds when the go on the PATH is, or can fetch, the toolchain of
# go.mod. Some distributions ship go set to "local"; make asks for "auto".
go_works() {
  command -v go >/dev/null && GOTOOLCHAIN=${GOTOOLCHAIN:-auto} go version >/dev/null 2>&1
}

install_go() {
  go_works && return 0
  if command -v go >/dev/null; then
    say "$(GOTOOLCHAIN=local go version 2>/dev/null | cut -d' ' -f3 || true) is too old and could not fetch $(sed -n 's/^toolchain //p' go.mod)"
  fi
  # shellcheck disable=SC1091
  . /etc/os-release
  if [ "${VERSION_CODENAME:-}" = bookworm ]; then
    if ! apt-cache policy | grep -q bookworm-backports; then
      say "adding bookworm-backports, for its newer Go"
      # From the mirror that this machine uses already.
      mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Codename: bookworm' | head -n 1)
      [ -n "$mirror" ] || die "no Debian mirror is set up, so bookworm-backports cannot be added; install Go 1.21 or newer from https://go.dev/dl/ and run this again"
      echo "deb $mirror bookworm-backports main" |
        as_root tee /etc/apt/sources.list.d/gobancam-backports.list >/dev/null
      updated=
    fi
    if [ -z "$updated" ]; then
      as_root apt-get -q update >&2
      updated=yes
    fi
    say "installing golang-go from bookworm-backports"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends -t bookworm-backports golang-go >&2 || true
  else
    apt_install golang-go
  fi
  hash -r
  go_works || die "Go 1.21 or newer is needed, which then fetches $(sed -n 's/^toolchain //p' go.mod) by itself; install it from https://go.dev/dl/ and run this again"
}

if command -v apt-get >/dev/null; then
  install_packages
else
  say "this is not Debian or Ubuntu: OpenCV's development files, g++, make and pkg-config must be there already"
  pkg-config --exists opencv4 || die "pkg-config finds no opencv4; install OpenCV 4.6 or newer with its development files"
fi
install_go
