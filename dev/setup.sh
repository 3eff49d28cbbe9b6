#!/usr/bin/env bash
# Install what this repository needs on Debian 12: system packages, and .venv with dev/requirements.txt.
# Run it as often as you like: it is silent and quick when there is nothing to do.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
requirements=$root/dev/requirements.txt
venv=$root/.venv
stamp=$venv/.requirements.sha256
log=$(mktemp)
trap 'rm -f "$log"' EXIT

packages=(
    rabbitmq-server librabbitmq-dev libcurl4-openssl-dev libsimdjson-dev libdnnl-dev libopenblas0-pthread zlib1g-dev openssl
    python3 python3-venv
)

# Run a step quietly; when it fails, show the end of what it said.
run() {
    local what=$1
    shift
    echo "setup: $what"
    if ! "$@" >"$log" 2>&1; then
        echo "setup: $what failed; the command was: $*" >&2
        tail -n 10 "$log" >&2
        exit 1
    fi
}

as_root() {
    if [[ $EUID -eq 0 ]]; then "$@"; else sudo "$@"; fi
}

# Installing the broker's package must not start the system-wide broker: every user here starts a private one.
install_without_services() {
    local policy=/usr/sbin/policy-rc.d
    if [[ -e $policy ]]; then
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
        return
    fi
    printf '#!/bin/sh\nexit 101\n' | as_root install -m 755 /dev/stdin "$policy"
    local status=0
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" || status=$?
    as_root rm -f "$policy"
    return "$status"
}

command -v c++ >/dev/null || packages+=(g++)

# dpkg-query fails when it knows nothing of a package; its list of the others is still right.
installed=$(dpkg-query --show --showformat='${Package} ${db:Status-Status}\n' "${packages[@]}" 2>/dev/null || true)
missing=()
for package in "${packages[@]}"; do
    grep -qx "$package installed" <<<"$installed" || missing+=("$package")
done

if [[ ${#missing[@]} -gt 0 ]]; then
    run "refreshing the list of Debian packages" as_root apt-get update
    run "installing ${missing[*]}" install_without_services "${missing[@]}"
fi

wanted=$(sha256sum "$requirements" | cut -d ' ' -f 1)
if [[ ! -f $stamp || $(<"$stamp") != "$wanted" ]]; then
    # Debian's own interpreter, whatever other python3 comes first in PATH.
    run "creating .venv" /usr/bin/python3 -m venv --clear "$venv"
    run "installing dev/requirements.txt into .venv" \
        "$venv/bin/python" -m pip install --disable-pip-version-check --requirement "$requirements"
    echo "$wanted" >"$stamp"
fi
