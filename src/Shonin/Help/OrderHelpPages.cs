using System.Text.Json;
using Shonin.Domain.Contacts;
using Shonin.Domain.Help;
using Shonin.Orders;
using Shonin.Web;

namespace Shonin.Help;

/// <summary>How long an agent takes to answer who asks now.</summary>
internal delegate WaitingTime WaitNow();

/// <summary>Help with one order: its questions, and to each the answer as the order stands.</summary>
internal sealed class OrderHelpPages(OrderAccess access, HelpShelf shelf, WaitNow waitNow, TimeProvider clock)
{
    private static readonly Dictionary<string, HelpQuestion> questions = Enum.GetValues<HelpQuestion>().ToDictionary(AddressOf);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/o/{accessKey}/help", ShowAsync);
        routes.MapGet("/o/{accessKey}/help/{question}", AnswerAsync);
    }

    /// <summary>A question as it stands in an address.</summary>
    public static string AddressOf(HelpQuestion question) => JsonNamingPolicy.KebabCaseLower.ConvertName(question.ToString());

    /// <summary>The question of an address, or null.</summary>
    public static HelpQuestion? QuestionAt(string address) => questions.TryGetValue(address, out var question) ? question : null;

    private async Task<IResult> ShowAsync(HttpContext http, string accessKey)
    {
        var (opened, fault) = await access.OpenAsync(http, accessKey, "/help");
        return opened is null
            ? fault!
            : new PageResult<OrderHelpPage, OrderHelpModel>(new(opened.Context, opened.Order, accessKey), StatusCodes.Status200OK);
    }

    private async Task<IResult> AnswerAsync(HttpContext http, string accessKey, string question)
    {
        var (opened, fault) = await access.OpenAsync(http, accessKey, $"/help/{question}");
        if (opened is null)
            return fault!;
        if (!questions.TryGetValue(question, out var asked))
            return PageFaults.NotFound(http);
        var (context, order) = (opened.Context, opened.Order);
        var record = (await access.TimelineAsync(opened, http.RequestAborted)).Record;
        var answer = new HelpAnswers(order, context.Merchant, record, clock.GetUtcNow(), opened.Mention).To(asked);
        return new PageResult<AnswerPage, AnswerModel>(
            new(
                context,
                order,
                accessKey,
                asked,
                answer,
                [.. answer.Articles.Select(name => shelf.Find(name, context.Locale)).OfType<HelpArticle>()]
            )
            {
                Wait = waitNow(),
            },
            StatusCodes.Status200OK
        );
    }
}
