using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Shonin.Operations;

/// <summary>What a key may do. <see cref="All"/> may do everything.</summary>
internal enum Scope
{
    Orders,
    Cards,
    Contacts,
    Admin,
    All,
}

/// <summary>What is kept of an API key: never the key itself.</summary>
/// <param name="Id">Names the key in lists, logs and idempotency scopes.</param>
/// <param name="Hash">SHA-256 of the key, in hexadecimal. The key holds 192 random bits, so that no slow hash is needed.</param>
internal sealed record ApiKey(
    string Id,
    string Name,
    IReadOnlyList<Scope> Scopes,
    string Hash,
    DateTimeOffset CreatedAt,
    DateTimeOffset? RevokedAt
)
{
    public bool MayDo(Scope scope) => RevokedAt is null && (Scopes.Contains(Scope.All) || Scopes.Contains(scope));
}

/// <summary>
/// The API keys of a data folder, in <c>keys/api-keys.json</c>. The command line changes them, a running server notices: the file is
/// replaced whole, and looked at again when it has changed.
/// </summary>
internal sealed class ApiKeys(string dataFolder, TimeProvider clock)
{
    public const string KeyPrefix = "sk_";
    private const int KeySizeBytes = 24;
    private const int KeyTextLength = 35; // "sk_" and 24 bytes in base64url
    private const int KeyCountMax = 1_000;
    private const int NameLengthMax = 100;
    private const int IdSizeBytes = 6;

    private static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    private readonly SharedFile<IReadOnlyList<ApiKey>> file = new(
        Path.Combine(dataFolder, "keys", "api-keys.json"),
        content => JsonSerializer.Deserialize<ApiKey[]>(content.Span, json) ?? [],
        []
    );

    /// <summary>The key whose secret this is and which was not revoked, or null. Takes the same time for every wrong one.</summary>
    public ApiKey? Find(string secret)
    {
        if (secret.Length != KeyTextLength || !secret.StartsWith(KeyPrefix, StringComparison.Ordinal))
            return null;
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(secret));
        ApiKey? found = null;
        foreach (var key in List())
        {
            if (CryptographicOperations.FixedTimeEquals(hash, Convert.FromHexString(key.Hash)) && key.RevokedAt is null)
                found = key;
        }

        return found;
    }

    /// <exception cref="InvalidDataException">The file is not what was written; the message says what to do.</exception>
    public IReadOnlyList<ApiKey> List()
    {
        try
        {
            return file.Read();
        }
        catch (JsonException malformed)
        {
            throw new InvalidDataException(
                $"{file.Path} is damaged ({malformed.Message}). Restore it from a backup, or remove it and make new keys.",
                malformed
            );
        }
    }

    /// <summary>Makes a key and returns its secret, which nobody can read again.</summary>
    public Reading<(string Secret, ApiKey Key), string> Create(string name, IReadOnlyList<Scope> scopes)
    {
        if (name.Length is 0 or > NameLengthMax || name.Any(char.IsControl))
        {
            return new Reading<(string, ApiKey), string>.Refused(
                $"a key's name is 1 to {NameLengthMax} characters without control characters."
            );
        }

        var secret = KeyPrefix + Base64Url(RandomNumberGenerator.GetBytes(KeySizeBytes));
        var key = new ApiKey(
            "key_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdSizeBytes)),
            name,
            [.. scopes.Distinct().Order()],
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret))),
            clock.GetUtcNow(),
            null
        );
        using var turn = file.TakeTurn();
        var keys = List();
        if (keys.Count >= KeyCountMax)
        {
            return new Reading<(string, ApiKey), string>.Refused(
                $"there are {KeyCountMax} keys already; remove revoked ones from {file.Path}."
            );
        }

        Write([.. keys, key]);
        return new Reading<(string, ApiKey), string>.Read((secret, key));
    }

    /// <summary>Revokes a key by its id, or by its name where only one key that still works bears it; again is no error.</summary>
    public Reading<ApiKey, string> Revoke(string idOrName)
    {
        using var turn = file.TakeTurn();
        var keys = List();
        ApiKey[] named = [.. keys.Where(key => key.Id == idOrName)];
        if (named.Length == 0)
            named = [.. keys.Where(key => key.Name == idOrName && key.RevokedAt is null)];
        if (named.Length != 1)
        {
            return new Reading<ApiKey, string>.Refused(
                named.Length == 0
                    ? $"there is no key {idOrName} that still works; shonin keys list shows them."
                    : $"{named.Length} keys are named {idOrName}; give the id of one: {string.Join(", ", named.Select(key => key.Id))}."
            );
        }
        var revoked = named[0] with { RevokedAt = named[0].RevokedAt ?? clock.GetUtcNow() };
        Write([.. keys.Select(key => key.Id == revoked.Id ? revoked : key)]);
        return new Reading<ApiKey, string>.Read(revoked);
    }

    private void Write(IReadOnlyList<ApiKey> keys) => file.Write(JsonSerializer.SerializeToUtf8Bytes(keys, json));

    private static string Base64Url(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
