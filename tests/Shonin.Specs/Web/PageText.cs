using Shonin.Domain;
using Shonin.Domain.Notices;
using Shonin.Orders;

namespace Shonin.Specs.Web;

/// <summary>All that an order's page says, sentence by sentence, without its markup.</summary>
internal static class PageText
{
    public static string Of(OrderScreen screen, Locale locale) =>
        string.Join(
            '\n',
            Sentences(screen)
                .Select(words => words.In(locale))
                .Concat(screen.Timeline.Items.Select(item => $"{item.Text} {item.Evidence}"))
                .Concat(screen.Timeline.Finding is { } finding ? [finding.In(locale)] : [])
                .Append(screen.Timeline.EvidenceNote)
        );

    private static IEnumerable<Words> Sentences(OrderScreen screen) =>
        [
            screen.Headline,
            screen.Meaning,
            screen.OnCard,
            .. screen.Explained,
            .. screen.Family,
            .. screen.Next,
            .. screen.Account.SelectMany(line => new[] { line.Label, line.What }),
            .. screen.Deadline is { } deadline ? new[] { deadline.At, deadline.WhatThen } : [],
            .. screen.Note is { } note ? new[] { note } : [],
            .. screen.Choices.SelectMany(offered => new[] { offered.Choice.Name, offered.Choice.Effect }),
        ];
}
