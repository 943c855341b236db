namespace Shonin.MailChecks;

/// <summary>A name that resembles a merchant's without being it.</summary>
/// <param name="Seen">As it stands in the mail.</param>
/// <param name="Resembles">The merchant's own.</param>
public sealed record LookAlike(string Seen, string Resembles, Resemblance Kind);

public enum Resemblance
{
    /// <summary>Letters of another script, or signs that are read as letters: аmazon with a Cyrillic а, amaz0n, rnicrosoft.</summary>
    Homoglyphs,

    /// <summary>The whole name before another domain: amazon.co.jp.account.example.</summary>
    Prefixed,

    /// <summary>The name as a word of a foreign domain: amazon-support.example.</summary>
    Embedded,

    /// <summary>One letter off: amazom.co.jp.</summary>
    Typo,
}
