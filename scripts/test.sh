#!/usr/bin/env bash
# Passes every test: formatting, vet, lint, the pure rooms without cgo,
# everything else with the race detector. `make test` calls it with the right
# GOFLAGS.
#
#   scripts/test.sh            every step
#   scripts/test.sh WORD...    the steps that have one of the words in their name
#
# A step that fails does not hide those after it: all are run and summed up.
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

# step NAME COMMAND... runs the command, and notes how it went and how long it
# took.
step() {
  local name=$1 begun=$SECONDS outcome=ok word
  shift
  if [ ${#words[@]} -gt 0 ]; then
    for word in "${words[@]}"; do
      [[ $name == *"$word"* ]] && break
      word=
    done
    [ -n "$word" ] || return 0
  fi
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

# Programs that are started, killed and started again have a step of their own.
programs='^Test(Program.*|TwoPrograms.*|PlayAgainstGNUGo|Recorded.*|RecordSimulatedBoard|RecordOnDemoBoardKilled)$'
# Where pictures are read, the race detector costs tenfold; it watches what runs
# in parallel there. The rules have one goroutine and much arithmetic.
others=$(go list ./... | grep -vE '/(board|grid|reading|vision|play|demo)$')

step "formatting" formatted
step "vet of the pure rooms, without a C compiler, for Linux, Windows and macOS" vet_pure
step "vet" go vet -tags "$tags,matprofile" ./...
step "lint" lint
step "the house as docs/architecture.md draws it" scripts/house.sh check
step "tests of the rules, without cgo" pure_tests ./board/... ./internal/grid/... ./internal/reading/...
step "tests with the race detector" \
  go test -race -timeout 40m -tags "$tags,matprofile" -skip "$programs" $others
step "tests with the race detector: sources, eyes and table" \
  go test -race -timeout 40m -tags "$tags,matprofile" -run 'Live|Online|Tape|Record|EyesEnd|EyesStop' ./vision ./internal/play
step "tests of all that reads pictures, with OpenCV's Mats counted, and a whole game" \
  go test -timeout 40m -tags "$tags,matprofile" ./vision ./internal/play ./internal/demo
step "real programs: killed at every step of sending, two that play each other, matches of a club, a game shown everywhere" \
  go test -timeout 40m ./cmd/gobancam -run "$programs"

printf '\n%s\n%d passed, %d failed\n' "$summary" "$passed" ${#failed[@]}
[ ${#failed[@]} -eq 0 ]
