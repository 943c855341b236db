using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Shonin.CardNetwork.Vault;

/// <summary>Fills a buffer with bytes that nobody can foretell; in the simulation, with bytes that its seed foretells.</summary>
public delegate void RandomFill(Span<byte> buffer);

/// <summary>Where the vault's keys are kept: takes the whole content of the key file, durably and all at once.</summary>
public delegate void KeepKeys(ReadOnlySpan<byte> content);

/// <summary>
/// The vault's keys, 32 bytes each: one or more that encrypt cards, of which the newest encrypts and all decrypt; one for
/// fingerprints and one for request hashes. The last two never change, or the same card would look like another one.
/// </summary>
public sealed class VaultKeys
{
    private const int KeySizeBytes = 32; // AES-256 (FIPS 197), HMAC-SHA-256 (RFC 2104)
    private const string FirstLine = "# Shonin's card vault. Whoever has this file and vault.db has the card numbers.";

    private readonly KeepKeys keep;
    private readonly RandomFill random;
    private readonly Lock gate = new();

    /// <summary>Ascending by id; the last one encrypts.</summary>
    private List<(int Id, Secret Key)> cards;

    private VaultKeys(Secret fingerprints, Secret requests, List<(int Id, Secret Key)> cards, RandomFill random, KeepKeys keep) =>
        (Fingerprints, Requests, this.cards, this.random, this.keep) = (fingerprints, requests, cards, random, keep);

    /// <summary>New keys, handed to <paramref name="keep"/> before anything can be encrypted with them.</summary>
    public static VaultKeys Create(RandomFill random, KeepKeys keep)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentNullException.ThrowIfNull(keep);
        var keys = new VaultKeys(NewKey(random), NewKey(random), [(1, NewKey(random))], random, keep);
        keys.Keep(keys.cards);
        return keys;
    }

    /// <summary>Keys that only live as long as the process: for the simulation and for specs.</summary>
    public static VaultKeys InMemory(RandomFill random) => Create(random, _ => { });

    /// <summary>Reads what <see cref="KeepKeys"/> was given.</summary>
    /// <exception cref="FormatException">It is not that; the message names the line.</exception>
    public static VaultKeys Read(ReadOnlySpan<byte> content, RandomFill random, KeepKeys keep)
    {
        Secret? fingerprints = null,
            requests = null;
        var cards = new List<(int Id, Secret Key)>();
        var lineNumber = 0;
        foreach (var line in Encoding.UTF8.GetString(content).Split('\n', StringSplitOptions.TrimEntries))
        {
            lineNumber++;
            if (line.Length == 0 || line[0] == '#')
                continue;
            switch (line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                case ["fingerprint", var key]:
                    fingerprints = ReadKey(key, lineNumber);
                    break;
                case ["request", var key]:
                    requests = ReadKey(key, lineNumber);
                    break;
                case ["card", var id, var key]
                    when int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                        && number > (cards is [.., var last] ? last.Id : 0):
                    cards.Add((number, ReadKey(key, lineNumber)));
                    break;
                default:
                    throw new FormatException(
                        $"The vault's key file, line {lineNumber}: expected 'fingerprint KEY', 'request KEY' or 'card ID KEY' with ascending ids. Restore the file from its backup."
                    );
            }
        }
        if (fingerprints is null || requests is null || cards.Count == 0)
            throw new FormatException("The vault's key file lacks its fingerprint, request or card key. Restore the file from its backup.");
        return new VaultKeys(fingerprints, requests, cards, random, keep);
    }

    internal Secret Fingerprints { get; }
    internal Secret Requests { get; }

    /// <summary>The key that encrypts.</summary>
    internal (int Id, Secret Key) Current
    {
        get
        {
            lock (gate)
                return cards[^1];
        }
    }

    /// <summary>The key with this id, or null where it was retired.</summary>
    internal Secret? Find(int id)
    {
        lock (gate)
        {
            foreach (var card in cards)
            {
                if (card.Id == id)
                    return card.Key;
            }

            return null;
        }
    }

    /// <summary>Adds a key and keeps it; from now on it encrypts.</summary>
    internal void AddNew()
    {
        lock (gate)
        {
            List<(int, Secret)> more = [.. cards, (cards[^1].Id + 1, NewKey(random))];
            Keep(more);
            cards = more;
        }
    }

    /// <summary>Forgets all keys but the one that encrypts, once nothing needs them any more.</summary>
    internal void RetireOld()
    {
        lock (gate)
        {
            List<(int Id, Secret Key)> current = [cards[^1]];
            Keep(current);
            cards = current;
        }
    }

    private void Keep(List<(int Id, Secret Key)> cardKeys)
    {
        var text = new StringBuilder(FirstLine)
            .Append('\n')
            .Append("fingerprint ")
            .Append(Convert.ToHexStringLower(Fingerprints.Reveal()))
            .Append('\n')
            .Append("request ")
            .Append(Convert.ToHexStringLower(Requests.Reveal()))
            .Append('\n');
        foreach (var (id, key) in cardKeys)
            text.Append(CultureInfo.InvariantCulture, $"card {id} {Convert.ToHexStringLower(key.Reveal())}\n");
        keep(Encoding.UTF8.GetBytes(text.ToString()));
    }

    private static Secret ReadKey(string hex, int lineNumber)
    {
        if (hex.Length != KeySizeBytes * 2 || !hex.All(char.IsAsciiHexDigit))
        {
            throw new FormatException(
                $"The vault's key file, line {lineNumber}: a key is {KeySizeBytes * 2} hexadecimal digits. Restore the file from its backup."
            );
        }

        return new Secret(Convert.FromHexString(hex));
    }

    private static Secret NewKey(RandomFill random)
    {
        Span<byte> key = stackalloc byte[KeySizeBytes];
        random(key);
        var secret = new Secret(key);
        CryptographicOperations.ZeroMemory(key);
        return secret;
    }
}
