using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using Shonin.Domain.Notices;
using Shonin.Domain.Proofs;
using Shonin.MailAuthentication;
using Shonin.MailAuthentication.AuthResults;
using Shonin.MailAuthentication.Dkim;
using Shonin.MailAuthentication.Dmarc;
using Shonin.MailAuthentication.Message;
using Shonin.MailAuthentication.Spf;

namespace Shonin.MailChecks;

/// <summary>What the protocols found, in the words in which the verdict weighs it.</summary>
internal static class GatheredEvidence
{
    /// <summary>Fields that a mail program shows, or that decide whom it answers and where links and pictures come from.</summary>
    private static readonly string[] shownFields =
    [
        "From",
        "Subject",
        "Date",
        "To",
        "Cc",
        "Reply-To",
        "Sender",
        "Content-Base",
        "Content-Location",
        "Content-ID",
    ];

    public static MailEvidence Of(MailMessage message, ReadMail read, MailFindings findings, LedgerFinding ledger, SpokenTime time) =>
        new()
        {
            Sender = read.Sender,
            Content = read.Content,
            Traces = read.Traces,
            Oddities = read.Oddities,
            Signatures = [.. findings.Dkim.Select(result => Signature(result, message))],
            Policy = Policy(findings),
            Provider = Provider(findings),
            Ledger = ledger,
            Time = time,
        };

    private static SignatureEvidence Signature(DkimResult result, MailMessage message)
    {
        var signature = result.Signature;
        var domain = signature is null ? "" : Domains.ToAscii(signature.Domain);
        return new(
            domain,
            StateOf(result),
            result.BodyHash,
            signature is null ? [] : Uncovered(signature, message),
            Describe(result, domain)
        )
        {
            OpenShape = signature is null ? null : OpenShape.Of(message, name => IsOpen(signature, message, name)),
        };
    }

    /// <summary>
    /// Whether a field that is not signed stands there, or one could be put there or have been taken away; one more than is allowed is told
    /// elsewhere.
    /// </summary>
    private static bool IsOpen(DkimSignature signature, MailMessage message, string name) =>
        CountSigned(signature, name) is var signed && (signed == 0 || signed < CountIn(message, name));

    private static int CountIn(MailMessage message, string name)
    {
        var bytes = Encoding.ASCII.GetBytes(name);
        return message.Fields.Count(field => field.Is(bytes));
    }

    private static int CountSigned(DkimSignature signature, string name) =>
        signature.SignedFields.Count(signed => signed.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static SignatureState StateOf(DkimResult result) =>
        result.Outcome switch
        {
            DkimOutcome.Pass => SignatureState.Holds,
            DkimOutcome.Fail { Reason: DkimReason.BodyHashDiffers or DkimReason.SignatureDiffers or DkimReason.BodyShorterThanSigned } =>
                SignatureState.Broken,
            DkimOutcome.Policy { Reason: DkimReason.BodyNotCovered } => SignatureState.BodyOpen,
            DkimOutcome.Fail when result.IsOnlyExpired => SignatureState.Expired,
            DkimOutcome.TempError => SignatureState.KeyNotReached,
            DkimOutcome.PermError { Reason: DkimReason.KeyMissing } => SignatureState.KeyGone,
            DkimOutcome.PermError { Reason: DkimReason.KeyRevoked } => SignatureState.KeyRevoked,
            DkimOutcome.Fail or DkimOutcome.Policy or DkimOutcome.PermError or DkimOutcome.Neutral => SignatureState.Unusable,
            _ => throw new UnreachableException(),
        };

    /// <summary>A field is covered when h= names it as often as it stands in the message (RFC 6376 section 5.4.2).</summary>
    private static ImmutableArray<UncoveredField> Uncovered(DkimSignature signature, MailMessage message)
    {
        var open = ImmutableArray.CreateBuilder<UncoveredField>();
        foreach (var name in shownFields)
        {
            var count = CountIn(message, name);
            if (count > CountSigned(signature, name))
                open.Add(new(name.ToLowerInvariant(), count));
        }

        return open.ToImmutable();
    }

    private static string Describe(DkimResult result, string domain) =>
        $"dkim={result.Outcome.Word} d={domain} s={result.Signature?.Selector}"
        + result.Outcome switch
        {
            DkimOutcome.Fail(_, var why) => $": {why}",
            DkimOutcome.Policy(_, var why) => $": {why}",
            DkimOutcome.PermError(_, var why) => $": {why}",
            DkimOutcome.TempError(_, var why) => $": {why}",
            DkimOutcome.Neutral(_, var why) => $": {why}",
            DkimOutcome.Pass => "",
            _ => throw new UnreachableException(),
        };

    private static PolicyEvidence Policy(MailFindings findings)
    {
        var (outcome, why) = findings.Dmarc.Outcome switch
        {
            DmarcOutcome.Pass => (PolicyOutcome.Met, ""),
            DmarcOutcome.Fail fail => (PolicyOutcome.NotMet, fail.Why),
            DmarcOutcome.None none => (PolicyOutcome.NoPolicy, none.Why),
            DmarcOutcome.PermError error => (PolicyOutcome.NoPolicy, error.Why),
            DmarcOutcome.TempError error => (PolicyOutcome.CouldNotAsk, error.Why),
            _ => throw new UnreachableException(),
        };
        var session = findings.Spf is null or { Outcome: SpfOutcome.TempError } ? SessionKnowledge.Unknown : SessionKnowledge.Known;
        var said = $"dmarc={findings.Dmarc.Outcome.Word} spf={findings.Spf?.Outcome.Word ?? "not checked"} {why}".TrimEnd();
        return new(outcome, findings.Dmarc.Policy ?? DmarcPolicy.None, session, said)
        {
            Signers = findings.Dmarc.DkimAlignment ?? DmarcAlignment.Relaxed,
        };
    }

    /// <summary>
    /// What the trusted host found of this author. A finding about another author, as another reader of From would make it, is none.
    /// </summary>
    private static ProviderEvidence? Provider(MailFindings findings)
    {
        if (BelievedResults.Of(findings.AuthResults) is not { } believed)
            return null;
        var dmarc = believed.Results.FirstOrDefault(result =>
            result.Method == "dmarc" && findings.From.AuthorDomain is { } author && BelievedResults.SpeaksOf(result, author)
        );
        return new(
            believed.AuthservId ?? "outlook.com",
            [
                .. believed
                    .Results.Where(result => IsPass(result) && result.Method == "dkim")
                    .Select(SignerOf)
                    .Where(signer => signer.Length > 0),
            ],
            dmarc is null ? PolicyOutcome.CouldNotAsk
                : IsPass(dmarc) ? PolicyOutcome.Met
                : dmarc.Result == "fail" ? PolicyOutcome.NotMet
                : PolicyOutcome.NoPolicy,
            dmarc is null ? "" : BelievedResults.DomainIn(dmarc, "header", "from") ?? "",
            RequestOf(dmarc?.Property("", "action") ?? "")
        );
    }

    /// <summary>Microsoft says what the policy asked for: "action=oreject" is a reject that it did not carry out.</summary>
    private static DmarcPolicy RequestOf(string action) =>
        action.EndsWith("reject", StringComparison.OrdinalIgnoreCase) ? DmarcPolicy.Reject
        : action.EndsWith("quarantine", StringComparison.OrdinalIgnoreCase) ? DmarcPolicy.Quarantine
        : DmarcPolicy.None;

    private static bool IsPass(AuthResult result) => result.Result == "pass";

    private static string SignerOf(AuthResult result) =>
        BelievedResults.DomainIn(result, "header", "d") ?? BelievedResults.DomainIn(result, "header", "i") ?? "";
}
