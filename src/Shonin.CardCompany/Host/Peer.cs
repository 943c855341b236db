using Shonin.CardCompany.Acquirers;

namespace Shonin.CardCompany.Host;

/// <summary>Who is at the other end of a connection.</summary>
/// <param name="Remote">Its address, for the history.</param>
/// <param name="Share">Whoever has the same share takes places and rows of the log together.</param>
/// <param name="SpeaksFor">Whom its certificate speaks for; null on plain TCP from this machine, where everybody speaks for
///   anybody.</param>
internal sealed record Peer(string Remote, string Share, Acquirer? SpeaksFor)
{
    /// <summary>Without TLS: peers of this machine share everything.</summary>
    public static Peer Plain(string remote) => new(remote, "plain", SpeaksFor: null);

    /// <summary>
    /// Somebody whom no certificate has named yet. All such share the log's rows, so that they cannot fill it from many addresses.
    /// </summary>
    public static Peer Unknown(string remote) => new(remote, "unknown", SpeaksFor: null);

    public static Peer Certified(string remote, string sha256, Acquirer acquirer) => new(remote, $"certificate {sha256}", acquirer);
}
