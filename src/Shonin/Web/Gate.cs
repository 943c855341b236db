using Microsoft.AspNetCore.Http.Features;
using Shonin.Operations;

namespace Shonin.Web;

/// <summary>Who asks, and whether they may: an API key with the right scope, not too often.</summary>
internal sealed class Gate(ApiKeys keys, RequestRate rate, MerchantAudit audit, TimeProvider clock)
{
    /// <summary>Wrong keys from one address in ten seconds: some for mistakes, too few for guessing.</summary>
    private const int WrongKeysMax = 50;
    private const int AddressCountMax = 100_000;

    private readonly Allowance wrongKeys = new(WrongKeysMax, TimeSpan.FromSeconds(10), AddressCountMax, clock);

    /// <summary>The key that the request was let in with.</summary>
    public static ApiKey CallerOf(HttpContext http) => http.Features.GetRequiredFeature<Admitted>().Key;

    /// <summary>The same, or null while no key has let it in.</summary>
    public static ApiKey? KeyOf(HttpContext http) => http.Features.Get<Admitted>()?.Key;

    public Func<EndpointFilterInvocationContext, EndpointFilterDelegate, ValueTask<object?>> For(Scope scope) =>
        (invocation, next) =>
            Refusal(invocation.HttpContext, scope) is { } problem ? ValueTask.FromResult<object?>(problem) : next(invocation);

    private Problem? Refusal(HttpContext http, Scope scope)
    {
        if (BearerOf(http.Request) is not { } secret)
            return new(ProblemCode.NotAuthorized, "Send the header Authorization: Bearer KEY; shonin keys create makes one.");
        if (keys.Find(secret) is not { } key)
        {
            audit.ApiKeyWrong(Client.Of(http).Address);
            return wrongKeys.Take(Client.Of(http).Key) is AllowanceResult.UsedUp used
                ? new(ProblemCode.RateLimited, "Too many wrong API keys came from this address.") { RetryAfter = used.RetryAfter }
                : new(ProblemCode.NotAuthorized, "This API key is unknown or revoked; shonin keys list shows those that work.");
        }
        if (!key.MayDo(scope))
        {
            var name = ApiJson.Camel(scope);
            return new(
                ProblemCode.Forbidden,
                $"The key {key.Id} lacks the scope {name}; shonin keys create --scope {name} makes one that has it."
            );
        }
        if (rate.Take(key.Id) is { } wait)
        {
            return new(
                ProblemCode.RateLimited,
                $"The key {key.Id} asks too often; Limits:RequestsPerSecond and Limits:RequestBurst say how often it may."
            )
            {
                RetryAfter = wait,
            };
        }

        audit.ApiKeyUsed(key.Id);
        http.Features.Set(new Admitted(key));
        return null;
    }

    private static string? BearerOf(HttpRequest request)
    {
        const string Scheme = "Bearer ";
        var header = request.Headers.Authorization;
        return header is [{ } value] && value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? value[Scheme.Length..].Trim() : null;
    }

    private sealed record Admitted(ApiKey Key);
}
