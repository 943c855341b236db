namespace Shonin.Web;

/// <summary>What a listener is for, and what a route belongs to.</summary>
[Flags]
internal enum Door
{
    /// <summary>Customers and the shop's own systems.</summary>
    Web = 1,

    /// <summary>Whoever watches the server: <c>/metrics</c>.</summary>
    Operations = 2,

    /// <summary>The merchant's staff: <c>/desk</c>.</summary>
    Desk = 4,

    /// <summary>What every listener answers, because the others need it.</summary>
    Any = Web | Operations | Desk,
}

/// <summary>What the listener is for by which a request came; Kestrel's connection carries it.</summary>
internal sealed record ListenerDoors(Door Doors)
{
    public static Door Of(HttpContext http) => http.Features.Get<ListenerDoors>()?.Doors ?? Door.Any;
}

/// <summary>Says to which door a route belongs; without it, to the web's.</summary>
internal sealed record StandsAt(Door Door);

/// <summary>
/// Says that a route takes and tells nothing secret, so that plain HTTP will do from anywhere. Whatever does not say so is taken to carry
/// secrets: card data, codes and other proofs, API keys, the desk's session, the links of orders.
/// </summary>
internal sealed record OpenToPlainHttp;

/// <summary>The words in which routes say these things of themselves.</summary>
internal static class DoorConventions
{
    public static T IsOpenToPlainHttp<T>(this T routes)
        where T : IEndpointConventionBuilder => routes.WithMetadata(new OpenToPlainHttp());

    public static T At<T>(this T routes, Door door)
        where T : IEndpointConventionBuilder => routes.WithMetadata(new StandsAt(door));

    public static T TakesLongUploads<T>(this T routes)
        where T : IEndpointConventionBuilder => routes.WithMetadata(new LongUpload());
}

/// <summary>
/// The one place that decides whether a request may come this way: through the right listener, and protected wherever it may carry a
/// secret. It stands between routing and everything that reads a body.
/// </summary>
/// <param name="publicUrl">What customers' links begin with, without a slash at the end.</param>
internal sealed class Doorkeeper(string publicUrl, PublicAddress publicAddress, ILogger logger)
{
    private int untrustedProxyCount;

    public Task GuardAsync(HttpContext http, RequestDelegate next)
    {
        var route = http.GetEndpoint()?.Metadata;
        var door = route?.GetMetadata<StandsAt>()?.Door ?? Door.Web;
        if ((ListenerDoors.Of(http) & door) == 0)
        {
            return TurnAsync(
                http,
                new Problem(ProblemCode.NotFound, "There is nothing at this address; /openapi/v1.json lists what there is."),
                PageFaults.NotFound
            );
        }

        var mayCarrySecret = route?.GetMetadata<OpenToPlainHttp>() is null || http.Request.Headers.ContainsKey("Authorization");
        if (!mayCarrySecret || Client.Of(http).MayCarrySecrets)
            return next(http);
        if (IsSafelyRepeated(http))
        {
            http.Response.StatusCode = StatusCodes.Status308PermanentRedirect; // RFC 9110 section 15.4.9
            http.Response.Headers.Location = $"{publicUrl}{http.Request.Path.ToUriComponent()}{http.Request.QueryString.ToUriComponent()}";
            return Task.CompletedTask;
        }
        NoteProxy(Client.Of(http));
        return TurnAsync(http, Insecure(http), PageFaults.NeedsEncryption);
    }

    /// <summary>Once, for whoever set the server up behind a proxy and forgot to name it: a line a request would fill the log.</summary>
    private void NoteProxy(Client client)
    {
        if (
            client.IsForwardedByStranger
            && System.Net.IPAddress.IsLoopback(client.Address)
            && Interlocked.Increment(ref untrustedProxyCount) == 1
        )
        {
            logger.LogWarning(
                "A proxy on this machine forwards requests and is not named in Web:TrustedProxies, so everything secret is refused to its customers"
            );
        }
    }

    /// <summary>
    /// A page that is only looked at. Behind a proxy that is not trusted it may be encrypted already, and would be sent round for ever.
    /// </summary>
    private bool IsSafelyRepeated(HttpContext http) =>
        publicAddress == PublicAddress.Encrypted
        && !WebServer.IsForPrograms(http)
        && !Client.Of(http).IsForwardedByStranger
        && (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method));

    private static Problem Insecure(HttpContext http) =>
        new(
            ProblemCode.InsecureTransport,
            Client.Of(http).IsForwardedByStranger
                ? "This came through a proxy that is not named in Web:TrustedProxies, so nobody knows whether it was encrypted on its way. What was sent may have been read: treat it as exposed."
                : "Secrets are taken over https:// or from this machine alone. What was sent may have been read on its way: treat it as exposed."
        );

    private static Task TurnAsync(HttpContext http, Problem problem, Func<HttpContext, IResult> page) =>
        (WebServer.IsForPrograms(http) ? problem : CustomerPageOf(http, page)).ExecuteAsync(http);

    private static IResult CustomerPageOf(HttpContext http, Func<HttpContext, IResult> page)
    {
        PageGate.AddHeaders(http.Response.Headers);
        return page(http);
    }
}
