# SPDX-License-Identifier: Apache-2.0
# Sourced by tools/test: one function per stage. A stage calls pass and fail; nothing else counts.

PASSED=0
FAILED=0
FAILED_NAMES=()
pass() { PASSED=$((PASSED + ${1:-1})); }
fail() { FAILED=$((FAILED + 1)); FAILED_NAMES+=("$1"); printf 'FAILED: %s\n' "$1" >&2; }

# check NAME COMMAND… : one test; its output is shown when it fails.
check() {
	local name=$1 log
	shift
	log=$(mktemp)
	if "$@" >"$log" 2>&1; then
		pass
		printf 'ok      %s\n' "$name"
	else
		tail -n 60 "$log" >&2
		fail "$name"
	fi
	rm -f "$log"
}

# count_lines NAME COMMAND… : a command of which every line `ok …` or `FAILED: …` is a test.
count_lines() {
	local name=$1 log line
	shift
	log=$(mktemp)
	"$@" >"$log" 2>&1 || echo "FAILED: $name: exit $?" >>"$log"
	while read -r line; do
		case $line in
		"ok "*) pass; printf '%s\n' "$line" ;;
		"value "* | "time "* | "red "*) printf '%s\n' "$line" ;;
		"FAILED: "*) fail "${line#FAILED: }" ;;
		esac
	done <"$log"
	grep -q '^ok ' "$log" || { tail -n 40 "$log" >&2; fail "$name: nothing was shown"; }
	rm -f "$log"
}

# ctest_label LABEL : every test of that label; a label without tests is a failure, not a pass.
ctest_label() {
	local log total failed
	log=$(mktemp)
	(cd "$PLATEN_ROOT/build/dev" && ctest -L "^$1\$" -j 2 --output-on-failure) >"$log" 2>&1
	total=$(sed -n 's/.*tests passed, \([0-9]*\) tests failed out of \([0-9]*\).*/\2/p' "$log")
	failed=$(sed -n 's/.*tests passed, \([0-9]*\) tests failed out of \([0-9]*\).*/\1/p' "$log")
	if [ -z "$total" ] || [ "$total" = 0 ]; then
		tail -n 20 "$log" >&2
		fail "ctest -L $1 ran nothing"
	else
		[ "$failed" = 0 ] || cat "$log" >&2
		pass $((total - failed))
		while read -r name; do fail "$name"; done < <(sed -n 's/^[[:space:]]*[0-9]* - \([^ ]*\) (.*/\1/p' "$log")
		printf 'ok      %s: %d of %d\n' "$1" $((total - failed)) "$total"
	fi
	rm -f "$log"
}

need_build() { # once per run
	[ -n "${BUILT:-}" ] && return
	install_packages $PACKAGES_BUILD $PACKAGES_VPRINTER $PACKAGES_TEST
	build dev
	BUILT=1
}

stage_house() {
	install_packages $PACKAGES_BUILD $PACKAGES_VPRINTER $PACKAGES_TEST
	check house.graph-self-test python3 tests/house/include_graph.py --self-test
	check house.graph python3 tests/house/include_graph.py .
	check house.tree tests/house/tree
	check house.format tests/house/format
	check house.manuals tests/house/manuals
}
stage_unit() { need_build; ctest_label unit; }
stage_vprinter() { need_build; ctest_label vprinter; }
stage_peers() { need_build; ctest_label peers; }
stage_connector() { need_build; ctest_label connector; }
stage_console() { need_build; check console.check tests/house/console; }
stage_browser() { need_build; ctest_label browser; }
stage_tray() { need_build; install_packages $PACKAGES_TRAY; ctest_label tray; }
stage_mingw() { install_packages $PACKAGES_BUILD $PACKAGES_TEST; check mingw.compile tests/house/mingw; }
# Every call, not a spread of them: the better part of an hour.
stage_faults() {
	need_build
	build release
	check faults.every_call tests/peers/faults.py --build build/release
	check faults.red tests/peers/faults.py --build build/release --agent build/dev/tests/peers/platen-agent-late \
		--actions identify --expect-red
}
stage_valgrind() {
	need_build
	build release
	check valgrind.agent tests/peers/agent_valgrind.py --build build/release
}
# A site's day in minutes, with the programs as they are installed.
stage_soak() {
	need_build
	build release
	count_lines soak.day tests/peers/soak.py --build build/release --minutes "${SOAK_MINUTES:-5}"
}
# A real kernel in a virtual machine: every line `ok …` or `FAILED: …` of the laboratory counts.
stage_truth() {
	install_packages $PACKAGES_BUILD $PACKAGES_VPRINTER $(grep -v '^#' tests/truth/packages.txt)
	build release
	count_lines truth.ci tests/truth/ci --build build/release --jobs "${TRUTH_JOBS:-40}"
}
# The programs for Windows, built and run under Wine.
stage_windows() {
	need_build
	install_packages $PACKAGES_WINDOWS $PACKAGES_WINE $PACKAGES_MSI
	local prefix=$PLATEN_ROOT/build/wineprefix
	check windows.build env PLATEN_TESTS=ON tools/build-windows
	(cd build/windows/bin && stat -c 'value   %n %s bytes' ./*.exe)
	[ -d "$prefix" ] || WINEPREFIX=$prefix WINEDEBUG=-all /usr/lib/wine/wine64 wineboot -i >/dev/null 2>&1
	check windows.unit env WINEPREFIX="$prefix" WINEDEBUG=-all ctest --test-dir build/windows -j 2 --output-on-failure
	check windows.agent python3 tests/windows/agent.py --build build/dev --windows build/windows --prefix "$prefix"
	check windows.msi-older tools/build-msi --version 0.0.9 --out build/windows/older.msi
	check windows.msi tools/build-msi
	check windows.msi-life python3 tests/windows/msi.py --build build/dev --old build/windows/older.msi --new build/windows/platen.msi \
		--prefix "$prefix"
}
# The Debian packages: made twice (the older one without console), installed, upgraded, purged; first in a layer of this system's root,
# then on a booted system, where every line `ok …` or `FAILED: …` counts.
stage_packages() {
	need_build
	install_packages $PACKAGES_DEB $(grep -v '^#' tests/truth/packages.txt)
	build release
	local out began=$SECONDS
	out=$(mktemp -d)
	check packages.build tools/build-deb --out "$out/new"
	check packages.build-older env DEB_BUILD_PROFILES=pkg.platen.noconsole tools/build-deb --version 0.0.9 --out "$out/old"
	check packages.lintian lintian --allow-root --fail-on error "$out"/new/*.deb
	check packages.life tests/installer/debs.py --old "$out/old" --new "$out/new"
	printf 'time    packages without a boot: %d s\n' $((SECONDS - began))
	count_lines packages.booted tests/installer/booted --old "$out/old" --new "$out/new" --build build/release
	rm -rf "$out"
}
stage_demo() {
	need_build
	check demo.once tools/demo --once --json "$PLATEN_ROOT/build/demo.json"
	check demo.canaries tests/peers/canaries.py --build build/release
}
stage_fuzz() {
	install_packages $PACKAGES_BUILD $PACKAGES_VPRINTER $PACKAGES_TEST
	build fuzz
	local target corpus work
	for target in build/fuzz/tests/fuzz/fuzz_*; do
		[ -f "$target" ] && [ -x "$target" ] || continue
		corpus=tests/fuzz/corpus/$(basename "$target")
		work=$(mktemp -d) # new finds go here, the tree stays as it is
		[ -d "$corpus" ] || { fail "fuzz: $corpus is missing"; continue; }
		check "fuzz.$(basename "$target")" "$target" -max_total_time="${FUZZ_SECONDS:-10}" -timeout=10 -rss_limit_mb=1024 \
			-artifact_prefix="$work/" -verbosity=0 "$work" "$corpus"
		rm -rf "$work"
	done
}

run_stages() {
	local stage began
	cd "$PLATEN_ROOT"
	for stage in "$@"; do
		began=$SECONDS
		say "$stage"
		"stage_$stage"
		printf 'time    %s: %d s\n' "$stage" $((SECONDS - began))
	done
	[ ${#FAILED_NAMES[@]} -eq 0 ] || printf 'failed: %s\n' "${FAILED_NAMES[@]}"
	printf '%d passed, %d failed\n' "$PASSED" "$FAILED"
	[ "$FAILED" = 0 ] && [ "$PASSED" -gt 0 ]
}
