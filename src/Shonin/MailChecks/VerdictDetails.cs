using System.Collections.Immutable;
using System.Diagnostics;
using Shonin.Domain.Notices;
using Shonin.Domain.Proofs;
using Shonin.MailAuthentication;
using Shonin.MailAuthentication.AuthResults;
using Shonin.MailAuthentication.Dkim;
using Shonin.MailAuthentication.Dmarc;
using Shonin.MailAuthentication.Spf;

namespace Shonin.MailChecks;

/// <summary>One row of "what was checked", for whoever knows the protocols.</summary>
/// <param name="Answer">The protocol's own word: pass, fail, none.</param>
/// <param name="Evidence">What exactly was seen; parts of it are a stranger's words.</param>
public sealed record CheckedThing(Words Name, string Answer, Words Meaning, string Evidence);

/// <summary>The details behind a verdict, protocol by protocol. Here alone their names are said.</summary>
internal static class VerdictDetails
{
    private const int EvidenceLengthMax = 300;
    private const int SignaturesShownMax = 10;

    public static ImmutableArray<CheckedThing> Of(MailCheckResult result)
    {
        var rows = ImmutableArray.CreateBuilder<CheckedThing>();
        rows.Add(OfLedger(result.Ledger));
        rows.AddRange(OfSignatures(result.Findings.Dkim));
        rows.Add(OfSpf(result.Findings.Spf));
        rows.Add(OfDmarc(result.Findings.Dmarc));
        rows.Add(OfArc(result.Findings));
        rows.AddRange(result.Findings.AuthResults.Take(SignaturesShownMax).Select(OfAuthResults));
        return rows.ToImmutable();
    }

    private static CheckedThing OfLedger(LedgerFinding ledger)
    {
        var (answer, meaning, evidence) = ledger switch
        {
            LedgerFinding.NotChecked => ("–", new Words("調べていません", "not looked at"), ""),
            LedgerFinding.NoMark => ("none", new Words("当店のお知らせの印がありません", "it carries no mark of a notice of ours"), ""),
            LedgerFinding.Unknown unknown => (
                "unknown",
                new Words("当店の記録にない番号です", "it names a notice that we have no record of"),
                unknown.NoticeId
            ),
            LedgerFinding.Forged forged => (
                "forged",
                new Words("当店の鍵で作られた印ではありません", "its mark was not made with our key"),
                $"{forged.NoticeId}: {forged.Why}"
            ),
            LedgerFinding.Copied copied => (
                "copied",
                new Words(
                    "印はありませんが、当店のお知らせの文を写しています",
                    "it carries no mark, but copies the text of a notice of ours"
                ),
                copied.Notice.Number
            ),
            LedgerFinding.Known known => ("known", KnownMeaning(known.Notice), known.Notice.Number),
            _ => throw new UnreachableException(),
        };
        return Row(new("当店の送信記録", "Our record of notices"), answer, meaning, evidence);
    }

    private static Words KnownMeaning(KnownNotice notice) =>
        (notice.Content, notice.Links) switch
        {
            (ContentMatch.Same, _) => new("件名・本文・リンクが記録と一致します", "subject, text and links are as recorded"),
            (ContentMatch.Differs, ContentMatch.Same) => new("本文か件名が記録と違います", "text or subject differ from the record"),
            (ContentMatch.Differs, ContentMatch.Differs) => new(
                "本文か件名と、リンクが記録と違います",
                "text or subject, and the links, differ from the record"
            ),
            (_, _) => throw new UnreachableException(),
        };

    private static IEnumerable<CheckedThing> OfSignatures(IReadOnlyList<DkimResult> signatures) =>
        signatures.Count == 0
            ? [Row(new("署名 (DKIM)", "Signature (DKIM)"), "none", new("署名がありません", "it is not signed"), "")]
            : signatures.Take(SignaturesShownMax).Select(OfSignature);

    private static CheckedThing OfSignature(DkimResult signature)
    {
        var (meaning, why) = signature.Outcome switch
        {
            DkimOutcome.Pass => (new Words("署名されたままの内容です", "it is as it was signed"), ""),
            DkimOutcome.Fail fail => (
                new Words("署名のあとで変わったか、期限が過ぎています", "it was changed since, or its time is over"),
                fail.Why
            ),
            DkimOutcome.Neutral neutral => (
                new Words("試験用の鍵なので、数えません", "its key is for tests and counts for nothing"),
                neutral.Why
            ),
            DkimOutcome.Policy policy => (
                new Words("署名の方式が弱いので、数えません", "it is signed in a way that we don't accept"),
                policy.Why
            ),
            DkimOutcome.TempError temporary => (new Words("いまは鍵を調べられません", "the key could not be asked for now"), temporary.Why),
            DkimOutcome.PermError permanent => (
                new Words("鍵がないか、署名を読めません", "the key is gone, or the signature cannot be read"),
                permanent.Why
            ),
            _ => throw new UnreachableException(),
        };
        var evidence = signature.Signature is { } read ? $"d={read.Domain} s={read.Selector} {why}" : why;
        return Row(new("署名 (DKIM)", "Signature (DKIM)"), signature.Outcome.Word, meaning, evidence);
    }

    private static CheckedThing OfSpf(SpfResult? spf)
    {
        var name = new Words("送り出した場所 (SPF)", "Sending host (SPF)");
        if (spf is null)
            return Row(name, "–", new("保存したメールからは、調べられません", "a saved mail does not tell it for certain"), "");
        var (meaning, why) = spf.Outcome switch
        {
            SpfOutcome.Pass pass => (new Words("そのドメインが認めた場所です", "the domain allows it"), pass.Directive),
            SpfOutcome.Fail fail => (
                new Words("そのドメインが認めない場所です", "the domain does not allow it"),
                $"{fail.Directive} {fail.Explanation}"
            ),
            SpfOutcome.SoftFail soft => (new Words("おそらく認めない場所です", "the domain probably does not allow it"), soft.Directive),
            SpfOutcome.Neutral neutral => (new Words("どちらとも言っていません", "the domain does not say"), neutral.Directive),
            SpfOutcome.None none => (new Words("そのドメインに決まりがありません", "the domain has no rule"), none.Why),
            SpfOutcome.TempError temporary => (new Words("いまは調べられません", "it could not be asked for now"), temporary.Why),
            SpfOutcome.PermError permanent => (new Words("決まりを読めません", "the rule cannot be read"), permanent.Why),
            _ => throw new UnreachableException(),
        };
        return Row(name, spf.Outcome.Word, meaning, $"{spf.Domain} {why}");
    }

    private static CheckedThing OfDmarc(DmarcResult dmarc)
    {
        var (meaning, why) = dmarc.Outcome switch
        {
            DmarcOutcome.Pass => (new Words("差出人のドメインから来ています", "it comes from the domain in From"), ""),
            DmarcOutcome.Fail fail => (
                new Words("差出人のドメインから来たと確かめられません", "it is not shown to come from the domain in From"),
                fail.Why
            ),
            DmarcOutcome.None none => (new Words("そのドメインに方針がありません", "the domain publishes no policy"), none.Why),
            DmarcOutcome.TempError temporary => (new Words("いまは調べられません", "it could not be asked for now"), temporary.Why),
            DmarcOutcome.PermError permanent => (
                new Words("差出人が1つに決まりません", "there is no one domain to ask about"),
                permanent.Why
            ),
            _ => throw new UnreachableException(),
        };
        var policy = dmarc.Policy is { } asked ? $"p={asked.ToString().ToLowerInvariant()} ({dmarc.RecordDomain})" : "";
        return Row(new("差出人のドメイン (DMARC)", "Domain in From (DMARC)"), dmarc.Outcome.Word, meaning, $"{policy} {why}");
    }

    private static CheckedThing OfArc(MailFindings findings) =>
        Row(
            new("転送の記録 (ARC)", "Forwarding (ARC)"),
            findings.Arc.Outcome.Word,
            findings.Arc.Sets.Count == 0
                ? new("転送の封印はありません", "nobody sealed it on its way")
                : new("参考です。これだけでは何も決まりません", "evidence only; nothing rests on it alone"),
            string.Join(", ", findings.Arc.Sets.Select(set => set.Sealer))
        );

    private static CheckedThing OfAuthResults(AuthResultsField field)
    {
        var (answer, meaning, why) = field.Decision switch
        {
            AuthResultsDecision.Trusted trusted => (
                "trusted",
                new Words("受信した側の判定として使いました", "used as the receiving host's own finding"),
                trusted.Why
            ),
            AuthResultsDecision.NotTrusted not => (
                "not trusted",
                new Words("だれでも書けるので、使っていません", "anyone can write it, so it was not used"),
                not.Why
            ),
            _ => throw new UnreachableException(),
        };
        return Row(
            new("書き込まれた判定 (Authentication-Results)", "A finding written in it (Authentication-Results)"),
            answer,
            meaning,
            why
        );
    }

    private static CheckedThing Row(Words name, string answer, Words meaning, string evidence) =>
        new(name, answer, meaning, StrangersText.Evidence(evidence, EvidenceLengthMax));
}
