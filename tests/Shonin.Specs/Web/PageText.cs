using System.Net;
using System.Text.RegularExpressions;
using Shonin.Domain;
using Shonin.Domain.Notices;
using Shonin.Orders;

namespace Shonin.Specs.Web;

/// <summary>What pages say, without their markup.</summary>
internal static partial class PageText
{
    /// <summary>What stands on a page; between two elements is a space.</summary>
    public static string Read(string page) => Blanks().Replace(WebUtility.HtmlDecode(Tags().Replace(page, " ")), " ");

    /// <summary>All that an order's page says, sentence by sentence.</summary>
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

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tags();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
