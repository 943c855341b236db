#!/usr/bin/env bash
# Fuzzes the parsers of strangers' mail: afl-fuzz changes inputs and keeps those that reach new branches, which SharpFuzz marks.
#   tests/fuzz.sh                        what there is to fuzz
#   tests/fuzz.sh TARGET SECONDS         one target; what it learnt stays in artifacts/fuzz/corpus and is used again
#   tests/fuzz.sh all SECONDS            each target in turn, the seconds split evenly; ends with 'N targets held, N did not'
#   tests/fuzz.sh replay TARGET FILE...  runs inputs without the fuzzer and shows what they break
#   tests/fuzz.sh shrink TARGET FILE     makes an input that breaks something as small as it goes, in FILE.small
#   tests/fuzz.sh readers SECONDS [SEED] changes signed mails and holds our verdict against what MimeKit, Python and mailparser show of them
# Ends with 1 where a property was broken: each such input is named, shown as base64, and worth a file in Findings/ (see its SOURCE.md).
set -uo pipefail

root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
fuzz=$root/artifacts/fuzz
built=$root/artifacts/bin/Shonin.Fuzz/release
findings=$root/tests/Shonin.Specs/MailAuthentication/Findings

# Assemblies whose branches count. Everything else (the platform, cryptography) runs as it is.
instrumented=(Shonin.MailAuthentication.dll Shonin.MailChecks.dll Shonin.Domain.dll)
input_bytes_max=65536       # Larger inputs only slow the fuzzer; the limits have specs of their own.
input_time_ms_max=10000     # afl-fuzz takes an input for hung after this. Such inputs are named and fail nothing: on a busy machine any hangs.
shown_bytes_max=8192        # Of a broken input, as base64; the file has it whole.

# A container may offer no core files, no CPU to bind to and no screen. afl-fuzz needs none of them here, because SharpFuzz itself
# reports an exception, and starts the target anew when one kills it.
export AFL_SKIP_BIN_CHECK=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_NO_UI=1 AFL_AUTORESUME=1
export DOTNET_TieredPGO=0 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

source "$root/tests/other-readers/install.sh"

say() { printf '%s\n' "$*" >&2; }

main() {
    local verb=${1:-targets}
    [ $# -eq 0 ] || shift
    case "$verb" in
        targets) prepare; target_names ;;
        replay) prepare; dotnet "$built/Shonin.Fuzz.dll" replay "$@" ;;
        shrink) prepare; shrink "${1:?Say which target.}" "${2:?Say which file.}" ;;
        readers) prepare_readers; SHONIN_ROOT=$root dotnet "$built/Shonin.Fuzz.dll" readers "${1:?Say for how many seconds.}" "${@:2}" ;;
        all) prepare; fuzz_all "${1:?Say for how many seconds.}" ;;
        *) prepare; fuzz_one "$verb" "${1:?Say for how many seconds.}" ;;
    esac
}

prepare() {
    install_afl
    build
    instrument
}

prepare_readers() {
    install_other_readers
    build
}

build() {
    # ./shonin test has built everything already.
    if [ -z "${SHONIN_BUILT:-}" ]; then
        dotnet build "$root/tests/Shonin.Fuzz" --configuration Release --verbosity quiet --nologo >&2 || exit 70 # sysexits.h EX_SOFTWARE
    fi
}

install_afl() {
    command -v afl-fuzz >/dev/null && return
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
        say "Fuzzing needs afl-fuzz. On Debian, as root: apt-get install afl++."
        exit 70
    fi
    say "Installing afl++ …"
    if ! { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends afl++; } >/dev/null; then
        say "apt-get could not install afl++; what it said is above."
        exit 70
    fi
}

# In a copy: what is shipped and tested is never instrumented.
instrument() {
    local stamp=$fuzz/bin/.instrumented
    [ -e "$stamp" ] && [ -z "$(find "$built" -name '*.dll' -newer "$stamp" -print -quit)" ] && return
    rm -rf "$fuzz/bin"
    mkdir -p "$fuzz"
    cp -r "$built" "$fuzz/bin"
    if ! dotnet "$built/Shonin.Fuzz.dll" instrument "${instrumented[@]/#/$fuzz/bin/}" >&2; then
        say "SharpFuzz could not instrument ${instrumented[*]}; what it said is above."
        exit 70
    fi
    touch "$stamp"
}

target_names() { dotnet "$built/Shonin.Fuzz.dll" targets; }

fuzz_all() { # SECONDS
    local names name held=0 broken=0
    mapfile -t names < <(target_names)
    for name in "${names[@]}"; do
        if fuzz_one "$name" $(($1 / ${#names[@]})); then held=$((held + 1)); else broken=$((broken + 1)); fi
    done
    echo "$held targets held, $broken did not"
    [ $broken -eq 0 ]
}

fuzz_one() { # TARGET SECONDS
    local target=$1 seeds=$fuzz/seeds/$1 corpus=$fuzz/corpus/$1
    rm -rf "$seeds"
    dotnet "$built/Shonin.Fuzz.dll" seeds "$target" "$seeds" || return
    if [ -d "$findings/$target" ]; then cp "$findings/$target/"* "$seeds/"; fi
    mkdir -p "$corpus"
    if ! afl-fuzz -i "$seeds" -o "$corpus" -x "$root/tests/Shonin.Fuzz/tokens.dict" -G $input_bytes_max -t $input_time_ms_max -m none -V "$2" \
        -- "$(command -v dotnet)" "$fuzz/bin/Shonin.Fuzz.dll" run "$target" >"$fuzz/$target.log" 2>&1; then
        echo "fuzz $target: did not run; the end of $fuzz/$target.log:"
        tail -n 20 "$fuzz/$target.log"
        return 1
    fi
    report "$target" "$corpus/default"
}

report() { # TARGET OUTPUT
    local hung broken file
    mapfile -t hung < <(find "$2/hangs" -name 'id*' | sort)
    mapfile -t broken < <(find "$2/crashes" -name 'id*' | sort)
    awk -v target="$1" -v broken=${#broken[@]} -v hung=${#hung[@]} '{ value[$1] = $3 } END {
        printf "fuzz %s: %d inputs in %d s, %d kept for %d branches; %d broke a property, %d hung\n",
            target, value["execs_done"], value["run_time"], value["corpus_count"], value["edges_found"], broken, hung }' "$2/fuzzer_stats"
    for file in "${hung[@]}"; do echo "longer than $input_time_ms_max ms, which may be this machine: $file"; done
    for file in "${broken[@]}"; do
        dotnet "$built/Shonin.Fuzz.dll" replay "$1" "$file" | head -n 4
        echo "base64: $(head -c $shown_bytes_max "$file" | base64 -w 0)"
    done
    [ ${#broken[@]} -eq 0 ]
}

shrink() { # TARGET FILE
    afl-tmin -e -i "$2" -o "$2.small" -t $input_time_ms_max -m none -- "$(command -v dotnet)" "$fuzz/bin/Shonin.Fuzz.dll" run "$1" >"$fuzz/shrink.log" 2>&1 \
        || { tail -n 20 "$fuzz/shrink.log" >&2; return 1; }
    dotnet "$built/Shonin.Fuzz.dll" replay "$1" "$2.small" | head -n 4
}

main "$@"
