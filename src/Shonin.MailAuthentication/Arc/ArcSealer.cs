using System.Globalization;
using System.Text;
using Shonin.MailAuthentication.AuthResults;
using Shonin.MailAuthentication.Dkim;
using Shonin.MailAuthentication.Message;
using UnreachableException = System.Diagnostics.UnreachableException;

namespace Shonin.MailAuthentication.Arc;

/// <summary>Adds a set to the chain (RFC 8617 section 5.1), for whoever passes mail on and wants to say what he found.</summary>
public sealed class ArcSealer
{
    /// <summary>What a later hop must not change unseen. Trace fields are left out: every hop adds some.</summary>
    // csharpier-ignore
    private static readonly string[] signedFields =
    [
        "From", "To", "Cc", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Reply-To",
        "In-Reply-To", "References", "List-Id", "DKIM-Signature",
    ];

    /// <summary>Seals a message.</summary>
    /// <param name="message">The message as it goes out, after every change of ours.</param>
    /// <param name="found">What <see cref="ArcVerifier"/> said of the message as it came in; becomes cv=.</param>
    /// <param name="authenticationResults">Our own results; <see cref="AuthenticationResults.Write"/> quotes what needs it.</param>
    /// <param name="key">Signs the seal and the message.</param>
    /// <param name="now">Becomes t=, in whole seconds.</param>
    /// <exception cref="ArgumentException">The results cannot be written as a field.</exception>
    public ArcSealing Seal(
        MailMessage message,
        ArcResult found,
        AuthenticationResults authenticationResults,
        DkimKey key,
        DateTimeOffset now
    ) => SealChain(message, found, AuthenticationResults.Write(authenticationResults), key, now);

    /// <summary>Seals a message, with results that are written already.</summary>
    /// <param name="message">The message as it goes out, after every change of ours.</param>
    /// <param name="found">What <see cref="ArcVerifier"/> said of the message as it came in; becomes cv=.</param>
    /// <param name="authenticationResults">
    /// The value of our own Authentication-Results field on one line: our authserv-id, a semicolon, the results. Whoever puts strangers'
    /// texts into it takes the other overload, which quotes them.
    /// </param>
    /// <param name="key">Signs the seal and the message.</param>
    /// <param name="now">Becomes t=, in whole seconds.</param>
    /// <exception cref="ArgumentException">It has a line end or another control character, or is no such value (RFC 8601 section
    ///   2.2).</exception>
    public ArcSealing Seal(MailMessage message, ArcResult found, string authenticationResults, DkimKey key, DateTimeOffset now)
    {
        FieldGrammar.Line(authenticationResults, nameof(authenticationResults), prefixLength);
        return AuthenticationResults.Parse(authenticationResults) switch
        {
            AuthResultsParse.Malformed(var why) => throw new ArgumentException(
                $"{nameof(authenticationResults)}: {why} (RFC 8601 section 2.2).",
                nameof(authenticationResults)
            ),
            AuthResultsParse.Parsed({ AuthservId: null }) => throw new ArgumentException(
                $"{nameof(authenticationResults)}: the authserv-id is missing (RFC 8601 section 2.2).",
                nameof(authenticationResults)
            ),
            AuthResultsParse.Parsed => SealChain(message, found, authenticationResults, key, now),
            _ => throw new UnreachableException(),
        };
    }

    private static readonly int prefixLength = "ARC-Authentication-Results: i=50; ".Length;

    private static ArcSealing SealChain(MailMessage message, ArcResult found, string authenticationResults, DkimKey key, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(found);
        ArgumentNullException.ThrowIfNull(key);
        if (found.Outcome is ArcOutcome.TempError(var temporary))
        {
            return new ArcSealing.NotSealed($"The chain could not be validated, so there is nothing to say of it. {temporary}");
        }

        if (message.ObstacleAbove is { } obstacle)
        {
            return new ArcSealing.NotSealed($"No seal can stand above the message: {obstacle}.");
        }

        if (found.Sets is [.., { ChainWord: "fail" }])
        {
            return new ArcSealing.NotSealed("The chain is recorded as broken; it must not be continued (RFC 8617 section 5.1).");
        }

        return ArcChain.Parse(message) switch
        {
            ArcChainParse.Malformed(var why) => new ArcSealing.NotSealed($"The chain cannot be continued. {why}"),
            ArcChainParse.NoChain => Seal(message, [], "none", authenticationResults, key, now),
            ArcChainParse.Parsed({ Sets: { Count: ArcChain.InstanceMax } }) => new ArcSealing.NotSealed(
                $"The chain has {ArcChain.InstanceMax} sets already (RFC 8617 section 4.2.1)."
            ),
            ArcChainParse.Parsed(var chain) => Seal(message, chain.Sets, found.Outcome.Word, authenticationResults, key, now),
            _ => throw new UnreachableException(),
        };
    }

    private static ArcSealing.Sealed Seal(
        MailMessage message,
        IReadOnlyList<ArcChain.Set> earlier,
        string chainWord,
        string authenticationResults,
        DkimKey key,
        DateTimeOffset now
    )
    {
        var instance = earlier.Count + 1;
        var lineEnd = message.Has(MessageOddityKind.LineFeedOnly) ? "\n" : "\r\n";
        var results =
            $"ARC-Authentication-Results: i={instance}; {authenticationResults.Replace("\r\n", lineEnd, StringComparison.Ordinal)}";
        var signature = Signature(message, instance, key, now, lineEnd);
        var seal = new StringBuilder(512)
            .Append(CultureInfo.InvariantCulture, $"ARC-Seal: i={instance}; a={key.AlgorithmTag}; cv={chainWord};")
            .Append(lineEnd)
            .Append(CultureInfo.InvariantCulture, $" d={key.Domain}; s={key.Selector}; t={now.ToUnixTimeSeconds()};")
            .Append(lineEnd)
            .Append(" b=");
        using var sink = new Sha256Sink();

        // A broken chain is sealed alone: what lies below proves nothing any more (RFC 8617 section 5.1.2).
        foreach (var set in chainWord == "fail" ? [] : earlier)
        {
            Canonical.WriteField(set.Results.Field, Canonicalization.Relaxed, sink);
            Canonical.WriteField(set.Signature.Field, Canonicalization.Relaxed, sink);
            Canonical.WriteField(set.Seal.Field, Canonicalization.Relaxed, sink);
        }

        Canonical.WriteField(Field(results), Canonicalization.Relaxed, sink);
        Canonical.WriteField(Field(signature), Canonicalization.Relaxed, sink);
        Canonical.WriteOpenField(Field(seal.ToString()), Canonicalization.Relaxed, sink);
        FieldFolding.AppendBase64(seal, key.SignDigest(sink.Finish()), lineEnd);
        var head = Encoding.Latin1.GetBytes(string.Concat(seal.ToString(), lineEnd, signature, lineEnd) + results + lineEnd);
        return new ArcSealing.Sealed([.. head, .. message.Raw.Span]);
    }

    private static string Signature(MailMessage message, int instance, DkimKey key, DateTimeOffset now, string lineEnd)
    {
        var names = signedFields
            .SelectMany(name => Enumerable.Repeat(name, message.Fields.Count(field => field.Is(Encoding.ASCII.GetBytes(name)))))
            .ToList();
        using var body = new Sha256Sink();
        Canonical.WriteBody(message.Body.Span, Canonicalization.Relaxed, body);
        var field = new StringBuilder(1024)
            .Append(CultureInfo.InvariantCulture, $"ARC-Message-Signature: i={instance}; a={key.AlgorithmTag}; c=relaxed/relaxed;")
            .Append(lineEnd)
            .Append(CultureInfo.InvariantCulture, $" d={key.Domain}; s={key.Selector}; t={now.ToUnixTimeSeconds()};")
            .Append(lineEnd);
        FieldFolding.AppendList(field, " h=", names, lineEnd);
        field
            .Append(';')
            .Append(lineEnd)
            .Append(" bh=")
            .Append(Convert.ToBase64String(body.Finish()))
            .Append(';')
            .Append(lineEnd)
            .Append(" b=");
        var digest = SignedHeader.Digest(message, names, Field(field.ToString()), Canonicalization.Relaxed);
        FieldFolding.AppendBase64(field, key.SignDigest(digest), lineEnd);
        return field.ToString();
    }

    private static HeaderField Field(string text) => HeaderField.Split(Encoding.Latin1.GetBytes(text));
}

/// <summary>The sealed message, or why it was not sealed.</summary>
public abstract record ArcSealing
{
    private ArcSealing() { }

    /// <summary>The message with our set above it.</summary>
    public sealed record Sealed(byte[] Message) : ArcSealing;

    /// <summary>Why there is no set of ours: pass the message on as it is.</summary>
    public sealed record NotSealed(string Why) : ArcSealing;
}
