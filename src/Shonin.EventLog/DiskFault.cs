namespace Shonin.EventLog;

/// <summary>
/// What a failed read or write of a file means for whoever runs the server: the one cause behind many messages, and what to do.
/// </summary>
public static class DiskFault
{
    // errno of Linux, macOS and the BSDs, which .NET hands on as HResult where it has no exception of its own; and Win32 codes as HResult.
    private const int InputOutputError = 5; // EIO
    private const int NoSpace = 28; // ENOSPC
    private const int ReadOnlyDisk = 30; // EROFS
    private const int QuotaOnLinux = 122; // EDQUOT
    private const int QuotaElsewhere = 69;
    private const int TooLargeAFile = 27; // EFBIG
    private const int WouldBlock = 11; // EAGAIN on Linux: another process holds the lock
    private const int WouldBlockElsewhere = 35;
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsWriteProtect = unchecked((int)0x80070013);
    private const int WindowsSharingViolation = unchecked((int)0x80070020);
    private const int WindowsLockViolation = unchecked((int)0x80070021);

    /// <summary>Whether somebody else holds the file, rather than that it cannot be written.</summary>
    public static bool IsHeldBySomebodyElse(IOException failure) =>
        failure.HResult is WouldBlock or WouldBlockElsewhere or WindowsSharingViolation or WindowsLockViolation;

    /// <summary>
    /// Cause and remedy, as a sentence without a path, for places that strangers may read; null where nothing is known of the cause.
    /// </summary>
    public static string? Remedy(Exception failure) =>
        failure switch
        {
            UnauthorizedAccessException => "The file or its folder may not be written to: check owner and mode of the data folder.",
            IOException { HResult: NoSpace or QuotaOnLinux or QuotaElsewhere or WindowsDiskFull or WindowsHandleDiskFull } =>
                "The disk is full: free space on it, or in the quota.",
            IOException { HResult: ReadOnlyDisk or WindowsWriteProtect } =>
                "The disk is mounted read-only: mount it writable, or name another data folder.",
            IOException { HResult: InputOutputError } => "The disk reports an error: check it.",
            IOException { HResult: TooLargeAFile } => "The file may not grow any further: lift the limit on file sizes.",
            _ => null,
        };

    /// <summary>The failure as the system tells it, with cause and remedy where they are known.</summary>
    public static string Describe(Exception failure) =>
        Remedy(failure) is { } remedy ? $"{failure.Message.TrimEnd('.')}. {remedy}" : failure.Message;
}
