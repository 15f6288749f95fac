# shellcheck shell=sh disable=SC2034,SC2154
# Shared by the scripts in bin/: finds a JDK and Maven, and builds. POSIX sh, to be sourced.
#
# In: $root, the folder of the project. Out: $JAVA_HOME and $maven, set by find_jdk and find_maven;
# $jar, what is run.

jdk_version_least=25
maven_version_least=3.8
# KiB: several times what all tests have at a time
test_room_kib=4194304

target_folder=$root/server/target
jar=$target_folder/varve.jar
# what the JVM learnt from a rehearsal; of use while it is newer than the jar
aot_cache=$target_folder/varve.aot
# as old as the last build, while it goes on and afterwards
build_start=$target_folder/build.start

# SQLite and the command line's colours are native code; protobuf still reads memory by Unsafe. A process whose heap is
# full may have lost any of its threads: it ends, so that whoever supervises it starts it anew.
java_flags='--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -XX:+UseCompactObjectHeaders'
java_flags="$java_flags -XX:+ExitOnOutOfMemoryError"

# The largest heap where VARVE_HEAP names no other: a JVM left to itself grows into a quarter of the machine.
heap_default=256m
# G1 gives back what a server at rest does not use (every ten seconds it looks), and so does malloc. A heap that is kept small is
# nearly full all the time: G1 marks it when it is by four fifths, as by itself it would mark it without end, for a fifth of the
# processor time of a server that writes. The AOT cache is mapped where it was made for, because moving it would make a copy of it in
# memory at each start.
memory_flags='-XX:+UseG1GC -XX:-G1UseAdaptiveIHOP -XX:InitiatingHeapOccupancyPercent=80'
memory_flags="$memory_flags -XX:G1PeriodicGCInterval=10000 -XX:MinHeapFreeRatio=10 -XX:MaxHeapFreeRatio=20 -XX:TrimNativeHeapInterval=10000"
memory_flags="$memory_flags -XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0"

# Ends the script with a message for people.
fail() {
  printf '%s\n' "$@" >&2
  exit 1
}

# Sets $major to the Java version of the JDK in $1, or to 0 when there is no JDK (a JRE has no javac).
read_jdk_version() {
  major=0
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] || return 0
  if [ -r "$1/release" ]; then
    while IFS='=' read -r release_key release_value; do
      if [ "$release_key" = JAVA_VERSION ]; then
        major=${release_value#\"}
        major=${major%%[!0-9]*}
        break
      fi
    done < "$1/release"
  else
    major=$("$1/bin/java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p')
  fi
  major=${major:-0}
}

# Sets $JAVA_HOME to $1 when that is a JDK new enough.
take_jdk() {
  read_jdk_version "$1"
  [ "$major" -ge "$jdk_version_least" ] || return 1
  JAVA_HOME=$1
  export JAVA_HOME
}

# Adds the largest heap to $memory_flags: VARVE_HEAP, such as 512m or 2g, or the default.
read_heap() {
  heap=${VARVE_HEAP:-$heap_default}
  case ${heap%[kKmMgG]} in
    '' | *[!0-9]*) fail "VARVE_HEAP is '$heap': write a size, such as 512m or 2g." ;;
  esac
  memory_flags="$memory_flags -Xmx$heap"
  # it is for this script; Varve would take it for a setting that it does not know
  unset VARVE_HEAP
}

# Sets $resolved to the file that $1 leads to through all symbolic links.
resolve_links() {
  resolved=$1
  while [ -L "$resolved" ]; do
    link_target=$(readlink "$resolved")
    case $link_target in
      /*) resolved=$link_target ;;
      *) resolved=${resolved%/*}/$link_target ;;
    esac
  done
}

# Takes the JDK whose java is on the PATH; asks it for its home when it is a launcher of another tool.
take_jdk_on_path() {
  on_path=$(command -v java) || return 1
  resolve_links "$on_path"
  path_home=${resolved%/bin/java}
  if [ ! -e "$path_home/release" ]; then
    path_home=$("$on_path" -XshowSettings:properties -version 2>&1 \
      | sed -n 's/^ *java\.home = //p')
  fi
  [ -n "$path_home" ] && take_jdk "$path_home"
}

# Takes the JDK that macOS names; its java on the PATH is only a stub that asks this tool.
take_jdk_of_macos() {
  [ -x /usr/libexec/java_home ] || return 1
  mac_home=$(/usr/libexec/java_home -F -v "$jdk_version_least+" 2>/dev/null) || return 1
  take_jdk "$mac_home"
}

# Takes the first JDK in the folders where package managers and tools keep them.
take_jdk_in_known_folders() {
  for folder in \
    /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /usr/local/openjdk-* /opt/java/* /opt/* \
    "${SDKMAN_DIR:-$HOME/.sdkman}"/candidates/java/* \
    "$HOME"/.jdks/* "$HOME"/.asdf/installs/java/* "$HOME"/.local/share/mise/installs/java/* \
    "$HOME"/.gradle/jdks/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home \
    "$HOME"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /home/linuxbrew/.linuxbrew/opt/openjdk*/libexec; do
    take_jdk "$folder" && return 0
  done
  return 1
}

# Sets and exports $JAVA_HOME.
find_jdk() {
  HOME=${HOME:-/nonexistent}
  if [ -n "${JAVA_HOME:-}" ] && take_jdk "$JAVA_HOME"; then return 0; fi
  take_jdk_on_path && return 0
  take_jdk_of_macos && return 0
  take_jdk_in_known_folders && return 0
  fail "Varve needs a JDK $jdk_version_least or newer, and found none in JAVA_HOME, on the PATH, or in" \
    "the folders where Linux, SDKMAN, macOS and Homebrew keep theirs. Install Eclipse Temurin 25:" \
    "  Debian, Ubuntu   apt install temurin-25-jdk   (Adoptium's packages; or openjdk-25-jdk)" \
    "  macOS            brew install --cask temurin@25" \
    "  SDKMAN           sdk install java 25-tem" \
    "or set JAVA_HOME to the folder of a JDK $jdk_version_least that you have."
}

# True when the Maven in $1 runs and is new enough.
is_maven() {
  [ -x "$1" ] || return 1
  # a folder without .mvn, so that a Maven too old for the project's settings can still answer
  maven_version=$(cd / && "$1" --version 2>/dev/null | sed -n 's/.*Apache Maven \([0-9.]*\).*/\1/p')
  [ -n "$maven_version" ] || return 1
  maven_major=${maven_version%%.*}
  maven_minor=${maven_version#*.}
  maven_minor=${maven_minor%%.*}
  least_major=${maven_version_least%.*}
  least_minor=${maven_version_least#*.}
  [ "$maven_major" -gt "$least_major" ] \
    || { [ "$maven_major" -eq "$least_major" ] && [ "$maven_minor" -ge "$least_minor" ]; }
}

# Sets $maven. Needs $JAVA_HOME.
find_maven() {
  for candidate in \
    "$(command -v mvn)" "${MAVEN_HOME:-}/bin/mvn" /opt/maven/bin/mvn /opt/apache-maven*/bin/mvn \
    /usr/share/maven/bin/mvn "${SDKMAN_DIR:-$HOME/.sdkman}"/candidates/maven/*/bin/mvn \
    /opt/homebrew/bin/mvn /usr/local/bin/mvn /home/linuxbrew/.linuxbrew/bin/mvn; do
    if is_maven "$candidate"; then
      maven=$candidate
      return 0
    fi
  done
  fail "Varve is built by Maven $maven_version_least or newer, and found none. Install it:" \
    "  Debian, Ubuntu   apt install maven" \
    "  macOS            brew install maven" \
    "  SDKMAN           sdk install maven"
}

# Becomes Maven in the folder of the project: for a shell of its own, which ends with it.
exec_maven() {
  cd "$root" && exec "$maven" --batch-mode --no-transfer-progress "$@" < /dev/null
}

# The tests of what stands on the database.
on_both='dev/varve/store/sql/postgresql/*Test,dev/varve/lane/**/*Test,dev/varve/face/rest/*Test,dev/varve/face/graphql/*Test'
on_both="$on_both,dev/varve/face/events/*Test,dev/varve/face/auth/*Test,dev/varve/face/oauth/*Test,dev/varve/face/provider/*Test"
on_both="$on_both,AsOfInstantTest,ConcurrentReadsTest,DeletionTest,ModelTest,RulesTest"
reports_on_postgresql=surefire-reports-postgresql

# Becomes Maven that runs them on PostgreSQL, with reports beside those of the tests on SQLite. $1 is its goal. Needs $test_folder.
exec_maven_on_postgresql() {
  goal=$1
  shift
  rm -rf "${target_folder:?}/$reports_on_postgresql"
  exec_maven -pl server "$goal" -Dvarve.test.database=postgresql "-Dvarve.test.reports=$reports_on_postgresql" \
    "-Dvarve.test.folder=$test_folder" -Dvarve.test.archive=true -Dsurefire.failIfNoSpecifiedTests=false "-Dtest=$on_both" "$@"
}

# Prints how many tests were skipped for which reason, from Surefire's reports in XML.
print_skipped_tests() {
  sed -n 's/.*<skipped message="\([^"]*\)".*/\1/p' \
    | sed "s/&quot;/\"/g; s/&apos;/'/g; s/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g" \
    | sort | uniq -c | sort -rn
}

# Runs Maven there, and goes on when it has ended.
run_maven() {
  (exec_maven "$@")
}

# True when the jar is missing or older than anything it is made from. A folder is newer when a file
# in it was added or removed.
is_stale() {
  [ -f "$jar" ] || return 0
  [ -n "$(find "$root/pom.xml" "$root/server/pom.xml" "$root/server/src/main" -newer "$jar")" ]
}

# Runs Maven up to the jar. Needs the lock.
run_maven_to_jar() {
  : > "$build_start"
  # Maven would write into the file that a running Varve has open; a new file leaves that one alone
  rm -f "$jar"
  build_status=0
  run_maven "$@" || build_status=$?
  # the age of the jar is that of the sources Maven read, not of the moment it was done
  if [ -f "$jar" ]; then touch -r "$build_start" "$jar"; fi
  return "$build_status"
}

# Sets $test_folder, where tests have their data: in memory, if there is much room and programs may be run from there, because
# what thousands of small databases wait for is the disk. Nothing that tests show depends on it: they end processes, not machines.
choose_test_folder() {
  test_folder=${TMPDIR:-/tmp}
  memory_folder=/dev/shm
  [ -d "$memory_folder" ] && [ -w "$memory_folder" ] && [ -r /proc/meminfo ] || return 0
  remove_test_folders
  room=$(df -Pk "$memory_folder" | awk 'NR == 2 { print $4 }')
  memory=$(awk '$1 == "MemAvailable:" { print $2 }' /proc/meminfo)
  [ "${room:-0}" -ge "$test_room_kib" ] && [ "${memory:-0}" -ge "$((2 * test_room_kib))" ] || return 0
  in_memory=$memory_folder/varve-tests.$$
  mkdir -m 755 "$in_memory" 2> /dev/null || return 0
  printf '#!/bin/sh\n' > "$in_memory/program" && chmod +x "$in_memory/program"
  if "$in_memory/program" 2> /dev/null; then
    test_folder=$in_memory
  else
    remove_test_folders
  fi
}

# Removes what tests of this run have left in memory, and those of runs that were ended.
remove_test_folders() {
  for left in /dev/shm/varve-tests.*; do
    left_owner=${left##*.}
    if [ "$left_owner" = $$ ] || ! kill -0 "$left_owner" 2> /dev/null; then rm -rf "$left"; fi
  done
}

# Waits until no other process builds here, and keeps others waiting until unlock_build or the end of
# the script. A lock whose owner is gone is taken over.
lock_build() {
  mkdir -p "$target_folder"
  build_lock=$target_folder/build.lock
  until (set -C && echo $$ > "$build_lock") 2> /dev/null; do
    lock_owner=$(cat "$build_lock" 2> /dev/null) || lock_owner=
    if [ -n "$lock_owner" ] && kill -0 "$lock_owner" 2> /dev/null; then
      sleep 1
    else
      rm -f "$build_lock"
    fi
  done
  trap unlock_build EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
}

unlock_build() {
  rm -f "$build_lock"
  trap - EXIT INT TERM
}

# Lets the JVM learn from a short rehearsal, so that later starts take half the time. Nothing depends on it: when it
# fails, Varve starts as before.
rehearse() {
  aot_new=$target_folder/varve.aot.$$
  # shellcheck disable=SC2086 # the flags are separate words
  if "$JAVA_HOME/bin/java" $java_flags $memory_flags -XX:AOTCacheOutput="$aot_new" -Xlog:aot=off -Xlog:cds=off \
    -jar "$jar" rehearse > "$target_folder/rehearsal.log" 2>&1 && [ -s "$aot_new" ]; then
    mv -f "$aot_new" "$aot_cache"
  else
    rm -f "$aot_new"
  fi
  rm -f "$aot_new.config"
}

# Builds the jar without running the tests; shows what Maven said only when it fails.
build_server() {
  echo 'Building Varve (first time takes a minute) ...' >&2
  lock_build
  # another process may have built it meanwhile
  if is_stale; then
    build_log=$target_folder/build.log
    if ! run_maven_to_jar --projects server -Dmaven.test.skip=true package > "$build_log" 2>&1; then
      cat "$build_log" >&2
      fail '' "Varve did not build; Maven's reasons stand above and in $build_log."
    fi
    rehearse
  fi
  unlock_build
}
