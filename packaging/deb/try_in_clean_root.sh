#!/usr/bin/env bash
# Tries the Debian package where nothing is but Debian: a root that debootstrap makes, without Python.
#
#   try_in_clean_root.sh PACKAGE.deb [BASE]
#
# BASE is a root that debootstrap has made before (it is copied, not changed); without it one is made, of $SUITE. Needs
# root, debootstrap and, for the desktop, what the tests need. Ends with 1 at the first thing that is not as it should
# be; everything that was mounted or started goes with the end.
set -euo pipefail

package="$(realpath "$1")"
base="${2:-}"
suite="${SUITE:-bookworm}"
mirror="${MIRROR:-http://deb.debian.org/debian}"
here="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
python="$here/.venv/bin/python"
root="$(mktemp -d /tmp/avdesk-root-XXXXXX)"
scratch="$(mktemp -d /tmp/avdesk-debs-XXXXXX)"
emulator=""

say() { printf '== %s\n' "$*"; }
die() { printf 'try_in_clean_root: %s\n' "$*" >&2; exit 1; }
inside() { chroot "$root" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }

leave() {
    [ -z "$emulator" ] || kill "$emulator" 2>/dev/null || true
    for place in "$root/dev/pts" "$root/proc"; do mountpoint -q "$place" && umount "$place"; done
    # Never delete through something that is still mounted.
    if grep -q " $root/" /proc/mounts; then
        printf 'left behind, since it is still in use: %s\n' "$root" >&2
    else
        rm -rf "$root" "$scratch"
    fi
}
trap leave EXIT

# --- The root -----------------------------------------------------------------------------------------------------

if [ -n "$base" ]; then
    cp -a "$base/." "$root/"
else
    say "debootstrap of $suite"
    debootstrap --variant=minbase "$suite" "$root" "$mirror" >"$scratch/debootstrap.log" || { tail -20 "$scratch/debootstrap.log"; die "debootstrap failed"; }
fi
chmod 755 "$root"
mount -t proc proc "$root/proc"
mount -t devpts devpts "$root/dev/pts" -o newinstance,ptmxmode=0666
cp /etc/resolv.conf /etc/hosts "$root/etc/"
printf 'Acquire::Check-Valid-Until "false";\nAcquire::Check-Date "false";\n' >"$root/etc/apt/apt.conf.d/99trial"
inside apt-get update -qq
inside sh -c '! command -v python3 && ! command -v python' || die "there is a Python in the root"
inside find / -xdev -not -path '/proc/*' -not -path '/var/*' -not -path '/etc/ld.so.cache' | sort >"$scratch/before"

# --- Other versions of the package, to upgrade to -------------------------------------------------------------------

repack() { # VERSION [OTHER]: with OTHER the program's file is another one
    local folder="$scratch/v$1"
    dpkg-deb -R "$package" "$folder"
    sed -i "s/^Version: .*/Version: $1/" "$folder/DEBIAN/control"
    if [ "${2:-}" = OTHER ]; then
        printf '#!/bin/sh\necho "avdesk of another build"\n' >"$folder/usr/lib/avdesk/avdesk"
        rm "$folder/DEBIAN/md5sums"
    fi
    dpkg-deb --root-owner-group -Zgzip -z1 --build "$folder" "$root/root/avdesk_$1.deb" >/dev/null
    rm -rf "$folder"
}

version="$(dpkg-deb -f "$package" Version)"
cp "$package" "$root/root/avdesk_$version.deb"
repack "$version+1" OTHER
repack "$version+2"

# --- Install --------------------------------------------------------------------------------------------------------

say "apt install, without what is only recommended"
inside apt-get install -qq -y --no-install-recommends "/root/avdesk_$version.deb" >"$scratch/install.log" 2>&1 || { tail -30 "$scratch/install.log"; die "apt could not install it"; }
inside sh -c '! command -v python3 && ! command -v python' || die "the package brought a Python of Debian's"
say "$(inside dpkg-query -W | wc -l) packages are in the root now, no Python among them"
[ "$(inside avdesk --version)" = "avdesk $version" ] || die "avdesk --version says something else"
[ "$(inside avmonitor --version)" = "avdesk $version" ] || die "avmonitor --version says something else"

missing="$(inside LD_LIBRARY_PATH=/usr/lib/avdesk/_internal sh -c 'find /usr/lib/avdesk -type f \( -name "*.so*" -o -name avdesk \) ! -name libqgtk3.so -exec ldd {} + 2>/dev/null' | grep 'not found' | sort -u || true)"
[ -z "$missing" ] || die "libraries are missing: $missing"

# --- The command line -----------------------------------------------------------------------------------------------

say "doctor"
inside avdesk doctor >"$scratch/doctor" 2>"$scratch/doctor.err" || [ $? -eq 1 ] || die "doctor failed: $(cat "$scratch/doctor.err")"
[ -s "$scratch/doctor" ] || die "doctor said nothing"
sed 's/^/   /' "$scratch/doctor" | head -40
say "status against an emulator in the root"
inside avdesk emulator --speed 60 --jobs 5 >"$scratch/emulator" 2>"$scratch/emulator.err" &
emulator=$!
for _ in $(seq 300); do [ -s "$scratch/emulator" ] && break; sleep 0.1; done
url="$(sed -n 's/.*"autovideo": "\([^"]*\)".*/\1/p' "$scratch/emulator")"
[ -n "$url" ] || die "the emulator does not start: $(cat "$scratch/emulator.err")"
inside avdesk config set environments.dev.url "$url" >/dev/null
inside avdesk config set environments.dev.vertex off >/dev/null
inside avdesk status --json >"$scratch/status" 2>"$scratch/status.err" || [ $? -eq 1 ] || die "status failed: $(cat "$scratch/status.err")"
grep -q '"reachable": true' "$scratch/status" || die "status does not reach the emulator: $(cat "$scratch/status" "$scratch/status.err")"
[ ! -s "$scratch/status.err" ] || die "status said on stderr: $(cat "$scratch/status.err")"
inside avdesk status | sed 's/^/   /'
kill "$emulator"
wait "$emulator" || true
emulator=""

# --- The desktop ----------------------------------------------------------------------------------------------------

say "the desktop app in a session, upgraded while it runs"
(cd "$here" && "$python" packaging/deb/clean_root_session.py "$root" "/root/avdesk_$version+1.deb" "/root/avdesk_$version+2.deb")
[ "$(inside dpkg-query -W -f '${Version}' avdesk)" = "$version+2" ] || die "the upgrade did not happen"
[ "$(inside avdesk --version)" = "avdesk $version" ] || die "after the upgrade avdesk --version fails"

# --- Removal --------------------------------------------------------------------------------------------------------

say "remove and purge"
mkdir -p "$root/root/.config/avdesk"
[ -f "$root/root/.config/avdesk/config.toml" ] || die "the user's configuration is gone before the removal"
inside apt-get remove -qq -y avdesk >/dev/null 2>&1
state="$(inside dpkg-query -W -f '${db:Status-Status}' avdesk 2>/dev/null || true)"
[ -z "$state" ] || [ "$state" = not-installed ] || die "remove leaves the package in the state $state"
inside apt-get purge -qq -y avdesk >/dev/null 2>&1 || true
left="$(inside find / -xdev -iname '*avdesk*' -not -path '/proc/*' -not -path '/root/*' -not -path '/tmp/*' -not -path '/var/cache/apt/*')"
[ -z "$left" ] || die "the package leaves behind: $left"
[ -f "$root/root/.config/avdesk/config.toml" ] || die "the package took the user's configuration along"
say "nothing of the package is left; of the user: $(inside find /root -ipath '*avdesk*' -type f -not -name '*.deb' | tr '\n' ' ')"
say "all is as it should be"
