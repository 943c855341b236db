using System.Text.RegularExpressions;
using Shonin.EventLog.Verification;

namespace Shonin.Specs.EventLog;

/// <summary>A log that an earlier program left, and that nobody has opened to write since.</summary>
[RealParts]
public sealed class TamperVersion1Specs(TamperVersion1Specs.OfVersion1 original)
    : TamperSpecs(original),
        IClassFixture<TamperVersion1Specs.OfVersion1>
{
    public sealed class OfVersion1 : Original
    {
        protected override void Finish() => Version1.Downgrade(Folder);
    }
}

/// <summary>A log whose events name their streams by number.</summary>
[RealParts]
public sealed partial class TamperVersion2Specs(TamperVersion2Specs.OfVersion2 original)
    : TamperSpecs(original),
        IClassFixture<TamperVersion2Specs.OfVersion2>
{
    public sealed class OfVersion2 : Original;

    [GeneratedRegex(@"(?<=stream = )(?<name>'\w+'|printf\('%0300d', 1\))|(?<=SELECT 8, )(?<name>'d')")]
    private static partial Regex StreamByName { get; }

    protected override string InItsTables(string sql) =>
        string.Concat(
            StreamByName.Matches(sql).Select(match => $"INSERT OR IGNORE INTO streams (name) VALUES ({match.Groups["name"].Value}); ")
        ) + StreamByName.Replace(sql, "(SELECT id FROM streams WHERE name = ${name})");

    [Theory]
    [InlineData("UPDATE streams SET name = 'z' WHERE name = 'b'", "z")]
    [InlineData(
        "UPDATE streams SET name = 'z' WHERE name = 'b'; UPDATE streams SET name = 'b' WHERE name = 'c'; UPDATE streams SET name = 'c' WHERE name = 'z'",
        "c"
    )]
    [InlineData("DELETE FROM streams WHERE name = 'b'", "(2)")]
    public async Task Whoever_gives_a_stream_another_name_or_none_is_found_out(string sql, string called)
    {
        Sql(sql);
        Assert.Equal(new LogProblem.Edited(new(2, new(called), 1)), (await VerifyAsync()).Problem);
    }
}
