# SPDX-License-Identifier: Apache-2.0
# Sourced by tools/*: installs what is missing (Debian 12, as root) and builds. Quiet unless something is wrong.

PLATEN_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# One Debian package per line of meaning; docs/dependencies.md says versions, licences and why.
PACKAGES_BUILD="gcc libc6-dev cmake ninja-build pkg-config libusb-1.0-0-dev libmbedtls-dev libcjson-dev
  libcups2-dev libexpat1-dev libsqlite3-dev libmicrohttpd-dev libgnutls28-dev zlib1g-dev libargon2-dev libsystemd-dev gettext
  nodejs npm"
PACKAGES_VPRINTER="libglib2.0-dev libcmocka-dev libumockdev-dev umockdev cups-ipp-utils cups-client python3 ca-certificates curl"
PACKAGES_TEST="clang clang-format libclang-rt-14-dev libssl-dev gcc-mingw-w64-x86-64-posix valgrind strace sqlite3 openssl
  gnutls-bin tinyproxy-bin jq libxml2-utils usbutils ipp-usb chromium iproute2 procps xxd git tshark python3-yaml python3-jsonschema
  systemd rsyslog zsh mandoc"
PACKAGES_TRAY="dbus imagemagick librsvg2-common libxml2-utils systemd util-linux x11-xserver-utils xdotool xfce4-notifyd xfce4-panel
  xfconf xvfb"
PACKAGES_BENCH="nginx-light mosquitto libayatana-appindicator3-dev $PACKAGES_TRAY" # peers of tests/bench; the servers start with files of their own
PACKAGES_WINDOWS="gcc-mingw-w64-x86-64-posix binutils-mingw-w64-x86-64 gcc make cmake ninja-build pkg-config tcl dpkg-dev autoconf automake libtool"
PACKAGES_WINE="wine64" # runs what was built: tools/test windows
PACKAGES_MSI="wixl msitools" # tools/build-msi
PACKAGES_DEB="debhelper dpkg-dev fakeroot lintian git debootstrap dbus"

say() { printf '\033[1m== %s\033[0m\n' "$*" >&2; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

# install_packages NAME… : those of them that are not there yet.
install_packages() {
	local missing=() p
	for p in "$@"; do
		# A toolchain that a machine already brings (node, npm) is as good as the package.
		case $p in
		nodejs) command -v node >/dev/null && continue ;;
		npm) command -v npm >/dev/null && continue ;;
		esac
		dpkg-query -W -f='${db:Status-Status}' "$p" 2>/dev/null | grep -qx installed || missing+=("$p")
	done
	[ ${#missing[@]} -eq 0 ] && return
	[ "$(id -u)" = 0 ] || die "these packages are missing; install them as root: apt-get install ${missing[*]}"
	say "installing ${missing[*]}"
	local log
	log=$(mktemp)
	if ! { apt-get update -qq &&
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
			-o DPkg::Lock::Timeout=300 "${missing[@]}"; } >"$log" 2>&1; then
		tail -n 20 "$log" >&2
		die "apt-get could not install them (the log ends above)"
	fi
	rm -f "$log"
}

# build PRESET [TARGET…]
build() {
	local preset=$1 log
	shift
	log=$(mktemp)
	cd "$PLATEN_ROOT"
	say "building ($preset)"
	if ! { cmake --preset "$preset" && cmake --build "build/$preset" ${1:+--target "$@"}; } >"$log" 2>&1; then
		grep -nE 'error|Error|FAILED|was not found' "$log" | head -n 20 >&2
		tail -n 15 "$log" >&2
		die "the build failed; all of it: $log"
	fi
	rm -f "$log"
}
