using Shonin.CardNetwork.Vault;
using Shonin.Domain.Privacy;
using Shonin.Letters;
using Shonin.MailChecks;
using Shonin.Merchant.Accounts;
using Shonin.Merchant.Privacy;
using Shonin.Operations;
using Shonin.Settings;
using Shonin.Streams;

namespace Shonin.Privacy;

/// <summary>Where something of persons stands, beside the books.</summary>
/// <param name="Answers">Of the check address; null where there is none.</param>
internal sealed record PersonalPlaces(CardVault Vault, MailedCodes Codes, MailReports Reports, AnswerBook? Answers);

/// <summary>What is kept of persons, how long, and how it is handed out and erased.</summary>
internal sealed class PrivacyModule : IModule, IAsyncDisposable
{
    private readonly LetterSender? sender;
    private readonly ViewKeeper kept;

    private PrivacyModule(House house, PersonErasures erasures, PersonExporter exporter, ViewKeeper kept, LettersModule? letters)
    {
        (Erasures, Exporter, this.kept) = (erasures, exporter, kept);
        sender = letters?.SenderOf(new PrivacyLetters(erasures, house.Settings.MerchantProfile(), letters.Mime).Box);
    }

    public PersonErasures Erasures { get; }
    public PersonExporter Exporter { get; }

    public IEnumerable<(HealthArea Area, ServerHealth.AskPart Ask)> Asked =>
        [ServerHealth.PartOf(kept.ProgressAsync, "what has been kept long enough is erased later, and so is who asked for it")];

    public IEnumerable<Work> Works =>
        [
            new("Erasing whoever asked, and what was kept long enough", Erasures.RunAsync),
            .. sender is null ? Array.Empty<Work>() : [new("Sending the last letters to whoever was erased", sender.RunAsync)],
        ];

    /// <param name="letters">Null where no letter leaves now: those that there are wait for the server.</param>
    public static async Task<PrivacyModule> OpenAsync(
        House house,
        PersonalBooks books,
        PersonalPlaces places,
        LettersModule? letters,
        CancellationToken cancellation
    )
    {
        var policy = house.Settings.Retention();
        var files = new MailFiles(house.PathOf("mail"), books.Accounts.DigestOf, house.Log);
        var kept = KeeperOf(house);
        var erasures = await PersonErasures.OpenAsync(
            new(books, kept, house.Clock, policy)
            {
                OnFault = fault => house.Log.LogError(fault, "An erasure met a fault; it is tried again"),
                ForgetCardAsync = (token, stop) => places.Vault.ForgetAsync(new(token), stop),
                DeleteMailFiles = files.DeleteBefore,
                Parts =
                [
                    new(KeptKind.MailedCodes, (person, _) => EachAsync(person, places.Codes.CloseLettersToAsync)),
                    new(KeptKind.CheckAnswers, (person, _) =>
                        EachAsync(person, address => places.Answers?.CloseAnswersToAsync(address) ?? ValueTask.CompletedTask)
                    ),
                    new(KeptKind.MailReports, (person, stop) =>
                        EachAsync(person, address => DeleteReportsAsync(books, places, address, stop))
                    ),
                    new(KeptKind.MailFiles, (person, stop) =>
                    {
                        files.Erase(person, stop);
                        return ValueTask.CompletedTask;
                    }),
                ],
            },
            cancellation
        );
        var exporter = new PersonExporter(
            books,
            erasures,
            async (address, stop) =>
                new(
                    [
                        .. (await ReportsOfAsync(books, places, address, stop)).Select(report => new ExportedReport(
                            report.Number,
                            report.ReceivedAt,
                            report.Subject,
                            report.Words.Note
                        )),
                    ],
                    places.Answers is null ? 0 : await places.Answers.CountAnswersToAsync(address)
                ),
            policy,
            house.Clock
        );
        return new(house, erasures, exporter, kept, letters);
    }

    /// <summary>Keeps the list of what is kept, for whoever does not run all of the work.</summary>
    public Task KeepAsync(CancellationToken cancellation) => kept.RunAsync(cancellation);

    public async ValueTask<bool> IsWholeAsync(CancellationToken cancellation) => (await kept.ProgressAsync(cancellation)).IsWhole;

    public ValueTask DisposeAsync() => Erasures.DisposeAsync();

    private static ViewKeeper KeeperOf(House house) =>
        PersonErasures.KeeperOf(house.Views, new LogFeed(house.OwnedLog, house.Clock), fault =>
            house.Log.LogError(fault, "The list of what is kept goes on after a fault")
        );

    private static async ValueTask EachAsync(ErasedPerson person, Func<string, ValueTask> eraseAsync)
    {
        foreach (var address in person.Addresses)
            await eraseAsync(address);
    }

    private static async ValueTask DeleteReportsAsync(
        PersonalBooks books,
        PersonalPlaces places,
        string address,
        CancellationToken cancellation
    )
    {
        foreach (var report in await ReportsOfAsync(books, places, address, cancellation))
            await places.Reports.DeleteAsync(report.Number);
    }

    private static async ValueTask<IEnumerable<MailReport>> ReportsOfAsync(
        PersonalBooks books,
        PersonalPlaces places,
        string address,
        CancellationToken cancellation
    )
    {
        var digest = books.Accounts.DigestOf(address);
        return (await places.Reports.ListAsync(cancellation)).Reports.Where(report =>
            report.Words.Contact.Length > 0 && books.Accounts.DigestOf(report.Words.Contact) == digest
        );
    }
}
