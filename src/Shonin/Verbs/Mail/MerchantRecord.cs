using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics;
using Shonin.Domain.Notices;
using Shonin.EventLog;
using Shonin.EventLog.Secrets;
using Shonin.EventLog.Sqlite;
using Shonin.MailAuthentication;
using Shonin.MailAuthentication.PublicSuffixes;
using Shonin.MailChecks;
using Shonin.Notices;
using Shonin.Settings;

namespace Shonin.Verbs.Mail;

/// <summary>What a mail is held against: profiles, keys that DNS has forgotten, and a merchant's own record of notices.</summary>
/// <param name="Ledger">Null where no data folder was named.</param>
internal sealed record MerchantRecord(
    ImmutableArray<MailProfile> Profiles,
    IReadOnlyList<ArchivedKey> Keys,
    LedgerLookup? Ledger,
    SpokenTime Time
)
{
    private const int ProfileBytesMax = 1024 * 1024;

    /// <param name="profileFile">The one merchant that is asked about; null for the owner of the data folder and the brands whose profiles
    ///   come along.</param>
    /// <param name="dataFolder">The data folder of a Shonin server, also beside the running one.</param>
    public static async Task<Reading<MerchantRecord, VerbRefusal>> ReadAsync(
        string? profileFile,
        string? dataFolder,
        IDictionary environment,
        CancellationToken cancellation
    )
    {
        var record = new MerchantRecord(ShippedProfiles.All, [], null, new SpokenTime(KnownSettings.MerchantTimeZone.Default[0]));
        if (dataFolder is not null)
        {
            switch (await OwnAsync(record, dataFolder, environment, cancellation))
            {
                case Reading<MerchantRecord, string>.Read(var own):
                    record = own;
                    break;
                case Reading<MerchantRecord, string>.Refused(var why):
                    return Refused($"--data: {why}");
            }
        }
        if (profileFile is null)
            return new Reading<MerchantRecord, VerbRefusal>.Read(record);
        return await ProfileAsync(profileFile, cancellation) switch
        {
            Reading<MailProfile, string>.Read(var profile) => new Reading<MerchantRecord, VerbRefusal>.Read(record.About(profile)),
            Reading<MailProfile, string>.Refused(var why) => Refused($"--merchant: {why}"),
            _ => throw new UnreachableException(),
        };
    }

    public static async Task<Reading<MailProfile, string>> ProfileAsync(string path, CancellationToken cancellation) =>
        await InputFile.ReadTrustedAsync(path, ProfileBytesMax, cancellation) switch
        {
            Reading<byte[], string>.Read(var json) => Named(path, MailProfileFile.Parse(json)),
            Reading<byte[], string>.Refused(var why) => new Reading<MailProfile, string>.Refused(why),
            _ => throw new UnreachableException(),
        };

    public static Reading<MailProfile, string> Named(string name, MailProfileParse parse) =>
        parse switch
        {
            MailProfileParse.Parsed(var profile) => new Reading<MailProfile, string>.Read(profile),
            MailProfileParse.Malformed(var path, var why) => new Reading<MailProfile, string>.Refused($"{name}, {path}: {why}"),
            _ => throw new UnreachableException(),
        };

    /// <summary>The same record, asked about this merchant alone.</summary>
    public MerchantRecord About(MailProfile profile) => this with { Profiles = [profile] };

    /// <param name="recipient">The address of whoever asks; null where nobody said it.</param>
    public async Task<MailCheck> CheckAsync(
        ReadOnlyMemory<byte> raw,
        MailCircumstances subject,
        string? recipient,
        CancellationToken cancellation
    )
    {
        var archive = new DkimKeyArchive(Keys.Concat(Profiles.SelectMany(profile => profile.Keys)).Distinct());
        var authenticator = new MailAuthenticator(
            subject.Dns,
            new StoppedClock(subject.Now),
            new()
            {
                Dkim = new() { KeptKeys = archive.Find },
                Trust = subject.Trust,
                PublicSuffixes = PublicSuffixList.Shipped.OrganizationalDomain,
            }
        );
        return await new MailChecker(authenticator, Ledger).CheckAsync(
            raw,
            new()
            {
                Now = subject.Now,
                Profiles = Profiles,
                Session = subject.Session,
                Recipient = recipient,
                Time = Time,
            },
            cancellation
        );
    }

    private static async Task<Reading<MerchantRecord, string>> OwnAsync(
        MerchantRecord shipped,
        string folder,
        IDictionary environment,
        CancellationToken cancellation
    )
    {
        if (!Directory.Exists(folder))
            return new Reading<MerchantRecord, string>.Refused($"there is no data folder {folder}.");
        if (
            LoadedSettings.Load([new(KnownSettings.StorageFolder.Name, folder, "--data")], environment)
            is not Reading<SettingValues, IReadOnlyList<string>>.Read
            (var settings)
        )
        {
            return new Reading<MerchantRecord, string>.Refused($"its settings are wrong; shonin config --data {folder} says which.");
        }

        try
        {
            var files = new LogFiles(folder, Composition.LogName);
            var log = await SqliteEventStore.OpenReadOnlyAsync(files, cancellation);
            var keys = new MailKeyBook(files.Keys).Keys;
            return new Reading<MerchantRecord, string>.Read(
                new(
                    [MerchantMailProfile.Of(settings, keys), .. shipped.Profiles],
                    keys,
                    NoticeLookup.Of(log, files.Keys),
                    new SpokenTime(settings.Of(KnownSettings.MerchantTimeZone))
                )
            );
        }
        catch (Exception unusable) when (unusable is LogUnusableException or KeyFileException)
        {
            return new Reading<MerchantRecord, string>.Refused(unusable.Message);
        }
    }

    private static Reading<MerchantRecord, VerbRefusal>.Refused Refused(string why) => new(new(ExitCode.UnreadableInput, why));
}
