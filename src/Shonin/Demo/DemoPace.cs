using System.Globalization;

namespace Shonin.Demo;

/// <summary>
/// How long the demo waits: so short that nobody is bored, and so long that a slow or busy machine tells the same story. The machine is
/// measured by how long the first process took to start.
/// </summary>
internal sealed record DemoPace
{
    private static readonly TimeSpan answerTimeoutMin = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan answerTimeoutMax = TimeSpan.FromSeconds(30);

    /// <summary>How long anything may take that only has to happen once: it bounds a demo that hangs, and no fact depends on it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private DemoPace(TimeSpan answerTimeout) => AnswerTimeout = answerTimeout;

    /// <summary>How long the merchant waits for the card company.</summary>
    public TimeSpan AnswerTimeout { get; }

    public TimeSpan RetryAfter => answerTimeoutMin + AnswerTimeout + TimeSpan.FromSeconds(1);

    /// <summary>The demo's own patience as the merchant's settings; the product's defaults are in the table of settings.</summary>
    public IReadOnlyList<(string Setting, string Value)> Settings =>
        [
            ("Approval:AnswerTimeout", Text(AnswerTimeout)),
            ("Approval:NoticeAfter", Text(TimeSpan.FromSeconds(Math.Floor(AnswerTimeout.TotalSeconds / 2)))),
            ("Approval:RetryAfter:0", Text(RetryAfter)),
            ("Approval:RetryAfter:1", Text(3 * RetryAfter)),
            ("Approval:Deadline", Text(24 * RetryAfter)),
        ];

    /// <param name="startTook">From the start of a process until it was ready: about a second where nothing else runs, and a first request
    ///   takes no longer.</param>
    public static DemoPace Of(TimeSpan startTook)
    {
        var wanted = TimeSpan.FromSeconds(Math.Ceiling(startTook.TotalSeconds));
        return new(
            wanted < answerTimeoutMin ? answerTimeoutMin
            : wanted > answerTimeoutMax ? answerTimeoutMax
            : wanted
        );
    }

    private static string Text(TimeSpan time) => time.ToString("c", CultureInfo.InvariantCulture);
}
