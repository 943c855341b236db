using Microsoft.Data.Sqlite;
using Shonin.EventLog.Sqlite;
using Shonin.EventLog.Verification;

namespace Shonin.EventLog;

/// <summary>What became of bringing one log to the present schema.</summary>
public abstract record MigrationOutcome
{
    private MigrationOutcome() { }

    /// <summary>It stands in the present schema already.</summary>
    public sealed record UpToDate(long Version) : MigrationOutcome;

    /// <param name="Events">As many as before, under the same signed head.</param>
    public sealed record Migrated(long From, long To, long Events) : MigrationOutcome;

    /// <summary>All of it was done, checked and taken back; the file is as it was.</summary>
    /// <param name="SizeBytes">What the file takes now; it takes up to twice as much more while it is migrated.</param>
    public sealed record WouldMigrate(long From, long To, long Events, long SizeBytes) : MigrationOutcome;

    /// <summary>Nothing was changed.</summary>
    public sealed record Refused(string Why) : MigrationOutcome;

    /// <summary>One sentence for whoever runs the server.</summary>
    public string Describe() =>
        this switch
        {
            UpToDate same => $"stands in schema version {same.Version} already.",
            Migrated done => $"was brought from schema version {done.From} to {done.To}; {done.Events} events, everything matches.",
            WouldMigrate tried =>
                $"can be brought from schema version {tried.From} to {tried.To}: it was tried with all {tried.Events} events and taken back. "
                    + $"Keep up to {2 * tried.SizeBytes / 1024 / 1024 + 1} MiB free.",
            Refused refused => $"was left as it is: {refused.Why}",
            _ => throw new System.Diagnostics.UnreachableException(),
        };
}

/// <summary>
/// Brings logs of earlier versions to the present schema, which opening one for writing does too. Nothing else may write to the log
/// meanwhile; only a log that matches its evidence is touched.
/// </summary>
public static class LogMigration
{
    /// <summary>Migrates for good. Older programs cannot open the log afterwards.</summary>
    public static ValueTask<MigrationOutcome> RunAsync(LogFiles files, CancellationToken cancellation) =>
        MigrateAsync(
            files,
            SchemaMigration.Run,
            (from, events) => new MigrationOutcome.Migrated(from, SqliteSchema.Version, events),
            cancellation
        );

    /// <summary>Shows whether it would work, and leaves the log as it is.</summary>
    public static ValueTask<MigrationOutcome> TryAsync(LogFiles files, CancellationToken cancellation) =>
        MigrateAsync(
            files,
            SchemaMigration.Try,
            (from, events) => new MigrationOutcome.WouldMigrate(from, SqliteSchema.Version, events, new FileInfo(files.Database).Length),
            cancellation
        );

    private static async ValueTask<MigrationOutcome> MigrateAsync(
        LogFiles files,
        Action<SqliteConnection> migrate,
        Func<long, long, MigrationOutcome> done,
        CancellationToken cancellation
    )
    {
        try
        {
            var report = await LogVerification.VerifyAsync(files, null, cancellation);
            if (report.Problem is { } problem)
                return new MigrationOutcome.Refused(problem.Describe());
            await using var writeLock = SqliteEventStore.TakeLock(files);
            using var connection = SqliteSchema.OpenForWriting(files.Database);
            var from = SqliteSchema.StoredVersion(connection) ?? 0;
            if (from == SqliteSchema.Version)
                return new MigrationOutcome.UpToDate(from);
            migrate(connection);
            return done(from, report.Events);
        }
        catch (SqliteException failure)
        {
            return new MigrationOutcome.Refused($"{files.Database} cannot be written: {SqliteFailure.Describe(failure)}.");
        }
        catch (Exception failure) when (failure is LogUnusableException or IOException or UnauthorizedAccessException)
        {
            return new MigrationOutcome.Refused(DiskFault.Describe(failure));
        }
    }
}
