using Shonin.EventLog.Secrets;
using Shonin.Notices;
using Shonin.Specs.EventLog;

namespace Shonin.Specs.Notices;

/// <summary>Without the keys that marked them our notices would pass for forged: they are never made anew beside marked ones.</summary>
[RealParts]
public sealed class NoticeMarkKeyFilesSpecs : IDisposable
{
    private static readonly DateTimeOffset now = new(2026, 11, 24, 1, 2, 3, TimeSpan.Zero);

    private readonly DataFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Keys_that_were_lost_beside_marked_notices_are_an_error_that_names_the_folder_and_no_new_key()
    {
        var keys = folder.Log.Keys;
        var lost = Assert.Throws<KeyFileException>(() => NoticeMarkKeyFiles.LoadOrCreate(keys, now, KeyNeed.ForDataThatExist));
        Assert.Contains($"{keys.Path} holds no notice-mark-*.key", lost.Message, StringComparison.Ordinal);
        Assert.Empty(NoticeMarkKeyFiles.Names(keys));

        var made = NoticeMarkKeyFiles.LoadOrCreate(keys, now);
        Assert.Equal(made.Current.Id, NoticeMarkKeyFiles.LoadOrCreate(keys, now.AddDays(1), KeyNeed.ForDataThatExist).Current.Id);
    }
}
