# Sourced by ./shonin: runs the tests, shows their own output, and ends with one line, 'N passed, N failed[, N skipped]'.

# Debian package and the file that shows that it is there.
journey_needs=(
    "chromium-headless-shell /usr/bin/chromium-headless-shell"
    "fonts-noto-cjk /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
    "postfix /usr/sbin/postfix"
    "dovecot-imapd /usr/lib/dovecot/imap"
    "nginx-light /usr/sbin/nginx"
    "openssl /usr/bin/openssl"
    "python3 /usr/bin/python3"
    "nodejs /usr/bin/node"
    "npm /usr/bin/npm"
)

source "$root/tests/other-readers/install.sh"

readonly whole_run_walks=30 # How many times as far as in a run of the specs alone random walks go where everything runs (tests/Shonin.Specs/Walks.cs).
readonly fuzz_seconds=60 # Of the whole run, all targets together; ./shonin test fuzz takes another number.

run_tests() { # [specs|parts|journeys] [filters of Microsoft.Testing.Platform] | fuzz [SECONDS]
    local target=(--solution "$root/Shonin.slnx") wants_journeys=yes wants_everything=no
    local specs=(--project "$root/tests/Shonin.Specs/Shonin.Specs.csproj")
    local real=Parts=real # tests/Shonin.Specs/RealParts.cs
    case "${1:-}" in
        specs) target=("${specs[@]}" --filter-not-trait $real) wants_journeys=no; shift ;;
        parts) target=("${specs[@]}" --filter-trait $real) wants_journeys=no; shift ;;
        journeys) target=(--project "$root/tests/Shonin.Journeys/Shonin.Journeys.csproj"); shift ;;
        fuzz) fuzz_parsers "${2:-$fuzz_seconds}"; conclude "$fuzz_held" "$fuzz_broken" 0; exit $((fuzz_broken > 0)) ;;
        '') wants_everything=yes ;;
        -*) ;;
        *) say "There is no suite '$1'. Usage: ./shonin test [specs|parts|journeys] [--filter-class NAME] [--filter-method NAME] … | fuzz [SECONDS]"; exit 64 ;;
    esac

    if [ $wants_journeys = yes ]; then install_missing; fi
    install_other_readers
    check_format || exit 1
    name_what_needs_shared
    if [ $wants_everything = yes ]; then export SHONIN_WALKS=${SHONIN_WALKS:-$whole_run_walks}; fi
    [ -z "${SHONIN_WALKS:-}" ] || echo "Random walks go $SHONIN_WALKS times as far as usual (SHONIN_WALKS)."

    local log passed failed skipped exit_code
    log=$(mktemp)
    dotnet test "${target[@]}" --configuration Release --no-build --no-ansi --no-progress "$@" 2>&1 | tee "$log"
    exit_code=${PIPESTATUS[0]}
    passed=$(count succeeded "$log") failed=$(count failed "$log") skipped=$(count skipped "$log")
    rm -f "$log"
    if [ "$failed" -eq 0 ] && [ "$exit_code" -ne 0 ]; then
        failed=1
        echo "dotnet test ended with $exit_code without a failed test: a test project crashed, or no test matched the filters."
    fi
    if [ $wants_everything = yes ]; then
        try_packages_and_fuzz
        passed=$((passed + packages_held + fuzz_held)) failed=$((failed + packages_broken + fuzz_broken))
        [ $((packages_broken + fuzz_broken)) -eq 0 ] || [ "$exit_code" -ne 0 ] || exit_code=1
    fi
    conclude "$passed" "$failed" "$skipped"
    exit "$exit_code"
}

conclude() { # PASSED FAILED SKIPPED
    if [ "$3" -gt 0 ]; then
        echo "$1 passed, $2 failed, $3 skipped"
    else
        echo "$1 passed, $2 failed"
    fi
}

# One core each, beside one another; what the second says is shown when the first has said all.
try_packages_and_fuzz() { # sets packages_held and packages_broken, fuzz_held and fuzz_broken
    local said fuzzing
    said=$(mktemp)
    SHONIN_BUILT=yes "$root/tests/fuzz.sh" all $fuzz_seconds >"$said" 2>&1 &
    fuzzing=$!
    try_packages
    wait "$fuzzing"
    cat "$said"
    read_fuzz_result "$said"
    rm -f "$said"
}

# Each package counts as one test: what others would install is packed, looked into and used.
try_packages() { # sets packages_held and packages_broken
    local log
    log=$(mktemp)
    "$root/tests/package.sh" 2>&1 | tee "$log"
    read -r packages_held packages_broken < <(awk '/^[0-9]+ packages held, [0-9]+ did not$/ { held = $1; broken = $4; said = 1 } END { print held + 0, said ? broken : 1 }' "$log")
    rm -f "$log"
}

# Each target counts as one test. Without afl-fuzz none runs, and that is one failure that names itself.
fuzz_parsers() { # SECONDS; sets fuzz_held and fuzz_broken
    local log
    log=$(mktemp)
    SHONIN_BUILT=yes "$root/tests/fuzz.sh" all "$1" 2>&1 | tee "$log"
    read_fuzz_result "$log"
    rm -f "$log"
}

read_fuzz_result() { # LOG; sets fuzz_held and fuzz_broken
    read -r fuzz_held fuzz_broken < <(awk '/^[0-9]+ targets held, [0-9]+ did not$/ { held = $1; broken = $4; said = 1 } END { print held + 0, said ? broken : 1 }' "$1")
}

# The figure after 'KEY:' in the summary that dotnet test prints at its end.
count() { awk -v key="$1:" '$1 == key && NF == 2 && $2 ~ /^[0-9]+$/ { value = $2 } END { print value + 0 }' "$2"; }

install_missing() {
    local missing=() need
    for need in "${journey_needs[@]}"; do
        [ -e "${need#* }" ] || missing+=("${need%% *}")
    done
    [ ${#missing[@]} -eq 0 ] && return
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
        say "The journeys need ${missing[*]}. On Debian, as root: apt-get install ${missing[*]}. Elsewhere install the programs of those names."
        say "Without them, these run: ./shonin test specs, ./shonin test parts"
        exit 70
    fi
    echo "Installing ${missing[*]} …"
    export DEBIAN_FRONTEND=noninteractive
    if ! { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >/dev/null; then
        say "apt-get could not install ${missing[*]}; what it said is above."
        exit 70
    fi
}

check_format() {
    if ! (cd "$root" && dotnet tool restore --verbosity quiet >/dev/null); then
        say "CSharpier, which checks the layout, could not be restored from NuGet: 'dotnet tool restore' says why."
        return 1
    fi
    if ! (cd "$root" && dotnet csharpier check src tests bench); then
        say "The layout differs, where it says above. To mend it: dotnet csharpier format src tests bench"
        return 1
    fi
}

# Published vectors lie beside the repository, not in it. The fuzzer starts from them too, and does without where they are absent.
name_what_needs_shared() {
    local shared=${SHONIN_SHARED:-$root/../shared} suite
    [ -d "$shared/vectors" ] && return
    echo "These suites need published vectors and do not run, because there is no $shared (SHONIN_SHARED names another place):"
    grep -rlE 'SHONIN_SHARED|SharedVectors' "$root/tests/Shonin.Specs" --include='*.cs' --exclude=SharedVectors.cs | while read -r suite; do echo "  ${suite#"$root/"}"; done
}
