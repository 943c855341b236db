using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Shonin.Domain.Hours;
using Shonin.Hours;
using Shonin.Operations;

namespace Shonin.Specs.Hours;

public sealed class HolidaysFileSpecs : IDisposable
{
    private const string NewYear = "2027-01-01,元日,New Year's Day,closed\n";
    private const string Wrong = "2027-01-0,元日,New Year's Day,closed\n";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("shonin-holidays-");
    private readonly ServerHealth health = new();
    private readonly ShopHours hours = new(
        new(WeeklyHours.Parse("Mon-Sun 09:00-18:00")!, SpecialDays.None, TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo"))
    );
    private readonly HolidaysFile file;
    private DateTime writtenAt = new(2026, 12, 1, 0, 0, 0, DateTimeKind.Utc);

    public HolidaysFileSpecs() => file = new(folder.FullName, hours, health, new FakeTimeProvider(), NullLogger.Instance);

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Without_a_file_every_week_is_as_usual()
    {
        file.Look();
        Assert.True(IsOpenOnNewYear);
        Assert.Empty(await ProblemsAsync());
        Assert.Null(HolidaysFile.In(folder.FullName));
    }

    [Fact]
    public void A_file_is_read_at_the_start_when_it_changes_and_when_it_goes()
    {
        Write(NewYear);
        file.Look();
        Assert.False(IsOpenOnNewYear);

        Write("2027-01-02,初売り,First sale,10:00-12:00\n");
        file.Look();
        Assert.True(IsOpenOnNewYear);

        Write(NewYear);
        file.Look();
        Assert.False(IsOpenOnNewYear);
        File.Delete(Path.Combine(folder.FullName, HolidaysFile.Name));
        file.Look();
        Assert.True(IsOpenOnNewYear);
    }

    [Fact]
    public async Task A_wrong_file_is_told_and_what_held_before_holds_until_it_is_mended()
    {
        Write(NewYear);
        file.Look();
        Write($"2027-01-02,初売り,First sale,10:00-12:00\n{Wrong}");
        file.Look();
        file.Look();

        Assert.False(IsOpenOnNewYear);
        var problem = Assert.Single(await ProblemsAsync());
        Assert.Equal(HealthArea.OpeningHours, problem.Area);
        Assert.StartsWith("holidays.csv: 1 lines cannot be read, the first is line 2.", problem.What, StringComparison.Ordinal);

        Write("2027-01-02,初売り,First sale,10:00-12:00\n");
        file.Look();
        Assert.True(IsOpenOnNewYear);
        Assert.Empty(await ProblemsAsync());
    }

    [Fact]
    public async Task At_a_start_the_lines_that_can_be_read_hold()
    {
        Write(NewYear + Wrong);
        file.Look();
        Assert.False(IsOpenOnNewYear);
        Assert.Single(await ProblemsAsync());
    }

    [Fact]
    public void Each_wrong_line_is_named_with_what_to_write_and_a_file_without_end_is_not_read()
    {
        Write(Wrong);
        Assert.Equal(
            ["holidays.csv, line 1: \"2027-01-0\" is no date; expected year-month-day as in 2027-01-01"],
            HolidaysFile.Describe(HolidaysFile.In(folder.FullName)!)
        );
        Write(string.Concat(Enumerable.Repeat(Wrong, 7)));
        Assert.Equal("holidays.csv: 2 more lines cannot be read", HolidaysFile.Describe(HolidaysFile.In(folder.FullName)!).Last());
        Write(NewYear + new string('#', 256 * 1024));
        Assert.Equal(
            ["holidays.csv, line 1: the file is larger than 256 KiB: take out past years"],
            HolidaysFile.Describe(HolidaysFile.In(folder.FullName)!)
        );
        File.WriteAllBytes(Path.Combine(folder.FullName, HolidaysFile.Name), [.. "2027-01-01,"u8, 0x8C, 0xB3, .. ",New Year,closed"u8]); // Shift_JIS
        Assert.EndsWith(
            "save the file as \"CSV UTF-8\"",
            HolidaysFile.Describe(HolidaysFile.In(folder.FullName)!).Single(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task It_is_looked_at_while_the_server_runs()
    {
        var clock = new FakeTimeProvider();
        var told = new List<string>();
        var watched = new HolidaysFile(folder.FullName, hours, health, clock, new ToldLog(told));
        using var stopping = new CancellationTokenSource();
        var running = watched.RunAsync(stopping.Token);
        Write(NewYear);
        while (IsOpenOnNewYear)
        {
            clock.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }
        await stopping.CancelAsync();
        await running;
        Assert.Contains("holidays.csv: 1 holidays and special days", told);
    }

    private bool IsOpenOnNewYear => hours.Current!.IsOpenAt(new(2027, 1, 1, 12, 0, 0, TimeSpan.FromHours(9)));

    /// <summary>Each time later than the last, as a merchant writes.</summary>
    private void Write(string text)
    {
        var path = Path.Combine(folder.FullName, HolidaysFile.Name);
        File.WriteAllText(path, text);
        File.SetLastWriteTimeUtc(path, writtenAt = writtenAt.AddMinutes(1));
    }

    private async Task<IReadOnlyList<HealthProblem>> ProblemsAsync() => (await health.LookAsync(default)).Problems;

    private sealed class ToldLog(List<string> told) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => told.Add(formatter(state, exception));
    }
}
