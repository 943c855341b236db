namespace Shonin.MailAuthentication.Dkim;

/// <summary>
/// What is known of a signature's key apart from DNS: by the domain's owner, or by whoever kept what was once published. Asked once a
/// signature, before DNS is.
/// </summary>
public delegate KeptKey KeptKeys(DkimSignature signature);

/// <summary>The answer to one signature.</summary>
public abstract record KeptKey
{
    private KeptKey() { }

    /// <summary>Nothing is known; DNS alone decides.</summary>
    public sealed record None : KeptKey;

    /// <summary>The key was published when the signature was made. It stands in where DNS has none any more, or does not answer.</summary>
    /// <param name="Record">The whole TXT record as it was published.</param>
    public sealed record Kept(string Record) : KeptKey;

    /// <summary>Whoever holds the private half may not be the domain. No signature by it counts, whatever DNS still says.</summary>
    public sealed record Revoked(string Why) : KeptKey;
}

/// <summary>Where the key of a result came from.</summary>
public enum DkimKeySource
{
    /// <summary>From DNS, now.</summary>
    Dns,

    /// <summary>From <see cref="KeptKeys"/>.</summary>
    Archive,
}
