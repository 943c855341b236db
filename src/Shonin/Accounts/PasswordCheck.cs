using Shonin.Web;

namespace Shonin.Accounts;

/// <summary>Whose password is tried, as the limits count it.</summary>
/// <param name="Account">Names the account that was typed, whether there is one or not.</param>
/// <param name="Client">Where the browser is.</param>
/// <param name="Device">The browser, where somebody signed in to the account with it before; else null.</param>
internal sealed record PasswordTry(string Account, string Client, string? Device)
{
    public string Counted => Device is null ? $"address {Account} from {Client}" : $"device {Device}";
}

internal abstract record PasswordAnswer
{
    private PasswordAnswer() { }

    public sealed record Right : PasswordAnswer;

    public sealed record Wrong : PasswordAnswer;

    /// <summary>Too many were wrong; it was not looked at.</summary>
    public sealed record TooMany(TimeSpan RetryAfter) : PasswordAnswer;
}

/// <summary>
/// The one place where a password is held against an account: after the same work and the same time, whoever it is. Wrong ones slow down
/// whoever types them: by account and client in browsers that nobody signed in with before, and by browser elsewhere. So a stranger who
/// guesses shuts out neither the owner's own browsers, nor the owner's new computer elsewhere, nor any passkey.
/// </summary>
internal sealed class PasswordCheck(AccountManager accounts, ScreenLimits limits, TimeProvider clock) : IDisposable
{
    private const int KeyCountMax = 100_000;

    /// <summary>Every answer takes at least this long, and a hash less: its time does not tell whether there is such an account.</summary>
    private static readonly TimeSpan answerTime = TimeSpan.FromMilliseconds(400);

    private static readonly TimeSpan window = TimeSpan.FromMinutes(15);

    public AccountManager Accounts => accounts;

    private readonly Allowance wrong = new(limits.WrongPasswordsPerAccount, window, KeyCountMax, clock);
    private readonly Allowance wrongFromAnywhere = new(limits.WrongPasswordsPerAccountFromAnywhere, window, KeyCountMax, clock);
    private readonly SemaphoreSlim hashing = new(limits.PasswordsAtOnceMax);

    /// <param name="user">Null where there is no such account: it is refused like any other.</param>
    public async Task<PasswordAnswer> TryAsync(AccountUser? user, PasswordTry tried, string typed, CancellationToken cancellation)
    {
        var pace = Task.Delay(answerTime, clock, cancellation);
        PasswordAnswer answer;
        // Looked at and counted by the same holder of a place: a crowd that waits for one does not pass the limit together.
        await hashing.WaitAsync(cancellation);
        try
        {
            answer = await AnswerAsync(user, tried, typed.Length > AccountManager.PasswordLengthMax ? "" : typed);
        }
        finally
        {
            hashing.Release();
        }
        await pace;
        return answer;
    }

    public void Dispose() => hashing.Dispose();

    private async Task<PasswordAnswer> AnswerAsync(AccountUser? user, PasswordTry tried, string typed)
    {
        var slowed = wrong.Look(tried.Counted) as AllowanceResult.UsedUp;
        if (tried.Device is null)
            slowed ??= wrongFromAnywhere.Look(tried.Account) as AllowanceResult.UsedUp;
        if (slowed is not null)
            return new PasswordAnswer.TooMany(slowed.RetryAfter);
        if (await accounts.IsPasswordAsync(user, typed))
            return new PasswordAnswer.Right();
        wrong.Take(tried.Counted);
        if (tried.Device is null)
            wrongFromAnywhere.Take(tried.Account);
        return new PasswordAnswer.Wrong();
    }
}
