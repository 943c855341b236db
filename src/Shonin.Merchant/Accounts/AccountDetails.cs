using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Shonin.Domain;
using Shonin.Domain.Accounts;

namespace Shonin.Merchant.Accounts;

public readonly record struct AccountId(string Value)
{
    public override string ToString() => Value;
}

/// <param name="Digest">As the account's facts and orders name the address.</param>
public sealed record AccountAddress(string Digest, string Address);

/// <summary>A credential as a browser made it (W3C Web Authentication, section 6.5.1), and what its owner calls it.</summary>
public sealed record AccountPasskey(byte[] CredentialId, byte[] PublicKey, DateTimeOffset CreatedAt)
{
    public string? Name { get; init; }
    public uint SignCount { get; init; }
    public string[]? Transports { get; init; }
    public bool IsUserVerified { get; init; }
    public bool IsBackupEligible { get; init; }
    public bool IsBackedUp { get; init; }
    public byte[] AttestationObject { get; init; } = [];
    public byte[] ClientDataJson { get; init; } = [];

    /// <summary>How the account's facts name it.</summary>
    public string Hash => HashOf(CredentialId);

    public static string HashOf(ReadOnlySpan<byte> credentialId) => Convert.ToHexStringLower(SHA256.HashData(credentialId));
}

/// <summary>
/// What an account holds of a person: one sealed document, written anew with each change, destroyed when the account is erased.
/// </summary>
/// <param name="Revision">Of the account that it belongs to.</param>
/// <param name="Locale">In which its owner is written to.</param>
/// <param name="PasswordHash">Null where there is no password.</param>
/// <param name="Stamp">What is handed out under it is void once it changes.</param>
public sealed record AccountDetails(
    int Revision,
    string DisplayName,
    Locale Locale,
    ImmutableArray<AccountAddress> Addresses,
    string? PasswordHash,
    string Stamp,
    ImmutableArray<AccountPasskey> Passkeys
)
{
    private static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>The secret of an authenticator app; null where there is none.</summary>
    public string? AuthenticatorKey { get; init; }

    internal byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, json);

    /// <exception cref="JsonException">It is damaged.</exception>
    internal static AccountDetails Read(ReadOnlyMemory<byte> document) =>
        JsonSerializer.Deserialize<AccountDetails>(document.Span, json) ?? throw new JsonException("An account's document holds nothing.");

    /// <summary>What differs from these to others, as far as facts say it.</summary>
    internal DetailsChange ChangeTo(AccountDetails other)
    {
        var (before, after) = (HashesOf(this), HashesOf(other));
        return new()
        {
            RemovedAddress = Addresses.FirstOrDefault(address => !other.Addresses.Any(kept => kept.Digest == address.Digest))?.Digest,
            HasNewPassword = PasswordHash != other.PasswordHash,
            AddedPasskeys = after.Except(before),
            RemovedPasskeys = before.Except(after),
            HasNewStamp = Stamp != other.Stamp,
        };
    }

    internal static ImmutableHashSet<string> HashesOf(AccountDetails details) => [.. details.Passkeys.Select(passkey => passkey.Hash)];
}

/// <summary>An account that nobody erased: what it is, and whose.</summary>
public sealed record OpenAccount(AccountId Id, Account Account, AccountDetails Details);
