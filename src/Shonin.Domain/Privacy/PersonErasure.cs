using System.Collections.Immutable;

namespace Shonin.Domain.Privacy;

/// <summary>By which way somebody asked.</summary>
public enum ErasureAsker
{
    /// <summary>From the account's own page.</summary>
    Owner,

    /// <summary>Staff, at the desk.</summary>
    Desk,

    /// <summary>Whoever runs the server: the command line, or a program with a key.</summary>
    Operator,
}

/// <summary>Why something was erased.</summary>
public enum ErasureCause
{
    /// <summary>Its person asked for it.</summary>
    Asked,

    /// <summary>Its time was over.</summary>
    TimeOver,
}

/// <summary>
/// What happened to the data of one mail address, or of one conversation that is about no order. None of it names anybody: the address
/// stands in a sealed document until the letter that says that all is done has left.
/// </summary>
public abstract record ErasureFact(DateTimeOffset At)
{
    public sealed record Asked(ErasureAsker By, DateTimeOffset At) : ErasureFact(At);

    /// <summary>The keys of these were destroyed with it.</summary>
    /// <param name="Owners">As the log names whose documents they were: orders, contacts, letters.</param>
    public sealed record Erased(ImmutableArray<string> Owners, ErasureCause Cause, DateTimeOffset At) : ErasureFact(At);

    /// <summary>All was gone through.</summary>
    /// <param name="Staying">Streams of what stays until it is over; empty where nothing does.</param>
    public sealed record GoneThrough(ImmutableArray<string> Staying, DateTimeOffset At) : ErasureFact(At);

    /// <summary>The letter has left, or never will.</summary>
    public sealed record LetterClosed(DateTimeOffset At) : ErasureFact(At);
}

public abstract record ErasureCommand
{
    private ErasureCommand() { }

    public sealed record Ask(ErasureAsker By) : ErasureCommand;

    public sealed record Erase(ImmutableArray<string> Owners, ErasureCause Cause) : ErasureCommand;

    public sealed record NoteGoneThrough(ImmutableArray<string> Staying) : ErasureCommand;

    public sealed record CloseLetter : ErasureCommand;
}

/// <param name="IsAsked">Somebody asked, and not all was gone through since.</param>
/// <param name="Staying">What stays although somebody asked, until it is over.</param>
/// <param name="AskedAt">Each time, the oldest first.</param>
public sealed record PersonErasure(bool IsAsked, ImmutableArray<string> Staying, bool HasLetter, ImmutableArray<DateTimeOffset> AskedAt)
{
    public static PersonErasure None { get; } = new(false, [], false, []);

    /// <summary>Whether there is still something to erase that somebody asked to have erased.</summary>
    public bool IsPending => IsAsked || !Staying.IsEmpty;

    public static ImmutableArray<ErasureFact> Decide(PersonErasure? state, ErasureCommand command, DateTimeOffset at)
    {
        state ??= None;
        return command switch
        {
            ErasureCommand.Ask when state.IsAsked => [],
            ErasureCommand.Ask ask => [new ErasureFact.Asked(ask.By, at)],
            ErasureCommand.Erase { Owners.IsEmpty: true } => [],
            ErasureCommand.Erase erase => [new ErasureFact.Erased(erase.Owners, erase.Cause, at)],
            ErasureCommand.NoteGoneThrough gone when state.IsAsked || !state.Staying.SequenceEqual(gone.Staying) =>
            [
                new ErasureFact.GoneThrough(gone.Staying, at),
            ],
            ErasureCommand.NoteGoneThrough => [],
            ErasureCommand.CloseLetter when state.HasLetter => [new ErasureFact.LetterClosed(at)],
            ErasureCommand.CloseLetter => [],
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <exception cref="InvalidOperationException">The fact cannot follow on what was.</exception>
    public static PersonErasure Evolve(PersonErasure? state, ErasureFact happened)
    {
        state ??= None;
        return happened switch
        {
            ErasureFact.Asked asked when !state.IsAsked => state with { IsAsked = true, AskedAt = state.AskedAt.Add(asked.At) },
            ErasureFact.Erased => state,
            ErasureFact.GoneThrough gone => state with
            {
                IsAsked = false,
                Staying = gone.Staying,
                HasLetter = state.HasLetter || state.IsAsked,
            },
            ErasureFact.LetterClosed when state.HasLetter => state with { HasLetter = false },
            _ => throw new InvalidOperationException($"{happened?.GetType().Name} cannot follow on {state}."),
        };
    }
}

/// <summary>Something that stays although its person asked.</summary>
/// <param name="Stream">Of the log.</param>
/// <param name="Number">The order's; null where there is none.</param>
public sealed record StayingRecord(string Stream, StayReason Reason, string? Number);

public enum StayReason
{
    /// <summary>It is still to be delivered, taken back or told of.</summary>
    OrderOpen,

    /// <summary>Somebody still talks with an agent in it.</summary>
    ContactOpen,
}
