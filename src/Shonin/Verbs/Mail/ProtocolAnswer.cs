using System.Diagnostics;
using Shonin.MailAuthentication.Arc;
using Shonin.MailAuthentication.AuthResults;
using Shonin.MailAuthentication.Dkim;
using Shonin.MailAuthentication.Dmarc;
using Shonin.MailAuthentication.Spf;
using Shonin.MailChecks;
using Shonin.Web;

namespace Shonin.Verbs.Mail;

/// <summary>What one protocol says, in the three ways in which it is told: an exit code, JSON, and words.</summary>
internal abstract record ProtocolAnswer
{
    private ProtocolAnswer() { }

    public abstract ExitCode Code { get; }

    /// <summary>One field, named by the protocol.</summary>
    public abstract object Json { get; }

    public abstract IEnumerable<string> Lines { get; }

    /// <param name="Result">Null where nobody said which host brought the mail.</param>
    public sealed record Spf(SpfResult? Result) : ProtocolAnswer
    {
        private readonly SpfView view = MailFindingsJson.Of(Result);

        public override ExitCode Code => Result is null ? ExitCode.CannotTell : CodeOf(Result.Outcome.Word);

        public override object Json => new { spf = view };

        public override IEnumerable<string> Lines =>
            view switch
            {
                SpfView.NotChecked => ["spf: not checked; say with --ip which host brought the mail."],
                SpfView.Checked spf =>
                [
                    $"spf: {spf.Result} for {spf.Domain} ({spf.Scope switch { SpfScope.MailFrom => "MAIL FROM", SpfScope.Helo => "HELO" }}), by {spf.Why}",
                    .. spf.Explanation is { } explanation ? [$"     the domain says: {explanation}"] : Array.Empty<string>(),
                    $"     {spf.Lookups} of 10 look-ups, {spf.Void} of 2 that found nothing",
                ],
                _ => throw new UnreachableException(),
            };
    }

    /// <param name="Results">One a signature, from the top.</param>
    /// <param name="Alignment">Says which signatures are the author's.</param>
    public sealed record Dkim(IReadOnlyList<DkimResult> Results, DmarcResult Alignment) : ProtocolAnswer
    {
        private const int FieldCountShown = 6;

        private readonly IReadOnlyList<DkimView> view = MailFindingsJson.Of(Results, Alignment);

        /// <summary>One signature that holds suffices; one that may hold later leaves it open.</summary>
        public override ExitCode Code
        {
            get
            {
                var codes = Results.Select(result => CodeOf(result.Outcome.Word)).ToList();
                return codes.Contains(ExitCode.Done) ? ExitCode.Done
                    : Results.Any(result => result.Outcome is DkimOutcome.TempError) || !codes.Contains(ExitCode.No) ? ExitCode.CannotTell
                    : ExitCode.No;
            }
        }

        public override object Json => new { dkim = view };

        public override IEnumerable<string> Lines =>
            view.Count == 0 ? ["dkim: none; the message carries no signature."] : view.SelectMany(LinesOf);

        private static IEnumerable<string> LinesOf(DkimView one)
        {
            yield return $"dkim: signature {one.Index + 1}: {one.Result}{(one.D is null ? "" : $" for {one.D}, key {one.S}, {one.A}")}{(one.Bits is { } bits ? $" of {bits} bits" : "")}";
            if (one.Why is not null)
                yield return $"      {one.Why}";
            if (one.D is not null)
                yield return $"      {(one.Aligned ? "of the same organization as From" : "not of the same organization as From")}; it covers {FieldsOf(one.SignedHeaders)}{BodyOf(one.BodyCovered)}";
        }

        /// <summary>Signers name dozens of fields, absent ones too, so that none can be added.</summary>
        private static string FieldsOf(IReadOnlyList<string> names)
        {
            var distinct = names.Distinct(StringComparer.OrdinalIgnoreCase).ToList();
            return distinct.Count <= FieldCountShown
                ? string.Join(", ", distinct)
                : $"{string.Join(", ", distinct.Take(FieldCountShown))} and {distinct.Count - FieldCountShown} more fields";
        }

        private static string BodyOf(bool? covered) =>
            covered switch
            {
                true => " and the whole body",
                false => " and only the beginning of the body",
                null => "",
            };
    }

    public sealed record Dmarc(DmarcResult Result) : ProtocolAnswer
    {
        private readonly DmarcView view = MailFindingsJson.Of(Result);

        public override ExitCode Code => CodeOf(Result.Outcome.Word);

        public override object Json => new { dmarc = view };

        public override IEnumerable<string> Lines =>
            [
                $"dmarc: {view.Result}{(view.Why is null ? "" : $": {view.Why}")}",
                .. view.Policy is { } policy
                    ?
                    [
                        $"       policy {ApiJson.Camel(policy)}, from {view.AppliedFrom}= of _dmarc.{view.RecordDomain}{(Result.IsTest ? ", one step milder for t=y" : "")}",
                    ]
                    : Array.Empty<string>(),
                .. view.OrgDomain is { } organization
                    ? [$"       organizational domain {organization}, after {view.Queries} queries"]
                    : Array.Empty<string>(),
                .. Result.Identifiers.Select(one =>
                    $"       {ApiJson.Camel(one.Mechanism)} proved {one.Domain}, {(one.IsAligned ? "the author's organization" : "another organization")}"
                ),
            ];
    }

    public sealed record Arc(ArcResult Result, AuthResultsTrust Trust) : ProtocolAnswer
    {
        private readonly ArcView view = MailFindingsJson.Of(Result, Trust);

        public override ExitCode Code => CodeOf(Result.Outcome.Word);

        public override object Json => new { arc = view };

        public override IEnumerable<string> Lines =>
            [
                $"arc: {view.Cv}{(view.Why is null ? "" : $": {view.Why}")}",
                .. Result.Sets.Select(set =>
                    $"     {set.Instance}. sealed by {set.Sealer}, who found the chain {set.ChainWord}: {set.AuthenticationResults}"
                ),
            ];
    }

    /// <summary>The words are those of RFC 8601 section 2.7, and the same in all four protocols.</summary>
    private static ExitCode CodeOf(string word) =>
        word switch
        {
            "pass" => ExitCode.Done,
            "fail" or "softfail" or "permerror" or "policy" => ExitCode.No,
            "none" or "neutral" or "temperror" => ExitCode.CannotTell,
            _ => throw new UnreachableException(),
        };
}
