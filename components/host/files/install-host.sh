#!/usr/bin/env bash
# Installs the parts of this host whose effect is not there, and reports to CloudWatch how many are missing.
# host-install.timer repeats it; a part whose effect is there is left alone.
#
# exit: 0 every part is there, and was reported; 1 a part is missing, or the report failed
set -uo pipefail
umask 077
export LC_ALL=C DEBIAN_FRONTEND=noninteractive

#@settings@

readonly ctl=/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl
readonly busy='Could not get lock|Unable to (lock|acquire)|locked by another process'

# Runs a command again while another process holds a lock of apt or dpkg, up to a number of waits for the whole run.
# apt waits by itself for dpkg's lock, not for the lock of its lists; dpkg waits for none.
locked() {
    local said
    until said=$("$@" 2>&1); do
        if [[ ! $said =~ $busy ]] || ((lock_waits-- <= 0)); then
            printf '%s\n' "$said" >&2
            return 1
        fi
        sleep "$pause"
    done
}

# dpkg asks about a changed configuration file whatever the frontend is; without a terminal it then fails.
apt() {
    locked apt-get -o DPkg::Lock::Timeout="$lock_timeout" -o Dpkg::Options::=--force-confold --yes "$@"
}

installed() {
    [[ $(dpkg --status "$1") == *"Status: install ok installed"* ]]
}

has_packages() {
    local one
    for one in "${packages[@]}"; do
        installed "$one" || return
    done
    docker compose version && systemctl is-active docker
}

add_packages() {
    # For what an interrupted run left; another package that cannot be configured does not stop these.
    locked dpkg --force-confold --configure -a
    apt update && apt install "${packages[@]}" && systemctl enable --now docker
}

has_metadata_guard() {
    systemctl is-enabled metadata-guard && iptables -C DOCKER-USER -d 169.254.169.254 -j DROP -w 60
}

add_metadata_guard() {
    systemctl enable metadata-guard && systemctl restart metadata-guard
}

has_aws_cli() {
    [[ $(aws --version) == aws-cli/2.* ]]
}

add_aws_cli() {
    timeout 300 snap wait system seed.loaded && timeout 600 snap install aws-cli --classic
}

# Whether the application is healthy is for the load balancer to say.
has_app_update() {
    systemctl is-enabled app-update && [[ $(systemctl is-active app-update) =~ ^(active|activating)$ ]]
}

add_app_update() {
    systemctl enable app-update && systemctl start --no-block app-update
}

has_cloudwatch_agent() {
    [[ $("$ctl" -a status) == *'"status": "running"'*'"configstatus": "configured"'* ]]
}

add_cloudwatch_agent() {
    { installed amazon-cloudwatch-agent || locked /root/install-agent.sh; } &&
        "$ctl" -a fetch-config -m ec2 -s -c "file:$agent_config"
}

there() {
    "has_${1//-/_}" >/dev/null 2>&1
}

report() {
    local part group_of="Dimensions=[{Name=AutoScalingGroupName,Value=$group}"
    local -a data=("MetricName=$metric,Value=${#missing[@]},$group_of]")
    for part in "${missing[@]}"; do
        data+=("MetricName=$metric,Value=1,$group_of,{Name=Part,Value=$part}]")
    done
    aws cloudwatch put-metric-data --region "$region" --namespace "$namespace" --metric-data "${data[@]}"
}

while :; do
    for part in "${parts[@]}"; do
        there "$part" && continue
        printf 'installing %s\n' "$part"
        "add_${part//-/_}"
    done
    missing=()
    for part in "${parts[@]}"; do
        there "$part" || missing+=("$part")
    done
    ((${#missing[@]} == 0)) || printf '%s is missing\n' "${missing[@]}" >&2
    report && ((${#missing[@]} == 0)) && exit
    ((--rounds > 0)) || exit 1
    sleep "$pause"
done
