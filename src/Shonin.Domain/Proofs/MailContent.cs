using System.Collections.Immutable;

namespace Shonin.Domain.Proofs;

/// <summary>What a mail shows to a person: every text decoded, nothing fetched.</summary>
/// <param name="PlainText">The text/plain part, or empty.</param>
/// <param name="Html">The text/html part's source, or empty.</param>
/// <param name="VisibleText">What is read of the HTML, or of the plain text where there is none.</param>
public sealed record MailContent(string Subject, string PlainText, string Html, string VisibleText, ImmutableArray<MailLink> Links);

/// <summary>A link as it is shown and where it goes.</summary>
/// <param name="Text">What is read in its place; for an address in plain text, the address.</param>
/// <param name="Href">As written.</param>
/// <param name="Host">The host it leads to in lower case and A-labels, or null where it leads to none.</param>
/// <param name="ShownHost">The host that its text names, or null where the text names none.</param>
public sealed record MailLink(string Text, string Href, string? Host, string? ShownHost);
