#!/bin/sh
# Starts @name@ with the first JDK 25 or newer that is found. Nothing needs to be configured; these may be:
#   RETOUCH_JAVA_HOME   the JDK to use
#   RETOUCH_JAVA_OPTS   more options for it, such as -Xmx512m
set -eu

least=25

# The version that a JDK's release file names: JAVA_VERSION="25.0.1" gives 25. Nothing when there is no such file.
major_of() {
    if [ -f "$1/release" ] && [ -x "$1/bin/java" ]; then
        sed -n 's/^JAVA_VERSION="\([0-9][0-9]*\).*/\1/p' "$1/release" | head -n 1
    fi
}

fits() {
    found=$(major_of "$1")
    [ -n "$found" ] && [ "$found" -ge "$least" ]
}

# The folder behind the java on the PATH, however many links it is behind.
jdk_on_path() {
    java=$(command -v java 2>/dev/null) || return 0
    while [ -L "$java" ]; do
        target=$(readlink "$java")
        case $target in
            /*) java=$target ;;
            *) java=$(dirname "$java")/$target ;;
        esac
    done
    (cd "$(dirname "$java")/.." 2>/dev/null && pwd -P) || true
}

find_jdk() {
    for candidate in "${RETOUCH_JAVA_HOME:-}" "${JAVA_HOME:-}" "$(jdk_on_path)" /usr/lib/jvm/* \
        "${HOME:-/nonexistent}"/.sdkman/candidates/java/* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
        if [ -n "$candidate" ] && fits "$candidate"; then
            printf '%s\n' "$candidate"
            return 0
        fi
    done
    return 1
}

if [ -n "${RETOUCH_JAVA_HOME:-}" ] && ! fits "$RETOUCH_JAVA_HOME"; then
    echo "@name@: RETOUCH_JAVA_HOME=$RETOUCH_JAVA_HOME is not a JDK $least or newer." >&2
    exit 1
fi
if ! jdk=$(find_jdk); then
    echo "@name@ needs a JDK $least or newer, and none was found in RETOUCH_JAVA_HOME, JAVA_HOME, the PATH," >&2
    echo "/usr/lib/jvm, ~/.sdkman/candidates/java or /Library/Java/JavaVirtualMachines." >&2
    echo "Get one, for example from https://adoptium.net, or name its folder: RETOUCH_JAVA_HOME=/path/to/jdk $0" >&2
    exit 1
fi

# This script may be called through a link; the jars are beside the script itself.
script=$0
while [ -L "$script" ]; do
    target=$(readlink "$script")
    case $target in
        /*) script=$target ;;
        *) script=$(dirname "$script")/$target ;;
    esac
done
home=$(cd "$(dirname "$script")/.." && pwd -P)

# Many threads must not get an arena of native memory each; freed memory would stay in them.
export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-2}"

# Profiles and classes of a trained run. The JVM checks that they fit this JDK, these options and these jars.
cache=
if [ -f "$home/lib/@name@.aot" ]; then
    cache="-XX:AOTCache=$home/lib/@name@.aot"
fi

# The heap may grow to 512 MB. -Xmx would override a share of the memory, which the options of an image choose.
heap=-Xmx512m
case " ${RETOUCH_JAVA_OPTS:-}" in
    *" -XX:MaxRAMPercentage="*) heap= ;;
esac

# The heap starts small, grows only if images are decoded, and shrinks after a full collection if more than 40 % of it is free. The young
# generation stays small (MaxNewSize): it is a third of the heap otherwise, and collects no more in a burst of edits. Native memory
# that was freed returns to the system within ten seconds (Trim...); the C library would keep it. A process without memory ends, so that a
# supervisor restarts it. The optimizing compiler waits until a method was called often (Tier...): otherwise
# the first minutes go into code that is rarely used.
# shellcheck disable=SC2086 # the options are words on purpose
exec "$jdk/bin/java" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -XX:+UseSerialGC \
    -XX:MinHeapFreeRatio=10 -XX:MaxHeapFreeRatio=40 -XX:MaxNewSize=16m -XX:TrimNativeHeapInterval=10000 \
    ${cache:+"$cache"} -Xlog:disable -Xlog:all=warning:stderr -Xms64m ${heap:+"$heap"} -XX:+ExitOnOutOfMemoryError \
    -XX:+UseCompactObjectHeaders -XX:Tier3DelayOn=0 -XX:Tier4InvocationThreshold=20000 -XX:Tier4MinInvocationThreshold=5000 \
    -XX:Tier4CompileThreshold=40000 -Djava.awt.headless=true ${RETOUCH_JAVA_OPTS:-} \
    -cp "$home/lib/*" @main.class@ "$@"
