using Shonin.Domain.Privacy;
using Shonin.Web;

namespace Shonin.Privacy;

/// <summary>What is kept, why and how long, for anybody; with the settings that hold now.</summary>
internal sealed class PrivacyPages(RetentionPolicy policy)
{
    public const string Route = "/privacy";

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet(Route, (HttpContext http) => Show(http));

    private PageResult<PrivacyPage, PrivacyModel> Show(HttpContext http) =>
        new(new(PageFaults.ContextOf(http, Route), [.. KeptData.All(policy)]), StatusCodes.Status200OK);
}
