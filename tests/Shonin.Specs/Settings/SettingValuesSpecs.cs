using System.Collections;
using System.Runtime.Versioning;
using System.Text;
using Shonin.Domain.Approvals;
using Shonin.EventLog.Secrets;
using Shonin.Settings;

namespace Shonin.Specs.Settings;

public sealed class SettingValuesSpecs
{
    [Fact]
    public void Defaults_are_those_of_the_policy_itself()
    {
        var policy = Values().ApprovalPolicy();
        var standard = new ApprovalPolicy();
        Assert.Equal(standard.RetryAfter, policy.RetryAfter);
        Assert.Equal(standard with { RetryAfter = policy.RetryAfter }, policy);
    }

    [Fact]
    public void Every_default_is_a_value_of_its_setting()
    {
        Assert.All(KnownSettings.All, setting => Assert.True(setting.Accepts(setting.Default), setting.Name));
        Assert.Equal(KnownSettings.All.Count, KnownSettings.All.Select(setting => setting.Name.ToUpperInvariant()).Distinct().Count());
    }

    [Fact]
    public void The_environment_goes_before_the_file_and_the_command_line_before_both()
    {
        var file = File("""{"Approval":{"AnswerTimeout":"00:00:01","NoticeAfter":"00:00:01","Deadline":"00:00:01"}}""");
        var environment = SettingSources.FromEnvironment(
            new Hashtable { ["SHONIN_Approval__NoticeAfter"] = "00:00:02", ["SHONIN_Approval__Deadline"] = "00:00:02" }
        );
        var values = Values(file, environment, [new("Approval:Deadline", "00:00:03", "--Approval:Deadline")]);
        Assert.Equal(TimeSpan.FromSeconds(1), values.Of(KnownSettings.AnswerTimeout));
        Assert.Equal(TimeSpan.FromSeconds(2), values.Of(KnownSettings.NoticeAfter));
        Assert.Equal(TimeSpan.FromSeconds(3), values.Of(KnownSettings.Deadline));
        Assert.Equal(
            ["appsettings.json", "environment variable SHONIN_Approval__NoticeAfter", "--Approval:Deadline", "default"],
            new Setting[]
            {
                KnownSettings.AnswerTimeout,
                KnownSettings.NoticeAfter,
                KnownSettings.Deadline,
                KnownSettings.ReminderEvery,
            }.Select(setting => values.All.Single(one => one.Setting == setting).Origin)
        );
    }

    [Theory]
    [InlineData("help", "is not a mail address")]
    [InlineData("nineteen-characters@shop.example.jp", "with at most 18 letters before the @")]
    [InlineData("help+desk@shop.example.jp", "no + among them")]
    [InlineData("CHECK@shop.example.jp", "MailCheck:Address are one address")]
    [InlineData("bounces@shop.example.jp", "Bounces:Address are one address")]
    [InlineData("help@shop.example.jp", "nobody reads its mailbox: set MailCheck:Imap:Host")]
    public void A_help_address_that_would_lead_nowhere_is_refused(string address, string why) =>
        Assert.Contains(
            why,
            Assert
                .Throws<ArgumentException>(() =>
                    ValuesOf(
                            new("Contacts:MailAddress", address, "a"),
                            new("MailCheck:Address", "check@shop.example.jp", "a"),
                            new("Bounces:Address", "bounces@shop.example.jp", "a")
                        )
                        .ReplyAddress(Shonin.Specs.Orders.Shop.MarkKeys)
                )
                .Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_list_that_is_given_takes_the_place_of_the_whole_default()
    {
        Assert.Equal(
            [TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15)],
            ValuesOf(new("Approval:RetryAfter:0", "00:00:05", "a"), new("Approval:RetryAfter:1", "00:00:15", "b"))
                .Of(KnownSettings.RetryAfter)
        );
        Assert.Equal([TimeSpan.FromSeconds(5)], Values(File("""{"Approval":{"RetryAfter":["00:00:05"]}}""")).Of(KnownSettings.RetryAfter));
        Assert.Empty(Values(File("""{"Approval":{"RetryAfter":[]}}""")).Of(KnownSettings.RetryAfter));
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1/32")]
    [InlineData("127.0.0.1, 10.0.3.0/24", "127.0.0.1/32 10.0.3.0/24")]
    [InlineData("::1,2001:db8:1::/48", "::1/128 2001:db8:1::/48")]
    [InlineData("::ffff:10.0.0.1", "10.0.0.1/32")]
    [InlineData("", "")]
    [InlineData("10.0.3.1/24", "10.0.3.0/24")]
    [InlineData("10.0.0.0/33", null)]
    [InlineData("proxy.example.jp", null)]
    public void Trusted_proxies_are_addresses_and_networks(string text, string? expected) =>
        Assert.Equal(expected, KnownSettings.WebTrustedProxies.Parse([text]) is { } parsed ? string.Join(' ', parsed.Value) : null);

    [Fact]
    public void Single_items_of_a_list_can_be_replaced_by_a_later_source()
    {
        var values = Values(
            File("""{"Approval":{"RetryAfter":["00:00:05","00:00:15"]}}"""),
            [new("approval:retryafter:1", "00:01:00", "x")]
        );
        Assert.Equal([TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1)], values.Of(KnownSettings.RetryAfter));
    }

    [Fact]
    public void Names_are_read_in_any_case_and_addresses_with_their_parts()
    {
        var values = ValuesOf(new("SMTP:address", "[::1]:2525", "x"), new("web:urls", "http://127.0.0.1:8580;https://[::1]:8443", "x"));
        Assert.Equal(new HostAndPort("::1", 2525), values.Of(KnownSettings.SmtpAddress));
        Assert.Equal(2, values.Of(KnownSettings.WebUrls).Count);
    }

    [Theory]
    [InlineData("http://127.0.0.1:8581", true)]
    [InlineData("http://0.0.0.0:8581", true)]
    [InlineData("http://0.0.0.0", true)]
    [InlineData("https://[::]:8581", true)]
    [InlineData("http://LOCALHOST:8581", true)]
    [InlineData("http://desk.internal:8581", false)]
    [InlineData("http://desk:8581", false)]
    [InlineData("http://127.0.0.1:8581;http://desk.internal:8581", false)]
    [InlineData("http://localhost.:8581", false)]
    [InlineData("http://*:8581", false)]
    public void Whatever_listens_names_its_address_and_no_host_that_would_mean_every_one(string text, bool isTaken) =>
        Assert.All([KnownSettings.WebUrls, KnownSettings.WebDeskUrls, KnownSettings.WebOperationsUrls], setting =>
            Assert.Equal(isTaken, setting.Accepts([text]))
        );

    [Theory]
    [InlineData(
        "Approval:AnswerTimeot",
        "1",
        "There is no setting Approval:AnswerTimeot (from here). Did you mean Approval:AnswerTimeout? shonin config lists them all."
    )]
    [InlineData("Zzzzzz:Qqqqqq", "1", "There is no setting Zzzzzz:Qqqqqq (from here). shonin config lists them all.")]
    [InlineData(
        "Approval:AnswerTimeout:0",
        "00:00:01",
        "There is no setting Approval:AnswerTimeout:0 (from here). Did you mean Approval:AnswerTimeout? shonin config lists them all."
    )]
    [InlineData(
        "Approval:AnswerTimeout",
        "5",
        "Approval:AnswerTimeout is '5' (from here); expected a duration [d.]hh:mm:ss from 00:00:00.1 to 01:00:00, as in 00:00:30."
    )]
    [InlineData(
        "Approval:AnswerTimeout",
        "00:00:00",
        "Approval:AnswerTimeout is '00:00:00' (from here); expected a duration [d.]hh:mm:ss from 00:00:00.1 to 01:00:00, as in 00:00:30."
    )]
    [InlineData(
        "Approval:AnswerTimeout",
        "-00:00:01",
        "Approval:AnswerTimeout is '-00:00:01' (from here); expected a duration [d.]hh:mm:ss from 00:00:00.1 to 01:00:00, as in 00:00:30."
    )]
    [InlineData(
        "Approval:AnswerTimeout",
        "01:00:01",
        "Approval:AnswerTimeout is '01:00:01' (from here); expected a duration [d.]hh:mm:ss from 00:00:00.1 to 01:00:00, as in 00:00:30."
    )]
    [InlineData(
        "Approval:RetryAfter:1",
        "00:00:05",
        "Approval:RetryAfter lacks its item 0 (from here); number the items from 0 without gaps."
    )]
    [InlineData(
        "CardNetwork:Address",
        "nowhere",
        "CardNetwork:Address is 'nowhere' (from here); expected HOST:PORT, as in 127.0.0.1:8583."
    )]
    [InlineData("CardNetwork:Address", "host:0", "CardNetwork:Address is 'host:0' (from here); expected HOST:PORT, as in 127.0.0.1:8583.")]
    [InlineData(
        "CardNetwork:Address",
        "host:65536",
        "CardNetwork:Address is 'host:65536' (from here); expected HOST:PORT, as in 127.0.0.1:8583."
    )]
    [InlineData("CardNetwork:Encoding", "ebcdic", "CardNetwork:Encoding is 'ebcdic' (from here); expected one of ascii, binary.")]
    [InlineData("CardNetwork:Connections", "0", "CardNetwork:Connections is '0' (from here); expected a whole number from 1 to 64.")]
    [InlineData("CardNetwork:Connections", "65", "CardNetwork:Connections is '65' (from here); expected a whole number from 1 to 64.")]
    [InlineData("CardNetwork:Acquirer", "123456789012", "CardNetwork:Acquirer is '123456789012' (from here); expected 1 to 11 digits.")]
    [InlineData(
        "Web:Urls",
        "ftp://x",
        "Web:Urls is 'ftp://x' (from here); expected http:// or https:// with an IP address or localhost, a port and no path, as in http://127.0.0.1:8580 (a name would not say on which address to listen; 0.0.0.0 or [::] is every one); several with semicolons, or by index."
    )]
    [InlineData(
        "Merchant:SenderAddress",
        "orders",
        "Merchant:SenderAddress is 'orders' (from here); expected a mail address, as in orders@shop.example.jp."
    )]
    [InlineData(
        "Merchant:TimeZone",
        "Asia/Edo",
        "Merchant:TimeZone is 'Asia/Edo' (from here); expected a name of the IANA time zone database, as in Asia/Tokyo."
    )]
    public void A_wrong_name_or_value_is_told_with_its_origin_and_what_is_expected(string name, string text, string told) =>
        Assert.Equal([told], Faults([new(name, text, "here")]));

    [Theory]
    [InlineData("00:00:00.100")]
    [InlineData("01:00:00")]
    public void Values_at_the_limits_are_taken(string text) => ValuesOf(new Said("Approval:AnswerTimeout", text, "here"));

    [Fact]
    public void All_mistakes_are_told_at_once() =>
        Assert.Equal(2, Faults([new("A:B", "1", "here"), new("Approval:Deadline", "soon", "here")]).Count);

    [Fact]
    public void A_secret_is_shown_masked_in_the_list_and_in_errors()
    {
        Assert.Equal(
            "***",
            ValuesOf(new Said("Smtp:Password", "hunter2", "x")).All.Single(one => one.Setting == KnownSettings.SmtpPassword).Shown
        );
        Assert.DoesNotContain("hunter", Assert.Single(Faults([new("Smtp:Password", "hunter\n2", "x")])), StringComparison.Ordinal);
    }

    public static TheoryData<string> Secrets =>
        [.. KnownSettings.All.Where(setting => setting.Secrecy == Secrecy.Secret).Select(setting => setting.Name)];

    [Fact]
    public void Whatever_is_named_a_password_or_a_key_is_a_secret_with_a_file_or_the_file() =>
        Assert.All(
            KnownSettings.All.Where(setting =>
                setting.Name.EndsWith("Password", StringComparison.Ordinal) || setting.Name.EndsWith("Key", StringComparison.Ordinal)
            ),
            setting => Assert.NotNull(Assert.IsType<Setting<string?>>(setting).FileForm)
        );

    [Theory]
    [MemberData(nameof(Secrets))]
    public void A_secret_on_the_command_line_is_refused_and_one_in_the_environment_is_taken(string name)
    {
        var folder = Directory.CreateTempSubdirectory("shonin-specs-").FullName;
        Hashtable environment = new() { ["SHONIN_Storage__Folder"] = folder };
        var refused = Assert.Single(
            Assert
                .IsType<Reading<SettingValues, IReadOnlyList<string>>.Refused>(
                    LoadedSettings.Load([new(name, "hunter2", "--" + name)], environment)
                )
                .Why
        );
        Assert.Contains($"--{name}File FILE", refused, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", refused, StringComparison.Ordinal);
        var variable = "SHONIN_" + name.Replace(":", "__", StringComparison.Ordinal);
        Assert.Contains(variable, refused, StringComparison.Ordinal);
        environment[variable] = "hunter2";
        var values = Assert.IsType<Reading<SettingValues, IReadOnlyList<string>>.Read>(LoadedSettings.Load([], environment)).Value;
        Assert.Equal("hunter2", values.SecretOf((Setting<string?>)KnownSettings.All.Single(setting => setting.Name == name)));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void A_secret_comes_from_a_file_of_mode_600_and_from_one_place_only()
    {
        var folder = Directory.CreateTempSubdirectory("shonin-specs-").FullName;
        var file = Path.Combine(folder, "password");
        System.IO.File.WriteAllText(file, "hunter2\n");
        System.IO.File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var values = ValuesOf(new Said("Smtp:PasswordFile", file, "x"));
        Assert.Equal("hunter2", values.SecretOf(KnownSettings.SmtpPassword));
        Assert.Throws<ArgumentException>(() =>
            ValuesOf(new("Smtp:PasswordFile", file, "x"), new("Smtp:Password", "other", "x")).SecretOf(KnownSettings.SmtpPassword)
        );
        System.IO.File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Assert.Throws<KeyFileException>(() => values.SecretOf(KnownSettings.SmtpPassword));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void An_appsettings_file_with_a_secret_that_others_may_read_is_refused_and_one_without_is_taken()
    {
        var folder = Directory.CreateTempSubdirectory("shonin-specs-").FullName;
        Hashtable environment = new() { ["SHONIN_Storage__Folder"] = folder };
        var file = Path.Combine(folder, SettingSources.FileName);
        const UnixFileMode Open = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead;
        System.IO.File.WriteAllText(file, """{"Smtp":{"User":"shop"}}""");
        System.IO.File.SetUnixFileMode(file, Open);
        Assert.IsType<Reading<SettingValues, IReadOnlyList<string>>.Read>(LoadedSettings.Load([], environment));
        System.IO.File.WriteAllText(file, """{"Smtp":{"User":"shop","Password":"hunter2"}}""");
        var refused = Assert.IsType<Reading<SettingValues, IReadOnlyList<string>>.Refused>(LoadedSettings.Load([], environment));
        Assert.Contains("chmod 600", Assert.Single(refused.Why), StringComparison.Ordinal);
        System.IO.File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.IsType<Reading<SettingValues, IReadOnlyList<string>>.Read>(LoadedSettings.Load([], environment));
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("""{"Approval":}""", "appsettings.json, line 1, byte 13: this is no JSON. Check the commas, quotes and brackets there.")]
    [InlineData("""[]""", """appsettings.json must hold one object of sections, as in {"Approval":{"AnswerTimeout":"00:00:30"}}.""")]
    public void A_broken_file_is_told_with_its_place(string json, string told) =>
        Assert.Equal(
            told,
            Assert
                .IsType<Reading<IReadOnlyList<Said>, string>.Refused>(
                    SettingSources.FromJson(Encoding.UTF8.GetBytes(json), "appsettings.json")
                )
                .Why
        );

    [Fact]
    public void A_variable_without_a_section_is_no_setting() =>
        Assert.Empty(SettingSources.FromEnvironment(new Hashtable { ["SHONIN_SHARED"] = "/x", ["PATH"] = "/bin" }));

    private static IReadOnlyList<Said> File(string json) =>
        Assert
            .IsType<Reading<IReadOnlyList<Said>, string>.Read>(SettingSources.FromJson(Encoding.UTF8.GetBytes(json), "appsettings.json"))
            .Value;

    private static SettingValues ValuesOf(params Said[] said) => Values(said);

    private static SettingValues Values(params IReadOnlyList<Said>[] sources) =>
        Assert.IsType<Reading<SettingValues, IReadOnlyList<string>>.Read>(SettingValues.From(sources)).Value;

    private static IReadOnlyList<string> Faults(IReadOnlyList<Said> said) =>
        Assert.IsType<Reading<SettingValues, IReadOnlyList<string>>.Refused>(SettingValues.From(said)).Why;
}
