using System.Diagnostics;
using System.Text.Json.Serialization;
using Shonin.Domain.Approvals;

namespace Shonin.CardNetwork.Vault;

/// <summary>The three or four digits beside the number that only a person with the card can read. Never written anywhere.</summary>
[DebuggerDisplay("***")]
[JsonConverter(typeof(NeverSerialised<SecurityCode>))]
public sealed class SecurityCode : IDisposable
{
    internal const int TypedSizeMaxBytes = 4 * 3; // four full-width digits

    private readonly Secret digits;

    private SecurityCode(ReadOnlySpan<byte> digits)
    {
        this.digits = new Secret(digits);
        DigitCount = digits.Length;
    }

    public int DigitCount { get; }

    /// <summary>The code, or null where the text is not three or four digits.</summary>
    public static SecurityCode? Parse(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > TypedSizeMaxBytes)
            return null;
        Span<byte> digits = stackalloc byte[TypedSizeMaxBytes];
        try
        {
            var count = TypedDigits.Read(utf8, separators: "", digits);
            return count is 3 or 4 ? new SecurityCode(digits[..count]) : null;
        }
        finally
        {
            digits.Clear();
        }
    }

    internal ReadOnlySpan<byte> Reveal() => digits.Reveal();

    internal SecurityCode Copy() => new(Reveal());

    public override string ToString() => "***";

    public void Dispose() => digits.Dispose();
}

/// <summary>A code that was taken out, and since when it has been held.</summary>
/// <param name="HeldSince">By <see cref="TimeProvider.GetTimestamp"/>: a clock that is set back must not lengthen a code's life.</param>
internal sealed record TakenCode(CardToken Card, SecurityCode Code, long HeldSince);

/// <summary>
/// The codes that wait for their one use: in memory only, at most <see cref="VaultOptions.SecurityCodeLifetime"/>, at most
/// <see cref="VaultOptions.SecurityCodeCountMax"/> of them. A timer wipes what nobody took. Beyond the count the oldest goes: it has
/// waited longest without being used, and an attempt without a code is still an attempt.
/// </summary>
internal sealed class WaitingCodes : IDisposable
{
    private readonly TimeProvider clock;
    private readonly VaultOptions options;
    private readonly ITimer timer;
    private readonly Lock gate = new();
    private readonly Dictionary<CardToken, LinkedListNode<TakenCode>> byCard = [];

    /// <summary>In the order in which they must be forgotten.</summary>
    private readonly LinkedList<TakenCode> byAge = [];

    internal WaitingCodes(TimeProvider clock, VaultOptions options)
    {
        (this.clock, this.options) = (clock, options);
        timer = clock.CreateTimer(_ => ForgetOld(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    internal int Count
    {
        get
        {
            lock (gate)
                return byAge.Count;
        }
    }

    internal void Hold(CardToken card, SecurityCode code) => Put(new TakenCode(card, code.Copy(), clock.GetTimestamp()));

    /// <summary>Takes the code out; there is no second time, unless the caller gives it back because no byte of it left.</summary>
    internal TakenCode? Take(CardToken card)
    {
        lock (gate)
        {
            if (!byCard.TryGetValue(card, out var node))
                return null;
            Remove(node);
            if (!IsOld(node.Value))
                return node.Value;
            node.Value.Code.Dispose();
            return null;
        }
    }

    /// <summary>Puts back a code that was certainly not used. Its age goes on from where it was; a newer code of the card stays.</summary>
    internal void GiveBack(TakenCode taken)
    {
        lock (gate)
        {
            if (IsOld(taken) || byCard.ContainsKey(taken.Card))
                taken.Code.Dispose();
            else
                Put(taken);
        }
    }

    public void Dispose()
    {
        timer.Dispose();
        lock (gate)
        {
            while (byAge.First is { } oldest)
                Forget(oldest);
        }
    }

    private void Put(TakenCode code)
    {
        lock (gate)
        {
            if (byCard.TryGetValue(code.Card, out var earlier))
                Forget(earlier);
            var after = byAge.Last;
            while (after is not null && after.Value.HeldSince > code.HeldSince)
                after = after.Previous;
            byCard[code.Card] = after is null ? byAge.AddFirst(code) : byAge.AddAfter(after, code);
            if (byAge.Count > options.SecurityCodeCountMax)
                Forget(byAge.First!);
            WakeForOldest();
        }
    }

    private void ForgetOld()
    {
        lock (gate)
        {
            while (byAge.First is { } oldest && IsOld(oldest.Value))
                Forget(oldest);
            WakeForOldest();
        }
    }

    private void WakeForOldest()
    {
        if (byAge.First is not { } oldest)
            return;
        var wait = options.SecurityCodeLifetime - clock.GetElapsedTime(oldest.Value.HeldSince);
        // A timer counts whole milliseconds and drops the rest: one more, so that it does not wake too early.
        timer.Change(wait > TimeSpan.Zero ? wait + TimeSpan.FromMilliseconds(1) : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private bool IsOld(TakenCode code) => clock.GetElapsedTime(code.HeldSince) >= options.SecurityCodeLifetime;

    private void Forget(LinkedListNode<TakenCode> node)
    {
        Remove(node);
        node.Value.Code.Dispose();
    }

    private void Remove(LinkedListNode<TakenCode> node)
    {
        byCard.Remove(node.Value.Card);
        byAge.Remove(node);
    }
}
