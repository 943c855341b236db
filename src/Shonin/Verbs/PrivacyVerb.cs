using System.CommandLine;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Shonin.Accounts;
using Shonin.Cards;
using Shonin.Domain;
using Shonin.Domain.Privacy;
using Shonin.EventLog;
using Shonin.EventLog.Secrets;
using Shonin.MailChecks;
using Shonin.Merchant.Accounts;
using Shonin.Merchant.Contacts;
using Shonin.Merchant.Desk;
using Shonin.Merchant.Orders;
using Shonin.Merchant.Privacy;
using Shonin.Operations;
using Shonin.Orders;
using Shonin.Privacy;
using Shonin.Settings;
using Shonin.Streams;
using Shonin.Web;

namespace Shonin.Verbs;

/// <summary>
/// <c>shonin privacy</c>: what is kept, why and how long; <c>export</c> and <c>erase</c> a person, beside a running server or without one.
/// Beside one it asks that server, with a key that it makes for this and revokes again.
/// </summary>
internal static class PrivacyVerb
{
    private const string KeyName = "shonin privacy";
    private static readonly TimeSpan patience = TimeSpan.FromMinutes(2);

    public static Command Command(VerbContext context)
    {
        var lang = LangOption.New(context, "The language");
        var json = JsonOption.New();
        var command = new SettingsCommand(
            "privacy",
            "Tells what is kept of persons, why and how long, with the settings that hold.",
            context
        )
        {
            lang,
            json,
            Export(context),
            Erase(context),
        };
        command.Run(
            (settings, parsed, _) =>
            {
                var locale = OrderRequests.LocaleOf(parsed.GetValue(lang)!)!.Value;
                if (parsed.GetValue(json))
                    context.Terminal.WriteJson(KeptData.All(settings.Retention()));
                else
                    Print(context.Terminal, settings.Retention(), locale);
                return Task.FromResult(ExitCode.Done);
            }
        );
        return command;
    }

    private static void Print(Terminal terminal, RetentionPolicy policy, Locale locale)
    {
        foreach (var entry in KeptData.All(policy))
        {
            terminal.Out.WriteLine(entry.Name.In(locale));
            terminal.Out.WriteLine($"  {entry.Purpose.In(locale)} · {entry.Ground.In(locale)}");
            terminal.Out.WriteLine($"  {entry.Long.In(locale)}{(entry.Setting is { } setting ? $" ({setting})" : "")}");
            terminal.Out.WriteLine($"  {entry.EndedBy.In(locale)}");
        }
    }

    private static SettingsCommand Export(VerbContext context)
    {
        var (address, lang) = (AddressArgument(), LangOption.New(context, "The language of the words around it"));
        var file = new Option<string?>("--out") { Description = "The file to write; standard output without it.", HelpName = "FILE" };
        var command = new SettingsCommand(
            "export",
            "Hands out all that is kept of a person, as JSON (GDPR articles 15 and 20, APPI article 33).",
            context
        )
        {
            address,
            file,
            lang,
        };
        command.Run(
            (settings, parsed, cancellation) =>
                WithPersonAsync(
                    context,
                    settings,
                    parsed.GetValue(address)!,
                    async (person, at) =>
                    {
                        var export = await person.ExportAsync(at, OrderRequests.LocaleOf(parsed.GetValue(lang)!)!.Value, cancellation);
                        if (parsed.GetValue(file) is { } path)
                        {
                            OwnerOnly.Replace(path, export);
                        }
                        else
                        {
                            await using var output = context.Terminal.OpenOutput();
                            await output.WriteAsync(export, cancellation);
                        }
                        return ExitCode.Done;
                    },
                    cancellation
                )
        );
        return command;
    }

    private static SettingsCommand Erase(VerbContext context)
    {
        var (address, lang) = (AddressArgument(), LangOption.New(context, "The language"));
        var yes = new Option<bool>("--yes") { Description = "Erases without asking; without it the address is to be typed once more." };
        var command = new SettingsCommand(
            "erase",
            "Says what would be erased and what stays, and erases it (GDPR article 17, APPI article 35). It cannot be undone.",
            context
        )
        {
            address,
            yes,
            lang,
        };
        command.Run(
            (settings, parsed, cancellation) =>
                WithPersonAsync(
                    context,
                    settings,
                    parsed.GetValue(address)!,
                    (person, at) =>
                        EraseAsync(
                            context,
                            person,
                            at,
                            parsed.GetValue(yes),
                            OrderRequests.LocaleOf(parsed.GetValue(lang)!)!.Value,
                            cancellation
                        ),
                    cancellation
                )
        );
        return command;
    }

    private static async Task<ExitCode> EraseAsync(
        VerbContext context,
        IPersonDesk person,
        string address,
        bool isConfirmed,
        Locale locale,
        CancellationToken cancellation
    )
    {
        var terminal = context.Terminal;
        var plan = await person.EraseAsync(address, locale, isConfirmed: false, cancellation);
        if (plan.IsEmpty)
        {
            terminal.Out.WriteLine(locale == Locale.Ja ? "このアドレスのデータは、ありません。" : "Nothing is kept of this address.");
            return ExitCode.Done;
        }
        terminal.Out.WriteLine(locale == Locale.Ja ? "消えるもの:" : "Erased:");
        foreach (var line in plan.Erases)
            terminal.Out.WriteLine($"  {line}");
        terminal.Out.WriteLine(locale == Locale.Ja ? "残るもの:" : "Stays:");
        foreach (var line in plan.Keeps)
            terminal.Out.WriteLine($"  {line}");
        if (!isConfirmed && !await IsTypedAgainAsync(context, address, locale, cancellation))
        {
            return terminal.Refuse(
                ExitCode.No,
                locale == Locale.Ja ? "何も消していません。" : "Nothing was erased: the address was not typed again. --yes does it without."
            );
        }
        await person.EraseAsync(address, locale, isConfirmed: true, cancellation);
        terminal.Out.WriteLine(person.Afterwards.In(locale));
        return ExitCode.Done;
    }

    private static async Task<bool> IsTypedAgainAsync(VerbContext context, string address, Locale locale, CancellationToken cancellation)
    {
        context.Terminal.Error.Write(
            locale == Locale.Ja
                ? "元には戻せません。消すには、アドレスをもう一度入れてください: "
                : "This cannot be undone. Type the address again to erase: "
        );
        await context.Terminal.Error.FlushAsync(cancellation);
        await using var input = context.Terminal.OpenInput();
        using var reader = new StreamReader(input);
        return string.Equals((await reader.ReadLineAsync(cancellation))?.Trim(), address, StringComparison.OrdinalIgnoreCase);
    }

    private static Argument<string> AddressArgument() =>
        new("address") { Description = "The person's mail address.", HelpName = "ADDRESS" };

    private static async Task<ExitCode> WithPersonAsync(
        VerbContext context,
        SettingValues settings,
        string typed,
        Func<IPersonDesk, string, Task<ExitCode>> act,
        CancellationToken cancellation
    )
    {
        if (MailAddress.Read(typed.Trim()) is not { } address)
            return context.Terminal.Refuse(ExitCode.BadUsage, $"{Terminal.Harmless(typed)} is no mail address, as in hanako@example.jp.");
        var folder = settings.Of(KnownSettings.StorageFolder);
        if (DataFolderOption.Existing(folder) is Reading<string, string>.Refused(var missing))
            return context.Terminal.Refuse(ExitCode.UnreadableInput, missing);
        try
        {
            await using var person = await OpenAsync(settings, cancellation);
            return await act(person, address.Text);
        }
        catch (Exception unusable)
            when (unusable is LogUnusableException or KeyFileException or IOException or UnauthorizedAccessException or InvalidDataException
            )
        {
            return context.Terminal.Refuse(ExitCode.UnreadableInput, unusable.Message);
        }
        catch (HttpRequestException unreachable)
        {
            return context.Terminal.Refuse(
                ExitCode.CannotTell,
                $"A server runs on {folder}, and cannot be asked at {AddressOf(settings)}: {unreachable.Message} Name where it listens with --urls."
            );
        }
    }

    private static async Task<IPersonDesk> OpenAsync(SettingValues settings, CancellationToken cancellation)
    {
        try
        {
            return await OwnFolder.OpenAsync(settings, cancellation);
        }
        catch (LogUnusableException held) when (held.IsInUse)
        {
            return RunningServer.Of(settings);
        }
    }

    private static Uri AddressOf(SettingValues settings) => settings.Of(KnownSettings.WebUrls)[0];

    /// <summary>Where a person is looked up, handed out and erased.</summary>
    private interface IPersonDesk : IAsyncDisposable
    {
        /// <summary>What is said when it was asked.</summary>
        Domain.Notices.Words Afterwards { get; }

        Task<byte[]> ExportAsync(string address, Locale locale, CancellationToken cancellation);

        Task<ErasureView> EraseAsync(string address, Locale locale, bool isConfirmed, CancellationToken cancellation);
    }

    /// <summary>The server that runs on the folder, over its interface.</summary>
    private sealed class RunningServer(HttpClient http, ApiKeys keys, string keyId) : IPersonDesk
    {
        public Domain.Notices.Words Afterwards { get; } =
            new(
                "消しています。すむと、ご本人に最後のメールが出ます。",
                "The server erases it now; a last mail tells the person when it is done."
            );

        public static RunningServer Of(SettingValues settings)
        {
            var keys = new ApiKeys(settings.Of(KnownSettings.StorageFolder), TimeProvider.System);
            if (keys.Create(KeyName, [Scope.Admin]) is not Reading<(string Secret, ApiKey Key), string>.Read(var made))
                throw new InvalidDataException("No key for the server could be made: shonin keys list shows those that there are.");
            var http = new HttpClient { BaseAddress = AddressOf(settings), Timeout = patience };
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", made.Secret);
            return new(http, keys, made.Key.Id);
        }

        public async Task<byte[]> ExportAsync(string address, Locale locale, CancellationToken cancellation)
        {
            using var answer = await http.PostAsJsonAsync(
                PersonEndpoint.ExportsRoute,
                new PersonBody(address, TagOf(locale)),
                ApiJson.Options,
                cancellation
            );
            await CheckAsync(answer, cancellation);
            return await answer.Content.ReadAsByteArrayAsync(cancellation);
        }

        public async Task<ErasureView> EraseAsync(string address, Locale locale, bool isConfirmed, CancellationToken cancellation)
        {
            using var answer = await http.PostAsJsonAsync(
                PersonEndpoint.ErasuresRoute,
                new ErasureBody(address, isConfirmed, TagOf(locale)),
                ApiJson.Options,
                cancellation
            );
            await CheckAsync(answer, cancellation);
            return (await answer.Content.ReadFromJsonAsync<ErasureView>(ApiJson.Options, cancellation))!;
        }

        public ValueTask DisposeAsync()
        {
            http.Dispose();
            keys.Revoke(keyId);
            return ValueTask.CompletedTask;
        }

        private static async ValueTask CheckAsync(HttpResponseMessage answer, CancellationToken cancellation)
        {
            if (!answer.IsSuccessStatusCode)
                throw new InvalidDataException($"The server says: {await answer.Content.ReadAsStringAsync(cancellation)}");
        }

        private static string TagOf(Locale locale) => locale == Locale.Ja ? "ja" : "en";
    }

    /// <summary>The folder itself, while no server runs on it: what is asked is done here, and its letter leaves with the next server.</summary>
    private sealed class OwnFolder : IPersonDesk
    {
        private readonly Stack<IAsyncDisposable> opened = new();
        private readonly CancellationTokenSource ending = new();
        private PrivacyModule privacy = null!;
        private OrderIndex index = null!;
        private Task keeping = Task.CompletedTask;

        public Domain.Notices.Words Afterwards { get; } =
            new(
                "消しました。ご本人への最後のメールは、次にサーバーが動いたときに出ます。",
                "It is erased. The last mail to the person leaves when the server next runs."
            );

        public static async Task<OwnFolder> OpenAsync(SettingValues settings, CancellationToken cancellation)
        {
            var folder = new OwnFolder();
            try
            {
                await folder.BeginAsync(settings, cancellation);
                return folder;
            }
            catch
            {
                await folder.DisposeAsync();
                throw;
            }
        }

        public async Task<byte[]> ExportAsync(string address, Locale locale, CancellationToken cancellation) =>
            (await privacy.Exporter.OfAsync(address, ExportReader.Merchant, locale, cancellation)).Write();

        public async Task<ErasureView> EraseAsync(string address, Locale locale, bool isConfirmed, CancellationToken cancellation)
        {
            var plan = (await privacy.Erasures.Finder.FindAsync(address, cancellation)).PlanAt(TimeProvider.System.GetUtcNow());
            if (isConfirmed)
            {
                await privacy.Erasures.AskAsync(address, ErasureAsker.Operator, locale, cancellation);
                while (await privacy.Erasures.FindAsync(address) is { IsAsked: true })
                {
                    if (!await privacy.Erasures.DoDueAsync(cancellation))
                        throw new LogUnusableException("It is noted and not done yet: the next start of the server does it.");
                }
            }
            return ErasureView.Of(plan, locale, isConfirmed);
        }

        public async ValueTask DisposeAsync()
        {
            await ending.CancelAsync();
            await keeping.ContinueWith(_ => { }, TaskScheduler.Default);
            while (opened.TryPop(out var part))
                await part.DisposeAsync();
            ending.Dispose();
        }

        private async Task BeginAsync(SettingValues settings, CancellationToken cancellation)
        {
            var house = Opened(await House.OpenAsync(settings, TimeProvider.System, NullLogger.Instance, cancellation));
            var customers = house.Files.Keys.LoadOrCreate(CustomerDigest.KeyName, CustomerDigest.KeySizeBytes, house.KeysOfOrders);
            string DigestOf(string address) => CustomerDigest.Of(address, customers);
            Action<Exception> onFault = _ => { };
            var cards = Opened(await CardsModule.OpenAsync(house, cancellation));
            var orders = new ViewKeeper(new OrderIndexView(), house.Views, new LogFeed(house.OwnedLog, house.Clock), onFault);
            index = new OrderIndex(orders);
            var contacts = Opened(
                await ContactBook.OpenAsync(
                    new(house.OwnedLog, house.Views, house.Clock, RandomNumberGenerator.GetBytes, settings.ContactPolicy(at => at))
                    {
                        OnFault = onFault,
                    },
                    cancellation
                )
            );
            var accounts = Opened(
                await AccountBook.OpenAsync(new(house.OwnedLog, house.Views, house.Clock, DigestOf) { OnFault = onFault }, cancellation)
            );
            var codeKey = house.Files.Keys.LoadOrCreate(AccountsModule.CodeKeyName, MailedCodes.KeySizeBytes, KeyNeed.None);
            var codes = Opened(
                await MailedCodes.OpenAsync(
                    new(house.OwnedLog, house.Clock, RandomNumberGenerator.Fill, DigestOf, codeKey) { OnFault = onFault },
                    cancellation
                )
            );
            var reports = Opened(
                await MailReports.OpenAsync(
                    new(house.OwnedLog, house.Views, house.Clock, RandomNumberGenerator.GetBytes)
                    {
                        Limits = settings.ReportLimits(),
                        OnFault = onFault,
                    },
                    cancellation
                )
            );
            var answers = Opened(
                await AnswerBook.OpenAsync(
                    house.OwnedLog,
                    await AnswerBook.KeyOfAsync(house.Files.Keys, house.Store, cancellation),
                    new AnswerLimits(1, 1),
                    house.Clock,
                    onFault,
                    cancellation
                )
            );
            privacy = Opened(
                await PrivacyModule.OpenAsync(
                    house,
                    new(house.OwnedLog, index, contacts, accounts),
                    new(cards.Vault, codes, reports, answers),
                    null,
                    cancellation
                )
            );
            keeping = Task.WhenAll(orders.RunAsync(ending.Token), privacy.KeepAsync(ending.Token));
            while (!(await index.ProgressAsync(cancellation)).IsWhole || !await privacy.IsWholeAsync(cancellation))
                await Task.Delay(TimeSpan.FromMilliseconds(20), cancellation);
        }

        private T Opened<T>(T part)
            where T : IAsyncDisposable
        {
            opened.Push(part);
            return part;
        }
    }
}
