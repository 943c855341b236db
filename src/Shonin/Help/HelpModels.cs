using System.Collections.Immutable;
using Shonin.Domain.Contacts;
using Shonin.Domain.Help;
using Shonin.Domain.Orders;
using Shonin.Web;

namespace Shonin.Help;

/// <param name="Typed">What was searched for; empty where nothing was.</param>
/// <param name="Articles">What was found, or all where nothing was searched for.</param>
public sealed record HelpModel(PageContext Context, string Typed, ImmutableArray<HelpArticle> Articles) : PageModel(Context);

public sealed record ArticleModel(PageContext Context, HelpArticle Article) : PageModel(Context);

/// <summary>What an order can be asked about.</summary>
public sealed record OrderHelpModel(PageContext Context, Order Order, string AccessKey) : PageModel(Context);

/// <param name="More">The articles that the answer names.</param>
public sealed record AnswerModel(
    PageContext Context,
    Order Order,
    string AccessKey,
    HelpQuestion Question,
    HelpAnswer Answer,
    ImmutableArray<HelpArticle> More
) : PageModel(Context)
{
    /// <summary>How long an agent takes to answer now.</summary>
    public WaitingTime Wait { get; init; } = new WaitingTime.Unknown();
}
