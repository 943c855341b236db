using System.Collections.Immutable;

namespace Shonin.Domain.Accounts;

/// <summary>What a code that was mailed is for; it is good for nothing else.</summary>
public enum CodePurpose
{
    /// <summary>Open an account with the address.</summary>
    SignUp,

    /// <summary>Set a new password for the account of the address.</summary>
    Recover,

    /// <summary>Add the address to the account that is signed in.</summary>
    ProveAddress,

    /// <summary>Erase all that is kept of whoever is signed in.</summary>
    Erase,
}

/// <summary>How long a code holds, and how often.</summary>
/// <param name="TryCountMax">Wrong ones that may be typed before it is void.</param>
/// <param name="SentPerHourMax">Codes that are mailed to one address in an hour, whoever asks for them.</param>
public sealed record CodeLimits(TimeSpan Lifetime, int TryCountMax, int SentPerHourMax)
{
    public const int DigitCount = 8;

    public static CodeLimits Usual { get; } = new(TimeSpan.FromMinutes(10), 5, 6);
}

/// <summary>What happened to the codes of one address. A code stands in it by a keyed hash, which is bound to its id.</summary>
public abstract record CodeFact
{
    private CodeFact() { }

    /// <summary>It is to be mailed.</summary>
    /// <param name="Code">Its id, which whoever asked for it holds: codes that others ask for change nothing for them.</param>
    /// <param name="For">What it is about beside the address: the account that the address is to be added to; else empty.</param>
    public sealed record Sent(string Code, CodePurpose Purpose, string For, string Hash, DateTimeOffset At, DateTimeOffset ExpiresAt)
        : CodeFact;

    public sealed record WronglyTyped(string Code) : CodeFact;

    public sealed record Used(string Code) : CodeFact;

    /// <summary>Its letter has left, or never will.</summary>
    public sealed record LetterClosed(string Code) : CodeFact;
}

public abstract record CodeCommand
{
    private CodeCommand() { }

    public sealed record Send(string Code, CodePurpose Purpose, string For, string Hash) : CodeCommand;

    /// <param name="Hash">Of what was typed.</param>
    public sealed record Try(string Code, CodePurpose Purpose, string For, string Hash) : CodeCommand;

    public sealed record CloseLetter(string Code) : CodeCommand;
}

/// <summary>What came of a command.</summary>
public enum CodeReply
{
    Done,

    /// <summary>The address has had enough codes for this hour: none is sent.</summary>
    TooManySent,

    /// <summary>It is used up with this.</summary>
    Right,

    Wrong,

    /// <summary>There is no such code for this purpose, or not any more: it is used, too old, or was tried too often.</summary>
    Void,
}

public sealed record LiveCode(CodePurpose Purpose, string For, string Hash, DateTimeOffset ExpiresAt, int WrongCount);

/// <summary>The codes of one address.</summary>
/// <param name="SentAt">In the hour before the latest, the oldest first.</param>
/// <param name="Live">Those that were neither used nor, when the latest was sent, too old.</param>
/// <param name="Waiting">Those whose letter has not left.</param>
public sealed record AddressCodes(
    ImmutableList<DateTimeOffset> SentAt,
    ImmutableDictionary<string, LiveCode> Live,
    ImmutableHashSet<string> Waiting
)
{
    public static AddressCodes None { get; } = new([], ImmutableDictionary<string, LiveCode>.Empty, []);
}

/// <summary>
/// Codes that prove that somebody reads an address. Only whoever asked for a code can type it: it has an id that is in no mail, and wrong
/// tries count against that code alone, so that a stranger who knows the address can use up nobody's tries.
/// </summary>
public static class CodeDecider
{
    private static readonly TimeSpan rateWindow = TimeSpan.FromHours(1);

    public static (ImmutableArray<CodeFact> Facts, CodeReply Reply) Decide(
        AddressCodes? state,
        CodeCommand command,
        CodeLimits limits,
        DateTimeOffset at
    )
    {
        ArgumentNullException.ThrowIfNull(limits);
        state ??= AddressCodes.None;
        return command switch
        {
            CodeCommand.Send send when state.SentAt.Count(sent => sent > at - rateWindow) >= limits.SentPerHourMax => (
                [],
                CodeReply.TooManySent
            ),
            CodeCommand.Send send => (
                [new CodeFact.Sent(send.Code, send.Purpose, send.For, send.Hash, at, at + limits.Lifetime)],
                CodeReply.Done
            ),
            CodeCommand.Try typed => Try(state, typed, limits, at),
            CodeCommand.CloseLetter(var code) => (state.Waiting.Contains(code) ? [new CodeFact.LetterClosed(code)] : [], CodeReply.Done),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <exception cref="InvalidOperationException">The fact cannot follow on what the address's codes were.</exception>
    public static AddressCodes Evolve(AddressCodes? state, CodeFact happened)
    {
        state ??= AddressCodes.None;
        return happened switch
        {
            CodeFact.Sent sent when !state.Live.ContainsKey(sent.Code) => new(
                state.SentAt.RemoveAll(earlier => earlier <= sent.At - rateWindow).Add(sent.At),
                state
                    .Live.RemoveRange(state.Live.Where(live => live.Value.ExpiresAt <= sent.At).Select(live => live.Key))
                    .Add(sent.Code, new(sent.Purpose, sent.For, sent.Hash, sent.ExpiresAt, 0)),
                state.Waiting.Add(sent.Code)
            ),
            CodeFact.WronglyTyped(var code) when state.Live.TryGetValue(code, out var live) => state with
            {
                Live = state.Live.SetItem(code, live with { WrongCount = live.WrongCount + 1 }),
            },
            CodeFact.Used(var code) when state.Live.ContainsKey(code) => state with { Live = state.Live.Remove(code) },
            CodeFact.LetterClosed(var code) when state.Waiting.Contains(code) => state with { Waiting = state.Waiting.Remove(code) },
            _ => throw new InvalidOperationException($"{happened?.GetType().Name} cannot follow on what the codes of this address were."),
        };
    }

    private static (ImmutableArray<CodeFact> Facts, CodeReply Reply) Try(
        AddressCodes state,
        CodeCommand.Try typed,
        CodeLimits limits,
        DateTimeOffset at
    )
    {
        if (
            !state.Live.TryGetValue(typed.Code, out var live)
            || live.ExpiresAt <= at
            || live.WrongCount >= limits.TryCountMax
            || (live.Purpose, live.For) != (typed.Purpose, typed.For)
        )
        {
            return ([], CodeReply.Void);
        }
        return live.Hash == typed.Hash
            ? ([new CodeFact.Used(typed.Code)], CodeReply.Right)
            : ([new CodeFact.WronglyTyped(typed.Code)], CodeReply.Wrong);
    }
}
