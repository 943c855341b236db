using System.Diagnostics;
using System.Text;
using System.Text.Json.Serialization;
using Shonin.MailAuthentication.Arc;
using Shonin.MailAuthentication.AuthResults;
using Shonin.MailAuthentication.Dkim;
using Shonin.MailAuthentication.Dmarc;
using Shonin.MailAuthentication.Dns;
using Shonin.MailAuthentication.Message;
using Shonin.MailAuthentication.Spf;

namespace Shonin.MailChecks;

/// <param name="Count">From fields; exactly one is allowed.</param>
/// <param name="Problems">In camelCase: severalFields, severalMailboxes, noMailbox, group, comment, addressInDisplayName, malformed,
///   readersDiffer.</param>
internal sealed record FromView(int Count, IReadOnlyList<MailboxView> Mailboxes, IReadOnlyList<FromProblems> Problems);

internal sealed record MailboxView(string Name, string Address, string Domain);

/// <summary>SPF, or <c>{"result":"not-checked"}</c> where nobody said which host brought the mail.</summary>
[JsonDerivedType(typeof(Checked))]
[JsonDerivedType(typeof(NotChecked))]
internal abstract record SpfView
{
    private SpfView() { }

    /// <param name="Explanation">What the domain's owner says of a fail; null for every other result.</param>
    /// <param name="Why">The directive that matched, or what went wrong.</param>
    public sealed record Checked(string Result, SpfScope Scope, string Domain, string? Explanation, int Lookups, int Void, string Why)
        : SpfView;

    public sealed record NotChecked(string Result = "not-checked") : SpfView;
}

/// <param name="Reason">In camelCase, such as bodyHashDiffers; null for a pass.</param>
/// <param name="Bits">Of the key; null where none could be used.</param>
/// <param name="BodyCovered">Whether the signature covers the whole body; null where the body was not hashed.</param>
/// <param name="Aligned">Whether d= is the author's domain under its policy, whatever became of the signature.</param>
/// <param name="KeySource">Where the key came from; null where none was found.</param>
internal sealed record DkimView(
    int Index,
    string Result,
    DkimReason? Reason,
    string? Why,
    string? D,
    string? S,
    string? I,
    string? A,
    int? Bits,
    IReadOnlyList<string> SignedHeaders,
    bool? BodyCovered,
    bool Aligned,
    DkimKeySource? KeySource
);

/// <param name="Policy">What the domain asks for, after sp=, np= and t=; null where no record governs the mail.</param>
internal sealed record DmarcView(
    string Result,
    DmarcPolicy? Policy,
    string? AppliedFrom,
    string? RecordDomain,
    string? OrgDomain,
    DmarcMethod Method,
    int Queries,
    string? Why
);

/// <param name="Sealers">d= of each seal, the first sealer first.</param>
/// <param name="Trusted">Whether the chain passes and the last to seal it is among the hosts whose results are believed.</param>
internal sealed record ArcView(string Cv, int Instances, IReadOnlyList<string> Sealers, bool Trusted, string? Why);

internal sealed record AuthResultsView(string? AuthservId, bool Trusted, string Why, IReadOnlyList<AuthResultView> Results);

internal sealed record AuthResultView(string Method, string Result, string? Reason, IReadOnlyDictionary<string, string> Properties);

internal sealed record DnsQueryView(string Name, string Type, string Answer);

/// <summary>What the protocols found, as REST and the verbs show it.</summary>
internal static class MailFindingsJson
{
    public static FromView Of(FromMailboxes from) =>
        new(
            from.FieldCount,
            [
                .. from.Mailboxes.Select(mailbox => new MailboxView(
                    Readable(mailbox.DisplayName),
                    Readable($"{mailbox.LocalPart}@{mailbox.Domain}"),
                    Readable(mailbox.Domain)
                )),
            ],
            [.. Enum.GetValues<FromProblems>().Where(problem => problem != FromProblems.None && from.Problems.HasFlag(problem))]
        );

    public static SpfView Of(SpfResult? spf) =>
        spf is null
            ? new SpfView.NotChecked()
            : new SpfView.Checked(
                spf.Outcome.Word,
                spf.Scope,
                spf.Domain,
                (spf.Outcome as SpfOutcome.Fail)?.Explanation,
                spf.LookupCount,
                spf.VoidLookupCount,
                WhyOf(spf.Outcome)
            );

    public static IReadOnlyList<DkimView> Of(IReadOnlyList<DkimResult> dkim, DmarcResult dmarc) =>
        [.. dkim.Select(result => Of(result, dmarc))];

    public static DmarcView Of(DmarcResult dmarc) =>
        new(
            dmarc.Outcome.Word,
            dmarc.Policy,
            dmarc.AppliedFrom,
            dmarc.RecordDomain,
            dmarc.OrganizationalDomain,
            dmarc.Method,
            dmarc.QueryCount,
            WhyOf(dmarc.Outcome)
        );

    public static ArcView Of(ArcResult arc, AuthResultsTrust trust) =>
        new(arc.Outcome.Word, arc.Sets.Count, [.. arc.Sets.Select(set => set.Sealer)], IsTrusted(arc, trust), WhyOf(arc.Outcome));

    public static IReadOnlyList<AuthResultsView> Of(IReadOnlyList<AuthResultsField> fields) => [.. fields.Select(Of)];

    public static IReadOnlyList<DnsQueryView> Of(IReadOnlyList<DnsQuery> queries) =>
        [.. queries.Select(query => new DnsQueryView(query.Name, query.Type.ToString().ToUpperInvariant(), WordOf(query.Answer)))];

    private static DkimView Of(DkimResult result, DmarcResult dmarc)
    {
        var signature = result.Signature;
        var (reason, why) = ReasonOf(result.Outcome);
        return new(
            result.Index,
            result.Outcome.Word,
            reason,
            why,
            signature?.Domain,
            signature?.Selector,
            signature?.Identity,
            signature is null ? null : WordOf(signature.Algorithm),
            result.KeyBits,
            signature?.SignedFields ?? [],
            result.Coverage is { } coverage ? coverage.UncoveredBytes == 0 : null,
            IsAligned(signature, dmarc),
            result.KeySource
        );
    }

    private static bool IsAligned(DkimSignature? signature, DmarcResult dmarc) =>
        signature is not null
        && dmarc
            .Identifiers.Concat(dmarc.Claimed)
            .Any(one =>
                one is { Mechanism: DmarcMechanism.Dkim, IsAligned: true }
                && one.Domain.Equals(signature.Domain, StringComparison.OrdinalIgnoreCase)
            );

    /// <summary>Who seals names his domain, and the reader the host in it that he trusts: google.com seals for mx.google.com.</summary>
    private static bool IsTrusted(ArcResult arc, AuthResultsTrust trust) =>
        arc is { Outcome: ArcOutcome.Pass, Sets: [.., var last] }
        && trust.AuthservIds.Any(id =>
            id.Equals(last.Sealer, StringComparison.OrdinalIgnoreCase) || id.EndsWith($".{last.Sealer}", StringComparison.OrdinalIgnoreCase)
        );

    private static AuthResultsView Of(AuthResultsField field)
    {
        var (trusted, why) = field.Decision switch
        {
            AuthResultsDecision.Trusted(var reason) => (true, reason),
            AuthResultsDecision.NotTrusted(var reason) => (false, reason),
            _ => throw new UnreachableException(),
        };
        var results = (field.Parse as AuthResultsParse.Parsed)?.Results;
        return new(results?.AuthservId, trusted, why, [.. (results?.Results ?? []).Select(Of)]);
    }

    private static AuthResultView Of(AuthResult result) =>
        new(
            result.Method,
            result.Result,
            result.Reason,
            result.Properties.DistinctBy(NameOf).ToDictionary(NameOf, property => Readable(property.Value))
        );

    private static string NameOf(AuthResultProperty property) =>
        property.Kind.Length == 0 ? property.Name : $"{property.Kind}.{property.Name}";

    private static string WhyOf(SpfOutcome outcome) =>
        outcome switch
        {
            SpfOutcome.None(var why) => why,
            SpfOutcome.Neutral(var directive) => directive,
            SpfOutcome.Pass(var directive) => directive,
            SpfOutcome.Fail(var directive, _) => directive,
            SpfOutcome.SoftFail(var directive) => directive,
            SpfOutcome.TempError(var why) => why,
            SpfOutcome.PermError(var why) => why,
            _ => throw new UnreachableException(),
        };

    private static (DkimReason? Reason, string? Why) ReasonOf(DkimOutcome outcome) =>
        outcome switch
        {
            DkimOutcome.Pass => (null, null),
            DkimOutcome.Fail(var reason, var why) => (reason, why),
            DkimOutcome.Neutral(var reason, var why) => (reason, why),
            DkimOutcome.Policy(var reason, var why) => (reason, why),
            DkimOutcome.TempError(var reason, var why) => (reason, why),
            DkimOutcome.PermError(var reason, var why) => (reason, why),
            _ => throw new UnreachableException(),
        };

    private static string? WhyOf(DmarcOutcome outcome) =>
        outcome switch
        {
            DmarcOutcome.Pass => null,
            DmarcOutcome.Fail(var why) => why,
            DmarcOutcome.None(var why) => why,
            DmarcOutcome.TempError(var why) => why,
            DmarcOutcome.PermError(var why) => why,
            _ => throw new UnreachableException(),
        };

    private static string? WhyOf(ArcOutcome outcome) =>
        outcome switch
        {
            ArcOutcome.None or ArcOutcome.Pass => null,
            ArcOutcome.Fail(_, var why) => why,
            ArcOutcome.TempError(var why) => why,
            _ => throw new UnreachableException(),
        };

    private static string WordOf(DkimAlgorithm algorithm) =>
        algorithm switch
        {
            DkimAlgorithm.RsaSha1 => "rsa-sha1",
            DkimAlgorithm.RsaSha256 => "rsa-sha256",
            DkimAlgorithm.Ed25519Sha256 => "ed25519-sha256",
        };

    private static string WordOf(DnsAnswer answer) =>
        answer switch
        {
            DnsAnswer.Records => "records",
            DnsAnswer.NoData => "noData",
            DnsAnswer.NxDomain => "nxDomain",
            DnsAnswer.TempFailure => "tempFailure",
            _ => throw new UnreachableException(),
        };

    /// <summary>The library keeps one char a byte; what was written as UTF-8 is shown as that.</summary>
    private static string Readable(string bytes) => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(bytes));
}
