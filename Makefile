# gobancam. `make help` lists what can be made.

# gocv reaches far into OpenCV; these tags take only what is used, and what
# both OpenCV 4.6 and 4.10 have. Plain `go build` fails without them:
# `export GOFLAGS="$(make -s goflags)"` makes it work.
TAGS := gocv_specific_modules,gocv_calib3d,gocv_videoio,gocv_features2d,gocv_photo,gocv_svd
export GOFLAGS := -tags=$(TAGS)
export GOTOOLCHAIN ?= auto

# Rooms that know neither OpenCV nor a window: they build without a C compiler.
PURE := ./board/... ./game/... ./internal/reading/... ./internal/grid/... ./internal/match/... ./ogs/... ./challonge/... ./internal/club/... ./internal/credentials/... ./internal/mask/... ./internal/qr/... ./internal/web/... ./internal/recording/... ./internal/sim/... ./internal/disk/... ./internal/plain/... ./internal/pages/... ./internal/limits/... ./internal/patient/... ./internal/gamefile/... ./internal/live/... ./internal/gtpboard/... ./internal/review/... ./gtp/... ./phone/... ./internal/config/... ./internal/logs/...

.DEFAULT_GOAL := help

.PHONY: help
help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

SETUP ?= scripts/setup.sh build

.PHONY: setup
setup: ## install what building and running takes
	@$(SETUP)

.PHONY: build
build: setup ## build bin/gobancam
	go build -o bin/gobancam ./cmd/gobancam

# What packagers may set: how the build gets to its machine, in words; the id of
# an application at online-go.com (docs/ogs.md); and, outside of the repository,
# the commit and its date.
INSTALLED ?=
OGS_CLIENT_ID ?=
COMMIT ?=
COMMIT_DATE ?=
room := github.com/gobancam/gobancam/internal
LDFLAGS := -s -w -X '$(room)/version.installed=$(INSTALLED)' -X '$(room)/version.commit=$(COMMIT)' -X '$(room)/version.date=$(COMMIT_DATE)' -X '$(room)/app/account.clientID=$(OGS_CLIENT_ID)'

.PHONY: release
release: setup ## build dist/gobancam as packages have it: the same bytes from the same commit
	go build -trimpath -ldflags "$(LDFLAGS)" -o dist/gobancam ./cmd/gobancam

.PHONY: packages
packages: setup ## build a Debian package for the release that this is, in dist/
	@OGS_CLIENT_ID="$(OGS_CLIENT_ID)" scripts/packages.sh

.PHONY: reproducible
reproducible: ## build twice, in two places, once from scratch, and compare the bytes
	@scripts/reproducible.sh

.PHONY: demo
demo: build ## play a whole game, without camera, account or network
	bin/gobancam demo

.PHONY: test
test: ## install what is missing and pass every test
	@scripts/setup.sh test
	@scripts/test.sh

.PHONY: test-private
test-private: ## measure on the private set of photographs and videos, beside the checkout or in GOBANCAM_PRIVATE
	GOBANCAM_PRIVATE=$${GOBANCAM_PRIVATE:-$(CURDIR)/../shared} go test -v -timeout 90m ./board ./vision ./internal/match

.PHONY: pure
pure:
	@echo $(PURE)

.PHONY: goflags
goflags: ## print the GOFLAGS that plain go commands need
	@echo "$(GOFLAGS)"

.PHONY: soak-ogs
soak-ogs: ## play 1000 random games against a misbehaving server (SOAK=n for another number)
	GOBANCAM_SOAK_SOCKETS=1 GOBANCAM_SOAK=$(or $(SOAK),1000) CGO_ENABLED=0 GOFLAGS= go test ./ogs -run '^TestSoak$$' -timeout 2h -v | grep -v '^=== \|--- PASS: TestSoak/games/'

.PHONY: soak-pixels
soak-pixels: ## play 20 random games before a simulated camera, from pixels to the record (SOAK=n for another number)
	go test ./internal/play -run '^TestRandomGamesBeforeTheCamera$$' -pixelgames $(or $(SOAK),20) -pixelmoves 30 -timeout 6h -v | grep -v '^=== \|--- PASS'

.PHONY: soak-engines
soak-engines: ## play whole games with GNU Go before a simulated camera, on 9×9 and 19×19, even and with handicap
	GOBANCAM_ENGINE_SOAK=1 go test ./cmd/gobancam -run '^TestPlayAgainstGNUGo$$' -timeout 2h -v | grep -v '^=== '

.PHONY: soak-live
soak-live: ## tell a move a second to a thousand who watch, for a minute (SOAK=n for another number of seconds)
	CGO_ENABLED=0 GOFLAGS= go test ./internal/live/site -run '^$$' -bench Watchers -benchtime $(or $(SOAK),60)x -timeout 2h

.PHONY: soak-shown
soak-shown: ## show random games before a browser and a failing server, killed at every other step (SOAK=n for another number of steps than 60)
	GOBANCAM_SHOWN=$(or $(SOAK),60) go test ./cmd/gobancam -run '^TestRandomGameShown$$' -timeout 6h -v

.PHONY: soak-match
soak-match: ## play 300 random games against the referee and the relay (SOAK=n for another number)
	CGO_ENABLED=0 GOFLAGS= go test ./internal/match -run '^TestRandom(Games|GamesOfTheCareless|Relays|Rogues)$$' -games $(or $(SOAK),300) -timeout 3h -v | grep -v '^=== \|--- PASS'

.PHONY: soak-faults
soak-faults: ## fill, break and switch off the disk under all that is kept, in 100000 ways each (SOAK=n for another number)
	GOBANCAM_FAULTS=$(or $(SOAK),100000) CGO_ENABLED=0 GOFLAGS= go test -run '^Test(.*UnderFaults|FaultsAndKills|WriteFileCutOffAnywhere)$$' -timeout 6h \
	  $$(git grep -l 'internal/disk/faulty"' -- '*_test.go' | xargs -n 1 dirname | sort -u | sed 's|^|./|')

.PHONY: soak-eyes
soak-eyes: ## watch an hour of play for leaks, and 40 random games before simulated cameras (HOURS=n, SOAK=n)
	GOBANCAM_HOURS=$(or $(HOURS),1) go test -tags "$(TAGS),matprofile" ./vision -run '^TestLongPlay' -timeout 12h -v
	go test ./internal/play -run '^TestRandomGames$$' -games $(or $(SOAK),40) -timeout 12h -v
