# shellcheck shell=sh
# What the project needs, and how to find it. Sourced by lab and the scripts.

# Debian packages whose headers and libraries the build uses.
needed_packages="libcurl4-openssl-dev libwebsockets-dev libsqlite3-dev librdkafka-dev zlib1g-dev"

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

# Whether a package is installed; where there is no dpkg, whether its header is in a usual place.
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
    *) return 1 ;;
    esac
    for folder in /usr/include /usr/local/include /usr/include/*-linux-gnu; do
        [ ! -f "$folder/$header" ] || return 0
    done
    return 1
}

# Prints those of the needed packages that are not there, separated by spaces.
missing_packages() {
    list=
    for package in $needed_packages; do
        is_installed "$package" || list="$list $package"
    done
    printf '%s\n' "${list# }"
}
