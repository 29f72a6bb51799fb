#!/usr/bin/env bash
# Fetches this host's parameters, writes .env whole or not at all, starts the application, and goes back to the
# last good .env when it is unhealthy. Prints the versions of parameters, never a value.
#
# usage: update-app.sh [sha256:<digest of the image to run>]
# exit: 0 running; 1 not started or unhealthy, the last good .env is back; 2 bad argument; 3 a parameter is missing
#       or unusable, nothing was changed; 4 another update is running; 5 Parameter Store is unreachable or denied
set -euo pipefail
set +x
umask 077
export LC_ALL=C

#@settings@

readonly batch_size=10 # what one GetParameters call takes
readonly digest_shape='^sha256:[0-9a-f]{64}$'
readonly secret_line='^([A-Za-z0-9_]+)=\{\{([a-z0-9-]+)\}\}$'

declare -A value version
trouble=""
fresh=""
switched=no

fail() {
    local code=$1
    shift
    printf '%s\n' "$@" >&2
    exit "$code"
}

compose() {
    # Its messages may quote a line of .env: only the exit status leaves.
    docker compose --project-directory "$app_dir" "$@" >/dev/null 2>&1 9>&-
}

healthy() {
    local attempt
    for ((attempt = 0; attempt < health_tries; attempt++)); do
        curl --fail --silent --output /dev/null --max-time 5 "$health_url" && return 0
        sleep "$health_pause"
    done
    return 1
}

# What compose says of a container that ended or failed its health check is another matter than the health path.
start() {
    local status=0
    compose up -d --force-recreate --remove-orphans --wait --wait-timeout 300 || status=$?
    trouble="compose ended with $status"
    ((status == 0)) || return 1
    trouble="unhealthy: $health_url does not answer with success"
    healthy
}

# Renaming a file is atomic; syncing its folder afterwards keeps the new name through a power cut.
replace() {
    mv -fT -- "$1" "$2"
    sync "$app_dir"
}

finish() {
    local code=$?
    trap - EXIT
    [[ -z $fresh ]] || rm -f -- "$fresh"
    if [[ $switched == yes ]]; then
        if [[ -f .env.previous ]]; then
            replace .env.previous .env
            if start; then
                printf '%s\n' "the previous .env is back and healthy" >&2
            else
                printf '%s\n' "the previous .env is back, too: $trouble" >&2
            fi
        else
            printf '%s\n' "there is no previous .env to go back to" >&2
        fi
    fi
    exit "$code"
}

fetch() {
    local answer name number text
    answer=$(aws ssm get-parameters --region "$region" --with-decryption --names "$@" \
        --query 'Parameters[].[Name,Version,Value]' --output text 9>&-) ||
        fail 5 "Parameter Store did not answer"
    while IFS=$'\t' read -r name number text; do
        [[ -n $name ]] || continue
        # A value with a line break continues on a line that begins with no parameter's name.
        [[ " $* " == *" $name "* && $number =~ ^[0-9]+$ && -z ${version[${name##*/}]-} ]] ||
            fail 3 "the answer is not one line a parameter: a value holds a line break"
        name=${name##*/}
        [[ $text =~ $value_shape ]] || fail 3 "parameter $name is empty or holds characters that .env cannot carry"
        value[$name]=$text
        version[$name]=$number
    done < <(printf '%s\n' "$answer")
}

fetch_all() {
    local -a missing=()
    local start name
    for ((start = 0; start < ${#parameters[@]}; start += batch_size)); do
        fetch "${parameters[@]:start:batch_size}"
    done
    for name in "${parameters[@]}"; do
        name=${name##*/}
        [[ -n ${value[$name]-} || " ${optional[*]} " == *" $name "* ]] || missing+=("parameter $name not set")
    done
    ((${#missing[@]} == 0)) || fail 3 "${missing[@]}"
}

# Restored copies of the database are checked as a role of it, with SELECT on the tables that exist by now.
grant_restore_reader() {
    if [[ ! -s $ca_file ]]; then
        curl --fail --silent --proto =https --output "$ca_file.new" "$ca_url" 9>&- || return 1
        mv -f -- "$ca_file.new" "$ca_file"
    fi
    PGHOST=${value[${login[0]}]} PGDATABASE=${value[${login[1]}]} PGUSER=${value[${login[2]}]} \
        PGPASSWORD=${value[${login[3]}]} PGSSLMODE=verify-full PGSSLROOTCERT=$ca_file PGCONNECT_TIMEOUT=10 \
        psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --file="$grants_file" >/dev/null 9>&-
}

# The image: what was asked for, else what runs here, else what was deployed last, else the first one.
choose_image() {
    local recorded=""
    [[ ! -f .image-digest ]] || recorded=$(<.image-digest)
    [[ $recorded =~ $digest_shape ]] || recorded=""
    value[image-digest]=${digest:-${recorded:-${value[image-digest]:-$first_image}}}
    [[ ${value[image-digest]} =~ $digest_shape ]] ||
        fail 3 "parameter image-digest not set: deploy an image, or give the first one in the stack file"
}

# Each {{name}} once, from left to right: a value that holds braces is not read again. A line whose parameter
# may be missing, and is, is left out. A value that is not plain is quoted, alone on its line.
render() {
    local line rest text before name
    while IFS= read -r line; do
        if [[ $line =~ $secret_line ]]; then
            before=${BASH_REMATCH[1]} text=${value[${BASH_REMATCH[2]}]-}
            [[ -n $text ]] || continue
            [[ $text =~ $plain_shape ]] || text="'$text'"
            printf '%s=%s\n' "$before" "$text"
            continue
        fi
        rest=$line
        line=""
        while [[ $rest =~ ^([^{]*)\{\{([a-z0-9-]+)\}\}(.*)$ ]]; do
            before=${BASH_REMATCH[1]} name=${BASH_REMATCH[2]} rest=${BASH_REMATCH[3]}
            [[ -n ${value[$name]-} ]] || continue 2
            [[ ${value[$name]} =~ $plain_shape ]] ||
                fail 3 "parameter $name holds characters that need a variable of its own"
            line+=$before${value[$name]}
        done
        printf '%s\n' "$line$rest"
    done <env.template
}

digest=${1-}
if (($# > 1)) || { (($# == 1)) && [[ ! $digest =~ $digest_shape ]]; }; then
    fail 2 "usage: ${0##*/} [sha256:<64 hex digits>]"
fi

cd "$app_dir"
exec 9>.update.lock
flock --wait "$lock_wait" 9 || fail 4 "another update is running"
trap finish EXIT
trap 'exit 143' TERM
trap 'exit 130' INT HUP

fetch_all
choose_image
read -r address _ < <(hostname -I)
value[host-address]=$address

rm -f -- .env.new.* # left by a run that was killed
fresh=$(mktemp .env.new.XXXXXXXX)
render >"$fresh"
chown "$owner" "$fresh"
chmod 600 "$fresh"
sync "$fresh"

# A previous file that is still there was good; the .env beside it never proved itself.
if [[ -f .env && ! -L .env && ! -e .env.previous ]]; then
    ln -T .env .env.previous
fi
switched=yes
replace "$fresh" .env
fresh=""
start || fail 1 "the update failed: $trouble"
switched=no

rm -f -- .env.previous
fresh=$(mktemp .env.new.XXXXXXXX)
printf '%s\n' "${value[image-digest]}" >"$fresh"
replace "$fresh" .image-digest
fresh=""
for name in "${parameters[@]}"; do
    [[ -z ${version[${name##*/}]-} ]] || printf '%s version %s\n' "${name##*/}" "${version[${name##*/}]}"
done
printf 'running %s\n' "${value[image-digest]}"
((${#login[@]} == 0)) || grant_restore_reader ||
    printf '%s\n' "role restore_reader lacks its rights: a restored copy of the database cannot be checked" >&2
# A month of deployments would fill the volume; what runs is never pruned.
docker image prune --all --force --filter until=240h >/dev/null 2>&1 9>&- || true
