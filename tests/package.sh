#!/usr/bin/env bash
# Packs the packages for others, looks into them, and uses them from a project outside of the repository: the code of their READMEs, as it
# stands there, is built for both frameworks and run. Ends with 'N packages held, N did not', and with 1 where one did not.
set -uo pipefail

root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
version=0.0.0-check.$$ # A version that no cache holds.

say() { printf '%s\n' "$*" >&2; }

main() {
    local held=0 broken=0 package
    for package in Shonin.Iso8583 Shonin.MailAuthentication; do
        if check "$package"; then held=$((held + 1)); else broken=$((broken + 1)); fi
    done
    echo "$held packages held, $broken did not"
    [ $broken -eq 0 ]
}

check() { # PACKAGE
    pack "$1" && look_into "$1" && use "$1" && say "$1: packed, complete, and its README's code runs."
}

pack() {
    quietly dotnet pack "$root/src/$1/$1.csproj" -c Release -o "$work/feed" -p:Version=$version --nologo -v q -nodeReuse:false
}

# What the registry shows, and what whoever debugs into the package needs.
look_into() {
    local inside=$work/inside/$1 wanted missing=0
    mkdir -p "$inside"
    python3 -m zipfile -e "$work/feed/$1.$version.nupkg" "$inside" || return 1
    for wanted in '<license type="expression">Apache-2.0</license>' '<readme>README.md</readme>' '<projectUrl>https://' '<repository type="git" url="https://' \
        '<tags>' '<authors>' '<description>' 'targetFramework="net8.0"' 'targetFramework="net10.0"'; do
        grep -qF "$wanted" "$inside/$1.nuspec" || { say "$1.nuspec lacks $wanted"; missing=1; }
    done
    for wanted in README.md LICENSE lib/{net8.0,net10.0}/"$1".{dll,xml}; do
        [ -s "$inside/$wanted" ] || { say "$1.nupkg lacks $wanted"; missing=1; }
    done
    [ -s "$work/feed/$1.$version.snupkg" ] || { say "$1 has no symbols"; missing=1; }
    return $missing
}

# A project that knows nothing but the package.
use() {
    local project=$work/use/$1
    mkdir -p "$project"
    cat > "$project/nuget.config" <<EOF
<configuration>
  <packageSources><add key="feed" value="$work/feed" /></packageSources>
</configuration>
EOF
    cat > "$project/Use.csproj" <<EOF
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFrameworks>net10.0;net8.0</TargetFrameworks><ImplicitUsings>enable</ImplicitUsings><Nullable>enable</Nullable><LangVersion>latest</LangVersion></PropertyGroup>
  <ItemGroup><PackageReference Include="$1" Version="$version" /></ItemGroup>
</Project>
EOF
    "program_of_$1" "$root/src/$1/README.md" > "$project/Program.cs"
    quietly dotnet build "$project/Use.csproj" -c Release --nologo -v q -nodeReuse:false && dotnet "$project/bin/Release/net10.0/Use.dll"
}

example() { # README NAME
    awk -v mark="<!-- example: $2 -->" '$0 == mark { found = 1 } found && /^```/ { if (inside) exit; inside = 1; next } inside' "$1"
}

program_of_Shonin.Iso8583() {
    cat <<EOF
using Shonin.Iso8583;
var lines = new List<string>();
var cancellation = CancellationToken.None;
using var stream = new MemoryStream();
$(example "$1" message)
$(example "$1" frames)
return lines is [['0', '1', '1', '0', ..], [.., '}']] ? 0 : 1;
EOF
}

program_of_Shonin.MailAuthentication() {
    cat <<EOF
using System.Net;
using System.Text;
using Shonin.MailAuthentication;
using Shonin.MailAuthentication.Dkim;
using Shonin.MailAuthentication.Dns;
using Shonin.MailAuthentication.Message;
using Shonin.MailAuthentication.Spf;
var now = DateTimeOffset.UnixEpoch;
var unsigned = Encoding.ASCII.GetBytes("From: notice@shop.example\r\n\r\nhello\r\n");
var pem = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n";
var lines = new List<string>();
$(example "$1" sign)
var bytes = signed;
var json = "{\"version\":1,\"default\":\"NXDOMAIN\",\"names\":{\"" + key.DnsName + "\":{\"TXT\":[[\"" + key.DnsRecord + "\"]]}}}";
var zone = ((ZoneFileParse.Parsed)ZoneFile.Parse(Encoding.ASCII.GetBytes(json))).Zone;
$(example "$1" check)
return publish.Length > 0 && lines.Contains("DKIM pass for shop.example, 256 bits") ? 0 : 1;
EOF
}

quietly() {
    local log=$work/log
    "$@" > "$log" 2>&1 || { cat "$log" >&2; return 1; }
}

main
