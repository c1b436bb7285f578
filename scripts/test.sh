#!/usr/bin/env bash
# Passes every test: formatting, vet, lint, the pure rooms without cgo,
# everything else with the race detector. `make test` calls it with the right
# GOFLAGS.
#
#   scripts/test.sh            every step
#   scripts/test.sh WORD...    the steps that have one of the words in their name
#
# A step that fails does not hide those after it: all are run and summed up.
# The tests of cmd/gobancam, which mostly wait, run beside the steps that compute.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

tags=${GOFLAGS#-tags=}
# The tests on the private set of photographs and videos take long; they are
# `make test-private`. Without the set they skip and say so.
export GOBANCAM_PRIVATE=${GOBANCAM_PRIVATE:-none}
pure=$(make -s pure)
words=("$@")
passed=0
failed=()
summary=

# wanted succeeds if the step of this name was asked for.
wanted() {
  local word
  [ ${#words[@]} -gt 0 ] || return 0
  for word in "${words[@]}"; do
    [[ $1 == *"$word"* ]] && return 0
  done
  return 1
}

# step NAME COMMAND... runs the command, and notes how it went and how long it
# took.
step() {
  local name=$1 begun=$SECONDS outcome=ok
  shift
  wanted "$name" || return 0
  printf '\n== %s\n' "$name"
  if "$@"; then
    passed=$((passed + 1))
  else
    outcome=FAILED
    failed+=("$name")
  fi
  summary+=$(printf '%-6s %4d s  %s' "$outcome" $((SECONDS - begun)) "$name")$'\n'
}

# sources lists the tree's Go files; all there are, where git does not say which
# belong to it.
sources() {
  git ls-files -z --cached --others --exclude-standard '*.go' 2>/dev/null || find . -name '*.go' -print0
}

formatted() {
  local files
  files=$(sources | xargs -0 ls -d 2>/dev/null | xargs gofmt -l)
  [ -z "$files" ] || { printf 'not formatted:\n%s\n' "$files"; return 1; }
}

# The pure rooms build without a C compiler, and for other systems. Nothing in
# them runs in parallel that the race detector does not see below.
vet_pure() {
  local goos
  for goos in linux windows darwin; do
    CGO_ENABLED=0 GOFLAGS='' GOOS=$goos go vet $pure || return 1
  done
}

pure_tests() { CGO_ENABLED=0 GOFLAGS='' go test "$@"; }

# The linter has its build tags from .golangci.yml. It is not a tool of go.mod,
# which would draw in hundreds of modules. The first run builds it, for a minute.
lint() { GOFLAGS='' go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0 run --allow-parallel-runners ./...; }

# Where pictures are read, the race detector costs tenfold; it watches what runs
# in parallel there. The rules have one goroutine and much arithmetic.
others=$(go list ./... | grep -vE '/(board|grid|reading|vision|play|demo|cmd/gobancam)$')

# Every page of the window is drawn at every size, by one goroutine: half a
# minute of arithmetic with the race detector, two seconds without.
drawn='^TestSmallestLetters$'

# Real programs before simulated boards use a processor for a quarter of the
# time: hands move and stones lie as long as they do in life. So each test of
# cmd/gobancam is a process of its own, with homes and ports of its own, and
# several of them are under way from the build of the tests to the end of all.
beside=$(($(getconf _NPROCESSORS_ONLN) + 1))
# These run without the race detector. It would slow the programs down more than
# fivefold, and what runs in parallel in them is the same in those that are
# watched: a record that others look at, GTP, windows.
programs='^Test(Program.*|TwoPrograms.*|PlayAgainstGNUGo|Recorded.*|RecordSimulatedBoard|RecordOnDemoBoardKilled|RecordAsks.*|CameraPassword.*)$'
# Scripts whose commands do nothing but read pictures run without it, too.
pictures='^TestScripts$/^(badinput|bench|foreign)$'
# A program that is watched ends a tenth of a second later, not one: time enough
# for whoever still runs to be caught.
export GORACE="${GORACE-} atexit_sleep_ms=100"

# programs_begin builds the test programs of cmd/gobancam and sets their tests
# going, those that take longest first.
programs_begin() {
  local long='GNUGo|RecordedAndShown|AsksWhether|KilledWhileSending|DemoBoardKilled|ByClicksAlone'
  work=$(mktemp -d) || return 1
  trap programs_stop EXIT
  go test -c -o "$work/plain" ./cmd/gobancam || return 1
  go test -c -race -tags "$tags,matprofile" -o "$work/race" ./cmd/gobancam || return 1
  "$work/plain" -test.list . | grep '^Test' >"$work/names" || return 1
  { grep -E "$programs" "$work/names" | sed 's/.*/plain ^&$/'
    echo "plain $pictures"
    grep -vE "$programs" "$work/names" | sed 's/.*/race ^&$/'; } >"$work/all"
  { grep -E "$long" "$work/all"; grep -vE "$long" "$work/all"; } >"$work/queue"
  set -m # a group of their own, so that all can be ended
  xargs -P "$beside" -L 1 bash -c 'program_test "$@"' - <"$work/queue" >"$work/said" 2>&1 &
  pool=$!
  set +m
}

# program_test BUILD PATTERN runs the tests that match and says how they went.
program_test() {
  local out begun=$SECONDS skip=
  out=$(mktemp "$work/out.XXXXXX")
  [ "$1" = plain ] || skip=$pictures
  if (cd cmd/gobancam && "$work/$1" -test.timeout 30m -test.run "$2" -test.skip "$skip") >"$out" 2>&1; then
    printf 'ok     %4d s  %s %s\n' $((SECONDS - begun)) "$1" "${2//[$^]/}"
  else
    printf 'FAILED %4d s  %s %s\n%s\n' $((SECONDS - begun)) "$1" "${2//[$^]/}" "$(cat "$out")"
    return 1
  fi
}

# programs_end waits until the last of them has passed, and shows what they said.
programs_end() {
  local ended=0
  [ -n "$pool" ] || return 1
  wait "$pool" || ended=1
  pool=
  cat "$work/said"
  return $ended
}

programs_stop() {
  [ -z "$pool" ] || kill -- "-$pool" 2>/dev/null
  rm -rf "$work"
}

pool=
work=
export work pictures
export -f program_test
programs_step="real programs: killed at every step of sending, two that play each other, matches of a club, a game shown everywhere; every command"

step "formatting" formatted
step "vet of the pure rooms, without a C compiler, for Linux, Windows and macOS" vet_pure
step "vet" go vet -tags "$tags,matprofile" ./...
step "lint" lint
step "the house as docs/architecture.md draws it" scripts/house.sh check
step "tests of the rules, without cgo" pure_tests ./board/... ./internal/grid/... ./internal/reading/...
step "$programs_step; their beginning" programs_begin
step "tests with the race detector" \
  go test -race -timeout 40m -tags "$tags,matprofile" -skip "$drawn" $others
step "tests with the race detector: sources, eyes and table" \
  go test -race -timeout 40m -tags "$tags,matprofile" -run 'Live|Online|Tape|Record|EyesEnd|EyesStop' ./vision ./internal/play
step "tests of all that reads pictures, with OpenCV's Mats counted, and a whole game" \
  go test -timeout 40m -tags "$tags,matprofile" ./vision ./internal/play ./internal/demo
step "tests of every page of the window, drawn at every size" go test -run "$drawn" ./internal/window
step "$programs_step" programs_end

printf '\n%s\n%d passed, %d failed\n' "$summary" "$passed" ${#failed[@]}
[ ${#failed[@]} -eq 0 ]
