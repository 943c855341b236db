using System.Diagnostics;
using System.Globalization;
using System.Text;
using Shonin.MailAuthentication.Message;

namespace Shonin.MailAuthentication.AuthResults;

/// <summary>
/// What an Authentication-Results field says (RFC 8601), or Microsoft's form of it, which names no host. Anyone can write such a
/// field into a message; <see cref="AuthResultsTrust"/> decides whether it is to be believed.
/// </summary>
/// <param name="AuthservId">Who claims to have checked; absent in Microsoft's form.</param>
/// <param name="Results">The claims, in order; empty for "none".</param>
public sealed record AuthenticationResults(string? AuthservId, IReadOnlyList<AuthResult> Results)
{
    internal const int ResultCountMax = 100; // Genuine fields hold fewer than ten.
    internal const int PropertyCountMax = 50;

    /// <summary>
    /// The value of the field, without its name and last line end; longer than a line it is folded. What is written is read again as the
    /// same. Values that are no plain words are quoted, so that none can become a result of its own.
    /// </summary>
    /// <exception cref="ArgumentException">Something cannot be written: no authserv-id, a keyword that is none, a control character, a text
    ///   that is not ASCII. The message names it, with its offset and the rule.</exception>
    public static string Write(AuthenticationResults results)
    {
        ArgumentNullException.ThrowIfNull(results);
        return new AuthResultsWriter().Write(results);
    }

    /// <summary>Reads a field's value. Folds and comments may stand anywhere; comments are kept with the result that they follow.</summary>
    public static AuthResultsParse Parse(HeaderField field) => Parse(Encoding.Latin1.GetString(field.Value.Span));

    /// <inheritdoc cref="Parse(HeaderField)"/>
    public static AuthResultsParse Parse(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return AuthResultsTokens.Of(value) switch
        {
            AuthResultsTokens.Scan.Unreadable(var why) => new AuthResultsParse.Malformed(why),
            AuthResultsTokens.Scan.Read(var tokens) => Parse(new AuthResultsReader(tokens)),
            _ => throw new UnreachableException(),
        };
    }

    private static AuthResultsParse Parse(AuthResultsReader reader)
    {
        var authservId = reader.AuthservId();
        if (authservId is null && !reader.IsAtResult())
        {
            return new AuthResultsParse.Malformed("neither the name of a host nor a result begins it");
        }

        if (authservId is not null && !reader.TakeVersion())
        {
            return new AuthResultsParse.Malformed("what follows the host is not the version 1 and not a semicolon");
        }

        var results = new List<AuthResult>();
        while (reader.NextStatement())
        {
            if (results.Count == ResultCountMax)
            {
                return new AuthResultsParse.Malformed($"it holds more than {ResultCountMax} results");
            }

            if (reader.Result(PropertyCountMax) is { } result)
            {
                if (reader.IsKnownVersion)
                {
                    results.Add(result);
                }
            }
            else if (!reader.IsNone())
            {
                return new AuthResultsParse.Malformed(
                    string.Create(CultureInfo.InvariantCulture, $"statement {results.Count + 1} is not \"method=result\"")
                );
            }
        }

        return new AuthResultsParse.Parsed(new AuthenticationResults(authservId, results));
    }
}

/// <summary>One claim: "dkim=pass (2048-bit key) header.d=example.com".</summary>
/// <param name="Method">In lower case: spf, dkim, dmarc, arc, …</param>
/// <param name="Result">In lower case: pass, fail, none, temperror, …</param>
/// <param name="Reason">What follows reason=.</param>
/// <param name="Comments">Without their parentheses.</param>
public sealed record AuthResult(
    string Method,
    string Result,
    string? Reason,
    IReadOnlyList<AuthResultProperty> Properties,
    IReadOnlyList<string> Comments
)
{
    /// <summary>The first value of that property, such as ("header", "d").</summary>
    public string? Property(string kind, string name) =>
        Properties.FirstOrDefault(property => property.Kind == kind && property.Name == name)?.Value;
}

/// <summary>
/// "smtp.mailfrom=a@example.com" is kind smtp, name mailfrom. Microsoft also writes names without a kind ("action=none"); then the kind is
/// empty.
/// </summary>
public sealed record AuthResultProperty(string Kind, string Name, string Value);

/// <summary>A field as it was read, or why it could not be.</summary>
public abstract record AuthResultsParse
{
    private AuthResultsParse() { }

    /// <summary>It was read.</summary>
    public sealed record Parsed(AuthenticationResults Results) : AuthResultsParse;

    /// <summary>It could not be read; <c>Why</c> says where and what was expected.</summary>
    public sealed record Malformed(string Why) : AuthResultsParse;
}

/// <summary>Takes the statements of a field one after the other.</summary>
internal sealed class AuthResultsReader(IReadOnlyList<AuthResultsTokens.Token> tokens)
{
    private int position;
    private bool statementTaken = true;

    /// <summary>The first word, or a quoted text, unless it is a method already.</summary>
    public string? AuthservId()
    {
        var first = SkipComments(0);
        if (
            first >= tokens.Count
            || tokens[first] is not { Kind: AuthResultsTokens.Kind.Text or AuthResultsTokens.Kind.Quoted, Text.Length: > 0 }
            || SignAfterMethod(first)
        )
        {
            statementTaken = false;
            return null;
        }

        position = SkipComments(first + 1);
        return tokens[first].Text;
    }

    /// <summary>[ authres-version ], of which only 1 is known; false where anything else stands before the semicolon.</summary>
    public bool TakeVersion()
    {
        if (position < tokens.Count && tokens[position] is { Kind: AuthResultsTokens.Kind.Text, Text: "1" })
        {
            position = SkipComments(position + 1);
        }

        return position >= tokens.Count || tokens[position].Kind == AuthResultsTokens.Kind.Semicolon;
    }

    /// <summary>
    /// Whether the result that was taken last is of a version of its method that is known: 1, or none said (RFC 8601 section 2.2).
    /// </summary>
    public bool IsKnownVersion { get; private set; }

    public bool IsAtResult() => SignAfterMethod(SkipComments(0));

    /// <summary>Moves to the next statement that holds anything.</summary>
    public bool NextStatement()
    {
        if (statementTaken)
        {
            while (position < tokens.Count && tokens[position].Kind != AuthResultsTokens.Kind.Semicolon)
            {
                position++;
            }
        }

        statementTaken = true;
        while (position < tokens.Count && tokens[position].Kind is AuthResultsTokens.Kind.Semicolon or AuthResultsTokens.Kind.Comment)
        {
            position++;
        }

        return position < tokens.Count;
    }

    /// <summary>The statement "none" says that nothing was checked.</summary>
    public bool IsNone() =>
        tokens[position].Kind == AuthResultsTokens.Kind.Text && tokens[position].Text.Equals("none", StringComparison.OrdinalIgnoreCase);

    /// <summary>method [ "/" version ] "=" result [ reason ] [ properties ].</summary>
    public AuthResult? Result(int propertyCountMax)
    {
        if (!SignAfterMethod(position))
        {
            return null;
        }

        var words = tokens[position].Text.Split('/');
        var method = words[0].ToLowerInvariant();
        IsKnownVersion = words.Length == 1 || words is [_, "1"];
        var resultAt = SkipComments(SkipComments(position + 1) + 1);
        if (method.Length == 0 || resultAt >= tokens.Count || tokens[resultAt].Kind != AuthResultsTokens.Kind.Text)
        {
            return null;
        }

        var result = tokens[resultAt].Text.ToLowerInvariant();
        position = resultAt + 1;
        var properties = new List<AuthResultProperty>();
        var comments = new List<string>();
        string? reason = null;
        while (position < tokens.Count && tokens[position].Kind != AuthResultsTokens.Kind.Semicolon)
        {
            if (tokens[position].Kind == AuthResultsTokens.Kind.Comment)
            {
                comments.Add(tokens[position++].Text);
            }
            else if (SignAfterMethod(position) && properties.Count < propertyCountMax)
            {
                var name = tokens[position].Text.ToLowerInvariant();
                var value = ValueAt(SkipComments(position + 1) + 1);
                if (name == "reason")
                {
                    reason = value;
                    continue;
                }

                var dot = name.IndexOf('.', StringComparison.Ordinal);
                properties.Add(new AuthResultProperty(dot < 0 ? "" : name[..dot], name[(dot + 1)..], value));
            }
            else
            {
                // A word that belongs to nothing says nothing; what follows it may.
                position++;
            }
        }

        return new AuthResult(method, result, reason, properties, comments);
    }

    /// <summary>
    /// The value after "=", and nothing where the next name or statement stands there already, as Microsoft writes an empty sender.
    /// </summary>
    private string ValueAt(int start)
    {
        position = start;
        if (
            start >= tokens.Count
            || tokens[start].Kind is not (AuthResultsTokens.Kind.Text or AuthResultsTokens.Kind.Quoted)
            || SignAfterMethod(start)
        )
        {
            return "";
        }

        var value = tokens[position++].Text;

        // local-part "@" domain, where the local part is quoted, comes in two pieces.
        if (
            tokens[start].Kind == AuthResultsTokens.Kind.Quoted
            && position < tokens.Count
            && tokens[position] is { Kind: AuthResultsTokens.Kind.Text } domain
            && domain.Text.StartsWith('@')
        )
        {
            value += tokens[position++].Text;
        }

        return value;
    }

    private bool SignAfterMethod(int start)
    {
        var next = SkipComments(start + 1);
        return start < tokens.Count
            && tokens[start].Kind == AuthResultsTokens.Kind.Text
            && next < tokens.Count
            && tokens[next].Kind == AuthResultsTokens.Kind.Equals;
    }

    private int SkipComments(int index)
    {
        while (index < tokens.Count && tokens[index].Kind == AuthResultsTokens.Kind.Comment)
        {
            index++;
        }

        return index;
    }
}
