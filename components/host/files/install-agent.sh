#!/usr/bin/env bash
# Installs the CloudWatch agent from AWS's own bucket, only if its signature is by the key AWS publishes.
set -euo pipefail
umask 077

#@settings@

readonly key=937616F3450B7D806CBD9725D58167303B789C72
readonly base="https://amazoncloudwatch-agent-$region.s3.$region.amazonaws.com"

work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
cd "$work"
export GNUPGHOME=$work
fetch() {
    curl --fail --silent --show-error --proto =https --max-time 300 --retry 5 --output "$2" "$base/$1"
}
package="ubuntu/$(dpkg --print-architecture)/latest/amazon-cloudwatch-agent.deb"
fetch "$package" agent.deb
fetch "$package.sig" agent.sig
fetch assets/amazon-cloudwatch-agent.gpg agent.gpg
gpg --batch --quiet --import agent.gpg
gpg --batch --status-fd 1 --verify agent.sig agent.deb 2>/dev/null | grep "^\[GNUPG:\] VALIDSIG $key " >/dev/null ||
    { echo "the agent's signature is not by AWS's key" >&2; exit 1; }
apt-get -o DPkg::Lock::Timeout="$lock_timeout" -o Dpkg::Options::=--force-confold --yes install "$work/agent.deb"
