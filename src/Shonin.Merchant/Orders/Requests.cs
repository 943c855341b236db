using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Shonin.Domain;
using Shonin.Domain.Approvals;
using Shonin.Domain.Orders;

namespace Shonin.Merchant.Orders;

/// <summary>Personal data of a customer; they stand beside the log, under a key of the customer's own.</summary>
public sealed record Person(string Email, string Name, string? Phone);

/// <summary>What a client asks when it places an order.</summary>
public sealed record PlaceOrder(Person Customer, Locale Locale, ImmutableArray<OrderItem> Items, CardOnFile Card, string? Reference);

/// <summary>The client's Idempotency-Key.</summary>
/// <param name="Scope">API key and route, so that two clients never share a key.</param>
/// <param name="BodyHash">A keyed hash of the request's body without any security code.</param>
public sealed record RequestKey(string Scope, string Key, ReadOnlyMemory<byte> BodyHash)
{
    /// <summary>The scope of the log's unique keys in which every client's key stands.</summary>
    public const string LogScope = "idempotency";

    /// <summary>Its name there: 64 hexadecimal digits, so that the client's own words stand nowhere.</summary>
    public string LogValue => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Scope.Length}:{Scope}{Key}")));
}

/// <summary>Whether a request waits for the card company.</summary>
public enum Patience
{
    UntilSettled,
    RespondAtOnce,
}

/// <summary>An order as it stood at one version of its stream, with its history up to there.</summary>
/// <param name="AccessKey">The secret in the customer's link, or null where the customer's data were erased.</param>
public sealed record OrderRecord(Order Order, Person? Person, string? AccessKey, long Version, IReadOnlyList<OrderEvent> History);

/// <summary>A notice word for word, as mailed and as shown in the message centre.</summary>
public sealed record NoticeRecordText(NoticeRecord Record, string MessageId, string Subject, string Text, string Html);

/// <summary>What became of a request.</summary>
public abstract record RequestResult
{
    private RequestResult() { }

    /// <param name="Record">The order as it stood when the request was settled; for a repeated key the same as the first time.</param>
    public sealed record Done(OrderRecord Record) : RequestResult;

    /// <param name="Until">When time alone ends the refusal, or null.</param>
    public sealed record Refused(Refusal Reason, string? Rule, DateTimeOffset? Until = null) : RequestResult;

    /// <summary>The key was used with another body.</summary>
    public sealed record KeyReused : RequestResult;

    /// <summary>
    /// Too much was tried on this card, or in the shop in this hour, without an approval: a person decides. Nothing was changed.
    /// </summary>
    public sealed record TriesLimited(TimeSpan RetryAfter) : RequestResult;

    /// <summary>The log cannot be written now; nothing was changed.</summary>
    public sealed record Unavailable(string Why) : RequestResult;

    /// <summary>What was asked for is larger than the log can keep, now and later. Nothing was changed.</summary>
    /// <param name="What">Which part of it, its size, and how much fits.</param>
    public sealed record TooLarge(string What) : RequestResult;

    /// <summary>Too much is waiting already; nothing was changed.</summary>
    public sealed record Overloaded(TimeSpan RetryAfter) : RequestResult;
}
