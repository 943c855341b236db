using Shonin.EventLog.Secrets;

namespace Shonin.EventLog;

/// <summary>
/// Where one log of a data folder lies: <c>NAME.db</c>, its keys in <c>keys/</c>, the heads seen in <c>heads/NAME.heads</c>.
/// </summary>
/// <param name="Name">Part of every signed head: <c>merchant</c>, <c>card-company</c>.</param>
public sealed record LogFiles(string Folder, string Name)
{
    public string Database => Path.Combine(Folder, Name + ".db");
    public string Heads => Path.Combine(Folder, "heads", Name + ".heads");
    public KeyFolder Keys => new(Path.Combine(Folder, "keys"));
    public string SigningKey => Name + "-log";
    public string DocumentKey => Name + "-documents";

    /// <summary>Held by the one process that may write.</summary>
    internal string Lock => Database + ".lock";
}

/// <summary>A log that must not be opened as it is; the message says why and what to do.</summary>
public sealed class LogUnusableException : Exception
{
    public LogUnusableException(string why)
        : base(why) { }

    public LogUnusableException(string why, Exception cause)
        : base(why, cause) { }

    /// <summary>Another process writes to it.</summary>
    public bool IsInUse { get; init; }
}
