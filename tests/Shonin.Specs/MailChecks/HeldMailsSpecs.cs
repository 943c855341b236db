using Microsoft.Extensions.Time.Testing;
using Shonin.Domain;
using Shonin.Domain.Proofs;
using Shonin.MailChecks;

namespace Shonin.Specs.MailChecks;

public sealed class HeldMailsSpecs : IDisposable
{
    private readonly FakeTimeProvider clock = new(CheckScenes.Now);
    private const int MailSizeBytesMax = 32 * 1024 * 1024;
    private readonly HeldMails held;

    public HeldMailsSpecs() => held = new(MailSizeBytesMax, clock);

    [Fact]
    public async Task A_mail_is_found_for_half_an_hour_and_then_gone()
    {
        var name = Hold([1, 2, 3], await ResultAsync());

        clock.Advance(HeldMails.Lifetime - TimeSpan.FromSeconds(1));
        Assert.Equal([1, 2, 3], held.Find(name)!.Raw);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(held.Find(name));
    }

    [Fact]
    public async Task It_is_let_go_by_itself_without_anybody_asking()
    {
        var gone = await HoldAndForgetAsync();

        clock.Advance(HeldMails.Lifetime + TimeSpan.FromMinutes(1));
        GC.Collect();

        Assert.False(gone.TryGetTarget(out _));
    }

    [Fact]
    public async Task Deleting_lets_it_go_at_once_and_a_stranger_finds_nothing()
    {
        var name = Hold([1], await ResultAsync());
        var other = Hold([2], await ResultAsync());

        held.LetGo(name);

        Assert.Null(held.Find(name));
        Assert.NotNull(held.Find(other));
        Assert.Null(held.Find(""));
        Assert.NotEqual(name, other);
    }

    [Fact]
    public async Task A_change_keeps_the_bytes_and_the_end()
    {
        var name = Hold([1], await ResultAsync());
        var before = held.Find(name)!;

        held.Change(name, mail => mail with { Raw = [9], EndsAt = mail.EndsAt.AddYears(1), ReportNumber = "R-1" });
        held.Change("nobody", mail => mail);

        Assert.Equal((before.Raw, before.EndsAt, "R-1"), (held.Find(name)!.Raw, held.Find(name)!.EndsAt, held.Find(name)!.ReportNumber));
    }

    [Fact]
    public async Task Where_there_is_no_room_the_newcomer_is_refused_and_nobody_goes()
    {
        var result = await ResultAsync();
        var names = Enumerable.Range(0, 8).Select(index => Hold(new byte[MailSizeBytesMax], result, $"party {index}")).ToArray();

        Assert.Null(held.TryReserve("another", 1));
        Assert.All(names, name => Assert.NotNull(held.Find(name)));
        held.LetGo(names[0]);
        Assert.NotNull(held.TryReserve("another", 1));
    }

    [Fact]
    public async Task One_party_cannot_take_the_room_of_all()
    {
        var result = await ResultAsync();
        while (held.TryReserve("greedy", 1) is { } room)
            held.Hold(room, [1], result);

        var other = Hold([2], result, "other");

        Assert.NotNull(held.Find(other));
        Assert.Null(held.TryReserve("greedy", 1));
        clock.Advance(HeldMails.Lifetime);
        Assert.NotNull(held.TryReserve("greedy", 1));
    }

    [Theory]
    [InlineData(65_536, 16 * 1024 * 1024)]
    [InlineData(25 * 1024 * 1024, 25 * 1024 * 1024)]
    public void One_party_has_a_sixteenth_of_the_bytes_or_room_for_the_largest_mail(int mailSizeBytesMax, int sizeBytes)
    {
        using var mails = new HeldMails(mailSizeBytesMax, clock);

        Assert.Null(mails.TryReserve("a", sizeBytes + 1));
        Assert.NotNull(mails.TryReserve("a", sizeBytes));
    }

    [Fact]
    public async Task A_verdict_without_room_says_so_and_offers_nothing_that_needs_the_mail()
    {
        var page = await CheckScenes.Titled("not genuine, not held").PageAsync(Locale.En);

        Assert.Contains("deleted it as soon as it was checked", page, StringComparison.Ordinal);
        Assert.DoesNotContain("/check/mails/", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Room_that_no_mail_came_to_is_free_again()
    {
        using (Assert.IsType<HeldMails.Room>(held.TryReserve("a", MailSizeBytesMax)))
            Assert.Null(held.TryReserve("a", 1));

        Assert.NotNull(held.TryReserve("a", MailSizeBytesMax));
    }

    private string Hold(byte[] raw, MailCheckResult result, string party = "somebody") =>
        held.Hold(held.TryReserve(party, raw.Length)!, raw, result);

    public void Dispose() => held.Dispose();

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private async Task<WeakReference<byte[]>> HoldAndForgetAsync()
    {
        var raw = new byte[1024];
        Hold(raw, await ResultAsync());
        return new(raw);
    }

    private static Task<MailCheckResult> ResultAsync() =>
        CheckScenes.JudgeAsync(CheckScenes.Mails.Unrelated, null, new LedgerFinding.NoMark());
}
