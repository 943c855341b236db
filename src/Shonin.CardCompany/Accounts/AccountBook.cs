using Shonin.CardCompany.Deciding;
using Shonin.CardCompany.History;
using Shonin.EventLog;

namespace Shonin.CardCompany.Accounts;

/// <summary>
/// All accounts of a card company, as its accounts file or the demo says. The numbers in it are in clear: keep it in memory only.
/// </summary>
public sealed class AccountBook
{
    internal AccountBook(IReadOnlyList<AccountEntry> entries) => Entries = entries;

    internal IReadOnlyList<AccountEntry> Entries { get; }

    /// <summary>How many accounts there are.</summary>
    public int Count => Entries.Count;

    public override string ToString() => $"{Count} accounts";
}

/// <param name="Number">In clear.</param>
internal sealed record AccountEntry(string Number, Account Account)
{
    public override string ToString() => $"…{Account.Last4}";
}

/// <summary>Accounts by their card's stream. A stream without an account is that of a number which is no card.</summary>
internal sealed class AccountIndex(AccountBook book, CardKeys keys)
{
    private readonly Dictionary<StreamId, Account> accounts = book.Entries.ToDictionary(
        entry => keys.Stream(entry.Number),
        entry => entry.Account
    );

    public Account? Find(StreamId card) => accounts.GetValueOrDefault(card);
}
