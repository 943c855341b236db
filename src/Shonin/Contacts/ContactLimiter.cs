using Shonin.Domain.Contacts;
using Shonin.Domain.Notices;
using Shonin.Web;

namespace Shonin.Contacts;

/// <summary>How often customers may open contacts and write in them.</summary>
public sealed record ContactRates
{
    /// <summary>Messages of one contact's customer in a minute.</summary>
    public int MessagesPerMinute { get; init; } = 30;

    /// <summary>Pages of one address that begin to follow a contact, in a minute; a lost connection begins anew.</summary>
    public int JoinsPerAddressPerMinute { get; init; } = 120;

    /// <summary>Questions without an order of one address in an hour.</summary>
    public int QuestionsPerAddressPerHour { get; init; } = 10;

    /// <summary>Links that lead to no contact, of one address in a minute.</summary>
    public int WrongLinksPerAddressPerMinute { get; init; } = 30;

    /// <summary>Messages of one agent in a minute, over all contacts.</summary>
    public int MessagesPerAgentPerMinute { get; init; } = 120;

    /// <summary>Mails of one sender that become messages, in an hour.</summary>
    public int MailsPerSenderPerHour { get; init; } = 20;

    /// <summary>
    /// Mails of all proved senders that become messages, in an hour, and as many of the others; more of them wait.
    /// </summary>
    public int MailsPerHour { get; init; } = 1_000;

    /// <summary>Letters to one address in a day that say that a mail arrived.</summary>
    public int AcknowledgementsPerAddressPerDay { get; init; } = 3;

    /// <summary>How often one page may ask in a minute what it lacks.</summary>
    public int SincePerConnectionPerMinute { get; init; } = 60;
}

/// <summary>Whether one more mail may become a message.</summary>
internal enum MailAllowance
{
    Taken,
    SenderTooOften,

    /// <summary>Of everybody together: it waits its turn.</summary>
    TooMany,
}

/// <summary>Holds customers to those rates, and says what is wrong with a message before the log sees it.</summary>
internal sealed class ContactLimiter(ContactRates rates, TimeProvider clock)
{
    private const int KeyCountMax = 100_000;

    private static readonly TimeSpan typingEvery = TimeSpan.FromSeconds(2);

    private readonly Allowance messages = new(rates.MessagesPerMinute, TimeSpan.FromMinutes(1), KeyCountMax, clock);
    private readonly Allowance agentsMessages = new(rates.MessagesPerAgentPerMinute, TimeSpan.FromMinutes(1), KeyCountMax, clock);
    private readonly Allowance sinces = new(rates.SincePerConnectionPerMinute, TimeSpan.FromMinutes(1), KeyCountMax, clock);
    private readonly Allowance joins = new(rates.JoinsPerAddressPerMinute, TimeSpan.FromMinutes(1), KeyCountMax, clock);
    private readonly Allowance wrongLinks = new(rates.WrongLinksPerAddressPerMinute, TimeSpan.FromMinutes(1), KeyCountMax, clock);
    private readonly Allowance questions = new(rates.QuestionsPerAddressPerHour, TimeSpan.FromHours(1), KeyCountMax, clock);
    private readonly Allowance senders = new(rates.MailsPerSenderPerHour, TimeSpan.FromHours(1), KeyCountMax, clock);
    private readonly Allowance mails = new(rates.MailsPerHour, TimeSpan.FromHours(1), 2, clock);
    private readonly Allowance acknowledgements = new(rates.AcknowledgementsPerAddressPerDay, TimeSpan.FromDays(1), KeyCountMax, clock);
    private readonly Allowance typing = new(1, typingEvery, KeyCountMax, clock);

    public static Words TooMany { get; } =
        new("少し早すぎます。1分待ってから、もう一度お試しください。", "That was a little too fast. Please wait a minute, then try again.");

    public static Words TooLong { get; } =
        new($"1通は1文字から{ContactLimits.TextLengthMax}文字までです。", $"A message has 1 to {ContactLimits.TextLengthMax} characters.");

    public static Words NotNow { get; } =
        new("いまは送れませんでした。もう一度お試しください。", "This couldn't be sent right now. Please try again.");

    public static Words SignInAgain { get; } = new("もう一度、窓口に入ってください。", "Please sign in to the desk again.");

    public static bool IsClientId(string? text) =>
        text is { Length: > 0 and <= ContactLimits.ClientIdLengthMax }
        && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-');

    public bool MaySay(ContactId contact) => messages.Take(contact.Value) is AllowanceResult.Taken;

    public bool MaySayAtDesk(string agent) => agentsMessages.Take(agent) is AllowanceResult.Taken;

    public bool MayAskSince(string connection) => sinces.Take(connection) is AllowanceResult.Taken;

    public bool MayJoin(HttpContext http) =>
        joins.Take(PageGate.AddressOf(http)) is AllowanceResult.Taken && wrongLinks.Look(PageGate.AddressOf(http)) is AllowanceResult.Taken;

    public void NoteWrongLink(HttpContext http) => wrongLinks.Take(PageGate.AddressOf(http));

    public AllowanceResult AskWithoutOrder(HttpContext http) => questions.Take(PageGate.AddressOf(http));

    /// <summary>
    /// A sender who has had enough takes nothing from the others, and whoever only writes under an address nothing from who has it.
    /// </summary>
    public MailAllowance MayMail(SenderProof proof, string sender)
    {
        var key = $"{proof}/{sender.ToLowerInvariant()}";
        if (senders.Look(key) is not AllowanceResult.Taken)
            return MailAllowance.SenderTooOften;
        if (mails.Take(proof.ToString()) is not AllowanceResult.Taken)
            return MailAllowance.TooMany;
        senders.Take(key);
        return MailAllowance.Taken;
    }

    public bool MayAcknowledge(string address) => acknowledgements.Look(address.ToLowerInvariant()) is AllowanceResult.Taken;

    public void NoteAcknowledged(string address) => acknowledgements.Take(address.ToLowerInvariant());

    public bool MayTellTyping(string connection) => typing.Take(connection) is AllowanceResult.Taken;
}
