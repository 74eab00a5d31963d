#!/bin/sh
# Installs what the browser test needs: Debian's chromium and a font with Chinese characters.
# Where that is not permitted it says why and succeeds; the browser test is then skipped with its reason.
set -u

missing=""
command -v chromium >/dev/null 2>&1 || missing="chromium"
fc-list 2>/dev/null | grep -qi "Noto Sans CJK" || missing="$missing fonts-noto-cjk"
[ -z "$missing" ] && exit 0

say() { echo "browser-setup: $1; still missing: $missing" >&2; exit 0; }

command -v apt-get >/dev/null 2>&1 || say "this system has no apt-get"
if [ "$(id -u)" -eq 0 ]; then
    as_root=""
elif sudo -n true 2>/dev/null; then
    as_root="sudo -n"
else
    say "installing needs root or a sudo without a password"
fi

export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086  # both hold words to be split
install() { $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing >/dev/null; }
install 2>/dev/null || { $as_root apt-get update -q >/dev/null 2>&1 && install; } || say "apt-get could not install them"
