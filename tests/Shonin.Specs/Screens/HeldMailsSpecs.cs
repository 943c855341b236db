using Microsoft.Extensions.Time.Testing;
using Shonin.Domain.Proofs;
using Shonin.MailChecks;
using Shonin.Screens;

namespace Shonin.Specs.Screens;

public sealed class HeldMailsSpecs : IDisposable
{
    private readonly FakeTimeProvider clock = new(CheckScenes.Now);
    private readonly HeldMails held;

    public HeldMailsSpecs() => held = new(clock);

    [Fact]
    public async Task A_mail_is_found_for_half_an_hour_and_then_gone()
    {
        var name = held.Hold([1, 2, 3], await ResultAsync());

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
        var name = held.Hold([1], await ResultAsync());
        var other = held.Hold([2], await ResultAsync());

        held.LetGo(name);

        Assert.Null(held.Find(name));
        Assert.NotNull(held.Find(other));
        Assert.Null(held.Find(""));
        Assert.NotEqual(name, other);
    }

    [Fact]
    public async Task A_change_keeps_the_bytes_and_the_end()
    {
        var name = held.Hold([1], await ResultAsync());
        var before = held.Find(name)!;

        held.Change(name, mail => mail with { Raw = [9], EndsAt = mail.EndsAt.AddYears(1), ReportNumber = "R-1" });
        held.Change("nobody", mail => mail);

        Assert.Equal((before.Raw, before.EndsAt, "R-1"), (held.Find(name)!.Raw, held.Find(name)!.EndsAt, held.Find(name)!.ReportNumber));
    }

    [Fact]
    public async Task Where_there_is_no_room_the_oldest_goes()
    {
        var result = await ResultAsync();
        var first = held.Hold(new byte[100 * 1024 * 1024], result);
        var second = held.Hold(new byte[100 * 1024 * 1024], result);
        var third = held.Hold(new byte[100 * 1024 * 1024], result);

        Assert.Null(held.Find(first));
        Assert.NotNull(held.Find(second));
        Assert.NotNull(held.Find(third));
    }

    public void Dispose() => held.Dispose();

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private async Task<WeakReference<byte[]>> HoldAndForgetAsync()
    {
        var raw = new byte[1024];
        held.Hold(raw, await ResultAsync());
        return new(raw);
    }

    private static Task<MailCheckResult> ResultAsync() => CheckScenes.JudgeAsync(CheckScenes.Mails.Unrelated, null, new LedgerFinding.NoMark());
}
