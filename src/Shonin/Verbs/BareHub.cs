using Microsoft.AspNetCore.SignalR;
using Shonin.Contacts;

namespace Shonin.Verbs;

/// <summary>
/// What the machine can do at most: a hub of the framework that passes each message on to its group and keeps nothing. Its groups, methods
/// and messages are those of our own.
/// </summary>
internal sealed class BareHub : Hub
{
    private const string GroupItem = "group";
    private const string Status = "順番にご案内しています。";

    private static long last;

    /// <summary>Serves until it is cancelled, and says where.</summary>
    public static async Task ServeAsync(Terminal terminal, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        ContactHub.AddTo(builder.Services);
        await using var app = builder.Build();
        app.MapHub<BareHub>(ContactHub.Path);
        await app.StartAsync(cancellation);
        await terminal.Out.WriteLineAsync($"bare hub: ready on {app.Urls.First()}");
        await terminal.Out.FlushAsync(cancellation);
        await app.WaitForShutdownAsync(cancellation);
    }

    [HubMethodName("Join")]
    public async Task<JoinAnswer> JoinAsync(string link, string accessKey, string language, long after)
    {
        Context.Items[GroupItem] = $"{link}/{accessKey}/{language}";
        await Groups.AddToGroupAsync(Context.ConnectionId, $"{link}/{accessKey}/{language}");
        return new(new(after, after, []), new(true, Status, null), null);
    }

    [HubMethodName("Say")]
    public async Task<SayAnswer> SayAsync(string clientId, string text)
    {
        var now = DateTimeOffset.UtcNow;
        var line = new ShownLine(Interlocked.Increment(ref last), LineSide.Customer, "", "10:00", now, text, clientId);
        await Clients
            .Group((string)Context.Items[GroupItem]!)
            .SendAsync("changed", new LinesAfter(0, line.Number, [line]), new ShownStanding(true, Status, null));
        return new(true, null, false);
    }
}
