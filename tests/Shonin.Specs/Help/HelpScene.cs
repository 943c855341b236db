using Shonin.Domain;
using Shonin.Domain.Help;
using Shonin.Domain.Notices;
using Shonin.Help;
using Shonin.Specs.Web;
using Shonin.Web;

namespace Shonin.Specs.Help;

/// <summary>A question that a customer asks about an order at a moment.</summary>
public sealed record HelpScene(ScreenScene Scene, HelpQuestion Question)
{
    private static readonly HelpShelf shelf = new();

    /// <summary>Every question that each order can be asked, in every state that it can have.</summary>
    public static IReadOnlyList<HelpScene> All { get; } =
    [
        .. ScreenScenes.All.SelectMany(scene =>
            HelpQuestions.Of(scene.Record.Order).SelectMany(issue => issue.Questions).Select(question => new HelpScene(scene, question))
        ),
    ];

    public HelpAnswer Answer =>
        new HelpAnswers(
            Scene.Record.Order,
            ScreenScene.Merchant,
            Scene.Screen(Locale.Ja, CardMention.Brand).Timeline.Record,
            Scene.Now,
            CardMention.Brand
        ).To(Question);

    public Task<string> PageAsync(Locale locale)
    {
        var answer = Answer;
        return PageHtml.RenderAsync<AnswerPage, AnswerModel>(
            new(
                Scene.Context(locale) with
                {
                    HelpPath = $"/o/{ScreenScene.AccessKey}/help",
                },
                Scene.Record.Order,
                ScreenScene.AccessKey,
                Question,
                answer,
                [.. answer.Articles.Select(name => shelf.Find(name, locale)!)]
            )
        );
    }

    public static Task<string> QuestionsPageAsync(ScreenScene scene, Locale locale) =>
        PageHtml.RenderAsync<OrderHelpPage, OrderHelpModel>(
            new(scene.Context(locale) with { HelpPath = $"/o/{ScreenScene.AccessKey}/help" }, scene.Record.Order, ScreenScene.AccessKey)
        );

    public override string ToString() => $"{Scene.Title}: {Question}";
}
