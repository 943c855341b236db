using System.Collections;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Shonin.CardCompany;
using Shonin.CardNetwork.Link;
using Shonin.EventLog.Secrets;
using Shonin.MailAuthentication.Dns;
using Shonin.MailChecks;
using Shonin.Notices;
using Shonin.Operations;
using Shonin.Settings;
using Shonin.Specs.CardCompany;
using Shonin.Specs.EventLog;
using Shonin.Verbs.Mail;
using Shonin.Web;

namespace Shonin.Specs.Settings;

/// <summary>Every file that says who is trusted, or that proves who we are: others may not change it, and may not read a secret.</summary>
[UnsupportedOSPlatform("windows")] // There the folder's access list decides.
[RealParts]
public sealed class TrustedFilesSpecs : IDisposable
{
    private const UnixFileMode OwnersOwn = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode ReadByAll = OwnersOwn | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private static readonly UnixFileMode[] writable =
    [
        ReadByAll | UnixFileMode.GroupWrite,
        ReadByAll | UnixFileMode.OtherWrite,
        OwnersOwn | UnixFileMode.GroupWrite,
    ];
    private static readonly UnixFileMode[] readable = [OwnersOwn | UnixFileMode.GroupRead, OwnersOwn | UnixFileMode.OtherRead, ReadByAll];

    private readonly DataFolder folder = new();
    private readonly CertificateHouse house = new();

    public TrustedFilesSpecs()
    {
        house.NewAuthority("root").Issue("cards.example", CertificateHouse.ServerUsage);
        house.WriteSecret("secret", "word");
        house.WriteSecret("accounts.json", "[]");
        house.Write(
            "acquirers.json",
            """[{"certificate":"dns:shop.example","acquirer":"12345","terminals":["SHOP0001"],"merchants":["MERCHANT1"]}]"""
        );
        house.Write("zone.json", """{"version":1,"names":{}}""");
    }

    private enum Kind
    {
        Trusted,
        Secret,
    }

    /// <summary>A file, and what reads it: null, or what it says against it.</summary>
    private sealed record Given(string Name, Kind Kind, string Path, Func<Task<string?>> ReadAsync);

    public void Dispose()
    {
        house.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task A_file_that_others_may_change_or_a_secret_that_they_may_read_is_refused_by_its_name_and_mode_and_with_what_to_do()
    {
        foreach (var given in Settings().Concat(Options()).Concat(FilesWithAPlace()))
        {
            File.SetUnixFileMode(given.Path, given.Kind == Kind.Secret ? OwnersOwn : ReadByAll);
            Assert.Null(await given.ReadAsync() is { } why ? $"{given.Name}: {why}" : null);
            foreach (var mode in given.Kind == Kind.Secret ? [.. writable, .. readable] : writable)
            {
                File.SetUnixFileMode(given.Path, mode);
                var said = await given.ReadAsync() ?? $"{given.Name} was taken with mode {mode}";
                Assert.Contains(given.Path, said, StringComparison.Ordinal);
                Assert.Contains($"(mode {Convert.ToString((int)mode, 8)})", said, StringComparison.Ordinal);
                Assert.Contains(given.Kind == Kind.Secret ? "chmod 600" : "chmod go-w", said, StringComparison.Ordinal);
            }
            File.SetUnixFileMode(given.Path, given.Kind == Kind.Secret ? OwnersOwn : ReadByAll);
        }
    }

    /// <summary>A new setting or option that names a file belongs into the tables below.</summary>
    [Fact]
    public void Every_setting_and_option_that_names_a_file_is_among_them()
    {
        Assert.Equal(
            KnownSettings
                .All.Select(setting => setting.Name)
                .Where(name =>
                    name.EndsWith("File", StringComparison.Ordinal)
                    || name.EndsWith("Path", StringComparison.Ordinal)
                    || name == "MailCheck:Dns"
                )
                .Order(),
            Settings().Select(given => given.Name).Order()
        );
        Assert.Equal(
            typeof(CardCompanyOptions)
                .GetProperties()
                .Select(property => property.Name)
                .Where(name => name.EndsWith("File", StringComparison.Ordinal))
                .Order(),
            Options().Select(given => given.Name).Order()
        );
    }

    private IEnumerable<Given> Settings()
    {
        var (root, both, secret) = (house.PathOf("root.pem"), house.PathOf("cards.example.both.pem"), house.PathOf("secret"));
        (string, string) server = ("CardNetwork:Tls:ServerName", "cards.example");
        yield return Setting(
            "CardNetwork:Tls:TrustedRootPath",
            Kind.Trusted,
            root,
            settings => new TcpConnector(settings.LinkOptions()).Dispose(),
            server
        );
        yield return Setting(
            "CardNetwork:Tls:ClientCertificatePath",
            Kind.Secret,
            both,
            settings => new TcpConnector(settings.LinkOptions()).Dispose(),
            server
        );
        (string, string) url = ("CardCompany:ExportUrl", "https://cards.example");
        yield return Setting(
            "CardCompany:PublicKeyFile",
            Kind.Trusted,
            root,
            settings => settings.CardCompanyExport(),
            url,
            ("CardCompany:ExportKey", "key")
        );
        yield return Setting(
            "CardCompany:ExportKeyFile",
            Kind.Secret,
            secret,
            settings => settings.CardCompanyExport(),
            url,
            ("CardCompany:PublicKeyFile", root)
        );
        yield return Setting(
            "Smtp:PasswordFile",
            Kind.Secret,
            secret,
            settings => settings.Smtp(),
            ("Smtp:Address", "127.0.0.1:25"),
            ("Smtp:User", "shop")
        );
        yield return Setting(
            "MailCheck:Imap:PasswordFile",
            Kind.Secret,
            secret,
            settings => settings.CheckAddress(),
            ("MailCheck:Address", "check@shop.example.jp"),
            ("MailCheck:Imap:Host", "127.0.0.1"),
            ("MailCheck:Imap:User", "check")
        );
        yield return Setting(
            "Bounces:Imap:PasswordFile",
            Kind.Secret,
            secret,
            settings => settings.BouncesMailbox(),
            ("Bounces:Imap:Host", "127.0.0.1"),
            ("Bounces:Imap:User", "bounces")
        );
        yield return Setting("Web:CertificatePath", Kind.Secret, both, settings =>
        {
            using var services = WebServer.NewBuilder(settings).Services.BuildServiceProvider();
            _ = services.GetRequiredService<IOptions<KestrelServerOptions>>().Value;
        });
        var zone = house.PathOf("zone.json");
        yield return new("MailCheck:Dns", Kind.Trusted, zone, async () =>
            await DnsChoice.ReadAsync(zone, folder.Path, CancellationToken.None) is Reading<DnsLookup, string>.Refused(var why) ? why : null
        );
    }

    private static Given Setting(string name, Kind kind, string path, Action<SettingValues> use, params (string Name, string Text)[] others)
    {
        var values = Assert
            .IsType<Reading<SettingValues, IReadOnlyList<string>>.Read>(
                SettingValues.From([.. others.Append((name, path)).Select(one => new Said(one.Item1, one.Item2, "spec"))])
            )
            .Value;
        return new(name, kind, path, () => Task.FromResult(WhyNot(() => use(values))));
    }

    private IEnumerable<Given> Options()
    {
        string file(string name) => house.PathOf(name);
        var options = new CardCompanyOptions
        {
            DataFolder = Path.Combine(folder.Path, "card-company"),
            Listen = "127.0.0.1:0",
            Urls = "https://127.0.0.1:0",
            AccountsFile = file("accounts.json"),
            TlsCertificateFile = file("cards.example.pem"),
            TlsKeyFile = file("cards.example.key"),
            ClientAuthorityFile = file("root.pem"),
            AcquirersFile = file("acquirers.json"),
        };
        File.Copy(file("cards.example.pem"), file("web.pem"), overwrite: true);
        house.WriteSecret("web.key", File.ReadAllText(file("cards.example.key")));
        var web = options with { WebCertificateFile = file("web.pem"), WebKeyFile = file("web.key") };
        yield return Option(nameof(options.AccountsFile), Kind.Secret, options.AccountsFile, options);
        yield return Option(nameof(options.TlsCertificateFile), Kind.Trusted, options.TlsCertificateFile, web);
        yield return Option(nameof(options.TlsKeyFile), Kind.Secret, options.TlsKeyFile, web);
        yield return Option(nameof(options.ClientAuthorityFile), Kind.Trusted, options.ClientAuthorityFile, options);
        yield return Option(nameof(options.AcquirersFile), Kind.Trusted, options.AcquirersFile, options);
        yield return Option(nameof(options.WebCertificateFile), Kind.Trusted, web.WebCertificateFile, web);
        yield return Option(nameof(options.WebKeyFile), Kind.Secret, web.WebKeyFile, web);
    }

    private static Given Option(string name, Kind kind, string path, CardCompanyOptions options) => new(name, kind, path, async () =>
        {
            try
            {
                await using var running = await CardCompanyApplication.StartAsync(options, TimeProvider.System, CancellationToken.None);
                return null;
            }
            catch (CardCompanyRefusedException refused)
            {
                return refused.Message;
            }
        });

    private IEnumerable<Given> FilesWithAPlace()
    {
        var keys = new KeyFolder(Path.Combine(folder.Path, "keys"));
        string key(string name) => Path.Combine(keys.Path, name);
        keys.LoadOrCreate("vault", 32);
        keys.LoadOrCreateSigningKey("log").Dispose();
        yield return new("keys/vault.key", Kind.Secret, key("vault.key"), Told(() => keys.Load("vault", 32)));
        yield return new("keys/log.pem", Kind.Secret, key("log.pem"), Told(() => keys.LoadSigningKey("log").Dispose()));
        using (var other = ECDsa.Create(ECCurve.NamedCurves.nistP256))
            File.WriteAllText(key("shown.public.pem"), other.ExportSubjectPublicKeyInfoPem());
        yield return new("keys/*.public.pem", Kind.Trusted, key("shown.public.pem"), Told(() => keys.LoadVerifyingKey("shown").Dispose()));

        Assert.IsType<Reading<(string Secret, ApiKey Key), string>.Read>(
            new ApiKeys(folder.Path, TimeProvider.System).Create("spec", [Scope.All])
        );
        yield return new(
            "keys/api-keys.json",
            Kind.Secret,
            key("api-keys.json"),
            Told(() => new ApiKeys(folder.Path, TimeProvider.System).List())
        );
        OwnerOnly.Replace(key("mail-keys.json"), """{"schema":"shonin.mail-keys/1","keys":[]}"""u8);
        yield return new("keys/mail-keys.json", Kind.Secret, key("mail-keys.json"), Told(() => _ = new MailKeyBook(keys).Keys));

        var settings = Path.Combine(folder.Path, "appsettings.json");
        File.WriteAllText(settings, """{"Log":{"Level":"error"}}""");
        yield return new("appsettings.json", Kind.Trusted, settings, () =>
            Task.FromResult(
                LoadedSettings.Load([new(KnownSettings.StorageFolder.Name, folder.Path, "spec")], new Hashtable())
                    is Reading<SettingValues, IReadOnlyList<string>>.Refused(var why)
                    ? string.Join('\n', why)
                    : null
            )
        );

        var profile = house.Write("profile.json", MailProfileText());
        yield return new("mail verify --merchant", Kind.Trusted, profile, async () =>
            await MerchantRecord.ProfileAsync(profile, CancellationToken.None) is Reading<MailProfile, string>.Refused(var why) ? why : null
        );
    }

    private static string MailProfileText() =>
        File.ReadAllText(
            Directory.EnumerateFiles(Path.Combine(Repository.Root, "profiles"), "*.json").Order(StringComparer.Ordinal).First()
        );

    private static Func<Task<string?>> Told(Action read) => () => Task.FromResult(WhyNot(read));

    private static string? WhyNot(Action use)
    {
        try
        {
            use();
            return null;
        }
        catch (Exception refused) when (refused is KeyFileException or ArgumentException)
        {
            return refused.Message;
        }
    }
}
