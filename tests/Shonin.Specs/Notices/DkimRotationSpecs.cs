using Microsoft.Extensions.Time.Testing;
using Shonin.Domain;
using Shonin.EventLog.Secrets;
using Shonin.MailAuthentication.Dkim;
using Shonin.MailAuthentication.Dns;
using Shonin.MailAuthentication.Message;
using Shonin.MailChecks;
using Shonin.Notices;
using Shonin.Specs.EventLog;

namespace Shonin.Specs.Notices;

/// <summary>How one pair of signing keys follows another, and what an old mail is worth afterwards.</summary>
[Collection(nameof(SigningKeys))]
[RealParts]
public sealed class DkimRotationSpecs : IDisposable
{
    private const string Domain = "shop.example.jp";
    private static readonly TimeSpan day = TimeSpan.FromDays(1);

    private readonly DataFolder data = new();
    private readonly FakeTimeProvider time = new(OrderStory.Morning);
    private readonly DkimKeys keys;

    public DkimRotationSpecs(SigningKeys signing)
    {
        foreach (var file in Directory.EnumerateFiles(signing.Folder.Path))
            File.Copy(file, Path.Combine(data.Path, Path.GetFileName(file)));
        keys = DkimKeys.LoadOrCreate(Folder, Domain, Now);
    }

    private KeyFolder Folder => new(data.Path);

    private DateTimeOffset Now => time.GetUtcNow();

    /// <summary>What changes the keys. The RSA keys that it would make, and find primes for, lie there already.</summary>
    private DkimRotation Rotation()
    {
        foreach (var (number, selector) in new[] { "r20261124-2", "r20261125", "r20261126" }.Index())
        {
            if (!File.Exists(Path.Combine(data.Path, $"dkim-{selector}.pem")))
                RsaKeys.Place(Folder, selector, number);
        }

        return new(new MailKeyBook(Folder), Folder, Domain);
    }

    public void Dispose()
    {
        keys.Dispose();
        data.Dispose();
    }

    [Fact]
    public void The_first_start_makes_a_pair_named_by_its_day_and_the_next_signs_with_the_same()
    {
        Assert.Equal(["r20261124", "e20261124"], Signing());
        time.Advance(30 * day);
        using var again = DkimKeys.LoadOrCreate(Folder, Domain, Now);
        Assert.Equal(keys.At(Now).Select(key => key.DnsRecord), again.At(Now).Select(key => key.DnsRecord));
        Assert.Equal(2, again.Book.Keys.Count);
    }

    [Theory]
    [InlineData("Shop.Example.JP", "shop.example.jp")]
    [InlineData("日本語.example", "xn--wgv71a119e.example")]
    public void A_domain_may_be_written_as_people_do(string written, string inDns)
    {
        using var first = DkimKeys.LoadOrCreate(Folder, written, Now);
        var count = first.Book.Keys.Count;
        using var again = DkimKeys.LoadOrCreate(Folder, written, Now);

        Assert.All(again.At(Now), key => Assert.Equal(inDns, key.Domain));
        Assert.Equal(count, again.Book.Keys.Count);
    }

    [Fact]
    public void A_running_server_changes_over_by_itself_when_the_next_pair_begins()
    {
        var next = Read(Rotation().Rotate(Now + (2 * day), Now));

        Assert.Equal(["r20261126", "e20261126"], next.Select(key => key.Selector));
        Assert.Equal(["r20261124", "e20261124"], Signing());
        time.Advance(2 * day);
        Assert.Equal(["r20261126", "e20261126"], Signing());
        Assert.All(keys.Book.Keys.Take(2), old => Assert.Equal(next[0].From, old.Until));
    }

    [Fact]
    public void A_second_pair_of_one_day_has_another_name()
    {
        Read(Rotation().Rotate(Now, Now));
        Assert.Equal(["r20261124-2", "e20261124-2"], Signing());
    }

    [Fact]
    public void A_pair_cannot_begin_in_the_past_nor_while_another_waits_which_can_be_called_at_once()
    {
        Refused("in the past", Rotation().Rotate(Now - day, Now));
        var waiting = Read(Rotation().Rotate(Now + day, Now));
        Refused("wait already", Rotation().Rotate(Now + (2 * day), Now));

        Assert.Equal(waiting.Select(key => key.Record), Read(Rotation().Rotate(Now, Now)).Select(key => key.Record));
        Assert.Equal(["r20261125", "e20261125"], Signing());
    }

    [Fact]
    public void A_key_that_signs_and_is_taken_back_is_followed_at_once_by_a_whole_pair()
    {
        var revocation = Read(Rotation().Revoke("r20261124", Now));

        Assert.Equal(Second(Now), revocation.Key.Revoked);
        Assert.Equal(["r20261124-2", "e20261124-2"], revocation.Next.Select(key => key.Selector));
        Assert.Equal(["r20261124-2", "e20261124-2"], Signing());
        Assert.Null(keys.Book.Keys.Single(key => key.Selector == "e20261124").Revoked);
        Assert.Empty(Read(Rotation().Revoke("r20261124", Now + day)).Next);
    }

    [Fact]
    public void A_waiting_pair_takes_over_from_a_key_that_is_taken_back()
    {
        Read(Rotation().Rotate(Now + day, Now));
        Assert.Equal(["r20261125", "e20261125"], Read(Rotation().Revoke("e20261124", Now)).Next.Select(key => key.Selector));
        Assert.Equal(["r20261125", "e20261125"], Signing());
    }

    [Fact]
    public void A_waiting_pair_of_which_one_key_is_taken_back_is_given_up_and_the_old_one_goes_on()
    {
        Read(Rotation().Rotate(Now + day, Now));
        Assert.Empty(Read(Rotation().Revoke("e20261125", Now)).Next);

        time.Advance(3 * day);
        Assert.Equal(["r20261124", "e20261124"], Signing());
        Read(Rotation().Rotate(Now + day, Now));
    }

    [Fact]
    public void A_key_that_we_do_not_have_cannot_be_taken_back() => Refused("has no key r20260101", Rotation().Revoke("r20260101", Now));

    [Fact]
    public void Another_domain_gets_the_keys_as_its_own_and_the_old_one_signs_no_more()
    {
        time.Advance(day);
        using var moved = DkimKeys.LoadOrCreate(Folder, "new.example.jp", Now);

        Assert.Equal(
            ["r20261124._domainkey.new.example.jp", "e20261124._domainkey.new.example.jp"],
            moved.At(Now).Select(key => key.DnsName)
        );
        Assert.All(moved.Book.Keys.Where(key => key.Domain == Domain), key => Assert.Equal(Second(Now), key.Until));
        Assert.All(moved.Book.Keys.Where(key => key.Domain != Domain), key => Assert.Equal(Second(Now), key.From));
    }

    [Fact]
    public void Keys_from_before_there_was_a_book_are_entered_with_their_day()
    {
        File.Delete(keys.Book.Path);
        time.Advance(100 * day);
        using var again = DkimKeys.LoadOrCreate(Folder, Domain, Now);

        Assert.Equal(["r20261124", "e20261124"], again.At(Now).Select(key => key.Selector));
        Assert.All(again.Book.Keys, key => Assert.Equal(new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero), key.From));
    }

    /// <summary>
    /// With its private keys or without them: either way it is no longer known which keys signed, and which were taken back.
    /// </summary>
    [Theory]
    [InlineData(true, true), InlineData(true, false), InlineData(false, true), InlineData(false, false)]
    public void A_book_that_is_lost_beside_signed_notices_is_an_error_until_a_new_pair_is_asked_for(bool keysAreLost, bool bookIsEmpty)
    {
        if (keysAreLost)
        {
            foreach (var file in Directory.GetFiles(data.Path, "dkim-*"))
                File.Delete(file);
        }

        if (bookIsEmpty)
            File.WriteAllText(keys.Book.Path, """{"schema":"shonin.mail-keys/1","keys":[]}""");
        else
            File.Delete(keys.Book.Path);
        var before = Directory.GetFiles(data.Path);

        var lost = Assert.Throws<KeyFileException>(() => DkimKeys.LoadOrCreate(Folder, Domain, Now, KeyNeed.ForDataThatExist).Dispose());
        Assert.All(new[] { keys.Book.Path, "backup", "shonin mail rotate-keys" }, word =>
            Assert.Contains(word, lost.Message, StringComparison.Ordinal)
        );
        Assert.Equal(before, Directory.GetFiles(data.Path));

        var pair = Read(Rotation().Rotate(Now, Now));
        using var again = DkimKeys.LoadOrCreate(Folder, Domain, Now, KeyNeed.ForDataThatExist);
        Assert.Equal(pair.Select(key => key.Selector), again.At(Now).Select(key => key.Selector));
    }

    [Fact]
    public void A_book_that_is_there_signs_beside_signed_notices_and_for_another_domain_too()
    {
        using var again = DkimKeys.LoadOrCreate(Folder, Domain, Now, KeyNeed.ForDataThatExist);
        using var moved = DkimKeys.LoadOrCreate(Folder, "new.example.jp", Now.AddDays(1), KeyNeed.ForDataThatExist);
        Assert.All(new[] { again.At(Now), moved.At(Now.AddDays(1)) }, pair => Assert.Equal(2, pair.Count));
    }

    [Theory]
    [InlineData("dkim-r20261124.pem")]
    [InlineData("dkim-e20261124.key")]
    public void A_private_key_that_is_lost_or_exchanged_is_never_made_anew_under_its_name(string file)
    {
        var path = Path.Combine(data.Path, file);
        File.Delete(path);
        Assert.Contains(
            "missing",
            Assert.Throws<KeyFileException>(() => DkimKeys.LoadOrCreate(Folder, Domain, Now).Dispose()).Message,
            StringComparison.Ordinal
        );
        Assert.False(File.Exists(path));

        if (file == "dkim-r20261124.pem")
            RsaKeys.Place(Folder, "r20261124", 0);
        DkimKeyFiles.LoadOrCreate(Folder, Domain, file[5..14]).Dispose();
        Assert.Contains(
            "does not fit",
            Assert.Throws<KeyFileException>(() => DkimKeys.LoadOrCreate(Folder, Domain, Now).Dispose()).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("{", "This is no JSON")]
    [InlineData(
        """{"schema":"shonin.mail-keys/1","keys":[{"domain":"shop.example.jp","selector":"x1","record":"p=","from":"2026-11-24T00:00:00Z"}]}""",
        "none of ours"
    )]
    public void A_damaged_book_is_told_and_not_written_over(string content, string why)
    {
        File.WriteAllText(keys.Book.Path, content);
        Assert.Contains(
            why,
            Assert.Throws<KeyFileException>(() => DkimKeys.LoadOrCreate(Folder, Domain, Now).Dispose()).Message,
            StringComparison.Ordinal
        );
        Assert.Equal(content, File.ReadAllText(keys.Book.Path));
    }

    [Fact]
    public async Task A_mail_from_before_a_change_of_keys_verifies_when_dns_has_forgotten_its_key()
    {
        var mail = Mail();
        Assert.Equal(["permerror", "permerror"], await WordsAsync(mail, keptKeys: null));
        Read(Rotation().Rotate(Now + day, Now));
        time.Advance(400 * day);

        foreach (var lookup in new[] { forgotten, DnsLookups.Offline })
        {
            var results = await VerifyAsync(mail, new MailKeyBook(Folder).Find, lookup);
            Assert.All(results, result => Assert.IsType<DkimOutcome.Pass>(result.Outcome));
            Assert.All(results, result => Assert.Equal(DkimKeySource.Archive, result.KeySource));
        }
    }

    [Fact]
    public async Task A_key_of_the_archive_answers_for_its_own_time_only()
    {
        Read(Rotation().Rotate(Now + day, Now));
        time.Advance(day);
        Assert.Equal(["pass", "pass"], await WordsAsync(SignedAt(Now), keys.Book.Find));
        Assert.Equal(["permerror", "permerror"], await WordsAsync(SignedAt(Now.AddSeconds(1)), keys.Book.Find));
        Assert.Equal(["pass", "pass"], await WordsAsync(SignedAt(OrderStory.Morning), keys.Book.Find));
        Assert.Equal(["permerror", "permerror"], await WordsAsync(SignedAt(OrderStory.Morning.AddSeconds(-1)), keys.Book.Find));

        // The first pair's private halves, in the hands of somebody who chooses the time of the signature.
        byte[] SignedAt(DateTimeOffset at)
        {
            using var rsa = DkimKeyFiles.Load(Folder, Domain, "r20261124");
            using var ed25519 = DkimKeyFiles.Load(Folder, Domain, "e20261124");
            return new DkimSigner().Sign("From: notice@shop.example.jp\r\nSubject: 1\r\n\r\n1\r\n"u8, [rsa, ed25519], at);
        }
    }

    [Fact]
    public async Task A_key_that_was_taken_back_proves_nothing_even_while_dns_still_has_it()
    {
        var mail = Mail();
        DnsLookup published = Publish(keys.Book.Keys);
        Assert.All(await VerifyAsync(mail, keys.Book.Find, published), result => Assert.Equal(DkimKeySource.Dns, result.KeySource));
        Read(Rotation().Revoke("r20261124", Now));

        foreach (var lookup in new[] { published, forgotten })
        {
            var results = await VerifyAsync(mail, keys.Book.Find, lookup);
            Assert.Equal(DkimReason.KeyRevoked, Assert.IsType<DkimOutcome.PermError>(results[0].Outcome).Reason);
            Assert.IsType<DkimOutcome.Pass>(results[1].Outcome);
        }
    }

    [Fact]
    public async Task A_stranger_who_uses_our_selector_under_another_domain_finds_nothing()
    {
        using var stranger = DkimKey.FromPem("evil.example", "r20261124", File.ReadAllText(Path.Combine(data.Path, "dkim-r20261124.pem")));
        var mail = new DkimSigner().Sign("From: notice@shop.example.jp\r\n\r\n1\r\n"u8, [stranger], Now);
        Assert.Equal(["permerror"], await WordsAsync(mail, keys.Book.Find));
    }

    private static readonly DnsLookup forgotten = (_, _, _) => ValueTask.FromResult<DnsAnswer>(new DnsAnswer.NxDomain());

    private static DnsLookup Publish(IReadOnlyList<ArchivedKey> keys) =>
        (name, _, _) =>
            ValueTask.FromResult<DnsAnswer>(
                keys.FirstOrDefault(key => $"{key.Selector}._domainkey.{key.Domain}" == name) is { } key
                    ? new DnsAnswer.Records([new DnsRecord.Text(key.Record)])
                    : new DnsAnswer.NxDomain()
            );

    private byte[] Mail() => new NoticeMime(NoticeScenes.Merchant, keys, time).Write(NoticeMimeSpecs.Mail(Locale.Ja)).Message;

    private static async Task<IEnumerable<string>> WordsAsync(byte[] mail, KeptKeys? keptKeys) =>
        (await VerifyAsync(mail, keptKeys, forgotten)).Select(result => result.Outcome.Word);

    private static Task<IReadOnlyList<DkimResult>> VerifyAsync(byte[] mail, KeptKeys? keptKeys, DnsLookup lookup) =>
        new DkimVerifier(lookup, DkimVerifyOptions.Default with { KeptKeys = keptKeys })
            .VerifyAsync(Assert.IsType<MessageParse.Parsed>(MailMessage.Parse(mail)).Message, OrderStory.Morning)
            .AsTask();

    private IEnumerable<string> Signing() => keys.At(Now).Select(key => key.Selector);

    private static DateTimeOffset Second(DateTimeOffset at) => DateTimeOffset.FromUnixTimeSeconds(at.ToUnixTimeSeconds());

    private static T Read<T>(Reading<T, string> reading) => Assert.IsType<Reading<T, string>.Read>(reading).Value;

    private static void Refused<T>(string why, Reading<T, string> reading) =>
        Assert.Contains(why, Assert.IsType<Reading<T, string>.Refused>(reading).Why, StringComparison.Ordinal);
}
