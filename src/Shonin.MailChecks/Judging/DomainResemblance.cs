using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;

namespace Shonin.MailChecks;

/// <summary>Whether a foreign domain was chosen to be taken for a merchant's.</summary>
internal static class DomainResemblance
{
    /// <summary>Shorter names are other people's too easily.</summary>
    private const int NameLengthMin = 4;

    /// <summary>From this length on, one letter more or less is no coincidence worth considering.</summary>
    private const int TypoNameLengthMin = 6;
    private const int LabelCountMax = 128; // RFC 1035 section 2.3.4: 255 octets hold no more
    private static readonly IdnMapping idn = new() { AllowUnassigned = true };

    /// <summary>
    /// The strongest resemblance of this domain to one of the profile's; null where there is none, or where it is the merchant's own.
    /// </summary>
    public static LookAlike? Of(string domain, MailProfile profile)
    {
        if (domain.Length == 0 || profile.LinksTo(domain))
            return null;
        LookAlike? strongest = null;
        foreach (var own in profile.Domains)
        {
            if (Compare(domain, own) is { } kind && (strongest is null || kind < strongest.Kind))
                strongest = new(domain, own, kind);
        }

        return strongest;
    }

    /// <summary>
    /// The label that the owner of a domain chose, as it is read: "yamada-shoten" of mail.yamada-shoten.co.jp; empty where there is none.
    /// </summary>
    public static string ChosenName(string domain) => NameOf(domain.ToLowerInvariant().Split('.', LabelCountMax));

    private static Resemblance? Compare(string domain, string own)
    {
        var ownLabels = own.Split('.');
        var name = NameOf(ownLabels);
        if (name.Length < NameLengthMin)
            return null;
        var labels = domain.Split('.', LabelCountMax);
        var kinds = labels[..^SuffixLengthOf(labels)].Select(label => CompareLabel(label, name)).ToList();
        if (kinds.Contains(Resemblance.Homoglyphs))
            return Resemblance.Homoglyphs;
        if (IsBefore(ownLabels, labels) || labels.Any(label => ContainsAsWords(label, ownLabels)))
            return Resemblance.Prefixed;
        return kinds.Min();
    }

    private static Resemblance? CompareLabel(string label, string name)
    {
        var shown = Shown(label);
        var words = shown.ToLowerInvariant().Split('-', '_');
        if (
            words.Contains(name)
            || name.Length >= TypoNameLengthMin
                && words.Any(word =>
                    word.Length > name.Length
                    && (word.StartsWith(name, StringComparison.Ordinal) || word.EndsWith(name, StringComparison.Ordinal))
                )
        )
        {
            return Resemblance.Embedded;
        }

        foreach (var word in words)
        {
            var reading = Lettering.Of(word);
            if (reading.Words is not [var read])
                continue;
            if (reading.Disguise == Disguise.Letters && Lettering.Skeleton(read) == Lettering.Skeleton(name))
                return Resemblance.Homoglyphs;
            // An i for an l alone is a word of its own too easily: appie is not apple.
            if (
                name.Length > NameLengthMin
                && Lettering.Skeleton(word) == Lettering.Skeleton(name)
                && word.Replace('i', 'l') != name.Replace('i', 'l')
            )
            {
                return Resemblance.Homoglyphs;
            }

            if (name.Length >= TypoNameLengthMin && IsOneStepApart(read, name))
                return Resemblance.Typo;
        }

        return null;
    }

    /// <summary>"amazon.co.jp.account.example": the whole of it before another domain.</summary>
    private static bool IsBefore(string[] own, string[] labels)
    {
        for (var start = 0; start + own.Length < labels.Length; start++)
        {
            if (own.AsSpan().SequenceEqual(labels.AsSpan(start, own.Length)))
                return true;
        }

        return false;
    }

    /// <summary>"amazon-co-jp.example": the dots written as hyphens.</summary>
    private static bool ContainsAsWords(string label, string[] own) =>
        $"-{label}-".Contains($"-{string.Join('-', own)}-", StringComparison.Ordinal);

    private static string NameOf(string[] labels) =>
        labels.Length > SuffixLengthOf(labels) ? Shown(labels[^(SuffixLengthOf(labels) + 1)]) : "";

    private static int SuffixLengthOf(string[] labels) =>
        labels.Length > 2 && secondLevels.Contains(labels[^2]) && labels[^1].Length <= 3 ? 2 : 1;

    private static string Shown(string label)
    {
        if (!label.StartsWith("xn--", StringComparison.OrdinalIgnoreCase))
            return label;
        try
        {
            return idn.GetUnicode(label);
        }
        catch (ArgumentException)
        {
            return label; // No punycode: then it resembles nothing.
        }
    }

    /// <summary>One letter added, left out, changed, or two exchanged.</summary>
    private static bool IsOneStepApart(string seen, string name)
    {
        if (seen == name || Math.Abs(seen.Length - name.Length) > 1)
            return false;
        var start = 0;
        while (start < seen.Length && start < name.Length && seen[start] == name[start])
            start++;
        var seenRest = seen.AsSpan(start);
        var nameRest = name.AsSpan(start);
        if (seenRest.Length == nameRest.Length)
        {
            return seenRest[1..].SequenceEqual(nameRest[1..])
                || seenRest.Length >= 2
                    && seenRest[0] == nameRest[1]
                    && seenRest[1] == nameRest[0]
                    && seenRest[2..].SequenceEqual(nameRest[2..]);
        }

        return seenRest.Length > nameRest.Length ? seenRest[1..].SequenceEqual(nameRest) : seenRest.SequenceEqual(nameRest[1..]);
    }

    /// <summary>The usual second levels under a country; a fuller list adds nothing to the name before it.</summary>
    private static readonly FrozenSet<string> secondLevels = new[]
    {
        "co",
        "ne",
        "or",
        "ac",
        "ad",
        "go",
        "gr",
        "ed",
        "lg",
        "com",
        "net",
        "org",
        "gov",
        "edu",
        "gob",
        "gouv",
        "mil",
    }.ToFrozenSet();
}
